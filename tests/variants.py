"""Other settings of a record than its defaults, one at a time: what every rule and every method is tried with."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Literal, get_args, get_origin

from anchorlab.settings.validation import kinds_of


def variants(record: type) -> Iterator[Any]:
    """The record at its defaults, then with each of its settings at another value or two; those it refuses are left out."""
    usual = record()
    yield usual
    for name, (kind, _, limits) in kinds_of(record).items():
        if kind is bool:
            others = [not getattr(usual, name)]
        elif limits.offered or get_origin(kind) is Literal:
            others = [v for v in limits.offered or get_args(kind) if v != getattr(usual, name)]
        else:
            low, high = limits.range
            others = [kind(round(low + share * (high - low), 2)) for share in (0.1, 0.8)]
        for other in others:
            try:
                yield replace(usual, **{name: other})
            except ValueError:
                continue  # the low threshold above the high one
