"""The table of all conventions: a column a library, a row a question."""

from __future__ import annotations

import functools
from typing import Any

from anchorlab.catalogue.libraries import ALL, FIELDS, FURTHER, LIBRARIES, differs


def heading(name: str) -> tuple[str, str]:
    """Over a column: the library, and its model where it has several."""
    return ALL[name].library, ALL[name].model


def columns(a: str, b: str) -> list[str]:
    """The eight, and A or B if they are another."""
    return [*LIBRARIES, *(name for name in dict.fromkeys((a, b)) if name not in LIBRARIES)]


@functools.lru_cache(maxsize=1)
def table() -> dict[str, Any]:
    """Every convention of every library: columns, and a row for each convention.

    A row has its cells, and numbers (`minds`) that are equal where libraries agree; None where nothing is told.
    """
    rows = [
        {
            "name": name,
            "group": field.group,
            "label": field.label,
            "question": field.question,
            "cells": [library.short(name) for library in ALL.values()],
            "minds": _minds(name),
        }
        for name, field in FIELDS.items()
    ]
    columns = [
        {"name": name, "title": library.title, "heading": heading(name), "further": name in FURTHER}
        for name, library in ALL.items()
    ]
    return {"columns": columns, "rows": rows}


def _minds(name: str) -> list[int | None]:
    """For each library the number of the first one that answers as it does."""
    every = list(ALL.values())
    return [
        next(k for k, other in enumerate(every) if other.tells(name) and not differs(library, other, name))
        if library.tells(name)
        else None
        for library in every
    ]
