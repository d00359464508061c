"""NMS at first sight, before the first round, and two boxes held against each other: by mouse, keys and finger."""

import re

import pytest
from playwright.sync_api import expect

from anchorlab.catalogue.suppression import METHODS
from tests.browser.canvas import Canvas

_TRACE = """() => {
  const d = anchorlabBus.stage.played, plain = (a) => Array.from(a);
  return { order: plain(d.order), status: plain(d.status), by: plain(d.suppressed_by), scores: plain(d.scores),
           classes: plain(d.prediction_classes), names: d.classes, boxes: plain(d.predictions) };
}"""
_QUEUE = """(rank) => {
  const s = anchorlabBus.stage, r = s.frame.getBoundingClientRect();
  // Short queues lie open: rows of equal height, or on a phone bars of equal width.
  const [w, h, u, n] = [s.viewport.width, s.viewport.height, s.unit, s.played.order.length];
  const size = Math.min((s.narrow ? 14 : 19) * u, ((s.narrow ? w : h) - 20 * u) / n);
  const at = 10 * u + (rank + 0.5) * size;
  return s.narrow ? [r.left + at, r.top + h - 60 * u] : [r.left + w - 40 * u, r.top + at];
}"""


def trace(lab):
    return lab.page.evaluate(_TRACE)


def row(lab, rank):
    """Where the row of a rank of the queue is on the screen."""
    return lab.page.evaluate(_QUEUE, rank)


def pair(canvas):
    seen = canvas.seen()
    return seen["prediction"], seen["partner"]


def test_it_opens_at_its_first_act(lab):
    lab.goto("nms", canvas=True)
    expect(lab.page.locator(".player output")).to_have_text(re.compile(r"^round 1 of \d+$"))
    for method in ("linear", "gaussian", "matrix", "diou"):
        lab.goto("nms", f"method={method}", canvas=True)
        expect(lab.page.locator(".player output")).to_have_text(re.compile(r" 1 of \d+$"))


@pytest.mark.parametrize("method", METHODS)
def test_before_the_first_step_colour_shows_the_class(lab, method):
    """Every waiting class has an own hue on the picture, and the key beside it names and counts it."""
    lab.goto("nms", f"round=0&method={method}", canvas=True)
    canvas = Canvas(lab)
    canvas.drawn()
    now = trace(lab)
    part = [i for i in now["order"] if now["status"][i] in (1, 2)]
    counts = {now["names"][c]: sum(now["classes"][i] == c for i in part) for c in set(now["classes"])}
    assert len(counts) == 3
    key = lab.page.locator(".classes span")
    assert {tuple(text.split()) for text in key.all_inner_texts()} == {(k, str(n)) for k, n in counts.items()}
    # The hues of the key are on the picture, in lines and tags, and those of states are not.
    hues = lab.page.evaluate(
        "[...anchorlabBus.slots.get('readout').querySelectorAll('.classes path:first-of-type')].map((p) => p.getAttribute('stroke'))"
    )
    assert len(set(hues)) == 3
    painted = lab.page.evaluate(
        """(hues) => {
          const s = anchorlabBus.stage, c = s.marksCanvas, queue = Math.round(c.width * 0.86);
          const { data } = c.getContext('2d').getImageData(0, 0, queue, c.height);
          const counts = new Map();
          for (let k = 0; k < data.length; k += 4) {
            const hex = '#' + [0, 1, 2].map((j) => data[k + j].toString(16).padStart(2, '0')).join('').toUpperCase();
            counts.set(hex, (counts.get(hex) ?? 0) + 1);
          }
          return hues.map((hue) => counts.get(hue.toUpperCase()) ?? 0);
        }""",
        [*hues, "#6CF5A2", "#EE5248"],
    )
    assert min(painted[:3]) > 300 and max(painted[3:]) < 30, painted


def test_two_boxes_that_read_alike_are_told_apart(lab):
    lab.goto("nms", "scene=coins", canvas=True)
    canvas = Canvas(lab)
    now = trace(lab)
    first, second = now["order"][:2]
    alike = lambda i: (now["classes"][i], f"{now['scores'][i]:.2f}")
    assert alike(first) == alike(second)
    canvas.focus()
    canvas.press("ArrowDown", "Shift+ArrowDown")
    canvas.drawn()
    assert pair(canvas) == (second, first)
    strip = lab.page.locator(".strip").inner_text()
    named = re.findall(r"coin \d\.\d\d #\d+", strip)
    assert len(named) >= 2 and named[0] != named[1], strip
    assert (
        "#1" in lab.page.locator(".why h2").inner_text() and "#2" in lab.page.locator(".why h2").inner_text()
    )
    # In rounds, too: whoever suppresses and whoever falls are never called the same.
    canvas.press("Escape", "Escape", "Home")
    for _ in range(6):
        canvas.press("ArrowRight")
        canvas.drawn()
        spoken = lab.page.locator(".strip [role=math]")
        if spoken.count():
            a, b = re.search(r"of (.+?) and (.+?) is", spoken.get_attribute("aria-label")).groups()
            assert a != b


