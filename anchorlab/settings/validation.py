"""What records of settings share: each field says once what it may be, and a wrong value is refused by its name.

Of a field the annotation says its kind, and `limited` how far a number goes. `Checked` holds values against both; links
(`anchorlab.session.link`) read the same, and so do the tests that make random settings.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from types import UnionType
from typing import Any, Literal, NamedTuple, get_args, get_origin, get_type_hints

Test = Callable[[float], bool]


class Limits(NamedTuple):
    """How far a number goes.

    Attributes:
      low, high: the smallest and the largest, themselves allowed.
      above: what it must be more than.
      what: what it is, as errors say it.
      range: how far people set it; whoever writes code may go further, if low and high let.
      offered: the values that people choose from, if not all; numbers or names.
    """

    low: float = -math.inf
    high: float = math.inf
    above: float = -math.inf
    what: str = ""
    range: tuple[float, float] = (-math.inf, math.inf)
    offered: tuple[Any, ...] = ()

    def allow(self, x: float) -> bool:
        return self.low <= x <= self.high and x > self.above

    def words(self, what: str) -> str:
        """What a value must be: "a whole number from 0 to 9"."""
        bounds = ""
        if self.above > -math.inf:
            bounds = f" above {self.above:g}"
        elif self.high < math.inf:
            bounds = f" from {self.low:.10g} to {self.high:.10g}"
        elif self.low > -math.inf:
            bounds = f" from {self.low:g} on"
        return f"{self.what or what}{bounds}"


def limited(
    default: Any = dataclasses.MISSING,
    low: float = -math.inf,
    high: float = math.inf,
    *,
    above: float = -math.inf,
    what: str = "",
    people: tuple[float, float] | None = None,
    offered: tuple[Any, ...] = (),
) -> Any:
    """A field of a record with its `Limits`; `people`: the range, where it is not from `low` to `high`."""
    limits = Limits(low, high, above, what, people or (low, high), offered)
    return dataclasses.field(default=default, metadata={"limits": limits})


def iou(default: float) -> Any:
    """A field that is an IoU."""
    return limited(default, 0, 1, what="an IoU")


@cache
def kinds_of(record: type) -> Mapping[str, tuple[Any, bool, Limits]]:
    """Of every field of a record its annotation, whether it may be None, and its limits."""
    hints = get_type_hints(record)
    found = {}
    for of in dataclasses.fields(record):
        kind, optional = hints[of.name], False
        if get_origin(kind) is UnionType and type(None) in get_args(kind):
            kinds = [one for one in get_args(kind) if one is not type(None)]
            kind, optional = kinds[0], True
        found[of.name] = kind, optional, of.metadata.get("limits", Limits())
    return found


class Checked:
    """A frozen record that holds its values against its fields and writes them back into itself.

    Whole numbers that are meant become floats, sequences tuples. A record that has more to say, of several fields
    together, says it in its own `__post_init__` after this one.
    """

    def __post_init__(self) -> None:
        for name, (kind, optional, limits) in kinds_of(type(self)).items():
            value = getattr(self, name)
            if not (optional and value is None):
                object.__setattr__(self, name, checked(value, name, kind, limits, optional))


def checked(value: Any, name: str, kind: Any, limits: Limits = Limits(), optional: bool = False) -> Any:  # noqa: B008
    """`value` as what an annotation says.

    Raises:
      ValueError: it is something else, or out of its limits.
    """
    if kind in (int, float):
        must = limits.words("a whole number" if kind is int else "a number")
        check = integer if kind is int else number
        return check(value, name, must + (", or None" if optional else ""), limits.allow)
    if kind is bool:
        return flag(value, name)
    if get_origin(kind) is Literal:
        return choice(value, name, get_args(kind))
    if get_origin(kind) is tuple:
        first, *rest = get_args(kind)
        noun = "number" if first in (int, float) else getattr(first, "__name__", "item")
        found = items(value, name, noun, None if Ellipsis in rest else 1 + len(rest))
        return tuple(checked(one, name, first, limits) for one in found)
    if isinstance(kind, type) and issubclass(kind, Checked) and not isinstance(value, kind):
        raise ValueError(f"{name} must be {kind.__name__}, got {value!r}")  # noqa: TRY004 (as of all wrong values)
    return value


def items(values: Iterable[Any], name: str, noun: str, count: int | None = None) -> tuple[Any, ...]:
    """`values` as a tuple: not empty, or of so many."""
    try:
        found = tuple(values)
    except TypeError:
        raise ValueError(f"{name} must be a sequence of {noun}s, got {values!r}") from None
    if count is not None and len(found) != count:
        raise ValueError(f"{name} must hold {count} {noun}s, got {len(found)}")
    if not found:
        raise ValueError(f"{name} must hold at least one {noun}")
    return found


def numbers(
    values: Iterable[float], name: str, must: str, ok: Test, count: int | None = None
) -> tuple[float, ...]:
    """`values` as a tuple of floats, each checked like `number`."""
    return tuple(number(value, name, must, ok) for value in items(values, name, "number", count))


def number(value: float, name: str, must: str, ok: Test) -> float:
    """`value` as a float if it is finite and `ok`; else a ValueError that says what it must be."""
    try:
        x = math.nan if isinstance(value, str | bytes) else float(value)
    except (TypeError, ValueError, OverflowError):
        x = math.nan
    if not math.isfinite(x) or not ok(x):
        raise ValueError(f"{name} must be {must}, got {value!r}")
    return x


def integer(value: int, name: str, must: str, ok: Test) -> int:
    """`value` as an int if it is whole and `ok`."""
    return int(number(value, name, must, lambda x: x == int(x) and ok(x)))


def choice(value: Any, name: str, choices: tuple[Any, ...]) -> Any:
    """That of the choices which `value` is."""
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, choices))}, got {value!r}")
    return choices[choices.index(value)]


def flag(value: bool, name: str) -> bool:
    """`value` as a bool if it is one (or 0 or 1)."""
    if value not in (True, False):
        raise ValueError(f"{name} must be True or False, got {value!r}")
    return bool(value)


def is_positive(x: float) -> bool:
    return x > 0
