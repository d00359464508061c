"""The parts of a page that run again on their own.

A slider needs one thing: the picture. So a page is drawn in parts, each a fragment of its own, and a callback
says which of them its change concerns; the widget that was moved already shows its value. What a part draws and
what the browser must place anew is then as little as can be.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

PICTURE, CONTROLS, MORE, DETAILS = "picture", "controls", "more", "details"

_ON_PAGE = "anchorlab_parts"
_OPEN = "anchorlab_details_open"


def begin() -> None:
    """A page starts: none of its parts is there yet."""
    st.session_state[_ON_PAGE] = []
    st.session_state[_OPEN] = False


def draw(name: str, content: Callable[[], None]) -> None:
    """Draws a part; from now on it can be redrawn by its name."""
    st.session_state[_ON_PAGE].append(name)
    st.fragment(content, key=name)()


def details_open(is_open: bool) -> None:
    """Says whether an expander of the details is open: they must then follow every change."""
    st.session_state[_OPEN] = is_open


def redraw(*names: str) -> None:
    """Ends a callback: only these parts of the page run again, and the details if one of them is open.

    Must come last in a callback.
    """
    here = st.session_state.get(_ON_PAGE, [])
    wanted = {*names, *((DETAILS,) if st.session_state.get(_OPEN) else ())}
    st.rerun([name for name in here if name in wanted])
