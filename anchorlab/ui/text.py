"""Text that people typed, shown as they typed it."""

import re

# What Markdown, as Streamlit reads it, takes for more than text: emphasis, links, code, formulas, :icons:, HTML.
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|<>$~:&-])")


def as_typed(text: str) -> str:
    """`text` as Markdown that shows exactly that text."""
    return _SPECIAL.sub(r"\\\1", text)
