"""What is written as configuration: the settings of a detector's anchors, matching, coder and suppression."""

from __future__ import annotations

import math
from typing import NamedTuple

from anchorlab.settings.anchors import AnchorSpec
from anchorlab.settings.coding import CoderSpec
from anchorlab.settings.losses import LossSpec
from anchorlab.settings.matching import RuleSpec
from anchorlab.settings.pyramids import PyramidSpec
from anchorlab.settings.sampling import SampleSpec
from anchorlab.settings.suppression import Suppression


class Training(NamedTuple):
    """What training adds to a detector."""

    losses: LossSpec
    sampling: SampleSpec


class Recipe(NamedTuple):
    """Everything a target is asked to express.

    Attributes:
      anchors: one grid, or a pyramid.
      height, width: of the picture that the anchors are generated over, in pixels.
      num_classes: of objects, without background.
      training: losses and sampler; None where nothing is to be said of them.
    """

    anchors: AnchorSpec | PyramidSpec
    match: RuleSpec
    coder: CoderSpec
    suppression: Suppression
    height: int
    width: int
    num_classes: int
    training: Training | None = None


class Level(NamedTuple):
    """One feature map as the targets name it.

    Attributes:
      stride: pixels.
      shapes: (width, height) of every anchor of a cell, in AnchorLab's order.
      sizes, ratios: if the shapes are all sizes with all ratios (height / width); else None.
      ratio_major: whether they are listed ratio by ratio.
      grid: (rows, columns).
    """

    stride: float
    shapes: tuple[tuple[float, float], ...]
    sizes: tuple[float, ...] | None
    ratios: tuple[float, ...] | None
    ratio_major: bool
    grid: tuple[int, int]


_CLOSE = 1e-9


def neat(value: float) -> float:
    """The number people meant: 0.5 for 0.49999999999999994."""
    rounded = round(value, 6)
    return rounded if math.isclose(rounded, value, rel_tol=_CLOSE) else value


def factors(shapes: tuple[tuple[float, float], ...]) -> tuple[tuple, tuple, bool] | None:
    """(sizes, ratios, whether ratio-major) whose product the shapes are; None if they are none."""
    sizes = list(dict.fromkeys(neat(math.sqrt(w * h)) for w, h in shapes))
    ratios = list(dict.fromkeys(neat(h / w) for w, h in shapes))
    for ratio_major in (False, True):
        pairs = (
            [(s, r) for r in ratios for s in sizes]
            if ratio_major
            else [(s, r) for s in sizes for r in ratios]
        )
        made = [(s / math.sqrt(r), s * math.sqrt(r)) for s, r in pairs]
        if len(made) == len(shapes) and all(
            math.isclose(a, b, rel_tol=_CLOSE)
            for mine, theirs in zip(made, shapes, strict=True)
            for a, b in zip(mine, theirs, strict=True)
        ):
            return tuple(sizes), tuple(ratios), ratio_major
    return None


def levels(recipe: Recipe) -> tuple[Level, ...]:
    """The feature maps of a recipe, fine to coarse."""
    spec = recipe.anchors
    if isinstance(spec, AnchorSpec):
        grid = spec.grid(recipe.height, recipe.width)
        if spec.combine == "all":
            # 1 / r of a ratio meant as width / height.
            invert = spec.ratio_means == "w/h"
            ratios = tuple(neat(1 / r) if invert else r for r in spec.aspect_ratios)
            return (Level(spec.stride, spec.widths_heights, spec.sizes, ratios, False, grid),)
        return (_level(spec.stride, spec.widths_heights, grid),)
    return tuple(
        _level(level.stride, level.widths_heights, grid)
        for level, grid in zip(spec.levels, spec.grids(recipe.height, recipe.width), strict=True)
    )


def _level(stride: float, shapes: tuple[tuple[float, float], ...], grid: tuple[int, int]) -> Level:
    found = factors(shapes)
    sizes, ratios, ratio_major = found if found else (None, None, False)
    return Level(stride, shapes, sizes, ratios, ratio_major, grid)


def uneven(recipe: Recipe) -> str:
    """How far apart cells are where they do not divide the image: 'keep', 'floor' or 'exact'."""
    return recipe.anchors.uneven if isinstance(recipe.anchors, PyramidSpec) else "keep"


def weight(std: float) -> float:
    """1 / std as people write it: 5 for 0.2."""
    rounded = round(1 / std, 12)
    return rounded if abs(rounded * std - 1) < 1e-12 else 1 / std
