"""Drawing, moving, resizing, naming and deleting boxes with the mouse: browser and Python agree after each."""

import numpy as np
import pytest

from anchorlab.scenes.boxes_io import clean_name
from tests.browser.canvas import Canvas

W, H = 600, 400  # coffee
SAUCER = [77, 70, 479, 389]


def close(boxes, *expected, atol=1.0):
    found = np.asarray(boxes, np.float32).reshape(-1, 4)
    np.testing.assert_allclose(found, np.asarray(expected, np.float32).reshape(-1, 4), atol=atol)


@pytest.fixture
def canvas(lab):
    return Canvas(lab.goto("matching", canvas=True))


def test_a_new_box_is_the_same_on_both_sides_and_after_a_reload(lab, canvas):
    with lab.expect_rerun():
        canvas.draw(430, 20, 520, 110)
    close(canvas.agree()[3], [430, 20, 520, 110])
    seen = canvas.seen()
    assert seen["object"] == 3 and seen["tool"] == "draw" and not seen["stale"]
    assert "Drawn" in canvas.spoken() and "object 4 of 4" in canvas.spoken()
    assert lab.page.locator(".matrix tbody tr").count() == 4
    before, labels = canvas.boxes(), canvas.labels()
    lab.page.reload()
    lab.settled()
    lab.painted()
    np.testing.assert_array_equal(canvas.agree(), before)
    again = canvas.labels()
    assert again["label"] == labels["label"] and again["best_iou"] == labels["best_iou"]


def test_the_draw_tool_stays_until_escape_or_v(lab, canvas):
    own = canvas.boxes()
    canvas.tool("draw")
    spots = [(430, 200, 520, 290), (20, 20, 60, 60), (480, 260, 560, 380)]
    for spot in spots:
        with lab.expect_rerun():
            canvas.drag(spot[:2], spot[2:])
    close(canvas.agree()[3:], *spots)
    # Nothing covers what is to be drawn on; the class is named all the same.
    assert not lab.page.locator(".objectbar").is_visible()
    canvas.press("c")
    lab.page.keyboard.type("sugar")
    with lab.expect_rerun():
        lab.page.keyboard.press("Enter")
    assert canvas.python().objects.classes[-1] == "sugar" and canvas.seen()["tool"] == "draw"
    assert canvas.focused() == "frame" and not lab.page.locator(".objectbar").is_visible()
    canvas.tool("draw")
    canvas.press("b")
    assert canvas.seen()["tool"] == "draw"
    canvas.press("Escape")
    assert canvas.seen()["tool"] == "select" and canvas.seen()["object"] == 5
    lab.page.locator(".objectbar").wait_for()
    canvas.press("b", "v")
    assert canvas.seen()["tool"] == "select"
    with lab.expect_rerun():  # which moves, as before
        canvas.drag((520, 320), (500, 320))
    assert len(canvas.agree()) == len(own) + 3


def test_on_an_empty_picture_a_drag_draws(lab):
    canvas = Canvas(lab.goto("matching", "boxes=~", canvas=True))
    assert len(canvas.boxes()) == 0
    canvas.page.mouse.move(*canvas.at(200, 200))
    assert canvas.frame.evaluate("e => getComputedStyle(e).cursor") == "crosshair"
    canvas.click(300, 200)  # a click is none
    canvas.answered()
    assert len(canvas.boxes()) == 0 and canvas.seen()["tool"] == "select"
    with lab.expect_rerun():
        canvas.drag((100, 100), (180, 190), (220, 240))
    with lab.expect_rerun():  # and on, beside it
        canvas.drag((300, 100), (420, 240))
    close(canvas.agree(), [100, 100, 220, 240], [300, 100, 420, 240])
    assert not canvas.seen()["moved"]
    canvas.press("Escape")
    canvas.drag((500, 330), (470, 300))
    assert canvas.seen()["moved"], "with objects, a drag beside them pans"


