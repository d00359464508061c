"""Python written by Python: numbers, settings and calls as text that reads back the same."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable
from typing import Any

import numpy as np

COLUMNS = 92


def number(value: float) -> str:
    """A literal that reads back as exactly this number, without a needless '.0'."""
    if isinstance(value, np.floating):
        return np.format_float_positional(value, trim="-")
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return repr(value)


def literal(value: Any) -> str:
    """A literal of a setting: number, text, None, or a tuple of these."""
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, str):
        return json.dumps("".join(c for c in value if c.isprintable()), ensure_ascii=False)
    if isinstance(value, tuple | list):
        return tuple_of([literal(v) for v in value])
    return number(value)


def tuple_of(parts: list[str]) -> str:
    """A tuple of expressions."""
    return f"({parts[0]},)" if len(parts) == 1 else f"({', '.join(parts)})"


def list_of(values: Iterable[Any]) -> str:
    """A list of literals; of lists, a list of lists."""
    return "[" + ", ".join(list_of(v) if isinstance(v, list) else literal(v) for v in values) + "]"


def pairs(values: Iterable[tuple[float, float]]) -> list[str]:
    """Literals of pairs of numbers, to the nine digits that float32 has."""
    return [f"({number(nine(a))}, {number(nine(b))})" for a, b in values]


def nine(value: float) -> float:
    """The number to nine digits, which tell every float32 from the next."""
    return float(f"{value:.9g}")


def rows(name: str, lists: Iterable[Iterable[float]]) -> str:
    """`name=[[...], [...]]`, a list a line where one line is too short."""
    texts = [list_of(nine(v) for v in values) for values in lists]
    line = f"{name}=[{', '.join(texts)}]"
    if len(line) <= COLUMNS - 8:
        return line
    return f"{name}=[\n" + "".join(f"        {text},\n" for text in texts) + "    ]"


def decimal(value: float) -> str:
    """A literal of a float that is never an int's: 0.5, 1.0."""
    return repr(float(value))


def call(name: str, arguments: Iterable[str], start: str = "") -> str:
    """`start name(arguments)`, over several lines where one is too short."""
    arguments = list(arguments)
    line = f"{start}{name}({', '.join(arguments)})"
    if len(line) <= COLUMNS:
        return line
    inner = "    " + ", ".join(arguments)
    if len(inner) <= COLUMNS:
        return f"{start}{name}(\n{inner}\n)"
    return f"{start}{name}(\n" + "".join(f"    {argument},\n" for argument in arguments) + ")"


def entry(name: str, arguments: Iterable[str]) -> list[str]:
    """`name=dict(arguments),` in lines that are indented by the caller."""
    return f"{call('dict', arguments, f'{name}=')},".split("\n")


def note(text: str, indent: str = "") -> str:
    """A comment of as many lines as it takes."""
    lines = textwrap.wrap(text, COLUMNS - 2 - len(indent), break_long_words=False, break_on_hyphens=False)
    return "\n".join(f"{indent}# {line}" for line in lines)
