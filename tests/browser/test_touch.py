"""A phone: drawing and moving with a finger, scrolling over the picture, zooming and panning with two."""

import numpy as np
import pytest

from tests.browser.canvas import Canvas
from tests.places import PAGES

pytestmark = pytest.mark.lab(touch=True, viewport="phone")


class Fingers:
    """Touches as the browser gets them from a screen."""

    def __init__(self, lab):
        self.lab = lab
        self.session = lab.page.context.new_cdp_session(lab.page)

    def send(self, kind, *points):
        touches = [{"x": x, "y": y, "id": n} for n, (x, y) in enumerate(points)]
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    def swipe(self, start, end, steps=8):
        a, b = np.asarray(start, float), np.asarray(end, float)
        self.send("touchStart", tuple(a))
        for k in range(1, steps + 1):
            self.send("touchMove", tuple(a + (b - a) * k / steps))
        self.send("touchEnd")

    def pinch(self, start, end, steps=8):
        a, b = np.asarray(start, float), np.asarray(end, float)
        self.send("touchStart", tuple(a[0]))
        self.send("touchStart", *map(tuple, a))
        for k in range(1, steps + 1):
            self.send("touchMove", *map(tuple, a + (b - a) * k / steps))
        self.send("touchEnd", tuple(b[0]))
        self.send("touchMove", (b[0][0] + 3, b[0][1] + 2))
        self.send("touchEnd")


@pytest.fixture
def canvas(lab):
    return Canvas(lab.goto("matching", canvas=True))


@pytest.fixture
def fingers(lab):
    return Fingers(lab)


def scrolled(lab):
    return lab.page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop")


def scroll_to(lab, top):
    lab.page.evaluate("y => (document.querySelector('[data-testid=stMain]').scrollTop = y)", top)


def test_drawing_and_moving(lab, canvas, fingers):
    canvas.show()
    lab.page.locator('.tools [data-tool="draw"]').tap()
    at = scrolled(lab)
    with lab.expect_rerun():
        fingers.swipe(canvas.at(440, 200), canvas.at(560, 380))
    np.testing.assert_allclose(canvas.agree()[3], [440, 200, 560, 380], atol=3)
    assert scrolled(lab) == at
    lab.page.locator('.tools [data-tool="select"]').tap()
    with lab.expect_rerun():  # the new box is selected: its inside moves it
        fingers.swipe(canvas.at(500, 290), canvas.at(460, 270))
    np.testing.assert_allclose(canvas.agree()[3], [400, 180, 520, 360], atol=4)
    assert scrolled(lab) == at
    with lab.expect_rerun():  # a corner resizes; a finger is thick
        fingers.swipe(canvas.at(523, 364), canvas.at(563, 384))
    np.testing.assert_allclose(canvas.agree()[3], [400, 180, 560, 380], atol=6)


# Points of the frame that a swipe may start from: on every border, tag and middle of a box, and all over the canvas.
SPOTS = """() => {
  const s = anchorlabBus.stage, v = s.viewport;
  const shown = s.boxes.slice(0, 4).map((b) => v.box(b));
  const spots = shown.flatMap(([x1, y1, x2, y2]) => [[x1, (y1 + y2) / 2], [(x1 + x2) / 2, y2], [x1 + 8, y1 - 8], [(x1 + x2) / 2, (y1 + y2) / 2]]);
  for (const y of [0.15, 0.5, 0.92]) for (const x of [0.2, 0.8]) spots.push([x * v.width, y * v.height]);
  return spots.filter(([x, y]) => x > 4 && y > 4 && x < v.width - 4 && y < v.height - 4);
}"""
# How far a point is from the nearest handle that is drawn.
HANDLE = """([x, y]) => {
  const s = anchorlabBus.stage, b = s.boxes[s.object];
  if (!b) return Infinity;
  const [x1, y1, x2, y2] = s.viewport.box(b);
  const points = [0, 0.5, 1].flatMap((i) => [0, 0.5, 1].map((j) => [x1 + i * (x2 - x1), y1 + j * (y2 - y1), i === 0.5 && j === 0.5]));
  return Math.min(...points.filter((p) => !p[2]).map(([px, py]) => Math.max(Math.abs(px - x), Math.abs(py - y))));
}"""
KEPT = """() => { const { boxes, object, anchor, cell, prediction, step, offsets, viewport } = anchorlabBus.stage;
  return JSON.stringify([boxes, object, anchor, cell, prediction, step, offsets, viewport.zoom, viewport.panX, viewport.panY]); }"""