def test_moving_by_the_border_and_by_the_inside_of_the_selected_box(lab, canvas):
    with lab.expect_rerun():
        canvas.drag((77, 200), (97, 190))
    close(canvas.agree()[0], [97, 60, 499, 379])
    assert "Moved" in canvas.spoken() and canvas.seen()["object"] == 0
    with lab.expect_rerun():  # its inside, now that it is selected
        canvas.drag((130, 330), (120, 340))
    close(canvas.agree()[0], [87, 70, 489, 389])
    with lab.expect_rerun():  # beyond the picture's corner: it stays whole
        canvas.drag((120, 340), (-300, -300))
    close(canvas.agree()[0], [0, 0, 402, 319])


def test_each_handle_resizes_its_own_sides(lab, canvas):
    canvas.select(1)
    lab.settled()
    box = canvas.boxes()[1].tolist()
    for name, fx, fy in (
        ("nw", 0, 0), ("n", 0.5, 0), ("ne", 1, 0), ("e", 1, 0.5), ("se", 1, 1), ("s", 0.5, 1), ("sw", 0, 1), ("w", 0, 0.5),
    ):  # fmt: skip
        x, y = box[0] + fx * (box[2] - box[0]), box[1] + fy * (box[3] - box[1])
        dx, dy = (-8 if fx == 0 else 8), (-6 if fy == 0 else 6)
        with lab.expect_rerun():
            canvas.drag((x, y), (x + dx, y + dy))
        box[0] += dx if "w" in name else 0
        box[2] += dx if "e" in name else 0
        box[1] += dy if "n" in name else 0
        box[3] += dy if "s" in name else 0
        close(canvas.agree()[1], box, atol=1.6)
        box = canvas.boxes()[1].tolist()
    assert "Resized" in canvas.spoken()
    # A side pulled over its opposite turns the box round instead of inside out.
    with lab.expect_rerun():
        canvas.drag((box[0], (box[1] + box[3]) / 2), (box[2] + 40, 200))
    x1, _, x2, _ = canvas.agree()[1]
    assert x1 == pytest.approx(box[2], abs=1.6) and x2 == pytest.approx(box[2] + 40, abs=1.6)


def test_deleting_by_button_and_by_key_keeps_the_keyboard_on_the_picture(lab, canvas):
    canvas.select(1)
    lab.settled()
    with lab.expect_rerun():
        lab.page.get_by_role("button", name="Delete").click()
    close(canvas.agree(), SAUCER, [326, 66, 424, 326])
    assert "Deleted ② cup" in canvas.spoken()
    assert canvas.focused() == "frame"
    with lab.expect_rerun():
        lab.page.keyboard.press("Delete")
    with lab.expect_rerun():
        canvas.select(0)
        canvas.press("Backspace")
    assert len(canvas.agree()) == 0
    assert lab.page.get_by_text("Draw a box around something", exact=True).is_visible()
    assert "no object in the picture" in lab.page.locator(".why").inner_text().lower() or "Why?" in (
        lab.page.locator(".why").inner_text()
    )
    with lab.expect_rerun():
        canvas.draw(100, 100, 200, 200)
    close(canvas.agree(), [100, 100, 200, 200])