@pytest.mark.parametrize("method", METHODS)
def test_any_two_boxes_show_their_iou_and_why(lab, method):
    lab.goto("nms", f"score_threshold=0.3&method={method}", canvas=True)
    canvas, page = Canvas(lab), lab.page
    canvas.focus()
    canvas.press("End")
    now = trace(lab)
    order, names = now["order"], now["names"]
    kept = [i for i in order if now["status"][i] == 1][:2]
    ranks = [order.index(i) for i in kept]
    page.mouse.click(*row(lab, ranks[0]))
    assert pair(canvas) == (kept[0], -1)
    page.mouse.click(*row(lab, ranks[1]))
    canvas.drawn()
    assert pair(canvas) == (kept[1], kept[0])
    # The formula: the areas that are shared and covered together, and what they make.
    a, b = (now["boxes"][4 * i : 4 * i + 4] for i in kept)
    width = max(0, min(a[2], b[2]) - max(a[0], b[0]))
    height = max(0, min(a[3], b[3]) - max(a[1], b[1]))
    area = lambda box: (box[2] - box[0]) * (box[3] - box[1])
    shared = width * height
    union = area(a) + area(b) - shared
    said = page.locator(".strip [role=math]").get_attribute("aria-label")
    assert f"{round(shared):,} over {round(union):,}" in said
    if method != "diou":
        assert f"{shared / union:.2f}" in said
    heading = page.locator(".why h2").inner_text()
    assert all(f"{names[now['classes'][i]]} {now['scores'][i]:.2f}" in heading for i in kept)
    assert len(page.locator(".why p").first.inner_text()) > 40
    if now["classes"][kept[0]] != now["classes"][kept[1]]:
        assert "different classes" in page.locator(".why").inner_text()
    # Shift keeps the first and asks the next; a plain click begins anew; the link has both.
    third = next(i for i in order if i not in kept)
    page.keyboard.down("Shift")
    page.mouse.click(*row(lab, order.index(third)))
    page.keyboard.up("Shift")
    canvas.answered()
    assert pair(canvas) == (third, kept[0])
    selected = canvas.python().selection
    assert (selected.prediction, selected.partner) == (third, kept[0])
    page.reload()
    lab.settled()
    canvas.answered()
    assert pair(canvas) == (third, kept[0])
    expect(page.locator(".why h2")).to_contain_text(" and ")
    page.mouse.click(*row(lab, ranks[1]))
    assert pair(canvas) == (kept[1], -1)
    assert not lab.axe()


def test_a_pair_by_keys_and_from_the_table(lab):
    lab.goto("nms", canvas=True)
    canvas, page = Canvas(lab), lab.page
    order = trace(lab)["order"]
    canvas.focus()
    canvas.press("ArrowDown", "ArrowDown", "Shift+ArrowUp")
    assert pair(canvas) == (order[0], order[1])
    canvas.press("Shift+ArrowDown")  # over the one that is held
    assert pair(canvas) == (order[2], order[1])
    assert "IoU" in canvas.spoken() or "classes" in canvas.spoken()
    canvas.press("Escape")
    assert pair(canvas) == (order[1], -1)
    canvas.press("Escape")
    assert pair(canvas) == (-1, -1)
    rows = page.locator("table.plain tbody tr")
    for rank in (3, 5):
        rows.nth(rank).get_by_role("button").press("Enter")
    canvas.drawn()
    assert pair(canvas) == (order[5], order[3])
    pressed = rows.locator("button[aria-pressed=true]")
    assert pressed.count() == 2
    rows.nth(5).get_by_role("button").press("Enter")
    assert pair(canvas) == (order[3], -1)
    page.keyboard.press("?")
    assert "Shift+↑ ↓" in page.locator("dialog.keys-help").inner_text()


@pytest.mark.lab(touch=True, viewport="phone")
def test_a_pair_by_finger(lab):
    lab.goto("nms", canvas=True)
    canvas = Canvas(lab)
    canvas.show()
    order = trace(lab)["order"]
    for rank in (0, 2):
        lab.page.touchscreen.tap(*row(lab, rank))
    canvas.drawn()
    assert pair(canvas) == (order[2], order[0])
    expect(lab.page.locator(".strip [role=math]")).to_have_attribute(
        "aria-label", re.compile(r"^IoU of .+ and .+ is")
    )
    lab.page.touchscreen.tap(*row(lab, 4))
    assert pair(canvas) == (order[4], -1)
    assert not lab.overflowing()
