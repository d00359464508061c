"""A small detector and how it is trained: everything a learner can choose about it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from anchorlab.settings.coding import CoderSpec
from anchorlab.settings.losses import LossSpec
from anchorlab.settings.matching import Matching
from anchorlab.settings.pyramids import LevelSpec, PyramidSpec, sized
from anchorlab.settings.sampling import SampleSpec
from anchorlab.settings.validation import Checked, limited

MEASURED = 64
"""Held-out pictures that AP50 is measured on while training goes on."""
STRIDES = (8.0, 16.0)
"""Of the detector's two feature maps: they belong to the network."""
SIDES = (64, 96, 128, 160, 192, 256)
"""Pixels; multiples of the larger stride."""
CLASSES = ("ellipse", "rectangle", "triangle")
"""Of the generated scenes."""

LEAST_SIDE = 14.0
"""Pixels that an object should have in the network's image: those of the smallest anchor."""

Data = Literal["generated", "own scene"]
Start = Literal["scratch", "shipped"]


def two_levels(
    fine: tuple[float, ...] = (14.0, 22.0),
    coarse: tuple[float, ...] = (34.0, 50.0),
    aspect_ratios: tuple[float, ...] = (0.6, 1.0, 1.7),
) -> PyramidSpec:
    """The anchors of both feature maps: sizes in pixels of the network's image, each with all ratios, height / width."""
    return PyramidSpec(
        tuple(
            LevelSpec(stride, sized(sizes, aspect_ratios))
            for stride, sizes in zip(STRIDES, (fine, coarse), strict=True)
        )
    )


@dataclass(frozen=True)
class DetectorSpec(Checked):
    """What a detector is, apart from its weights.

    Attributes:
      side: pixels; of the square image that it is trained on. Other pictures are letterboxed.
      classes: names; a class id is an index into them.
      pyramid: its anchors: two levels, of strides 8 and 16, without a `map_size`.
      coder: how its boxes are written.
    """

    side: int = limited(96, min(SIDES), max(SIDES), what="a number of pixels", offered=SIDES)
    classes: tuple[str, ...] = CLASSES
    pyramid: PyramidSpec = field(default_factory=two_levels)
    coder: CoderSpec = field(default_factory=lambda: CoderSpec(clamp=math.log(1000 / 16)))

    def __post_init__(self):
        super().__post_init__()
        if self.side % STRIDES[-1]:
            raise ValueError(f"side must be a multiple of {STRIDES[-1]:g}, got {self.side}")
        if not all(isinstance(name, str) and name for name in self.classes):
            raise ValueError(f"classes must be names, got {self.classes!r}")
        if tuple(level.stride for level in self.pyramid.levels) != STRIDES:
            raise ValueError("pyramid must have two levels, of strides 8 and 16")
        if any(level.map_size for level in self.pyramid.levels):
            raise ValueError("pyramid must have no map_size: the network decides it")

    @property
    def shapes_per_cell(self) -> tuple[int, ...]:
        """Anchors of a cell, of both levels."""
        return tuple(level.shapes_per_cell for level in self.pyramid.levels)


@dataclass(frozen=True)
class TrainingSpec(Checked):
    """A training.

    Attributes:
      detector: what is trained.
      matching: which anchors learn which objects.
      loss: what a prediction costs.
      sampling: which anchors count.
      data: 'generated', scene after scene; or 'own scene', one picture over and over, cropped and flipped.
      start: from random weights, or those that come with the app.
      steps: of the optimizer.
      batch: pictures in a step.
      learning_rate: its highest; it rises over the first steps and then falls to 0.
      seed: of weights, scenes and draws.
    """

    detector: DetectorSpec = field(default_factory=DetectorSpec)
    matching: Matching = field(default_factory=Matching)
    loss: LossSpec = field(
        default_factory=lambda: LossSpec(
            classification="focal", box_weight=0.25, n_cls="positives", n_reg="positives"
        )
    )
    sampling: SampleSpec = field(default_factory=lambda: SampleSpec("all"))
    data: Data = "generated"
    start: Start = "scratch"
    steps: int = limited(1000, 1, 20_000, people=(100, 4000))
    batch: int = limited(16, 1, 64)
    learning_rate: float = limited(0.02, above=0, high=1, people=(1e-3, 0.1))
    seed: int = limited(0, 0, 999_999, people=(0, 999))


def by_heart(
    spec: TrainingSpec,
    classes: tuple[str, ...],
    boxes: Sequence[Sequence[float]],
    width: float,
    height: float,
) -> TrainingSpec:
    """The same training, but of one picture, which is learned by heart.

    The network's image is as large as the smallest object asks for, if there is such a size; as many pixels a step as
    before, so fewer pictures.

    Args:
      spec: of anything else.
      classes: the names of the picture's.
      boxes: of its objects, xyxy pixels, at least one.
      width, height: of the picture.

    Example:
      A coin of 40 pixels in a picture of 384 needs 160 pixels to be 14 pixels wide or more.

      >>> by_heart(TrainingSpec(), ("coin",), [(0, 0, 40, 40)], 384, 303).detector.side
      160
    """
    smallest = min(math.sqrt((x2 - x1) * (y2 - y1)) for x1, y1, x2, y2 in boxes) / max(width, height)
    side = next((side for side in SIDES[1:-1] if side * smallest >= LEAST_SIDE), SIDES[-2])
    base = DetectorSpec().side
    return replace(
        spec,
        detector=replace(spec.detector, side=side, classes=classes),
        data="own scene",
        batch=max(round(16 * (base / side) ** 2), 4),
    )
