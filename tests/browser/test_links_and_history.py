"""The address bar is the laboratory: opened elsewhere, reloaded, gone back from, or full of nonsense."""

import itertools

import pytest

from anchorlab.scenes import catalogue
from anchorlab.session.app_state import DEFAULT
from tests.browser.canvas import Canvas, matched


def go(lab, name):
    with lab.expect_rerun():
        lab.page.get_by_role("link", name=name, exact=True).first.click()
    arrived(lab, name)


def arrived(lab, name):
    lab.page.wait_for_function("page => anchorlabBus.stage?.data.view === page", arg=name.lower())
    lab.settled()


def shown(lab) -> str:
    """What the page says: its answer, the strip and everything the canvas writes beside the picture."""
    lab.page.mouse.move(2, 2)  # nothing is hovered
    lab.settled()
    return lab.page.evaluate(
        """() => {
          const text = (e) => e.innerText.replace(/\\s+/g, ' ').trim();
          const slots = [...anchorlabBus.slots].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, slot]) => slot);
          return [anchorlabBus.stage.stripElement, ...slots].map(text).join('\\n');
        }"""
    )


def change_everything(lab):
    """Every kind of setting, on the page it belongs to; yields after each page."""
    canvas = Canvas(lab.goto("home", canvas=True))
    page = lab.page
    with lab.expect_rerun():
        canvas.draw(430, 20, 520.4, 110.6)
    yield "home"
    go(lab, "Anchors")
    box = page.get_by_role("textbox", name="Add a ratio")
    with lab.expect_rerun():
        box.fill("1/3")
        box.press("Enter")
    with lab.expect_rerun():
        page.get_by_role("radio", name="n + m − 1").click()
    yield "anchors"
    go(lab, "Matching")
    with lab.expect_rerun():
        page.get_by_role("slider").first.press("ArrowLeft")
    with lab.expect_rerun():
        canvas.click(300, 200)
    yield "matching"
    go(lab, "Offsets")
    with lab.expect_rerun():
        page.get_by_role("slider").first.press("ArrowRight")
    yield "offsets"
    go(lab, "NMS")
    with lab.expect_rerun():
        page.get_by_role("radio", name="any class").click()
    with lab.expect_rerun():
        canvas.focus()
        canvas.press("ArrowRight")
        canvas.answered()
    yield "nms"


def test_a_link_shows_the_same_numbers_elsewhere(lab, open_lab):
    canvas, other = Canvas(lab), open_lab()
    for page in change_everything(lab):
        canvas.answered()
        address = lab.page.url
        assert len(address) < 2000 and "base64" not in address
        other.page.goto(address)
        other.settled()
        other.painted()
        assert shown(other) == shown(lab), page
        assert other.page.url == address
    # A reload in the middle of everything keeps it all.
    before = shown(lab)
    lab.page.reload()
    lab.settled()
    lab.painted()
    assert shown(lab) == before
    state = canvas.python()
    assert state.matching.threshold.low == 0.39
    assert state.anchors.combine == "first" and not state.suppression.per_class
    assert (
        1 / 3 in [pytest.approx(r, abs=1e-5) for r in state.anchors.aspect_ratios]
        and state.offsets is not None
    )


def test_back_goes_to_the_previous_page_and_keeps_the_session(lab):
    canvas = Canvas(lab.goto("matching", canvas=True))
    with lab.expect_rerun():
        canvas.draw(430, 20, 520, 110)
    with lab.expect_rerun():
        lab.page.get_by_role("slider").first.press("ArrowLeft")
    boxes = canvas.agree()
    go(lab, "Anchors")
    go(lab, "NMS")
    with lab.expect_rerun():
        lab.page.get_by_role("radio", name="any class").click()
    for name in ("Anchors", "Matching"):
        with lab.expect_rerun():
            lab.page.go_back()
        arrived(lab, name)
        assert lab.page.url.split("?")[0].endswith(name.lower())
        state = canvas.python()
        assert canvas.agree().tolist() == boxes.tolist()
        assert state.matching.threshold.low == 0.39 and not state.suppression.per_class
    with lab.expect_rerun():
        lab.page.go_forward()
    arrived(lab, "Anchors")
    with lab.expect_rerun():  # and the session's undo is still there
        lab.page.keyboard.press("Control+z")
    assert Canvas(lab).python().suppression.per_class


