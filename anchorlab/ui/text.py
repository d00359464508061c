"""Text for people: what they typed as they typed it, and numbers of things."""

import re

# What Markdown, as Streamlit reads it, takes for more than text: emphasis, links, code, formulas, :icons:, HTML.
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|<>$~:&-])")


def as_typed(text: str) -> str:
    """`text` as Markdown that shows exactly that text."""
    return _SPECIAL.sub(r"\\\1", text)


def counted(count: int, one: str, more: str = "") -> str:
    """'1 box', '1,200 boxes'; the plural is that of `one` with an s unless it is given."""
    return f"{count:,} {one if count == 1 else more or one + 's'}"
