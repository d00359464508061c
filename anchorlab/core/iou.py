"""How much two boxes overlap: IoU and its three relatives that also tell misses apart.

All take xyxy boxes whose leading axes broadcast, and are symmetric and free of NaN: where a
denominator is 0 (two points on one spot) the fraction it belongs to counts as 0, also for
gradients.
"""

import math

import jax
import jax.numpy as jnp

from anchorlab.core.boxes import area, sides


def _fraction(numerator: jax.Array, denominator: jax.Array) -> jax.Array:
    """numerator / denominator, 0 where the denominator is 0, with a gradient that is never NaN."""
    nonzero = denominator > 0
    # The inner substitution is for the gradient: masking a NaN afterwards would leave 0 x NaN.
    return jnp.where(nonzero, numerator / jnp.where(nonzero, denominator, 1), 0)


def _intersection_union(a: jax.Array, b: jax.Array) -> tuple[jax.Array, jax.Array]:
    first = jnp.maximum(a[..., :2], b[..., :2])
    last = jnp.minimum(a[..., 2:], b[..., 2:])
    overlap = jnp.maximum(last - first, 0)
    intersection = overlap[..., 0] * overlap[..., 1]
    return intersection, area(a) + area(b) - intersection


def _enclosing(a: jax.Array, b: jax.Array) -> jax.Array:
    """The smallest box around both."""
    first = jnp.minimum(a[..., :2], b[..., :2])
    last = jnp.maximum(a[..., 2:], b[..., 2:])
    return jnp.concatenate([first, last], axis=-1)


def iou(a: jax.Array, b: jax.Array) -> jax.Array:
    """Intersection over union of xyxy boxes, |A n B| / |A u B|.

    Args:
      a: xyxy boxes (..., 4).
      b: xyxy boxes whose leading axes broadcast with those of `a`.

    Returns:
      (...) in [0, 1]; 0 for boxes that at most touch, and where the union is 0.

    Example:
      >>> iou(jnp.array([0., 0., 10., 10.]), jnp.array([0., 0., 10., 5.]))
      Array(0.5, dtype=float32)

    References:
      Jaccard, 1912; Everingham et al., The PASCAL VOC Challenge, 2010.
    """
    return _fraction(*_intersection_union(a, b))


def giou(a: jax.Array, b: jax.Array) -> jax.Array:
    """Generalised IoU: IoU minus the share of the enclosing box that neither box covers.

    Returns:
      (...) in [-1, 1], at most the IoU; negative and falling as disjoint boxes part.

    References:
      Rezatofighi et al., Generalized Intersection over Union, 2019.
    """
    intersection, union = _intersection_union(a, b)
    hull = area(_enclosing(a, b))
    return _fraction(intersection, union) - _fraction(hull - union, hull)


def center_distance(a: jax.Array, b: jax.Array) -> jax.Array:
    """Squared distance of the centres over the squared diagonal of the enclosing box: (...) in [0, 1);
    0 for boxes around one centre."""
    width, height = sides(_enclosing(a, b))
    shift = (a[..., :2] + a[..., 2:] - b[..., :2] - b[..., 2:]) / 2
    return _fraction((shift**2).sum(-1), width**2 + height**2)


def diou(a: jax.Array, b: jax.Array) -> jax.Array:
    """Distance IoU: IoU minus the squared centre distance over the enclosing box's diagonal, squared.

    Returns:
      (...) in [-1, 1], at most the IoU.

    References:
      Zheng et al., Distance-IoU Loss, 2020.
    """
    return iou(a, b) - center_distance(a, b)


def _angle(boxes: jax.Array) -> jax.Array:
    """atan(width / height), 0 for a point."""
    width, height = sides(boxes)
    point = (width == 0) & (height == 0)
    return jnp.where(point, 0, jnp.arctan2(width, jnp.where(point, 1, height)))


def ciou(a: jax.Array, b: jax.Array) -> jax.Array:
    """Complete IoU: distance IoU minus a penalty on unlike aspect ratios.

    With v = (2 / pi)^2 (atan(w_a / h_a) - atan(w_b / h_b))^2 the penalty is v^2 / (1 - IoU + v),
    that is alpha v with alpha = v / (1 - IoU + v), which the paper holds constant in the gradient.
    mmdetection's CIoU is another below: its alpha is 0 unless IoU > 0.5, so that its CIoU is the
    distance IoU there. torchvision's is this one.

    Returns:
      (...) in [-2, 1], at most the distance IoU; 1 for equal boxes of some area.

    References:
      Zheng et al., Distance-IoU Loss, 2020.
    """
    v = (2 / math.pi) ** 2 * (_angle(a) - _angle(b)) ** 2
    alpha = jax.lax.stop_gradient(_fraction(v, 1 - iou(a, b) + v))
    return diou(a, b) - alpha * v


KINDS = {"iou": iou, "giou": giou, "diou": diou, "ciou": ciou}


def pairwise(a: jax.Array, b: jax.Array, kind: str = "iou") -> jax.Array:
    """Every box of `a` (A, 4) with every box of `b` (G, 4): an (A, G) matrix, of 'iou', 'giou',
    'diou' or 'ciou'. Either may be empty.

    Raises:
      ValueError: `kind` is none of the four.
    """
    if kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(map(repr, KINDS))}, got {kind!r}")
    return KINDS[kind](a[:, None, :], b[None, :, :])
