"""Matching in which objects take their best anchors, from each other if need be: mmdetection."""

import jax
import jax.numpy as jnp

from anchorlab.core.matching.blocks import Overlaps, look_over, takers
from anchorlab.core.matching.common import Matches, Reason, decide, masks_or_all


def match_by_max_iou(
    iou: jax.Array | Overlaps,
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
      iou: (A, G), in [0, 1]; a matrix, or `Overlaps` of boxes, which never are one.
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
    anchor_mask, gt_mask = masks_or_all(iou.shape, anchor_mask, gt_mask)
    blocks, best = look_over(iou, anchor_mask, gt_mask)
    takes = (best.anchor_iou >= jnp.maximum(min_pos_iou, 0)) & low_quality
    taker = takers(blocks, best, takes, every=assign_all)
    return decide(
        best,
        anchor_mask,
        [
            (taker >= 0, Reason.FORCED, 1),
            (best.iou >= high, Reason.ABOVE_HIGH, 1),
            (best.iou < low, Reason.BELOW_LOW, 0),
        ],
        default=(Reason.BETWEEN, -1),
        taker=taker,
    )
