"""YOLO's matching: the cell decides where, the shape alone decides which anchor."""

from typing import NamedTuple

import jax
import jax.numpy as jnp

from anchorlab.core.boxes import xyxy_to_cxcywh
from anchorlab.core.iou import iou as iou_of
from anchorlab.core.iou import pairwise
from anchorlab.core.matching import _ABSENT, Matches, _best, _masks, _verdict
from anchorlab.core.pyramid import Levels, Place, index_of
from anchorlab.specs import Reason

_ROUNDING = 1e-6


def shape_iou(sides: jax.Array, shapes: jax.Array) -> jax.Array:
    """IoU of boxes moved to one corner, (G, K): of sides (G, 2) with shapes (K, 2), (width, height).

    References:
      Redmon and Farhadi, YOLO9000, 2017, sec. 2 (one minus this is the distance of its clusters).
    """

    def at_corner(wh):
        return jnp.concatenate([jnp.zeros_like(wh), wh], axis=-1)

    return iou_of(at_corner(sides)[:, None, :], at_corner(shapes)[None, :, :])


def worst_factor(sides: jax.Array, shapes: jax.Array) -> jax.Array:
    """By which factor two boxes differ on their worst side, at least 1: max(w/w', w'/w, h/h', h'/h).

    Of sides (G, 2) with shapes (K, 2), all positive: (G, K).

    References:
      Jocher, YOLOv5, `ComputeLoss.build_targets`.
    """
    ratio = sides[:, None, :] / shapes[None, :, :]
    return jnp.maximum(ratio, 1 / ratio).max(-1)


def shape_fit(sides: jax.Array, shapes: jax.Array) -> jax.Array:
    """How alike two boxes are on their worst side, at most 1: one over `worst_factor`; (G, K).

    References:
      Jocher, YOLOv5, `utils/autoanchor.py`, `metric`.
    """
    ratio = sides[:, None, :] / shapes[None, :, :]
    return jnp.minimum(ratio, 1 / ratio).min(-1)


def fit_summary(fit: jax.Array, anchor_t: float = 4.0) -> tuple[jax.Array, jax.Array]:
    """How well anchors suit a set of boxes, as YOLOv5 reports it; from `shape_fit` (G, K).

    Args:
      fit: (G, K), both at least 1.
      anchor_t: the factor from which on (>=) an anchor does not fit: fits if fit > 1 / anchor_t.

    Returns:
      Best possible recall, the share of boxes that some anchor fits; and how many anchors fit a box
      on average.

    References:
      Jocher, YOLOv5, `check_anchors`.
    """
    fits = fit > 1 / anchor_t
    return fits.any(axis=1).mean(), fits.sum(axis=1).astype(fit.dtype).mean()


def match_yolo(
    anchors: jax.Array,
    gt_boxes: jax.Array,
    levels: Levels,
    shape_level: jax.Array,
    *,
    ignore_iou: float = 0.5,
    anchor_mask: jax.Array | None = None,
    gt_mask: jax.Array | None = None,
) -> Matches:
    """Makes one anchor responsible for each object: in the cell of its centre, of the shape most like it.

    The shape, of all shapes of all levels, is the one with the largest `shape_iou` (ties, to within
    a millionth: the first); where the object lies plays no part. The shape's level then says in which grid its cell is.

    Args:
      anchors: xyxy pixels (A, 4), all of `levels`.
      gt_boxes: xyxy pixels (G, 4). A centre outside the image falls in the nearest cell.
      levels: the pyramid.
      shape_level: int (K,), the level of each row of `levels.widths_heights`; -1 for padding.
      ignore_iou: an anchor that is not responsible is ignored if its best IoU > this. The paper asks
        that of the *predicted* box; without a network the anchor stands in for it.
      anchor_mask: bool (A,); other rows are padding.
      gt_mask: bool (G,); other rows are padding.

    Returns:
      `Matches`. Of objects that share an anchor the last gets it (as in darknet), the others none.
      `best_anchor` is the responsible anchor of each object, and `best_anchor_iou` their IoU.

    References:
      Redmon and Farhadi, YOLOv3, 2018, sec. 2.1.
    """
    iou = pairwise(anchors, gt_boxes)
    anchor_mask, gt_mask = _masks(iou, anchor_mask, gt_mask)
    best_iou, gt_index = _best(jnp.where(gt_mask[None, :], iou, _ABSENT), axis=1)

    box = xyxy_to_cxcywh(gt_boxes)
    alike = jnp.where(shape_level[None, :] >= 0, shape_iou(box[:, 2:], levels.widths_heights), _ABSENT)
    # Shapes of one area around a smaller object are all equally like it: rounding must not choose.
    equal = alike >= alike.max(axis=1, keepdims=True) * (1 - _ROUNDING)
    shape = jnp.argmax(equal, axis=1).astype(jnp.int32)
    level = shape_level[shape]
    cell = jnp.floor(box[:, 1::-1] / levels.stride[level]).astype(jnp.int32)  # row, column
    row = jnp.clip(cell[:, 0], 0, levels.rows[level] - 1)
    col = jnp.clip(cell[:, 1], 0, levels.cols[level] - 1)
    place = Place(level, row, col, row, shape - levels.first_shape[level])
    responsible = jnp.where(gt_mask, index_of(place, levels), -1)

    # Rows of padding point past the end, where an update is dropped.
    rows = jnp.where(responsible >= 0, responsible, iou.shape[0])
    taker = jnp.full(iou.shape[0], -1).at[rows].max(jnp.arange(iou.shape[1]), mode="drop")
    reason, label = _verdict(
        [
            (~anchor_mask, Reason.OUTSIDE, -1),
            (gt_index < 0, Reason.NO_OBJECTS, 0),
            (taker >= 0, Reason.RESPONSIBLE, 1),
            (best_iou > ignore_iou, Reason.NOT_RESPONSIBLE, -1),
        ],
        default=(Reason.OTHER_CELL, 0),
    )
    own_iou = (
        iou[jnp.maximum(responsible, 0), jnp.arange(iou.shape[1])] if iou.size else jnp.zeros(iou.shape[1])
    )
    return Matches(
        label,
        jnp.where(taker >= 0, taker, gt_index).astype(jnp.int32),
        jnp.maximum(best_iou, 0),
        reason,
        responsible.astype(jnp.int32),
        jnp.where(responsible >= 0, own_iou, 0),
    )


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
    anchor_mask, gt_mask = _masks(iou, anchor_mask, gt_mask)
    real = jnp.where(gt_mask[None, :], iou, _ABSENT)
    best_iou, gt_index = _best(real, axis=1)
    best_anchor_iou, best_anchor = _best(jnp.where(anchor_mask[:, None], real, _ABSENT), axis=0)
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
    reason, label = _verdict(
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
