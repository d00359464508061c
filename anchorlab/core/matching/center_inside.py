"""Centre inside: an anchor learns the smallest object in which its centre lies."""

import jax
import jax.numpy as jnp

from anchorlab.core.anchors import Levels, places
from anchorlab.core.boxes import area
from anchorlab.core.iou import pairwise
from anchorlab.core.matching.common import ABSENT, Matches, Reason, best_of, masks_or_all, verdict


def match_center_inside(
    anchors: jax.Array,
    gt_boxes: jax.Array,
    levels: Levels,
    shape_level: jax.Array,
    *,
    radius: float = 0.0,
    anchor_mask: jax.Array | None = None,
    gt_mask: jax.Array | None = None,
) -> Matches:
    """Labels every anchor by where its centre lies; no overlap is asked.

    An anchor is positive if its centre lies inside an object's box, and not just on its border. Of
    several such objects it learns the one with the smallest area. All other anchors are negative.

    Args:
      anchors: xyxy pixels (A, 4), all of `levels`.
      gt_boxes: xyxy pixels (G, 4).
      levels: the pyramid.
      shape_level: int (K,), the level of each row of `levels.widths_heights`; not read.
      radius: strides of the anchor's level; its centre must be nearer (<) than that to the object's, along
        both axes. 0: anywhere in the box. May be traced.
      anchor_mask: bool (A,); other anchors are ignored.
      gt_mask: bool (G,); other rows are padding.

    Returns:
      `Matches`. There is no ignored band. Of objects of one area the first is learned.

    Example:
      Three cells in a row. The first centre lies in both objects and learns the smaller one.

      >>> from anchorlab.core.anchors import anchors_at
      >>> one = [jnp.array([n]) for n in (0, 1, 3, 1, 0)]  # one level of 1 x 3 cells, one shape each
      >>> levels = Levels(*one, jnp.array([[16., 16]]), jnp.array([[16., 16]]))
      >>> objects = jnp.array([[0., 0, 30, 16], [4, 4, 12, 12]])
      >>> matches = match_center_inside(anchors_at(jnp.arange(3), levels), objects, levels, jnp.array([0]))
      >>> matches.label.tolist(), matches.gt_index[:2].tolist(), Reason(matches.reason[2]).name
      ([1, 1, 0], [1, 0], 'CENTER_IN_NONE')

    References:
      Tian et al., FCOS, 2019, sec. 3.1; the radius is of its authors' code.
    """
    iou = pairwise(anchors, gt_boxes)
    anchor_mask, gt_mask = masks_or_all(iou, anchor_mask, gt_mask)
    real = jnp.where(gt_mask[None, :], iou, ABSENT)
    best_iou, gt_index = best_of(real, axis=1)
    best_anchor_iou, best_anchor = best_of(jnp.where(anchor_mask[:, None], real, ABSENT), axis=0)

    # One axis at a time, as in ATSS.
    x, y = ((anchors[:, axis] + anchors[:, axis + 2])[:, None] / 2 for axis in (0, 1))
    x1, y1, x2, y2 = (gt_boxes[None, :, corner] for corner in range(4))
    room = jnp.minimum(jnp.minimum(x - x1, x2 - x), jnp.minimum(y - y1, y2 - y))
    inside = (room > 0) & gt_mask[None, :]
    reach = radius * levels.stride[places(jnp.arange(anchors.shape[0]), levels).level]  # (A, 2), y and x
    across, down = jnp.abs(x - (x1 + x2) / 2), jnp.abs(y - (y1 + y2) / 2)
    near = (radius == 0) | ((across < reach[:, 1:]) & (down < reach[:, :1]))
    may = inside & near

    areas = area(gt_boxes)[None, :]
    least = jnp.where(may, areas, jnp.inf).min(axis=1, keepdims=True, initial=jnp.inf)
    found, taker = best_of(jnp.where(may & (areas == least), 1.0, ABSENT), axis=1)
    reason, label = verdict(
        [
            (~anchor_mask, Reason.OUTSIDE, -1),
            (gt_index < 0, Reason.NO_OBJECTS, 0),
            (found > 0, Reason.CENTER_INSIDE, 1),
            (inside.any(axis=1), Reason.CENTER_FAR, 0),
        ],
        default=(Reason.CENTER_IN_NONE, 0),
    )
    return Matches(
        label,
        jnp.where(found > 0, taker, gt_index),
        jnp.maximum(best_iou, 0),
        reason,
        best_anchor,
        jnp.maximum(best_anchor_iou, 0),
    )
