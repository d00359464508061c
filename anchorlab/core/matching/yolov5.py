"""YOLOv5's matching: every shape that is like enough, in up to three cells."""

from typing import NamedTuple

import jax
import jax.numpy as jnp

from anchorlab.core.anchors import Levels, Place, index_of
from anchorlab.core.boxes import xyxy_to_cxcywh
from anchorlab.core.iou import pairwise
from anchorlab.core.matching.common import ABSENT, Matches, Reason, best_of, masks_or_all, verdict
from anchorlab.core.matching.shapes import worst_factor


class Assignments(NamedTuple):
    """Every pair of object and anchor of YOLOv5; an anchor may serve several objects.

    The last axis, 5, is the object's own cell, then the cells left, above, right and below.

    Attributes:
      assigned: bool (G, K, 5).
      near: bool (G, K, 5), the cell counts, whether or not the shape fits.
      row, col: int32 (G, K, 5), the cell.
      factor: (G, K), by which the sides differ.
    """

    assigned: jax.Array
    near: jax.Array
    row: jax.Array
    col: jax.Array
    factor: jax.Array


# What is taken from the centre, in (x, y) of `reach`, to come into each of the five cells.
_NEIGHBOURS = ((0, 0), (1, 0), (0, 1), (-1, 0), (0, -1))


def assign_by_shape(
    gt_cxcywh: jax.Array,
    levels: Levels,
    shape_level: jax.Array,
    *,
    anchor_t: float = 4.0,
    reach: float = 0.5,
    gt_mask: jax.Array | None = None,
) -> Assignments:
    """YOLOv5: every shape that is like enough, on every level, in up to three cells.

    A shape fits if `worst_factor` < anchor_t. Besides the cell of the centre count the next cell to
    the left if the centre lies in the left half (less than `reach` from the border), else to the
    right, and likewise above or below; not those beyond the border of the feature map.

    Args:
      gt_cxcywh: pixels (G, 4).
      levels: the pyramid.
      shape_level: int (K,), the level of each row of `levels.widths_heights`; -1 for padding.
      anchor_t: the factor, at least 1; strictly less fits.
      reach: cells.
      gt_mask: bool (G,); other rows are padding.

    Returns:
      `Assignments`.

    References:
      Jocher, YOLOv5, `ComputeLoss.build_targets`.
    """
    gt_mask = jnp.ones(gt_cxcywh.shape[0], bool) if gt_mask is None else gt_mask
    level = jnp.maximum(shape_level, 0)
    real = gt_mask[:, None] & (shape_level >= 0)[None, :]  # (G, K)
    # Rows of padding compare a unit square with itself, so that nothing divides by 0.
    sides = jnp.where(gt_mask[:, None], gt_cxcywh[:, 2:], 1)
    shapes = jnp.where((shape_level >= 0)[:, None], levels.widths_heights, 1)
    factor = worst_factor(sides, shapes)

    size = jnp.stack([levels.cols, levels.rows], axis=-1)[level].astype(gt_cxcywh.dtype)  # (K, 2)
    center = gt_cxcywh[:, None, :2] / levels.stride[level][None, :, ::-1]  # cells, (G, K, 2)
    mirrored = size[None, :, :] - center
    before = (center % 1 < reach) & (center > 1)  # left, above
    after = (mirrored % 1 < reach) & (mirrored > 1)  # right, below
    own = jnp.ones(before.shape[:2] + (1,), bool)
    near = real[..., None] & jnp.concatenate([own, before, after], axis=-1)

    shift = jnp.array(_NEIGHBOURS, gt_cxcywh.dtype) * reach
    cell = jnp.trunc(center[:, :, None, :] - shift[None, None, :, :]).astype(jnp.int32)
    col = jnp.clip(cell[..., 0], 0, levels.cols[level][None, :, None] - 1)
    row = jnp.clip(cell[..., 1], 0, levels.rows[level][None, :, None] - 1)
    return Assignments(near & (factor < anchor_t)[..., None], near, row, col, factor)


def match_yolov5(
    anchors: jax.Array,
    gt_boxes: jax.Array,
    levels: Levels,
    shape_level: jax.Array,
    *,
    anchor_t: float = 4.0,
    reach: float = 0.5,
    anchor_mask: jax.Array | None = None,
    gt_mask: jax.Array | None = None,
) -> tuple[Matches, Assignments]:
    """`assign_by_shape` as a label for every anchor.

    Args:
      anchors: xyxy pixels (A, 4), all of `levels`.
      gt_boxes: xyxy pixels (G, 4), of positive area.
      levels, shape_level, anchor_t, reach: of `assign_by_shape`.
      anchor_mask: bool (A,); other rows are padding.
      gt_mask: bool (G,); other rows are padding.

    Returns:
      `Matches`, in which an anchor of several objects has the last of them; and all pairs. There is
      no ignored band.

    References:
      Jocher, YOLOv5, `ComputeLoss.build_targets`.
    """
    iou = pairwise(anchors, gt_boxes)
    anchor_mask, gt_mask = masks_or_all(iou, anchor_mask, gt_mask)
    real = jnp.where(gt_mask[None, :], iou, ABSENT)
    best_iou, gt_index = best_of(real, axis=1)
    best_anchor_iou, best_anchor = best_of(jnp.where(anchor_mask[:, None], real, ABSENT), axis=0)
    pairs = assign_by_shape(
        xyxy_to_cxcywh(gt_boxes), levels, shape_level, anchor_t=anchor_t, reach=reach, gt_mask=gt_mask
    )
    level = jnp.broadcast_to(jnp.maximum(shape_level, 0)[None, :, None], pairs.row.shape)
    shape = jnp.arange(shape_level.shape[0])[None, :, None] - levels.first_shape[level]
    index = index_of(Place(level, pairs.row, pairs.col, pairs.row, shape), levels)
    gt = jnp.broadcast_to(jnp.arange(iou.shape[1])[:, None, None], index.shape)

    def last(where):
        """The last object of each anchor among these pairs; -1 if none."""
        rows = jnp.where(where, index, iou.shape[0])
        return jnp.full(iou.shape[0], -1).at[rows].max(gt, mode="drop")

    taker = last(pairs.assigned)
    reason, label = verdict(
        [
            (~anchor_mask, Reason.OUTSIDE, -1),
            (gt_index < 0, Reason.NO_OBJECTS, 0),
            (taker >= 0, Reason.SHAPE_FITS, 1),
            (last(pairs.near) >= 0, Reason.SHAPE_DIFFERS, 0),
        ],
        default=(Reason.OTHER_CELL, 0),
    )
    matches = Matches(
        label,
        jnp.where(taker >= 0, taker, gt_index).astype(jnp.int32),
        jnp.maximum(best_iou, 0),
        reason,
        best_anchor,
        jnp.maximum(best_anchor_iou, 0),
    )
    return matches, pairs
