"""Anchors: the boxes a detector starts from, the same few around every cell of its feature maps.

Order everywhere: level by level, in a level cell by cell (row by row), in a cell shape by shape. One
feature map is a pyramid of one level.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp

from anchorlab.core.rounding import rounded


def pair_sizes_with_ratios(
    sizes: jax.Array, ratios: jax.Array, combine: str = "all"
) -> tuple[jax.Array, jax.Array]:
    """The (size, ratio) of every shape of a cell.

    Args:
      sizes: (n,).
      ratios: (m,).
      combine: 'all', every size with every ratio, size-major; or 'first', every size with the first
        ratio, then the first size with the other ratios.

    Returns:
      Sizes and ratios, each (K,): K = n m for 'all', n + m - 1 for 'first'.

    References:
      'all': Ren et al., Faster R-CNN, 2015. 'first': Zhang et al., Dive into Deep Learning, ch. 14.4.
    """
    if combine == "all":
        return jnp.repeat(sizes, ratios.shape[0]), jnp.tile(ratios, sizes.shape[0])
    if combine == "first":
        return (
            jnp.concatenate([sizes, jnp.broadcast_to(sizes[:1], ratios[1:].shape)]),
            jnp.concatenate([jnp.broadcast_to(ratios[:1], sizes.shape), ratios[1:]]),
        )
    raise ValueError(f"combine must be 'all' or 'first', got {combine!r}")


def shape_sides(sizes: jax.Array, ratios: jax.Array, ratio_means: str = "h/w") -> jax.Array:
    """Widths and heights (K, 2) of boxes with area sizes^2 and the given aspect ratios, both (K,).

    `ratio_means` is 'h/w' or 'w/h'; taking one for the other turns every box on its side.
    """
    if ratio_means not in ("h/w", "w/h"):
        raise ValueError(f"ratio_means must be 'h/w' or 'w/h', got {ratio_means!r}")
    shorter, longer = sizes / jnp.sqrt(ratios), sizes * jnp.sqrt(ratios)
    return jnp.stack([shorter, longer] if ratio_means == "h/w" else [longer, shorter], axis=-1)


def cell_centers(cells: jax.Array, stride: jax.Array, *, center: float = 0.5) -> jax.Array:
    """Where along one axis the anchors of these cells (...) are centred, in the unit of `stride` (...).

    `center` is a place in the cell: 0.5 the middle, 0 the corner. Like `edges` it takes NumPy's arrays as well as
    JAX's: an anchor's x follows from its column and its shape alone, so whoever generates as many cells as a
    slider says works out a row and a column of them, and compiles nothing.

    Example:
      >>> cell_centers(jnp.arange(3), 16.0).tolist()
      [8.0, 24.0, 40.0]
    """
    return rounded((cells + center) * stride)


def edges(centers: jax.Array, sides: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Where boxes with these centres (...) and sides (...), which broadcast, begin and end along an axis."""
    half = sides / 2
    return centers - half, centers + half


def around(centers: jax.Array, widths_heights: jax.Array) -> jax.Array:
    """xyxy boxes (..., 4) with these centres (..., 2) and sides (..., 2), which broadcast."""
    return jnp.concatenate(edges(centers, widths_heights), axis=-1)


def around_each(x: jax.Array, y: jax.Array, widths_heights: jax.Array) -> jax.Array:
    """xyxy boxes (R C K, 4) with these sides (K, 2) around every point of a grid: columns at x (C,), rows at y (R,).

    From row to row nothing changes but y. So one row is worked out, C K 4 numbers side by side, and where in it a y
    stands; every row is that one plus its y there. The time is little more than that of writing the boxes down.
    """
    offsets = around(jnp.zeros((1, 2)), widths_heights)  # (K, 4)
    is_y = jnp.broadcast_to(jnp.array([0.0, 1.0, 0.0, 1.0], x.dtype)[None, :], offsets.shape)
    # What a loop gives lies in memory; XLA would work it out again for every row otherwise. A product with 0 or 1 is
    # exact, whether or not it is rounded before it is added.
    tables = jax.lax.map(lambda at: jnp.stack([at * (1 - is_y) + offsets, is_y]), x)  # (C, 2, K, 4)
    row, where_y = tables[:, 0].reshape(-1), tables[:, 1].reshape(-1)
    return jax.lax.map(lambda at: at * where_y + row, y).reshape(-1, 4)


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


def anchors_at(index: jax.Array, levels: Levels, *, center: float = 0.5) -> jax.Array:
    """The anchors with these indices, in closed form.

    Nothing but the lengths of `index` and of the tables decides a shape, so one compiled call serves
    every pyramid and every image that fit.

    Args:
      index: integers (A,), from 0.
      levels: the feature maps and their shapes.
      center: where in its cell an anchor is centred, in cells; 0.5 the middle, 0 the corner.

    Returns:
      xyxy pixels (A, 4). They may leave the image: clipping is a decision of its own.

    References:
      Ren et al., Faster R-CNN, 2015, sec. 3.1.1; Lin et al., Feature Pyramid Networks, 2017, sec. 4.1.
    """
    place = places(index, levels)
    stride = levels.stride[place.level]
    centers = cell_centers(jnp.stack([place.col, place.row], axis=-1), stride[:, ::-1], center=center)
    return around(centers, levels.widths_heights[levels.first_shape[place.level] + place.shape])


def grid_anchors(
    rows: int, cols: int, widths_heights: jax.Array, *, stride: float, center: float = 0.5
) -> jax.Array:
    """All anchors of one feature map of rows x cols cells: xyxy pixels (rows * cols * K, 4).

    Example:
      >>> grid_anchors(1, 2, jnp.array([[8., 4.]]), stride=16.)
      Array([[ 4.,  6., 12., 10.],
             [20.,  6., 28., 10.]], dtype=float32)
    """
    stride = jnp.asarray(stride, float)
    x, y = (cell_centers(jnp.arange(cells), stride, center=center) for cells in (cols, rows))
    return around_each(x, y, widths_heights)


def multibox_prior(rows: int, cols: int, sizes: jax.Array, ratios: jax.Array) -> jax.Array:
    """The normalised anchors of Dive into Deep Learning: n + m - 1 around every pixel.

    A size is a fraction of the image *height*, and a ratio is width / height in *pixels*: the width
    s sqrt(r) is multiplied by rows / cols, which keeps boxes true to shape on an image that is not
    square. Centres are in the middle of the pixel.

    Args:
      rows, cols: pixels of the image, or cells of the feature map.
      sizes: (n,).
      ratios: (m,). The first goes with every size, the others with the first size only.

    Returns:
      xyxy (rows * cols * (n + m - 1), 4), normalised; not clipped.

    References:
      Zhang et al., Dive into Deep Learning, sec. 14.4.1; Liu et al., SSD, 2016, sec. 2.2.
    """
    # The order of the operations is the book's, so that the numbers are too.
    widths_heights = shape_sides(*pair_sizes_with_ratios(sizes, ratios, "first"), "w/h")
    widths_heights = jnp.stack([widths_heights[:, 0] * rows / cols, widths_heights[:, 1]], axis=-1)
    x, y = (cell_centers(jnp.arange(cells), 1 / cells) for cells in (cols, rows))
    return around_each(x, y, widths_heights)
