"""Offsets where no anchor is positive: what the page offers is there, and brings a pair."""

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.canvas import Canvas

NONE_POSITIVE = "threshold.high=1&threshold.low=0.9&threshold.low_quality=0"


@pytest.fixture
def canvas(lab):
    return Canvas(lab.goto("offsets", NONE_POSITIVE, canvas=True))


def positives(lab):
    return lab.page.evaluate("anchorlabBus.stage.stateCounts().positive")


def test_a_lower_threshold_here_is_one_step_of_undo(lab, canvas):
    page = lab.page
    assert positives(lab) == 0
    best = page.evaluate("Math.max(...anchorlabBus.stage.labels.best_iou)")
    expect(page.locator(".why")).to_contain_text(f"{best:.2f}")
    button = page.get_by_role("button", name="Lower the threshold to").first
    with lab.expect_rerun():
        button.click()
    state = canvas.python()
    assert (
        0 < state.matching.threshold.high <= best < state.matching.threshold.high + 0.02
        and state.matching.threshold.low <= state.matching.threshold.high
    )
    assert positives(lab) > 0
    expect(page.locator(".strip [role=math]")).to_have_count(4)
    expect(page.get_by_role("button", name="Lower the threshold")).to_have_count(0)
    canvas.focus()
    with lab.expect_rerun():
        canvas.press("Control+z")
    state = canvas.python()
    assert (state.matching.threshold.high, state.matching.threshold.low) == (1, 0.9) and positives(lab) == 0
    expect(button).to_be_visible()
    assert not lab.axe()


def test_the_lower_threshold_on_matching(lab, canvas):
    with lab.expect_rerun():
        lab.page.get_by_role("button", name="and look on Matching").click()
    lab.page.wait_for_function("anchorlabBus.stage?.data.view === 'matching'")
    canvas.answered()
    assert canvas.python().matching.threshold.high < 1 and positives(lab) > 0


@pytest.mark.parametrize("query", [NONE_POSITIVE, "boxes=~object"])
def test_an_object_is_drawn_here(lab, query):
    lab.goto("offsets", query, canvas=True)
    canvas, page = Canvas(lab), lab.page
    before = len(canvas.boxes())
    if not before:
        expect(page.get_by_role("button", name="Lower the threshold")).to_have_count(0)
        expect(page.locator(".empty")).to_be_visible()
    draw = page.get_by_role("button", name="Draw an object here")
    draw.press("Enter")
    assert canvas.seen()["tool"] == "draw" and canvas.focused() == "frame"
    # An anchor of 128 pixels, square, around the centre of a cell: drawn over it, it fits whatever the threshold.
    laid = np.array(page.evaluate("Array.from(anchorlabBus.stage.generated.anchors)")).reshape(-1, 4)
    sides = laid[:, 2:] - laid[:, :2]
    inside = (laid > 20).all(1) & (laid[:, 2] < 560) & (laid[:, 3] < 380)
    box = laid[np.flatnonzero(inside & (np.abs(sides - 128) < 1).all(1))[0]].tolist()
    with lab.expect_rerun():
        canvas.drag((box[0], box[1]), (box[2], box[3]))
    canvas.answered()
    assert len(canvas.boxes()) == before + 1 and canvas.seen()["tool"] == "select"
    if query != NONE_POSITIVE:  # there a pixel decides, as the threshold is 1
        assert positives(lab) > 0
        expect(page.locator(".strip [role=math]")).to_have_count(4)
        assert page.locator('.tools [data-tool="draw"]').is_hidden()
        with lab.expect_rerun():
            canvas.press("Control+z")
        canvas.answered()
        expect(draw).to_be_visible()


def test_an_object_is_added_by_keys(lab):
    canvas = Canvas(lab.goto("offsets", "boxes=~object", canvas=True))
    lab.page.get_by_role("button", name="Draw an object here").press("Enter")
    with lab.expect_rerun():
        canvas.press("Enter")
    canvas.answered()
    assert len(canvas.boxes()) == 1 and positives(lab) > 0


@pytest.mark.lab(touch=True, viewport="phone", scheme="dark")
def test_the_offer_on_a_phone(lab):
    lab.goto("offsets", NONE_POSITIVE, canvas=True)
    assert not lab.axe() and not lab.overflowing()
    button = lab.page.get_by_role("button", name="Draw an object here")
    assert button.bounding_box()["height"] >= 44
    button.tap()
    assert Canvas(lab).seen()["tool"] == "draw"
