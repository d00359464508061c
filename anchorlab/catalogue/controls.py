"""The controls of the pages, as plain records: what each is called, which values it offers, and what it changes.

A control speaks of one path of the app state, or of several that change together. Streamlit's widget is drawn of its
record (`ui.widgets.draw`), and the browser reads the widget by the same record (`told` is what it is told of one), so that
no option, order or range is written twice.

A page declares its controls once, as the tuple `CONTROLS` of `canvas/views/<page>.py`, which its `PAGE` names:

    HIGH = Slider("matching.ssd.high", "Positive from IoU", 0.0, 1.0, 0.01)
    RULE = Choice("matching.rule", "Rule", (("ssd", "SSD"), ("yolo", "YOLO")), look="list", concerns=ALL)
    CONTROLS = (RULE, HIGH)

The page draws them with `widgets.draw(HIGH)`; what is only known when it is drawn is given then
(`widgets.draw(replace(HIGH, label=...))`), and is never another path. The message to the browser holds
`settings`, {path: value} of all of them; the browser's view asks `stage.setting("matching.ssd.high")` and is told by
`settingChanged(stage, path)` what was moved.

A path need not be one of the app state: with `reads` and `changes` a control may show and change what is made of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, Literal

ALL = ("controls", "more")
"""The parts of a page, besides its picture, that have other controls."""


@dataclass(frozen=True, kw_only=True)
class _Common:
    """What every control may say.

    Attributes:
      help: what the label means, for those who ask.
      hidden_label: whether the label is for screen readers alone.
      concerns: parts of the page, besides the picture, that are drawn anew when it is moved.
      reads: its value in an app state, where that is not what stands at its path.
      changes: {path: value} that a value changes, given the app state; else that of its own paths.
    """

    help: str = ""
    hidden_label: bool = False
    concerns: tuple[str, ...] = ()
    reads: Callable[[Any], Any] | None = None
    changes: Callable[[Any, Any], dict[str, Any]] | None = None


@dataclass(frozen=True)
class Slider(_Common):
    """A number on a scale; `format` is how it is written (printf)."""

    path: str
    label: str
    low: float
    high: float
    step: float
    format: str | None = None


@dataclass(frozen=True)
class Range(_Common):
    """Two numbers on one scale, which change as one; the lower always comes first."""

    low_path: str
    high_path: str
    label: str
    low: float
    high: float
    step: float


@dataclass(frozen=True)
class Number(_Common):
    """A whole number to type or to step; an optional one may be empty (None)."""

    path: str
    label: str
    low: int
    high: int
    optional: bool = False


@dataclass(frozen=True)
class Switch(_Common):
    """On or off."""

    path: str
    label: str


@dataclass(frozen=True)
class Choice(_Common):
    """One of several named values.

    Attributes:
      path: or several: a value is then a tuple, one for each.
      options: (value, its words). The words must not change: Streamlit would take that for another choice.
      look: whether all words are seen side by side, or are a list to open.
      also: {value: {path: value}} that choosing it changes, too.
      other: the words of a value that is none of the options, as a link may say one.
      ordered: whether such a value takes its place among the others by size; else it comes last.
    """

    path: str | tuple[str, ...]
    label: str
    options: tuple[tuple[Any, str], ...]
    look: Literal["segments", "list"] = "segments"
    also: Mapping[Any, Mapping[str, Any]] = field(default_factory=dict, hash=False)
    other: Callable[[Any], str] = str
    ordered: bool = False


@dataclass(frozen=True)
class Numbers(_Common):
    """A list of numbers that people change number by number; it is drawn in the canvas's slot of that name."""

    path: str
    slot: str
    low: float
    high: float
    most: int


Control = Slider | Range | Number | Switch | Choice | Numbers


def paths(control: Control) -> tuple[str, ...]:
    """The paths of its values, in order."""
    if isinstance(control, Range):
        return control.low_path, control.high_path
    return (control.path,) if isinstance(control.path, str) else control.path


def key(control: Control) -> str:
    """Its widget's key."""
    named = paths(control) if isinstance(control, Range) else paths(control)[:1]
    return "_".join(named).replace(".", "_")


def value(control: Control, app: Any) -> Any:
    """Its value in an app state; of several paths a tuple."""
    return control.reads(app) if control.reads else attrgetter(*paths(control))(app)


def settings(control: Control, value: Any) -> dict[str, Any]:
    """{path: value} where it has this value."""
    own = paths(control)
    return dict(zip(own, value if len(own) > 1 else (value,), strict=True))


def changes(control: Control, app: Any, value: Any) -> dict[str, Any]:
    """{path: value} that are changed in the app state when it is given this value."""
    if control.changes:
        return control.changes(app, value)
    also = control.also.get(value, {}) if isinstance(control, Choice) else {}
    return settings(control, value) | dict(also)


def told(control: Control) -> dict[str, Any]:
    """What the browser is told of it: its kind, its paths, and what each of its options means or how far it goes."""
    said: dict[str, Any] = {"kind": type(control).__name__.lower(), "paths": paths(control)}
    match control:
        case Choice():
            said["kind"] = control.look
            said["options"] = [
                {"words": words, "settings": settings(control, value) | dict(control.also.get(value, {}))}
                for value, words in control.options
            ]
        case Slider() | Range():
            said |= {"low": control.low, "high": control.high, "step": control.step}
        case Numbers():
            said |= {"low": control.low, "high": control.high, "most": control.most}
        case Number():
            said |= {"low": control.low, "high": control.high, "optional": control.optional}
    return said
