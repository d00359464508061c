"""Streamlit widgets bound to the app state: each shows the value at a path and writes it back when it is used.

The app state decides: before a widget is drawn it is told what the app state says, and what comes back from it is the visitor's
only if it is news. A refused value stays out of the app state, and its control says why.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Any

import streamlit as st

from anchorlab.canvas import component
from anchorlab.canvas.views.offsets import SLIDERS
from anchorlab.catalogue import controls
from anchorlab.catalogue.coders import coder_of
from anchorlab.catalogue.controls import ALL, Choice, Control, Number, Numbers, Range, Slider, Switch
from anchorlab.session import fragments, store, widget_sync
from anchorlab.session.app_state import LARGEST_OFFSET, AppState
from anchorlab.ui.text import as_typed

_VULGAR = {"½": "1/2", "¼": "1/4", "¾": "3/4", "⅓": "1/3", "⅔": "2/3", "⅕": "1/5"}


def show(key: str, value_of: Callable[[AppState], Any], *face: Any) -> None:
    """Makes the widget drawn next show what the app state says. `face`: what makes Streamlit take it for another widget, as
    the range and the step of a slider do."""
    widget_sync.show(key, value_of, *face)


def heard(key: str, take: Callable[[], None]) -> Callable[[], None]:
    """The callback of a widget: `take`, if what comes from the browser is news."""

    def listen() -> None:
        if widget_sync.is_echo(key):
            fragments.redraw(fragments.PICTURE)
        else:
            take()

    return listen


def _change(source: str, concerns: tuple[str, ...], /, **changes: Any) -> None:
    """Writes to the app state and redraws what that concerns, besides the picture; the last thing a callback does.

    A complaint, new or settled, redraws the controls.
    """
    complained = store.error(source) is not None
    taken = store.change(source, **changes)
    fragments.redraw(fragments.PICTURE, *(concerns if taken and not complained else ALL))


def change(changes: dict[str, Any]) -> None:
    """What a button does that changes the app state: one step of undo, and all parts of the page follow."""
    _change("", ALL, **changes)


def complaint(key: str) -> None:
    """Says, under a control, why its last change was refused."""
    if message := store.error(key):
        st.error(as_typed(message))


def on_grid(value: float, step: float, low: float = 0) -> float:
    """The step of a slider that is nearest to a value, counted from its low end."""
    nearest = low + step * round((value - low) / step)
    return nearest if isinstance(step, int) else round(nearest, 6)


def draw(control: Control) -> None:
    """A control's widget, with whatever complaint there is about its last change under it."""
    if isinstance(control, Numbers):
        component.slot(control.slot, min_height=3.6)  # the canvas writes it there
        return
    _DRAWN[type(control)](control)
    complaint(controls.key(control))


def _given(control: Control, to_widget: Callable[[Any], Any], *face: Any) -> dict[str, Any]:
    """What every widget takes, once its state agrees with the app state."""
    key = controls.key(control)
    show(key, lambda app: to_widget(controls.value(control, app)), *face)
    hidden = {"label_visibility": "collapsed"} if control.hidden_label else {}
    return {"key": key, "help": control.help or None, **hidden}


def _takes(
    control: Control,
    from_widget: Callable[[Any], Any] = lambda v: v,
    concerns: tuple[str, ...] | None = None,
) -> Callable[[], None]:
    """The callback that writes a widget's value to the app state."""
    key = controls.key(control)

    def take() -> None:
        value = from_widget(st.session_state[key])
        changes = controls.changes(control, store.app(), value)
        _change(key, control.concerns if concerns is None else concerns, **changes)

    return heard(key, take)


def _slider(control: Slider) -> None:
    """It shows the nearest of its steps, and reaches further where the app state's value does."""
    step, kind = control.step, type(control.step)
    value = controls.value(control, store.app())
    low = min(control.low, kind(value))
    high = max(control.high, kind(round(low + step * math.ceil((value - low) / step - 1e-6), 6)))

    def shown(value: Any) -> Any:
        # What is no number, as a size to squeeze a picture to, no slider shows: it is not drawn then.
        return value if isinstance(value, tuple) else min(max(on_grid(value, step, low), low), high)

    given = _given(control, shown, "slider", low, high, step)
    st.slider(control.label, low, high, step=step, format=control.format, on_change=_takes(control), **given)


def _range(control: Range) -> None:
    low, high, step = control.low, control.high, control.step
    given = _given(control, lambda both: tuple(on_grid(v, step) for v in both), "range", low, high, step)

    def exactly(moved: tuple[float, float]) -> tuple[float, ...]:
        # The thumb that nobody touched keeps its exact value.
        exact = {on_grid(v, step): v for v in controls.value(control, store.app())}
        return tuple(sorted(exact.get(v, v) for v in moved))

    st.slider(control.label, low, high, step=step, on_change=_takes(control, exactly), **given)


