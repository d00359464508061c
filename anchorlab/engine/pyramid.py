"""All anchors of an image on several feature maps."""

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from anchorlab.core import pyramid as core
from anchorlab.core.boxes import clip_to_image, inside_image
from anchorlab.engine.anchors import LARGEST_SIDE, MAX_ANCHORS, SMALLEST_SIDE
from anchorlab.engine.buckets import ANCHORS, bucket, pad
from anchorlab.engine.checks import LARGEST_COORDINATE
from anchorlab.settings.pyramids import PyramidSpec

LEVELS, ALL_SHAPES = 8, 64
"""The smallest bucket of levels, and of shapes of all levels together."""
_FAR = 2**31 - 1


class PyramidAnchors(NamedTuple):
    """Every anchor of an image: level by level, in a level cell by cell, in a cell shape by shape.

    Attributes:
      xyxy: float32 pixels (A, 4).
      inside: bool (A,), wholly in the image, its border included; of a clipped anchor: before that.
      level: int32 (A,), index into `PyramidSpec.levels`.
      cell: int32 (A,), row-major index of its cell in its level.
      shape: int32 (A,), index into the level's `widths_heights`.
      starts: (L + 1) ints: level l has the anchors from starts[l] to starts[l + 1].
      grids: (rows, columns) of every level.
      strides: (y, x) pixels between cells of every level.
    """

    xyxy: np.ndarray
    inside: np.ndarray
    level: np.ndarray
    cell: np.ndarray
    shape: np.ndarray
    starts: tuple[int, ...]
    grids: tuple[tuple[int, int], ...]
    strides: tuple[tuple[float, float], ...]


@partial(jax.jit, static_argnames="length")
def _generate(levels, center, height, width, clip, *, length):
    xyxy, place = core.pyramid_anchors(jnp.arange(length), levels, center=center)
    inside = inside_image(xyxy, height, width)
    xyxy = jnp.where(clip, clip_to_image(xyxy, height, width), xyxy)
    return xyxy, inside, place.level, place.cell, place.shape


def tables(spec: PyramidSpec, image_height: int, image_width: int) -> tuple[core.Levels, int]:
    """The pyramid as padded arrays for the core, and how many anchors it has.

    Raises:
      ValueError: the image or a shape is absurd, or there would be more than MAX_ANCHORS anchors.
    """
    counts = spec.counts(image_height, image_width)
    total = sum(counts)
    if total > MAX_ANCHORS:
        raise ValueError(
            f"levels make {total:,} anchors on an image of {image_width} x {image_height}; take larger "
            f"strides or fewer shapes (at most {MAX_ANCHORS:,})"
        )
    shapes = [level.shapes_per_cell for level in spec.levels]
    sides = np.concatenate([level.widths_heights for level in spec.levels])
    if sides.max() > LARGEST_SIDE or sides.min() < SMALLEST_SIDE:
        raise ValueError(
            f"levels have a shape of {sides.min():g} to {sides.max():g} pixels; "
            f"keep both sides from {SMALLEST_SIDE:g} to {LARGEST_SIDE:g}"
        )
    strides = np.array(spec.strides(image_height, image_width), np.float32)
    grids = np.array(spec.grids(image_height, image_width), np.int32)
    if (grids * strides).max() > LARGEST_COORDINATE / 2:
        raise ValueError(f"levels put anchors beyond {LARGEST_COORDINATE:g} pixels; take smaller strides")
    length = bucket(len(shapes), LEVELS)
    start = np.full(length, _FAR, np.int32)
    start[: len(counts)] = np.cumsum([0, *counts[:-1]])
    levels = core.Levels(
        start=start,
        # Rows of padding are never read, but must not divide by 0.
        rows=np.maximum(pad(grids[:, 0], length), 1),
        cols=np.maximum(pad(grids[:, 1], length), 1),
        shapes_per_cell=np.maximum(pad(np.array(shapes, np.int32), length), 1),
        first_shape=pad(np.cumsum([0, *shapes[:-1]]).astype(np.int32), length),
        stride=pad(strides, length),
        widths_heights=pad(sides.astype(np.float32), bucket(len(sides), ALL_SHAPES)),
    )
    return levels, total


def generate_pyramid(spec: PyramidSpec, image_height: int, image_width: int) -> PyramidAnchors:
    """Generates the anchors of all levels over an image.

    Args:
      spec: the pyramid. border='clip' cuts anchors at the image; 'keep' and 'ignore' leave them
        whole, and for 'ignore' the caller hands `inside` to matching.
      image_height, image_width: pixels, positive.

    Raises:
      ValueError: as `tables`.

    References:
      `core.pyramid.pyramid_anchors`.
    """
    levels, count = tables(spec, image_height, image_width)
    results = jax.device_get(
        _generate(
            levels,
            spec.center,
            float(image_height),
            float(image_width),
            spec.border == "clip",
            length=bucket(count, ANCHORS),
        )
    )
    return PyramidAnchors(
        *(values[:count].copy() for values in results),
        starts=(0, *np.cumsum(spec.counts(image_height, image_width)).tolist()),
        grids=spec.grids(image_height, image_width),
        strides=spec.strides(image_height, image_width),
    )
