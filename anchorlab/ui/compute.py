"""The engine's answers for the present lab, remembered: what did not change is not computed again.

Results are shared between sessions and read-only; the keys are frozen settings and tuples of boxes.
"""

from __future__ import annotations

import threading
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from anchorlab import engine
from anchorlab.engine import Anchors, Detections, Matches, Suppression
from anchorlab.scenes.predictions_io import Predictions
from anchorlab.specs import AnchorSpec, CoderSpec, MatchSpec, NmsSpec, SimulateSpec
from anchorlab.ui.lab import BOOK_STDS, Lab, Objects, Selection
from anchorlab.ui.scene import Scene, arrays

# A class of lectures moves the same few sliders; a handful of results a kind is enough.
KEPT = 24


@lru_cache(maxsize=1)
def warm() -> threading.Thread:
    """Starts compiling, once per server and beside the first page, what later pages and settings need."""
    thread = threading.Thread(target=_compile, name="anchorlab-warm-up", daemon=False)
    thread.start()
    return thread


def _compile() -> None:
    # First what the other pages do with a usual scene, then size by size what settings can ask for. One size at a
    # time, so that a server that is stopped early has not long to wait for this thread.
    box = np.array([[8, 8, 72, 72]], np.float32)
    laid = engine.generate_anchors(AnchorSpec(), 400, 600)
    for rule in ("threshold", "greedy"):
        found = engine.match_anchors(laid.xyxy, box, MatchSpec(rule=rule))
    predicted = engine.simulate_detections(laid, found, box, np.zeros(1, int), 1, SimulateSpec(), CoderSpec())
    suppression(predicted, NmsSpec())
    engine.decode(box, engine.encode(box, box, CoderSpec()), CoderSpec())
    for power in range(10, 17):
        if not threading.main_thread().is_alive():
            return
        engine.warm_up(max_anchors=2**power, max_predictions=256)


@lru_cache(maxsize=KEPT)
def anchors(spec: AnchorSpec, height: int, width: int) -> Anchors:
    return engine.generate_anchors(spec, height, width)


def usable(spec: AnchorSpec, laid: Anchors) -> np.ndarray | None:
    """Which anchors may take part in matching; None: all."""
    return laid.inside if spec.border == "ignore" else None


@lru_cache(maxsize=KEPT)
def matches(spec: AnchorSpec, height: int, width: int, objects: Objects, match: MatchSpec) -> Matches:
    laid = anchors(spec, height, width)
    return engine.match_anchors(laid.xyxy, arrays(objects)[0], match, usable=usable(spec, laid))


@lru_cache(maxsize=KEPT)
def detections(
    spec: AnchorSpec,
    height: int,
    width: int,
    objects: Objects,
    match: MatchSpec,
    simulate: SimulateSpec,
    coder: CoderSpec,
) -> Detections:
    laid = anchors(spec, height, width)
    matched = matches(spec, height, width, objects, match)
    boxes, class_ids = arrays(objects)
    return engine.simulate_detections(
        laid, matched, boxes, class_ids, max(1, len(objects.classes)), simulate, coder
    )


# The four predictions of the book's section on suppression, as fractions of the picture.
BOOK_BOXES = (
    (0.1, 0.08, 0.52, 0.92),
    (0.08, 0.2, 0.56, 0.95),
    (0.15, 0.3, 0.62, 0.91),
    (0.55, 0.2, 0.9, 0.88),
)
BOOK_SCORES = (0.9, 0.8, 0.7, 0.9)
BOOK_CLASS_IDS = (0, 0, 0, 1)
BOOK_CLASSES = ("dog", "cat")


def book_detections(height: int, width: int) -> Detections:
    """The book's four boxes, laid over a picture of this size."""
    frame = np.array([width, height, width, height], np.float32)
    return Detections(
        np.asarray(BOOK_BOXES, np.float32) * frame,
        np.asarray(BOOK_SCORES, np.float32),
        np.asarray(BOOK_CLASS_IDS, np.int32),
        np.asarray(BOOK_CLASS_IDS, np.int32),
    )


def suppression(found: Detections, spec: NmsSpec) -> Suppression:
    return engine.suppress(found.xyxy, found.scores, found.class_ids, spec)


