"""What the picture shows of a question about matching: what every anchor learns in either library."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from anchorlab.canvas import message
from anchorlab.canvas.views.rosetta.said import SENTENCES as SAID
from anchorlab.catalogue.libraries import Library
from anchorlab.catalogue.libraries.as_library import match_spec
from anchorlab.catalogue.libraries.demo_scenes import NEGATIVE
from anchorlab.catalogue.matching import rule_of
from anchorlab.engine import Reason
from anchorlab.session import results
from anchorlab.session.anchor_source import AnchorSource
from anchorlab.session.comparison import Comparison
from anchorlab.session.library_answers import Labels, Unanswered
from anchorlab.settings.matching import Yolov5Spec
from anchorlab.wording import Sentence, number, say

SENTENCES: dict[str, Sentence] = {
    "labels": {"one": "label", "other": "labels"},
    "numbers": {"one": "class number", "other": "class numbers"},
    "of_labels": {"one": "{count} label", "other": "{count} labels"},
    "of_numbers": {"one": "{count} class number", "other": "{count} class numbers"},
    # By what a library labels anchors, in a line of parts.
    "by_shape": "positive: sides less than {factor} times apart, in and beside the cell",
    "positive": "positive: IoU ≥ {high}",
    "negative_below": "negative: IoU < {low}",
    "negative_to": "negative: IoU ≤ {low}",
    "also_ties": "also each object’s best, ties too",
    "also_one": "also one for each object",
    # What people are asked to predict.
    "predict_one": "do more anchors learn the object in {a} or in {b}?",
    "as_many": "<b>As many in both</b>: {ours} and {theirs}.",
    "more_in": "<b>In {library}</b>: {ours} and {theirs}.",
    "predict": "which object do more anchors learn in {a} than in {b}?",
    "learned_more": "<b>{objects}</b>.",
    "learned_fewer": "More in {b}: {objects}.",
    "learned_none": "<b>None</b>.",
    "learned_same": "<b>None</b>: every object has as many in both.",
    "learned": "{object} ({ours} and {theirs})",
    "taken_for": "For <b>{meanings}</b>.",
    "taken_for_nothing": "For <b>nothing</b>: it has no such number.",
    "a_negative": "a negative",
    "an_ignored": "an ignored one",
    "a_class": "the class {name}",
}

CLASS_NUMBERS = ("background", "ignored", "first_class")
"""Questions about the numbers that stand for what an anchor learns."""

_DECIDES = {
    "low_quality": ("LOW_QUALITY", "FORCED"),
    "shared_best": ("LOW_QUALITY", "FORCED", "GREEDY"),
    "rule": ("FORCED", "GREEDY", "SHAPE_FITS", "SHAPE_DIFFERS", "OTHER_CELL"),
    "outside": ("OUTSIDE",),
}
"""Reasons that a convention leads to: where it cannot be exchanged by itself, they tell which differences are its."""


def shown(compared: Comparison) -> dict[str, Any]:
    """The labels of both libraries, which anchors they part on, and on which of these by the one convention alone.

    Of a picture only the labels that are not negative travel: the browser generates the anchors by itself and, when
    somebody asks why, matches them as each library does.
    """
    demo = compared.demo
    sides = [_labels(compared, library) for library in compared.names]
    told = [side for side in sides if not isinstance(side, str)]
    anchors = (
        np.asarray(demo.anchors, np.float32)
        if demo
        else results.anchors(AnchorSource(compared.spec), *compared.size).xyxy
    )
    codes = compared.convention in CLASS_NUMBERS
    total = len(anchors)
    differs, caused = np.zeros(total, bool), None
    if len(told) == 2:
        ours, theirs = ((side.classes if codes else side.code) for side in told)
        differs = ours != theirs
        caused = _caused(compared, told[0])
        caused = None if caused is None else differs & caused
    chosen = compared.app.selection.anchor
    if not 0 <= chosen < total:
        first = _first_of(compared, told, differs, caused)
        chosen = _worth_seeing(told, first, anchors, *compared.size)
    data = {
        "sides": [{"problem": side if isinstance(side, str) else ""} for side in sides],
        "codes": codes,
        "reasons": [reason.name for reason in Reason],
        "thresholds": [[library.high, library.low] for library in compared.libraries],
        "counter": _counter(differs, caused, codes=codes, told=len(told) == 2),
        "selection": {"anchor": chosen},
    }
    if caused is not None:
        data["caused"] = np.packbits(caused)
    for name, side in zip("ab", sides, strict=True):
        if not isinstance(side, str):
            data |= {f"{name}_{key}": values for key, values in (_all if demo else _learning)(side).items()}
    return data | ({"anchors": anchors, "shapes_per_cell": 0} if demo else _for_the_browser(compared))


def _caused(compared: Comparison, ours: Labels) -> np.ndarray | None:
    """Which of A's labels are others if A gives this one answer as B does; None where A cannot."""
    demo = compared.demo
    try:
        changed = compared.exchanged()
        if compared.convention in CLASS_NUMBERS:
            class_ids = np.arange(len(compared.here.boxes)) if demo else compared.here.class_ids
            count = len(compared.here.boxes) if demo else class_count(compared)
            return _classes(ours.code, class_ids, changed.class_codes(count)) != ours.classes
        if demo and compared.a in dict(demo.documented):
            return None  # what is documented is no rule that could be changed
        return compared.labels(changed).code != ours.code
    except Unanswered:
        return None


