"""Streamlit widgets bound to the lab: each shows the value at a path and writes it back when it is used.

The lab decides: before a widget is drawn its state is set from the lab if the two differ (after reset, undo,
a link or a page change). A refused value stays out of the lab, and its control says why.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import streamlit as st

from anchorlab.ui import parts, rules, state
from anchorlab.ui.lab import LARGEST_GROWTH, USUAL_STDS, get
from anchorlab.ui.text import as_typed

_ALL = (parts.PICTURE, parts.CONTROLS, parts.MORE)
_VULGAR = {"½": "1/2", "¼": "1/4", "¾": "3/4", "⅓": "1/3", "⅔": "2/3", "⅕": "1/5"}


def _key(path: str) -> str:
    return path.replace(".", "_")


def show(key: str, value: Any) -> None:
    """Makes a widget show a value; must come before the widget is drawn."""
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value


def _bind(path: str, to_widget: Callable[[Any], Any] = lambda v: v) -> str:
    """Makes the widget's state agree with the lab; returns its key."""
    key = _key(path)
    show(key, to_widget(get(state.lab(), path)))
    return key


def _store(path: str, from_widget: Callable[[Any], Any] | None = None, alone: bool = True) -> None:
    key = _key(path)
    try:
        value = from_widget(st.session_state[key]) if from_widget else st.session_state[key]
    except ValueError as refusal:
        state.session().errors[key] = str(refusal)
        parts.redraw(*_ALL)
    _change(key, alone, **{path.replace(".", "__"): value})


def _change(source: str, alone: bool, /, **changes: Any) -> None:
    """Writes to the lab and redraws what that concerns; the last thing a callback does.

    `alone`: no other control shows or depends on the value. A complaint, new or settled, redraws the controls.
    """
    complained = state.error(source) is not None
    taken = state.change(source, **changes)
    parts.redraw(*((parts.PICTURE,) if taken and alone and not complained else _ALL))


def change(changes: dict[str, Any]) -> None:
    """What a button does that changes the lab: one step of undo, and all parts of the page follow."""
    _change("", False, **changes)


def complaint(key: str) -> None:
    """Says, under a control, why its last change was refused."""
    if message := state.error(key):
        st.error(as_typed(message))


def slider(label: str, path: str, low: float, high: float, step: float, **kwargs: Any) -> None:
    """A slider for a number; the lab's value is shown clamped to the slider's range."""
    kind = type(step)
    key = _bind(path, lambda v: kind(min(max(v, low), high)))
    st.slider(label, low, high, step=step, key=key, on_change=_store, args=(path,), **kwargs)
    complaint(key)


def thresholds(label: str, low_path: str, high_path: str, *, step: float = 0.01, **kwargs: Any) -> None:
    """A range slider for two thresholds, which change as one."""
    key = _key(low_path + "_" + high_path)
    value = (get(state.lab(), low_path), get(state.lab(), high_path))
    show(key, value)

    def store() -> None:
        low, high = sorted(st.session_state[key])
        _change(key, True, **{low_path.replace(".", "__"): low, high_path.replace(".", "__"): high})

    st.slider(label, 0.0, 1.0, step=step, key=key, on_change=store, **kwargs)
    complaint(key)


def segmented(label: str, path: str, options: dict[Any, str], *, alone: bool = True, **kwargs: Any) -> None:
    """One of a few named choices; `options` maps the lab's value to its words.

    `alone`: no other control depends on the choice.
    """
    key = _bind(path)
    value = get(state.lab(), path)
    # A link may say what no choice does.
    shown = options if value in options else options | {value: str(value)}
    st.segmented_control(
        label,
        list(shown),
        format_func=lambda v: shown[v],
        required=True,
        key=key,
        on_change=_store,
        args=(path, None, alone),
        **kwargs,
    )
    complaint(key)


