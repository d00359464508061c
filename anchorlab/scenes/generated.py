"""Scenes without end: textured shapes over crops of the built-in photographs, painted by a seed.

Everything is drawn in fractions of the side, so that scene 7 of seed 3 is the same scene at 96 pixels, where a network
learns from it, and at 480, where people look at it. Where shapes overlap, a box spans the whole of its shape, hidden
parts included; but no shape is hidden for the most part.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache, partial
from typing import NamedTuple

import numpy as np
from PIL import Image

from anchorlab.scenes.photographs import read_photo

CLASSES = ("ellipse", "rectangle", "triangle")
SHOWN = 10**6
"""The seed of the scenes that people see, and that detectors are measured on."""
MOST_OBJECTS = 4
SMALLEST, LARGEST = 0.14, 0.6
"""How large shapes are, the root of width x height, in sides of the scene."""
MOST_HIDDEN = 0.3
"""Of a shape's box, by a later one."""
_PHOTOGRAPHS = ("astronaut.png", "coffee.png", "chelsea.png", "rocket.jpg", "motorcycle_left.png")
_ZOOMS = (1.6, 2.2, 3.0)
"""How large the shorter side of a photograph is, in sides of the scene."""
_GRAIN = np.random.default_rng(0).normal(0, 10, (96, 96, 1)).astype(np.float32)
"""What makes surfaces rough, in levels of brightness: one number for a piece of the scene, moved about from shape to shape."""
_STORED = 320
"""Pixels of the shorter side in which photographs are kept."""


class Examples(NamedTuple):
    """Square pictures with their objects, in rows of one length.

    Attributes:
      images: uint8 (N, S, S, 3), RGB.
      boxes: float32 (N, G, 4), xyxy pixels; 0 where there is no object.
      class_ids: int32 (N, G); -1 where there is no object.
    """

    images: np.ndarray
    boxes: np.ndarray
    class_ids: np.ndarray


Box = tuple[float, float, float, float]


class _Shape(NamedTuple):
    """A shape to paint; its box in sides of the scene."""

    box: Box
    class_id: int
    colours: np.ndarray
    stripes: float
    turn: float


def generate(count: int, seed: int, side: int, *, first: int = 0) -> Examples:
    """Scenes `first` to `first + count - 1` of a seed.

    Args:
      count: of scenes, from 0.
      seed: a whole number from 0; other seeds have other scenes.
      side: pixels of the pictures.
      first: the number of the first one.

    Returns:
      `Examples` with `MOST_OBJECTS` rows a scene, 1 of them at least real.
    """
    images = np.empty((count, side, side, 3), np.uint8)
    boxes = np.zeros((count, MOST_OBJECTS, 4), np.float32)
    class_ids = np.full((count, MOST_OBJECTS), -1, np.int32)
    zoomed = cache(partial(_zoomed, side))
    for k in range(count):
        rng = np.random.default_rng((seed, first + k))
        picture = _background(rng, side, zoomed)
        shapes = _shapes(rng)
        for shape in shapes:
            _paint(picture, shape)
        images[k] = picture
        boxes[k, : len(shapes)] = [shape.box for shape in shapes]
        class_ids[k, : len(shapes)] = [shape.class_id for shape in shapes]
    return Examples(images, boxes * np.float32(side), class_ids)


def scene(number: int, side: int) -> Examples:
    """One of the scenes that are shown, whose seed no training has."""
    return generate(1, SHOWN, side, first=number)


@cache
def _photograph(name: str) -> Image.Image:
    """A photograph, so small that a crop of it is no larger than it will be shown."""
    photo = Image.fromarray(read_photo(name))
    return photo.resize(
        [round(length * _STORED / min(photo.size)) for length in photo.size], Image.Resampling.BOX
    )


def _zoomed(side: int, name: str, zoom: float) -> np.ndarray:
    """A photograph whose shorter side is `zoom` times that of the scene: uint8 (H, W, 3)."""
    photo = _photograph(name)
    scale = zoom * side / min(photo.size)
    return np.asarray(photo.resize([max(side, round(scale * length)) for length in photo.size]))


