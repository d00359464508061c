"""The Rosetta page's words, its table of conventions, and what its choices change in the app state."""

from __future__ import annotations

import functools
import math
from dataclasses import replace
from typing import Any

from anchorlab.canvas.rosetta import libraries
from anchorlab.canvas.rosetta.libraries import EIGHT, TITLES
from anchorlab.catalogue.cases import CASES, FURTHER, kind_of
from anchorlab.catalogue.conventions import FIELDS, LIBRARIES, coder_spec, match_spec, nms_spec
from anchorlab.session.app_state import AppState
from anchorlab.session.link import DECIMALS
from anchorlab.settings.coding import CoderSpec
from anchorlab.settings.matching import AssignSpec

GROUPS = {
    "anchors": "Anchors",
    "matching": "Matching",
    "targets": "Targets",
    "overlap": "Overlap",
    "suppression": "Suppression",
}

# The table's words: a name for each question, a few characters for each answer.
NAMES = {
    "ratio": "aspect ratio",
    "order": "order in a cell",
    "rounding": "shapes rounded",
    "whole_sizes": "sizes cut to whole",
    "center": "centre in the cell",
    "uneven": "step if uneven",
    "clipping": "cut at the image",
    "centers": "centred outside",
    "rule": "rule",
    "high": "positive from",
    "low": "negative below",
    "at_low": "IoU = low",
    "low_quality": "low-quality matches",
    "shared_best": "shared best anchor",
    "outside": "ignored outside",
    "background": "class of a negative",
    "ignored": "class of an ignored",
    "first_class": "first class",
    "coder": "coder",
    "stds": "divided by",
    "eps": "added in the log",
    "clamp": "decode bounded",
    "inclusive": "width of a box",
    "zero_over_zero": "0 / 0",
    "suppress_equal": "suppressed if",
    "ties": "equal scores",
    "classes": "classes apart",
}
_SHORT: dict[str, dict[Any, str]] = {
    "ratio": {"h/w": "h / w", "w/h": "w / h", "none": "w, h listed"},
    "order": {
        "size-major": "by size",
        "ratio-major": "by ratio",
        "first": "n + m − 1",
        "default boxes": "s, √s·s′, r, 1/r",
        "listed": "as listed",
    },
    "rounding": {"none": "no", "half-even": "to even"},
    "whole_sizes": {False: "no", True: "yes"},
    "center": {0.0: "corner", 0.5: "middle"},
    "uneven": {"keep": "stride", "floor": "⌊W / cells⌋", "exact": "W / cells"},
    "clipping": {"none": "no", "sides": "w and h"},
    "centers": {"keep": "stay", "clip": "to the border"},
    "rule": {
        "threshold": "best IoU",
        "max-iou": "IoU, then objects",
        "ssd": "one each, IoU",
        "greedy": "greedy, IoU",
        "shape": "shape",
    },
    "at_low": {"ignored": "ignored", "negative": "negative", "none": "no band"},
    "low_quality": {"none": "no", "ties": "all ties", "one": "the first"},
    "shared_best": {"own": "its own best", "last": "last object", "each its own": "one each", "both": "both"},
    "outside": {"none": "none", "center": "right, below"},
    "background": {"K": "K"},
    "ignored": {None: "none", "K": "K, weight 0"},
    "coder": {"center": "centre, log", "corner": "corners", "cell": "in the cell"},
    "clamp": {"none": "no", "above": "above", "both": "both sides"},
    "inclusive": {False: "x2 − x1", True: "x2 − x1 + 1"},
    "zero_over_zero": {"nan": "NaN", "zero": "0", "one": "1"},
    "suppress_equal": {False: "IoU > t", True: "IoU ≥ t"},
    "ties": {"first": "first", "last": "last"},
    "classes": {"none": "never", "each": "one by one", "shift": "shifted", "far": "by 7,680"},
}

# What one number, or one word, does not say as the library does: for a cell, and in words.
_OWN = {
    ("fizyr", "background"): ("state 0", "0 in a column of states, and none of the one-hot classes"),
    ("fizyr", "ignored"): ("state −1", "−1 in a column of states"),
    ("fizyr", "first_class"): (
        "one-hot, state 1",
        "one-hot, beside a state of 1; as one number it counts from 1 here",
    ),
    ("yolo", "coder"): (
        "in the cell (v3)",
        FIELDS["coder"].values["cell"] + " (YOLOv3; v5 stretches and bounds both)",
    ),
}

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: float, digits: int = 2) -> str:
    """A number for people: true minus, thousands apart, no needless zeros; tiny ones as powers of ten."""
    value = float(value)
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "∞"
    if value and abs(value) < 10**-digits / 2:
        mantissa, power = f"{value:.2e}".split("e")
        return f"{mantissa}·10{str(int(power)).translate(_RAISED)}".replace("-", "−")
    text = f"{value:,.{digits}f}"
    text = text.rstrip("0").rstrip(".") if digits else text
    return "0" if text == "-0" else text.replace("-", "−")


