"""After the server has warmed up, nothing compiles while controls move and boxes are drawn.

The tests that need everything warm stand together: one process warms up, not every one.
"""

import pytest

from anchorlab import engine
from anchorlab.catalogue.coders import CODERS
from anchorlab.catalogue.matching import RULES
from tests.app.conftest import run, send
from tests.app.test_matching import BANDED, SLIDERS, choose
from tests.places import PAGES

DRAWN = {
    "number": 1,
    "name": "boxes",
    "boxes": [[20, 30, 120, 160], [300, 40, 420, 330], [10, 10, 60, 40], [200, 200, 260, 390]],
    "class_ids": [0, 0, 0, 0],
    "classes": ["cup"],
    "object": 0,
    "held": False,
}


def steps(slider) -> list:
    """A value near each end of a slider's range, of one thumb or two."""
    low, high = slider.min, slider.max
    near = [type(slider.step)(low + (high - low) * share) for share in (0.25, 0.75)]
    return [tuple(near), (low, high)] if isinstance(slider.value, (tuple, list)) else near


@pytest.mark.timeout(600)
@pytest.mark.parametrize("page", PAGES)
def test_nothing_compiles_after_warm_up(open_page, warm, page):
    at = open_page(page)
    with engine.count_compiles() as compiles:
        for key in [slider.key for slider in at.slider]:
            for value in steps(at.slider(key=key)):
                run(at.slider(key=key).set_value(value))
                run(at)  # a callback redraws parts of the page only: now all of it is there again
        for key in [toggle.key for toggle in at.toggle]:
            run(at.toggle(key=key).set_value(not at.toggle(key=key).value))
            run(at)
        if page != "rosetta":
            send(at, f"{page}_stage", state={"changes": [DRAWN]})
    assert compiles.count == 0


@pytest.mark.timeout(600)
def test_nothing_compiles_between_rules(open_page, warm):
    at, other = open_page("matching"), open_page("offsets")

    def play(near, far):
        for rule in RULES:
            choose(at, "matching_rule", rule)
            slider = at.slider(key=SLIDERS[rule])
            value = near if slider.max == 1 else type(slider.step)(far)
            run(run(slider.set_value((0.2, near) if rule in BANDED else value)))
        for kind in reversed(CODERS):
            choose(other, "coder_kind", kind)

    with engine.count_compiles() as compiles:
        play(0.3, 7)
        play(0.6, 12)
    assert compiles.count == 0
