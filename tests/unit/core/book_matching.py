"""Matching by the book, in NumPy: all IoUs in one matrix, and every rule a few lines on it. The oracle of the blocks.

Every function answers what the rule of its name in `core.matching` does, field by field. Matrices are (A, G).
"""

import numpy as np

from anchorlab.core.matching.common import Reason

F32 = np.float32
ABSENT = F32(-1)


def pairwise(anchors: np.ndarray, gt_boxes: np.ndarray) -> np.ndarray:
    """IoU (A, G) in float32 steps; 0 where the union is 0."""
    a, b = anchors[:, None, :], gt_boxes[None, :, :]
    width = np.maximum(np.minimum(a[..., 2], b[..., 2]) - np.maximum(a[..., 0], b[..., 0]), F32(0))
    height = np.maximum(np.minimum(a[..., 3], b[..., 3]) - np.maximum(a[..., 1], b[..., 1]), F32(0))
    intersection = width * height
    own, theirs = ((box[..., 2] - box[..., 0]) * (box[..., 3] - box[..., 1]) for box in (a, b))
    union = own + theirs - intersection
    return np.where(union > 0, intersection / np.where(union > 0, union, F32(1)), F32(0))


def best_of(values: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
    """Largest entry along an axis and its first index; (-1, -1) if there is no real entry."""
    if values.shape[axis] == 0:
        empty = np.zeros(values.shape[1 - axis], np.int32)
        return empty.astype(F32) - 1, empty - 1
    best = values.max(axis)
    return best, np.where(best >= 0, values.argmax(axis), -1).astype(np.int32)


class Table:
    """What the rules read of a matrix."""

    def __init__(self, iou, anchor_mask=None, gt_mask=None):
        self.iou = np.asarray(iou, F32)
        self.count, self.objects = self.iou.shape
        self.anchor_mask = np.ones(self.count, bool) if anchor_mask is None else anchor_mask
        self.gt_mask = np.ones(self.objects, bool) if gt_mask is None else gt_mask
        self.real = np.where(self.gt_mask[None, :], self.iou, ABSENT)
        self.taking_part = np.where(self.anchor_mask[:, None], self.real, ABSENT)
        self.best_iou, self.gt_index = best_of(self.real, 1)
        self.best_anchor_iou, self.best_anchor = best_of(self.taking_part, 0)

    def matches(self, cases, default, gt_index=None) -> dict[str, np.ndarray]:
        """Labels and reasons: those of the first case that holds, after the two that all rules share."""
        cases = [(~self.anchor_mask, Reason.OUTSIDE, -1), (self.gt_index < 0, Reason.NO_OBJECTS, 0), *cases]
        conditions, reasons, labels = zip(*cases, strict=True)
        return {
            "label": np.select(conditions, labels, default[1]).astype(np.int8),
            "gt_index": (self.gt_index if gt_index is None else gt_index).astype(np.int32),
            "best_iou": np.maximum(self.best_iou, 0),
            "reason": np.select(conditions, [int(r) for r in reasons], int(default[0])).astype(np.int8),
            "best_anchor": self.best_anchor,
            "best_anchor_iou": np.maximum(self.best_anchor_iou, 0),
        }


def match_by_threshold(
    iou, *, high=0.5, low=0.4, low_quality=True, min_best_iou=0.0, low_negative=False, **masks
):
    t = Table(iou, **masks)
    high, low, min_best_iou = F32(high), F32(low), F32(min_best_iou)
    counts = t.best_anchor_iou > np.maximum(min_best_iou, ABSENT)
    best_of_some = ((t.taking_part == t.best_anchor_iou[None, :]) & counts[None, :]).any(axis=1)
    return t.matches(
        [
            (t.best_iou >= high, Reason.ABOVE_HIGH, 1),
            (best_of_some & low_quality, Reason.LOW_QUALITY, 1),
            ((t.best_iou < low) | (low_negative & (t.best_iou == low)), Reason.BELOW_LOW, 0),
        ],
        (Reason.BETWEEN, -1),
    )


def match_by_max_iou(iou, *, high=0.5, low=0.4, low_quality=True, min_pos_iou=0.0, assign_all=True, **masks):
    t = Table(iou, **masks)
    every = t.taking_part == t.best_anchor_iou[None, :]
    first = np.arange(t.count)[:, None] == t.best_anchor[None, :]
    takes = (t.best_anchor_iou >= np.maximum(F32(min_pos_iou), F32(0))) & low_quality
    claims = (every if assign_all else first) & takes[None, :]
    taker = np.where(claims, np.arange(t.objects)[None, :], -1).max(axis=1, initial=-1)
    return t.matches(
        [
            (taker >= 0, Reason.FORCED, 1),
            (t.best_iou >= F32(high), Reason.ABOVE_HIGH, 1),
            (t.best_iou < F32(low), Reason.BELOW_LOW, 0),
        ],
        (Reason.BETWEEN, -1),
        np.where(taker >= 0, taker, t.gt_index),
    )


def match_ssd(iou, *, high=0.5, **masks):
    return match_by_max_iou(iou, high=high, low=high, assign_all=False, **masks)


def greedy_rounds(iou, *, anchor_mask=None, gt_mask=None) -> list[tuple[int, int, float]]:
    """(anchor, object, IoU) of every round: the largest entry, whose row and column then leave."""
    left = Table(iou, anchor_mask, gt_mask).taking_part.copy()
    rounds = []
    while left.size and left.max() >= 0:
        anchor, gt = np.unravel_index(left.argmax(), left.shape)
        rounds.append((int(anchor), int(gt), float(left[anchor, gt])))
        left[anchor, :] = left[:, gt] = ABSENT
    return rounds


def match_greedily(iou, *, high=0.5, **masks):
    t = Table(iou, **masks)
    taken, gt_index = np.zeros(t.count, bool), t.gt_index.copy()
    for anchor, gt, _ in greedy_rounds(iou, **masks):
        taken[anchor], gt_index[anchor] = True, gt
    return t.matches(
        [(taken, Reason.GREEDY, 1), (t.best_iou >= F32(high), Reason.ABOVE_HIGH, 1)],
        (Reason.BELOW_THRESHOLD, 0),
        gt_index,
    )


def total(values: np.ndarray) -> np.float32:
    """The sum, neighbours first, with zeros up to the next power of two."""
    values = np.pad(values, (0, (1 << max(len(values) - 1, 0).bit_length()) - len(values)))
    while len(values) > 1:
        values = values[::2] + values[1::2]
    return values[0]


def match_atss(anchors, gt_boxes, level, *, num_levels, top_k=9, margin=0.01, anchor_mask=None, gt_mask=None):
    """Its matches, and per object: candidates bool (A, G), mean, std and threshold."""
    iou = pairwise(anchors, gt_boxes)
    t = Table(iou, anchor_mask, gt_mask)
    x, y = ((anchors[:, axis] + anchors[:, axis + 2])[:, None] / F32(2) for axis in (0, 1))
    x1, y1, x2, y2 = (gt_boxes[None, :, corner] for corner in range(4))
    across, down = x - (x1 + x2) / F32(2), y - (y1 + y2) / F32(2)
    distance = np.sqrt(across * across + down * down)
    takes_part = t.anchor_mask[:, None] & t.gt_mask[None, :]
    candidate = np.zeros(iou.shape, bool)
    mean, std = np.zeros(t.objects, F32), np.zeros(t.objects, F32)
    for gt in range(t.objects):
        for number in range(num_levels):
            mine = np.flatnonzero((level == number) & takes_part[:, gt])
            candidate[mine[np.argsort(distance[mine, gt], kind="stable")[:top_k]], gt] = True
        values = iou[candidate[:, gt], gt]
        mean[gt] = total(np.where(candidate[:, gt], iou[:, gt], F32(0))) / F32(max(len(values), 1))
        spread = np.where(candidate[:, gt], iou[:, gt] - mean[gt], F32(0))
        std[gt] = np.sqrt(total(spread * spread) / F32(max(len(values) - 1, 1)))
    threshold = mean + std
    room = np.minimum(np.minimum(x - x1, x2 - x), np.minimum(y - y1, y2 - y))
    enough = candidate & (iou >= threshold[None, :])
    value, taker = best_of(np.where(enough & (room > F32(margin)), iou, ABSENT), 1)
    matches = t.matches(
        [
            (value >= 0, Reason.CANDIDATE, 1),
            (enough.any(axis=1), Reason.CENTER_OUTSIDE, 0),
            (candidate.any(axis=1), Reason.BELOW_OWN_THRESHOLD, 0),
        ],
        (Reason.NOT_NEAREST, 0),
        np.where(value >= 0, taker, t.gt_index),
    )
    return matches, {"candidate": candidate, "mean": mean, "std": std, "threshold": threshold}
