"""Matching: which anchor learns which object, and why.

Both rules read one IoU matrix, anchors x objects, and answer in one record, whose `reason` is the
trace: per anchor the one clause that decided. Masks say which rows (anchors that take part) and
columns (objects) are real; leaving them out means all.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp

from anchorlab.specs import Reason


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


class GreedyRounds(NamedTuple):
    """The pairs of the greedy assignment, round by round.

    Attributes:
      anchor, gt: int32 (R,), R = min(A, G); -1 from round `count` on.
      iou: (R,), falling; 0 from round `count` on.
      count: int32 (), the rounds there were.
    """

    anchor: jax.Array
    gt: jax.Array
    iou: jax.Array
    count: jax.Array


# What a masked entry holds: less than any IoU.
_ABSENT = -1.0
_LAST = 2**31 - 1


def _best(values: jax.Array, axis: int) -> tuple[jax.Array, jax.Array]:
    """Largest entry along an axis and its first index; (_ABSENT, -1) if there is no real entry."""
    best = values.max(axis, keepdims=True, initial=_ABSENT)
    # A minimum over indices, not argmax: several times faster on a processor, and empty-proof.
    index = jax.lax.broadcasted_iota(jnp.int32, values.shape, axis)
    first = jnp.where(values == best, index, _LAST).min(axis, initial=_LAST)
    best = best.squeeze(axis)
    return best, jnp.where(best >= 0, first, -1)


def _masks(iou, anchor_mask, gt_mask) -> tuple[jax.Array, jax.Array]:
    every_anchor, every_gt = jnp.ones(iou.shape[0], bool), jnp.ones(iou.shape[1], bool)
    return (
        every_anchor if anchor_mask is None else anchor_mask,
        every_gt if gt_mask is None else gt_mask,
    )


def _verdict(cases: list[tuple[jax.Array, Reason, int]], default: tuple[Reason, int]):
    """Reason and label of every anchor: those of the first case that holds."""
    conditions = [condition for condition, _, _ in cases]
    reasons = [jnp.int8(reason) for _, reason, _ in cases]
    labels = [jnp.int8(label) for _, _, label in cases]
    return (
        jnp.select(conditions, reasons, jnp.int8(default[0])),
        jnp.select(conditions, labels, jnp.int8(default[1])),
    )


def match_by_threshold(
    iou: jax.Array,
    *,
    high: float = 0.5,
    low: float = 0.4,
    low_quality: bool = True,
    min_best_iou: float = 0.0,
    low_negative: bool = False,
    anchor_mask: jax.Array | None = None,
    gt_mask: jax.Array | None = None,
) -> Matches:
    """Labels every anchor by its best IoU: positive from `high` on, negative below `low`.

    Low-quality matches: an object may overlap every anchor by less than `high` and would teach
    nothing. So every anchor whose IoU with some object *equals* that object's best is positive too;
    all of them on a tie. Such an anchor keeps its own best object, which need not be the one whose
    best it is (as in torchvision and detectron2).

    Args:
      iou: (A, G), in [0, 1].
      high: positive if best IoU >= high.
      low: negative if best IoU < low; ignored from `low` to `high`.
      low_quality: whether there are low-quality matches; may be traced.
      min_best_iou: an object has low-quality matches only if its best IoU is more (>) than this. At 0 an
        object that overlaps no anchor has none; torchvision and detectron2 have no such bound (-1) and
        there make every anchor of IoU 0 positive.
      low_negative: whether an IoU equal to `low` is negative (fizyr/keras-retinanet), not ignored;
        may be traced.
      anchor_mask: bool (A,); other anchors are ignored and are no object's best.
      gt_mask: bool (G,); other columns are padding.

    Returns:
      `Matches`. Without objects every anchor that takes part is negative.

    References:
      Ren et al., Faster R-CNN, 2015, sec. 3.1.2; Lin et al., Focal Loss, 2017, sec. 4.
    """
    anchor_mask, gt_mask = _masks(iou, anchor_mask, gt_mask)
    real = jnp.where(gt_mask[None, :], iou, _ABSENT)
    taking_part = jnp.where(anchor_mask[:, None], real, _ABSENT)
    best_iou, gt_index = _best(real, axis=1)
    best_anchor_iou, best_anchor = _best(taking_part, axis=0)

    counts = best_anchor_iou > jnp.maximum(min_best_iou, _ABSENT)
    best_of_some = jnp.any((taking_part == best_anchor_iou[None, :]) & counts[None, :], axis=1)
    reason, label = _verdict(
        [
            (~anchor_mask, Reason.OUTSIDE, -1),
            (gt_index < 0, Reason.NO_OBJECTS, 0),
            (best_iou >= high, Reason.ABOVE_HIGH, 1),
            (best_of_some & low_quality, Reason.LOW_QUALITY, 1),
            ((best_iou < low) | (low_negative & (best_iou == low)), Reason.BELOW_LOW, 0),
        ],
        default=(Reason.BETWEEN, -1),
    )
    return Matches(
        label, gt_index, jnp.maximum(best_iou, 0), reason, best_anchor, jnp.maximum(best_anchor_iou, 0)
    )


def greedy_rounds(
    iou: jax.Array, *, anchor_mask: jax.Array | None = None, gt_mask: jax.Array | None = None
) -> GreedyRounds:
    """Gives every object an anchor of its own: round by round, the largest IoU that is left.

    Each round takes the largest entry of the matrix (ties: the first in row-major order) and strikes
    out its row and column. Done literally that reads the matrix G times, O(A G^2). But before an
    object is served at most G - 1 anchors have gone to others, so one of its own G best is still
    free: one pass shortlists those (ties in order of the anchors), and the rounds never see the
    matrix again. Each object keeps a cursor at its best free anchor and moves it only when another
    object takes that anchor. In all O(A G) for the pass plus rounds whose cost does not depend on A.

    Args:
      iou: (A, G), in [0, 1].
      anchor_mask: bool (A,); other anchors are never taken.
      gt_mask: bool (G,); other columns are padding.

    Returns:
      `GreedyRounds`. A pair may have IoU 0: an object that overlaps nothing still gets an anchor.
      Objects go without only when the anchors run out.

    References:
      Zhang et al., Dive into Deep Learning, sec. 14.4.3; Liu et al., SSD, 2016, sec. 2.2.
    """
    anchor_mask, gt_mask = _masks(iou, anchor_mask, gt_mask)
    num_anchors, num_gts = iou.shape
    length = min(num_anchors, num_gts)
    empty = jnp.full(length, -1, jnp.int32)
    rounds = GreedyRounds(empty, empty, jnp.zeros(length, iou.dtype), jnp.int32(0))
    if length == 0:
        return rounds

    masked = jnp.where(anchor_mask[:, None] & gt_mask[None, :], iou, _ABSENT)
    shortlist_iou, shortlist = jax.lax.top_k(masked.T, length)  # (G, length), best first
    gts = jnp.arange(num_gts)

    def at_cursor(cursor, served):
        """Each object's best free anchor and their IoU; _ABSENT if it is served or has none."""
        place = jnp.minimum(cursor, length - 1)
        gone = served | (cursor >= length)
        return shortlist[gts, place], jnp.where(gone, _ABSENT, shortlist_iou[gts, place])

    def any_left(state):
        _, cursor, _, served = state
        return jnp.any(at_cursor(cursor, served)[1] >= 0)

    def play(state):
        rounds, cursor, taken, served = state
        anchors, values = at_cursor(cursor, served)
        best = values.max()
        anchor = jnp.where(values == best, anchors, num_anchors).min()
        gt = jnp.argmax((values == best) & (anchors == anchor)).astype(jnp.int32)
        r = rounds.count
        rounds = GreedyRounds(
            rounds.anchor.at[r].set(anchor), rounds.gt.at[r].set(gt), rounds.iou.at[r].set(best), r + 1
        )
        taken, served = taken.at[anchor].set(True), served.at[gt].set(True)

        def behind(cursor):
            anchors, values = at_cursor(cursor, served)
            return (values >= 0) & taken[anchors]

        cursor = jax.lax.while_loop(
            lambda cursor: jnp.any(behind(cursor)), lambda cursor: cursor + behind(cursor), cursor
        )
        return rounds, cursor, taken, served

    nothing_taken = jnp.zeros(num_anchors, bool)
    start = (rounds, jnp.zeros(num_gts, jnp.int32), nothing_taken, ~gt_mask)
    return jax.lax.while_loop(any_left, play, start)[0]


