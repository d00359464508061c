"""What every library answers to the same settings, in rows of text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from anchorlab.canvas.views.rosetta.table import columns
from anchorlab.catalogue.libraries.demo_scenes import IGNORED, NEGATIVE
from anchorlab.session import library_answers
from anchorlab.session.comparison import Comparison, pair
from anchorlab.session.library_answers import Unanswered, cell_anchors, centres
from anchorlab.wording import Sentence, circled, number, say

SENTENCES: dict[str, Sentence] = {
    "count": "anchors in all",
    "shapes": "shapes in a cell",
    "first": "first anchor",
    "sides": "its width × height",
    "step": "from cell to cell",
    "last": "last cell’s centre",
    "learns": "anchor {index} learns",
    "states": "positive · ignored · negative",
    "each": "positives of each object",
    "classes": "class of a positive · negative · ignored",
    "reads": "reads {numbers} as a box of",
    "writes_pair": "writes the pair as",
    "writes": "writes anchor {anchor} and {object} as",
    "keeps": "keeps",
    "none": "none",
    "negative": "negative",
    "ignored": "ignored",
}


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


def results(compared: Comparison) -> list[Row]:
    """Every library's answers of the kind that is asked for."""
    return _ROWS[compared.kind](compared)


def other_results(compared: Comparison) -> list[Row]:
    """Every library's answers of the other kinds, about a picture; a demo scene asks one question."""
    if compared.demo:
        return []
    return [row for kind, rows in _ROWS.items() if kind != compared.kind for row in rows(compared)]


def _rows(compared: Comparison, names: list[str], answers: Callable[[str], list[str]]) -> list[Row]:
    """One row for each name; `answers(library)` gives their texts."""
    documented = dict(compared.demo.documented) if compared.demo else {}
    found = []
    for library in columns(compared.a, compared.b):
        try:
            found.append([(text, library in documented) for text in answers(library)])
        except Unanswered:
            found.append([("–", False)] * len(names))
    return [
        Row(name, *zip(*cells, strict=True))
        for name, cells in zip(names, zip(*found, strict=True), strict=True)
    ]


def _anchor_rows(compared: Comparison) -> list[Row]:
    def answers(library: str) -> list[str]:
        found = compared.generated(library)
        first = found.xyxy[0]
        y, x = found.levels[0].stride
        return [
            f"{len(found.xyxy):,}",
            str(len(cell_anchors(found, 0))),
            _numbers(first, 1),
            _sides(first),
            number(x, 1) if x == y else f"{number(x, 1)} × {number(y, 1)}",
            _numbers(centres(found)[-1], 1),
        ]

    names = [SENTENCES[key] for key in ("count", "shapes", "first", "sides", "step", "last")]
    return _rows(compared, names, answers)


def _numbers(values, digits: int = 2) -> str:
    return " ".join(number(v, digits) for v in values)


def _sides(box, digits: int = 2) -> str:
    return f"{number(box[2] - box[0], digits)} × {number(box[3] - box[1], digits)}"


def _label_rows(compared: Comparison) -> list[Row]:
    objects = len(compared.here.boxes)
    if compared.demo:
        names = [say(SENTENCES["learns"], index=k) for k in range(len(compared.demo.anchors))]
        return _rows(compared, names, lambda library: list(map(_label, compared.labels(library).code)))

    def of_picture(library: str) -> list[str]:
        found = compared.labels(library)
        positive, ignored, negative = (found.code >= 0, found.code == IGNORED, found.code == NEGATIVE)
        each = np.bincount(found.code[positive], minlength=objects)
        first = [found.classes[mask][:1] for mask in (positive, negative, ignored)]
        return [
            " · ".join(f"{mask.sum():,}" for mask in (positive, ignored, negative)),
            " ".join(f"{circled(k)} {n}" for k, n in enumerate(each[:6])) + (" …" if objects > 6 else "")
            or "–",
            " · ".join(number(code[0]) if len(code) else "–" for code in first),
        ]

    return _rows(compared, [SENTENCES[key] for key in ("states", "each", "classes")], of_picture)


def _label(code: int) -> str:
    if code >= 0:
        return circled(int(code))
    return SENTENCES["negative" if code == NEGATIVE else "ignored"]


def _coder_rows(compared: Comparison) -> list[Row]:
    chosen = pair(compared)
    if chosen is None:
        return []
    anchor, box, anchor_index, gt = chosen
    if given := compared.demo and compared.demo.offsets:

        def read(library: str) -> list[str]:
            numbers = np.asarray(given, np.float32)
            return [_sides(library_answers.decoded(library, anchor, numbers, compared.stride), 1)]

        return _rows(compared, [say(SENTENCES["reads"], numbers=_numbers(given))], read)
    name = SENTENCES["writes_pair"]
    if not compared.demo:
        name = say(SENTENCES["writes"], anchor=anchor_index, object=circled(gt))
    return _rows(
        compared,
        [name],
        lambda library: [_numbers(library_answers.encoded(library, anchor, box, compared.stride), 3)],
    )


def _nms_rows(compared: Comparison) -> list[Row]:
    def kept(library: str) -> list[str]:
        keep = compared.kept(library)[0].keep.tolist()
        more = f" … ({len(keep)})" if len(keep) > 6 else ""
        return [" ".join(f"#{k}" for k in keep[:6]) + more or SENTENCES["none"]]

    return _rows(compared, [SENTENCES["keeps"]], kept)


_ROWS = {"anchors": _anchor_rows, "labels": _label_rows, "coder": _coder_rows, "nms": _nms_rows}
