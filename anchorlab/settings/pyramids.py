"""Anchors on several feature maps: a pyramid is a tuple of levels, a level a grid and its shapes.

Detectors differ in how they *name* their shapes: octave scales times ratios (RetinaNet), one size a
level (FPN), several sizes on one map (Faster R-CNN), a size, a geometric mean and reciprocal ratios
(SSD), plain widths and heights (YOLO). All of them come down to one list of (width, height) for
every cell, which is what a `LevelSpec` holds; the functions below write those lists.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from anchorlab.settings.anchors import AnchorSpec, Border, RatioMeaning
from anchorlab.settings.validation import Checked, choice, integer, is_positive, limited, number, numbers

Order = Literal["size-major", "ratio-major"]
Rounding = Literal["none", "half-even"]
Uneven = Literal["keep", "floor", "exact"]
Sides = tuple[tuple[float, float], ...]


def octaves(base: float, scales: int = 3) -> tuple[float, ...]:
    """`scales` sizes of one octave, base x 2^(i / scales): 32, 40.3, 50.8 for 32 and 3.

    References:
      Lin et al., Focal Loss (RetinaNet), 2017, sec. 4.
    """
    return tuple(base * 2 ** (i / scales) for i in range(scales))


def sized(
    sizes: Iterable[float],
    aspect_ratios: Iterable[float],
    *,
    order: Order = "size-major",
    ratio_means: RatioMeaning = "h/w",
    rounding: Rounding = "none",
    whole_sizes: bool = False,
) -> Sides:
    """(width, height) of every size with every ratio: w h = size^2, and h / w (or w / h) = ratio.

    Args:
      sizes: pixels; the side of the square of equal area.
      aspect_ratios: positive; what they divide is `ratio_means`.
      order: 'size-major', all ratios of the first size first (detectron2), or 'ratio-major', all
        sizes of the first ratio first (torchvision, mmdetection, Keras, yhenon).
      ratio_means: 'h/w' or 'w/h'.
      rounding: 'none', or 'half-even': the corners of the box around the origin are rounded to whole
        pixels, halves to the even one, so that both sides come out even (torchvision).
      whole_sizes: cut sizes down to whole pixels first, 40.3 to 40 (torchvision's RetinaNet).

    Example:
      >>> sized([32], [0.25, 1])
      ((64.0, 16.0), (32.0, 32.0))

    References:
      Ren et al., Faster R-CNN, 2015, sec. 3.1.1.
    """
    sizes = numbers(sizes, "sizes", "positive pixels", is_positive)
    ratios = numbers(aspect_ratios, "aspect_ratios", "positive", is_positive)
    choice(order, "order", ("size-major", "ratio-major"))
    choice(ratio_means, "ratio_means", ("h/w", "w/h"))
    choice(rounding, "rounding", ("none", "half-even"))
    if whole_sizes:
        sizes = numbers(map(int, sizes), "sizes", "one pixel or more if whole", is_positive)
    if order == "size-major":
        pairs = [(size, ratio) for size in sizes for ratio in ratios]
    else:
        pairs = [(size, ratio) for ratio in ratios for size in sizes]
    sides = [(size / math.sqrt(ratio), size * math.sqrt(ratio)) for size, ratio in pairs]
    if ratio_means == "w/h":
        sides = [(b, a) for a, b in sides]
    if rounding == "half-even":
        sides = [(2.0 * round(width / 2), 2.0 * round(height / 2)) for width, height in sides]
    return tuple(sides)


def default_boxes(
    size: float,
    next_size: float,
    aspect_ratios: Iterable[float],
    *,
    frame: tuple[float, float] = (1.0, 1.0),
    clip: bool = False,
) -> Sides:
    """SSD's default boxes: the square, a larger square, and each ratio lying and standing.

    The larger square is the geometric mean sqrt(size next_size) of this level's size and the next's.
    Each ratio r is width / height, and its reciprocal follows: (size sqrt r, size / sqrt r), then
    (size / sqrt r, size sqrt r). A cell has 2 + 2 m shapes.

    Args:
      size, next_size: SSD's min and max size; times `frame`, pixels.
      aspect_ratios: m of them, without 1; may be empty.
      frame: (width, height) that multiplies the sides: (1, 1) for sizes in pixels, the image's for
        sizes as fractions of it, which stretches "square" boxes on an image that is not square.
      clip: cut both sides at the frame: at 1 of fractions, at the image's size in pixels. Corners may
        still leave the image. Needs a frame.

    Example:
      >>> default_boxes(30, 60, [4])
      ((30.0, 30.0), (42.42640687119285, 42.42640687119285), (60.0, 15.0), (15.0, 60.0))

    References:
      Liu et al., SSD, 2016, sec. 2.2.
    """
    size = number(size, "size", "positive", is_positive)
    between = math.sqrt(size * number(next_size, "next_size", "positive", is_positive))
    sides = [(size, size), (between, between)]
    for ratio in aspect_ratios:
        root = math.sqrt(number(ratio, "aspect_ratios", "positive", is_positive))
        sides += [(size * root, size / root), (size / root, size * root)]
    width, height = numbers(frame, "frame", "positive", is_positive, 2)
    if clip:
        sides = [(min(w, 1.0), min(h, 1.0)) for w, h in sides]
    return tuple((w * width, h * height) for w, h in sides)


def default_box_scales(levels: int, smallest: float = 0.2, largest: float = 0.9) -> tuple[float, ...]:
    """SSD's sizes as fractions of the image, evenly spaced, and 1 for the mean after the last:
    `levels` + 1 numbers, of which two neighbours make a level's `default_boxes`.

    References:
      Liu et al., SSD, 2016, Eq. 4.
    """
    levels = integer(levels, "levels", "a whole number from 1 on", is_positive)
    step = (largest - smallest) / (levels - 1) if levels > 1 else 0.0
    return tuple(smallest + step * level for level in range(levels)) + (1.0,)


@dataclass(frozen=True)
class LevelSpec(Checked):
    """One feature map: how its cells lie over the image, and which shapes every cell has.

    Attributes:
      stride: pixels between neighbouring cells.
      widths_heights: pixels, (width, height) of each shape in the order of the anchors; written out
        (YOLO), or by `sized` or `default_boxes`.
      map_size: (rows, columns) if the feature map's size is given (SSD); None for as many cells as it
        takes to cover the image, ceil(image / stride).
      name: what papers call it, such as 'P3'.
    """

    stride: float = limited(above=0, what="a number of pixels")
    widths_heights: Sides = limited(above=0, what="a number of pixels")
    map_size: tuple[int, int] | None = limited(None, 1)
    name: str = ""

    @property
    def shapes_per_cell(self) -> int:
        return len(self.widths_heights)

    @property
    def sizes_ratios(self) -> tuple[tuple[float, float], ...]:
        """Of each shape the size, sqrt(w h), and the aspect ratio h / w."""
        return tuple((math.sqrt(w * h), h / w) for w, h in self.widths_heights)

    def grid(self, image_height: float, image_width: float) -> tuple[int, int]:
        """(rows, columns) of the feature map."""
        height = number(image_height, "image_height", "a positive number of pixels", is_positive)
        width = number(image_width, "image_width", "a positive number of pixels", is_positive)
        return self.map_size or (math.ceil(height / self.stride), math.ceil(width / self.stride))


@dataclass(frozen=True)
class PyramidSpec(Checked):
    """The anchors of several feature maps.

    Attributes:
      levels: fine to coarse, as anchors are listed.
      center: where in its cell an anchor is centred, in cells: 0.5 the middle, 0 the corner.
      uneven: pixels between cells where the grid does not divide the image. 'keep': the level's
        stride, so the last cells overhang (detectron2, mmdetection, Keras); 'floor': image // grid
        for each axis, so centres crowd to the left and top (torchvision); 'exact': image / grid (SSD
        without steps). It moves centres only; the grid and the shapes stay.
      border: what becomes of anchors that leave the image, as in `AnchorSpec`.
    """

    levels: tuple[LevelSpec, ...]
    center: float = limited(0.5, 0, 1, offered=(0.0, 0.5))
    uneven: Uneven = "keep"
    border: Border = "keep"

    def grids(self, image_height: float, image_width: float) -> tuple[tuple[int, int], ...]:
        """(rows, columns) of every level."""
        return tuple(level.grid(image_height, image_width) for level in self.levels)

    def strides(self, image_height: float, image_width: float) -> tuple[tuple[float, float], ...]:
        """(y, x) pixels between neighbouring cells of every level; 'floor' may reach 0."""
        if self.uneven == "keep":
            return tuple((level.stride, level.stride) for level in self.levels)
        strides = (
            (image_height / rows, image_width / cols) for rows, cols in self.grids(image_height, image_width)
        )
        if self.uneven == "floor":
            return tuple((float(math.floor(y)), float(math.floor(x))) for y, x in strides)
        return tuple(strides)

    def counts(self, image_height: float, image_width: float) -> tuple[int, ...]:
        """Anchors on every level: rows x columns x shapes.

        Example:
          640 x 832 pixels, RetinaNet: 74880, 18720, 4680, 1170, 315; 99765 in all.
        """
        grids = self.grids(image_height, image_width)
        return tuple(
            rows * cols * level.shapes_per_cell
            for (rows, cols), level in zip(grids, self.levels, strict=True)
        )


def as_pyramid(spec: AnchorSpec | PyramidSpec) -> PyramidSpec:
    """One feature map as a pyramid of one level, with the same anchors in the same order; a pyramid as it is."""
    if isinstance(spec, PyramidSpec):
        return spec
    return PyramidSpec((LevelSpec(spec.stride, spec.widths_heights),), center=spec.center, border=spec.border)


class HeadShape(NamedTuple):
    """What a detector's head puts out for one level, cells in rows.

    Attributes:
      offsets: (cells, 4 K): four numbers for each of a cell's K anchors.
      scores: (cells, classes K); one class, object or not, for a region proposal network.
    """

    offsets: tuple[int, int]
    scores: tuple[int, int]


def head_shapes(
    spec: PyramidSpec, image_height: float, image_width: float, *, classes: int = 1
) -> tuple[HeadShape, ...]:
    """The output shapes of every level's head: 50 x 50 cells of nine anchors make 2500 x 36 offsets
    and 2500 x 9 objectness scores.

    Args:
      spec: the pyramid.
      image_height, image_width: pixels.
      classes: scores per anchor: 1 for objectness, K for RetinaNet, K + 1 with a background class.

    References:
      Ren et al., Faster R-CNN, 2015, sec. 3.1.
    """
    classes = integer(classes, "classes", "a whole number from 1 on", is_positive)
    return tuple(
        HeadShape((rows * cols, 4 * level.shapes_per_cell), (rows * cols, classes * level.shapes_per_cell))
        for (rows, cols), level in zip(spec.grids(image_height, image_width), spec.levels, strict=True)
    )