def ratio(value: float) -> str:
    """½ for 0.5, as ratios are written."""
    known = {0.5: "½", 0.25: "¼", 0.75: "¾", 1 / 3: "⅓", 2 / 3: "⅔", 0.2: "⅕"}
    return next((sign for v, sign in known.items() if abs(v - value) < 1e-6), number(value))


def because_of_this(differ: int, alone: int | None) -> str:
    """The end of a sentence: how much of what differs comes of the one convention; '' if all of it, or nobody can say."""
    if alone is None or alone == differ:
        return ""
    return f", {f'{alone:,}' if alone else 'none'} because of this alone"


def circled(index: int) -> str:
    return "①②③④⑤⑥⑦⑧⑨⑩"[index] if 0 <= index < 10 else f"({index + 1})"


# ---- the table


def short(library: str, name: str) -> str:
    """A library's answer in a few characters, for a cell of the table."""
    if (library, name) in _OWN:
        return _OWN[library, name][0]
    value = libraries.answer(library, name)
    known = _SHORT.get(name, {})
    if value is None and None not in known:
        return "–"
    if name == "stds":
        return " ".join(number(v) for v in (value if len(set(value)) > 1 else value[:1]))
    if isinstance(value, float) and value == 1e-6:
        return "10⁻⁶"
    return known[value] if value in known else number(value)


def meaning(library: str, name: str) -> str:
    """The same in words."""
    if (library, name) in _OWN:
        return _OWN[library, name][1]
    value = libraries.answer(library, name)
    values = FIELDS[name].values
    if library == "d2l-text" and name == "ratio":
        return "width over height, and the width is a fraction of the image’s width"
    if value is None and None not in values:
        return "not told here" if library in FURTHER else "no IoU is asked for"
    return values[value] if value in values and not _is_code(name, value) else short(library, name)


def _is_code(name: str, value: Any) -> bool:
    return name == "first_class" and isinstance(value, int)


def _told(library: str, name: str) -> tuple[Any, ...]:
    """A library's answer as something to compare; () where nothing is told."""
    if library == "d2l-text" and name == "ratio":
        return ("a fraction of the image’s width",)
    if (library, name) in _OWN:
        return (short(library, name),)
    value = libraries.answer(library, name)
    return () if value is None and library in FURTHER else (value,)


def differs(a: str, b: str, name: str) -> bool:
    """Whether two libraries answer a question differently; what is not told differs from nothing."""
    ours, theirs = _told(a, name), _told(b, name)
    return bool(ours and theirs and ours != theirs)


def heading(name: str) -> tuple[str, str]:
    """Over a column: the library, and its model where it has several."""
    known = LIBRARIES.get(name)
    return (known.library, known.model) if known else (TITLES[name], "")


def columns(a: str, b: str) -> list[str]:
    """The eight, and A or B if they are another."""
    return [*EIGHT, *(name for name in dict.fromkeys((a, b)) if name not in EIGHT)]


@functools.lru_cache(maxsize=1)
def table() -> dict[str, Any]:
    """Every convention of every library: columns, and a row for each convention.

    A row has its cells, and numbers (`minds`) that are equal where libraries agree; None where nothing is told.
    """
    rows = []
    for name, field in FIELDS.items():
        told = [_told(library, name) for library in TITLES]
        minds = list(dict.fromkeys(answer for answer in told if answer))
        rows.append(
            {
                "name": name,
                "group": GROUPS[field.group],
                "label": NAMES[name],
                "option": QUESTIONS[name],
                "question": field.question,
                "cells": [short(library, name) for library in TITLES],
                "minds": [minds.index(answer) if answer else None for answer in told],
            }
        )
    columns = [
        {"name": name, "title": title, "heading": heading(name), "further": name in FURTHER}
        for name, title in TITLES.items()
    ]
    return {"columns": columns, "rows": rows}