# What a finger can take hold of: objects, a decoded box, predictions, nothing but the picture.
@pytest.mark.parametrize("page", ["home", "offsets", "nms", "anchors"])
def test_a_swipe_over_the_picture_scrolls_the_page_and_changes_nothing(lab, fingers, page):
    canvas = Canvas(lab.goto(page, canvas=True))
    canvas.show()
    before, link = lab.page.evaluate(KEPT), lab.page.url
    reruns, start = lab.reruns(), scrolled(lab)
    spots = lab.page.evaluate(SPOTS)
    assert len(spots) >= 6
    tried = 0
    for k, (x, y) in enumerate(spots):
        if lab.page.evaluate(HANDLE, [x, y]) < 20:
            continue
        tried += 1
        scroll_to(lab, start)
        left, top = lab.page.evaluate(
            "() => { const r = anchorlabBus.stage.frame.getBoundingClientRect(); return [r.left, r.top]; }"
        )
        down = 1 if k % 2 and start > 150 else -1
        fingers.swipe((left + x, top + y), (left + x + 5, top + y + 130 * down))
        lab.page.wait_for_function(
            "([from, down]) => (document.querySelector('[data-testid=stMain]').scrollTop - from) * down < -60",
            arg=[start, down],
            timeout=4000,
        )
        assert lab.page.evaluate(KEPT) == before, (page, x, y)
    assert tried >= 5
    # Sideways there is nothing to scroll; it is no tap either.
    scroll_to(lab, start)
    left, top = lab.page.evaluate(
        "() => { const r = anchorlabBus.stage.frame.getBoundingClientRect(); return [r.left, r.top]; }"
    )
    x, y = spots[-1]
    fingers.swipe((left + x, top + y), (left + x - 90, top + y + 3))
    lab.page.wait_for_timeout(600)  # longer than anything collects before it is sent
    assert lab.page.evaluate(KEPT) == before
    assert lab.page.url == link and lab.reruns() == reruns


@pytest.mark.parametrize("page", ["home", "matching", "pyramid", "rosetta"])
def test_a_tap_selects_an_object_and_a_drag_then_moves_it(lab, fingers, page):
    canvas = Canvas(lab.goto(page, canvas=True))
    canvas.show()
    at, own = scrolled(lab), canvas.boxes()
    x1, y1, x2, y2 = map(float, own[1])
    with lab.expect_rerun():
        lab.page.touchscreen.tap(*canvas.at(x2, y1 + 0.3 * (y2 - y1)))
        canvas.wait("s.object === 1")
    np.testing.assert_array_equal(canvas.boxes(), own)
    middle = canvas.at((x1 + x2) / 2, (y1 + y2) / 2)
    with lab.expect_rerun():
        fingers.swipe(middle, (middle[0] - 30, middle[1] + 24))
    moved = canvas.agree()
    assert moved[1][0] < own[1][0] - 10 and moved[1][1] > own[1][1] + 5, (own[1], moved[1])
    assert np.ptp(moved[1] - own[1] - np.tile((moved[1] - own[1])[:2], 2)) < 0.2  # moved, not resized
    np.testing.assert_array_equal(np.delete(moved, 1, 0), np.delete(own, 1, 0))
    assert scrolled(lab) == at


