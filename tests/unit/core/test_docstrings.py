"""The examples in the docstrings run, and answer what they print."""

import doctest
import importlib
import pkgutil

import jax.numpy as jnp
import numpy as np
import pytest

from anchorlab import core

MODULES = [module.name for module in pkgutil.walk_packages(core.__path__, "anchorlab.core.")]


OTHERS = (
    "anchorlab.settings.pyramids",
    "anchorlab.engine.evaluation",
    "anchorlab.engine.losses",
    "anchorlab.engine.played",
    "anchorlab.catalogue.suppression.method",
)


@pytest.mark.parametrize("module", [*MODULES, *OTHERS])
def test_examples(module):
    assert doctest.testmod(importlib.import_module(module), extraglobs={"jnp": jnp, "np": np}).failed == 0
