"""Overlap and matching of all anchors with all objects."""

from functools import partial
from typing import NamedTuple

import jax
import numpy as np

from anchorlab.core import iou as core_iou
from anchorlab.core.matching import common as core
from anchorlab.core.matching.greedy import match_greedily
from anchorlab.core.matching.max_iou import match_by_max_iou
from anchorlab.core.matching.threshold import match_by_threshold
from anchorlab.engine import checks
from anchorlab.engine.buckets import ANCHORS, bucket, object_bucket, pad, real
from anchorlab.settings.matching import MatchSpec

# A float32 matrix of 256 MiB.
MAX_PAIRS = 2**26
_KINDS = tuple(core_iou.KINDS)


class GreedyRound(NamedTuple):
    """One round of the greedy assignment: the pair it took, and their IoU."""

    anchor: int
    gt: int
    iou: float


class Matches(NamedTuple):
    """Which anchor learns which object, and why.

    Attributes:
      label: int8 (A,): 1 positive, 0 negative, -1 ignored.
      gt_index: int32 (A,): a positive's object, any other's best-overlapping one; -1 without objects.
      best_iou: float32 (A,): the anchor's largest IoU; 0 without objects.
      iou: float32 (A, G).
      reason: int8 (A,): a `Reason`.
      best_anchor: int32 (G,): the anchor that overlaps each object most; -1 if none takes part.
      best_anchor_iou: float32 (G,).
      rounds: the rounds of the greedy rule in order; () for any other rule.
    """

    label: np.ndarray
    gt_index: np.ndarray
    best_iou: np.ndarray
    iou: np.ndarray
    reason: np.ndarray
    best_anchor: np.ndarray
    best_anchor_iou: np.ndarray
    rounds: tuple[GreedyRound, ...]


@jax.jit
def _pairwise(a, b, kind):
    return jax.lax.switch(kind, [partial(core_iou.pairwise, kind=name) for name in _KINDS], a, b)


@jax.jit
def _by_threshold(anchors, gt_boxes, usable, gt_mask, settings):
    iou = core_iou.pairwise(anchors, gt_boxes)
    return iou, match_by_threshold(iou, anchor_mask=usable, gt_mask=gt_mask, **settings)


@jax.jit
def _by_max_iou(anchors, gt_boxes, usable, gt_mask, settings):
    iou = core_iou.pairwise(anchors, gt_boxes)
    return iou, match_by_max_iou(iou, anchor_mask=usable, gt_mask=gt_mask, **settings)


@jax.jit
def _greedily(anchors, gt_boxes, usable, gt_mask, high):
    iou = core_iou.pairwise(anchors, gt_boxes)
    return iou, *match_greedily(iou, high=high, anchor_mask=usable, gt_mask=gt_mask)


_RULES = {
    "threshold": (
        _by_threshold,
        lambda spec: {
            "high": spec.high,
            "low": spec.low,
            "low_quality": spec.low_quality,
            "low_negative": spec.low_negative,
            "min_best_iou": spec.min_best_iou,
        },
    ),
    "max-iou": (
        _by_max_iou,
        lambda spec: {
            "high": spec.high,
            "low": spec.low,
            "low_quality": spec.low_quality,
            "min_pos_iou": spec.min_pos_iou,
            "assign_all": spec.assign_all,
        },
    ),
    "ssd": (
        _by_max_iou,
        lambda spec: {
            "high": spec.high,
            "low": spec.high,
            "low_quality": True,
            "min_pos_iou": 0.0,
            "assign_all": False,
        },
    ),
}


def lengths(count: int, name: str, others: int, other_name: str) -> tuple[int, int]:
    """The buckets of a matrix, if it is not too large."""
    rows, cols = bucket(count, ANCHORS), object_bucket(others)
    if rows * cols > MAX_PAIRS:
        raise ValueError(
            f"{name} and {other_name} make a matrix of {count:,} x {others:,}; take fewer of either"
        )
    return rows, cols


def pairwise_iou(a: np.ndarray, b: np.ndarray, kind: str = "iou") -> np.ndarray:
    """Every box of `a` (A, 4) with every box of `b` (G, 4): float32 (A, G).

    Args:
      a, b: xyxy in one frame; a point or a line is a box, of IoU 0 with everything.
      kind: 'iou', 'giou', 'diou' or 'ciou'. The last counts unlike aspect ratios at any IoU;
        mmdetection's does so above an IoU of 0.5 only.
    """
    a, b = checks.boxes(a, "a"), checks.boxes(b, "b")
    if kind not in _KINDS:
        raise ValueError(f"kind must be one of {', '.join(map(repr, _KINDS))}, got {kind!r}")
    rows, cols = lengths(len(a), "a", len(b), "b")
    matrix = jax.device_get(_pairwise(pad(a, rows), pad(b, cols), _KINDS.index(kind)))
    return matrix[: len(a), : len(b)].copy()


def match_anchors(
    anchors: np.ndarray, gt_boxes: np.ndarray, spec: MatchSpec, *, usable: np.ndarray | None = None
) -> Matches:
    """Matches anchors to objects by the rule of `spec`.

    Args:
      anchors: xyxy pixels (A, 4).
      gt_boxes: xyxy pixels (G, 4); may be empty: then every usable anchor is negative.
      spec: the rule and its thresholds.
      usable: bool (A,); the others are ignored and never take part. None: all are.

    References:
      `core.matching.threshold.match_by_threshold`, `core.matching.greedy.match_greedily`,
      `core.matching.max_iou.match_by_max_iou`, `core.matching.ssd.match_ssd`.
    """
    anchors, gt_boxes = checks.boxes(anchors, "anchors"), checks.boxes(gt_boxes, "gt_boxes")
    count, objects = len(anchors), len(gt_boxes)
    usable = checks.mask(usable, "usable", count)
    rows, cols = lengths(count, "anchors", objects, "gt_boxes")
    padded = pad(anchors, rows), pad(gt_boxes, cols), pad(usable, rows), real(objects, cols)

    if spec.rule == "greedy":
        iou, matches, played = jax.device_get(_greedily(*padded, spec.high))
        story = zip(played.anchor, played.gt, played.iou, range(played.count), strict=False)
        rounds = tuple(GreedyRound(int(anchor), int(gt), float(value)) for anchor, gt, value, _ in story)
    else:
        rule, settings = _RULES[spec.rule]
        iou, matches = jax.device_get(rule(*padded, settings(spec)))
        rounds = ()
    return cut(iou, matches, count, objects, rounds)


def cut(iou, matches: core.Matches, count: int, objects: int, rounds=()) -> Matches:
    """The real rows of padded results."""
    return Matches(
        label=matches.label[:count].copy(),
        gt_index=matches.gt_index[:count].copy(),
        best_iou=matches.best_iou[:count].copy(),
        iou=iou[:count, :objects].copy(),
        reason=matches.reason[:count].copy(),
        best_anchor=matches.best_anchor[:objects].copy(),
        best_anchor_iou=matches.best_anchor_iou[:objects].copy(),
        rounds=rounds,
    )
