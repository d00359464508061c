"""Rules and coders in Chromium: chosen, dragged under, asked why."""

import numpy as np
import pytest

from anchorlab import engine
from anchorlab.scenes import catalogue
from anchorlab.settings.matching import Yolov5Spec
from tests.browser.canvas import Canvas, matched
from tests.browser.choosing import choose


def labels_agree(canvas) -> engine.Matches:
    """The labels on the picture are those of the engine under the app state of the address."""
    state = canvas.python()
    info = catalogue.SCENES[state.scene]
    want = matched(state, canvas.boxes(), info.width, info.height)
    np.testing.assert_array_equal(canvas.labels()["label"], want.label)
    return want


def test_a_rule_is_answered_in_the_browser_and_kept_in_the_link(lab):
    canvas = Canvas(lab.goto("matching", canvas=True))
    choose(lab, "Rule", "ATSS")
    want = labels_agree(canvas)
    assert "rule=atss" in lab.page.url
    assert lab.page.locator('[data-count="positive"]').inner_text() == str(int((want.label == 1).sum()))
    slider = lab.page.get_by_role("slider", name="Candidates")
    with lab.expect_rerun():
        slider.press("ArrowLeft")
    assert canvas.python().matching.atss.top_k == 8
    labels_agree(canvas)
    # A drag under the rule: live labels, and the same from Python afterwards.
    x1, y1, _, y2 = canvas.boxes()[0]
    canvas.hold((x1, (y1 + y2) / 2), (x1 + 40, (y1 + y2) / 2))
    live = canvas.labels()
    with lab.expect_rerun():
        lab.page.mouse.up()
    canvas.agree()
    assert live["stale"] and not canvas.labels()["stale"]
    labels_agree(canvas)
    with lab.expect_rerun():
        lab.page.keyboard.press("Control+z")
    choose(lab, "Rule", "Thresholds")
    labels_agree(canvas)
    assert "assign" not in lab.page.url


def test_yolo_says_why_in_shapes_and_cells(lab):
    canvas = Canvas(lab.goto("matching", "rule=yolo", canvas=True))
    found = labels_agree(canvas)
    boxes = canvas.boxes()
    anchor = int(found.best_anchor[2])
    canvas.page.evaluate("i => anchorlabBus.stage.selectAnchor(i)", anchor)
    canvas.answered()
    canvas.drawn()
    why = lab.page.locator(".why").inner_text()
    shapes = canvas.python().anchors.widths_heights
    fit = engine.fit_shapes(boxes[2:3, 2:] - boxes[2:3, :2], shapes).iou[0]
    assert f"Why is anchor #{anchor} positive?" in why
    assert f"of all {len(shapes)} shapes this one is most like it: shape IoU {fit.max():.2f}" in why
    assert lab.page.locator(".strip .res").inner_text() == f"{fit.max():.2f}"
    # The next shape of the same cell is not responsible, and says which one is.
    other = anchor - anchor % len(shapes) + (anchor + 1) % len(shapes)
    canvas.page.evaluate("i => anchorlabBus.stage.selectAnchor(i)", other)
    canvas.answered()
    canvas.drawn()
    assert "lies in its cell, but the shape" in lab.page.locator(".why").inner_text()


def test_yolov5_lists_every_pair(lab):
    canvas = Canvas(lab.goto("matching", "rule=yolov5", canvas=True))
    labels_agree(canvas)
    rows = lab.page.locator(".plain tbody tr")
    pairs = engine.match(
        _anchors_of(canvas),
        canvas.boxes(),
        Yolov5Spec(side_factor=canvas.python().matching.yolov5.side_factor),
    ).story
    assert rows.count() == len(pairs.anchor)
    assert rows.first.inner_text().split()[-1] == f"{pairs.factor[0]:.2f}"
    rows.last.get_by_role("button").click()
    canvas.answered()
    assert canvas.python().selection.anchor == pairs.anchor[-1]


def _anchors_of(canvas):
    state = canvas.python()
    info = catalogue.SCENES[state.scene]
    return engine.generate_anchors(state.anchors, info.height, info.width)


def test_levels_are_looked_at_one_by_one(lab):
    canvas = Canvas(lab.goto("matching", "layout=pyramid", canvas=True))
    labels_agree(canvas)
    buttons = lab.page.locator(".looks button")
    assert (
        buttons.count() == 6
        and "over all 5 levels together" in lab.page.locator(".slot").all_inner_texts().__str__()
    )
    buttons.nth(3).click()
    canvas.answered()
    assert canvas.python().selection.level == 2 and buttons.nth(3).get_attribute("aria-pressed") == "true"


@pytest.mark.parametrize("kind", ["corner", "cell"])
def test_a_coder_decodes_in_the_browser_as_the_engine_does(lab, kind):
    canvas = Canvas(lab.goto("offsets", "rule=yolo", canvas=True))
    with lab.expect_rerun():
        lab.page.get_by_text("Conventions: how libraries write a box").click()
    with lab.expect_rerun():
        lab.page.get_by_role("radio", name={"corner": "corners", "cell": "place in the cell"}[kind]).click()
    canvas.answered()
    assert canvas.python().coder.kind == kind
    with lab.expect_rerun():
        lab.page.get_by_role("slider").nth(0).press("ArrowRight")
    canvas.answered()
    state, seen = canvas.python(), canvas.seen()
    info = catalogue.SCENES[state.scene]
    anchor = engine.generate_anchors(state.anchors, info.height, info.width).xyxy[[seen["anchor"]]]
    want = engine.decode(anchor, np.float32([state.offsets]), state.coder, stride=32)[0]
    (x, y, w, h) = [(want[0] + want[2]) / 2, (want[1] + want[3]) / 2, want[2] - want[0], want[3] - want[1]]
    told = {"corner": want, "cell": (x, y, w, h)}[kind]
    shown = [
        float(t.replace("−", "-").replace(",", "")) for t in lab.page.locator(".strip .res").all_inner_texts()
    ]
    np.testing.assert_allclose([shown[0], shown[2], shown[1], shown[3]], told, atol=0.06)
