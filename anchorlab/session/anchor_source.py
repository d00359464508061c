"""Where an app state's anchors come from: one grid, or the levels of a pyramid, over a picture that is resized first.

A detector generates its anchors over the picture as it was resized for it. Pages show the picture's own pixels: the
anchors are generated over the resized picture and scaled back, which changes no IoU.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from anchorlab import engine
from anchorlab.engine import Anchors
from anchorlab.session.app_state import AppState, Resize
from anchorlab.settings.pyramids import PyramidSpec, as_pyramid

MAX_ANCHORS = 260_000  # more than any detector in use, and about what a browser colours at 60 frames a second
# Resizing goes in such steps; below the smallest nothing is tried.
RESIZE_STEP, RESIZE_LEAST, RESIZE_MOST = 0.05, 0.1, 2.0


@dataclass(frozen=True)
class AnchorSource:
    """Feature maps over a resized picture.

    Attributes:
      spec: the levels, in pixels of the resized picture; a grid's `AnchorSpec` becomes one level.
      resize: a factor for both sides, or the (width, height) that every picture is brought to.
    """

    spec: PyramidSpec
    resize: Resize = 1.0

    def __post_init__(self):
        object.__setattr__(self, "spec", as_pyramid(self.spec))

    @property
    def border(self) -> str:
        return self.spec.border

    def frame(self, height: int, width: int) -> tuple[int, int]:
        """(height, width) of the resized picture."""
        if isinstance(self.resize, tuple):
            return self.resize[1], self.resize[0]
        return tuple(max(1, math.floor(side * self.resize + 0.5)) for side in (height, width))

    def scale(self, height: int, width: int) -> tuple[float, float]:
        """(y, x) pixels of the picture for one of the resized picture."""
        frame_height, frame_width = self.frame(height, width)
        return height / frame_height, width / frame_width

    def generate(self, height: int, width: int) -> Anchors:
        """The anchors in pixels of the picture."""
        return engine.generate_anchors(self.spec, *self.frame(height, width)).scaled(
            *self.scale(height, width)
        )

    def count(self, height: int, width: int) -> int:
        """How many anchors it has."""
        return sum(self.spec.counts(*self.frame(height, width)))

    def fitted(self, height: int, width: int) -> AnchorSource:
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


def grid_of(app: AppState) -> AnchorSource:
    """The app state's one grid, whatever other pages use."""
    return AnchorSource(app.anchors)


def pyramid_of(app: AppState, height: int, width: int) -> AnchorSource:
    """The app state's pyramid on a picture of this size, whatever other pages use."""
    return AnchorSource(app.pyramid, app.resize).fitted(height, width)


def of(app: AppState, height: int, width: int) -> AnchorSource:
    """Where the anchors come from that the app state's pages use on a picture of this size."""
    return grid_of(app) if app.layout == "grid" else pyramid_of(app, height, width)


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
