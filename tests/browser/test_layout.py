"""What every page shows without scrolling, at twice the size, and in the name of its tab."""

import re

import pytest

from tests.places import PAGES

FOLD = 755
"""Pixels from the top of a laptop's window of 768: down to here everything is seen, with a little air."""


@pytest.mark.parametrize("page", PAGES)
def test_the_tab_names_the_page(lab, page):
    lab.goto(page, canvas=True)
    current = lab.page.locator('[data-testid="stTopNavLink"][aria-current="page"]').inner_text()
    lab.page.wait_for_function("name => document.title === `${name} · AnchorLab`", arg=current)
    other = next(name for name in PAGES if name not in (page, "home"))
    with lab.expect_rerun():
        lab.page.locator(f'a[href$="/{other}"]').first.click()
    assert re.fullmatch(rf"{other} · AnchorLab", lab.page.title(), re.IGNORECASE)


# What makes a page's rail longest: every rule, every preset, every way to write a box.
SETTINGS = {
    "matching": [f"assign={kind}" for kind in ("atss", "yolo", "yolov5")]
    + [f"rule={rule}" for rule in ("greedy", "max-iou", "ssd")],
    "pyramid": [f"pyramid={name}" for name in ("ssd300", "yolov3", "faster-rcnn", "yolov2")],
    "offsets": ["coder=corner", "coder=cell&assign=yolo"],
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


@pytest.mark.parametrize("page", PAGES)
def test_everything_down_to_try_this_is_above_the_fold(lab, page):
    below = {}
    for query in ["", *SETTINGS.get(page, [])]:
        lab.goto(page, query, canvas=True)
        bottoms = lab.page.evaluate(BOTTOMS)
        assert "strip" in bottoms and ("try" in bottoms or page == "home" and "steps" in bottoms)
        below |= {(query, what): bottom for what, bottom in bottoms.items() if bottom > FOLD}
    assert not below
