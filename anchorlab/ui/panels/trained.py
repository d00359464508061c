"""Whose weights the trained detector has, whose predictions other pages show."""

from __future__ import annotations

import streamlit as st

from anchorlab.canvas.views import training as view
from anchorlab.session import results, store
from anchorlab.ui import widgets


def weights() -> None:
    """The choice, where there is one; and what a link could not bring."""
    s = store.session()
    choice = view.weights_choice(s.trainings)
    if len(choice.options) > 1 or s.app.weights:
        widgets.draw(choice)
    if s.app.weights and results.brought(s.app, s.own) is None:
        st.caption(
            "A link carries no weights, and those that this one asks for are not here: the predictions are those of the "
            "detector that comes with the app. On Training weights can be loaded from a file."
        )


def use(number: int) -> None:
    """Has the other pages show what this training's detector predicts."""
    widgets.change({"source": "detector", "weights": number})
