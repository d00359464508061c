"""Words around what people typed and around numbers."""

import re

# What Markdown, as Streamlit reads it, takes for more than text: emphasis, links, code, formulas, :icons:, HTML.
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|<>$~:&-])")


def as_typed(text: str) -> str:
    """`text` as Markdown that shows exactly that text."""
    return _SPECIAL.sub(r"\\\1", text)


def counted(count: int, word: str, words: str = "") -> str:
    """The noun for so many: "box" for 1, else "boxes"."""
    return word if count == 1 else words or f"{word}s"


def plural(count: int, word: str, words: str = "") -> str:
    """ "1 box", "2 boxes", "1,024 boxes"."""
    return f"{count:,} {counted(count, word, words)}"


def joined(parts: list[str]) -> str:
    """ "a, b and c"."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
