"""All anchors of an image, on one feature map or on several."""

from typing import NamedTuple

import numpy as np

from anchorlab.core import anchors as core
from anchorlab.core.boxes import clip_along, inside_along
from anchorlab.engine.buckets import bucket, pad
from anchorlab.engine.checks import LARGEST_COORDINATE
from anchorlab.settings.anchors import AnchorSpec
from anchorlab.settings.pyramids import PyramidSpec, Sides, as_pyramid

MAX_ANCHORS = 2**20
SMALLEST_SIDE, LARGEST_SIDE = 1e-3, 1e7
LEVELS, ALL_SHAPES = 8, 64
"""The smallest bucket of levels, and of shapes of all levels together."""
_FAR = 2**31 - 1


class Level(NamedTuple):
    """A feature map, and which anchors are its own.

    Attributes:
      start: index of its first anchor.
      rows, cols: of cells.
      stride: (y, x) pixels between neighbouring cells.
      widths_heights: pixels, (width, height) of the shapes of every cell.
    """

    start: int
    rows: int
    cols: int
    stride: tuple[float, float]
    widths_heights: Sides

    @property
    def count(self) -> int:
        """How many anchors it has."""
        return self.rows * self.cols * len(self.widths_heights)

    @property
    def span(self) -> slice:
        """Its anchors among all."""
        return slice(self.start, self.start + self.count)


