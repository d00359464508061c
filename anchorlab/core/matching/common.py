"""What every rule of matching answers, and what they share.

Masks say which rows (anchors that take part) and columns (objects) are real; leaving them out means all.
"""

from enum import IntEnum
from typing import NamedTuple

import jax
import jax.numpy as jnp


class Reason(IntEnum):
    """Why an anchor got its label."""

    NO_OBJECTS = 0
    """Negative: the image has no object."""
    OUTSIDE = 1
    """Ignored: the anchor may not take part (it leaves the image)."""
    ABOVE_HIGH = 2
    """Positive: best IoU >= high."""
    BELOW_LOW = 3
    """Negative: best IoU < low."""
    BETWEEN = 4
    """Ignored: low <= best IoU < high."""
    LOW_QUALITY = 5
    """Positive, a low-quality match: below high, yet no anchor overlaps some object more."""
    GREEDY = 6
    """Positive: taken in a round of the greedy one-to-one assignment."""
    BELOW_THRESHOLD = 7
    """Negative: not taken in any greedy round, and best IoU < high."""
    FORCED = 8
    """Positive: the best anchor of an object takes that object, whichever it overlaps most itself."""
    CANDIDATE = 9
    """Positive: a candidate whose IoU reaches its object's own threshold."""
    NOT_NEAREST = 10
    """Negative: not among the anchors of its level nearest to any object."""
    BELOW_OWN_THRESHOLD = 11
    """Negative: a candidate, but of an IoU below the object's mean + deviation."""
    CENTER_OUTSIDE = 12
    """Negative: a candidate of enough IoU whose centre is not inside the object."""
    RESPONSIBLE = 13
    """Positive: in its object's cell, and of all shapes the one most like it (YOLO)."""
    NOT_RESPONSIBLE = 14
    """Ignored: another anchor is responsible, yet this one overlaps an object enough (YOLO)."""
    SHAPE_FITS = 15
    """Positive: in or beside its object's cell, and sides differ by less than the factor (YOLOv5)."""
    SHAPE_DIFFERS = 16
    """Negative: in or beside an object's cell, but a side differs by the factor or more (YOLOv5)."""
    OTHER_CELL = 17
    """Negative: no object is centred in its cell, nor next to it (YOLO)."""
    CENTER_INSIDE = 18
    """Positive: its centre lies inside an object, and of several in the smallest (FCOS)."""
    CENTER_FAR = 19
    """Negative: its centre lies inside an object, but too far from the middle (FCOS)."""
    CENTER_IN_NONE = 20
    """Negative: its centre lies inside no object (FCOS)."""


class Matches(NamedTuple):
    """The verdict on every anchor.

    Attributes:
      label: int8 (A,): 1 positive, 0 negative, -1 ignored.
      gt_index: int32 (A,): of a positive its object, of any other the object it overlaps most
        (ties: the first); -1 without objects.
      best_iou: (A,): the largest IoU of the anchor with any object; 0 without objects.
      reason: int8 (A,): a `Reason`.
      best_anchor: int32 (G,): the anchor each object overlaps most (ties: the first), of those that
        take part; -1 if none does.
      best_anchor_iou: (G,): their IoU; 0 if there is none.
    """

    label: jax.Array
    gt_index: jax.Array
    best_iou: jax.Array
    reason: jax.Array
    best_anchor: jax.Array
    best_anchor_iou: jax.Array


# What a masked entry holds: less than any IoU.
ABSENT = -1.0


_LAST = 2**31 - 1


def best_of(values: jax.Array, axis: int) -> tuple[jax.Array, jax.Array]:
    """Largest entry along an axis and its first index; (ABSENT, -1) if there is no real entry."""
    best = values.max(axis, keepdims=True, initial=ABSENT)
    # A minimum over indices, not argmax: several times faster on a processor, and empty-proof.
    index = jax.lax.broadcasted_iota(jnp.int32, values.shape, axis)
    first = jnp.where(values == best, index, _LAST).min(axis, initial=_LAST)
    best = best.squeeze(axis)
    return best, jnp.where(best >= 0, first, -1)


def masks_or_all(iou, anchor_mask, gt_mask) -> tuple[jax.Array, jax.Array]:
    every_anchor, every_gt = jnp.ones(iou.shape[0], bool), jnp.ones(iou.shape[1], bool)
    return (
        every_anchor if anchor_mask is None else anchor_mask,
        every_gt if gt_mask is None else gt_mask,
    )


def verdict(cases: list[tuple[jax.Array, Reason, int]], default: tuple[Reason, int]):
    """Reason and label of every anchor: those of the first case that holds."""
    conditions = [condition for condition, _, _ in cases]
    reasons = [jnp.int8(reason) for _, reason, _ in cases]
    labels = [jnp.int8(label) for _, _, label in cases]
    return (
        jnp.select(conditions, reasons, jnp.int8(default[0])),
        jnp.select(conditions, labels, jnp.int8(default[1])),
    )