def test_a_class_name_is_text_whatever_it_looks_like(lab, canvas):
    names = ["<b>x</b>", '🐈‍⬛ & "co"', "<img src=x onerror=console.error('run')>"]
    for index, name in enumerate(names):
        canvas.select(index)
        lab.settled()
        field = lab.page.get_by_label("Class")
        canvas.press("c")
        field.fill(name)
        with lab.expect_rerun():
            field.press("Enter")
        assert canvas.focused() == "frame"
    # It stays what was typed, cut to the length of a name.
    names = [clean_name(name[:40]) for name in names]
    seen, python = canvas.seen(), canvas.python().objects
    assert [seen["classes"][c] for c in seen["class_ids"]] == names
    assert [python.classes[c] for c in python.class_ids] == names
    rows = lab.page.locator(".matrix tbody th").all_inner_texts()
    assert [r.split(" ", 1)[1] for r in rows] == names
    for page in ("home", "offsets", "nms"):
        with lab.expect_rerun():
            lab.page.locator(f'header a[href$="/{page if page != "home" else ""}"], nav a').filter(
                has_text={"home": "Home", "offsets": "Offsets", "nms": "NMS"}[page]
            ).first.click()
        lab.page.wait_for_function("page => anchorlabBus.stage?.data.view === page", arg=page)
    # Nothing of a name became an element.
    assert lab.page.locator(".stage b:text-is('x'), .slot img").count() == 0
    table = lab.page.locator(".slot[data-name=decisions]")
    table.get_by_text(names[2]).first.wait_for()
    assert all(name in table.inner_text() for name in names)


def test_tiny_drags_are_clicks_and_escape_cancels(lab, canvas):
    before = canvas.boxes()
    canvas.tool("draw")
    canvas.drag((430, 20), (431, 21))
    np.testing.assert_array_equal(canvas.boxes(), before)
    assert canvas.seen()["tool"] == "draw"
    # A drag of only one dimension is a slip of the hand.
    canvas.drag((430, 20), (530, 20.4))
    np.testing.assert_array_equal(canvas.boxes(), before)
    assert "Too small" in canvas.spoken()
    with lab.expect_no_rerun():
        canvas.hold((430, 20), (500, 90))
        assert len(canvas.boxes()) == 4
        lab.page.keyboard.press("Escape")
        np.testing.assert_array_equal(canvas.boxes(), before)
        canvas.page.mouse.move(*canvas.at(550, 150))
        canvas.page.mouse.up()
        np.testing.assert_array_equal(canvas.boxes(), before)
    lab.page.keyboard.press("Escape")
    assert canvas.seen()["tool"] == "select"
    # On the select tool: a moved box springs back, and a press without a move is a click.
    with lab.expect_rerun():  # it selects the object
        canvas.hold((77, 200), (177, 250))
        lab.page.keyboard.press("Escape")
        canvas.page.mouse.up()
    np.testing.assert_array_equal(canvas.boxes(), before)
    np.testing.assert_array_equal(canvas.agree(), before)


def test_drawing_beyond_the_picture_is_cut_at_its_border(lab, canvas):
    with lab.expect_rerun():
        canvas.tool("zoomOut")
        canvas.tool("zoomOut")
        canvas.draw(500, 300, W + 60, H + 40)
    close(canvas.agree()[3], [500, 300, W, H])
    with lab.expect_rerun():
        canvas.draw(40, 30, -60, -40)
    close(canvas.agree()[4], [0, 0, 40, 30])


def test_one_of_forty_boxes_follows_the_pointer(lab):
    spots = [(x, y, x + 50, y + 60) for y in range(10, H - 70, 72) for x in range(10, W - 60, 72)][:40]
    boxes = "_".join(",".join(map(str, (*b, 0))) for b in spots) + "~thing"
    lab.goto("matching", f"boxes={boxes}", canvas=True)
    canvas = Canvas(lab)
    before = canvas.agree()
    assert len(before) == 40 == len(spots)
    with lab.expect_rerun():
        canvas.hold((spots[0][0], 40), (spots[0][0] + 30, 80))
        for step in range(20):
            canvas.page.mouse.move(*canvas.at(spots[0][0] + 30 + step, 80))
        canvas.drawn()
        moved = canvas.boxes()
        canvas.page.mouse.up()
    after = canvas.agree()
    close(after[0], [before[0][0] + 49, before[0][1] + 40, before[0][2] + 49, before[0][3] + 40])
    for a, b, c in zip(after[1:], before[1:], moved[1:], strict=True):
        close(a, b)
        close(c, b)
