"""Greedy matching: one anchor for every object, round by round."""

from typing import NamedTuple

import jax
import jax.numpy as jnp

from anchorlab.core.matching.blocks import BLOCK, Blocks, Overlaps, first_of, look_over
from anchorlab.core.matching.common import ABSENT, Best, Matches, Reason, decide, masks_or_all

_NONE = 2**31 - 1


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
    iou: jax.Array | Overlaps, *, anchor_mask: jax.Array | None = None, gt_mask: jax.Array | None = None
) -> GreedyRounds:
    """Gives every object an anchor of its own: round by round, the largest IoU that is left.

    Each round takes the largest entry of the matrix (ties: the first in row-major order) and strikes
    out its row and column. Done literally that reads the matrix G times, O(A G^2). Here it is read once: every
    object then knows its best anchor, and its largest IoU in each block of anchors. A round looks at the objects
    alone. Only who loses its best anchor to another searches on, in the block whose largest IoU is next, and there
    computes its row again. In all O(A G) for the pass, and a few blocks a round.

    Args:
      iou: (A, G), in [0, 1]; a matrix, or `Overlaps` of boxes, which never are one.
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
    anchor_mask, gt_mask = masks_or_all(iou.shape, anchor_mask, gt_mask)
    return _play(*look_over(iou, anchor_mask, gt_mask))


def _play(blocks: Blocks, best: Best) -> GreedyRounds:
    length = min(best.iou.shape[0], best.anchor.shape[0])
    empty = jnp.full(length, -1, jnp.int32)
    rounds = GreedyRounds(empty, empty, jnp.zeros(length, best.iou.dtype), jnp.int32(0))
    if length == 0:
        return rounds

    def play(state):
        """One round; `value` (G,) is each object's IoU with `anchor`, its best free one, ABSENT once it is served."""
        rounds, anchor, value, of_block, taken = state
        most = value.max()
        row = jnp.where(value == most, anchor, _NONE).min()
        gt = jnp.argmax((value == most) & (anchor == row)).astype(jnp.int32)
        r = rounds.count
        rounds = GreedyRounds(
            rounds.anchor.at[r].set(row), rounds.gt.at[r].set(gt), rounds.iou.at[r].set(most), r + 1
        )
        taken = taken.at[row // BLOCK, row % BLOCK].set(True)
        value = value.at[gt].set(ABSENT)

        def search(state):
            """One step for the first object that lost its anchor: its most promising block, without what is taken."""
            lost, anchor, value, of_block = state
            gt = jnp.argmax(lost).astype(jnp.int32)
            hoped = of_block[gt].max()
            block = first_of(of_block[gt], hoped)
            free = jnp.where(taken[block], ABSENT, blocks.row(gt, block))
            found = free.max()
            return (
                lost.at[gt].set(found < hoped),  # then another block may have more
                anchor.at[gt].set(block * BLOCK + first_of(free, found)),
                value.at[gt].set(found),
                of_block.at[gt, block].set(found),
            )

        lost = (value >= 0) & (anchor == row)
        state = jax.lax.while_loop(lambda state: jnp.any(state[0]), search, (lost, anchor, value, of_block))
        return rounds, *state[1:], taken

    start = (rounds, best.anchor, best.anchor_iou, best.of_block, jnp.zeros(blocks.takes_part.shape, bool))
    return jax.lax.while_loop(lambda state: jnp.any(state[2] >= 0), play, start)[0]


def match_greedily(
    iou: jax.Array | Overlaps,
    *,
    high: float = 0.5,
    anchor_mask: jax.Array | None = None,
    gt_mask: jax.Array | None = None,
) -> tuple[Matches, GreedyRounds]:
    """One anchor for every object first (`greedy_rounds`), then a threshold for all the others.

    Args:
      iou: (A, G), in [0, 1]; a matrix, or `Overlaps` of boxes, which never are one.
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
    anchor_mask, gt_mask = masks_or_all(iou.shape, anchor_mask, gt_mask)
    blocks, best = look_over(iou, anchor_mask, gt_mask)
    rounds = _play(blocks, best)
    # Rounds that were not played point past the end, where an update is dropped.
    rows = jnp.where(rounds.anchor >= 0, rounds.anchor, iou.shape[0])
    taker = jnp.full(iou.shape[0], -1).at[rows].set(rounds.gt, mode="drop")
    matches = decide(
        best,
        anchor_mask,
        [(taker >= 0, Reason.GREEDY, 1), (best.iou >= high, Reason.ABOVE_HIGH, 1)],
        default=(Reason.BELOW_THRESHOLD, 0),
        taker=taker,
    )
    return matches, rounds
