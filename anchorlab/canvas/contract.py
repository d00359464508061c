"""Whether a message is what its view is declared to receive.

Tests ask `check` of every page's messages, nothing asks it while people use the pages. `python -m anchorlab.canvas.contract`
lists all that is declared.
"""

import re
import types
from collections.abc import Iterator, Mapping
from typing import Any, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

import numpy as np

from anchorlab.canvas.message import Array
from anchorlab.canvas.pages import PAGES

VIEWS: dict[str, Any] = {
    ".".join(filter(None, (page.name, kind))): declared
    for page in PAGES.values()
    for kind, declared in page.messages.items()
}
"""What a view receives; Rosetta's by the kind of question, and where that tells them apart for a demo scene."""


def check(message: Mapping[str, Any]) -> list[str]:
    """Where a message is not what its view is declared to receive; empty where it is."""
    name = ".".join(message[part] for part in ("view", "kind") if part in message)
    if message.get("case") and f"{name}.demo" in VIEWS:
        name += ".demo"
    return list(wrong(message, VIEWS[name], name))


def wrong(value: Any, declared: Any, where: str) -> Iterator[str]:
    """Where a value, itself called `where`, is not what is declared."""
    if is_typeddict(declared):
        yield from _wrong_names(value, declared, where)
        return
    if declared is Any:
        return
    if hasattr(declared, "__metadata__"):
        (array,) = declared.__metadata__
        if not isinstance(value, np.ndarray) or (str(value.dtype), value.ndim) != (array.dtype, array.rank):
            yield f"{where}: {_told(value)}, not {array}"
        return
    origin, inner = get_origin(declared), get_args(declared)
    if origin in (Union, types.UnionType):
        if all(list(wrong(value, one, where)) for one in inner):
            yield f"{where}: {_told(value)}, not {declared}"
    elif origin is tuple:
        if not isinstance(value, (list, tuple)) or len(value) != len(inner):
            yield f"{where}: {_told(value)}, not {declared}"
        else:
            for k, (item, one) in enumerate(zip(value, inner, strict=True)):
                yield from wrong(item, one, f"{where}[{k}]")
    elif origin is list:
        if not isinstance(value, (list, tuple)):  # JSON has no tuples
            yield f"{where}: {_told(value)}, not {declared}"
        else:
            for k, item in enumerate(value):
                yield from wrong(item, inner[0], f"{where}[{k}]")
    elif origin is dict:
        if not isinstance(value, Mapping):
            yield f"{where}: {_told(value)}, not {declared}"
        else:
            for name, item in value.items():
                yield from wrong(item, inner[1], f"{where}.{name}")
    elif declared is float:
        if type(value) not in (int, float):
            yield f"{where}: {_told(value)}, not a number"
    elif type(value) is not declared and value is not declared:
        yield f"{where}: {_told(value)}, not {getattr(declared, '__name__', declared)}"


def _wrong_names(value: Any, declared: Any, where: str) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield f"{where}: {_told(value)}, not {declared.__name__}"
        return
    hints = get_type_hints(declared, include_extras=True)
    for name in sorted(declared.__required_keys__ - set(value)):
        yield f"{where}.{name} is missing"
    for name, item in value.items():
        if name not in hints:
            yield f"{where}.{name} is declared nowhere"
        else:
            yield from wrong(item, _bare(hints[name]), f"{where}.{name}")


def _bare(hint: Any) -> Any:
    return get_args(hint)[0] if get_origin(hint) is NotRequired else hint


def _told(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return repr(Array(str(value.dtype), value.ndim))
    return type(value).__name__


def listed() -> str:
    """The contract as text: every view, its names and their types."""
    lines = []
    for view, declared in VIEWS.items():
        lines.append(f"{view}: {(declared.__doc__ or '').splitlines()[0]}")
        hints = get_type_hints(declared, include_extras=True)
        for name, hint in hints.items():
            optional = "" if name in declared.__required_keys__ else "?"
            lines.append(f"  {name}{optional}: {_type_words(_bare(hint))}")
    return "\n".join(lines)


def _type_words(hint: Any) -> str:
    if hasattr(hint, "__metadata__"):
        return repr(hint.__metadata__[0])
    if isinstance(hint, type) and not get_args(hint):
        return hint.__name__
    return re.sub(r"\b(\w+\.)+", "", str(hint))


if __name__ == "__main__":
    print(listed())
