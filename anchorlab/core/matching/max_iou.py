"""Matching in which objects take their best anchors, from each other if need be: mmdetection."""

import jax
import jax.numpy as jnp

from anchorlab.core.matching.common import ABSENT, Matches, Reason, best_of, masks_or_all, verdict


def match_by_max_iou(
    iou: jax.Array,
    *,
    high: float = 0.5,
    low: float = 0.4,
    low_quality: bool = True,
    min_pos_iou: float = 0.0,
    assign_all: bool = True,
    anchor_mask: jax.Array | None = None,
    gt_mask: jax.Array | None = None,
) -> Matches:
    """Labels every anchor by its best IoU; then every object takes its best anchors for itself.

    Unlike `match_by_threshold`, where a low-quality match keeps its own best object, here it learns the
    object that takes it, even if it is above `high` for another. Where several objects take one
    anchor, the last of them gets it: the order of the objects matters.

    Args:
      iou: (A, G), in [0, 1].
      high: positive if best IoU >= high.
      low: negative if best IoU < low; ignored from `low` to `high`.
      low_quality: whether objects take anchors at all; may be traced.
      min_pos_iou: an object takes its best anchors if their IoU >= this. At 0 an object that overlaps
        nothing takes every anchor that it overlaps by 0.
      assign_all: True: all anchors that share its best IoU; False: the first of them. May be traced.
      anchor_mask: bool (A,); other anchors are ignored and never taken.
      gt_mask: bool (G,); other columns are padding.

    Returns:
      `Matches`; anchors taken have the reason FORCED.

    Example:
      One anchor is the best of both objects; the last of them takes it.

      >>> matches = match_by_max_iou(jnp.array([[0.7, 0.6], [0.2, 0.1]]))
      >>> matches.label.tolist(), matches.gt_index.tolist()
      ([1, 0], [1, 0])

    References:
      Chen et al., MMDetection, 2019, `MaxIoUAssigner`.
    """
    anchor_mask, gt_mask = masks_or_all(iou, anchor_mask, gt_mask)
    real = jnp.where(gt_mask[None, :], iou, ABSENT)
    taking_part = jnp.where(anchor_mask[:, None], real, ABSENT)
    best_iou, gt_index = best_of(real, axis=1)
    best_anchor_iou, best_anchor = best_of(taking_part, axis=0)

    every = taking_part == best_anchor_iou[None, :]
    first = jnp.arange(iou.shape[0])[:, None] == best_anchor[None, :]
    takes = (best_anchor_iou >= jnp.maximum(min_pos_iou, 0)) & low_quality
    claims = jnp.where(assign_all, every, first) & takes[None, :]
    # The last object that claims an anchor; -1 if none does.
    taker = jnp.max(jnp.where(claims, jnp.arange(iou.shape[1])[None, :], -1), axis=1, initial=-1)
    reason, label = verdict(
        [
            (~anchor_mask, Reason.OUTSIDE, -1),
            (gt_index < 0, Reason.NO_OBJECTS, 0),
            (taker >= 0, Reason.FORCED, 1),
            (best_iou >= high, Reason.ABOVE_HIGH, 1),
            (best_iou < low, Reason.BELOW_LOW, 0),
        ],
        default=(Reason.BETWEEN, -1),
    )
    return Matches(
        label,
        jnp.where(taker >= 0, taker, gt_index).astype(jnp.int32),
        jnp.maximum(best_iou, 0),
        reason,
        best_anchor,
        jnp.maximum(best_anchor_iou, 0),
    )
