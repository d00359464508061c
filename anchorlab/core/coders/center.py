"""Offsets: a box told from an anchor, in numbers a network can regress.

(tx, ty, tw, th) = ((dx / w_a, dy / h_a, log(w / w_a), log(h / h_a)) - means) / stds, with dx and dy
the shift of the centre.
"""

import jax
import jax.numpy as jnp

from anchorlab.core.boxes import cxcywh_to_xyxy, xyxy_to_cxcywh
from anchorlab.core.coders.common import MEANS, row_of
from anchorlab.core.rounding import divided, rounded

STDS = (0.1, 0.1, 0.2, 0.2)


def encode_offsets(
    anchors: jax.Array,
    gt_boxes: jax.Array,
    *,
    means=MEANS,
    stds=STDS,
    matched: jax.Array | None = None,
    eps: float = 0.0,
) -> jax.Array:
    """Writes each anchor's box as a regression target; `decode_offsets` is the exact inverse.

    Args:
      anchors: xyxy (..., 4), of positive width and height.
      gt_boxes: the box of each anchor, xyxy, same shape and frame, of positive width and height.
      means, stds: four numbers each. The stds (.1, .1, .2, .2) are SSD's "variances", d2l's factors
        10 and 5, and torchvision's and detectron2's weights (10, 10, 5, 5).
      matched: bool (...); the offsets of other rows are 0, whatever their boxes. The box is replaced
        before the logarithm: masking afterwards could not remove the NaN gradient of log 0.
      eps: added to the size ratios in the logarithm. d2l adds 1e-6, and gives up the exact inverse.

    Returns:
      Offsets (..., 4), dimensionless; empty for empty input. -inf for a box without area.

    Example:
      >>> a, g = jnp.array([[0., 0., 10., 10.]]), jnp.array([[2., 0., 12., 20.]])
      >>> encode_offsets(a, g).round(2)
      Array([[2.  , 5.  , 0.  , 3.47]], dtype=float32)

    References:
      Girshick et al., R-CNN, 2014, App. C; Ren et al., Faster R-CNN, 2015, Eq. 2.
    """
    if matched is not None:
        unit = row_of((0.0, 0.0, 1.0, 1.0), anchors)
        anchors = jnp.where(matched[..., None], anchors, unit)
        gt_boxes = jnp.where(matched[..., None], gt_boxes, unit)
    anchor, box = xyxy_to_cxcywh(anchors), xyxy_to_cxcywh(gt_boxes)
    shift = (box[..., :2] - anchor[..., :2]) / anchor[..., 2:]
    growth = jnp.log(eps + box[..., 2:] / anchor[..., 2:])
    raw = jnp.concatenate([shift, growth], axis=-1)
    offsets = divided(raw - row_of(means, raw), row_of(stds, raw))
    return offsets if matched is None else jnp.where(matched[..., None], offsets, 0)


def decode_offsets(
    anchors: jax.Array,
    offsets: jax.Array,
    *,
    means=MEANS,
    stds=STDS,
    clamp: float | None = None,
    clamp_both: bool = False,
) -> jax.Array:
    """Reads offsets back into boxes; the exact inverse of `encode_offsets`.

    Args:
      anchors: xyxy (..., 4).
      offsets: (..., 4), as predicted.
      means, stds: those of the encoding.
      clamp: upper bound of the log sizes (after stds and means), so that a wild prediction cannot
        overflow; torchvision and detectron2 take log(1000 / 16). None, or inf, for no bound.
      clamp_both: whether -clamp bounds them below, too (mmdetection); may be traced. Without it exp
        underflows to a box without area, harmlessly.

    Returns:
      xyxy (..., 4) in the frame of the anchors; not clipped to the image.

    References:
      Girshick et al., R-CNN, 2014, App. C; Ren et al., Faster R-CNN, 2015, Eq. 2.
    """
    raw = rounded(offsets * row_of(stds, offsets)) + row_of(means, offsets)
    anchor = xyxy_to_cxcywh(anchors)
    growth = raw[..., 2:]
    if clamp is not None:
        growth = jnp.clip(growth, jnp.where(clamp_both, -clamp, -jnp.inf), clamp)
    center = anchor[..., :2] + rounded(raw[..., :2] * anchor[..., 2:])
    size = rounded(anchor[..., 2:] * jnp.exp(growth))
    return cxcywh_to_xyxy(jnp.concatenate([center, size], axis=-1))
