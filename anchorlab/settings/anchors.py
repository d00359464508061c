"""The anchors of one feature map."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from anchorlab.settings.validation import Checked, choice, is_positive, number, numbers

RatioMeaning = Literal["h/w", "w/h"]


Combination = Literal["all", "first"]


Border = Literal["keep", "clip", "ignore"]


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

    sizes: tuple[float, ...] = (64.0, 128.0, 256.0)
    aspect_ratios: tuple[float, ...] = (0.5, 1.0, 2.0)
    stride: float = 32.0
    ratio_means: RatioMeaning = "h/w"
    combine: Combination = "all"
    center: float = 0.5
    border: Border = "keep"

    def __post_init__(self):
        self.store(
            sizes=numbers(self.sizes, "sizes", "positive pixels", is_positive),
            aspect_ratios=numbers(self.aspect_ratios, "aspect_ratios", "positive", is_positive),
            stride=number(self.stride, "stride", "a positive number of pixels", is_positive),
            ratio_means=choice(self.ratio_means, "ratio_means", ("h/w", "w/h")),
            combine=choice(self.combine, "combine", ("all", "first")),
            center=number(self.center, "center", "0 or 0.5 (in cells)", lambda x: x in (0, 0.5)),
            border=choice(self.border, "border", ("keep", "clip", "ignore")),
        )

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
