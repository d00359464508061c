"""Greedy suppression that ignores the scores: the largest box stays and drops those that overlap it too much."""

import jax
import jax.numpy as jnp

from anchorlab.core.boxes import area
from anchorlab.core.suppression.common import Status, by_score
from anchorlab.core.suppression.hard import Suppression
from anchorlab.core.suppression.hard import suppress as suppress_by_score

_LEFT_OUT = -1.0  # less than any area


def suppress_by_area(
    boxes: jax.Array,
    scores: jax.Array,
    class_ids: jax.Array | None = None,
    *,
    iou_threshold: float = 0.5,
    score_threshold: float = -jnp.inf,
    top_k: int | None = None,
    suppress_equal: bool = False,
    ties_last: bool = False,
    mask: jax.Array | None = None,
) -> Suppression:
    """Keeps the largest box, drops those that overlap it by more than a threshold, and repeats.

    Scores say who takes part, and nothing else.

    Args:
      boxes, scores, class_ids, iou_threshold, score_threshold, top_k, suppress_equal, mask: of `hard.suppress`.
      ties_last: of equal areas, and of equal scores, the last box first; may be traced.

    Returns:
      `Suppression`; its `order` is that of the scores.

    Example:
      >>> boxes = jnp.array([[0.0, 0.0, 4.0, 3.0], [0.0, 0.0, 4.0, 4.0], [6.0, 0.0, 8.0, 2.0]])
      >>> record = suppress_by_area(boxes, jnp.array([0.9, 0.8, 0.7]))
      >>> record.keep.tolist(), record.suppressed_by.tolist(), record.iou.tolist()
      ([1, 2], [1, -1, -1], [0.75, nan, nan])

    References:
      `hard.suppress`, with areas for scores; the control experiment of what a score is good for.
    """
    n = scores.shape[0]
    mask = jnp.ones(n, bool) if mask is None else mask
    order = by_score(jnp.where(mask, scores, -jnp.inf), ties_last=ties_last)
    place = jnp.zeros(n, jnp.int32).at[order].set(jnp.arange(n, dtype=jnp.int32))
    scored = mask & (scores >= score_threshold)
    takes_part = scored & (place < (n if top_k is None else top_k))
    record = suppress_by_score(
        boxes,
        jnp.where(takes_part, area(boxes), _LEFT_OUT),
        class_ids,
        iou_threshold=iou_threshold,
        score_threshold=0.0,
        suppress_equal=suppress_equal,
        ties_last=ties_last,
        mask=mask,
    )
    status = jnp.where(scored & ~takes_part, jnp.int8(Status.OVER_TOP_K), record.status)
    return record._replace(order=order, status=status)
