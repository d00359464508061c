"""What makes an anchor positive where none is: the rule of matching with a lower threshold."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import streamlit as st

from anchorlab import engine
from anchorlab.session import anchor_source, results, store
from anchorlab.session.app_state import AppState, put
from anchorlab.session.scene import Scene
from anchorlab.ui import prose, widgets

STEP = 0.01
"""Thresholds are set in such steps."""
BUTTONS = {
    True: (
        "Lower the threshold to {high:.2f}",
        "Lower the threshold to {high:.2f}, and look on Matching",
    ),
    False: (
        "Match by thresholds, positive from {high:.2f}",
        "Match by thresholds, positive from {high:.2f}, and look on Matching",
    ),
}
"""By whether the app state's own rule has a threshold: a button that stays here, and one that goes to Matching."""


class Loosened(NamedTuple):
    """A looser rule.

    Attributes:
      own: it is the app state's own rule with a lower threshold; False: that reads none, so it is 'threshold'.
      high: the IoU from which on an anchor is positive.
      changes: what to change in the app state.
    """

    own: bool
    high: float
    changes: dict[str, Any]


def loosened(here: Scene, app: AppState) -> Loosened | None:
    """The highest threshold at which an anchor can be encoded; None if no threshold above 0 is low enough.

    That is so without objects, without anchors that take part, and where no anchor overlaps an object.
    """
    anchors, found = results.matched(here, app)
    may = anchors.has_area
    usable = results.usable(anchor_source.of(app, here.height, here.width), anchors)
    if usable is not None:
        may &= usable
    if not len(here.boxes) or not may.any():
        return None
    own = app.matching.rule
    rule = own if hasattr(app.matching.spec, "high") else "threshold"
    settings = getattr(app.matching, rule)
    high = math.floor(float(found.best_iou[may].max()) / STEP + 1e-6) * STEP
    # float32 may put an IoU a little below the number it is written as.
    for steps in (0, 1):
        asked = round(high - steps * STEP, 2)
        if asked <= 0:
            return None
        changes = {"matching__rule": rule, f"matching__{rule}__high": asked}
        if hasattr(settings, "low"):
            changes[f"matching__{rule}__low"] = min(settings.low, asked)
        if len(engine.encodable(*results.matched(here, put(app, **changes)))):
            return Loosened(rule == own, asked, changes)
    return None


def offer(here: Scene) -> None:
    """Where no anchor is positive: buttons that lower the threshold, here or on Matching, and the way there."""
    looser = loosened(here, store.app())
    if looser is not None:
        here_label, there_label = (label.format(high=looser.high) for label in BUTTONS[looser.own])
        st.button(here_label, key="looser", on_click=widgets.change, args=(looser.changes,))
        if st.button(there_label, key="looser_there"):
            store.change("", **looser.changes)
            st.switch_page("pages/matching.py")
    elif len(here.boxes):
        prose.caption("No threshold helps: no anchor that takes part overlaps an object.")
    st.page_link("pages/matching.py", label="The rule on Matching")
