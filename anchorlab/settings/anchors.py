"""The anchors of one feature map."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from anchorlab.settings.validation import Checked, is_positive, limited, number

RatioMeaning = Literal["h/w", "w/h"]


Combination = Literal["all", "first"]


Border = Literal["keep", "clip", "ignore"]
# How far people set them.
SIZE_RANGE = (2.0, 4096.0)
RATIO_RANGE = (0.02, 50.0)
STRIDE_RANGE = (2.0, 512.0)


@dataclass(frozen=True)
class AnchorSpec(Checked):
    """The anchors of one feature map: the same few boxes around every cell.

    Attributes:
      sizes: pixels; the side of the square with the anchor's area.
      aspect_ratios: positive; what they divide is `ratio_means`.
      stride: pixels between neighbouring cells.
      ratio_means: 'h/w' (torchvision, detectron2, mmdetection) or 'w/h' (d2l, SSD, Keras).
      combine: 'all' pairs every size with every ratio, n x m shapes; 'first' only those with the
        first size or the first ratio, n + m - 1 shapes (Dive into Deep Learning).
      center: where in its cell an anchor is centred, in cells: 0.5 the middle, 0 the corner.
      border: what becomes of anchors that leave the image: 'keep' them, 'clip' them to it, or
        'ignore' them in matching (Faster R-CNN).
    """

    sizes: tuple[float, ...] = limited(
        (64.0, 128.0, 256.0), above=0, people=SIZE_RANGE, what="a number of pixels"
    )
    aspect_ratios: tuple[float, ...] = limited((0.5, 1.0, 2.0), above=0, people=RATIO_RANGE)
    stride: float = limited(32.0, above=0, people=STRIDE_RANGE, what="a number of pixels")
    ratio_means: RatioMeaning = "h/w"
    combine: Combination = "all"
    center: Literal[0.5, 0.0] = 0.5
    border: Border = "keep"

    @property
    def pairs(self) -> tuple[tuple[float, float], ...]:
        """(size, ratio) of each shape, in anchor order: size-major, or as d2l lists its n + m - 1."""
        if self.combine == "all":
            return tuple((size, ratio) for size in self.sizes for ratio in self.aspect_ratios)
        first_ratio = tuple((size, self.aspect_ratios[0]) for size in self.sizes)
        return first_ratio + tuple((self.sizes[0], ratio) for ratio in self.aspect_ratios[1:])

    @property
    def shapes_per_cell(self) -> int:
        """Anchors around one cell: n x m, or n + m - 1."""
        n, m = len(self.sizes), len(self.aspect_ratios)
        return n * m if self.combine == "all" else n + m - 1

    @property
    def widths_heights(self) -> tuple[tuple[float, float], ...]:
        """(width, height) in pixels of each of `pairs`: w * h = size^2 and h / w (or w / h) = ratio."""
        sides = ((size / math.sqrt(ratio), size * math.sqrt(ratio)) for size, ratio in self.pairs)
        return tuple((a, b) if self.ratio_means == "h/w" else (b, a) for a, b in sides)

    def grid(self, image_height: int, image_width: int) -> tuple[int, int]:
        """(rows, columns) of the feature map: as many cells as it takes to cover the image."""
        height = number(image_height, "image_height", "a positive number of pixels", is_positive)
        width = number(image_width, "image_width", "a positive number of pixels", is_positive)
        return math.ceil(height / self.stride), math.ceil(width / self.stride)
