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


class Best(NamedTuple):
    """What the rules know of all IoUs, from one pass over them.

    Attributes:
      iou: (A,), an anchor's largest; ABSENT without objects.
      gt: int32 (A,), the first object that has it; -1 without objects.
      of_block: (G, B), an object's largest with the anchors of each block that take part; ABSENT if none does.
      anchor_iou: (G,), an object's largest; ABSENT if no anchor takes part.
      anchor: int32 (G,), the first anchor that has it; -1 if none takes part.
    """

    iou: jax.Array
    gt: jax.Array
    of_block: jax.Array
    anchor_iou: jax.Array
    anchor: jax.Array


def masks_or_all(shape: tuple[int, int], anchor_mask, gt_mask) -> tuple[jax.Array, jax.Array]:
    """The masks of A anchors and G objects; None: all are real."""
    anchors, objects = shape
    return (
        jnp.ones(anchors, bool) if anchor_mask is None else anchor_mask,
        jnp.ones(objects, bool) if gt_mask is None else gt_mask,
    )


Case = tuple[jax.Array, Reason, int]
"""Where a clause of a rule holds (A,), and the reason and label it gives."""


def decide(
    best: Best,
    anchor_mask: jax.Array,
    cases: list[Case],
    default: tuple[Reason, int],
    taker: jax.Array | None = None,
) -> Matches:
    """The verdict on every anchor: that of the first case that holds, after the two that all rules share.

    `taker`: int (A,), the object that an anchor has been given; -1: the one it overlaps most.
    """
    cases = [(~anchor_mask, Reason.OUTSIDE, -1), (best.gt < 0, Reason.NO_OBJECTS, 0), *cases]
    conditions, reasons, labels = zip(*cases, strict=True)
    return Matches(
        label=jnp.select(conditions, [jnp.int8(label) for label in labels], jnp.int8(default[1])),
        gt_index=best.gt if taker is None else jnp.where(taker >= 0, taker, best.gt).astype(jnp.int32),
        best_iou=jnp.maximum(best.iou, 0),
        reason=jnp.select(conditions, [jnp.int8(reason) for reason in reasons], jnp.int8(default[0])),
        best_anchor=best.anchor,
        best_anchor_iou=jnp.maximum(best.anchor_iou, 0),
    )
