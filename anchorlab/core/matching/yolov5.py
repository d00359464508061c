"""YOLOv5's matching: every shape that is like enough, in up to three cells."""

from typing import NamedTuple

import jax
import jax.numpy as jnp

from anchorlab.core.anchors import Levels, Place, index_of
from anchorlab.core.boxes import xyxy_to_cxcywh
from anchorlab.core.matching.blocks import look_over, overlaps
from anchorlab.core.matching.common import Matches, Reason, decide, masks_or_all
from anchorlab.core.matching.shapes import worst_factor
from anchorlab.core.rounding import divided


class Assignments(NamedTuple):
    """Every object with every shape in its five cells; an anchor may serve several objects.

    The last axis, 5, is the object's own cell, then the cells left, above, right and below.

    Attributes:
      assigned: bool (G, K, 5).
      near: bool (G, K, 5), the cell counts, whether or not the shape fits.
      row, col: int32 (G, K, 5), the cell.
      anchor: int32 (G, K, 5), the index of the anchor of that shape there.
      factor: (G, K), by which the sides differ.
    """

    assigned: jax.Array
    near: jax.Array
    row: jax.Array
    col: jax.Array
    anchor: jax.Array
    factor: jax.Array

    def real(self, anchors: int, objects: int) -> "Pairs":
        """The pairs alone, without padding."""
        gt, shape, neighbour = self.assigned.nonzero()  # each (P,)
        anchor = self.anchor[gt, shape, neighbour]
        order = (anchor.astype("int64") * max(objects, 1) + gt).argsort(kind="stable")
        factor = self.factor[gt, shape]
        gt, neighbour = (column.astype("int32") for column in (gt, neighbour))
        return Pairs(*(column[order] for column in (anchor, gt, neighbour, factor)))


class Pairs(NamedTuple):
    """The pairs of object and anchor as a list, by anchor and then object; P of them.

    Attributes:
      anchor, gt: int32 (P,).
      neighbour: int32 (P,): 0 the object's own cell; 1 left, 2 above, 3 right, 4 below of it.
      factor: (P,), by which the sides differ.
    """

    anchor: jax.Array
    gt: jax.Array
    neighbour: jax.Array
    factor: jax.Array


# What is taken from the centre, in (x, y) of `reach`, to come into each of the five cells.
_NEIGHBOURS = ((0, 0), (1, 0), (0, 1), (-1, 0), (0, -1))


