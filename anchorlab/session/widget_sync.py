"""What the widgets of a page were told to show, and what of it the browser has applied.

The app state decides what a widget shows, but Streamlit keeps a value of its own for each, and the browser another. They
part in four ways, and each is mended here:

* A widget that changes its range, stands on another page under the same key, or was gone for a while, is a new one to
  Streamlit or to the browser and begins with its default: so it is told what to show whenever its `face` is new, and
  whenever the part was last drawn without it.
* A part of the page that does not run again goes on showing what it did: so every part knows what its widgets must
  show (`disagreeing`).
* Every request of the browser brings the values of all widgets. One that was under way while the app state changed brings
  old ones, which Streamlit takes for the visitor's: `is_echo` tells them apart.
* A run that begins discards what the one before it has not sent yet: what the browser has not applied is told again, and
  a part whose drawing was cut short is drawn again (`disagreeing`).

How it is known what the browser has applied: each part ends with a hidden slider, which is told a number with the rest.
Every request brings that number back as the browser had it when it was sent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from anchorlab.session import store
from anchorlab.session.app_state import AppState

_SESSION = "anchorlab_told"
_NOTHING = object()
STYLE = "[class*=st-key-told_]{display:none}"
"""Hides the sliders that count; belongs to the page's style."""


@dataclass
class _Widget:
    """A widget as it was told.

    Attributes:
      face: what makes Streamlit take it for another one.
      value_of: what it must show for an app state.
      value: what it shows once everything has arrived.
      older: what the browser may still take it to show.
      number: of the telling.
    """

    face: tuple[Any, ...]
    value_of: Callable[[AppState], Any]
    value: Any
    older: list[Any]
    number: int


@dataclass
class _Page:
    name: str = ""
    parts: dict[str, dict[str, _Widget]] = field(default_factory=dict)
    drawn: dict[str, list[str]] = field(default_factory=dict)
    drawn_before: list[str] = field(default_factory=list)
    applied: dict[str, int] = field(default_factory=dict)
    unfinished: set[str] = field(default_factory=set)
    part: str = ""
    number: int = 0


def _page() -> _Page:
    return st.session_state.setdefault(_SESSION, _Page())


def begin(name: str) -> None:
    """A page is drawn from its top."""
    page = _page()
    if page.name != name:
        page.name, page.parts, page.drawn, page.applied, page.unfinished = name, {}, {}, {}, set()


def part(name: str) -> None:
    """A part of the page begins."""
    page = _page()
    page.part = name
    page.unfinished.add(name)
    page.parts.setdefault(name, {})
    page.drawn_before, page.drawn[name] = page.drawn.get(name, []), []


def end_part() -> None:
    """The part that is being drawn ends: its hidden slider counts what was told in it."""
    page = _page()
    page.unfinished.discard(page.part)
    if page.drawn[page.part]:
        key = _counter(page.part)
        newest = _newest(page, page.part)
        if newest > page.applied.get(page.part, -1) or st.session_state.get(key) != newest:
            st.session_state[key] = newest
        st.slider("told", 0, 1 << 30, key=key, label_visibility="collapsed")


def show(key: str, value_of: Callable[[AppState], Any], *face: Any) -> None:
    """Makes the widget drawn next under this key show what the app state says, now and whenever the app state changes."""
    page = _page()
    value, now = value_of(store.app()), st.session_state.get(key, _NOTHING)
    widgets = page.parts[page.part]
    known = widgets.get(key)
    page.drawn[page.part].append(key)
    # A run that is cut short takes it off the page, and Streamlit's value stays.
    was_gone = key not in page.drawn_before
    if known is None:
        known = widgets[key] = _Widget((), value_of, _NOTHING, [], 0)
    known.value_of = value_of
    if was_gone or not (known.face == face and alike(known.value, value) and alike(now, value)):
        page.number += 1
        known.older = [*(known.older if _pending(page, page.part, known) else ()), known.value, now]
        known.face, known.value, known.number = face, value, page.number
        st.session_state[key] = value
    elif _pending(page, page.part, known):
        # Again, as it may be lost. By a number of its own: the former may have arrived, and the visitor may have moved
        # the widget before this one does.
        page.number += 1
        known.number = page.number
        st.session_state[key] = value


def is_echo(key: str) -> bool:
    """In a callback: whether what came from the browser is only what the widget showed before it was told."""
    page = _page()
    _hear(page)
    for name, widgets in page.parts.items():
        known = widgets.get(key)
        if known is None or key not in page.drawn.get(name, ()):
            continue
        now, pending = st.session_state[key], _pending(page, name, known)
        if pending and any(alike(now, old) for old in known.older):
            return True
        known.older = [*known.older, known.value] if pending else []
        known.value = now
    return False


def disagreeing() -> set[str]:
    """In a callback: the parts whose widgets show what is not the app state's, or have not applied what they were told, and
    those that were cut short."""
    page = _page()
    _hear(page)
    app = store.app()
    found = set(page.unfinished)
    for name, keys in page.drawn.items():
        widgets = [(key, page.parts[name][key]) for key in keys]
        if any(
            _pending(page, name, known) or not alike(st.session_state.get(key, _NOTHING), known.value_of(app))
            for key, known in widgets
        ):
            found.add(name)
    return found


def _hear(page: _Page) -> None:
    """Takes down what the browser had applied when it sent its request."""
    for name in page.drawn:
        if (applied := st.session_state.get(_counter(name))) is not None:
            page.applied[name] = applied


def _counter(part_name: str) -> str:
    return f"told_{part_name}"


def _newest(page: _Page, name: str) -> int:
    return max(page.parts[name][key].number for key in page.drawn[name])


def _pending(page: _Page, name: str, known: _Widget) -> bool:
    return known.number > page.applied.get(name, -1)


def alike(a: Any, b: Any) -> bool:
    """Whether two values are the same on a widget, which may count in other last digits."""
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        return len(a) == len(b) and all(map(alike, a, b))
    if isinstance(a, float) and isinstance(b, float):
        return abs(a - b) < 1e-9
    return a == b
