"""What every page shows without scrolling, at twice the size, and in the name of its tab."""

import re

import numpy as np
import pytest

from tests.places import PAGES
from tests.singular import WRONG

FOLD = 755
"""Pixels from the top of a laptop's window of 768: down to here everything is seen, with a little air."""


@pytest.mark.parametrize("opened", ["home", "matching"])
def test_the_tab_names_the_page(lab, opened):
    """The one that was opened by its address, and those that were turned to."""
    lab.goto(opened, canvas=True)
    for page in [opened, *(name for name in PAGES if name != opened)]:
        lab.turn_to(page)
        current = lab.page.locator('[data-testid="stTopNavLink"][aria-current="page"]').inner_text()
        assert current.lower() == page
        lab.page.wait_for_function("name => document.title === `${name} · AnchorLab`", arg=current)


# What makes a page's rail longest: every rule, every preset, every way to write a box.
SETTINGS = {
    "matching": [f"rule={kind}" for kind in ("atss", "yolo", "yolov5")]
    + [f"rule={rule}" for rule in ("greedy", "max_iou", "ssd")],
    "pyramid": [f"pyramid={name}" for name in ("ssd300", "yolov3", "faster-rcnn", "yolov2")],
    "offsets": ["coder=corner", "coder=cell&rule=yolo", "t=0.2,0.3,0.4,1.8"],
    "anchors": ["combine=first", "compare=ratio"],
    "nms": ["method=fusion", "method=matrix", "from=book"],
    "rosetta": ["ask=low_quality", "ask=coder", "ask=ties"],
}

BOTTOMS = """() => {
  const shown = (e) => e.getClientRects().length;
  const roots = [anchorlabBus.stage.root, ...[...anchorlabBus.slots].filter(([name]) => !['matrix', 'pairs'].includes(name)).map(([, e]) => e)];
  const found = {};
  for (const root of roots) {
    for (const e of root.querySelectorAll('.strip, .why, .try, .steps')) {
      if (shown(e)) found[e.className] = Math.round(e.getBoundingClientRect().bottom);
    }
  }
  return found;
}"""


TWICE = (683, 384)
"""A laptop's window at 200 %, in CSS pixels."""

# Blocks that lie upon each other, and texts that stick out of the window; what scrolls in its own frame may.
CLASHES = """() => {
  const blocks = [...document.querySelectorAll('[data-testid="stMain"] [data-testid="stElementContainer"], h1')]
    .filter((e) => e.getClientRects().length && e.getBoundingClientRect().height > 1 && e.checkVisibility());
  const name = (e) => [...e.classList].find((c) => c.startsWith('st-key')) ?? e.innerText.slice(0, 30) ?? e.tagName;
  const found = [];
  blocks.forEach((a, i) => blocks.slice(i + 1).forEach((b) => {
    if (a.contains(b) || b.contains(a)) return;
    const [r, s] = [a.getBoundingClientRect(), b.getBoundingClientRect()];
    const [w, h] = [Math.min(r.right, s.right) - Math.max(r.left, s.left), Math.min(r.bottom, s.bottom) - Math.max(r.top, s.top)];
    if (w > 2 && h > 2) found.push(`${name(a)} and ${name(b)} share ${Math.round(w)} x ${Math.round(h)}`);
  }));
  for (const root of [anchorlabBus.stage.root, ...[...anchorlabBus.slots.values()].map((e) => e.getRootNode())]) {
    for (const e of root.querySelectorAll('*')) {
      if (!e.getClientRects().length || e.closest('.scroll, svg, [class*=hidden], .unseen, dialog') || getComputedStyle(e).position === 'absolute') continue;
      const { right, left } = e.getBoundingClientRect();
      if (right > innerWidth + 1 || left < -1) found.push(`${e.tagName}.${e.className} from ${Math.round(left)} to ${Math.round(right)}`);
    }
  }
  return [...new Set(found)];
}"""


@pytest.mark.parametrize("page", PAGES)
def test_all_is_above_the_fold_and_at_twice_the_size_nothing_clashes(lab, page):
    """Everything down to "Try this" is seen without scrolling; in half the window nothing scrolls sideways."""
    wrong = {}
    for query in ["", *SETTINGS.get(page, [])]:
        lab.goto(page, query, canvas=True)
        bottoms = lab.page.evaluate(BOTTOMS)
        assert "strip" in bottoms and ("try" in bottoms or page == "home" and "steps" in bottoms)
        below = {what: bottom for what, bottom in bottoms.items() if bottom > FOLD}
        lab.resize(TWICE)
        lab.page.wait_for_function("anchorlabBus.stage.quiet !== false")
        if found := [*below.items(), *lab.overflowing(), *lab.page.evaluate(CLASHES)]:
            wrong[query] = found
        lab.resize("laptop")
    assert not wrong


