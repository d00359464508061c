"""The conventions of suppression as switches, with the libraries that do so, and where moving classes apart fails."""

from __future__ import annotations

from typing import Any

import streamlit as st

from anchorlab.conventions import FIELDS
from anchorlab.ui import canvas, parts, prose, state, suppressions, widgets


def _switch(label: str, path: str, options: dict[Any, str], field: str, means: dict[Any, Any]) -> None:
    """A choice; under it, for each option, who does so. `means`: the answer of a library that an option stands for."""
    widgets.segmented(label, path, options)
    who = suppressions.who(field)
    lines = [f"{options[value]}: {who[answer]}" for value, answer in means.items() if answer in who]
    # What libraries do that is no option here.
    other = [answer for answer in who if answer not in means.values()]
    lines += [f"{FIELDS[field].values[answer]}: {who[answer]}" for answer in other]
    prose.caption("  \n".join(lines))


def switches() -> None:
    left, right = st.columns(2, gap="large")
    same = {False: False, True: True}
    with left:
        _switch(
            "An overlap equal to the threshold",
            "nms.suppress_equal",
            {False: "stays", True: "suppresses"},
            "suppress_equal",
            same,
        )
        _switch(
            "Of equal scores goes first",
            "nms.ties",
            {"first": "the first box", "last": "the last box"},
            "ties",
            {"first": "first", "last": "last"},
        )
    with right:
        _switch(
            "The width of a box",
            "nms.inclusive",
            {False: "x2 − x1", True: "x2 − x1 + 1"},
            "inclusive",
            same,
        )
        _switch(
            "Hard and DIoU keep classes apart by",
            "nms.shift_classes",
            {False: "comparing them", True: "moving their boxes"},
            "classes",
            {False: "each", True: "shift"},
        )
    prose.markdown("**Moving boxes instead of comparing classes**")
    canvas.slot("shift", min_height=17)
    _example()


def _example() -> None:
    """Boxes whose largest coordinate is -1, in one click, and back."""
    shown = state.lab().source == "example"

    def change() -> None:
        state.select(nms_round=-1, prediction=-1)
        if shown:
            state.change(source="simulated", nms__shift_classes=False)
        else:
            bite = {"nms__shift_classes": True, "nms__per_class": True, "nms__inclusive": False}
            state.change(source="example", method__name="hard", **bite)
        parts.redraw(parts.PICTURE, parts.CONTROLS, parts.MORE, parts.DETAILS)

    label = "Back to the simulated detector" if shown else "Show boxes for which moving fails"
    st.button(label, key="nms_example", on_click=change)
