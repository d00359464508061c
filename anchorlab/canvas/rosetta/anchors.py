"""What the picture shows of a question about anchors: the boxes of one cell, or where all cells are centred."""

from __future__ import annotations

from typing import Any

import numpy as np

from anchorlab.canvas.rosetta import libraries
from anchorlab.canvas.rosetta.asked import Asked
from anchorlab.canvas.rosetta.libraries import Unanswered
from anchorlab.canvas.rosetta.words import because_of_this, number, ratio
from anchorlab.wording import counted, noun_of


def _percent_apart(ours, theirs) -> float:
    return max(abs(x - y) / max(x, y) for x, y in zip(ours, theirs, strict=True))


# Rounding is a question of its own: it must not hide in the answer to another.
_BARELY = 0.08
_VISIBLE = 0.01  # pixels


def shown(ask: Asked) -> dict[str, Any]:
    """The boxes of both libraries' anchors in one cell, word by word, and which of them differ."""
    rows, cols = libraries.grid(ask.laying, *ask.size)
    lattice = ask.convention in ("center", "uneven", "centers")
    cell = ask.app.selection.cell
    if not 0 <= cell < rows * cols:
        # The middle; of a row of steps that differ a little, the end; of what may lie beyond, the last.
        row = rows - 1 if ask.convention == "centers" else rows // 2
        cell = row * cols + (cols // 2 if ask.convention == "center" or not lattice else cols - 1)
    alone = _alone(ask, cell, lattice)
    if lattice and alone is not None and alone.any() and not alone[cell] and ask.app.selection.cell < 0:
        cell = int(np.flatnonzero(alone)[-1])  # one that this convention moves
    sides = [_side(ask, library, cell) for library in (ask.a, ask.b)]
    _compare_words(sides, ask.convention)
    total, differ = (rows * cols, _centred_elsewhere(ask)) if lattice else _count_words(sides)
    ours = sides[0]["words"]
    its = {ours[k]["key"] for k in np.flatnonzero(alone)} if alone is not None and not lattice else set()
    for side in sides:
        for word in side["words"]:
            word["caused"] = word["differs"] and word["key"] in its
    everything = {w["key"]: w for side in reversed(sides) for w in side["words"]}
    # Of those that differ, by this convention alone if any do, the longest shows most.
    largest = max(
        everything.values(),
        key=lambda w: (
            w["caused"],
            w["differs"],
            round(max(w["w"], w["h"])),
            -w["key"],
        ),
        default={"key": 0},
    )
    chosen = ask.app.selection.word
    return {
        "sides": sides,
        "cells": {"rows": rows, "cols": cols, "stride": ask.laying.stride},
        "lattice": lattice,
        "counter": {
            "same": total - differ,
            "differ": differ,
            "total": total,
            **({} if alone is None else {"alone": int(alone.sum())}),
            "noun": noun_of(total, "cell") if lattice else _noun(sides, total),
            "text": ""
            if any(side["problem"] for side in sides)
            else _text(ask, total, differ, None if alone is None else int(alone.sum()), lattice),
        },
        "word": chosen if chosen in everything else largest["key"],
        "selection": {"cell": cell},
    }


def _side(ask: Asked, library: str, cell: int) -> dict[str, Any]:
    """A library's shapes in a cell, each with the words for it; or why it has none."""
    try:
        found = libraries.laid(library, ask.laying, *ask.size)
    except Unanswered as why:
        return {"problem": str(why), "words": []}
    whole = libraries.answer(library, "whole_sizes")
    return {
        "problem": "",
        "means": "text" if library == "d2l-text" else libraries.answer(library, "ratio"),
        "changed": any(libraries.answer(library, name) != "none" for name in ("rounding", "clipping")),
        "center": libraries.answer(library, "center"),
        "step": found.levels[0].stride,
        "within": list(ask.size[::-1]) if libraries.answer(library, "centers") == "clip" else None,
        "words": [
            {
                "word": f"size {number(s, 1)}, ratio {ratio(r)}",
                "key": (round(s, 3), round(r, 5)),
                "size": float(int(s) if whole else s),
                "ratio": r,
                "box": box.tolist(),
            }
            for (s, r), box in zip(
                libraries.words(library, ask.laying), libraries.cell_anchors(found, cell), strict=True
            )
        ],
    }


def _noun(sides: list[dict[str, Any]], total: int) -> str:
    aside = any(word["unequal"] and not word["differs"] for side in sides for word in side["words"])
    return ("shape of a cell" if total == 1 else "shapes of a cell") + (", rounding aside" if aside else "")


def _text(ask: Asked, total: int, differ: int, alone: int | None, lattice: bool) -> str:
    """How many differ, and, if that is another number, how many because of this convention alone."""
    if lattice:
        text = f"<b>{differ:,}</b> of {counted(total, 'cell')} {'is' if differ == 1 else 'are'} centred elsewhere"
    else:
        names = (
            ("place", "places")
            if ask.convention == "order"
            else ("size and ratio", "pairs of size and ratio")
        )
        text = f"Of {total} {names[total != 1]}, <b>{differ}</b> {'is another box' if differ == 1 else 'are other boxes'}"
    return f"{text}{because_of_this(differ, alone)}."


def _centred_elsewhere(ask: Asked) -> int:
    """In how many cells; 0 if a library generates no anchors."""
    try:
        found = [libraries.laid(library, ask.laying, *ask.size) for library in (ask.a, ask.b)]
    except Unanswered:
        return 0
    return int(_moved(*map(libraries.centres, found)).sum())


def _moved(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    return np.abs(ours - theirs).max(axis=1) > _VISIBLE


def _alone(ask: Asked, cell: int, lattice: bool) -> np.ndarray | None:
    """Which shapes of the cell, or centres, are others if A does this one thing as B does; None where A cannot."""
    try:
        ours = libraries.laid(ask.a, ask.laying, *ask.size)
        changed = libraries.laid_but_for(ask.a, ask.b, ask.convention, ask.laying, *ask.size)
    except Unanswered:
        return None
    if lattice:
        return _moved(libraries.centres(ours), libraries.centres(changed))
    before, after = (libraries.cell_anchors(found, cell) for found in (ours, changed))
    return _moved(*(boxes[:, 2:] - boxes[:, :2] for boxes in (before, after)))


def _compare_words(sides: list[dict[str, Any]], convention: str) -> None:
    """Numbers the words of both sides alike, and says of each whether it is another box on the other side."""
    known: dict[Any, int] = {}
    for side in sides:
        for k, word in enumerate(side["words"]):
            key = ("number", k) if convention == "order" else word["key"]
            word["key"] = known.setdefault(key, len(known))
            x1, y1, x2, y2 = word["box"]
            word["w"], word["h"] = x2 - x1, y2 - y1
    exact = convention in ("rounding", "whole_sizes", "clipping")
    found = [{w["key"]: (w["w"], w["h"]) for w in side["words"]} for side in sides]
    for own, other in ((0, 1), (1, 0)):
        for word in sides[own]["words"]:
            twin = found[other].get(word["key"])
            if twin is None:
                word["differs"] = word["unequal"] = True
                continue
            word["unequal"] = max(abs(word["w"] - twin[0]), abs(word["h"] - twin[1])) > _VISIBLE
            word["differs"] = word["unequal"] and (
                exact or _percent_apart((word["w"], word["h"]), twin) > _BARELY
            )


def _count_words(sides: list[dict[str, Any]]) -> tuple[int, int]:
    found = {w["key"]: w["differs"] for side in sides for w in side["words"]}
    return len(found), sum(found.values())
