"""Boxes told by their corners, in anchor sizes, without a logarithm (fizyr)."""

import jax
import jax.numpy as jnp

from anchorlab.core.coders.common import MEANS, row_of
from anchorlab.core.rounding import divided, rounded

CORNER_STDS = (0.2, 0.2, 0.2, 0.2)


def _sides_twice(boxes: jax.Array) -> jax.Array:
    """(w, h, w, h) of xyxy boxes (..., 4)."""
    wh = boxes[..., 2:] - boxes[..., :2]
    return jnp.concatenate([wh, wh], axis=-1)


def encode_corners(anchors: jax.Array, gt_boxes: jax.Array, *, means=MEANS, stds=CORNER_STDS) -> jax.Array:
    """Writes how far each corner is from the anchor's, in anchor sizes; no logarithm.

    (x1 - x1_a) / w_a, (y1 - y1_a) / h_a, (x2 - x2_a) / w_a, (y2 - y2_a) / h_a, less means, over stds.

    Args:
      anchors: xyxy (..., 4), of positive width and height.
      gt_boxes: xyxy (..., 4); may be without area.
      means, stds: four numbers each.

    Returns:
      Offsets (..., 4), dimensionless; empty for empty input.

    References:
      fizyr/keras-retinanet, `bbox_transform`.
    """
    raw = (gt_boxes - anchors) / _sides_twice(anchors)
    return divided(raw - row_of(means, raw), row_of(stds, raw))


def decode_corners(anchors: jax.Array, offsets: jax.Array, *, means=MEANS, stds=CORNER_STDS) -> jax.Array:
    """Reads the offsets of `encode_corners` back; its exact inverse. xyxy (..., 4).

    Nothing keeps the corners in order: a wild prediction may be a box turned inside out.

    References:
      fizyr/keras-retinanet, `bbox_transform_inv`.
    """
    raw = rounded(offsets * row_of(stds, offsets)) + row_of(means, offsets)
    return anchors + rounded(raw * _sides_twice(anchors))
