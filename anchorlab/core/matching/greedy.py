"""Greedy matching: one anchor for every object, round by round."""

from typing import NamedTuple

import jax
import jax.numpy as jnp

from anchorlab.core.matching.common import ABSENT, Matches, Reason, best_of, masks_or_all, verdict


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

    def real(self, anchors: int, objects: int) -> "GreedyRounds":
        """The rounds that were played."""
        return GreedyRounds(*(column[: self.count] for column in self[:3]), self.count)


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

    Example:
      >>> rounds = greedy_rounds(jnp.array([[0.2, 0.9], [0.8, 0.7]]))
      >>> list(zip(rounds.anchor.tolist(), rounds.gt.tolist()))
      [(0, 1), (1, 0)]

    References:
      Zhang et al., Dive into Deep Learning, sec. 14.4.3; Liu et al., SSD, 2016, sec. 2.2.
    """
    anchor_mask, gt_mask = masks_or_all(iou, anchor_mask, gt_mask)
    num_anchors, num_gts = iou.shape
    length = min(num_anchors, num_gts)
    empty = jnp.full(length, -1, jnp.int32)
    rounds = GreedyRounds(empty, empty, jnp.zeros(length, iou.dtype), jnp.int32(0))
    if length == 0:
        return rounds

    masked = jnp.where(anchor_mask[:, None] & gt_mask[None, :], iou, ABSENT)
    shortlist_iou, shortlist = jax.lax.top_k(masked.T, length)  # (G, length), best first
    gts = jnp.arange(num_gts)

    def at_cursor(cursor, served):
        """Each object's best free anchor and their IoU; ABSENT if it is served or has none."""
        place = jnp.minimum(cursor, length - 1)
        gone = served | (cursor >= length)
        return shortlist[gts, place], jnp.where(gone, ABSENT, shortlist_iou[gts, place])

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

    Example:
      The second object's best anchor is taken in the first round; it gets the next one.

      >>> matches, rounds = match_greedily(jnp.array([[0.9, 0.8], [0.1, 0.3]]))
      >>> rounds.anchor.tolist(), rounds.gt.tolist(), matches.label.tolist()
      ([0, 1], [0, 1], [1, 1])

    References:
      Zhang et al., Dive into Deep Learning, sec. 14.4.3; Liu et al., SSD, 2016, sec. 2.2.
    """
    anchor_mask, gt_mask = masks_or_all(iou, anchor_mask, gt_mask)
    real = jnp.where(gt_mask[None, :], iou, ABSENT)
    best_iou, gt_index = best_of(real, axis=1)
    best_anchor_iou, best_anchor = best_of(jnp.where(anchor_mask[:, None], real, ABSENT), axis=0)

    rounds = greedy_rounds(iou, anchor_mask=anchor_mask, gt_mask=gt_mask)
    # Rounds that were not played point past the end, where an update is dropped.
    rows = jnp.where(rounds.anchor >= 0, rounds.anchor, iou.shape[0])
    taken = jnp.zeros(iou.shape[0], bool).at[rows].set(True, mode="drop")
    gt_index = gt_index.at[rows].set(rounds.gt, mode="drop")
    reason, label = verdict(
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
