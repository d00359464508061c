"""How well the shapes of anchors suit those of objects."""

from typing import NamedTuple

import jax
import numpy as np

from anchorlab.core.matching import shapes as core_shapes
from anchorlab.engine import checks
from anchorlab.engine.buckets import ANCHORS, OBJECTS, ROWS, bucket


@jax.jit
def _fit(sides, shapes):
    return core_shapes.shape_iou(sides, shapes), core_shapes.shape_fit(sides, shapes)


class ShapeFit(NamedTuple):
    """How well anchors suit boxes, wherever they lie.

    Attributes:
      iou: float32 (G, K), of the boxes moved to one corner.
      fit: float32 (G, K), one over the factor by which the worst sides differ.
    """

    iou: np.ndarray
    fit: np.ndarray


def fit_shapes(widths_heights: np.ndarray, shapes: np.ndarray) -> ShapeFit:
    """Compares the shapes of objects (G, 2) with those of anchors (K, 2): positive (width, height).

    References:
      `core.matching.shapes.shape_iou`, `core.matching.shapes.shape_fit`.
    """
    sides = checks.numbers(widths_heights, "widths_heights", 2)
    anchors = checks.numbers(shapes, "shapes", 2)
    for name, array in (("widths_heights", sides), ("shapes", anchors)):
        if array.size and array.min() <= 0:
            raise ValueError(f"{name} must be positive, but row {int(array.min(1).argmin())} is not")
    rows, cols = bucket(len(sides), ROWS), bucket(len(anchors), OBJECTS)
    if rows * cols > ANCHORS * 2**16:
        raise ValueError(f"widths_heights and shapes make a matrix of {len(sides):,} x {len(anchors):,}")
    # Ones, not zeros: padding must not divide by 0.
    padded = (np.ones((rows, 2), np.float32), np.ones((cols, 2), np.float32))
    padded[0][: len(sides)], padded[1][: len(anchors)] = sides, anchors
    return ShapeFit(*(m[: len(sides), : len(anchors)].copy() for m in jax.device_get(_fit(*padded))))