def _background(
    rng: np.random.Generator, side: int, zoomed: Callable[[str, float], np.ndarray]
) -> np.ndarray:
    """A crop of a photograph, more or less dark: float32 (side, side, 3)."""
    photo = zoomed(_PHOTOGRAPHS[rng.integers(len(_PHOTOGRAPHS))], _ZOOMS[rng.integers(len(_ZOOMS))])
    down, across, light = rng.random(3)
    y, x = round(down * (photo.shape[0] - side)), round(across * (photo.shape[1] - side))
    return photo[y : y + side, x : x + side] * np.float32(0.5 + 0.5 * light)


def _shapes(rng: np.random.Generator) -> list[_Shape]:
    """Shapes from back to front, none of them hidden for the most part."""
    shapes: list[_Shape] = []
    wanted = int(rng.integers(1, MOST_OBJECTS + 1))
    draws = rng.random((3 * wanted, 6)).tolist()
    colours = rng.uniform(0, 255, (3 * wanted, 2, 3)).astype(np.float32)
    for (size, ratio, x, y, kind, turn), own in zip(draws, colours, strict=True):
        size = SMALLEST * (LARGEST / SMALLEST) ** size
        root = math.exp(0.7 * ratio - 0.35)
        width, height = size * root, size / root
        left, top = x * (1 - width), y * (1 - height)
        box = left, top, left + width, top + height
        if all(_covered(other.box, box) <= MOST_HIDDEN for other in shapes):
            stripes = 4 + 10 * (7 * turn % 1)
            shapes.append(_Shape(box, int(kind * len(CLASSES)), own, stripes, math.pi * turn))
        if len(shapes) == wanted:
            break
    return shapes


def _covered(box: Box, by: Box) -> float:
    """How much of `box` lies under `by`."""
    width = min(box[2], by[2]) - max(box[0], by[0])
    height = min(box[3], by[3]) - max(box[1], by[1])
    return max(width, 0) * max(height, 0) / ((box[2] - box[0]) * (box[3] - box[1]))


def _paint(picture: np.ndarray, shape: _Shape) -> None:
    """Paints a shape, its edge as soft as a pixel."""
    side = len(picture)
    x1, y1, x2, y2 = (side * edge for edge in shape.box)
    left, top, right, bottom = int(x1), int(y1), min(math.ceil(x2), side), min(math.ceil(y2), side)
    x = np.arange(left + 0.5, right, dtype=np.float32)
    y = np.arange(top + 0.5, bottom, dtype=np.float32)[:, None]
    half_width, half_height = (x2 - x1) / 2, (y2 - y1) / 2
    across, down = abs(x - (x1 + half_width)), y - (y1 + half_height)
    if shape.class_id == 0:
        reach = np.sqrt((across / half_width) ** 2 + (down / half_height) ** 2)
        inside = (1 - reach) * min(half_width, half_height)
    elif shape.class_id == 1:
        inside = np.minimum(half_width - across, half_height - abs(down))
    else:  # the tip at the top
        inside = np.minimum(half_width * (down / half_height + 1) / 2 - across, half_height - down)
    cover = (inside + 0.5).clip(0, 1)[..., None]
    # Stripes of two colours, broad or fine.
    turned = 2 * math.pi * shape.stripes / side
    light = 0.5 + 0.5 * np.sin(x * (turned * math.cos(shape.turn)) + y * (turned * math.sin(shape.turn)))
    first, second = shape.colours
    colour = first + light[..., None] * (0.3 * (second - first))
    moved = int(shape.stripes * 1e4)
    across, down = (((at * (len(_GRAIN) / side)).astype(int) + moved) % len(_GRAIN) for at in (x, y))
    window = picture[top:bottom, left:right]
    window += cover * ((colour + _GRAIN[down, across]).clip(0, 255) - window)
