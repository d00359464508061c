"""Sentences with what stands in them, numbers and lists."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence

Sentence = str | Mapping[str, str]
"""A whole sentence with {named} placeholders; or its forms {"one": ..., "other": ...}, chosen by the value `count`."""

PLACEHOLDER = re.compile(r"\{(\w+)\}")


def placeholders(sentence: Sentence) -> set[str]:
    """The names of the values that a sentence asks for, in any of its forms."""
    if isinstance(sentence, str):
        return set(PLACEHOLDER.findall(sentence))
    return {"count"}.union(*(PLACEHOLDER.findall(form) for form in sentence.values()))


def say(sentence: Sentence, **values: str | int) -> str:
    """The sentence with its values: text as it is, whole numbers with their thousands apart ("1,024").

    Marks such as <b> may stand in a sentence; whoever hands over text that people wrote escapes it first. The
    browser's twin is `browser/model/sentences.js`.

    Raises:
      ValueError: a value is missing or superfluous.
      TypeError: one is neither text nor a whole number.

    Example:
      >>> say({"one": "{count} box is left.", "other": "{count} boxes are left."}, count=1024)
      '1,024 boxes are left.'
    """
    asked = placeholders(sentence)
    if asked != set(values):
        raise ValueError(f"{sentence!r} asks for {sorted(asked)}, not {sorted(values)}")
    if not isinstance(sentence, str):
        sentence = sentence["one" if values["count"] == 1 else "other"]
    return PLACEHOLDER.sub(lambda match: _written(values[match[1]]), sentence)


def _written(value: str | int) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{value!r} is neither text nor a whole number")
    return f"{value:,}".replace("-", "−")


def joined(parts: Sequence[str]) -> str:
    """ "a, b and c"."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_RATIOS = {0.5: "½", 0.25: "¼", 0.75: "¾", 1 / 3: "⅓", 2 / 3: "⅔", 0.2: "⅕"}


def number(value: float, digits: int = 2) -> str:
    """A number for people: true minus, thousands apart, no needless zeros; tiny ones as powers of ten."""
    value = float(value)
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "∞"
    if value and abs(value) < 10**-digits / 2:
        mantissa, power = f"{value:.2e}".split("e")
        return f"{mantissa}·10{str(int(power)).translate(_RAISED)}".replace("-", "−")
    text = f"{value:,.{digits}f}"
    text = text.rstrip("0").rstrip(".") if digits else text
    return "0" if text == "-0" else text.replace("-", "−")


def ratio(value: float) -> str:
    """½ for 0.5, as ratios are written."""
    return next((sign for v, sign in _RATIOS.items() if abs(v - value) < 1e-6), number(value))


def circled(index: int) -> str:
    """① for 0: how objects are numbered in pictures."""
    return "①②③④⑤⑥⑦⑧⑨⑩"[index] if 0 <= index < 10 else f"({index + 1})"


def some(items: Iterable[str], most: int = 4) -> str:
    """ "a, b and c", of many the first few and how many more."""
    items = list(items)
    if len(items) <= most:
        return joined(items)
    return f"{', '.join(items[:most])} and {len(items) - most} more"
