"""An answer that takes long says so in place: the last picture at 60 %, under a bar of two pixels; a quick one does not.
What the browser can answer it shows without waiting, and Python then says the same."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from anchorlab.canvas import controls
from tests.browser.driver import SEEN, Lab, Server
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
  window.__late = [];
  window.addEventListener("keydown", () => (window.__key = performance.now()), { capture: true, once: true });
  new MutationObserver(() => window.__late.push([performance.now() - window.__key, frame.classList.contains("late")]))
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
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("late")


@pytest.fixture
def hold(folder) -> Iterator[Path]:
    """While it is there, no picture comes."""
    yield folder / "hold"
    (folder / "hold").unlink(missing_ok=True)


@pytest.fixture(scope="module")
def slow(folder):
    script = folder / "app.py"
    script.write_text(APP.format(hold=str(folder / "hold")))
    script.with_name("pages").symlink_to(ROOT / "pages")
    with Server(script) as server:
        yield server


@pytest.fixture
def slow_lab(slow, open_lab) -> Lab:
    lab = open_lab(slow).goto("matching", canvas=True)
    lab.page.locator("h1").click()
    lab.page.evaluate(WATCH)
    return lab


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
    (shown, late), (_, still) = page.evaluate("window.__late")
    assert late and not still
    assert shown >= 200


def test_where_the_first_picture_will_be_stands_why_it_takes_so_long(slow, hold, open_lab):
    """Until it is there, and not where it comes at once."""
    text = """() => {
      const { content, opacity } = getComputedStyle(document.querySelector('.st-key-picture_and_rail [data-testid=stVerticalBlock]'), '::before');
      return opacity === '1' && content !== 'none' && content;
    }"""
    hold.touch()
    lab = open_lab(slow)
    lab.page.goto(f"{slow.url}/anchors")
    lab.page.wait_for_selector(".st-key-picture_and_rail", state="attached")
    assert not lab.page.evaluate(text)
    assert "compiled" in lab.page.wait_for_function(text).json_value()
    hold.unlink()
    lab.painted()
    assert not lab.page.evaluate(text)


def test_a_quick_answer_does_not(slow_lab):
    """Late or not: never shorter than it takes to be late."""
    with slow_lab.expect_rerun():
        slow_lab.page.keyboard.press("r")
    seen = slow_lab.page.evaluate("window.__late")
    assert not seen or seen[0][0] >= 200, "a picture that came in time was called late"


def test_what_the_browser_answers_is_not_called_late(slow_lab, hold):
    """The picture follows the thumb: what Python says much later is what is seen already."""
    hold.touch()
    with slow_lab.expect_rerun():
        slow_lab.page.get_by_role("slider").first.press("ArrowRight")
        slow_lab.page.wait_for_timeout(800)
        hold.unlink()
    assert slow_lab.page.evaluate("window.__late") == []


# From now on: what was seen before the press, and what was seen once the browser had painted and written its answer.
REMEMBER = """() => {
  const sentences = () => [...anchorlabBus.slots].filter(([name]) => !anchorlabBus.stage.view.below?.includes(name))
                                                 .map(([name, slot]) => `${name}: ${slot.textContent}`).join("\\n");
  const { picture, same } = window.__seen;
  const now = () => ({ picture: picture(), sentences: sentences(), told: anchorlabBus.stage.data });
  const before = now();
  let painted = false, first = null;
  window.addEventListener("anchorlab:painted", () => (painted = true));
  const changed = (a, b) => ({ told: a.told !== b.told, picture: !same(a.picture, b.picture),
                               sentences: a.sentences !== b.sentences });
  Object.assign(window.__seen, {
    answered: () => painted && anchorlabBus.stage.quiet && Boolean((first = now())),
    first: () => changed(before, first),
    last: () => changed(first, now()),
  });
}"""


def move(page, key: str, kind: str) -> None:
    """A press that moves a control far: a slider's first thumb to the end of its scale, a switch, another option."""
    widget = page.locator(f".st-key-{key}")
    if kind in ("slider", "range"):
        widget.get_by_role("slider").first.press("End")
    elif kind == "switch":
        widget.locator("input[type=checkbox]").press("Space")
    else:
        widget.locator("button[role=radio][aria-checked=false]").first.press("Space")


# Where predictions come from, which Python alone has, is all that Home lets choose.
ASKS_PYTHON = {"source"}
ANSWERED = [
    name
    for name, known in sorted(controls.table().items())
    if any(ASKS_PYTHON.isdisjoint(told["paths"]) for told in known.values())
]


@pytest.mark.parametrize("name", ANSWERED)
def test_the_browser_answers_at_once_and_python_says_the_same(slow, hold, open_lab, name):
    """Of every page whose controls the browser answers: its topmost slider, else a switch, else another choice.

    On Matching an anchor is selected: where none is, Python chooses which one to explain, and may choose another. On
    Losses the picture is lit by the focal loss, whose gamma comes first.
    """
    query = {"matching": "anchor=1000", "losses": "classification=focal"}.get(name, "")
    lab = open_lab(slow).goto(name, query, canvas=True)
    page = lab.page
    table = controls.table()[name]
    kinds = {key: told["kind"] for key, told in table.items() if ASKS_PYTHON.isdisjoint(told["paths"])}
    ranks = (("slider", "range"), ("switch",), ("segments",))
    places = {key: page.locator(f".st-key-{key}").locator("visible=true") for key in kinds}
    tops = {key: place.first.bounding_box()["y"] for key, place in places.items() if place.count()}
    ranked = [[key for key in tops if kinds[key] in rank] for rank in ranks]
    key = min(next(filter(None, ranked)), key=tops.get)
    page.evaluate(SEEN)
    page.evaluate(REMEMBER)
    hold.touch()
    with lab.expect_rerun():
        move(page, key, kinds[key])
        page.wait_for_function("window.__seen.answered()")
        first = page.evaluate("window.__seen.first()")
        hold.unlink()
    assert first == {"told": False, "picture": True, "sentences": True}, key
    assert page.evaluate("window.__seen.last()") == {"told": True, "picture": False, "sentences": False}, key
