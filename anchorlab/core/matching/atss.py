"""ATSS: every object finds its own IoU threshold from the anchors around its centre."""

from typing import NamedTuple

import jax
import jax.numpy as jnp

from anchorlab.core.anchors import Levels, places
from anchorlab.core.iou import iou_of_columns
from anchorlab.core.matching.blocks import BLOCK, first_of, look_over, overlaps
from anchorlab.core.matching.common import ABSENT, Matches, Reason, decide, masks_or_all
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


def nearest_per_level(distance: jax.Array, level: jax.Array, *, num_levels: int, top_k: int) -> jax.Array:
    """The `top_k` anchors of each level with the least distance (A,): bool (A,); ties: the first.

    A level with fewer anchors gives all. Infinite distances are never chosen. `num_levels` and
    `top_k` may be traced. One minimum after the other, of the blocks' minima: of the block that has it, the next
    minimum is computed again.
    """
    count = distance.shape[0]
    if count == 0:
        return jnp.zeros(0, bool)

    def blocks(values: jax.Array, padding: float) -> jax.Array:
        return jnp.pad(values, (0, -count % BLOCK), constant_values=padding).reshape(-1, BLOCK)

    far, level = blocks(distance, jnp.inf), blocks(level, -1)

    def serve(number, chosen):
        def left(state):
            step, least, _ = state
            return (step < top_k) & jnp.any(least < jnp.inf)

        def take(state):
            step, least, chosen = state
            block = first_of(least, least.min())
            row = jnp.where((level[block] == number) & ~chosen[block], far[block], jnp.inf)
            column = first_of(row, row.min())
            next_least = jnp.where(jnp.arange(BLOCK) == column, jnp.inf, row).min()
            return step + 1, least.at[block].set(next_least), chosen.at[block, column].set(True)

        least = jnp.where(level == number, far, jnp.inf).min(axis=1)
        return jax.lax.while_loop(left, take, (0, least, chosen))[2]

    chosen = jax.lax.fori_loop(0, num_levels, serve, jnp.zeros(far.shape, bool))
    return chosen.reshape(-1)[:count]


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

    Both are sums over all anchors, 0 where one is no candidate, in the order of `core.rounding.total`: first the IoUs,
    and the sum is divided by n; then the squares of their differences from that mean, each rounded before it is added,
    and the root is taken of the sum divided by n - 1. So every program, and JavaScript, has the same threshold.

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
    iou = overlaps(anchors, gt_boxes)
    count, objects = iou.shape
    anchor_mask, gt_mask = masks_or_all(iou.shape, anchor_mask, gt_mask)
    _, best = look_over(iou, anchor_mask, gt_mask)
    own = iou.anchors
    x, y = (own.x1 + own.x2) / 2, (own.y1 + own.y2) / 2

    def serve(gt, state):
        """One object: its candidates, its threshold, and what becomes of them. `kind` (A,) is 1 of candidates, 2 of
        those that reach a threshold, 3 if their centre is inside, too."""
        adaptive, kind, value, taker = state
        box = jax.tree.map(lambda v: v[gt], iou.objects)
        across, down = x - (box.x1 + box.x2) / 2, y - (box.y1 + box.y2) / 2
        distance = jnp.sqrt(rounded(across * across) + rounded(down * down))
        candidate = nearest_per_level(
            jnp.where(anchor_mask & gt_mask[gt], distance, jnp.inf), level, num_levels=num_levels, top_k=top_k
        )
        overlap = iou_of_columns(jax.tree.map(lambda v: v[None], box), own)

        number = candidate.sum(dtype=jnp.int32)
        mean = total(jnp.where(candidate, overlap, 0)) / jnp.maximum(number, 1)
        spread = jnp.where(candidate, overlap - mean, 0)
        std = jnp.sqrt(total(rounded(spread * spread)) / jnp.maximum(number - 1, 1))
        threshold = mean + std

        room = jnp.minimum(jnp.minimum(x - box.x1, box.x2 - x), jnp.minimum(y - box.y1, box.y2 - y))
        enough = candidate & (overlap >= threshold)
        inside = enough & (room > margin)
        better = inside & (overlap > value)
        adaptive = [
            v.at[gt].set(new) for v, new in zip(adaptive, (candidate, mean, std, threshold), strict=True)
        ]
        return (
            Adaptive(*adaptive),
            jnp.maximum(kind, candidate.astype(jnp.int8) + enough + inside),
            jnp.where(better, overlap, value),
            jnp.where(better, gt, taker),
        )

    zeros = jnp.zeros(objects, x.dtype)
    adaptive = Adaptive(jnp.zeros((objects, count), bool), zeros, zeros, zeros)
    kind, nobody = jnp.zeros(count, jnp.int8), jnp.full(count, -1)
    real = jnp.max(jnp.where(gt_mask, jnp.arange(1, objects + 1), 0), initial=0)
    start = (adaptive, kind, jnp.full(count, ABSENT, x.dtype), nobody)
    adaptive, kind, _, taker = jax.lax.fori_loop(0, real, serve, start) if count * objects else start
    matches = decide(
        best,
        anchor_mask,
        [
            (kind == 3, Reason.CANDIDATE, 1),
            (kind == 2, Reason.CENTER_OUTSIDE, 0),
            (kind == 1, Reason.BELOW_OWN_THRESHOLD, 0),
        ],
        default=(Reason.NOT_NEAREST, 0),
        taker=taker,
    )
    return matches, adaptive._replace(candidate=adaptive.candidate.T)


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