@pytest.mark.parametrize(
    ("page", "query"),
    [
        ("home", "scene=../../etc/passwd&boxes=1,2,3_~~&sizes=&ratios=0,nan&stride=inf&step=99&object=-7"),
        (
            "matching",
            "threshold.high=0.1&threshold.low=0.9&rule=x&threshold.low_quality=2&anchor=99999999999999999999&cell=1e9&taken=1e400",
        ),
        (
            "nms",
            "iou_threshold=nan&score_threshold=-3&top_k=0&from=upload&seed=a&each=0&alarms=-1&round=123456&pick=999999",
        ),
        (
            "offsets",
            "t=1,2,3&stds=0,0,0,0&means=x&clamp=-1&boxes=0,0,1e9,5,0~%3Cscript%3Ealert(1)%3C/script%3E",
        ),
        ("anchors", "scene=upload&size=0x0&boxes=~&center=7&compare=%00&show=%F0%9F%90%88&%3Cb%3E=1"),
    ],
)
def test_a_nonsense_link_opens_without_an_error(lab, page, query):
    canvas = Canvas(lab.goto(page, query, canvas=True))
    state = canvas.python()
    assert state.anchors == DEFAULT.anchors
    assert state.matching.threshold.low <= state.matching.threshold.high
    assert lab.page.locator("h1").count() == 1


def test_a_link_cannot_ask_for_more_anchors_than_a_page_can_draw(lab):
    query = "scene=hard&stride=2&sizes=8,16,32,64,128,256,512,1024&ratios=0.2,0.25,0.333,0.5,1,2,3,4"
    canvas = Canvas(lab.goto("matching", query, canvas=True))
    count = lab.page.evaluate("anchorlabBus.stage.generated.count")
    assert count <= 260_000
    assert canvas.python().scene == "hard"


def test_links_in_the_home_text_stay_in_the_session(lab):
    canvas = Canvas(lab.goto("home", canvas=True))
    with lab.expect_rerun():
        canvas.draw(430, 20, 520, 110)
    lab.page.evaluate("window.sameDocument = true")
    with lab.expect_rerun():
        lab.page.get_by_role("link", name="Which anchors learn from which object?").click()
    arrived(lab, "Matching")
    assert lab.page.evaluate("window.sameDocument") is True
    assert len(canvas.agree()) == 4
    state = canvas.python()
    found = matched(state, canvas.boxes(), *size("coffee"))
    assert lab.page.locator('[data-count="positive"]').inner_text() == f"{int((found.label == 1).sum()):,}"


def size(scene_id):
    info = catalogue.SCENES[scene_id]
    return info.width, info.height


WRITES = """window.__writes = [];
const replace = history.replaceState;
history.replaceState = function (state, title, url) { __writes.push([performance.now(), String(url)]); return replace.apply(this, arguments); };
const push = history.pushState;
history.pushState = function (...args) { __writes.push([performance.now(), "left"]); return push.apply(this, args); };"""


def test_a_held_key_writes_the_link_five_times_a_second_and_the_last_always(lab):
    """WebKit refuses more than a hundred writes in ten seconds."""
    lab.page.add_init_script(WRITES)
    canvas = Canvas(lab.goto("matching", canvas=True))
    slider = lab.page.get_by_role("slider").last
    slider.focus()
    lab.page.evaluate("__writes.length = 0")
    for _ in range(25):  # as fast as answers come
        with lab.expect_rerun(quiet=0):
            lab.page.keyboard.press("ArrowRight")
    assert canvas.python().matching.threshold.high == 0.75
    times = [at for at, _ in lab.page.evaluate("__writes")]
    assert len(times) > 3
    assert min(b - a for a, b in itertools.pairwise(times)) >= 195, times


# The clock that writes the link never strikes.
STOPPED = """const set = window.setTimeout;
window.setTimeout = (run, ...rest) => (window.__stopped && run.name === "writeAddressNow" ? 1 : set(run, ...rest));"""


def test_the_newest_link_is_shown_and_kept_before_its_time(lab):
    lab.page.add_init_script(WRITES + STOPPED)
    canvas = Canvas(lab.goto("matching", canvas=True))
    page = lab.page

    def change(high):
        """Moves the threshold; the address bar does not know yet."""
        page.evaluate("window.__stopped = true")
        page.get_by_role("slider").last.press("ArrowRight")
        page.wait_for_function("v => anchorlabBus.stage.data.link.includes(`threshold.high=${v}`)", arg=high)
        page.evaluate("window.__stopped = false")
        assert f"threshold.high={high}" not in page.url

    page.get_by_role("button", name="Share").click()
    field = page.get_by_role("textbox", name="Link to exactly this")
    field.wait_for()
    lab.settled()
    change(0.51)
    assert "threshold.high=0.51" in field.input_value()
    # A reload, a closed window.
    page.evaluate("dispatchEvent(new Event('pagehide'))")
    assert "threshold.high=0.51" in page.url
    page.keyboard.press("Escape")
    change(0.52)
    page.evaluate("__writes.length = 0")
    with lab.expect_rerun():
        page.get_by_role("link", name="Anchors", exact=True).first.click()
    arrived(lab, "Anchors")
    writes = [url for _, url in page.evaluate("__writes")]
    assert "threshold.high=0.52" in writes[0] and writes[1] == "left", writes
    with lab.expect_rerun():
        page.get_by_role("radio", name="n + m − 1").click()
    assert canvas.python().matching.threshold.high == 0.52
