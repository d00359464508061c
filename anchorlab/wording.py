"""Numbers and lists in sentences."""

from __future__ import annotations

from collections.abc import Sequence


def noun_of(count: int, word: str, words: str = "") -> str:
    """The noun for so many: "box" for 1, else "boxes"."""
    return word if count == 1 else words or f"{word}s"


def counted(count: int, word: str, words: str = "") -> str:
    """ "1 box", "2 boxes", "1,024 boxes"."""
    return f"{count:,} {noun_of(count, word, words)}"


def joined(parts: Sequence[str]) -> str:
    """ "a, b and c"."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
