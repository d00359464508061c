"""An answer that takes long says so in place: the last picture at 60 %, under a bar of two pixels; a quick one does not."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.driver import Lab, Server
from tests.places import ROOT

# The app, whose pictures wait while a file is there.
APP = """
import time
from pathlib import Path
import streamlit as st
from anchorlab.canvas import component
from anchorlab.ui import navigation

def slow(real, *args, **kwargs):
    while Path({hold!r}).exists():
        time.sleep(0.02)
    return real(*args, **kwargs)

if not hasattr(component.stage, "real"):
    real = component.stage
    component.stage = lambda *args, **kwargs: slow(real, *args, **kwargs)
    component.stage.real = real
st.set_page_config(layout="wide", page_icon="assets/icon.svg")
navigation.run()
"""
# Every change of the canvas's frame: [milliseconds since the key, late or not].
WATCH = """() => {
  const frame = anchorlabBus.stage.frame;
  window.__seen = [];
  window.addEventListener("keydown", () => (window.__key = performance.now()), { capture: true, once: true });
  new MutationObserver(() => window.__seen.push([performance.now() - window.__key, frame.classList.contains("late")]))
    .observe(frame, { attributes: true, attributeFilter: ["class"] });
}"""
# What around the canvas is less than opaque.
FADED = """() => {
  const found = [];
  for (let e = anchorlabBus.stage.root.host ?? anchorlabBus.stage.root; e; e = e.parentElement ?? e.getRootNode().host)
    if (getComputedStyle(e).opacity !== "1") found.push(`${e.tagName} ${e.className} ${getComputedStyle(e).opacity}`);
  return found;
}"""


@pytest.fixture(scope="module")
def hold(tmp_path_factory) -> Path:
    """While it is there, no picture comes."""
    return tmp_path_factory.mktemp("late") / "hold"


@pytest.fixture(scope="module")
def slow(hold):
    script = hold.with_name("app.py")
    script.write_text(APP.format(hold=str(hold)))
    script.with_name("pages").symlink_to(ROOT / "pages")
    with Server(script) as server:
        yield server


@pytest.fixture
def slow_lab(slow, hold, open_lab) -> Iterator[Lab]:
    lab = open_lab(slow).goto("matching", canvas=True)
    lab.page.locator("h1").click()
    lab.page.evaluate(WATCH)
    yield lab
    hold.unlink(missing_ok=True)


def test_a_slow_answer_says_so(slow_lab, hold):
    hold.touch()
    page = slow_lab.page
    with slow_lab.expect_rerun():
        page.keyboard.press("r")  # Streamlit's own key for running the page again
        frame = page.locator(".frame.late")
        frame.wait_for()
        assert frame.get_attribute("aria-busy") == "true"
        assert frame.locator("canvas.marks").evaluate("e => getComputedStyle(e).opacity") == "0.6"
        assert frame.evaluate("e => getComputedStyle(e, '::after').height") == "2px"
        page.wait_for_timeout(2000)  # by now Streamlit would have faded what is old
        faded = page.evaluate(FADED)
        spinning = page.get_by_test_id("stStatusWidget").locator("visible=true").count()
        slow_lab.shot("late")
        hold.unlink()
    assert not faded and not spinning
    assert page.locator(".frame.late").count() == 0
    assert page.locator(".frame").get_attribute("aria-busy") is None
    (shown, late), (_, still) = page.evaluate("window.__seen")
    assert late and not still
    assert shown >= 200


def test_a_quick_answer_does_not(slow_lab):
    """Late or not: never shorter than it takes to be late."""
    with slow_lab.expect_rerun():
        slow_lab.page.keyboard.press("r")
    seen = slow_lab.page.evaluate("window.__seen")
    assert not seen or seen[0][0] >= 200, "a picture that came in time was called late"


def test_what_the_browser_answers_is_not_called_late(slow_lab, hold):
    """The picture follows the thumb: what Python says much later is what is seen already."""
    hold.touch()
    with slow_lab.expect_rerun():
        slow_lab.page.get_by_role("slider").first.press("ArrowRight")
        slow_lab.page.wait_for_timeout(800)
        hold.unlink()
    assert slow_lab.page.evaluate("window.__seen") == []
