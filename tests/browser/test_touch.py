"""A phone: drawing and moving with a finger, scrolling past the picture, zooming with two."""

import numpy as np
import pytest

from tests.browser.canvas import Canvas

pytestmark = pytest.mark.lab(touch=True, viewport="phone")


class Fingers:
    """Touches as the browser gets them from a screen."""

    def __init__(self, lab):
        self.lab = lab
        self.session = lab.context.new_cdp_session(lab.page)

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


def test_drawing_and_moving(lab, canvas, fingers):
    canvas.show()
    lab.page.locator('.tools [data-tool="draw"]').tap()
    at = scrolled(lab)
    with lab.expect_rerun():
        fingers.swipe(canvas.at(440, 200), canvas.at(560, 380))
    np.testing.assert_allclose(canvas.agree()[3], [440, 200, 560, 380], atol=3)
    assert scrolled(lab) == at
    with lab.expect_rerun():  # the new box is selected: its inside moves it
        fingers.swipe(canvas.at(500, 290), canvas.at(460, 270))
    np.testing.assert_allclose(canvas.agree()[3], [400, 180, 520, 360], atol=4)
    assert scrolled(lab) == at
    with lab.expect_rerun():  # a corner resizes; a finger is thick
        fingers.swipe(canvas.at(523, 364), canvas.at(563, 384))
    np.testing.assert_allclose(canvas.agree()[3], [400, 180, 560, 380], atol=6)


def test_a_swipe_on_the_picture_scrolls_the_page(lab, canvas, fingers):
    canvas.show()
    before, at = canvas.boxes(), scrolled(lab)
    x, y = canvas.at(540, 200)
    fingers.swipe((x, y), (x, y - 180))
    lab.page.wait_for_function(
        "at => document.querySelector('[data-testid=stMain]').scrollTop > at + 60", arg=at
    )
    np.testing.assert_array_equal(canvas.boxes(), before)
    assert not canvas.seen()["moved"]


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
    # Zoomed in, one finger pans; the tool brings back the whole.
    fingers.swipe((x, y), (x + 40, y + 20))
    np.testing.assert_array_equal(canvas.boxes(), before)
    lab.page.locator('.tools [data-tool="fit"]').tap()
    assert not canvas.seen()["moved"]
