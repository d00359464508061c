"""The parts of a page that run again on their own.

A slider needs one thing: the picture. So a page is drawn in parts, each a fragment of its own, and a callback
says which of them its change concerns; the widget that was moved already shows its value. What a part draws and
what the browser must place anew is then as little as can be.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import streamlit as st

from anchorlab.session import widget_sync

PICTURE, CONTROLS, MORE, DETAILS, KEPT = "picture", "controls", "more", "details", "kept"

HEAD_START = 0.04
"""Seconds that the picture goes ahead of what else is redrawn: what arrives with it, the browser builds before it paints.
That its message was sent first is not enough: from key to picture that took 1.2 times as long, and without any wait 1.3."""

_ON_PAGE = "anchorlab_parts"
_NOW = "anchorlab_part"
_FOLLOWING = "anchorlab_following"
_MORE_TO_COME = "anchorlab_more_to_come"


def begin(page: str) -> None:
    """A page starts: none of its parts is there yet."""
    widget_sync.begin(page)
    st.session_state[_ON_PAGE] = []
    st.session_state[_FOLLOWING] = set()


def draw(name: str, content: Callable[[], None]) -> None:
    """Draws a part; from now on it can be redrawn by its name."""

    def part() -> None:
        st.session_state[_NOW] = name
        st.session_state[_FOLLOWING].discard(name)
        widget_sync.part(name)
        content()
        widget_sync.end_part()
        if name == PICTURE and st.session_state.pop(_MORE_TO_COME, False):
            time.sleep(HEAD_START)

    st.session_state[_ON_PAGE].append(name)
    st.fragment(part, key=name)()


def follow() -> None:
    """Asked while a part is drawn: it shows something that any change may concern, as an open expander does, and is
    redrawn with every change."""
    st.session_state[_FOLLOWING].add(st.session_state[_NOW])


def redraw(*names: str) -> None:
    """Ends a callback: only these parts of the page run again ("details" are all of its details), those that follow
    every change, and every part with a widget that does not show what the app state says.

    Must come last in a callback.
    """
    here = st.session_state.get(_ON_PAGE, [])
    wanted = {*names, *widget_sync.disagreeing(), *st.session_state.get(_FOLLOWING, ())}
    parts = [name for name in here if name in wanted or name.split()[0] in wanted]
    st.session_state[_MORE_TO_COME] = len(parts) > 1
    st.rerun(parts)
