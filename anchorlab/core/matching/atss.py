"""ATSS: every object finds its own IoU threshold from the anchors around its centre."""

from typing import NamedTuple

import jax
import jax.numpy as jnp

from anchorlab.core.anchors import Levels, places
from anchorlab.core.iou import pairwise
from anchorlab.core.matching.common import ABSENT, Matches, Reason, best_of, masks_or_all, verdict
from anchorlab.core.rounding import rounded, total


class Adaptive(NamedTuple):
    """How each object came to its threshold.

    Attributes:
      candidate: bool (A, G), the anchors of each level nearest to the object's centre.
      mean, std: (G,), of the candidates' IoUs.
      threshold: (G,), their sum.
    """

    candidate: jax.Array
    mean: jax.Array
    std: jax.Array
    threshold: jax.Array

    def real(self, anchors: int, objects: int) -> "Adaptive":
        """The same without padding."""
        return Adaptive(self.candidate[:anchors, :objects], *(column[:objects] for column in self[1:]))


def nearest_per_level(
    distance: jax.Array, level: jax.Array, *, num_levels: int, top_k: int, gt_mask: jax.Array | None = None
) -> jax.Array:
    """The `top_k` anchors of each level with the least distance (A, G): bool (A, G); ties: the first.

    A level with fewer anchors gives all. Infinite distances are never chosen. `num_levels` and
    `top_k` may be traced. One minimum after the other: for the few that are wanted that is faster on
    a processor than sorting, and objects that `gt_mask` (G,) leaves out at the end cost nothing.
    """
    num_anchors, num_gts = distance.shape
    gt_mask = jnp.ones(num_gts, bool) if gt_mask is None else gt_mask
    rows = jnp.arange(num_anchors, dtype=jnp.int32)

    def serve(gt, chosen):
        near = distance.T[gt]

        def take(step, mine):
            left = jnp.where((level == step // top_k) & ~mine, near, jnp.inf)
            least = left.min()
            row = jnp.where(left == least, rows, num_anchors - 1).min()
            return mine.at[row].set(mine[row] | (least < jnp.inf))

        mine = jax.lax.fori_loop(0, num_levels * top_k, take, jnp.zeros(num_anchors, bool))
        return chosen.at[gt].set(mine)

    none = jnp.zeros((num_gts, num_anchors), bool)
    if distance.size == 0:
        return none.T
    objects = jnp.max(jnp.where(gt_mask, jnp.arange(1, num_gts + 1), 0))
    return jax.lax.fori_loop(0, objects, serve, none).T


def match_atss(
    anchors: jax.Array,
    gt_boxes: jax.Array,
    level: jax.Array,
    *,
    num_levels: int,
    top_k: int = 9,
    margin: float = 0.01,
    anchor_mask: jax.Array | None = None,
    gt_mask: jax.Array | None = None,
) -> tuple[Matches, Adaptive]:
    """Labels anchors positive that are near an object and overlap it more than its others do.

    Of every level the `top_k` anchors nearest to an object's centre are its candidates. Its threshold
    is the mean plus the standard deviation (n - 1) of their IoUs: high where one level fits well, low
    where all fit alike. Candidates that reach it, and whose centre is in the object, are positive.

    Args:
      anchors: xyxy pixels (A, 4).
      gt_boxes: xyxy pixels (G, 4).
      level: int (A,), from 0 to num_levels - 1.
      num_levels: how many; may be traced.
      top_k: candidates per level and object; may be traced.
      margin: the centre must be inside by more (>) than this many pixels on every side.
      anchor_mask: bool (A,); other anchors are ignored and no candidates.
      gt_mask: bool (G,); other rows are padding.

    Returns:
      `Matches`, and how each object came to its threshold. There is no ignored band. A positive of
      several objects has the one it overlaps most (ties: the first). One candidate alone has no
      deviation: its threshold is its own IoU.

    Example:
      Four anchors of one level in a row; of the three nearest to the object one overlaps it clearly more.

      >>> anchors = jnp.array([[0., 0, 8, 8], [8, 0, 16, 8], [16, 0, 24, 8], [24, 0, 32, 8]])
      >>> matches, own = match_atss(anchors, jnp.array([[7., 0, 17, 8]]), jnp.zeros(4, int), num_levels=1, top_k=3)
      >>> matches.label.tolist(), own.candidate[:, 0].tolist()
      ([0, 1, 0, 0], [True, True, True, False])

    References:
      Zhang et al., Bridging the Gap (ATSS), 2020, Algorithm 1.
    """
    iou = pairwise(anchors, gt_boxes)
    anchor_mask, gt_mask = masks_or_all(iou, anchor_mask, gt_mask)
    real = jnp.where(gt_mask[None, :], iou, ABSENT)
    best_iou, gt_index = best_of(real, axis=1)
    best_anchor_iou, best_anchor = best_of(jnp.where(anchor_mask[:, None], real, ABSENT), axis=0)

    # One axis at a time: sums over an axis of length 2 would cost more than all the rest.
    x, y = ((anchors[:, axis] + anchors[:, axis + 2])[:, None] / 2 for axis in (0, 1))
    x1, y1, x2, y2 = (gt_boxes[None, :, corner] for corner in range(4))
    across, down = x - (x1 + x2) / 2, y - (y1 + y2) / 2
    distance = jnp.sqrt(rounded(across * across) + rounded(down * down))
    takes_part = anchor_mask[:, None] & gt_mask[None, :]
    candidate = nearest_per_level(
        jnp.where(takes_part, distance, jnp.inf),
        level,
        num_levels=num_levels,
        top_k=top_k,
        gt_mask=gt_mask,
    )
    count = candidate.sum(axis=0)
    mean = total(jnp.where(candidate, iou, 0)) / jnp.maximum(count, 1)
    spread = jnp.where(candidate, iou - mean[None, :], 0)
    std = jnp.sqrt(total(rounded(spread * spread)) / jnp.maximum(count - 1, 1))
    threshold = mean + std

    room = jnp.minimum(jnp.minimum(x - x1, x2 - x), jnp.minimum(y - y1, y2 - y))
    enough = candidate & (iou >= threshold[None, :])
    value, taker = best_of(jnp.where(enough & (room > margin), iou, ABSENT), axis=1)
    reason, label = verdict(
        [
            (~anchor_mask, Reason.OUTSIDE, -1),
            (gt_index < 0, Reason.NO_OBJECTS, 0),
            (value >= 0, Reason.CANDIDATE, 1),
            (enough.any(axis=1), Reason.CENTER_OUTSIDE, 0),
            (candidate.any(axis=1), Reason.BELOW_OWN_THRESHOLD, 0),
        ],
        default=(Reason.NOT_NEAREST, 0),
    )
    matches = Matches(
        label,
        jnp.where(value >= 0, taker, gt_index),
        jnp.maximum(best_iou, 0),
        reason,
        best_anchor,
        jnp.maximum(best_anchor_iou, 0),
    )
    return matches, Adaptive(candidate, mean, std, threshold)


def match_atss_on_levels(
    anchors: jax.Array,
    gt_boxes: jax.Array,
    levels: Levels,
    shape_level: jax.Array,
    *,
    top_k: int = 9,
    anchor_mask: jax.Array | None = None,
    gt_mask: jax.Array | None = None,
) -> tuple[Matches, Adaptive]:
    """`match_atss` of the anchors of `levels`, of which it asks only in which one an anchor lies.

    Args:
      anchors, gt_boxes, top_k, anchor_mask, gt_mask: of `match_atss`.
      levels: the pyramid.
      shape_level: int (K,), the level of each row of `levels.widths_heights`; -1 for padding.

    References:
      Zhang et al., Bridging the Gap (ATSS), 2020, Algorithm 1.
    """
    count = anchors.shape[0]
    return match_atss(
        anchors,
        gt_boxes,
        places(jnp.arange(count), levels).level,
        num_levels=shape_level.max() + 1,
        top_k=jnp.minimum(top_k, count),
        anchor_mask=anchor_mask,
        gt_mask=gt_mask,
    )
