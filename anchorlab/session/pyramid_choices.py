"""The pyramid of an app state: which preset it is, what picture it asks for, and what its levels and shapes may become."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import NamedTuple

from anchorlab.catalogue.presets import PRESETS
from anchorlab.session.app_state import AppState, Resize
from anchorlab.settings.pyramids import LevelSpec, Order, Sides, sized

Levels = tuple[LevelSpec, ...]
YOURS = ""


def shown() -> dict[str, str]:
    """The presets on offer and their titles; of equal ones the first."""
    return {name: preset.title for name, preset in PRESETS.items() if preset_of(preset.spec.levels) == name}


def preset_of(levels: Levels) -> str:
    """The first preset with these levels; `YOURS` if none has them."""
    return next((name for name, preset in PRESETS.items() if preset.spec.levels == levels), YOURS)


def fixed(levels: Levels) -> tuple[int, int] | None:
    """(width, height) of the only picture that maps of a given size are made for: that of the preset."""
    name = preset_of(levels)
    if name and any(level.map_size for level in levels):
        height, width = PRESETS[name].image
        return width, height
    return None


def usual(levels: Levels) -> list[tuple[int, int]]:
    """(width, height) of the pictures on which the anchors of the presets with these levels are often counted."""
    return [preset.image[::-1] for preset in PRESETS.values() if preset.spec.levels == levels]


def resize_for(levels: Levels, now: Resize) -> Resize:
    """What a picture is resized to when these levels are chosen."""
    return fixed(levels) or (1.0 if isinstance(now, tuple) else now)


# ---- sizes and ratios


class Regular(NamedTuple):
    """Levels whose shapes are the same sizes, in strides, with the same ratios."""

    sizes: tuple[float, ...]
    ratios: tuple[float, ...]
    order: Order


def regular(levels: Levels) -> Regular | None:
    """The sizes in strides and the ratios that make these levels' shapes, if such there are."""
    first = levels[0]
    pairs = [(size / first.stride, ratio) for size, ratio in first.sizes_ratios]
    sizes, ratios = (_distinct(values) for values in zip(*pairs, strict=True))
    if len(sizes) * len(ratios) != len(pairs):
        return None
    order = "size-major" if len(ratios) > 1 and math.isclose(pairs[0][0], pairs[1][0], rel_tol=1e-6) else None
    found = Regular(sizes, ratios, order or "ratio-major")
    made = with_shapes(levels, found)
    return (
        found
        if all(_alike(a.widths_heights, b.widths_heights) for a, b in zip(made, levels, strict=True))
        else None
    )


def _distinct(values: Sequence[float]) -> tuple[float, ...]:
    found: list[float] = []
    for value in values:
        if not any(math.isclose(value, other, rel_tol=1e-6) for other in found):
            found.append(round(value, 12))
    return tuple(found)


def _alike(a: Sides, b: Sides) -> bool:
    return len(a) == len(b) and all(
        math.isclose(x, y, rel_tol=1e-6)
        for x, y in zip(itertools.chain(*a), itertools.chain(*b), strict=True)
    )


def with_shapes(levels: Levels, shapes: Regular) -> Levels:
    """The levels with other shapes."""
    return tuple(
        LevelSpec(
            level.stride,
            sized((size * level.stride for size in shapes.sizes), shapes.ratios, order=shapes.order),
            level.map_size,
            level.name,
        )
        for level in levels
    )


def snapped(levels: Levels) -> Levels:
    """The very levels of a preset if these differ from them by rounding alone."""
    for preset in PRESETS.values():
        known = preset.spec.levels
        if len(known) == len(levels) and all(
            (a.stride, a.map_size) == (b.stride, b.map_size) and _alike(a.widths_heights, b.widths_heights)
            for a, b in zip(known, levels, strict=True)
        ):
            return known
    return levels


# ---- levels


def offered(levels: Levels) -> Levels:
    """The levels that may take part: those of the preset that these come from, and these, fine to coarse."""
    have = {(level.name, level.stride) for level in levels}
    for preset in PRESETS.values():
        known = preset.spec.levels
        if have <= {(level.name, level.stride) for level in known}:
            present = {level.name: level for level in levels}
            shapes = regular(levels)
            missing = snapped(with_shapes(known, shapes)) if shapes and regular(known) else known
            return tuple(present.get(level.name, other) for level, other in zip(known, missing, strict=True))
    return levels


def rival_of(app: AppState) -> str:
    """The preset on offer that is compared with; of equal ones the first."""
    return preset_of(PRESETS[app.rival].spec.levels)
