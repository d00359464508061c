"""The pyramid of an app state: which preset it is, what picture it asks for, and how people change it."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import streamlit as st

from anchorlab.canvas import component
from anchorlab.catalogue.glossary import explained
from anchorlab.catalogue.presets import PRESETS
from anchorlab.session import anchor_source, fragments, link, store
from anchorlab.session.app_state import AppState, Resize
from anchorlab.session.scene import Scene
from anchorlab.settings.pyramids import LevelSpec, Order, PyramidSpec, Sides, sized
from anchorlab.ui import prose, widgets
from anchorlab.ui.text import as_typed

Levels = tuple[LevelSpec, ...]
YOURS = ""
_SHORT = {
    "retinanet": "RetinaNet",
    "fpn": "FPN",
    "faster-rcnn-c4": "Faster R-CNN",
    "py-faster-rcnn": "py-faster-rcnn",
    "ssd300": "SSD300",
    "ssd512": "SSD512",
    "yolov2": "YOLOv2",
    "yolov3": "YOLOv3, v5",
}
_ALL = (fragments.PICTURE, fragments.CONTROLS, fragments.MORE)


def shown() -> dict[str, str]:
    """The presets on offer and their short names; of equal ones the first."""
    seen: dict[PyramidSpec, str] = {}
    for name, preset in PRESETS.items():
        seen.setdefault(preset.spec, name)
    return {name: _SHORT.get(name, PRESETS[name].title) for name in seen.values()}


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


def presets_data() -> list[dict[str, Any]]:
    """Every preset on offer as the browser takes it."""
    return [
        {
            "name": name,
            "label": label,
            "pyramid": anchor_source.spec_data(PRESETS[name].spec),
            "fixed": fixed(PRESETS[name].spec.levels),
            "usual": usual(PRESETS[name].spec.levels),
            "regular": _regular_data(PRESETS[name].spec.levels),
        }
        for name, label in shown().items()
    ]


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


@lru_cache(maxsize=64)
def _regular_data(levels: Levels) -> dict[str, Any] | None:
    """The sizes and ratios as the browser takes them."""
    shapes = regular(levels)
    return shapes._asdict() if shapes else None


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


def read_shapes(text: str) -> Sides:
    """Widths and heights as people type them: 10 x 13, 16×30.

    Raises:
      ValueError: the text says what is wrong.
    """
    sides = []
    for part in text.replace(";", ",").split(","):
        pair = part.lower().replace("×", "x").split("x")
        if len(pair) != 2:
            raise ValueError(f"“{part.strip()}” is no width × height. Type them like 10×13, 16×30.")
        sides.append(tuple(widgets.parse_number(side.strip()) for side in pair))
    low, high = link.SIZE_RANGE
    if not all(low <= side <= high for pair in sides for side in pair):
        raise ValueError(f"Sides go from {low:g} to {high:g} pixels.")
    if len(sides) > link.MAX_SHAPES:
        raise ValueError(f"A level takes at most {link.MAX_SHAPES} shapes.")
    return tuple(sides)


def shapes_text(level: LevelSpec) -> str:
    return ", ".join(f"{_short(w)}×{_short(h)}" for w, h in level.widths_heights)


def _short(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def read_table(rows: Sequence[dict[str, Any]], before: Levels) -> Levels:
    """Levels from the rows of the table; what was not touched keeps all its digits.

    Raises:
      ValueError: a row cannot be read; the text says which and why.
    """
    old = {_row(level): level for level in before}
    levels = []
    for number, row in enumerate(rows, 1):
        if not row.get("shapes") or row.get("stride") is None:
            continue  # a row just begun
        values = tuple(row.get(name) for name in _COLUMNS)
        if values in old:
            levels.append(old[values])
            continue
        try:
            name, stride, cells_y, cells_x, shapes = values
            low, high = link.STRIDE_RANGE
            if not low <= stride <= high:
                raise ValueError(f"Strides go from {low:g} to {high:g} pixels.")
            size = (int(cells_y), int(cells_x)) if cells_y and cells_x else None
            levels.append(LevelSpec(stride, read_shapes(shapes), size, link.level_name(name or "")))
        except ValueError as refusal:
            raise ValueError(f"Row {number}: {refusal}") from None
    if not levels:
        raise ValueError("At least one level is needed; the last one stays.")
    if len(levels) > link.MAX_LEVELS:
        raise ValueError(f"A pyramid takes at most {link.MAX_LEVELS} levels.")
    return snapped(tuple(levels))


_COLUMNS = ("level", "stride", "rows", "columns", "shapes")


def _row(level: LevelSpec) -> tuple:
    rows, cols = level.map_size or (None, None)
    return level.name, level.stride, rows, cols, shapes_text(level)


# ---- controls


def preset_buttons() -> None:
    """Every preset, in one click; an adjusted pyramid is "yours"."""
    levels = store.app().pyramid.levels
    options = shown()
    now = preset_of(levels)
    if now not in options:
        options = options | {YOURS: "yours"}
    widgets.show("pyramid_preset", lambda app: preset_of(app.pyramid.levels))

    def take() -> None:
        chosen = st.session_state["pyramid_preset"]
        if chosen != YOURS:
            spec = PRESETS[chosen].spec
            resize = resize_for(spec.levels, store.app().resize)
            # Nothing is compared with itself: what was here is the rival then.
            rival = store.app().rival
            if chosen == rival_of(store.app()):
                rival = now or next(name for name in shown() if name != chosen)
            store.change("pyramid_preset", pyramid=spec, resize=resize, rival=rival)
        fragments.redraw(*_ALL)

    st.segmented_control(
        "Preset",
        list(options),
        format_func=lambda name: options[name],
        required=True,
        key="pyramid_preset",
        on_change=widgets.heard("pyramid_preset", take),
    )
    widgets.complaint("pyramid_preset")


def list_height(spec: PyramidSpec) -> float:
    """Room for the list of levels (rem), so that what follows stays where it is; see `.level` in slot.css."""
    count = len(spec.levels)
    return 1.7 + count * (min(max(2, 14.5 / count), 4) + 0.3)


def resize_controls(here: Scene) -> None:
    """By what factor the picture is resized first, or to exactly the size the preset is often counted on."""
    app = store.app()
    source = anchor_source.pyramid_of(app, here.height, here.width)
    height, width = source.frame(here.height, here.width)
    step = anchor_source.RESIZE_STEP

    def factor(app: AppState) -> Resize:
        resize = anchor_source.pyramid_of(app, here.height, here.width).resize
        return resize if isinstance(resize, tuple) else widgets.on_grid(resize, step)

    if not isinstance(source.resize, tuple):
        widgets.show("resize", factor)

        def take() -> None:
            store.change("resize", resize=st.session_state["resize"])
            fragments.redraw(fragments.PICTURE, fragments.MORE)

        st.slider(
            f"Image resized by: {width} × {height} px",
            anchor_source.RESIZE_LEAST,
            anchor_source.RESIZE_MOST,
            step=step,
            key="resize",
            on_change=widgets.heard("resize", take),
            help="A detector generates its anchors over the resized picture: the same anchors then meet other objects.",
        )
        widgets.complaint("resize")
    for index, size in enumerate(usual(app.pyramid.levels)):
        _usual_toggle(f"pyramid_usual_{index}", size, here)
    if source.resize != app.resize:
        prose.caption(
            f"As asked it would be more than {anchor_source.MAX_ANCHORS:,} anchors here, so the picture is taken smaller."
        )


def _usual_toggle(key: str, size: tuple[int, int], here: Scene) -> None:
    widgets.show(key, lambda app: anchor_source.pyramid_of(app, here.height, here.width).resize == size)

    def take() -> None:
        store.change(key, resize=size if st.session_state[key] else 1.0)
        fragments.redraw(*_ALL)

    st.toggle(
        f"Squeezed to {size[0]} × {size[1]}, as in its well-known count",
        key=key,
        on_change=widgets.heard(key, take),
        help="Whatever the picture's own proportions. SSD squeezes every picture so; RetinaNet, FPN and Faster R-CNN "
        "keep the proportions, and YOLO pads what is missing: squeezed, their objects are distorted.",
    )
    widgets.complaint(key)


def level_chips() -> None:
    """Which levels take part."""
    levels = store.app().pyramid.levels
    every = {anchor_source.name(level.name, k): level for k, level in enumerate(offered(levels))}
    if not 1 < len(every) == len(offered(levels)):
        return  # a single level, or two of one name: the table is left
    widgets.show("pyramid_levels", _names)

    def take() -> None:
        chosen = set(st.session_state["pyramid_levels"])
        kept = tuple(level for name, level in every.items() if name in chosen)
        if kept:
            store.change("pyramid_levels", pyramid__levels=snapped(kept))
        else:
            store.session().errors["pyramid_levels"] = "At least one level is needed; the last one stays."
        fragments.redraw(*_ALL)

    st.pills(
        "Levels that take part",
        list(every),
        selection_mode="multi",
        key="pyramid_levels",
        on_change=widgets.heard("pyramid_levels", take),
    )
    widgets.complaint("pyramid_levels")


def _names(app: AppState) -> list[str]:
    return [anchor_source.name(level.name, k) for k, level in enumerate(app.pyramid.levels)]


def shape_lists() -> None:
    """Sizes, in strides, and ratios, where every level has the same."""
    if regular(store.app().pyramid.levels) is None:
        prose.caption("These shapes were chosen one by one: change them in the table of levels.")
        return
    left, right = st.columns(2, gap="medium")
    with left:
        component.slot("sizes", min_height=3.6)
    with right:
        component.slot("ratios", min_height=3.6)


def _reshaped(lists: dict[str, tuple[float, ...]]) -> dict[str, Any]:
    """What other sizes, in strides, and ratios change in the app state; nothing where no list makes the shapes."""
    shapes = regular(store.app().pyramid.levels)
    if shapes is None:
        return {}
    changed = shapes._replace(**lists)
    if len(changed.sizes) * len(changed.ratios) > link.MAX_SHAPES:
        return {}
    return {"pyramid__levels": snapped(with_shapes(store.app().pyramid.levels, changed))}


LISTS = component.Lists(
    {"sizes": (0.5, 64), "ratios": link.RATIO_RANGE}, _reshaped, frozenset({fragments.MORE})
)


def table() -> None:
    """Every level as a row to edit: stride, map size if it is given, width × height of each shape."""
    levels = store.app().pyramid.levels
    rows = [dict(zip(_COLUMNS, _row(level), strict=True)) for level in levels]
    low, high = link.STRIDE_RANGE
    edited = st.data_editor(
        rows,
        # A new key whenever the levels change elsewhere: the editor then starts from them.
        key=f"pyramid_table_{hash(levels) & 0xFFFFFF}",
        num_rows="dynamic",
        width="stretch",
        alt="Levels of the pyramid, editable",
        column_config={
            "level": st.column_config.TextColumn("level", max_chars=12, width="small"),
            "stride": st.column_config.NumberColumn(
                "stride (px)", min_value=low, max_value=high, required=True, width="small"
            ),
            "rows": st.column_config.NumberColumn(
                "rows",
                min_value=1,
                max_value=link.MAX_CELLS,
                step=1,
                width="small",
                help="Empty: as many as cover it.",
            ),
            "columns": st.column_config.NumberColumn(
                "columns", min_value=1, max_value=link.MAX_CELLS, step=1, width="small"
            ),
            "shapes": st.column_config.TextColumn(
                "width × height of each shape (px)", required=True, width="large"
            ),
        },
    )
    prose.caption("Rows and columns empty: as many cells as it takes to cover the picture.")
    if edited == rows:
        return
    try:
        changed = read_table(edited, levels)
    except ValueError as refusal:
        st.error(as_typed(str(refusal)))
        return
    if changed == levels:
        return
    if store.change("pyramid_table", pyramid__levels=changed):
        st.rerun()
    widgets.complaint("pyramid_table")


def conventions() -> None:
    """Where centres are, what happens on uneven sizes and at the border."""
    widgets.segmented(
        "Centre of a cell",
        "pyramid.center",
        {0.5: "½", 0.0: "0"},
        help=explained(
            "cell", "Where in its cell an anchor is centred, in strides: ½ the middle, 0 the corner."
        ),
    )
    widgets.segmented(
        "Where the grid does not divide the image",
        "pyramid.uneven",
        {"keep": "the stride stays", "floor": "⌊side / cells⌋", "exact": "side / cells"},
        help="Between centres: the stride (detectron2, mmdetection, Keras), the side divided by the cells cut down to "
        "whole pixels (torchvision), or not cut (SSD).",
    )
    widgets.segmented("At the border", "pyramid.border", {"keep": "keep", "clip": "clip", "ignore": "ignore"})


def page_data(here: Scene, app: AppState) -> dict[str, Any]:
    """What the browser needs to generate the pyramid by itself, and those it may be switched to."""
    source = anchor_source.pyramid_of(app, here.height, here.width)
    height, width = source.frame(here.height, here.width)
    return {
        "pyramid": anchor_source.spec_data(source.spec),
        "frame": [width, height],
        "resize": source.resize,
        "preset": preset_of(source.spec.levels),
        "regular": _regular_data(source.spec.levels),
        "most_shapes": link.MAX_SHAPES,
        "presets": presets_data(),
        "rival": rival_of(app),
        "most": anchor_source.MAX_ANCHORS,
        "high": app.match.high,
    }


def rival_of(app: AppState) -> str:
    """The preset on offer that is compared with; of equal ones the first."""
    return preset_of(PRESETS[app.rival].spec.levels)


def rival_select() -> None:
    """Which preset the pyramid is compared with."""
    options = shown()
    widgets.show("rival", rival_of)

    def take() -> None:
        store.change("rival", rival=st.session_state["rival"])
        fragments.redraw(fragments.PICTURE)

    st.selectbox(
        "Compare with",
        list(options),
        format_func=lambda name: options[name],
        key="rival",
        on_change=widgets.heard("rival", take),
    )
