"""How much two boxes overlap: IoU and its three relatives that also tell misses apart.

All take xyxy boxes whose leading axes broadcast, and are symmetric (but for `coverage`) and free of NaN: where a
denominator is 0 (two points on one spot) the fraction it belongs to counts as 0, also for
gradients. No product is added before it is rounded (`core.rounding`): two boxes have the same IoU,
to the last bit, in every program, in NumPy's float32 and in JavaScript.

Each measure is written for boxes as columns (`Columns`), which loops over many boxes use as they are.
"""

import math
from typing import NamedTuple

import jax
import jax.numpy as jnp

from anchorlab.core.boxes import area
from anchorlab.core.rounding import rounded


class Columns(NamedTuple):
    """Boxes as arrays of one shape (...), one a coordinate, and their area.

    A processor reads eight x1 at once where they lie side by side; in xyxy they lie four numbers apart.
    """

    x1: jax.Array
    y1: jax.Array
    x2: jax.Array
    y2: jax.Array
    area: jax.Array


def columns(boxes: jax.Array) -> Columns:
    """The columns, each (...), of xyxy boxes (..., 4)."""
    return Columns(boxes[..., 0], boxes[..., 1], boxes[..., 2], boxes[..., 3], area(boxes))


def _fraction(numerator: jax.Array, denominator: jax.Array) -> jax.Array:
    """numerator / denominator, 0 where the denominator is 0, with a gradient that is never NaN."""
    nonzero = denominator > 0
    # The inner substitution is for the gradient: masking a NaN afterwards would leave 0 x NaN.
    return jnp.where(nonzero, numerator / jnp.where(nonzero, denominator, 1), 0)


def _intersection_union(a: Columns, b: Columns) -> tuple[jax.Array, jax.Array]:
    width = jnp.maximum(jnp.minimum(a.x2, b.x2) - jnp.maximum(a.x1, b.x1), 0)
    height = jnp.maximum(jnp.minimum(a.y2, b.y2) - jnp.maximum(a.y1, b.y1), 0)
    intersection = rounded(width * height)
    return intersection, a.area + b.area - intersection


def _enclosing(a: Columns, b: Columns) -> tuple[jax.Array, jax.Array]:
    """Width and height of the smallest box around both."""
    width = jnp.maximum(a.x2, b.x2) - jnp.minimum(a.x1, b.x1)
    height = jnp.maximum(a.y2, b.y2) - jnp.minimum(a.y1, b.y1)
    return width, height


def iou_of_columns(a: Columns, b: Columns) -> jax.Array:
    """`iou` of boxes as columns, whose shapes broadcast."""
    return _fraction(*_intersection_union(a, b))


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
    return iou_of_columns(columns(a), columns(b))


def coverage(a: jax.Array, b: jax.Array) -> jax.Array:
    """How much of xyxy box `a` lies in `b`, |A n B| / |A|; unlike the others here, not symmetric.

    Returns:
      (...) in [0, 1]; 0 for boxes that at most touch, and where `a` has no area.

    Example:
      >>> coverage(jnp.array([0., 0., 10., 10.]), jnp.array([5., 0., 40., 10.]))
      Array(0.5, dtype=float32)
    """
    a, b = columns(a), columns(b)
    intersection, _ = _intersection_union(a, b)
    return _fraction(intersection, a.area)


def giou(a: jax.Array, b: jax.Array) -> jax.Array:
    """Generalised IoU: IoU minus the share of the enclosing box that neither box covers.

    Returns:
      (...) in [-1, 1], at most the IoU; negative and falling as disjoint boxes part.

    References:
      Rezatofighi et al., Generalized Intersection over Union, 2019.
    """
    a, b = columns(a), columns(b)
    intersection, union = _intersection_union(a, b)
    width, height = _enclosing(a, b)
    hull = rounded(width * height)
    return _fraction(intersection, union) - _fraction(hull - union, hull)


def center_distance(a: Columns, b: Columns) -> jax.Array:
    """Squared distance of the centres over the squared diagonal of the enclosing box: (...) in [0, 1);
    0 for boxes around one centre."""
    width, height = _enclosing(a, b)
    across = ((a.x1 + a.x2) - (b.x1 + b.x2)) / 2
    down = ((a.y1 + a.y2) - (b.y1 + b.y2)) / 2
    distance = rounded(across * across) + rounded(down * down)
    return _fraction(distance, rounded(width * width) + rounded(height * height))


def diou(a: jax.Array, b: jax.Array) -> jax.Array:
    """Distance IoU: IoU minus the squared centre distance over the enclosing box's diagonal, squared.

    Returns:
      (...) in [-1, 1], at most the IoU.

    References:
      Zheng et al., Distance-IoU Loss, 2020.
    """
    a, b = columns(a), columns(b)
    return iou_of_columns(a, b) - center_distance(a, b)


def _angle(boxes: Columns) -> jax.Array:
    """atan(width / height), 0 for a point."""
    width, height = boxes.x2 - boxes.x1, boxes.y2 - boxes.y1
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
    a, b = columns(a), columns(b)
    overlap = iou_of_columns(a, b)
    v = (2 / math.pi) ** 2 * (_angle(a) - _angle(b)) ** 2
    alpha = jax.lax.stop_gradient(_fraction(v, 1 - overlap + v))
    return overlap - center_distance(a, b) - rounded(alpha * v)


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