ONE = [
    # One object, one anchor, one cell.
    "boxes=100,100,400,300,0~cup&sizes=256&ratios=1&stride=1024",
    # Two anchors, one of them positive by its rank alone; one prediction.
    "boxes=100,100,110,110,0~cup&sizes=64,256&ratios=1&stride=1024&each=1&alarms=0",
    "boxes=100,100,400,300,0~cup&sizes=256&ratios=1&stride=300&rule=yolov5&each=1&alarms=0&method=gaussian",
    "boxes=100,100,400,300,0~cup&sizes=256&ratios=1&stride=300&rule=atss&atss.top_k=1&layout=pyramid&pyramid=yolov2",
    "boxes=100,100,400,300,0~cup&rule=yolo&method=fusion&each=2&alarms=0&a=ssd&b=fizyr&ask=low_quality",
    "boxes=100,100,400,300,0~cup&rule=greedy&greedy.high=1&method=linear&each=2&alarms=0&ask=ties",
]
TEXTS = """() => {
  const roots = [document.body, anchorlabBus.stage.root, ...[...anchorlabBus.slots.values()].map((e) => e.getRootNode())];
  const texts = roots.map((r) => (r.host ? [...r.children].filter((e) => e.tagName !== 'STYLE').map((e) => e.innerText).join('\\n') : r.innerText));
  for (const root of roots) for (const e of root.querySelectorAll('[aria-label], [title]')) texts.push(e.ariaLabel ?? '', e.title ?? '');
  return [...texts, document.querySelector('[role=status]')?.innerText ?? ''].join('\\n');
}"""


@pytest.mark.parametrize("query", ONE)
def test_one_of_a_kind_is_said_in_the_singular(lab, query):
    lab.goto("home", query, canvas=True)
    wrong = {}
    for page in PAGES:
        lab.turn_to(page)
        for button in lab.page.locator('.try [data-act="reveal"]').all():
            button.click()
        lab.page.wait_for_function("anchorlabBus.stage.quiet")
        for summary in lab.page.locator('[data-testid="stExpander"] summary').all():
            summary.click()
        lab.settled()
        said = lab.page.evaluate(TEXTS)
        assert len(said) > 300
        if found := WRONG.findall(said):
            wrong[page] = found
    assert not wrong


def many(count: int) -> str:
    """A link's boxes: many objects of five classes, some as small as no anchor."""
    rng = np.random.default_rng(3)
    sides = rng.choice([8, 14, 24, 50], (count, 2))
    corners = (rng.random((count, 2)) * (np.array([599, 399]) - sides)).astype(int)
    boxes = "_".join(
        f"{x},{y},{x + w},{y + h},{k % 5}"
        for k, ((x, y), (w, h)) in enumerate(zip(corners, sides, strict=True))
    )
    return f"boxes={boxes}~cup,plate,fork,knife,a class of which the name is forty long"


@pytest.mark.parametrize("query", ["scene=hard", many(300)], ids=["hard", "300 boxes"])
def test_many_objects_leave_the_rail_readable(lab, query):
    """Nothing in it grows with the number of objects: it still ends near the fold."""
    lab.goto("home", query, canvas=True)
    for page in PAGES:
        lab.turn_to(page)
        assert len(lab.page.evaluate("anchorlabBus.stage.boxes")) > 30 or page in (
            "nms",
            "training",
            "deploy",
        )
        bottoms = lab.page.evaluate(BOTTOMS)
        assert max(bottoms.values()) <= FOLD + 90, (page, bottoms)
        assert not lab.overflowing(), page


def test_objects_that_no_anchor_learns_fold_into_a_count_and_are_listed_when_asked(lab):
    lab.goto("matching", f"{many(120)}&threshold.low_quality=0", canvas=True)
    lost = lab.page.locator(".lost")
    count = int(re.match(r"(\d+) objects no anchor learns", lost.inner_text())[1])
    assert count > 50 and lost.bounding_box()["height"] < 60
    button = lost.locator('[data-act="lost"]')
    button.focus()
    button.press("Enter")
    lost.locator("li").first.wait_for()
    assert lost.locator('[data-pick^="object:"]').count() == count
    assert lost.bounding_box()["height"] < 240  # the list scrolls in its own frame
    lost.locator('[data-pick^="object:"]').nth(3).click()
    assert lab.page.evaluate("anchorlabBus.stage.object") >= 0
    lost.locator('[data-act="lost"]').click()
    lost.locator("li").first.wait_for(state="detached")
