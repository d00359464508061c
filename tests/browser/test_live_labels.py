"""While a box is dragged the browser labels the anchors itself: the same labels the engine gives."""

import numpy as np
import pytest

from anchorlab.scenes import catalogue
from anchorlab.session import anchor_source, results
from tests.browser.canvas import Canvas, matched


def assert_live_labels_are_the_engines(canvas: Canvas, scene_id: str) -> dict:
    info, got, state = catalogue.SCENES[scene_id], canvas.labels(), canvas.python()
    boxes = np.asarray(got["boxes"], np.float32)
    assert got["stale"], "these labels are not the browser's own"
    laid = results.anchors(anchor_source.of(state, info.height, info.width), info.height, info.width)
    np.testing.assert_array_equal(np.asarray(got["anchors"], np.float32).reshape(-1, 4), laid.xyxy)
    want = matched(state, boxes, info.width, info.height)
    np.testing.assert_allclose(got["best_iou"], want.best_iou, atol=2e-7)
    for name in ("label", "gt_index", "reason", "best_anchor"):
        np.testing.assert_array_equal(got[name], getattr(want, name), err_msg=name)
    if state.matching.rule == "greedy":
        assert [(a, g) for a, g, _ in got["rounds"]] == list(zip(*want.story[:2], strict=True))
    counts = [int((want.label == k).sum()) for k in (1, -1, 0)]
    canvas.drawn()
    shown = [
        canvas.page.locator(f'[data-count="{k}"]').inner_text() for k in ("positive", "ignored", "negative")
    ]
    assert shown == [f"{n:,}" for n in counts]
    return got


@pytest.mark.parametrize(
    ("scene_id", "query"),
    [
        ("coffee", ""),
        ("coins", "threshold.low_quality=0&threshold.high=0.7&threshold.low=0.3"),
        ("coins", "rule=greedy&border=ignore"),
        ("coffee", "rule=max_iou"),
        ("coffee", "rule=atss&layout=pyramid"),
        ("coffee", "rule=yolo&border=ignore"),
        ("coins", "rule=yolov5"),
    ],
)
def test_labels_while_a_box_is_held(lab, scene_id, query):
    canvas = Canvas(lab.goto("matching", f"scene={scene_id}&object=0&{query}", canvas=True))
    x1, y1, _, y2 = canvas.boxes()[0]
    y = (y1 + y2) / 2
    seen = set()
    canvas.hold((x1, y), (x1 + 7, y + 5))
    for step in ((23, 11), (41, 17), (-9, 30)):
        canvas.page.mouse.move(*canvas.at(x1 + step[0], y + step[1]))
        got = assert_live_labels_are_the_engines(canvas, scene_id)
        seen.add(tuple(got["best_iou"]))
    assert len(seen) > 1, "the labels never changed"
    with lab.expect_rerun():
        canvas.page.mouse.up()
    # On release Python's answer takes over, and nothing changes.
    canvas.agree()
    again = canvas.labels()
    assert not again["stale"]
    last = matched(
        canvas.python(),
        canvas.boxes(),
        *(catalogue.SCENES[scene_id].width, catalogue.SCENES[scene_id].height),
    )
    np.testing.assert_array_equal(again["label"], last.label)
    np.testing.assert_array_equal(again["reason"], last.reason)


def test_frame_times_while_dragging_over_many_anchors(lab, record_property):
    """Reports; asserts nothing about time."""
    for query in ("", "scene=coffee&stride=8", "scene=hard&stride=16"):
        canvas = Canvas(lab.goto("matching", query + "&object=0", canvas=True))
        count = lab.page.evaluate("anchorlabBus.stage.generated.count")
        x1, y1, _, y2 = canvas.boxes()[0]
        canvas.hold((x1, (y1 + y2) / 2), (x1 + 9, (y1 + y2) / 2))
        times = []
        for step in range(10):
            canvas.page.mouse.move(*canvas.at(x1 + 10 + 2 * step, (y1 + y2) / 2))
            times.append(
                lab.page.evaluate(
                    """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => {
                      const s = anchorlabBus.stage, start = performance.now();
                      s.relabel();
                      done([s.paintMs, performance.now() - start]);
                    })))"""
                )
            )
        canvas.page.mouse.up()
        canvas.answered()
        paint, label = np.median(np.asarray(times), axis=0)
        worst = np.max(np.asarray(times).sum(axis=1))
        record_property(f"{count} anchors, {len(canvas.boxes())} objects", f"{paint:.1f}+{label:.1f}")
        print(
            f"{count:,} anchors, {len(canvas.boxes())} objects: paint {paint:.1f} ms + labels {label:.1f} ms, worst {worst:.1f} ms"
        )