def assign_by_shape(
    gt_cxcywh: jax.Array,
    levels: Levels,
    shape_level: jax.Array,
    *,
    side_factor: float = 4.0,
    reach: float = 0.5,
    gt_mask: jax.Array | None = None,
) -> Assignments:
    """YOLOv5: every shape that is like enough, on every level, in up to three cells.

    A shape fits if `worst_factor` < side_factor. Besides the cell of the centre count the next cell to
    the left if the centre lies in the left half (less than `reach` from the border), else to the
    right, and likewise above or below; not those beyond the border of the feature map.

    Args:
      gt_cxcywh: pixels (G, 4).
      levels: the pyramid.
      shape_level: int (K,), the level of each row of `levels.widths_heights`; -1 for padding.
      side_factor: at least 1; strictly less fits. YOLOv5 calls it `anchor_t`.
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
    center = divided(gt_cxcywh[:, None, :2], levels.stride[level][None, :, ::-1])  # cells, (G, K, 2)
    mirrored = size[None, :, :] - center  # (G, K, 2)
    before = (center % 1 < reach) & (center > 1)  # left, above: (G, K, 2)
    after = (mirrored % 1 < reach) & (mirrored > 1)  # right, below: (G, K, 2)
    own = jnp.ones(before.shape[:2] + (1,), bool)  # (G, K, 1)
    near = real[..., None] & jnp.concatenate([own, before, after], axis=-1)  # (G, K, 5)

    shift = jnp.array(_NEIGHBOURS, gt_cxcywh.dtype) * reach  # (5, 2)
    cell = jnp.trunc(center[:, :, None, :] - shift[None, None, :, :]).astype(jnp.int32)  # (G, K, 5, 2)
    col = jnp.clip(cell[..., 0], 0, levels.cols[level][None, :, None] - 1)
    row = jnp.clip(cell[..., 1], 0, levels.rows[level][None, :, None] - 1)
    of_level = jnp.broadcast_to(level[None, :, None], row.shape)
    shape = jnp.arange(shape_level.shape[0])[None, :, None] - levels.first_shape[of_level]
    anchor = index_of(Place(of_level, row, col, row, shape), levels)
    return Assignments(near & (factor < side_factor)[..., None], near, row, col, anchor, factor)


def match_yolov5(
    anchors: jax.Array,
    gt_boxes: jax.Array,
    levels: Levels,
    shape_level: jax.Array,
    *,
    side_factor: float = 4.0,
    reach: float = 0.5,
    anchor_mask: jax.Array | None = None,
    gt_mask: jax.Array | None = None,
) -> tuple[Matches, Assignments]:
    """`assign_by_shape` as a label for every anchor.

    Args:
      anchors: xyxy pixels (A, 4), all of `levels`.
      gt_boxes: xyxy pixels (G, 4), of positive area.
      levels, shape_level, side_factor, reach: of `assign_by_shape`.
      anchor_mask: bool (A,); other rows are padding.
      gt_mask: bool (G,); other rows are padding.

    Returns:
      `Matches`, in which an anchor of several objects has the last of them; and all pairs of anchors that
      take part. There is no ignored band.

    Example:
      An object like the second shape, and less than twice as large as the first.

      >>> from anchorlab.core.anchors import anchors_at
      >>> one = [jnp.array([n]) for n in (0, 1, 2, 2, 0)]  # one level of 1 x 2 cells, two shapes each
      >>> levels = Levels(*one, jnp.array([[16., 16]]), jnp.array([[8., 8], [16, 16]]))
      >>> anchors = anchors_at(jnp.arange(4), levels)
      >>> matches, pairs = match_yolov5(
      ...     anchors, jnp.array([[18., 2, 30, 14]]), levels, jnp.array([0, 0]), side_factor=1.4
      ... )
      >>> matches.label.tolist(), [column.tolist() for column in jax.device_get(pairs).real(4, 1)[:2]]
      ([0, 0, 0, 1], [[3], [0]])

    References:
      Jocher, YOLOv5, `ComputeLoss.build_targets`.
    """
    iou = overlaps(anchors, gt_boxes)
    count, objects = iou.shape
    anchor_mask, gt_mask = masks_or_all(iou.shape, anchor_mask, gt_mask)
    _, best = look_over(iou, anchor_mask, gt_mask)
    pairs = assign_by_shape(
        xyxy_to_cxcywh(gt_boxes), levels, shape_level, side_factor=side_factor, reach=reach, gt_mask=gt_mask
    )
    gt = jnp.broadcast_to(jnp.arange(objects)[:, None, None], pairs.anchor.shape)  # (G, K, 5)

    def last(where):
        """The last object of each anchor (A,) among these pairs (G, K, 5); -1 if none."""
        rows = jnp.where(where, pairs.anchor, count)
        return jnp.full(count, -1).at[rows].max(gt, mode="drop")

    taker = last(pairs.assigned)
    matches = decide(
        best,
        anchor_mask,
        [
            (taker >= 0, Reason.SHAPE_FITS, 1),
            (last(pairs.near) >= 0, Reason.SHAPE_DIFFERS, 0),
        ],
        default=(Reason.OTHER_CELL, 0),
        taker=taker,
    )
    may = anchor_mask.at[pairs.anchor].get(mode="fill", fill_value=False)
    return matches, pairs._replace(assigned=pairs.assigned & may)