def memory(laid: Anchors) -> int:
    """Bytes of all anchors as float32 xyxy."""
    return laid.xyxy.nbytes


# ---------------------------------------------------------------- what pages say about the results


def levels(spec: AnchorSpec) -> list[int]:
    """For each shape of a cell the rank of its size, small to large: its colour."""
    order = sorted(set(spec.sizes))
    return [order.index(size) for size, _ in spec.pairs]


def middle_cell(laid: Anchors) -> int:
    """The cell that is shown before anyone clicks: a little below the middle."""
    return (laid.rows // 2) * laid.cols + laid.cols // 2


def shape_table(spec: AnchorSpec, compare: str, height: int, width: int) -> dict[str, Any]:
    """The n x m table of shapes, those that 'first' leaves out included, and the shapes under another reading.

    `compare`: 'ratio' reads every ratio the other way round; 'd2l' takes the width of the book's text, which is
    a fraction of the image's width (its code takes the height for both sides).
    """
    pairs = list(spec.pairs)
    table, other_shapes = [], np.zeros((len(pairs), 2), np.float32)
    for row, size in enumerate(spec.sizes):
        for ratio in spec.aspect_ratios:
            root = ratio**0.5
            w, h = (size / root, size * root) if spec.ratio_means == "h/w" else (size * root, size / root)
            other_w, other_h = (h, w) if compare == "ratio" else (w * width / height, h)
            shape = pairs.index((size, ratio)) if (size, ratio) in pairs else -1
            if shape >= 0:
                other_shapes[shape] = other_w, other_h
            table.append(
                {
                    "row": row,
                    "ratio": ratio,
                    "shape": shape,
                    "w": w,
                    "h": h,
                    "other_w": other_w,
                    "other_h": other_h,
                }
            )
    data: dict[str, Any] = {"table": table, "compare": compare != "none", "other_shapes": other_shapes}
    if compare == "ratio":
        means, other = ("h / w", "w / h") if spec.ratio_means == "h/w" else ("w / h", "h / w")
        data["compare_note"] = {
            "title": f"What if a ratio meant {other}?",
            "legend": f"solid: ratio = {means} · dashed: ratio = {other}",
            "text": "Every shape lies down that stood, and the other way round; only ratio 1 stays. With a "
            "symmetric list like ½ 1 2 the same boxes come out in another order, so the mistake hides.",
        }
    elif compare == "d2l":
        size = max(spec.sizes)
        data["compare_note"] = {
            "title": "Which width does d2l mean?",
            "legend": "solid: the book’s code · dashed: its text, width = w·s·√r",
            "text": f"The book’s text measures the width in image widths: {size * width / height:.0f} × {size:.0f} "
            f"for a square of {size:.0f}. Its code measures both sides in image heights, so a square stays "
            f"square: {size:.0f} × {size:.0f}. On a square image nobody notices.",
        }
    return data


def anchor_worth_seeing(found: Matches, selection: Selection) -> int:
    """The selected anchor, or one that raises the page's question: an ignored one of the hardest object."""
    count = len(found.label)
    if 0 <= selection.anchor < count:
        return selection.anchor
    if not len(found.best_anchor) or not count:
        return -1
    positives = np.bincount(found.gt_index[found.label == 1], minlength=len(found.best_anchor))
    for gt in np.argsort(positives, kind="stable"):
        ignored = np.flatnonzero((found.label == -1) & (found.gt_index == gt) & (found.best_iou > 0))
        if len(ignored):
            return int(ignored[np.argsort(found.best_iou[ignored], kind="stable")[len(ignored) // 2]])
    return int(found.best_anchor[np.argmin(positives)])


class Pair(NamedTuple):
    """The anchor and the object of the Offsets page.

    Attributes:
      target: the encoded offsets; raw: the same without means and stds.
      round_trip: the largest error of decode(encode(object)), in pixels, as text.
    """

    anchor: int
    gt: int
    target: tuple[float, float, float, float]
    raw: tuple[float, float, float, float]
    round_trip: str


def pair(laid: Anchors, found: Matches, boxes: np.ndarray, lab: Lab) -> Pair | None:
    """The selected positive anchor and its object; else the best anchor of the selected or the last object."""
    if not len(boxes) or not len(laid.xyxy):
        return None
    gt, anchor = lab.selection.object, lab.selection.anchor
    if 0 <= anchor < len(laid.xyxy) and found.label[anchor] == 1:
        gt = int(found.gt_index[anchor])
    else:
        gt = gt if 0 <= gt < len(boxes) else len(boxes) - 1
        anchor = int(found.best_anchor[gt])
        if anchor < 0 or found.label[anchor] != 1:
            positive = np.flatnonzero(found.label == 1)
            if not len(positive):
                return None
            anchor = int(positive[np.argmax(found.best_iou[positive])])
            gt = int(found.gt_index[anchor])
    a, b = laid.xyxy[anchor : anchor + 1], boxes[gt : gt + 1]
    target = engine.encode(a, b, lab.coder)
    raw = target[0] * np.asarray(lab.coder.stds) + np.asarray(lab.coder.means)
    error = float(np.abs(engine.decode(a, target, lab.coder) - b).max())
    return Pair(
        anchor,
        gt,
        tuple(map(float, target[0])),
        tuple(map(float, raw)),
        f"{error:.6f}".rstrip("0").rstrip("."),
    )


def targets(laid: Anchors, found: Matches, boxes: np.ndarray, coder: CoderSpec) -> np.ndarray:
    """Offsets (P, 4) of all positive anchors."""
    rows = np.flatnonzero(found.label == 1)
    return engine.encode(laid.xyxy[rows], boxes[found.gt_index[rows]], coder)


def in_words(raw: tuple[float, float, float, float]) -> str:
    """'a bit **right**, clearly **taller**': four raw offsets as a sentence."""

    def amount(v: float) -> str:
        size = abs(v)
        return (
            "hardly" if size < 0.02 else "slightly" if size < 0.09 else "a bit" if size < 0.2 else "clearly"
        )

    words = (("right", "left"), ("down", "up"), ("wider", "narrower"), ("taller", "flatter"))
    return ", ".join(f"{amount(v)} **{names[v < 0]}**" for v, names in zip(raw, words, strict=True))


def spread_in_words(offsets: np.ndarray, coder: CoderSpec) -> dict[str, str]:
    """Why the stds: the spread of the positives' offsets without and with them."""
    if len(offsets) < 2:
        return {
            "title": "Why divide by 0.1 and 0.2?",
            "text": "So that the numbers a network must say spread near 1.",
        }
    stds = np.asarray(coder.stds)
    raw = offsets * stds + np.asarray(coder.means)
    spread = raw.std(axis=0)
    divided = spread / np.asarray(BOOK_STDS)
    n = len(offsets)
    text = f"Undivided, the {n:,} offsets spread only {spread.min():.2f} to {spread.max():.2f}. "
    text += f"Divided, {divided.min():.1f} to {divided.max():.1f}: near 1, where a network learns best."
    return {"title": "Why divide by 0.1 and 0.2?", "text": text}


def predictions(here: Scene, lab: Lab, uploaded: Predictions | None) -> tuple[Detections, tuple[str, ...]]:
    """The predictions of the chosen source and the names of their classes."""
    size = (here.height, here.width)
    if lab.source == "book":
        return book_detections(*size), BOOK_CLASSES
    if lab.source == "upload":
        if uploaded is None:
            empty = np.zeros((0, 4), np.float32)
            return Detections(
                empty, empty[:, 0], empty[:, 0].astype(np.int32), empty[:, 0].astype(np.int32)
            ), ()
        n = len(uploaded.scores)
        source = np.full(n, -1, np.int32)
        return Detections(uploaded.xyxy, uploaded.scores, uploaded.class_ids, source), uploaded.classes
    return detections(lab.anchors, *size, here.objects, lab.match, lab.simulate, lab.coder), here.classes


def kept_by_threshold(found: Detections, spec: NmsSpec) -> tuple[np.ndarray, np.ndarray]:
    """How many predictions stay for IoU thresholds 0, 0.02, ... 1."""
    thresholds = np.round(np.arange(0, 1.001, 0.02), 2)
    kept = [len(suppression(found, replace(spec, iou_threshold=float(t))).keep) for t in thresholds]
    return thresholds, np.array(kept)
