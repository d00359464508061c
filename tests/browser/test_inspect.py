"""Asking an anchor why: on the picture, in the matrix, in the list of objects nobody learns, round by round."""

import numpy as np
import pytest

from anchorlab import engine
from anchorlab.scenes import catalogue
from tests.browser.canvas import Canvas, matched

STATE = {1: "positive", 0: "negative", -1: "ignored"}


def engines(canvas):
    state = canvas.python()
    info = catalogue.SCENES[state.scene]
    laid = engine.generate_anchors(state.anchors, info.height, info.width)
    return laid, matched(state, canvas.boxes(), info.width, info.height)


def title(lab):
    return lab.page.locator(".why h2").inner_text()


def test_a_click_asks_the_best_anchor_of_a_cell_and_the_next_asks_the_next_shape(lab):
    canvas = Canvas(lab.goto("matching", canvas=True))
    laid, found = engines(canvas)
    (level,) = laid.levels
    shapes = len(level.widths_heights)
    for cell in (6 * level.cols + 9, 1 * level.cols + 16, 6 * level.cols + 12):
        x, y = (cell % level.cols + 0.5) * 32, (cell // level.cols + 0.5) * 32
        rows = np.arange(cell * shapes, (cell + 1) * shapes)
        anchor = int(rows[np.argmax(found.best_iou[rows])])
        for _ in range(3):
            canvas.click(x, y)
            canvas.answered()
            canvas.drawn()
            assert title(lab) == f"Why is anchor #{anchor} {STATE[int(found.label[anchor])]}?"
            assert lab.page.locator(".strip .res").inner_text() == f"{found.best_iou[anchor]:.2f}"
            assert canvas.python().selection.anchor == anchor
            anchor = int(rows[(anchor - rows[0] + 1) % shapes])


def test_the_matrix_lights_a_pair_and_selects_it(lab):
    canvas = Canvas(lab.goto("matching", canvas=True))
    laid, found = engines(canvas)
    iou = engine.pairwise_iou(laid.xyxy, np.float32(canvas.boxes()))
    cells = lab.page.locator(".matrix td button")
    for k in (0, 5):
        cell = cells.nth(k)
        _, anchor, gt = cell.get_attribute("data-hover").split(":")
        assert cell.inner_text() == f"{iou[int(anchor), int(gt)]:.2f}".removeprefix("0")
    cell = cells.nth(5)
    _, anchor, gt = cell.get_attribute("data-hover").split(":")
    pixels = "anchorlabBus.stage.marksCanvas.toDataURL().length + ':' + anchorlabBus.stage.marksCanvas.toDataURL().slice(-400)"
    before = lab.page.evaluate(pixels)
    with lab.expect_no_rerun():
        cell.hover()
        canvas.wait(
            "s.hover?.kind === 'anchor' && s.hover.index === arg[0] && s.hover.object === arg[1]",
            [int(anchor), int(gt)],
        )
        canvas.drawn()
        assert lab.page.evaluate(pixels) != before
    assert lab.page.locator(".strip .res").inner_text() == f"{iou[int(anchor), int(gt)]:.2f}"
    cell.click()
    canvas.answered()
    assert canvas.python().selection.anchor == int(anchor)
    lab.page.mouse.move(2, 2)
    canvas.drawn()
    assert title(lab) == f"Why is anchor #{anchor} {STATE[int(found.label[int(anchor)])]}?"


def test_objects_no_anchor_learns_are_listed_with_a_reason(lab):
    canvas = Canvas(lab.goto("matching", "scene=hard&threshold.low_quality=0", canvas=True))
    _, found = engines(canvas)
    learned = set(found.gt_index[found.label == 1].tolist())
    lost = [g for g in range(len(canvas.boxes())) if g not in learned]
    assert lost
    lab.page.locator('.lost [data-act="lost"]').click()
    buttons = lab.page.locator('.lost [data-pick^="object:"]')
    buttons.first.wait_for()
    text = lab.page.locator(".lost").inner_text()
    assert text.startswith(f"{len(lost)} objects no anchor learns")
    listed = [int(b.get_attribute("data-pick").split(":")[1]) for b in buttons.all()]
    assert sorted(listed) == lost
    for g in listed:
        assert f"(best {found.best_anchor_iou[g]:.2f})" in text
    assert any(why in text for why in ("smaller than", "no anchor", "no shape", "taller", "wider", "larger"))
    buttons.first.click()
    canvas.answered()
    assert canvas.seen()["object"] == listed[0] == canvas.python().selection.object


@pytest.mark.parametrize("scene_id", ["coffee"])
def test_greedy_rounds_step_both_ways(lab, scene_id):
    canvas = Canvas(lab.goto("matching", f"scene={scene_id}&rule=greedy", canvas=True))
    _, found = engines(canvas)
    rounds = list(zip(*found.story[:3], strict=True))
    step = lab.page.locator(".stepper b")
    assert step.inner_text() == "then the threshold"
    lab.page.get_by_role("button", name="First round").click()
    for k, (anchor, gt, iou) in enumerate(rounds, 1):
        canvas.answered()
        canvas.drawn()
        assert step.inner_text() == f"round {k} of {len(rounds)}"
        assert canvas.seen()["anchor"] == anchor
        assert f"anchor {anchor} takes" in canvas.spoken() and f"{iou:.2f}" in canvas.spoken()
        matrix = lab.page.locator(".matrix")
        assert matrix.locator("td.taken").count() == k
        shown = [b.get_attribute("aria-label") for b in matrix.locator("td.taken button").all()]
        for n, (left, _, _) in enumerate(rounds[:k], 1):
            assert any(f"anchor {left}," in s and f"taken in round {n}" in s for s in shown)
        # Rows and columns that left: every cell of a taken row but the taken one.
        row = matrix.locator("tbody tr").nth(int(gt))
        assert row.locator("td.gone").count() == row.locator("td").count() - 1
        lab.page.get_by_role("button", name="Next round").click()
    canvas.drawn()
    assert step.inner_text() == "then the threshold"
    for k in range(len(rounds), 0, -1):
        lab.page.get_by_role("button", name="Round back").click()
        canvas.drawn()
        assert step.inner_text() == f"round {k} of {len(rounds)}"
    canvas.focus()
    canvas.press("End", "PageUp")
    canvas.drawn()
    assert step.inner_text() == f"round {len(rounds)} of {len(rounds)}"
    canvas.press("Home", "PageDown")
    canvas.drawn()
    assert step.inner_text() == f"round 2 of {len(rounds)}"