class Anchors(NamedTuple):
    """Every anchor of an image: level by level, in a level cell by cell (row by row), in a cell shape by shape.

    Where an anchor sits follows from its index, so that is worked out only for those who ask.

    Attributes:
      xyxy: float32 pixels (A, 4).
      inside: bool (A,), wholly in the image, its border included; of a clipped anchor: before that.
      levels: the feature maps, fine to coarse.
    """

    xyxy: np.ndarray
    inside: np.ndarray
    levels: tuple[Level, ...]

    @property
    def level(self) -> np.ndarray:
        """int32 (A,): the level of each anchor."""
        return self._of_each(np.full(own.count, k) for k, own in enumerate(self.levels))

    @property
    def cell(self) -> np.ndarray:
        """int32 (A,): row-major index of each anchor's cell in its level."""
        return self._of_each(np.arange(own.count) // len(own.widths_heights) for own in self.levels)

    @property
    def shape(self) -> np.ndarray:
        """int32 (A,): index into the level's `widths_heights`."""
        return self._of_each(np.arange(own.count) % len(own.widths_heights) for own in self.levels)

    @property
    def cell_sides(self) -> np.ndarray:
        """float32 pixels (A, 2): width and height of each anchor's cell."""
        return np.array([own.stride[::-1] for own in self.levels], np.float32)[self.level]

    @property
    def has_area(self) -> np.ndarray:
        """bool (A,): not a line or a point, which is what clipping at the border leaves of some."""
        return (self.xyxy[:, :2] < self.xyxy[:, 2:]).all(axis=1)

    def _of_each(self, parts) -> np.ndarray:
        return np.concatenate([np.zeros(0, np.int32), *parts]).astype(np.int32)

    def scaled(self, down: float, across: float) -> "Anchors":
        """The same in pixels of an image whose height is `down` times and whose width `across` times theirs.

        Every number is rounded once.
        """
        if down == across == 1:
            return self
        factors = across, down, across, down
        return self._replace(
            xyxy=(self.xyxy.astype(np.float64) * factors).astype(np.float32),
            levels=tuple(
                own._replace(
                    stride=(own.stride[0] * down, own.stride[1] * across),
                    widths_heights=tuple((w * across, h * down) for w, h in own.widths_heights),
                )
                for own in self.levels
            ),
        )


def _levels(spec: PyramidSpec, image_height: int, image_width: int) -> tuple[Level, ...]:
    """The feature maps over an image, unless there is something absurd about them."""
    counts = spec.counts(image_height, image_width)
    if sum(counts) > MAX_ANCHORS:
        raise ValueError(
            f"spec makes {sum(counts):,} anchors on an image of {image_width} x {image_height}; take larger "
            f"strides or fewer shapes (at most {MAX_ANCHORS:,})"
        )
    sides = [side for level in spec.levels for shape in level.widths_heights for side in shape]
    if max(sides) > LARGEST_SIDE or min(sides) < SMALLEST_SIDE:
        raise ValueError(
            f"spec has shapes with sides of {min(sides):g} to {max(sides):g} pixels; "
            f"keep all from {SMALLEST_SIDE:g} to {LARGEST_SIDE:g}"
        )
    grids, strides = (f(image_height, image_width) for f in (spec.grids, spec.strides))
    if (np.array(grids) * strides).max() > LARGEST_COORDINATE / 2:
        raise ValueError(f"spec puts anchors beyond {LARGEST_COORDINATE:g} pixels; take smaller strides")
    starts = np.cumsum([0, *counts]).tolist()
    return tuple(
        Level(start, *grid, stride, level.widths_heights)
        for level, start, grid, stride in zip(spec.levels, starts, grids, strides, strict=False)
    )


def tables(levels: tuple[Level, ...]) -> core.Levels:
    """The feature maps as padded arrays for the core."""
    length = bucket(len(levels), LEVELS)
    starts, rows, cols = (np.array([level[k] for level in levels], np.int32) for k in range(3))
    shapes = np.array([len(level.widths_heights) for level in levels], np.int32)
    sides = np.concatenate([level.widths_heights for level in levels])
    start = np.full(length, _FAR, np.int32)
    start[: len(levels)] = starts
    return core.Levels(
        start=start,
        # Rows of padding are never read, but must not divide by 0.
        rows=np.maximum(pad(rows, length), 1),
        cols=np.maximum(pad(cols, length), 1),
        shapes_per_cell=np.maximum(pad(shapes, length), 1),
        first_shape=pad((np.cumsum(shapes) - shapes).astype(np.int32), length),
        stride=pad(np.array([level.stride for level in levels], np.float32), length),
        widths_heights=pad(sides.astype(np.float32), bucket(len(sides), ALL_SHAPES)),
    )


def generate_anchors(spec: AnchorSpec | PyramidSpec, image_height: int, image_width: int) -> Anchors:
    """Generates all anchors over an image.

    Args:
      spec: one feature map, or a pyramid of several. border='clip' cuts anchors at the image, which may
        leave boxes without area; 'keep' and 'ignore' leave them whole, and for 'ignore' the caller hands
        `inside` to matching.
      image_height, image_width: pixels, positive.

    Raises:
      ValueError: an image side is not positive, an anchor would be absurdly small or large, or there
        would be more than MAX_ANCHORS of them.

    References:
      `core.anchors.anchors_at`.
    """
    pyramid = as_pyramid(spec)
    levels = _levels(pyramid, image_height, image_width)
    count = levels[-1].span.stop
    xyxy, inside = np.empty((count, 4), np.float32), np.empty(count, bool)
    clip = pyramid.border == "clip"
    for level in levels:
        # A box's x follows from its column and shape, its y from its row and shape.
        widths, heights = np.array(level.widths_heights, np.float32).T
        across = _edges(level.cols, pyramid.center, level.stride[1], widths, image_width, clip)
        down = _edges(level.rows, pyramid.center, level.stride[0], heights, image_height, clip)
        grid = (level.rows, level.cols, len(widths))
        boxes = xyxy[level.span].reshape(*grid, 4)
        boxes[..., 0], boxes[..., 2] = across.low[None], across.high[None]
        boxes[..., 1], boxes[..., 3] = down.low[:, None], down.high[:, None]
        np.logical_and(across.inside[None], down.inside[:, None], out=inside[level.span].reshape(grid))
    return Anchors(xyxy, inside, levels)


class _Edges(NamedTuple):
    """Along one axis, by cell and shape (n, K): where anchors begin and end, and whether they do so in the image."""

    low: np.ndarray
    high: np.ndarray
    inside: np.ndarray


def _edges(cells: int, center: float, stride: float, sides: np.ndarray, image: int, clip: bool) -> _Edges:
    """Nothing is compiled: the cells are as many as a slider says."""
    middle = core.cell_centers(np.arange(cells, dtype=np.float32), stride, center=center)
    low, high = core.edges(middle[:, None], sides)
    inside = inside_along(low, high, image)
    return _Edges(*((clip_along(edge, image) if clip else edge) for edge in (low, high)), inside)
