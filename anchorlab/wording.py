"""Sentences with what stands in them, numbers and lists."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

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


def noun_of(count: int, word: str, words: str = "") -> str:
    """The noun for so many: "box" for 1, else "boxes"."""
    return word if count == 1 else words or f"{word}s"


def counted(count: int, word: str, words: str = "") -> str:
    """ "1 box", "2 boxes", "1,024 boxes"."""
    return f"{count:,} {noun_of(count, word, words)}"


def joined(parts: Sequence[str]) -> str:
    """ "a, b and c"."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
