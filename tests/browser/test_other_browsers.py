"""The app in Firefox and WebKit: every page opens, a box is dragged, a slider is held, suppression is stepped through."""

import json
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.browser import other_browsers
from tests.browser.canvas import state_of
from tests.browser.other_browsers import Visitor
from tests.places import PAGES

REQUIRED = "ANCHORLAB_REQUIRE_BROWSER"
pytestmark = pytest.mark.may_skip_unless(REQUIRED)

# Streamlit's script has ended, Python has answered everything, and all is painted and written.
SETTLED = """(() => {
  const s = globalThis.anchorlabBus?.stage, app = document.querySelector('[data-testid="stApp"]');
  return Boolean(app?.dataset.testScriptState === "notRunning" && s?.data && s.view && s.quiet && !s.timers.size
    && s.data.edit >= s.edit && s.data.pick >= s.pick && s.photoImage
    && !document.querySelector('[data-testid="stSkeleton"], [data-stale="true"]'));
})()"""
EXCEPTIONS = (
    """[...document.querySelectorAll('[data-testid="stException"], .stException')].map((e) => e.innerText)"""
)


@pytest.fixture(scope="module", params=list(other_browsers.BROWSERS))
def window(request: pytest.FixtureRequest) -> Iterator[Visitor]:
    """One window of each browser, open for all tests here."""
    try:
        opened = other_browsers.BROWSERS[request.param]()
        visitor = opened.__enter__()
    except other_browsers.Missing as missing:
        if os.environ.get(REQUIRED):
            pytest.fail(str(missing))
        pytest.skip(f"{missing}; with {REQUIRED} set, this is a failure")
    try:
        yield visitor
    finally:
        opened.__exit__(None, None, None)


