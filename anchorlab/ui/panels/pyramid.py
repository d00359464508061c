"""How people change the pyramid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from anchorlab.canvas.views import pyramid as view
from anchorlab.catalogue.controls import ALL
from anchorlab.session import anchor_source, fragments, link, store
from anchorlab.session import pyramid_choices as choices
from anchorlab.session.app_state import AppState
from anchorlab.session.scene import Scene
from anchorlab.settings.anchors import SIZE_RANGE, STRIDE_RANGE
from anchorlab.settings.pyramids import LevelSpec, PyramidSpec, Sides
from anchorlab.ui import prose, widgets
from anchorlab.ui.text import as_typed


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
    low, high = SIZE_RANGE
    if not all(low <= side <= high for pair in sides for side in pair):
        raise ValueError(f"Sides go from {low:g} to {high:g} pixels.")
    if len(sides) > link.MAX_SHAPES:
        raise ValueError(f"A level takes at most {link.MAX_SHAPES} shapes.")
    return tuple(sides)


def shapes_text(level: LevelSpec) -> str:
    return ", ".join(f"{_short(w)}×{_short(h)}" for w, h in level.widths_heights)


def _short(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def read_table(rows: Sequence[dict[str, Any]], before: choices.Levels) -> choices.Levels:
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
            low, high = STRIDE_RANGE
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
    return choices.snapped(tuple(levels))


_COLUMNS = ("level", "stride", "rows", "columns", "shapes")


def _row(level: LevelSpec) -> tuple:
    rows, cols = level.map_size or (None, None)
    return level.name, level.stride, rows, cols, shapes_text(level)


def list_height(spec: PyramidSpec) -> float:
    """Room for the list of levels (rem), so that what follows stays where it is; see `.level` in slot.css."""
    count = len(spec.levels)
    return 1.7 + count * (min(max(2, 14.5 / count), 4) + 0.3)


def resize_controls(here: Scene) -> None:
    """By what factor the picture is resized first, or to exactly the size the preset is often counted on."""
    app = store.app()
    source = anchor_source.pyramid_of(app, here.height, here.width)
    height, width = source.frame(here.height, here.width)
    if not isinstance(source.resize, tuple):
        widgets.draw(replace(view.RESIZE, label=f"Image resized by: {width} × {height} px"))
    for switch, (width, height) in zip(view.USUAL, choices.usual(app.pyramid.levels), strict=False):
        widgets.draw(replace(switch, label=f"Squeezed to {width} × {height}, as in its well-known count"))
    if source.resize != app.resize:
        prose.caption(
            f"As asked it would be more than {anchor_source.MAX_ANCHORS:,} anchors here, so the picture is taken smaller."
        )


def level_chips() -> None:
    """Which levels take part."""
    levels = store.app().pyramid.levels
    every = {anchor_source.name(level.name, k): level for k, level in enumerate(choices.offered(levels))}
    if not 1 < len(every) == len(choices.offered(levels)):
        return  # a single level, or two of one name: the table is left
    widgets.show("pyramid_levels", _names)

    def take() -> None:
        chosen = set(st.session_state["pyramid_levels"])
        kept = tuple(level for name, level in every.items() if name in chosen)
        if kept:
            store.change("pyramid_levels", pyramid__levels=choices.snapped(kept))
        else:
            store.session().errors["pyramid_levels"] = "At least one level is needed; the last one stays."
        fragments.redraw(fragments.PICTURE, *ALL)

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
    if choices.regular(store.app().pyramid.levels) is None:
        prose.caption("These shapes were chosen one by one: change them in the table of levels.")
        return
    left, right = st.columns(2, gap="medium")
    with left:
        widgets.draw(view.SIZES)
    with right:
        widgets.draw(view.RATIOS)


def table() -> None:
    """Every level as a row to edit: stride, map size if it is given, width × height of each shape."""
    levels = store.app().pyramid.levels
    rows = [dict(zip(_COLUMNS, _row(level), strict=True)) for level in levels]
    low, high = STRIDE_RANGE
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
