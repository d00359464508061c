"""What the picture shows of a question about anchors: the boxes of one cell, or where all cells are centred."""

from __future__ import annotations

from typing import Any

import numpy as np

from anchorlab.catalogue.libraries import ALL
from anchorlab.session import library_answers
from anchorlab.session.comparison import Comparison
from anchorlab.session.library_answers import Unanswered, cell_anchors, centres
from anchorlab.wording import Sentence, number, ratio, say

SENTENCES: dict[str, Sentence] = {
    "shape": "size {size}, ratio {ratio}",
    "shapes": {"one": "shape of a cell", "other": "shapes of a cell"},
    "shapes_aside": {"one": "shape of a cell, rounding aside", "other": "shapes of a cell, rounding aside"},
    "cells": {"one": "cell", "other": "cells"},
    "of_cells": {"one": "{count} cell", "other": "{count} cells"},
    "of_places": {"one": "{count} place", "other": "{count} places"},
    "of_pairs": {"one": "{count} size and ratio", "other": "{count} pairs of size and ratio"},
    "centred": {
        "one": "<b>{count}</b> of {cells} is centred elsewhere.",
        "other": "<b>{count}</b> of {cells} are centred elsewhere.",
    },
    "centred_alone": {
        "one": "<b>{count}</b> of {cells} is centred elsewhere, {alone} because of this alone.",
        "other": "<b>{count}</b> of {cells} are centred elsewhere, {alone} because of this alone.",
    },
    "boxes": {
        "one": "Of {pairs}, <b>{count}</b> is another box.",
        "other": "Of {pairs}, <b>{count}</b> are other boxes.",
    },
    "boxes_alone": {
        "one": "Of {pairs}, <b>{count}</b> is another box, {alone} because of this alone.",
        "other": "Of {pairs}, <b>{count}</b> are other boxes, {alone} because of this alone.",
    },
}

# Rounding is a question of its own: it must not hide in the answer to another.
_BARELY = 0.08
_VISIBLE = 0.01  # pixels


def shown(compared: Comparison) -> dict[str, Any]:
    """The boxes of both libraries' anchors in one cell, word by word, and which of them differ."""
    rows, cols = library_answers.grid(compared.spec, *compared.size)
    lattice = compared.convention in ("center", "uneven", "centers")
    cell = compared.app.selection.cell
    if not 0 <= cell < rows * cols:
        # The middle; of a row of steps that differ a little, the end; of what may lie beyond, the last.
        row = rows - 1 if compared.convention == "centers" else rows // 2
        cell = row * cols + (cols // 2 if compared.convention == "center" or not lattice else cols - 1)
    alone = _alone(compared, cell, lattice)
    if lattice and alone is not None and alone.any() and not alone[cell] and compared.app.selection.cell < 0:
        cell = int(np.flatnonzero(alone)[-1])  # one that this convention moves
    sides = [_side(compared, library, cell) for library in compared.names]
    _compare_words(sides, compared.convention)
    total, differ = (rows * cols, _centred_elsewhere(compared)) if lattice else _count_words(sides)
    ours = sides[0]["words"]
    its = {ours[k]["key"] for k in np.flatnonzero(alone)} if alone is not None and not lattice else set()
    for side in sides:
        for word in side["words"]:
            word["caused"] = word["differs"] and word["key"] in its
    everything = {w["key"]: w for side in reversed(sides) for w in side["words"]}
    # Of those that differ, by this convention alone if any do, the longest shows most.
    largest = max(
        everything.values(),
        key=lambda w: (w["caused"], w["differs"], round(max(w["w"], w["h"])), -w["key"]),
        default={"key": 0},
    )
    chosen = compared.app.selection.word
    count = None if alone is None else int(alone.sum())
    return {
        "sides": sides,
        "cells": {"rows": rows, "cols": cols, "stride": compared.spec.stride},
        "lattice": lattice,
        "counter": {
            "same": total - differ,
            "differ": differ,
            "total": total,
            **({} if count is None else {"alone": count}),
            "noun": say(SENTENCES["cells"], count=total) if lattice else _noun(sides, total),
            "text": ""
            if any(side["problem"] for side in sides)
            else _text(compared, total, differ, count, lattice),
        },
        "word": chosen if chosen in everything else largest["key"],
        "selection": {"cell": cell},
    }


def _side(compared: Comparison, library: str, cell: int) -> dict[str, Any]:
    """A library's shapes in a cell, each with the words for it; or why it has none."""
    try:
        found = compared.generated(library)
    except Unanswered as why:
        return {"problem": str(why), "words": []}
    known = ALL[library]
    pairs = library_answers.pairs(library, compared.spec)
    return {
        "problem": "",
        "means": known.ratio,
        "changed": known.rounding != "none" or known.clipping != "none",
        "center": known.center,
        "step": found.levels[0].stride,
        "within": list(compared.size[::-1]) if known.centers == "clip" else None,
        "words": [
            {
                "word": say(SENTENCES["shape"], size=number(s, 1), ratio=ratio(r)),
                "key": (round(s, 3), round(r, 5)),
                "size": float(int(s) if known.whole_sizes else s),
                "ratio": r,
                "box": box.tolist(),
            }
            for (s, r), box in zip(pairs, cell_anchors(found, cell), strict=True)
        ],
    }


def _noun(sides: list[dict[str, Any]], total: int) -> str:
    aside = any(word["unequal"] and not word["differs"] for side in sides for word in side["words"])
    return say(SENTENCES["shapes_aside" if aside else "shapes"], count=total)


def _text(compared: Comparison, total: int, differ: int, alone: int | None, lattice: bool) -> str:
    """How many differ, and, if that is another number, how many because of this convention alone."""
    name, noun = ("centred", "of_cells") if lattice else ("boxes", "of_pairs")
    if compared.convention == "order":
        noun = "of_places"
    values: dict[str, str | int] = {
        "count": differ,
        "cells" if lattice else "pairs": say(SENTENCES[noun], count=total),
    }
    if alone is None or alone == differ:
        return say(SENTENCES[name], **values)
    return say(SENTENCES[f"{name}_alone"], **values, alone=alone or "none")


def _centred_elsewhere(compared: Comparison) -> int:
    """In how many cells; 0 if a library generates no anchors."""
    try:
        found = [centres(compared.generated(library)) for library in compared.names]
    except Unanswered:
        return 0
    return int(_moved(*found).sum())


def _moved(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    return np.abs(ours - theirs).max(axis=1) > _VISIBLE


def _alone(compared: Comparison, cell: int, lattice: bool) -> np.ndarray | None:
    """Which shapes of the cell, or centres, are others if A does this one thing as B does; None where A cannot."""
    try:
        found = [compared.generated(library) for library in (compared.a, compared.exchanged())]
    except Unanswered:
        return None
    if lattice:
        return _moved(*map(centres, found))
    return _moved(*(boxes[:, 2:] - boxes[:, :2] for boxes in (cell_anchors(f, cell) for f in found)))


def _percent_apart(ours, theirs) -> float:
    return max(abs(x - y) / max(x, y) for x, y in zip(ours, theirs, strict=True))


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
