"""A picture of any size in the middle of one that the network takes, and boxes from the one to the other."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from PIL import Image

GREY = 114
"""What is left and right of the picture, or above and below."""


class Letterbox(NamedTuple):
    """How a picture lies in a square.

    Attributes:
      side: pixels of the square.
      scale: pixels of the square for one of the picture.
      left, top: where in the square the picture begins.
    """

    side: int
    scale: float
    left: float
    top: float

    def boxes(self, boxes: np.ndarray) -> np.ndarray:
        """Boxes (..., 4) of the picture as boxes of the square."""
        return (boxes * self.scale + self._corner).astype(np.float32)

    def back(self, boxes: np.ndarray) -> np.ndarray:
        """Boxes (..., 4) of the square as boxes of the picture; they may leave it."""
        return ((boxes - self._corner) / self.scale).astype(np.float32)

    @property
    def _corner(self) -> np.ndarray:
        return np.array([self.left, self.top, self.left, self.top], np.float32)


def letterbox(image: np.ndarray, side: int) -> tuple[np.ndarray, Letterbox]:
    """A picture, whole and true to shape, in a square.

    Args:
      image: uint8 (H, W, 3).
      side: pixels of the square.

    Returns:
      The square, uint8 (side, side, 3), and how the picture lies in it. A picture that is as large as the square comes
      back as it is.
    """
    height, width = image.shape[:2]
    if height == width == side:
        return image, Letterbox(side, 1.0, 0.0, 0.0)
    scale = side / max(height, width)
    inner = max(round(width * scale), 1), max(round(height * scale), 1)
    left, top = (side - inner[0]) // 2, (side - inner[1]) // 2
    square = np.full((side, side, 3), GREY, np.uint8)
    resized = Image.fromarray(np.asarray(image)).resize(inner, Image.Resampling.BILINEAR)
    square[top : top + inner[1], left : left + inner[0]] = np.asarray(resized)
    return square, Letterbox(side, scale, float(left), float(top))
