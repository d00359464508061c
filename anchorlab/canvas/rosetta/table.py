"""What every library answers to the same settings, in rows of text."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anchorlab.canvas.rosetta import libraries
from anchorlab.canvas.rosetta.asked import Asked, kept, pair, stride
from anchorlab.canvas.rosetta.libraries import Unanswered
from anchorlab.canvas.rosetta.words import circled, columns, number
from anchorlab.catalogue.cases import IGNORED, NEGATIVE


@dataclass(frozen=True)
class Row:
    """A line of the table of answers.

    Attributes:
      name: of the quantity.
      cells: text for every library; '–' where it has no answer.
      documented: which of them the library is known to give, though the engine computes another.
    """

    name: str
    cells: tuple[str, ...]
    documented: tuple[bool, ...]


def results(ask: Asked) -> list[Row]:
    """Every library's answers of the kind that is asked for."""
    return _PARTS[ask.kind](ask)


def other_results(ask: Asked) -> list[Row]:
    """Every library's answers of the other kinds, about a scene; a case asks one question."""
    return [] if ask.case else [row for kind, rows in _PARTS.items() if kind != ask.kind for row in rows(ask)]


def _rows(ask: Asked, names: list[str], answers) -> list[Row]:
    """One row for each name; `answers(library)` gives their texts, and which are documented."""
    found = []
    for library in columns(ask.a, ask.b):
        try:
            texts, documented = answers(library)
        except Unanswered:
            texts, documented = ["–"] * len(names), False
        found.append((texts, documented))
    return [
        Row(name, tuple(texts[k] for texts, _ in found), tuple(documented for _, documented in found))
        for k, name in enumerate(names)
    ]


def box_text(box, digits: int = 1) -> str:
    return " ".join(number(v, digits) for v in box)


def _anchor_rows(ask: Asked) -> list[Row]:
    def answers(library: str):
        found = libraries.laid(library, ask.laying, *ask.size)
        first, shapes = found.xyxy[0], libraries.cell_anchors(found, 0)
        y, x = found.levels[0].stride
        step = number(x, 1) if x == y else f"{number(x, 1)} × {number(y, 1)}"
        side = f"{number(first[2] - first[0])} × {number(first[3] - first[1])}"
        last = box_text(libraries.centres(found)[-1])
        return [f"{len(found.xyxy):,}", str(len(shapes)), box_text(first), side, step, last], False

    names = [
        "anchors in all",
        "shapes in a cell",
        "first anchor",
        "its width × height",
        "from cell to cell",
        "last cell’s centre",
    ]
    return _rows(ask, names, answers)


def _label_rows(ask: Asked) -> list[Row]:
    objects = len(ask.here.boxes)
    if ask.case:

        def of_case(library: str):
            code = libraries.case_labels(library, ask.case).code
            return [_verdict(c) for c in code], library in dict(ask.case.documented)

        return _rows(ask, [f"anchor {k} learns" for k in range(len(ask.case.anchors))], of_case)

    def of_scene(library: str):
        found = libraries.labels(library, ask.anchors, *ask.size, ask.here.objects)
        counts = [(found.code >= 0).sum(), (found.code == IGNORED).sum(), (found.code == NEGATIVE).sum()]
        each = np.bincount(found.code[found.code >= 0], minlength=objects)
        codes = [
            found.classes[mask][:1]
            for mask in (found.code >= 0, found.code == NEGATIVE, found.code == IGNORED)
        ]
        return [
            " · ".join(f"{n:,}" for n in counts),
            " ".join(f"{circled(k)} {n}" for k, n in enumerate(each[:6])) + (" …" if objects > 6 else "")
            or "–",
            " · ".join(number(code[0]) if len(code) else "–" for code in codes),
        ], False

    names = [
        "positive · ignored · negative",
        "positives of each object",
        "class of a positive · negative · ignored",
    ]
    return _rows(ask, names, of_scene)


def _verdict(code: int) -> str:
    return {NEGATIVE: "negative", IGNORED: "ignored"}.get(int(code), circled(int(code)))


def _coder_rows(ask: Asked) -> list[Row]:
    chosen = pair(ask)
    if chosen is None:
        return []
    anchor, box, anchor_index, gt = chosen
    given = ask.case.offsets if ask.case else None

    def answers(library: str):
        t = np.asarray(given, np.float32) if given else libraries.encoded(library, anchor, box, stride(ask))
        read = libraries.decoded(library, anchor, t, stride(ask))
        written = " ".join(number(v, 3) for v in t)
        return [
            f"{number(read[2] - read[0], 1)} × {number(read[3] - read[1], 1)}" if given else written
        ], False

    if given:
        return _rows(ask, [f"reads {' '.join(number(v) for v in given)} as a box of"], answers)
    name = "writes the pair as" if ask.case else f"writes anchor {anchor_index:,} and {circled(gt)} as"
    return _rows(ask, [name], answers)


def _nms_rows(ask: Asked) -> list[Row]:
    def answers(library: str):
        trace, documented = kept(ask, library)
        keep = trace.keep.tolist()
        return [
            " ".join(f"#{k}" for k in keep[:6]) + (f" … ({len(keep)})" if len(keep) > 6 else "") or "none"
        ], documented

    return _rows(ask, ["keeps"], answers)


_PARTS = {"anchors": _anchor_rows, "labels": _label_rows, "coder": _coder_rows, "nms": _nms_rows}
