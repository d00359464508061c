"""Boxes told by their place in a cell, and the log of their size (YOLO)."""

import jax
import jax.numpy as jnp

from anchorlab.core.boxes import cxcywh_to_xyxy, xyxy_to_cxcywh
from anchorlab.core.rounding import divided, rounded


def _across_down(stride: jax.Array, boxes: jax.Array) -> jax.Array:
    """Width and height (..., 2), or one number (..., 1), of the cell of each of `boxes` (..., 4)."""
    stride = jnp.asarray(stride, boxes.dtype)
    if stride.ndim == boxes.ndim:
        return stride
    return jnp.broadcast_to(stride, boxes.shape[:-1])[..., None]


def encode_in_cell(
    anchors: jax.Array, gt_boxes: jax.Array, stride: jax.Array, *, eps: float = 1e-6, logits: bool = True
) -> jax.Array:
    """YOLO: where in its cell the centre lies, and the log of the size in anchor sizes.

    Args:
      anchors: xyxy pixels (..., 4), each in the middle of its cell.
      gt_boxes: xyxy pixels (..., 4), of positive area, centred in that cell.
      stride: pixels, side of the cell; (...) or one number, or its width and height (..., 2).
      eps: keeps the place this far from both borders, where the logit is infinite. A centre outside
        the cell cannot be told: it comes back on the border.
      logits: True: (logit x, logit y, log w, log h), what the network puts out; False: the place
        itself, in (0, 1), which a cross-entropy is compared with (mmdetection).

    Returns:
      Offsets (..., 4), dimensionless.

    References:
      Redmon and Farhadi, YOLOv3, 2018, sec. 2.1.
    """
    anchor, box = xyxy_to_cxcywh(anchors), xyxy_to_cxcywh(gt_boxes)
    stride = _across_down(stride, box)
    place = jnp.clip(divided(box[..., :2] - anchor[..., :2], stride) + 0.5, eps, 1 - eps)
    if logits:
        place = jnp.log(place) - jnp.log1p(-place)
    return jnp.concatenate([place, jnp.log(box[..., 2:] / anchor[..., 2:])], axis=-1)


def decode_in_cell(anchors: jax.Array, offsets: jax.Array, stride: jax.Array) -> jax.Array:
    """Reads YOLO's numbers: b = sigmoid(t) + c for the centre in cells, a exp(t) for the size.

    Args:
      anchors: xyxy pixels (..., 4), each in the middle of its cell.
      offsets: (..., 4), with logits.
      stride: as of `encode_in_cell`.

    Returns:
      xyxy pixels (..., 4), whose centre never leaves the cell; exp of a wild size may overflow.

    References:
      Redmon and Farhadi, YOLO9000, 2017, sec. 2; YOLOv3, 2018, sec. 2.1.
    """
    anchor = xyxy_to_cxcywh(anchors)
    stride = _across_down(stride, anchor)
    center = anchor[..., :2] + rounded((jax.nn.sigmoid(offsets[..., :2]) - 0.5) * stride)
    size = rounded(anchor[..., 2:] * jnp.exp(offsets[..., 2:]))
    return cxcywh_to_xyxy(jnp.concatenate([center, size], axis=-1))
