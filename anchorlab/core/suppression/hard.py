"""Non-maximum suppression, with the story of every box."""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp

from anchorlab.core.iou import center_distance, iou
from anchorlab.core.suppression.common import Status, by_score

_WAITING = -1


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


def distance_overlap(a: jax.Array, b: jax.Array, *, beta: float = 1.0) -> jax.Array:
    """IoU minus (squared centre distance / squared diagonal)^beta, the overlap of DIoU-NMS.

    Two boxes that overlap but lie around different centres are likelier two objects. A `beta` below 1
    weighs the distance more; 1 is the distance IoU.

    Example:
      >>> a, b = jnp.array([0.0, 0.0, 2.0, 2.0]), jnp.array([1.0, 0.0, 3.0, 2.0])
      >>> distance_overlap(a, b).round(3)  # IoU 1/3, centres 1 apart, diagonal squared 13
      Array(0.256, dtype=float32)

    References:
      Zheng et al., Distance-IoU Loss, 2020, sec. 4.3; Zheng et al., Enhancing Geometric Factors, 2021.
    """
    return iou(a, b) - center_distance(a, b) ** beta


def suppress(
    boxes: jax.Array,
    scores: jax.Array,
    class_ids: jax.Array | None = None,
    *,
    iou_threshold: float = 0.5,
    score_threshold: float = -jnp.inf,
    top_k: int | None = None,
    overlap: Callable[[jax.Array, jax.Array], jax.Array] = iou,
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
      overlap: what is compared with the threshold, of two boxes (..., 4); `distance_overlap` makes
        this DIoU-NMS.
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
    boxes, scored = boxes[order], (mask & (scores >= score_threshold))[order]
    class_ids = jnp.zeros(n, jnp.int32) if class_ids is None else class_ids[order]
    takes_part = scored & (place < (n if top_k is None else top_k))

    def first_waiting(suppressor):
        return jnp.min(jnp.where(suppressor == _WAITING, place, n), initial=n)

    def play(state):
        best, suppressor = state
        overlaps = overlap(boxes[best][None, :], boxes)  # (1, 4) with (N, 4): (N,)
        too_much = (overlaps > iou_threshold) | (suppress_equal & (overlaps == iou_threshold))
        rival = too_much & (class_ids == class_ids[best])
        falls = (suppressor == _WAITING) & (rival | (place == best))
        suppressor = jnp.where(falls, best, suppressor)
        return first_waiting(suppressor), suppressor

    # One array tells all: each row's suppressor. A kept box, and one that takes no part, is its own.
    suppressor = jnp.where(takes_part, _WAITING, place)
    state = (first_waiting(suppressor), suppressor)
    _, suppressor = jax.lax.while_loop(lambda state: state[0] < n, play, state)

    kept = takes_part & (suppressor == place)
    suppressed = takes_part & ~kept
    status = jnp.select(
        [kept, suppressed, scored],
        [jnp.int8(Status.KEPT), jnp.int8(Status.SUPPRESSED), jnp.int8(Status.OVER_TOP_K)],
        jnp.int8(Status.BELOW_SCORE),
    )
    rounds = jnp.where(takes_part, jnp.cumsum(kept, dtype=jnp.int32)[suppressor], 0)
    measured = jnp.where(suppressed, overlap(boxes[suppressor], boxes), jnp.nan)

    rank = jnp.zeros(n, jnp.int32).at[order].set(place)
    return Suppression(
        order=order,
        status=status[rank],
        round=rounds[rank],
        suppressed_by=jnp.where(suppressed, order[suppressor], -1)[rank],
        iou=measured[rank],
    )
