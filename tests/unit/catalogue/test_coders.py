"""The catalogue of coders against the settings and the functions that its entries name."""

import inspect
from dataclasses import fields
from typing import get_args

import pytest

from anchorlab.catalogue.coders import CODERS
from anchorlab.settings.coding import CoderKind, CoderSpec

SETTINGS = {field.name for field in fields(CoderSpec)} - {"kind"}


def test_every_coder_can_be_chosen():
    assert tuple(CODERS) == get_args(CoderKind)


@pytest.mark.parametrize("name", CODERS)
def test_a_coder_takes_settings_that_its_functions_know(name):
    coder = CODERS[name]
    for function, takes in ((coder.encode, coder.encode_takes), (coder.decode, coder.decode_takes)):
        assert set(takes) <= SETTINGS | {"stride"}
        assert set(takes) <= set(inspect.signature(function).parameters)
    for control in coder.controls:
        paths = control.path if isinstance(control.path, tuple) else (control.path,)
        assert all(coder.takes(path.removeprefix("coder.")) for path in paths)


def test_every_setting_is_read_by_some_coder():
    assert {name for coder in CODERS.values() for name in SETTINGS if coder.takes(name)} == SETTINGS
