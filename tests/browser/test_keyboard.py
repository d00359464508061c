"""Everything without a mouse."""

import numpy as np
import pytest

from tests.browser.canvas import Canvas

FOCUSED = """() => {
  let e = document.activeElement;
  while (e?.shadowRoot?.activeElement) e = e.shadowRoot.activeElement;
  return [e?.tagName, e?.className?.toString?.() ?? '', e?.getAttribute?.('aria-label') ?? '', e?.innerText ?? ''].join('|');
}"""


def focused(lab):
    return lab.page.evaluate(FOCUSED)


@pytest.mark.parametrize("page", ["matching", "nms"])
def test_tab_reaches_every_control_and_leaves_the_picture(lab, page):
    lab.goto(page, canvas=True)
    passed = []
    lab.page.evaluate("document.activeElement?.blur()")
    for _ in range(90):
        lab.page.keyboard.press("Tab")
        now = focused(lab)
        if now.startswith("BODY") or (len(passed) > 5 and now == passed[0]):
            break
        passed.append(now)
    text = "\n".join(passed)
    frame = next(k for k, name in enumerate(passed) if "|frame|" in name)
    assert len(passed) > frame + 8, text
    for wanted in ("Share", "Reset", "Keyboard (?)", "Select and move", "Show the code"):
        assert wanted in text, (wanted, text)
    controls = lab.page.get_by_role("slider").count()
    assert sum(name.startswith("INPUT") for name in passed) >= controls
    if page == "matching":
        assert "IoU" in text  # the matrix: one stop, arrows inside
        assert text.count(": IoU ") == 1
    else:
        for wanted in ("Play (Space)", "Round"):
            assert wanted in text


def test_objects_by_keys(lab):
    canvas = Canvas(lab.goto("matching", canvas=True))
    own = canvas.boxes()
    canvas.focus()
    canvas.press("]")
    assert canvas.seen()["object"] == 0 and "Selected ① saucer, object 1 of 3" in canvas.spoken()
    canvas.press("[")
    assert canvas.seen()["object"] == 2
    canvas.press("[")
    canvas.press("ArrowLeft", "Shift+ArrowDown", "Alt+ArrowRight", "Alt+Shift+ArrowUp")
    np.testing.assert_allclose(canvas.agree()[1], own[1] + [-1, 10, 0, 0])
    assert "object 2 of 3: left 172, top 28, width 234, height 278" in canvas.spoken()
    canvas.press("n")
    assert len(canvas.agree()) == 4 and canvas.seen()["object"] == 3 and "Added" in canvas.spoken()
    canvas.press("c")
    lab.page.keyboard.type("sugar")
    lab.page.keyboard.press("Enter")
    canvas.answered()
    assert canvas.focused() == "frame"
    assert "sugar" in canvas.python().objects.classes and "Object 4 is now sugar." in canvas.spoken()
    canvas.press("Delete")
    assert len(canvas.agree()) == 3 and "Deleted" in canvas.spoken() and "3 objects left" in canvas.spoken()
    canvas.press("b", "Enter")
    assert len(canvas.agree()) == 4 and canvas.seen()["tool"] == "select"
    canvas.press("+")
    assert canvas.seen()["moved"]
    canvas.press("0")
    assert not canvas.seen()["moved"]
    canvas.press("Escape")
    assert canvas.seen()["object"] == -1


@pytest.mark.parametrize("wait", [0, 30, 90, 200])
def test_letting_go_and_adding_at_once_keeps_the_new_box_selected(lab, wait):
    canvas = Canvas(lab.goto("matching", canvas=True))
    canvas.select(1)
    lab.settled()
    with lab.expect_rerun():
        lab.page.keyboard.press("Escape")
        lab.page.wait_for_timeout(wait)
        lab.page.keyboard.press("n")
    canvas.answered()
    assert len(canvas.agree()) == 4
    assert canvas.seen()["object"] == 3 == canvas.python().selection.object
    canvas.press("ArrowRight")
    assert canvas.agree()[3][0] == canvas.boxes()[3][0]


def overlap(a, b):
    """IoU of two boxes."""
    w, h = np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2])
    inner = max(w, 0) * max(h, 0)
    return inner / (np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2]) - inner)


