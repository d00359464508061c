"""Every control of every page tells the truth, whatever is done: a random walk (see walk.py).

A longer search, which no seed of the usual run has seen:

    ANCHORLAB_WALK_STEPS=200 ANCHORLAB_WALK_SEEDS=1,2,3 python -m pytest tests/browser/test_walk.py
"""

import os

import pytest

from tests.browser.walk import Walk
from tests.places import PAGES

STEPS = int(os.environ.get("ANCHORLAB_WALK_STEPS", "24"))
SEEDS = [int(seed) for seed in os.environ.get("ANCHORLAB_WALK_SEEDS", "0").split(",")]


@pytest.mark.timeout(60 + 10 * STEPS)
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("page", PAGES)
def test_every_control_shows_what_the_lab_says(lab, page, seed):
    walk = Walk(lab, seed, page)
    walk.go(STEPS)


def sliders(lab) -> list[float]:
    return [float(s.input_value()) for s in lab.page.get_by_role("slider").all()]


def test_sliders_that_must_reach_further_show_where_the_box_is(lab):
    walk = Walk(lab, 0, "offsets")
    canvas = walk.canvas
    x1, y1, x2, y2 = canvas.boxes()[canvas.seen()["object"]]
    with lab.expect_rerun():
        canvas.drag(((x1 + x2) / 2, (y1 + y2) / 2), ((x1 + x2) / 2 - 150, (y1 + y2) / 2))
    walk.look()
    told = canvas.python().offsets
    assert max(map(abs, told)) > 4
    assert sliders(lab) == pytest.approx(told, abs=0.006)
    with lab.expect_rerun():
        lab.page.get_by_role("slider").nth(1).press("ArrowRight")
    walk.look()
    now = canvas.python().offsets
    assert now[1] == pytest.approx(told[1] + 0.01, abs=0.006) and (*now[:1], *now[2:]) == (
        *told[:1],
        *told[2:],
    )
    # A bound on the sizes is there to be run into: the sliders must reach it.
    lab.page.get_by_text("Conventions: how libraries write a box").click()
    with lab.expect_rerun():
        lab.page.get_by_role("radio", name="on both sides").click()
    walk.look()
    assert (
        sliders(lab) == pytest.approx(now, abs=0.006)
        and float(lab.page.get_by_role("slider").first.get_attribute("max")) >= 20.7
    )


def test_what_is_compared_with_is_what_the_list_says(lab):
    walk = Walk(lab, 0, "pyramid")
    for preset in ("FPN", "YOLOv3, v5", "RetinaNet"):
        with lab.expect_rerun():
            lab.page.get_by_role("radio", name=preset, exact=True).click()
        walk.look()
    rival = lab.page.get_by_role("combobox", name="Compare with").input_value()
    assert f"{rival}: level" in lab.page.get_by_role("region", name="Two pyramids compared").inner_text()


def test_the_same_control_on_two_pages_shows_the_same(lab):
    walk = Walk(lab, 0, "anchors")
    lab.goto("anchors", "layout=pyramid", canvas=True)
    walk.look()
    with lab.expect_rerun():
        lab.page.get_by_role("link", name="Pyramid", exact=True).click()
    lab.page.wait_for_function("anchorlabBus.stage?.data.view === 'pyramid'")
    lab.settled()
    walk.look()
    chosen = lab.page.get_by_role("radiogroup", name="Other pages use").get_by_role("radio", checked=True)
    assert chosen.inner_text() == "this pyramid"


def test_undo_that_is_held_down_ends_where_it_began(lab):
    walk = Walk(lab, 0, "matching")
    slider = lab.page.get_by_role("slider").last
    for _ in range(3):
        with lab.expect_rerun():
            slider.press("ArrowRight")
        lab.page.wait_for_timeout(1300)  # a step of undo each
        with lab.expect_rerun():
            lab.page.get_by_role("switch").first.press("Space")
    lab.page.evaluate(
        """async () => {
          for (let k = 0; k < 6; k++) {
            anchorlabBus.stage.useTool("undo");
            await new Promise((go) => setTimeout(go, 30));
          }
        }"""
    )
    walk.canvas.answered()
    walk.look()
    assert walk.canvas.python().matching.threshold.high == 0.5 and not lab.page.evaluate(
        "anchorlabBus.stage.data.can_undo"
    )


def test_a_link_beyond_a_slider_is_shown_as_it_is(lab):
    walk = Walk(lab, 0, "nms")
    lab.goto("nms", "method=gaussian&gaussian.sigma=3.5&shift=0.8&each=25", canvas=True)
    walk.look()
    assert lab.page.get_by_role("slider", name="softer").input_value() == "3.5"