def rule_line(library: str, kind: str, threshold: float) -> str:
    """In a line by what a library labels anchors, or suppresses above `threshold`; '' where that is not the question."""
    told = functools.partial(libraries.answer, library)
    if kind == "labels" and library in LIBRARIES:
        if told("rule") == "shape":
            factor = number(AssignSpec("yolov5").side_factor)
            return f"positive: sides less than {factor} times apart, in and beside the cell"
        line = f"positive: IoU ≥ {number(told('high'))}"
        if told("low") < told("high"):
            line += f" · negative: IoU {'≤' if told('at_low') == 'negative' else '<'} {number(told('low'))}"
        own = {
            "none": "",
            "ties": " · also each object’s best, ties too",
            "one": " · also one for each object",
        }
        return line + own[told("low_quality")]
    if kind == "nms" and told("ties"):
        sign = "≥" if told("suppress_equal") else ">"
        of = "of any class" if told("classes") == "none" else "of its class"
        return f"a box {of} falls: IoU {sign} {number(threshold)} · of equal scores the {told('ties')} leads"
    return ""


def case_for(convention: str) -> str:
    """A ready case about a convention, or ''."""
    return next((name for name, case in CASES.items() if case.convention == convention), "")


# ---- choosing

# What was pointed at belongs to the last question.
_AFRESH = {"selection__word": -1, "selection__anchor": -1, "selection__prediction": -1}


def choose_case(name: str) -> dict[str, Any]:
    """The changes that open a case with its question and its two libraries; '' goes back to the scene."""
    if not name:
        return {"rosetta__case": "", **_AFRESH}
    case = CASES[name]
    return {
        "rosetta__case": name,
        "rosetta__convention": case.convention,
        "rosetta__a": case.a,
        "rosetta__b": case.b,
        **_AFRESH,
        "selection__cell": -1,
    }


def choose_convention(app: AppState, name: str) -> dict[str, Any]:
    """The changes that ask another question; a case that does not answer it is left."""
    case = CASES.get(app.rosetta.case)
    stays = case is not None and (case.convention == name or case.kind == kind_of(name))
    return {"rosetta__convention": name, "rosetta__case": app.rosetta.case if stays else "", **_AFRESH}


def choose_library(side: str, name: str) -> dict[str, Any]:
    """The changes that compare another library as 'a' or 'b'."""
    return {f"rosetta__{side}": name, **_AFRESH}


def chosen(app: AppState, sent: dict[str, Any]) -> dict[str, Any]:
    """The changes that the picture or the table asks for; none if they name nothing known."""
    if sent.get("case") in CASES:
        return choose_case(sent["case"])
    if sent.get("ask") in FIELDS:
        return choose_convention(app, sent["ask"])
    if sent.get("b") in TITLES:
        return choose_library("b", sent["b"])
    return {}


# Their labels stay as they are, whatever is chosen: a list whose labels change counts as chosen anew.
QUESTIONS = {name: f"{NAMES[name]} ({GROUPS[field.group].lower()})" for name, field in FIELDS.items()}
SCENES = {"": "this picture"} | {name: case.title for name, case in CASES.items()}


# ---- taking a library's conventions over


def adopted(app: AppState, library: str) -> dict[str, Any]:
    """The changes that give the app state a library's conventions; thresholds of suppression stay."""
    known = LIBRARIES[library]
    changes: dict[str, Any] = {}
    if known.ratio != "none":
        changes["anchors__ratio_means"] = known.ratio
    changes["anchors__center"] = known.center
    changes["anchors__combine"] = "first" if known.order == "first" else "all"
    if known.rule == "shape":
        changes["assign__kind"] = "yolov5"
    else:
        changes |= {"assign__kind": "iou", "match": match_spec(known)}
    coder = CoderSpec(kind="cell", stds=known.stds) if known.coder == "cell" else coder_spec(known)
    # To the digits of a link, so that a shared link gives the same lab.
    changes["coder"] = coder if coder.clamp is None else replace(coder, clamp=round(coder.clamp, DECIMALS))
    spec = nms_spec(known)
    changes |= {
        f"suppression__{name}": getattr(spec, name)
        for name in ("suppress_equal", "ties", "inclusive", "shift_classes")
    }
    if known.classes == "none":
        changes["suppression__per_class"] = False
    return changes


def not_adopted(library: str) -> list[str]:
    """What of a library's conventions the other pages cannot say."""
    known = LIBRARIES[library]
    missing = []
    if known.order in ("ratio-major", "listed"):
        missing.append("the order of the shapes")
    if known.order == "default boxes":
        missing.append("default boxes in pairs of sizes (see Pyramid)")
    if known.ratio == "none":
        missing.append("shapes listed as widths and heights (see Pyramid)")
    if known.rounding != "none" or known.whole_sizes:
        missing.append("rounded shapes")
    if known.uneven != "keep":
        missing.append("another step where cells do not divide the image")
    if known.clipping != "none":
        missing.append("sides cut at the image")
    if known.centers != "keep":
        missing.append("centres moved into the image")
    if known.outside != "none":
        missing.append("anchors left out for where they are centred")
    if known.zero_over_zero == "nan":
        missing.append("an IoU of NaN")
    return missing
