"""What the picture shows of a question about matching: what every anchor learns in either library."""

from __future__ import annotations

from typing import Any

import numpy as np

from anchorlab.canvas import component
from anchorlab.canvas.rosetta import libraries
from anchorlab.canvas.rosetta.asked import Asked
from anchorlab.canvas.rosetta.libraries import Labels, Unanswered
from anchorlab.canvas.rosetta.words import because_of_this
from anchorlab.catalogue import rules
from anchorlab.catalogue.cases import NEGATIVE
from anchorlab.catalogue.conventions import LIBRARIES, Conventions, match_spec
from anchorlab.engine import Reason
from anchorlab.session import results
from anchorlab.session.anchor_source import AnchorSource
from anchorlab.settings.matching import AssignSpec, MatchSpec
from anchorlab.wording import noun_of

CLASS_NUMBERS = ("background", "ignored", "first_class")
"""Questions about the numbers that stand for what an anchor learns."""


_DECIDES = {
    "low_quality": ("LOW_QUALITY", "FORCED"),
    "shared_best": ("LOW_QUALITY", "FORCED", "GREEDY"),
    "rule": ("FORCED", "GREEDY", "SHAPE_FITS", "SHAPE_DIFFERS", "OTHER_CELL"),
    "outside": ("OUTSIDE",),
}
"""Reasons that a convention leads to: where it cannot be exchanged by itself, they tell which differences are its."""


def shown(ask: Asked) -> dict[str, Any]:
    """The labels of both libraries, which anchors they part on, and on which of these by the one convention alone.

    Of a scene only the labels that are not negative travel: the browser generates the anchors by itself and, when
    somebody asks why, matches them as each library does.
    """
    sides = [_labels(ask, library) for library in (ask.a, ask.b)]
    told = [side for side in sides if not isinstance(side, str)]
    anchors = (
        np.asarray(ask.case.anchors, np.float32)
        if ask.case
        else results.anchors(AnchorSource(ask.anchors), *ask.size).xyxy
    )
    codes = ask.convention in CLASS_NUMBERS
    total = len(anchors)
    differs, caused = np.zeros(total, bool), None
    if len(told) == 2:
        ours, theirs = ((side.classes if codes else side.code) for side in told)
        differs = ours != theirs
        caused = _caused(ask, told[0])
        caused = None if caused is None else differs & caused
    chosen = ask.app.selection.anchor
    if not 0 <= chosen < total:
        chosen = _worth_seeing(told, _first_of(ask, told, differs, caused), anchors, *ask.size)
    data = {
        "sides": [{"problem": side if isinstance(side, str) else ""} for side in sides],
        "codes": codes,
        "reasons": [reason.name for reason in Reason],
        "thresholds": [[libraries.answer(name, key) for key in ("high", "low")] for name in (ask.a, ask.b)],
        "counter": _counter(ask, differs, caused) if len(told) == 2 else _silent(total, codes),
        "selection": {"anchor": chosen},
    }
    if caused is not None:
        data["caused"] = np.packbits(caused)
    for name, side in zip("ab", sides, strict=True):
        if not isinstance(side, str):
            data |= {
                f"{name}_{key}": values for key, values in (_all if ask.case else _learning)(side).items()
            }
    return data | ({"anchors": anchors, "shapes_per_cell": 0} if ask.case else _for_the_browser(ask))


def _caused(ask: Asked, ours: Labels) -> np.ndarray | None:
    """Which of A's labels are others if A gives this one answer as B does; None where A cannot."""
    try:
        changed = libraries.exchanged(ask.a, ask.b, ask.convention)
        if ask.convention in CLASS_NUMBERS:
            class_ids = np.arange(len(ask.here.boxes)) if ask.case else ask.here.class_ids
            return _classes(ours.code, class_ids, changed.class_codes(_class_count(ask))) != ours.classes
        if not ask.case:
            return (
                libraries.labels_but_for(
                    ask.a, ask.b, ask.convention, ask.anchors, *ask.size, ask.here.objects
                ).code
                != ours.code
            )
        if ask.a in dict(ask.case.documented):
            return None  # what is documented is no rule that could be changed
        return libraries.case_labels(changed, ask.case).code != ours.code
    except Unanswered:
        return None


def _classes(code: np.ndarray, class_ids: np.ndarray, numbers: tuple[int, int, int]) -> np.ndarray:
    """The numbers of what anchors learn, for background, ignored and the first class."""
    background, ignored, first = numbers
    learns = code >= 0
    # The last row is for anchors that learn no object, whose number is chosen below.
    own = np.append(np.asarray(class_ids, np.int64), 0)[np.where(learns, code, -1)] + first
    return np.select([learns, code == NEGATIVE], [own, background], ignored)


