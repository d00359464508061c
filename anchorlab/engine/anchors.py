"""All anchors of an image."""

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from anchorlab.core.anchors import anchors_at
from anchorlab.core.boxes import clip_to_image, inside_image
from anchorlab.engine.buckets import ANCHORS, SHAPES, bucket, pad
from anchorlab.engine.checks import LARGEST_COORDINATE
from anchorlab.settings.anchors import AnchorSpec

MAX_ANCHORS = 2**20
SMALLEST_SIDE, LARGEST_SIDE = 1e-3, 1e7


class Anchors(NamedTuple):
    """Every anchor of an image: cell by cell (row by row), and in a cell in the order of `pairs`.

    Attributes:
      xyxy: float32 pixels (A, 4).
      inside: bool (A,), wholly in the image, its border included; of a clipped anchor: before that.
      cell: int32 (A,), row-major index of its cell.
      shape: int32 (A,), index into `AnchorSpec.pairs`.
      rows, cols: of the feature map.
    """

    xyxy: np.ndarray
    inside: np.ndarray
    cell: np.ndarray
    shape: np.ndarray
    rows: int
    cols: int


@partial(jax.jit, static_argnames="length")
def _generate(widths_heights, shapes_per_cell, cols, stride, center, height, width, clip, *, length):
    index = jnp.arange(length)
    xyxy = anchors_at(
        index, widths_heights, shapes_per_cell=shapes_per_cell, cols=cols, stride=stride, center=center
    )
    inside = inside_image(xyxy, height, width)
    cell, shape = jnp.divmod(index, shapes_per_cell)
    return jnp.where(clip, clip_to_image(xyxy, height, width), xyxy), inside, cell, shape


def generate_anchors(spec: AnchorSpec, image_height: int, image_width: int) -> Anchors:
    """Generates the anchors of `spec` over an image.

    Args:
      spec: what anchors. border='clip' cuts them at the image, which may leave boxes without area;
        'keep' and 'ignore' leave them whole, and for 'ignore' the caller hands `inside` to matching.
      image_height, image_width: pixels, positive.

    Raises:
      ValueError: an image side is not positive, an anchor would be absurdly small or large, or there
        would be more than MAX_ANCHORS of them.

    References:
      Ren et al., Faster R-CNN, 2015, sec. 3.1.1.
    """
    rows, cols = spec.grid(image_height, image_width)
    shapes = spec.shapes_per_cell
    count = rows * cols * shapes
    if count > MAX_ANCHORS:
        raise ValueError(
            f"stride {spec.stride:g} on an image of {image_width} x {image_height} with {shapes} shapes per "
            f"cell makes {count:,} anchors; take a larger stride or fewer sizes (at most {MAX_ANCHORS:,})"
        )
    sides = np.asarray(spec.widths_heights)
    if sides.max() > LARGEST_SIDE or sides.min() < SMALLEST_SIDE:
        width, height = sides[np.argmax(np.abs(np.log(sides)).max(axis=1))]
        raise ValueError(
            f"sizes and aspect_ratios make an anchor of {width:g} x {height:g} pixels; "
            f"keep both sides from {SMALLEST_SIDE:g} to {LARGEST_SIDE:g}"
        )
    if max(rows, cols) * spec.stride > LARGEST_COORDINATE / 2:
        raise ValueError(
            f"stride {spec.stride:g} puts anchors beyond {LARGEST_COORDINATE:g} pixels; take less"
        )
    results = jax.device_get(
        _generate(
            pad(sides.astype(np.float32), bucket(shapes, SHAPES)),
            shapes,
            cols,
            spec.stride,
            spec.center,
            float(image_height),
            float(image_width),
            spec.border == "clip",
            length=bucket(count, ANCHORS),
        )
    )
    return Anchors(*(values[:count].copy() for values in results), rows, cols)
