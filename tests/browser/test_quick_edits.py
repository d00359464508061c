"""Edits faster than the server: nothing is lost, nothing jumps back, and undo takes every step there was."""

import numpy as np
import pytest

from tests.browser.canvas import Canvas

BOXES = [[430, 20, 480, 60], [500, 20, 560, 70], [20, 20, 60, 60]]


@pytest.fixture
def canvas(lab):
    return Canvas(lab.goto("matching", canvas=True))


def undo_all(lab, canvas, times):
    """Ctrl+Z without waiting in between."""
    with lab.expect_rerun():
        for _ in range(times):
            lab.page.keyboard.press("Control+z")


def test_three_boxes_without_waiting_are_three_steps(lab, canvas):
    before = canvas.boxes()
    with lab.expect_rerun():
        for box in BOXES:
            canvas.focus()
            canvas.press("b")
            canvas.drag(box[:2], box[2:])
    after = canvas.agree()
    np.testing.assert_allclose(after[3:], BOXES, atol=1)
    np.testing.assert_array_equal(after[:3], before)
    # Each drawn box is a step of its own, however quickly they came.
    with lab.expect_rerun():
        lab.page.keyboard.press("Control+z")
    np.testing.assert_array_equal(canvas.agree(), after[:5])
    undo_all(lab, canvas, 2)
    np.testing.assert_array_equal(canvas.agree(), before)
    with lab.expect_rerun():
        for _ in range(3):
            lab.page.keyboard.press("Control+y")
    np.testing.assert_array_equal(canvas.agree(), after)


def test_dragging_while_an_answer_arrives_does_not_jump_back(lab, canvas):
    paints = lab.paints()
    canvas.drag((77, 200), (97, 200))  # sent; its answer comes during the next drag
    canvas.hold((97, 200), (137, 200))
    held = canvas.boxes()[0].tolist()
    lab.painted(more_than=paints)
    lab.settled()
    assert canvas.boxes()[0].tolist() == held and canvas.seen()["stale"]
    canvas.page.mouse.move(*canvas.at(147, 210))
    assert canvas.boxes()[0][0] == pytest.approx(147, abs=1)
    with lab.expect_rerun():
        canvas.page.mouse.up()
    assert canvas.agree()[0][0] == pytest.approx(147, abs=1)


def test_held_arrow_is_one_step_and_nothing_is_lost_before_undo_or_a_page_switch(lab, canvas):
    before = canvas.boxes()
    canvas.select(2)
    lab.settled()
    with lab.expect_rerun():
        canvas.press(*["ArrowRight"] * 12)
    moved = canvas.agree()
    assert moved[2][0] == before[2][0] + 12
    with lab.expect_rerun():
        lab.page.keyboard.press("Control+z")
    np.testing.assert_array_equal(canvas.agree(), before)
    # Undo at once, while the move is still being collected: it undoes that move, nothing else.
    with lab.expect_rerun():
        canvas.press("ArrowRight", "ArrowRight")
        lab.page.keyboard.press("Control+z")
    np.testing.assert_array_equal(canvas.agree(), before)
    # To another page at once.
    with lab.expect_rerun():
        canvas.press("ArrowDown", "ArrowDown", "ArrowDown")
        lab.page.get_by_role("link", name="Home").first.click()
    lab.page.wait_for_function("anchorlabBus.stage?.data.view === 'home'")
    assert canvas.agree()[2][1] == before[2][1] + 3


def test_adding_and_deleting_faster_than_the_server(lab, canvas):
    before = canvas.boxes()
    canvas.focus()
    with lab.expect_rerun():
        for key in ("n", "n", "Delete", "n", "ArrowRight", "Delete", "n", "Delete", "Delete"):
            lab.page.keyboard.press(key)
    np.testing.assert_array_equal(canvas.agree(), before)


def test_a_drawn_box_is_not_lost_by_an_immediate_page_switch(lab, canvas):
    with lab.expect_rerun():
        canvas.draw(*BOXES[0])
        lab.page.get_by_role("link", name="Anchors").first.click()
    lab.page.wait_for_function("anchorlabBus.stage?.data.view === 'anchors'")
    np.testing.assert_allclose(canvas.agree()[3], BOXES[0], atol=1)
