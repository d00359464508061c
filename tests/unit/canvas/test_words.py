"""What the browser writes beside and below the picture: said without a fault, for any page and scene."""

import html
import re

import pytest

from anchorlab.canvas.payload import pack
from anchorlab.canvas.views.rosetta.table import table
from anchorlab.session.app_state import DEFAULT, Objects, put
from tests.singular import WRONG
from tests.unit.canvas.test_contract import PAGES, STATES, message

ONE = put(
    DEFAULT,
    objects=Objects(((100.0, 100.0, 400.0, 300.0),), (0,), ("cup",)),
    **{"simulate.per_object": 1, "simulate.false_alarms": 0, "sampling.sampler": "hard"},
)
ALL = STATES | {"one of a kind": ONE, "random sampler": put(DEFAULT, **{"sampling.sampler": "random"})}


@pytest.mark.parametrize("state", ALL)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_says_all_it_has_to_say(page, state, run):
    said = run("words", message=pack(message(page, ALL[state])), given={"conventions": table()})
    assert said["label"] and set(said) >= {"answer", "label"}
    said["conventions"] = said.get("conventions", "").replace("NaN", "")  # what a library answers to 0 / 0
    for place, text in said.items():
        assert not re.search(r"\bundefined\b|\bNaN\b|\bnull\b|\[object|\{\w+\}", text), place
        words = html.unescape(re.sub(r"<[^>]*>", " ", text))
        spoken = " ".join(re.findall(r'(?:aria-label|title)="([^"]*)"', text))
        assert not WRONG.search(f"{words} {spoken}"), place