def select(
    label: str,
    path: str,
    options: dict[Any, str],
    changes: Callable[[Any], dict[str, Any]] | None = None,
    *,
    alone: bool = False,
    **kwargs: Any,
) -> None:
    """One of many named choices; `changes` says what a choice changes, if more than the value at `path`.

    An option's words must not change: Streamlit would take that for another choice. `alone`: no other control
    depends on the choice.
    """
    key = _bind(path)

    def store() -> None:
        value = st.session_state[key]
        _change(key, alone, **(changes(value) if changes else {path.replace(".", "__"): value}))

    st.selectbox(
        label,
        list(options),
        format_func=lambda v: options.get(v, str(v)),
        key=key,
        on_change=store,
        **kwargs,
    )
    complaint(key)


def rule(label: str, options: dict[str, str]) -> None:
    """One of the rules of matching, which two records of the lab say together."""
    key, now = "match_rule", state.lab()
    show(key, rules.name(now.match, now.assign))

    def store() -> None:
        _change(key, False, **rules.changes(st.session_state[key], state.lab().match))

    st.selectbox(label, list(options), format_func=lambda v: options[v], key=key, on_change=store)
    complaint(key)


def other_rule(label: str, name: str) -> None:
    """A button that goes over to another rule of matching, and says so."""

    def go() -> None:
        _change("match_rule", False, **rules.changes(name, state.lab().match))

    st.button(label, key="other_rule", on_click=go)


def coder(label: str, options: dict[str, str]) -> None:
    """How boxes are written; each way comes with what its libraries divide by."""
    key = _bind("coder.kind")

    def store() -> None:
        kind = st.session_state[key]
        _change(key, False, coder__kind=kind, coder__stds=USUAL_STDS[kind], offsets=None)

    st.segmented_control(
        label, list(options), format_func=lambda v: options[v], required=True, key=key, on_change=store
    )
    complaint(key)


def clamp(label: str, options: dict[str, str], **kwargs: Any) -> None:
    """Whether decoded log sizes are bounded: 'none', 'above', or on 'both' sides."""
    key, now = "coder_clamp", state.lab().coder
    value = "none" if now.clamp is None else "both" if now.clamp_both else "above"
    show(key, value)

    def store() -> None:
        chosen = st.session_state[key]
        bound = None if chosen == "none" else LARGEST_GROWTH
        _change(key, False, coder__clamp=bound, coder__clamp_both=chosen == "both")

    st.segmented_control(
        label,
        list(options),
        format_func=lambda v: options[v],
        required=True,
        key=key,
        on_change=store,
        **kwargs,
    )
    complaint(key)


def toggle(label: str, path: str, **kwargs: Any) -> None:
    key = _bind(path)
    st.toggle(label, key=key, on_change=_store, args=(path,), **kwargs)
    complaint(key)


def number(label: str, path: str, low: int, high: int, *, optional: bool = False, **kwargs: Any) -> None:
    """A whole number typed or stepped; an optional one may be empty (None)."""
    key = _bind(path, lambda v: None if v is None else int(min(max(v, low), high)))
    if optional:
        kwargs["value"] = None
    st.number_input(label, low, high, step=1, key=key, on_change=_store, args=(path,), **kwargs)
    complaint(key)


def parse_number(text: str) -> float:
    """A positive number as people write it: 0.5, 1/2, ½.

    Raises:
      ValueError: it is none.
    """
    plain = _VULGAR.get(text.strip(), text.strip()).replace(",", ".")
    try:
        value = float(Fraction(plain)) if "/" in plain else float(plain)
    except (ValueError, ZeroDivisionError, OverflowError):
        raise ValueError(f"“{text}” is not a number. Type one like 96, 0.5 or 1/2.") from None
    if not 0 < value < float("inf"):
        raise ValueError(f"{text} must be positive. Type a number above 0.")
    return value


def number_text(value: float) -> str:
    """0.5 as ½, 64.0 as 64: the way the chips show a number."""
    for sign, plain in _VULGAR.items():
        if abs(float(Fraction(plain)) - value) < 1e-6:
            return sign
    return f"{value:g}"


