"""Anchors on several feature maps at once: one list, level by level, in closed form."""

from typing import NamedTuple

import jax
import jax.numpy as jnp

from anchorlab.core.anchors import around
from anchorlab.core.rounding import rounded


class Levels(NamedTuple):
    """The feature maps of a pyramid, as arrays; L levels, padded or not.

    Attributes:
      start: int32 (L,), the index of a level's first anchor; rising. Of an unused level: beyond all.
      rows, cols: int32 (L,), of the feature map.
      shapes_per_cell: int32 (L,).
      first_shape: int32 (L,), the row of `widths_heights` where its shapes begin.
      stride: pixels (L, 2), between rows (y) and between columns (x).
      widths_heights: pixels (K, 2), the shapes of all levels in one table.
    """

    start: jax.Array
    rows: jax.Array
    cols: jax.Array
    shapes_per_cell: jax.Array
    first_shape: jax.Array
    stride: jax.Array
    widths_heights: jax.Array


class Place(NamedTuple):
    """Where an anchor sits; all int32 (A,).

    Attributes:
      level, row, col: its feature map, and its cell there.
      cell: row-major index of the cell in its level.
      shape: index of the shape in its level.
    """

    level: jax.Array
    row: jax.Array
    col: jax.Array
    cell: jax.Array
    shape: jax.Array


def places(index: jax.Array, levels: Levels) -> Place:
    """Where the anchors with these indices (A,) sit.

    A level's anchors follow the level before; in it index = (row x cols + col) x K + shape.
    """
    level = jnp.sum(index[:, None] >= levels.start[None, 1:], axis=1, dtype=jnp.int32)
    within = index - levels.start[level]
    cell, shape = jnp.divmod(within, levels.shapes_per_cell[level])
    row, col = jnp.divmod(cell, levels.cols[level])
    return Place(level, row, col, cell, shape)


def index_of(place: Place, levels: Levels) -> jax.Array:
    """The indices of anchors by level, row, col and shape; the inverse of `places`. Integers of one
    shape (...); `cell` is not read."""
    cell = place.row * levels.cols[place.level] + place.col
    return levels.start[place.level] + cell * levels.shapes_per_cell[place.level] + place.shape


def pyramid_anchors(index: jax.Array, levels: Levels, *, center: float = 0.5) -> tuple[jax.Array, Place]:
    """The anchors of a pyramid with these indices.

    Nothing but the lengths of `index` and of the tables decides a shape, so one compiled call serves
    every pyramid and every image that fit.

    Args:
      index: integers (A,), from 0.
      levels: the feature maps and their shapes.
      center: where in its cell an anchor is centred, in cells; 0.5 the middle, 0 the corner.

    Returns:
      xyxy pixels (A, 4), which may leave the image, and their places.

    References:
      Lin et al., Feature Pyramid Networks, 2017, sec. 4.1; Lin et al., Focal Loss, 2017, sec. 4.
    """
    place = places(index, levels)
    stride = levels.stride[place.level]
    centers = rounded((jnp.stack([place.col, place.row], axis=-1) + center) * stride[:, ::-1])
    return around(centers, levels.widths_heights[levels.first_shape[place.level] + place.shape]), place
