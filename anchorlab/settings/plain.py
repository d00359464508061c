"""Records of settings as plain data, for JSON, and back."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, get_args, get_origin

from anchorlab.settings.validation import Checked, kinds_of


def to_plain(value: Any) -> Any:
    """A record as a dict of its fields, a tuple as a list; what they hold likewise."""
    if isinstance(value, Checked):
        return {of.name: to_plain(getattr(value, of.name)) for of in fields(value)}
    if isinstance(value, tuple):
        return [to_plain(one) for one in value]
    return value


def from_plain(kind: Any, data: Any) -> Any:
    """The record that `to_plain` wrote down; fields that are missing have their default.

    Args:
      kind: the record's class.
      data: of any origin: everything in it is checked.

    Raises:
      ValueError: a field is unknown, missing without a default, or not what it may be.

    Example:
      >>> from anchorlab.settings.sampling import SampleSpec
      >>> from_plain(SampleSpec, {"sampler": "hard"}) == SampleSpec("hard")
      True
    """
    if isinstance(kind, type) and issubclass(kind, Checked):
        known = kinds_of(kind)
        if not isinstance(data, dict) or not data.keys() <= known.keys():
            raise ValueError(f"{kind.__name__} must be told by its fields {', '.join(known)}, got {data!r}")
        try:
            return kind(**{name: from_plain(known[name][0], value) for name, value in data.items()})
        except TypeError:
            raise ValueError(f"{kind.__name__} lacks a field, got {data!r}") from None
    if get_origin(kind) is tuple and isinstance(data, list):
        first, *rest = get_args(kind)
        kinds = [first] * len(data) if Ellipsis in rest else [first, *rest]
        # Of another length it is left to the record to refuse it.
        return tuple(from_plain(of, one) for of, one in zip(kinds, data, strict=False)) + tuple(
            data[len(kinds) :]
        )
    return data