def number_list(label: str, path: str, low: float, high: float, most: int = 8, **kwargs: Any) -> None:
    """A few numbers as chips: take one off, or type a new one."""
    key = _bind(path, lambda values: [number_text(v) for v in values])

    def read(texts: list[str]) -> tuple[float, ...]:
        values = []
        for text in texts:
            value = parse_number(text)
            if not low <= value <= high:
                raise ValueError(f"{text} is out of range: take a number from {low:g} to {high:g}.")
            if value not in values:
                values.append(value)
        if not values:
            raise ValueError("At least one is needed; the last one stays.")
        return tuple(values)

    # No suggestions: Streamlit would take the first that begins like what was typed, 32 for a typed 3.
    options = [number_text(v) for v in get(state.lab(), path)]
    st.multiselect(
        label,
        options,
        key=key,
        accept_new_options=True,
        max_selections=most,
        placeholder="type a number",
        select_all=False,
        wrap=True,
        on_change=_store,
        args=(path, read, False),
        **kwargs,
    )
    complaint(key)


def typed_offsets(target: tuple[float, float, float, float]) -> None:
    """The same four numbers to type, with all the digits one wants."""
    now = state.lab().offsets or target

    def store() -> None:
        values = [st.session_state[f"typed_{name}"] for name in _OFFSETS]
        exact = [o if abs(o - v) < 6e-5 else v for o, v in zip(now, values, strict=True)]
        _change("offsets", False, offsets=tuple(exact))

    labels = _labels()
    for column, value, name, (symbol, _) in zip(
        st.columns(4, gap="small"), now, _OFFSETS, labels, strict=True
    ):
        key = f"typed_{name}"
        show(key, round(value, 4))
        with column:
            st.number_input(
                f"$t_{{{symbol}}}$", -50.0, 50.0, step=0.1, format="%.4f", key=key, on_change=store
            )


LARGEST_OFFSET = 50.0  # what a link can say
_OFFSETS = ("x", "y", "w", "h")
_CENTER = (("x", "right +, left −"), ("y", "down +, up −"), ("w", "width"), ("h", "height"))
_CORNER = (("x1", "left side"), ("y1", "top"), ("x2", "right side"), ("y2", "bottom"))
_CELL = (("x", "place across"), ("y", "place down"), ("w", "width"), ("h", "height"))


def _labels() -> tuple[tuple[str, str], ...]:
    """Symbol and meaning of the four numbers, as the coder counts."""
    return {"center": _CENTER, "corner": _CORNER, "cell": _CELL}[state.lab().coder.kind]


def offsets(target: tuple[float, float, float, float]) -> None:
    """Four sliders for tx, ty, tw, th; without a change they stand at the encoded offsets."""
    now = state.lab().offsets or target
    coder = state.lab().coder
    reach = 4.0
    # A bound on the sizes is there to be run into.
    bound = coder.clamp / min(coder.stds[2:]) if coder.kind == "center" and coder.clamp else 0
    while reach < max(map(abs, (*now, *target, 1.1 * min(bound, 40)))):
        reach *= 2
    if max(map(abs, (*now, *target))) <= LARGEST_OFFSET:
        reach = min(reach, LARGEST_OFFSET)

    def store() -> None:
        values = [st.session_state[f"offsets_{name}"] for name in _OFFSETS]
        # A slider nobody touched keeps its exact value: sliders show only two decimals.
        exact = [o if abs(o - v) < 0.006 else v for o, v in zip(now, values, strict=True)]
        _change("offsets", True, offsets=tuple(exact))

    for row in (0, 2):
        for column, k in zip(st.columns(2, gap="small"), (row, row + 1), strict=True):
            name, (symbol, words) = _OFFSETS[k], _labels()[k]
            key, value = f"offsets_{name}", round(now[k], 2)
            show(key, value)
            with column:
                st.slider(
                    f"$t_{{{symbol}}}$ {words}",
                    -reach,
                    reach,
                    step=0.01,
                    key=key,
                    format="%+.2f",
                    on_change=store,
                )
    complaint("offsets")


def units(key: str, fractions: bool, read: Callable[..., None], *args: Any) -> None:
    """A button that reads a file's coordinates the other way: as pixels, or as fractions of the picture.

    Args:
      fractions: what they are taken for now.
      read: reads the file again, with `args`.
    """
    label = "Take them as pixels" if fractions else "Scale them to the picture"
    st.button(label, key=key, on_click=read, args=args)
