"""Non-maximum suppression, with the story of every box."""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp

from anchorlab.core.iou import Columns, center_distance, columns, iou_of_columns
from anchorlab.core.suppression.common import Status, by_score
from anchorlab.core.suppression.tiles import suppressors


class Suppression(NamedTuple):
    """What became of every prediction; all fields (N,), so that the record has one shape.

    Attributes:
      order: int32, indices by falling score (ties: lowest index first); masked rows come last.
      status: int8, a `Status`; masked rows BELOW_SCORE.
      round: int32, the round (from 1) in which a box was kept or suppressed; 0 if it took no part.
        Round r keeps one box and suppresses those that overlap it too much.
      suppressed_by: int32, the kept box that suppressed this one; -1 if none did.
      iou: with that box, by the measure of overlap in use; NaN if there is none.
    """

    order: jax.Array
    status: jax.Array
    round: jax.Array
    suppressed_by: jax.Array
    iou: jax.Array

    @property
    def keep(self) -> jax.Array:
        """The boxes kept (K,), best first; not within compiled code, where K must be known."""
        return self.order[self.status[self.order] == Status.KEPT]


def distance_overlap(a: Columns, b: Columns, *, beta: float = 1.0) -> jax.Array:
    """IoU minus (squared centre distance / squared diagonal)^beta, the overlap of DIoU-NMS.

    Two boxes that overlap but lie around different centres are likelier two objects. A `beta` below 1
    weighs the distance more; 1 is the distance IoU.

    Example:
      >>> a, b = columns(jnp.array([0.0, 0.0, 2.0, 2.0])), columns(jnp.array([1.0, 0.0, 3.0, 2.0]))
      >>> distance_overlap(a, b).round(3)  # IoU 1/3, centres 1 apart, diagonal squared 13
      Array(0.256, dtype=float32)

    References:
      Zheng et al., Distance-IoU Loss, 2020, sec. 4.3; Zheng et al., Enhancing Geometric Factors, 2021.
    """
    return iou_of_columns(a, b) - center_distance(a, b) ** beta


def suppress(
    boxes: jax.Array,
    scores: jax.Array,
    class_ids: jax.Array | None = None,
    *,
    iou_threshold: float = 0.5,
    score_threshold: float = -jnp.inf,
    top_k: int | None = None,
    overlap: Callable[[Columns, Columns], jax.Array] = iou_of_columns,
    suppress_equal: bool = False,
    ties_last: bool = False,
    mask: jax.Array | None = None,
) -> Suppression:
    """Keeps the best box, drops those that overlap it by more than a threshold, and repeats.

    Classes are compared, not encoded in the coordinates. The common trick of shifting the boxes of
    class c by c (max coordinate + 1) and suppressing across all of them can fail: `shift_by_class`.

    Args:
      boxes: xyxy (N, 4).
      scores: (N,), finite.
      class_ids: int (N,); only boxes of one class suppress each other. None: any do.
      iou_threshold: suppressed if the overlap > this; at equality both stay.
      score_threshold: predictions with score < this take no part.
      top_k: only so many of the best scores take part, after the score threshold, over all classes;
        may be traced. None: all.
      overlap: what is compared with the threshold, of boxes as `core.iou.Columns`, and at most their
        IoU; `distance_overlap` makes this DIoU-NMS.
      suppress_equal: whether an overlap equal to the threshold suppresses too (>=, as in Fast R-CNN
        and DIoU-NMS); may be traced.
      ties_last: of equal scores the last box first, as in `by_score`; may be traced.
      mask: bool (N,); other rows are padding.

    Returns:
      `Suppression`; empty for empty input.

    Example:
      >>> boxes = jnp.array([[0.0, 0.0, 4.0, 4.0], [0.0, 0.0, 4.0, 3.0], [6.0, 0.0, 8.0, 2.0]])
      >>> record = suppress(boxes, jnp.array([0.9, 0.8, 0.7]))
      >>> record.keep.tolist(), record.suppressed_by.tolist(), record.iou.tolist()
      ([0, 2], [-1, 0, -1], [nan, 0.75, nan])

    References:
      Felzenszwalb et al., Object Detection with Discriminatively Trained Part-Based Models, 2010.
    """
    n = scores.shape[0]
    if n == 0:
        nothing = jnp.zeros(0, jnp.int32)
        return Suppression(nothing, jnp.zeros(0, jnp.int8), nothing, nothing, jnp.zeros(0, boxes.dtype))
    mask = jnp.ones(n, bool) if mask is None else mask
    order = by_score(jnp.where(mask, scores, -jnp.inf), ties_last=ties_last)
    # From here on everything is in score order: row 0 is the best prediction.
    place = jnp.arange(n, dtype=jnp.int32)
    ranked, scored = columns(boxes[order]), (mask & (scores >= score_threshold))[order]
    class_ids = jnp.zeros(n, jnp.int32) if class_ids is None else class_ids[order]
    takes_part = scored & (place < (n if top_k is None else top_k))

    def too_much(a: Columns, b: Columns) -> jax.Array:
        overlaps = overlap(a, b)
        return (overlaps > iou_threshold) | (suppress_equal & (overlaps == iou_threshold))

    # At a threshold of 0 that suppresses at equality, boxes suppress others that they do not touch.
    far_apart = jnp.where(suppress_equal, jnp.less_equal(iou_threshold, 0), jnp.less(iou_threshold, 0))
    suppressor = suppressors(ranked, class_ids, takes_part, too_much, only_touching=~far_apart)

    round_of = jnp.cumsum(takes_part & (suppressor == place), dtype=jnp.int32)  # of a kept box
    # And back to the order of the predictions.
    rank = jnp.zeros(n, jnp.int32).at[order].set(place, unique_indices=True)
    by, took_part = suppressor[rank], takes_part[rank]
    suppressed = took_part & (by != rank)
    status = jnp.select(
        [suppressed, took_part, scored[rank]],
        [jnp.int8(Status.SUPPRESSED), jnp.int8(Status.KEPT), jnp.int8(Status.OVER_TOP_K)],
        jnp.int8(Status.BELOW_SCORE),
    )
    theirs, own = (jax.tree.map(lambda v, at=at: v[at], ranked) for at in (by, rank))
    return Suppression(
        order=order,
        status=status,
        round=jnp.where(took_part, round_of[by], 0),
        suppressed_by=jnp.where(suppressed, order[by], -1),
        iou=jnp.where(suppressed, overlap(theirs, own), jnp.nan),
    )