@pytest.mark.parametrize("at", ["whole", "corner"])
def test_added_boxes_lie_side_by_side(lab, at):
    canvas = Canvas(lab.goto("matching", canvas=True))
    canvas.focus()
    if at == "corner":  # zoomed in where the picture ends
        lab.page.evaluate("const v = anchorlabBus.stage.viewport; v.zoomAt(4); v.panBy(-4000, -4000)")
    for _ in range(12):
        with lab.expect_rerun():
            canvas.press("n")
    added = canvas.agree()[3:]
    assert (added[:, :2] >= 0).all() and (added[:, 2] <= 600).all() and (added[:, 3] <= 400).all()
    first, second = added[:2]
    assert overlap(first, second) == 0
    gap = np.maximum(first[:2], second[:2]) - np.minimum(first[2:], second[2:])
    assert gap.max() < (first[2] - first[0]) / 2, "beside it, not far away"
    for k in range(12):
        assert all(overlap(added[k], added[m]) < 0.7 for m in range(k))


def test_key_help_opens_everywhere_and_hands_the_focus_back(lab):
    canvas = Canvas(lab.goto("matching", canvas=True))
    dialog = lab.page.locator("dialog.keys-help")
    canvas.focus()
    lab.page.keyboard.press("?")
    assert dialog.is_visible() and "greedy rounds" in dialog.inner_text()
    lab.page.keyboard.press("Escape")
    assert not dialog.is_visible() and "|frame|" in focused(lab)
    button = lab.page.get_by_role("button", name="Keyboard (?)")
    button.press("Enter")
    assert dialog.is_visible()
    dialog.get_by_role("button", name="Close").click()
    assert not dialog.is_visible() and "Keyboard (?)" in focused(lab)
    # Typing a question mark is typing.
    canvas.select(0)
    canvas.press("c")
    lab.page.keyboard.type("?")
    assert not dialog.is_visible() and lab.page.get_by_label("Class").input_value() == "?"


@pytest.mark.parametrize("page", ["matching", "anchors"])
def test_arrows_walk_cells_without_a_selected_object(lab, page):
    canvas = Canvas(lab.goto(page, canvas=True))
    cols, rows, shapes = lab.page.evaluate(
        "(([{cols, rows, shapes}]) => [cols, rows, shapes.length])(anchorlabBus.stage.cells.levels)"
    )

    def cell():
        seen = canvas.seen()
        if page == "matching":
            return seen["anchor"] // shapes
        # Until one is chosen the cell in the middle is shown, and the link has none.
        return seen["cell"] if seen["cell"] >= 0 else (rows // 2) * cols + cols // 2

    canvas.focus()
    start = cell()
    canvas.press("ArrowRight", "ArrowDown")
    assert cell() == start + 1 + cols
    said = canvas.spoken()
    assert ("row" in said) if page == "anchors" else said.startswith("Anchor")
    canvas.press("ArrowLeft", "ArrowUp")
    assert cell() == start
    if page == "matching":
        anchor = canvas.seen()["anchor"]
        canvas.press(".")
        shape = anchor % shapes
        assert canvas.seen()["anchor"] == anchor - shape + (shape + 1) % shapes
        canvas.press(",")
        assert canvas.seen()["anchor"] == anchor
    canvas.press(*["ArrowUp"] * (rows + 2))
    assert cell() < cols
    canvas.answered()
    selection = canvas.python().selection
    assert (selection.cell if page == "anchors" else selection.anchor // shapes) == cell()


def test_the_matrix_is_a_grid_for_the_arrow_keys(lab):
    canvas = Canvas(lab.goto("matching", canvas=True))
    canvas.drawn()
    cell = lab.page.locator(".matrix td button[tabindex='0']")
    assert cell.count() == 1
    cell.focus()
    first = focused(lab)
    lab.page.keyboard.press("ArrowRight")
    lab.page.keyboard.press("ArrowDown")
    now = focused(lab)
    assert now != first and ": IoU " in now
    lab.page.keyboard.press("Enter")
    canvas.answered()
    assert focused(lab) == now, "the focus was lost when the matrix followed"
    assert f"anchor {canvas.seen()['anchor']}," in now
