"""Choices that change nothing on a scene say so and offer one on which they do: one click, one step of undo, in the
link; and what is offered shows a difference."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.canvas import Canvas

NMS = "Conventions: what libraries do differently"
# Page, query, expander, key of the offer, the radio that then makes a difference, and what of the canvas it changes.
SWITCHES = {
    "suppress_equal": ("nms", "", NMS, "suppression_suppress_equal", "suppresses", "Array.from(s.played.status)"),
    "ties": ("nms", "", NMS, "suppression_ties", "the last box", "Array.from(s.played.status)"),
    "inclusive": ("nms", "", NMS, "suppression_inclusive", "x2 − x1 + 1", "Array.from(s.played.status)"),
    "low_negative": ("matching", "", NMS, "match_low_negative", "background", "Array.from(s.labels.label)"),
    "min_best_iou": ("matching", "", NMS, "match_min_best_iou", "all anchors, at IoU 0", "Array.from(s.labels.label)"),
    "clamp": ("offsets", "", "Conventions: how libraries write a box", "coder_clamp", "above", "s.view.label(s) + s.root.querySelector('.strip').textContent + [...anchorlabBus.slots.get('readout').querySelectorAll('p')].map((p) => p.textContent)"),
    "eps": ("offsets", "", "Conventions: how libraries write a box", "coder_eps", "w′/w + 10⁻⁶ (d2l)", "s.root.querySelector('.strip').textContent"),
    "ratio": ("anchors", "", "", "anchors_ratio_means", "w / h", "Array.from(s.generated.anchors).slice(0, 40).map(Math.round).sort()"),
}  # fmt: skip


def shown(canvas, what):
    canvas.answered()
    canvas.drawn()
    return canvas.page.evaluate(f"(() => {{ const s = anchorlabBus.stage; return {what}; }})()")


@pytest.mark.parametrize("name", SWITCHES)
def test_a_switch_that_changes_nothing_offers_a_scene_where_it_does(lab, name):
    page_name, query, expander, key, answer, what = SWITCHES[name]
    lab.goto(page_name, query, canvas=True)
    canvas, page = Canvas(lab), lab.page
    if expander:
        with lab.expect_rerun():
            page.get_by_text(expander, exact=True).click()
    before = canvas.python()
    offer = page.locator(f".st-key-parting_{key}").get_by_role("button")
    expect(offer).to_have_text("Show a scene where it does")
    expect(
        page.get_by_text("On this scene nothing changes")
        .or_(page.get_by_text("on this scene nothing changes"))
        .first
    ).to_be_visible()
    with lab.expect_rerun():
        offer.click()
    canvas.answered()
    expect(offer).to_have_count(0)
    after = canvas.python()
    assert after != before
    first = shown(canvas, what)
    with lab.expect_rerun():
        page.get_by_role("radio", name=answer, exact=True).click()
    assert shown(canvas, what) != first
    # The link brings it back, in a visit of its own; one step of undo each leads back to what was.
    query = urlsplit(page.url).query
    canvas.focus()
    for state in (after, before):
        with lab.expect_rerun():
            canvas.press("Control+z")
        assert canvas.python() == state
    expect(offer).to_have_count(1)
    lab.goto(page_name, query, canvas=True)
    assert shown(Canvas(lab), what) != first


def test_six_methods_that_agree_offer_settings_on_which_they_part(lab):
    lab.goto("nms", canvas=True)
    canvas, page = Canvas(lab), lab.page
    with lab.expect_rerun():
        page.get_by_text("Methods side by side", exact=True).click()
    table = page.locator(".methods table")
    expect(table.locator("thead th")).to_have_count(6)
    expect(table.locator(".unlike")).to_have_count(0)
    before = canvas.python()
    offer = page.locator(".st-key-parting_suppression_method").get_by_role("button")
    with lab.expect_rerun():
        offer.click()
    canvas.answered()
    expect(table.locator(".unlike").first).to_be_visible()
    expect(offer).to_have_count(0)
    # Column by column: no two methods keep the same predictions.
    kept = page.evaluate(
        """[...anchorlabBus.slots.get('methods').querySelectorAll('tbody tr')].map((row) =>
             [...row.querySelectorAll('td')].map((cell) => Boolean(cell.querySelector('b.kept'))))"""
    )
    assert len({tuple(column) for column in zip(*kept, strict=True)}) == 6
    canvas.focus()
    with lab.expect_rerun():
        canvas.press("Control+z")
    assert canvas.python() == before
    expect(offer).to_have_count(1)
    assert not lab.axe()


def test_an_offer_comes_and_goes_with_the_settings_beside_it(lab):
    """What stands in a part of the page that a slider does not redraw follows it all the same while it is open."""
    lab.goto("matching", "rule=max_iou&max_iou.low_quality=0", canvas=True)
    page = lab.page
    with lab.expect_rerun():
        page.get_by_text(NMS, exact=True).click()
    offer = page.locator(".st-key-parting_match_assign_all").get_by_role("button")
    expect(offer).to_have_count(1)  # without low-quality matches nobody takes anything
    canvas = Canvas(lab)
    with lab.expect_rerun():
        offer.click()
    canvas.answered()
    expect(offer).to_have_count(0)
    with lab.expect_rerun():
        page.get_by_text("Low-quality matches", exact=True).click()
    expect(offer).to_have_count(1)
