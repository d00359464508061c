"""YOLO's matching: the cell decides where, the shape alone decides which anchor."""

import jax
import jax.numpy as jnp

from anchorlab.core.anchors import Levels, Place, index_of
from anchorlab.core.boxes import xyxy_to_cxcywh
from anchorlab.core.iou import columns, iou_of_columns
from anchorlab.core.matching.blocks import look_over, overlaps
from anchorlab.core.matching.common import ABSENT, Matches, Reason, decide, masks_or_all
from anchorlab.core.matching.shapes import shape_iou

_ROUNDING = 1e-6


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

    Example:
      An object like the first shape, centred in the second cell.

      >>> from anchorlab.core.anchors import anchors_at
      >>> one = [jnp.array([n]) for n in (0, 1, 2, 2, 0)]  # one level of 1 x 2 cells, two shapes each
      >>> levels = Levels(*one, jnp.array([[16., 16]]), jnp.array([[8., 8], [16, 16]]))
      >>> anchors = anchors_at(jnp.arange(4), levels)
      >>> matches = match_yolo(anchors, jnp.array([[20., 4, 28, 12]]), levels, jnp.array([0, 0]))
      >>> matches.label.tolist(), matches.best_anchor.tolist()
      ([0, 0, 1, 0], [2])

    References:
      Redmon and Farhadi, YOLOv3, 2018, sec. 2.1.
    """
    iou = overlaps(anchors, gt_boxes)
    count, objects = iou.shape
    anchor_mask, gt_mask = masks_or_all(iou.shape, anchor_mask, gt_mask)
    _, best = look_over(iou, anchor_mask, gt_mask)

    box = xyxy_to_cxcywh(gt_boxes)
    alike = jnp.where(shape_level[None, :] >= 0, shape_iou(box[:, 2:], levels.widths_heights), ABSENT)
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
    rows = jnp.where(responsible >= 0, responsible, count)
    taker = jnp.full(count, -1).at[rows].max(jnp.arange(objects), mode="drop")
    own = anchors.at[rows].get(mode="fill", fill_value=0)
    own_iou = jnp.where(responsible >= 0, iou_of_columns(columns(own), columns(gt_boxes)), ABSENT)
    return decide(
        best._replace(anchor=responsible.astype(jnp.int32), anchor_iou=own_iou),
        anchor_mask,
        [
            (taker >= 0, Reason.RESPONSIBLE, 1),
            (best.iou > ignore_iou, Reason.NOT_RESPONSIBLE, -1),
        ],
        default=(Reason.OTHER_CELL, 0),
        taker=taker,
    )