def _choice(control: Choice) -> None:
    """At the end, or in its place, stands the app state's value if it is none of the options: a link may say what no
    choice does. It goes once something else is chosen."""
    now = controls.value(control, store.app())
    words = dict(control.options)
    concerns = control.concerns
    if now not in words:
        words[now] = control.other(now)
        concerns = ALL
    shown = {
        "options": sorted(words) if control.ordered else list(words),
        "format_func": lambda v: words.get(v, str(v)),
        "on_change": _takes(control, concerns=concerns),
        **_given(control, lambda v: v),
    }
    if control.look == "list":
        st.selectbox(control.label, **shown)
    else:
        st.segmented_control(control.label, required=True, **shown)


def _switch(control: Switch) -> None:
    given = _given(control, lambda v: v)
    st.toggle(control.label, on_change=_takes(control), **given)


def _number(control: Number) -> None:
    low, high = control.low, control.high
    given = _given(control, lambda v: None if v is None else int(min(max(v, low), high)))
    if control.optional:
        given["value"] = None
    st.number_input(control.label, low, high, step=1, on_change=_takes(control), **given)


_DRAWN = {Slider: _slider, Range: _range, Choice: _choice, Switch: _switch, Number: _number}


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


def typed_offsets(target: tuple[float, float, float, float]) -> None:
    """The same four numbers to type, with all the digits one wants."""
    keys = [f"typed_{name}" for name in "xywh"]
    numbers = coder_of(store.app().coder).numbers
    most = max(LARGEST_OFFSET, *(math.ceil(abs(v)) for v in (*target, *(store.app().offsets or target))))
    for k, column in enumerate(st.columns(4, gap="small")):
        show(keys[k], _told_offset(k, target, 4))
        with column.container(gap=0):
            symbol = numbers[k].symbol
            _mathematics(symbol)
            st.number_input(
                f"t{symbol}",
                -most,
                most,
                step=0.1,
                format="%.4f",
                label_visibility="collapsed",
                key=keys[k],
                on_change=heard(keys[k], _takes_offset(k, keys[k], target)),
            )


def _mathematics(symbol: str, words: str = "") -> None:
    """A label as one writes it, for the eye alone: its widget has the same in plain words for whoever listens."""
    st.html(f'<div aria-hidden="true" style="font-size:.875rem"><i>t</i><sub>{symbol}</sub> {words}</div>')


def _told_offset(k: int, target: tuple[float, ...], digits: int) -> Callable[[AppState], float]:
    return lambda app: round((app.offsets or target)[k], digits)


def _takes_offset(k: int, key: str, target: tuple[float, ...]) -> Callable[[], None]:
    """Takes one of the four numbers; the others keep all their digits."""

    def take() -> None:
        _change(key, (), **_with_offset(k, target, store.app(), st.session_state[key]))

    return take


def _with_offset(k: int, target: tuple[float, ...], app: AppState, value: float) -> dict[str, Any]:
    now = list(app.offsets or target)
    now[k] = value
    return {"offsets": tuple(now)}


def offsets(target: tuple[float, float, float, float]) -> None:
    """Four sliders for tx, ty, tw, th; without a change they stand at the encoded offsets."""
    now = store.app().offsets or target
    coder = store.app().coder
    numbers, bounded = coder_of(coder).numbers, coder_of(coder).takes("clamp") and coder.clamp
    reach = 4.0
    # A bound on the sizes is there to be run into.
    bound = coder.clamp / min(coder.stds[2:]) if bounded else 0
    while reach < max(map(abs, (*now, *target, 1.1 * min(bound, 40)))):
        reach *= 2
    if max(map(abs, (*now, *target))) <= LARGEST_OFFSET:
        reach = min(reach, LARGEST_OFFSET)

    for row in (0, 2):
        for column, k in zip(st.columns(2, gap="small"), (row, row + 1), strict=True):
            symbol, words = numbers[k]
            with column.container(gap=0):
                _mathematics(symbol, words)
                draw(
                    replace(
                        SLIDERS[k],
                        label=f"t{symbol}, {words}",
                        low=-reach,
                        high=reach,
                        reads=_told_offset(k, target, 2),
                        changes=partial(_with_offset, k, target),
                    )
                )


def beside(*controls: Control, widths: Sequence[float] | int = 0, **how: Any) -> None:
    """Draws controls beside each other; `how`: of `st.columns`, whose `widths` are equal unless they are given."""
    columns = st.columns(widths or len(controls), **{"gap": "small"} | how)
    for column, control in zip(columns, controls, strict=False):
        with column:
            draw(control)


def units(key: str, fractions: bool, read: Callable[..., None], *args: Any) -> None:
    """A button that reads a file's coordinates the other way: as pixels, or as fractions of the picture.

    Args:
      fractions: what they are taken for now.
      read: reads the file again, with `args`.
    """
    label = "Take them as pixels" if fractions else "Scale them to the picture"
    st.button(label, key=key, on_click=read, args=args)