def _class_count(ask: Asked) -> int:
    return len(ask.here.boxes) if ask.case else max(1, len(ask.here.classes))


def _first_of(ask: Asked, told: list[Labels], differs: np.ndarray, caused: np.ndarray | None) -> np.ndarray:
    """Indices of the anchors that show the convention: those it changes alone, else those it has a hand in."""
    if caused is not None and caused.any():
        return np.flatnonzero(caused)
    reasons = [Reason[name] for name in _DECIDES.get(ask.convention, ())]
    decided = differs & np.any([np.isin(side.reason, reasons) for side in told], axis=0) if told else differs
    return np.flatnonzero(decided if caused is None and decided.any() else differs)


def _labels(ask: Asked, library: str) -> Labels | str:
    """A library's labels, or why it has none."""
    try:
        if ask.case:
            return libraries.case_labels(library, ask.case)
        return libraries.labels(library, ask.anchors, *ask.size, ask.here.objects)
    except Unanswered as why:
        return str(why)


def _silent(total: int, codes: bool) -> dict[str, Any]:
    return {"same": total, "differ": 0, "total": total, "noun": _noun(total, codes), "text": ""}


def _noun(total: int, codes: bool) -> str:
    return noun_of(total, "class number" if codes else "label")


def _counter(ask: Asked, differs: np.ndarray, caused: np.ndarray | None) -> dict[str, Any]:
    """How many labels differ, and how many of these would if A gave this one answer as B does.

    The text of a scene (`live`) leaves gaps for the numbers, which the browser fills while boxes move.
    """
    codes = ask.convention in CLASS_NUMBERS
    total, differ = len(differs), int(differs.sum())
    alone = None if caused is None else int(caused.sum())
    noun = _noun(total, codes)
    live = f"{{differing}} of {total:,} {noun} {{verb}}{'' if caused is None else '{because}'}."
    return (
        {
            "same": total - differ,
            "differ": differ,
            "total": total,
            "noun": noun,
            "text": live.format(
                differing=f"<b>{f'{differ:,}' if differ else 'None'}</b>",
                verb="differs" if differ < 2 else "differ",
                because=because_of_this(differ, alone),
            ),
        }
        | ({} if alone is None else {"alone": alone})
        | ({} if ask.case else {"live": live})
    )


def _all(side: Labels) -> dict[str, np.ndarray]:
    """Everything about the few anchors of a case: some of it is documented, not computed."""
    return {
        "code": side.code,
        "gt": side.gt_index,
        "iou": side.best_iou,
        "reason": side.reason,
        "classes": side.classes,
    }


def _learning(side: Labels) -> dict[str, np.ndarray]:
    """The anchors that are not negative, and what they are."""
    at = np.flatnonzero(side.code != NEGATIVE)
    codes = side.code[at]
    return {"at": at.astype(np.int32), "code": codes.astype(np.int8) if codes.max(initial=0) < 127 else codes}


def _for_the_browser(ask: Asked) -> dict[str, Any]:
    """What the browser needs to generate the anchors, and to match them as both libraries."""
    spec = ask.anchors
    source = AnchorSource(spec)
    anchors = results.anchors(source, *ask.size)
    (level,) = anchors.levels
    known: list[Conventions | None] = [LIBRARIES.get(name) for name in (ask.a, ask.b)]
    classes = max(1, len(ask.here.classes))
    try:
        changed = libraries.exchanged(ask.a, ask.b, ask.convention)
        known.append(changed if isinstance(changed, Conventions) else None)
    except Unanswered:
        known.append(None)

    return component.anchor_data(source, anchors, ask.here) | {
        "shapes_per_cell": spec.shapes_per_cell,
        "cells": {"rows": level.rows, "cols": level.cols, "stride": spec.stride, "center": spec.center},
        "rules": [library and _rule(library) for library in known],
        "outside": [library is not None and library.outside == "center" for library in known],
        "class_codes": [library and library.class_codes(classes) for library in known],
    }


def _rule(library: Conventions) -> dict[str, Any]:
    if library.rule == "shape":
        return rules.settings(MatchSpec(), AssignSpec("yolov5"))
    return rules.settings(match_spec(library), AssignSpec())


def _worth_seeing(
    told: list[Labels], differ: np.ndarray, anchors: np.ndarray, height: int, width: int
) -> int:
    """The differing anchor of the largest IoU, one within the image if there is; without one a positive."""
    if not told or not len(anchors):
        return -1
    some = differ if len(differ) else np.flatnonzero(told[0].code >= 0)
    if not len(some):
        return 0
    if len(differ):
        boxes = anchors[some]
        inside = some[((boxes >= 0) & (boxes <= (width, height, width, height))).all(axis=1)]
        some = inside if len(inside) else some
    return int(some[np.argmax(told[0].best_iou[some])])