def test_the_decoded_box_follows_a_finger_by_its_handles_and_once_it_was_tapped(lab, fingers):
    canvas = Canvas(lab.goto("offsets", canvas=True))
    canvas.show()
    at = scrolled(lab)
    x1, y1, x2, y2 = map(float, canvas.boxes()[canvas.seen()["object"]])
    assert canvas.seen()["offsets"] is None
    x, y = canvas.at(x2, y2)
    with lab.expect_rerun():
        fingers.swipe((x, y), (x + 20, y + 25))
    corner = canvas.seen()["offsets"]
    assert corner is not None and scrolled(lab) == at
    middle = canvas.at((x1 + x2) / 2, (y1 + y2) / 2)
    lab.page.touchscreen.tap(*middle)
    canvas.wait("s.ghost")
    assert canvas.seen()["offsets"] == corner and "selected" in canvas.spoken()
    with lab.expect_rerun():
        fingers.swipe(middle, (middle[0], middle[1] - 40))
    moved = canvas.seen()["offsets"]
    assert moved[1] < corner[1] - 0.1 and moved[2:] == pytest.approx(corner[2:], abs=1e-3)
    assert scrolled(lab) == at


def test_two_fingers_zoom_on_every_page(lab, fingers):
    lab.goto("home", canvas=True)
    for page in PAGES:
        two_fingers_zoom(lab.turn_to(page), fingers)


def two_fingers_zoom(lab, fingers):
    canvas = Canvas(lab)
    canvas.show()
    at, own = scrolled(lab), canvas.boxes()
    x, y = lab.page.evaluate(
        "() => { const r = anchorlabBus.stage.frame.getBoundingClientRect(); return [r.left + r.width / 2, r.top + r.height / 2]; }"
    )
    fingers.pinch([(x - 30, y), (x + 30, y)], [(x - 90, y), (x + 90, y)])
    canvas.drawn()
    seen = canvas.seen()
    assert 2 < seen["zoom"] < 4 and scrolled(lab) == at and lab.page.evaluate("visualViewport.scale") == 1
    np.testing.assert_array_equal(canvas.boxes(), own)
    assert seen["offsets"] is None
    # Side by side they pan.
    before = lab.page.evaluate("[anchorlabBus.stage.viewport.panX, anchorlabBus.stage.viewport.panY]")
    fingers.pinch([(x - 30, y), (x + 30, y)], [(x - 60, y - 40), (x, y - 40)])
    after = lab.page.evaluate("[anchorlabBus.stage.viewport.panX, anchorlabBus.stage.viewport.panY]")
    assert after[0] > before[0] and after[1] > before[1] and scrolled(lab) == at
    # And one finger scrolls the page, zoomed in as well.
    scroll_to(lab, at)
    fingers.swipe((x, y), (x, y - 130))
    lab.page.wait_for_function(
        "at => document.querySelector('[data-testid=stMain]').scrollTop > at + 60", arg=at
    )
    assert lab.page.evaluate("[anchorlabBus.stage.viewport.panX, anchorlabBus.stage.viewport.panY]") == after


def test_a_tap_selects_what_it_touches(lab, canvas, fingers):
    canvas.show()
    with lab.expect_rerun():
        lab.page.touchscreen.tap(*canvas.at(528, 48))
    canvas.answered()
    assert canvas.seen()["anchor"] // 9 == 1 * 19 + 16


def test_two_fingers_zoom_and_nothing_breaks_when_one_leaves_first(lab, canvas, fingers):
    canvas.show()
    before = canvas.boxes()
    x, y = canvas.at(300, 200)
    fingers.pinch([(x - 30, y), (x + 30, y)], [(x - 90, y), (x + 90, y)])
    canvas.drawn()
    seen = canvas.seen()
    assert 2 < seen["zoom"] < 4, seen["zoom"]
    np.testing.assert_array_equal(canvas.boxes(), before)
    ix, iy = lab.page.evaluate(
        "([x, y]) => { const s = anchorlabBus.stage, r = s.frame.getBoundingClientRect(); return s.viewport.toImage(x - r.left, y - r.top); }",
        [x, y],
    )
    assert abs(ix - 300) < 12 and abs(iy - 200) < 12  # what was between the fingers is still there
    # The tool brings back the whole.
    lab.page.locator('.tools [data-tool="fit"]').tap()
    assert not canvas.seen()["moved"]
