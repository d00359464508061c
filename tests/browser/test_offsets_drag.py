"""Offsets: the decoded box and the four sliders are one thing, dragged or typed."""

import re

import numpy as np
import pytest

from anchorlab import engine
from anchorlab.scenes import catalogue
from tests.browser.canvas import Canvas, matched


@pytest.fixture
def canvas(lab):
    return Canvas(lab.goto("offsets", canvas=True))


def pair(canvas):
    """(anchor, object) as boxes, and what the engine encodes for them."""
    seen, state = canvas.seen(), canvas.python()
    info = catalogue.SCENES[state.scene]
    laid = engine.generate_anchors(state.anchors, info.height, info.width)
    anchor = laid.xyxy[seen["anchor"]][None]
    box = canvas.boxes()[seen["object"]][None]
    assert matched(state, canvas.boxes(), info.width, info.height).label[seen["anchor"]] == 1
    return anchor, box, engine.encode(anchor, box, state.coder)[0]


def sliders(lab):
    return [lab.page.get_by_role("slider").nth(k) for k in range(4)]


def values(lab):
    return [float(s.input_value()) for s in sliders(lab)]


def test_dragging_the_decoded_box(lab, canvas):
    anchor, box, target = pair(canvas)
    np.testing.assert_allclose(values(lab), target, atol=0.0051)
    x1, y1, x2, y2 = (float(v) for v in box[0])
    strip = lab.page.locator(".strip")
    before = strip.inner_text()
    canvas.hold(((x1 + x2) / 2, (y1 + y2) / 2), ((x1 + x2) / 2 + 20, (y1 + y2) / 2 + 10))
    canvas.drawn()
    held = strip.inner_text()
    assert held != before and canvas.seen()["offsets"] is not None  # live, before any answer
    np.testing.assert_allclose(values(lab), target, atol=0.0051)
    with lab.expect_rerun():
        lab.page.mouse.up()
    canvas.answered()
    state = canvas.python()
    want = engine.encode(anchor, box + np.float32([20, 10, 20, 10]), state.coder)[0]
    np.testing.assert_allclose(state.offsets, want, atol=0.15)  # to the pixel of the mouse
    np.testing.assert_allclose(values(lab), state.offsets, atol=0.0051)
    decoded = engine.decode(anchor, np.float32([state.offsets]), state.coder)[0]
    np.testing.assert_allclose(decoded, box[0] + [20, 10, 20, 10], atol=1)
    assert "What does the box do now?" in lab.page.locator(".why").inner_text()
    size = re.search(r"box of ([\d.]+) × ([\d.]+)", lab.page.locator(".why").inner_text())
    assert float(size[1]) == pytest.approx(x2 - x1, abs=0.2) and float(size[2]) == pytest.approx(
        y2 - y1, abs=0.2
    )
    with lab.expect_rerun():
        lab.page.get_by_role("button", name="Back to the encoded offsets").click()
    canvas.answered()
    assert canvas.python().offsets is None and canvas.seen()["offsets"] is None
    np.testing.assert_allclose(values(lab), target, atol=0.0051)
    with lab.expect_rerun():
        lab.page.keyboard.press("Control+z")
    np.testing.assert_allclose(canvas.python().offsets, state.offsets, atol=1e-6)


def test_sliders_move_the_box_and_another_object_resets(lab, canvas):
    _, _, target = pair(canvas)
    with lab.expect_rerun():
        sliders(lab)[2].press("ArrowRight")
    canvas.answered()
    moved = canvas.seen()["offsets"]
    assert moved[2] == pytest.approx(round(float(target[2]), 2) + 0.01, abs=1e-6)
    np.testing.assert_allclose(
        np.delete(moved, 2), np.delete(target, 2), atol=1e-4
    )  # exact where not touched
    assert "decode" in lab.page.locator(".why").inner_text()
    first = canvas.seen()["object"]
    canvas.focus()
    with lab.expect_rerun():
        canvas.press("]")
    canvas.answered()
    seen = canvas.seen()
    assert seen["object"] != first and seen["offsets"] is None and canvas.python().offsets is None
    _, _, target = pair(canvas)
    np.testing.assert_allclose(values(lab), target, atol=0.0051)
    # Dividing by nothing: the same pair, other numbers.
    with lab.expect_rerun():
        lab.page.get_by_role("radio", name="nothing").click()
    _, _, target = pair(canvas)
    np.testing.assert_allclose(values(lab), target, atol=0.0051)


def test_keys_move_and_resize_without_losing_a_press(lab, canvas):
    anchor, box, _ = pair(canvas)
    canvas.focus()
    for _ in range(6):  # some before, some after the answer to the former ones
        canvas.press("ArrowRight", "Alt+ArrowDown")
        lab.page.wait_for_timeout(90)
    canvas.press("Shift+ArrowUp")
    canvas.answered()
    state = canvas.python()
    decoded = engine.decode(anchor, np.float32([state.offsets]), state.coder)[0]
    np.testing.assert_allclose(decoded, box[0] + [6, -10, 6, -4], atol=0.02)
    assert "Decoded box" in canvas.spoken()
    canvas.press("Escape")
    canvas.answered()
    assert canvas.python().offsets is None