def match_greedily(
    iou: jax.Array,
    *,
    high: float = 0.5,
    anchor_mask: jax.Array | None = None,
    gt_mask: jax.Array | None = None,
) -> tuple[Matches, GreedyRounds]:
    """One anchor for every object first (`greedy_rounds`), then a threshold for all the others.

    Args:
      iou: (A, G), in [0, 1].
      high: an anchor that was not taken is positive if its best IoU >= high, and negative below:
        there is no ignored band.
      anchor_mask: bool (A,); other anchors are ignored and never taken.
      gt_mask: bool (G,); other columns are padding.

    Returns:
      `Matches`, and the rounds that led there.

    References:
      Zhang et al., Dive into Deep Learning, sec. 14.4.3; Liu et al., SSD, 2016, sec. 2.2.
    """
    anchor_mask, gt_mask = _masks(iou, anchor_mask, gt_mask)
    real = jnp.where(gt_mask[None, :], iou, _ABSENT)
    best_iou, gt_index = _best(real, axis=1)
    best_anchor_iou, best_anchor = _best(jnp.where(anchor_mask[:, None], real, _ABSENT), axis=0)

    rounds = greedy_rounds(iou, anchor_mask=anchor_mask, gt_mask=gt_mask)
    # Rounds that were not played point past the end, where an update is dropped.
    rows = jnp.where(rounds.anchor >= 0, rounds.anchor, iou.shape[0])
    taken = jnp.zeros(iou.shape[0], bool).at[rows].set(True, mode="drop")
    gt_index = gt_index.at[rows].set(rounds.gt, mode="drop")
    reason, label = _verdict(
        [
            (~anchor_mask, Reason.OUTSIDE, -1),
            (gt_index < 0, Reason.NO_OBJECTS, 0),
            (taken, Reason.GREEDY, 1),
            (best_iou >= high, Reason.ABOVE_HIGH, 1),
        ],
        default=(Reason.BELOW_THRESHOLD, 0),
    )
    matches = Matches(
        label, gt_index, jnp.maximum(best_iou, 0), reason, best_anchor, jnp.maximum(best_anchor_iou, 0)
    )
    return matches, rounds