def _classes(code: np.ndarray, class_ids: np.ndarray, numbers: tuple[int, int, int]) -> np.ndarray:
    """The numbers of what anchors learn, for background, ignored and the first class."""
    background, ignored, first = numbers
    learns = code >= 0
    # The last row is for anchors that learn no object, whose number is chosen below.
    own = np.append(np.asarray(class_ids, np.int64), 0)[np.where(learns, code, -1)] + first
    return np.select([learns, code == NEGATIVE], [own, background], ignored)


def class_count(compared: Comparison) -> int:
    """K, of the picture's classes."""
    return max(1, len(compared.here.classes))


def _first_of(
    compared: Comparison, told: list[Labels], differs: np.ndarray, caused: np.ndarray | None
) -> np.ndarray:
    """Indices of the anchors that show the convention: those it changes alone, else those it has a hand in."""
    if caused is not None and caused.any():
        return np.flatnonzero(caused)
    reasons = [Reason[name] for name in _DECIDES.get(compared.convention, ())]
    decided = differs & np.any([np.isin(side.reason, reasons) for side in told], axis=0) if told else differs
    return np.flatnonzero(decided if caused is None and decided.any() else differs)


def _labels(compared: Comparison, library: str) -> Labels | str:
    """A library's labels, or why it has none."""
    try:
        return compared.labels(library)
    except Unanswered as why:
        return str(why)


def _counter(differs: np.ndarray, caused: np.ndarray | None, *, codes: bool, told: bool) -> dict[str, Any]:
    """How many labels differ, and how many of these would if A gave this one answer as B does."""
    noun = "numbers" if codes else "labels"
    total, differ = len(differs), int(differs.sum())
    alone = None if caused is None else int(caused.sum())
    labels = say(SENTENCES[f"of_{noun}"], count=total)
    return {
        "same": total - differ,
        "differ": differ,
        "total": total,
        "noun": say(SENTENCES[noun], count=total),
        "labels": labels,
        "text": _text(labels, differ, alone) if told else "",
        **({} if alone is None else {"alone": alone}),
    }


def _text(labels: str, differ: int, alone: int | None) -> str:
    """As the browser says it while boxes move."""
    if not differ:
        return say(SAID["labels_same"], labels=labels)
    if alone is None or alone == differ:
        return say(SAID["labels_differ"], labels=labels, count=differ)
    if not alone:
        return say(SAID["labels_not_alone"], labels=labels, count=differ)
    return say(SAID["labels_alone"], labels=labels, count=differ, alone=alone)


def _all(side: Labels) -> dict[str, np.ndarray]:
    """Everything about the few anchors of a demo scene: some of it is documented, not computed."""
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


def _for_the_browser(compared: Comparison) -> dict[str, Any]:
    """What the browser needs to generate the anchors, and to match them as both libraries, and as A with B's answer."""
    spec, classes = compared.spec, class_count(compared)
    source = AnchorSource(spec)
    anchors = results.anchors(source, *compared.size)
    (level,) = anchors.levels
    known: list[Library | None] = [
        library if "labels" in library.kinds else None for library in compared.libraries
    ]
    try:
        known.append(compared.exchanged())
    except Unanswered:
        known.append(None)
    return message.anchor_data(source, compared.here) | {
        "shapes_per_cell": spec.shapes_per_cell,
        "cells": {"rows": level.rows, "cols": level.cols, "stride": spec.stride, "center": spec.center},
        "rules": [library and _rule(library) for library in known],
        "outside": [library is not None and library.outside == "center" for library in known],
        "class_codes": [library and library.class_codes(classes) for library in known],
    }


def _rule(library: Library) -> dict[str, Any]:
    spec = match_spec(library)
    name = rule_of(spec).name
    return {"rule": name, name: asdict(spec)}


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


def rule_line(compared: Comparison, library: Library) -> str:
    """In a line by what a library labels anchors."""
    if "labels" not in library.kinds:
        return ""
    if library.rule == "shape":
        return say(SENTENCES["by_shape"], factor=number(Yolov5Spec().side_factor))
    parts = [say(SENTENCES["positive"], high=number(library.high))]
    if library.low < library.high:
        below = "negative_to" if library.at_low == "negative" else "negative_below"
        parts.append(say(SENTENCES[below], low=number(library.low)))
    if library.low_quality != "none":
        parts.append(SENTENCES[f"also_{library.low_quality}"])
    return " · ".join(parts)
