"""How anchors are generated in an app state: on one grid, or on the levels of a pyramid over a resized picture.

A detector generates its anchors over the picture as it was resized for it. Pages show the picture's own pixels: the
anchors of a pyramid are generated over the resized picture and scaled back, which changes no IoU.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from anchorlab import engine
from anchorlab.engine import Anchors, PyramidAnchors
from anchorlab.session.app_state import AppState, Resize
from anchorlab.settings.anchors import AnchorSpec
from anchorlab.settings.pyramids import PyramidSpec

MAX_ANCHORS = 260_000  # more than any detector in use, and about what a browser colours at 60 frames a second
# Resizing goes in such steps; below the smallest nothing is tried.
RESIZE_STEP, RESIZE_LEAST, RESIZE_MOST = 0.05, 0.1, 2.0


@dataclass(frozen=True)
class Pyramid:
    """A pyramid over a resized picture.

    Attributes:
      spec: the levels, in pixels of the resized picture.
      resize: a factor for both sides, or the (width, height) that every picture is brought to.
    """

    spec: PyramidSpec
    resize: Resize = 1.0

    @property
    def border(self) -> str:
        return self.spec.border

    @property
    def center(self) -> float:
        return self.spec.center

    def frame(self, height: int, width: int) -> tuple[int, int]:
        """(height, width) of the resized picture."""
        if isinstance(self.resize, tuple):
            return self.resize[1], self.resize[0]
        return tuple(max(1, math.floor(side * self.resize + 0.5)) for side in (height, width))

    def scale(self, height: int, width: int) -> tuple[float, float]:
        """(y, x) pixels of the picture for one of the resized picture."""
        frame_height, frame_width = self.frame(height, width)
        return height / frame_height, width / frame_width

    def exactly_laid(self, height: int, width: int) -> bool:
        """Whether every centre is a float32 number, so that the browser rounds what the engine rounds."""
        strides = self.spec.strides(*self.frame(height, width))
        return all((4 * step).is_integer() for pair in strides for step in pair)

    def count(self, height: int, width: int) -> int:
        """How many anchors it has."""
        return sum(self.spec.counts(*self.frame(height, width)))

    def fitted(self, height: int, width: int) -> Pyramid:
        """Itself, or, where that would be more anchors than can be drawn, over a picture made smaller."""
        if self.count(height, width) <= MAX_ANCHORS:
            return self
        factor = 1.0 if isinstance(self.resize, tuple) else min(self.resize, 1.0)
        steps = round(factor / RESIZE_STEP)
        for step in range(steps, math.ceil(RESIZE_LEAST / RESIZE_STEP), -1):
            smaller = replace(self, resize=round(step * RESIZE_STEP, 2))
            if smaller.count(height, width) <= MAX_ANCHORS:
                return smaller
        return replace(self, resize=RESIZE_LEAST)


Laying = AnchorSpec | Pyramid


def pyramid_of(app: AppState, height: int, width: int) -> Pyramid:
    """The app state's pyramid on a picture of this size, whatever other pages use."""
    return Pyramid(app.pyramid, app.resize).fitted(height, width)


def of(app: AppState, height: int, width: int) -> Laying:
    """Whose anchors the app state's pages generate over a picture of this size."""
    return app.anchors if app.layout == "grid" else pyramid_of(app, height, width)


def lay(laying: Laying, height: int, width: int) -> Anchors | PyramidAnchors:
    """The anchors in pixels of the picture, with their strides."""
    if isinstance(laying, AnchorSpec):
        return engine.generate_anchors(laying, height, width)
    laid = engine.generate_pyramid(laying.spec, *laying.frame(height, width))
    down, across = laying.scale(height, width)
    if down == across == 1:
        return laid
    strides = tuple((y * down, x * across) for y, x in laid.strides)
    return laid._replace(xyxy=rescaled(laid.xyxy, down, across), strides=strides)


def rescaled(xyxy: np.ndarray, down: float, across: float) -> np.ndarray:
    """Boxes with y times `down` and x times `across`: rounded once, as the browser does it."""
    return (xyxy.astype(np.float64) * (across, down, across, down)).astype(np.float32)


def levels(laying: Laying, laid: Anchors | PyramidAnchors, height: int, width: int) -> list[dict[str, Any]]:
    """Every level as the browser takes it, in pixels of the picture; one grid is one level.

    `start` is the index of the level's first anchor; `shapes` are (width, height).
    """
    if isinstance(laid, Anchors):
        return [
            {
                "name": "",
                "start": 0,
                "rows": laid.rows,
                "cols": laid.cols,
                "stride_y": laying.stride,
                "stride_x": laying.stride,
                "shapes": laying.widths_heights,
            }
        ]
    down, across = laying.scale(height, width)
    return [
        {
            "name": name(level.name, index),
            "start": start,
            "rows": rows,
            "cols": cols,
            "stride_y": stride_y,
            "stride_x": stride_x,
            "shapes": [(w * across, h * down) for w, h in level.widths_heights],
        }
        for index, (level, start, (rows, cols), (stride_y, stride_x)) in enumerate(
            zip(laying.spec.levels, laid.starts[:-1], laid.grids, laid.strides, strict=True)
        )
    ]


def name(given: str, index: int) -> str:
    """What a level is called: as papers do, else by its place."""
    return given.replace(" x ", "×") or f"L{index + 1}"


def spec_data(spec: PyramidSpec) -> dict[str, Any]:
    """A pyramid as the browser takes it, to generate it by itself."""
    return {
        "levels": [
            {
                "name": level.name,
                "stride": level.stride,
                "map_size": level.map_size,
                "shapes": level.widths_heights,
            }
            for level in spec.levels
        ],
        "center": spec.center,
        "uneven": spec.uneven,
        "border": spec.border,
    }
