"""What records of settings share: values that are checked once, with errors that name the argument."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import field
from typing import Any

Test = Callable[[float], bool]


def number(value: float, name: str, must: str, ok: Test) -> float:
    """`value` as a float if it is finite and `ok`; else a ValueError that says what it must be."""
    try:
        x = math.nan if isinstance(value, str | bytes) else float(value)
    except (TypeError, ValueError, OverflowError):
        x = math.nan
    if not math.isfinite(x) or not ok(x):
        raise ValueError(f"{name} must be {must}, got {value!r}")
    return x


def numbers(
    values: Iterable[float], name: str, must: str, ok: Test, count: int | None = None
) -> tuple[float, ...]:
    """`values` as a non-empty tuple of floats, each checked like `number`."""
    try:
        checked = tuple(number(value, name, must, ok) for value in values)
    except TypeError:
        raise ValueError(f"{name} must be a sequence of numbers, got {values!r}") from None
    if count is not None and len(checked) != count:
        raise ValueError(f"{name} must hold {count} numbers, got {len(checked)}")
    if not checked:
        raise ValueError(f"{name} must hold at least one number")
    return checked


def integer(value: int, name: str, must: str, ok: Test) -> int:
    """`value` as an int if it is whole and `ok`."""
    return int(number(value, name, must, lambda x: x == int(x) and ok(x)))


def choice(value: str, name: str, choices: tuple[str, ...]) -> str:
    """`value` if it is one of the choices."""
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, choices))}, got {value!r}")
    return value


def flag(value: bool, name: str) -> bool:
    """`value` as a bool if it is one (or 0 or 1)."""
    if value not in (True, False):
        raise ValueError(f"{name} must be True or False, got {value!r}")
    return bool(value)


def is_positive(x: float) -> bool:
    return x > 0


def is_unit(x: float) -> bool:
    return 0 <= x <= 1


def limited(default: float, low: float, high: float) -> Any:
    """A number of a record that people set from `low` to `high`; whoever writes code may go further, if the record lets."""
    return field(default=default, metadata={"range": (low, high)})


class Checked:
    """A frozen record that writes its checked values back into itself."""

    def store(self, **values) -> None:
        for name, value in values.items():
            object.__setattr__(self, name, value)
