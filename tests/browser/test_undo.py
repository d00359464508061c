"""Undo and redo over boxes and settings alike, across pages and scenes."""

import numpy as np

from tests.browser.canvas import Canvas


def go(lab, name):
    with lab.expect_rerun():
        lab.page.get_by_role("link", name=name).first.click()
    lab.page.wait_for_function("page => anchorlabBus.stage?.data.view === page", arg=name.lower())


def high(lab):
    return Canvas(lab).python().matching.threshold.high


def test_undo_covers_boxes_and_settings_in_order_across_pages(lab):
    canvas = Canvas(lab.goto("matching", canvas=True))
    undo, redo = (lab.page.locator(f'.tools [data-tool="{name}"]') for name in ("undo", "redo"))
    assert undo.is_disabled() and redo.is_disabled()
    own = canvas.boxes()
    with lab.expect_rerun():
        canvas.draw(430, 20, 520, 110)
    drawn = canvas.agree()
    slider = lab.page.get_by_role("slider").last
    with lab.expect_rerun():
        slider.press("ArrowRight")
    assert high(lab) == 0.51
    positive = lab.page.locator('[data-count="positive"]').inner_text
    with_setting = positive()
    go(lab, "Anchors")
    # The keys work wherever the focus is, as long as nobody is typing: here on a control of the rail.
    with lab.expect_rerun():
        lab.page.get_by_role("link", name="Anchors").first.press("Control+z")
    assert high(lab) == 0.5 and len(canvas.agree()) == 4
    with lab.expect_rerun():
        undo.click()
    np.testing.assert_array_equal(canvas.agree(), own)
    lab.page.wait_for_function("document.querySelector && anchorlabBus.stage.data.can_undo === false")
    assert undo.is_disabled() and not redo.is_disabled()
    go(lab, "Matching")
    with lab.expect_rerun():
        canvas.focus()
        canvas.press("Control+Shift+Z")
    np.testing.assert_array_equal(canvas.agree(), drawn)
    with lab.expect_rerun():
        redo.click()
    assert high(lab) == 0.51 and positive() == with_setting
    assert slider.input_value() == "0.51"
    with lab.expect_rerun():
        slider.press("Control+z")
    assert high(lab) == 0.5 and slider.input_value() == "0.5"


def test_undo_and_redo_say_what_they_did(lab):
    canvas = Canvas(lab.goto("matching", canvas=True))
    canvas.select(1)
    with lab.expect_rerun():
        canvas.press("ArrowRight")
        canvas.answered()
    with lab.expect_rerun():
        lab.page.get_by_role("slider").last.press("ArrowRight")

    def after(keys):
        with lab.expect_rerun():
            lab.page.keyboard.press(keys)
        canvas.answered()
        return canvas.spoken()

    assert after("Control+z") == "Undone: threshold for positive, now 0.5."
    assert after("Control+z") == "Undone: moved cup."
    assert after("Control+z") == "Nothing to undo."
    assert after("Control+y") == "Redone: moved cup."
    # What is done then is said alone.
    canvas.press("ArrowDown")
    canvas.answered()
    assert canvas.spoken().startswith("② cup")


def test_undo_returns_to_the_former_scene_with_its_boxes(lab):
    canvas = Canvas(lab.goto("matching", canvas=True))
    with lab.expect_rerun():
        canvas.draw(430, 20, 520, 110)
    drawn = canvas.agree()
    lab.page.get_by_role("button", name="Coffee").click()
    lab.settled()
    with lab.expect_rerun():
        lab.page.get_by_role("button", name="Coins", exact=False).first.click()
    lab.page.keyboard.press("Escape")
    assert canvas.python().scene == "coins" and len(canvas.agree()) == 24
    with lab.expect_rerun():
        canvas.focus()
        canvas.press("Control+z")
    assert canvas.python().scene == "coffee"
    np.testing.assert_array_equal(canvas.agree(), drawn)
    canvas.wait("s.photo.width === 600 && s.photoImage")
    with lab.expect_rerun():
        canvas.press("Control+y")
    assert canvas.python().scene == "coins" and len(canvas.agree()) == 24


def test_typing_keeps_its_own_undo(lab):
    canvas = Canvas(lab.goto("matching", canvas=True))
    canvas.select(0)
    lab.settled()
    field = lab.page.get_by_label("Class")
    field.click()
    with lab.expect_no_rerun():
        field.press("End")
        lab.page.keyboard.type("x")
        lab.page.keyboard.press("Control+z")