class Page:
    """The app in that window."""

    def __init__(self, window: Visitor, url: str):
        self.window = window
        self.url = url

    def open(self, page: str, query: str = "") -> "Page":
        self.window.open(f"{self.url}{PAGES[page]}{'?' + query if query else ''}")
        return self.arrived(page)

    def go(self, page: str) -> "Page":
        """To another page by its link, in the same document."""
        links = """[...document.querySelectorAll("a[href]")].find((a) => new URL(a.href).pathname === PATH)"""
        self.window.js(f"{links.replace('PATH', json.dumps(PAGES[page]))}.click()")
        return self.arrived(page)

    def arrived(self, page: str) -> "Page":
        self.window.until(f"globalThis.anchorlabBus?.stage?.data?.view === {json.dumps(page)}")
        return self.settled()

    def settled(self) -> "Page":
        self.window.until(SETTLED)
        return self

    def stage(self, expression: str):
        """The value of an expression of `s`, the canvas."""
        return self.window.js(f"((s) => {expression})(anchorlabBus.stage)")

    def until(self, expression: str):
        return self.window.until(f"((s) => {expression})(globalThis.anchorlabBus?.stage)")

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the picture is in the window."""
        return tuple(
            self.stage(
                f"(({{ left, top }}) => [left + s.viewport.x({x}), top + s.viewport.y({y})])(s.frame.getBoundingClientRect())"
            )
        )

    def middle_of(self, expression: str) -> tuple[float, float]:
        """The middle of an element, in the window."""
        return tuple(
            self.window.js(
                f"((e) => {{ e.scrollIntoView({{ block: 'center' }}); const r = e.getBoundingClientRect();"
                f" return [r.left + r.width / 2, r.top + r.height / 2]; }})({expression})"
            )
        )

    def python(self):
        """The app state as Python wrote it into the address."""
        self.settled()
        return state_of(self.window.js("location.href"))

    def python_says(self, found: Callable[[Any], bool]) -> None:
        """Waits until this is true of the app state that Python has written into the address."""
        other_browsers.until("Python's answer", lambda: found(self.python()))

    def sound(self) -> None:
        """Nothing has gone wrong."""
        assert self.window.js(EXCEPTIONS) == []
        self.window.check()


@pytest.fixture
def page(window, server) -> Iterator[Page]:
    page = Page(window, server.url)
    yield page
    page.sound()


def test_every_page_opens(page):
    page.open("home")
    for name in [*PAGES, "home"]:
        page.go(name)
        assert page.stage("s.picture.ready && !s.empty.offsetParent")
        assert page.window.js("document.querySelectorAll('h1').length") == 1
        page.window.until(
            "[...anchorlabBus.slots.values()].filter((e) => e.isConnected && e.innerText.trim()).length >= 2"
        )
        page.sound()
    page.open("matching", "scene=coins")
    assert page.stage("s.boxes.length") == 24


def test_a_box_is_drawn_and_dragged(page):
    page.open("matching")
    page.window.drag(page.middle_of("anchorlabBus.stage.root.querySelector('[data-tool=draw]')"))
    page.until("s.tool === 'draw'")
    page.window.drag(page.at(440, 200), page.at(500, 300), page.at(560, 380))
    page.until("s.boxes.length === 4")
    drawn = page.python().objects.boxes[3]
    assert drawn == pytest.approx((440, 200, 560, 380), abs=2)
    page.window.hold("Escape")
    page.window.drag(page.at(500, 290), page.at(480, 280), page.at(470, 270))
    page.until("s.boxes[3][0] < 420")
    assert page.python().objects.boxes[3] == pytest.approx((410, 180, 530, 360), abs=2)
    assert page.stage("s.labels.label.length") == 2223


def test_a_drag_that_leaves_the_picture_selects_no_text(page):
    page.open("matching")
    x, y = page.at(300, 200)
    bottom = page.stage("s.frame.getBoundingClientRect().bottom")
    page.window.drag((x, y), (x, bottom + 20), (x + 80, bottom + 120), (x + 120, bottom + 60))
    assert page.window.js("String(getSelection())") == ""
    assert page.stage("s.viewport.moved"), "it pans"


def test_a_held_key_moves_a_slider_and_then_an_object(page):
    page.open("matching", "threshold.high=0.2&threshold.low=0.1")
    page.window.js(
        "[...document.querySelectorAll('input[type=range]')].find((e) => e.ariaLabel.endsWith('end')).focus()"
    )
    page.window.hold("ArrowRight", 40)
    page.python_says(lambda lab: lab.matching.threshold.high == 0.6)
    assert page.stage("s.data.settings['matching.threshold.high']") == 0.6
    page.stage("(s.frame.focus(), true)")
    page.window.hold("]")
    page.until("s.object === 0")
    left = page.stage("s.boxes[0][0]")
    page.window.hold("ArrowRight", 40)
    page.until(f"s.boxes[0][0] === {left + 40}")
    page.python_says(lambda lab: lab.objects.boxes[0][0] == left + 40)
    # The picture is alive: the labels are those of the boxes that are seen.
    page.until("!s.stale && s.stateCounts().positive > 0")


def test_suppression_is_stepped_through(page):
    page.open("nms")
    rounds = page.stage("s.played.rounds")
    assert rounds >= 3
    button = "anchorlabBus.stage.playerElement.querySelector('[data-act=%s]')"
    page.window.drag(page.middle_of(button % "first"))
    page.until("s.step === 0")
    for step in range(1, rounds + 1):
        page.window.drag(page.middle_of(button % "next"))
        page.until(f"s.step === {step}")
    page.until(f"s.playerElement.querySelector('output').innerText === 'round {rounds} of {rounds}'")
    # The button that has come to its end keeps the focus, and so does the one at the beginning.
    for name, end in (("first", 0), ("next", rounds), ("back", 0)):
        page.stage(f"(s.playerElement.querySelector('[data-act={name}]').focus(), true)")
        for _ in range(rounds + 2):
            page.stage("(s.playerElement.getRootNode().activeElement.click(), true)")
        page.until(f"s.step === {end}")
        page.settled()
        assert page.stage("s.playerElement.getRootNode().activeElement?.dataset.act") == name
    page.window.drag(page.middle_of(button % "last"))
    page.until(f"s.step === {rounds}")
    page.stage("(s.frame.focus(), true)")
    page.window.hold("ArrowLeft")
    page.until(f"s.step === {rounds - 1}")
    page.settled()
    assert page.python().selection.nms_round == rounds - 1
