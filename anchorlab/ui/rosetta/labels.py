"""What the picture shows of a question about matching: what every anchor learns in either library."""

from __future__ import annotations

from typing import Any

import numpy as np

from anchorlab.cases import NEGATIVE
from anchorlab.conventions import LIBRARIES, Conventions, match_spec
from anchorlab.engine import Reason
from anchorlab.pyramids import one_level
from anchorlab.specs import AssignSpec, MatchSpec
from anchorlab.ui import canvas, compute, laying, rules
from anchorlab.ui.rosetta import libraries
from anchorlab.ui.rosetta.asked import Asked
from anchorlab.ui.rosetta.libraries import TITLES, Labels, Unanswered

CLASS_NUMBERS = ("background", "ignored", "first_class")
"""Questions about the numbers that stand for what an anchor learns."""


def shown(ask: Asked) -> dict[str, Any]:
    """The labels of both libraries and which anchors they part on.

    Of a scene only the labels that are not negative travel: the browser generates the anchors by itself and, when
    somebody asks why, matches them as each library does.
    """
    sides = [_labels(ask, library) for library in (ask.a, ask.b)]
    told = [side for side in sides if not isinstance(side, str)]
    anchors = (
        np.asarray(ask.case.anchors, np.float32) if ask.case else compute.anchors(ask.anchors, *ask.size).xyxy
    )
    codes = ask.convention in CLASS_NUMBERS
    total = len(anchors)
    differ = np.zeros(0, int)
    if len(told) == 2:
        ours, theirs = ((side.classes if codes else side.code) for side in told)
        differ = np.flatnonzero(ours != theirs)
    chosen = ask.lab.selection.anchor
    if not 0 <= chosen < total:
        chosen = _worth_seeing(told, differ, anchors, *ask.size)
    data = {
        "sides": [{"problem": side if isinstance(side, str) else ""} for side in sides],
        "codes": codes,
        "reasons": [reason.name for reason in Reason],
        "thresholds": [[libraries.answer(name, key) for key in ("high", "low")] for name in (ask.a, ask.b)],
        "counter": _counter(ask, len(told) == 2, total, len(differ), "class numbers" if codes else "labels"),
        "selection": {"anchor": chosen},
    }
    for name, side in zip("ab", sides, strict=True):
        if not isinstance(side, str):
            data |= {
                f"{name}_{key}": values for key, values in (_all if ask.case else _learning)(side).items()
            }
    return data | ({"anchors": anchors, "shapes_per_cell": 0} if ask.case else _for_the_browser(ask))


def _labels(ask: Asked, library: str) -> Labels | str:
    """A library's labels, or why it has none."""
    try:
        if ask.case:
            return libraries.case_labels(library, ask.case)
        return libraries.labels(library, ask.anchors, *ask.size, ask.here.objects)
    except Unanswered as why:
        return str(why)


def _counter(ask: Asked, told: bool, total: int, differ: int, noun: str) -> dict[str, Any]:
    a, b = TITLES[ask.a], TITLES[ask.b]
    counter: dict[str, Any] = {
        "same": total - differ,
        "differ": differ,
        "total": total,
        "noun": noun,
        "text": "",
    }
    if told:
        live = f"{a} and {b} agree on {{same}} of {total:,} {noun} and differ on <b>{{differ}}</b>."
        counter["text"] = live.format(same=f"{total - differ:,}", differ=f"{differ:,}")
        if not ask.case:
            counter["live"] = live
    return counter


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
    laid = compute.anchors(spec, *ask.size)
    known = [LIBRARIES.get(name) for name in (ask.a, ask.b)]
    classes = max(1, len(ask.here.classes))

    return canvas.anchor_data(laying.Pyramid(one_level(spec)), laid, ask.here) | {
        "shapes_per_cell": spec.shapes_per_cell,
        "cells": {"rows": laid.rows, "cols": laid.cols, "stride": spec.stride, "center": spec.center},
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
