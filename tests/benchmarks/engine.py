"""How quick the engine is, beside a textbook version of the same algorithm in the same run.

    python -m tests.benchmarks.engine

Prints a table and asserts nothing about time: numbers of one machine and one moment. What it does
assert is that both sides give the same answer.
"""

import os
import statistics
import time

os.environ.setdefault("JAX_PLATFORMS", "cpu")

import numpy as np

from anchorlab import engine
from anchorlab.canvas import warm_up
from anchorlab.settings.anchors import AnchorSpec
from anchorlab.settings.coding import CoderSpec
from anchorlab.settings.matching import RECORDS, ThresholdSpec
from anchorlab.settings.simulation import SimulateSpec
from anchorlab.settings.suppression import NmsSpec

GT = np.array([[77, 70, 479, 389], [173, 18, 406, 306], [326, 66, 424, 326]], np.float32)
CLASSES = np.arange(3)


def textbook_anchors(spec, height, width):
    rows, cols = spec.grid(height, width)
    anchors = []
    for row in range(rows):
        for col in range(cols):
            x, y = (col + spec.center) * spec.stride, (row + spec.center) * spec.stride
            anchors += [(x - w / 2, y - h / 2, x + w / 2, y + h / 2) for w, h in spec.widths_heights]
    return np.array(anchors, np.float32)


def textbook_iou(a, b):
    overlap = np.clip(np.minimum(a[:, None, 2:], b[:, 2:]) - np.maximum(a[:, None, :2], b[:, :2]), 0, None)
    intersection = overlap.prod(2)
    areas = [(x[:, 2:] - x[:, :2]).prod(1) for x in (a, b)]
    return intersection / (areas[0][:, None] + areas[1] - intersection)


def textbook_threshold(anchors, gt):
    iou = textbook_iou(anchors, gt)
    best = iou.max(1)
    return np.where((best >= 0.5) | (iou == iou.max(0)).any(1), 1, np.where(best < 0.4, 0, -1))


def textbook_greedy(anchors, gt):
    iou = textbook_iou(anchors, gt)
    label = (iou.max(1) >= 0.5).astype(int)
    for _ in range(len(gt)):
        anchor, column = np.unravel_index(iou.argmax(), iou.shape)
        label[anchor] = 1
        iou[anchor, :] = iou[:, column] = -1
    return label


def textbook_nms(boxes, scores, threshold):
    left, keep = np.argsort(-scores, kind="stable"), []
    while len(left):
        best, left = left[0], left[1:]
        keep.append(best)
        left = left[textbook_iou(boxes[best : best + 1], boxes[left])[0] <= threshold]
    return np.array(keep)


def milliseconds(call, repeats=60) -> float:
    call()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return 1e3 * statistics.median(times)


def predictions(count, seed=0):
    rng = np.random.default_rng(seed)
    corner = rng.uniform(0, 500, (count, 2))
    boxes = np.concatenate([corner, corner + rng.uniform(60, 200, (count, 2))], 1).astype(np.float32)
    return boxes, rng.uniform(0.1, 1, count).astype(np.float32), np.zeros(count, int)


def main() -> None:
    start = time.perf_counter()
    with engine.count_compiles() as compiles:
        for power in range(10, 15):
            warm_up.matchings(2**power)
            warm_up.suppressions(2 ** (power - 4))
            warm_up.coders(2**power)
    print(f"warm-up: {compiles.count} programs in {time.perf_counter() - start:.1f} s\n")
    many_objects = predictions(60, seed=1)[0]
    rows = []

    def compare(what, ours, textbook=None):
        if textbook is not None:
            np.testing.assert_allclose(ours(), textbook(), atol=1e-3)
        rows.append((what, milliseconds(ours), textbook and milliseconds(textbook, repeats=12)))

    for spec in (AnchorSpec(), AnchorSpec(stride=12)):
        anchors = engine.generate_anchors(spec, 400, 600)
        xyxy, size = anchors.xyxy, f"{len(anchors.xyxy):,} anchors"
        compare(
            f"generate_anchors, {size}",
            lambda spec=spec: engine.generate_anchors(spec, 400, 600).xyxy,
            lambda spec=spec: textbook_anchors(spec, 400, 600),
        )
        for gt in (GT, many_objects):
            for rule, textbook in (("threshold", textbook_threshold), ("greedy", textbook_greedy)):
                compare(
                    f"match_anchors, {rule}, {size}, {len(gt)} objects",
                    lambda xyxy=xyxy, gt=gt, rule=rule: engine.match(xyxy, gt, RECORDS[rule]()).label,
                    lambda xyxy=xyxy, gt=gt, textbook=textbook: textbook(xyxy, gt),
                )
    for count in (25, 100, 600):
        boxes, scores, classes = predictions(count)
        keep = textbook_nms(boxes, scores, np.float32(0.5))
        compare(
            f"suppress, {count} boxes, {len(keep)} kept",
            lambda b=boxes, s=scores, c=classes: engine.suppress(b, s, c, NmsSpec()).keep,
            lambda b=boxes, s=scores: textbook_nms(b, s, np.float32(0.5)),
        )
    anchors = engine.generate_anchors(AnchorSpec(), 400, 600)
    matches = engine.match(anchors.xyxy, GT, ThresholdSpec())
    targets = GT[matches.gt_index]
    compare("encode, 2,223 rows", lambda: engine.encode(anchors.xyxy, targets, CoderSpec()))
    compare("pairwise_iou, 2,223 x 3", lambda: engine.pairwise_iou(anchors.xyxy, GT))
    compare(
        "simulate_detections, 25",
        lambda: engine.simulate_detections(anchors, matches, GT, CLASSES, 3, SimulateSpec(), CoderSpec()),
    )
    compare(
        "generate_anchors + match_anchors, 2,223",
        lambda: engine.match(engine.generate_anchors(AnchorSpec(), 400, 600).xyxy, GT, ThresholdSpec()),
    )

    print(f"{'call':<52} {'engine':>9} {'textbook':>10} {'ratio':>7}")
    for what, ours, theirs in rows:
        beside = f"{theirs:>7.2f} ms {theirs / ours:>6.1f}x" if theirs else ""
        print(f"{what:<52} {ours:>6.2f} ms {beside}")


if __name__ == "__main__":
    main()
