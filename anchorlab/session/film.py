"""What a canvas shows of a training: one watched picture after the other steps, few boxes of each, and its curves."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from anchorlab import engine
from anchorlab.detector.course import Course, Frame, Losses
from anchorlab.detector.predict import KEPT
from anchorlab.settings.suppression import NmsSpec

MOST = 40
"""Predictions of a frame that are shown, the surest ones."""
SURE = 0.3
"""The score from which on a prediction counts as something found."""
SMOOTHED = 30
"""Steps of which a smooth curve is the mean."""
POINTS = 240
"""Of a curve, at most."""


class Film(NamedTuple):
    """F frames of K predictions, A anchors and G objects, in pixels of the network's picture.

    Attributes:
      steps: (F,).
      boxes: float32 (F, K, 4), best first.
      scores: float32 (F, K).
      class_ids: int32 (F, K).
      kept: bool (F, K), which of them suppression leaves.
      cost: uint8 (F, A), what each anchor adds to the loss, as the root of its part of what the dearest one adds.
      found: float32 (F, G), of every object the best IoU with a prediction of its class that is kept and scores `SURE`.
    """

    steps: np.ndarray
    boxes: np.ndarray
    scores: np.ndarray
    class_ids: np.ndarray
    kept: np.ndarray
    cost: np.ndarray
    found: np.ndarray


def of(course: Course, picture: int, known: dict[Any, tuple]) -> Film:
    """The frames of one watched picture.

    Args:
      known: what was made of frames already, by step and picture; frames that are new are added, so that a training that
        runs costs only its news.
    """
    frames = list(course.frames)  # more may come while we look
    new = [frame for frame in frames if (frame.step, picture) not in known]
    if new:
        for frame, row in zip(new, _rows(course, new, picture), strict=True):
            known[frame.step, picture] = row
    rows = [known[frame.step, picture] for frame in frames]
    return Film(np.array([frame.step for frame in frames], np.int32), *map(np.stack, zip(*rows, strict=True)))


def _rows(course: Course, frames: list[Frame], picture: int) -> list[tuple]:
    scores = np.stack([frame.scores[picture] for frame in frames])
    count, _, classes = scores.shape
    flat = scores.reshape(count, -1)
    most = min(MOST, flat.shape[1])
    best = np.argsort(-flat, axis=1, kind="stable")[:, :most]
    scores = np.take_along_axis(flat, best, axis=1)
    class_ids = (best % classes).astype(np.int32)
    boxes = np.stack([frame.boxes[picture].astype(np.float32) for frame in frames])
    boxes = np.take_along_axis(boxes, (best // classes)[..., None], axis=1)
    # Frames are kept apart as classes are: all are suppressed at once.
    apart = class_ids + classes * np.arange(count, dtype=np.int32)[:, None]
    left = engine.suppress(
        boxes.reshape(-1, 4),
        scores.reshape(-1),
        apart.reshape(-1),
        NmsSpec(KEPT.iou_threshold, KEPT.score_threshold),
    )
    kept = np.zeros(count * most, bool)
    kept[left.keep] = True
    kept = kept.reshape(count, most)
    cost = np.stack([frame.cost[picture].astype(np.float32) for frame in frames])
    share = np.sqrt(cost / np.maximum(cost.max(1, keepdims=True), 1e-12))
    found = _found(course, picture, boxes, class_ids, kept & (scores >= SURE))
    return list(zip(boxes, scores, class_ids, kept, (255 * share).astype(np.uint8), found, strict=True))


def objects(course: Course, picture: int) -> tuple[np.ndarray, np.ndarray]:
    """xyxy boxes and class ids of a watched picture."""
    watched = course.stage.watched
    real = watched.class_ids[picture] >= 0
    return watched.boxes[picture][real], watched.class_ids[picture][real]


def _found(course: Course, picture: int, boxes, class_ids, counts) -> np.ndarray:
    own, own_ids = objects(course, picture)
    if not len(own):
        return np.zeros((len(boxes), 0), np.float32)
    iou = engine.pairwise_iou(boxes.reshape(-1, 4), own).reshape(*class_ids.shape, len(own))
    same = counts[..., None] & (class_ids[..., None] == own_ids)
    return np.where(same, iou, 0).max(1).astype(np.float32)


class Reach(NamedTuple):
    """How the anchors lie to the objects of a picture.

    Attributes:
      best: float32 (G,), of every object the best IoU with any anchor.
      learning: int32 (G,), how many anchors learn it.
    """

    best: np.ndarray
    learning: np.ndarray


def reach(course: Course, picture: int) -> Reach:
    """Which objects the anchors can learn from."""
    own, _ = objects(course, picture)
    stage = course.stage
    learned = stage.gt_index[picture][stage.label[picture] == 1]
    # Rows of padding come last, so an index is that of the real object.
    best = engine.pairwise_iou(stage.anchors, own).max(0) if len(own) else np.zeros(0, np.float32)
    return Reach(
        best.astype(np.float32), np.bincount(learned, minlength=len(own))[: len(own)].astype(np.int32)
    )


class Curves(NamedTuple):
    """The loss at some of the steps, float32 (P,); `raw` as it was, the others smoothed."""

    at: np.ndarray
    raw: np.ndarray
    total: np.ndarray
    positives: np.ndarray
    negatives: np.ndarray
    boxes: np.ndarray


def curves(losses: Losses) -> Curves:
    """The loss, step by step, with as many points as can be told apart."""
    count = len(losses.total)
    at = (
        np.unique(np.linspace(0, count - 1, min(count, POINTS)).round().astype(int))
        if count
        else np.zeros(0, int)
    )
    parts = (losses.total, losses.positives, losses.negatives, losses.boxes)
    smooth = [_trailing_mean(values, SMOOTHED)[at] for values in parts]
    return Curves((at + 1).astype(np.float32), losses.total[at], *smooth)


def _trailing_mean(values: np.ndarray, length: int) -> np.ndarray:
    """Of every value the mean of it and those before it, so many in all."""
    sums = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
    ends = np.arange(1, len(sums))
    starts = np.maximum(ends - length, 0)
    return ((sums[ends] - sums[starts]) / np.maximum(ends - starts, 1)).astype(np.float32)
