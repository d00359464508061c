"""The Rosetta page's words and what its picture shows: two libraries, one question, the answers side by side."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from anchorlab.cases import CASES, IGNORED, NEGATIVE, Case, Kind, Laying, kind_of
from anchorlab.conventions import FIELDS, LIBRARIES, coder_spec, match_spec, nms_spec
from anchorlab.specs import Reason, Status
from anchorlab.ui import compute, libraries, readings
from anchorlab.ui.lab import Lab, Objects
from anchorlab.ui.libraries import EIGHT, TITLES, Unanswered
from anchorlab.ui.scene import Photo, Scene, arrays, encode

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
    "rule": "rule",
    "high": "positive from",
    "low": "negative below",
    "at_low": "IoU = low",
    "low_quality": "low quality",
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
    "ignored": {None: "none"},
    "coder": {"center": "centre, log", "corner": "corners", "cell": "in the cell"},
    "clamp": {"none": "no", "above": "above", "both": "both sides"},
    "inclusive": {False: "x2 − x1", True: "x2 − x1 + 1"},
    "zero_over_zero": {"nan": "NaN", "zero": "0", "one": "1"},
    "suppress_equal": {False: "IoU > t", True: "IoU ≥ t"},
    "ties": {"first": "first", "last": "last"},
    "classes": {"none": "never", "each": "one by one", "shift": "shifted", "far": "by 7,680"},
}

_PREDICT: dict[Kind, str] = {
    "anchors": "ratios ½, 1, 2 read the other way round: which boxes stay? Count the quiet ones.",
    "labels": "which of the two gives an anchor to an object that no anchor fits?",
    "coder": "does a box land too near or too far when the other library reads its numbers?",
    "nms": "on a usual picture, how many boxes differ? Then open a case where they do.",
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


def circled(index: int) -> str:
    return "①②③④⑤⑥⑦⑧⑨⑩"[index] if 0 <= index < 10 else f"({index + 1})"


# ---- the table


def short(library: str, name: str) -> str:
    """A library's answer in a few characters, for a cell of the table."""
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
    value = libraries.answer(library, name)
    values = FIELDS[name].values
    if library == "d2l-text" and name == "ratio":
        return "width over height, and the width is a fraction of the image’s width"
    if value is None and None not in values:
        return "not told here"
    return values[value] if value in values and not _is_code(name, value) else short(library, name)


def _is_code(name: str, value: Any) -> bool:
    return name == "first_class" and isinstance(value, int)


def differs(a: str, b: str, name: str) -> bool:
    """Whether two libraries answer a question differently; what is not told differs from nothing."""
    ours, theirs = libraries.answer(a, name), libraries.answer(b, name)
    if "d2l-text" in (a, b) and name == "ratio":
        return a != b
    told = name in ("ignored",) or (ours is not None and theirs is not None)
    return told and ours != theirs


def columns(a: str, b: str) -> list[str]:
    """The eight, and A or B if they are another."""
    return [*EIGHT, *(name for name in dict.fromkeys((a, b)) if name not in EIGHT)]


def table(a: str, b: str) -> list[dict[str, Any]]:
    """A row for every convention: its group, name, question, a cell for every library, and whether A and B differ."""
    return [
        {
            "name": name,
            "group": GROUPS[field.group],
            "label": NAMES[name],
            "question": field.question,
            "cells": [short(library, name) for library in columns(a, b)],
            "differs": differs(a, b, name),
        }
        for name, field in FIELDS.items()
    ]


def case_for(convention: str) -> str:
    """A ready case about a convention, or ''."""
    return next((name for name, case in CASES.items() if case.convention == convention), "")


# ---- choosing

# What was pointed at belongs to the last question.
_AFRESH = {"selection__word": -1, "selection__anchor": -1, "selection__prediction": -1}


def choose_case(name: str) -> dict[str, Any]:
    """The changes of the lab that open a case with its question and its two libraries; '' goes back to the scene."""
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


def choose_convention(lab: Lab, name: str) -> dict[str, Any]:
    """The changes that ask another question; a case that does not answer it is left."""
    case = CASES.get(lab.rosetta.case)
    stays = case is not None and (case.convention == name or case.kind == kind_of(name))
    return {"rosetta__convention": name, "rosetta__case": lab.rosetta.case if stays else "", **_AFRESH}


def choose_library(side: str, name: str) -> dict[str, Any]:
    """The changes that compare another library as 'a' or 'b'."""
    return {f"rosetta__{side}": name, **_AFRESH}


def chosen(lab: Lab, sent: dict[str, Any]) -> dict[str, Any]:
    """The changes that the picture or the table asks for; none if they name nothing known."""
    if sent.get("case") in CASES:
        return choose_case(sent["case"])
    if sent.get("ask") in FIELDS:
        return choose_convention(lab, sent["ask"])
    if sent.get("b") in TITLES:
        return choose_library("b", sent["b"])
    return {}


def questions(lab: Lab) -> dict[str, str]:
    """The conventions as a selector names them; ≠ where A and B differ."""
    a, b = lab.rosetta.a, lab.rosetta.b
    return {
        name: f"{'≠ ' if differs(a, b, name) else ''}{NAMES[name]} ({GROUPS[field.group].lower()})"
        for name, field in FIELDS.items()
    }


def scenes(title: str) -> dict[str, str]:
    """The ready cases as a selector names them, after the picture on the table."""
    return {"": f"this picture: {title}"} | {name: case.title for name, case in CASES.items()}


# ---- what is asked


@dataclass(frozen=True, eq=False)
class Asked:
    """One question to two libraries about a scene or a case."""

    lab: Lab
    here: Scene
    case: Case | None
    kind: Kind
    a: str
    b: str
    convention: str
    predicted: Any = None

    @property
    def laying(self) -> Laying:
        return self.case.laying if self.case else libraries.laying_of(self.lab.anchors)

    @property
    def size(self) -> tuple[int, int]:
        return self.here.height, self.here.width


def asked(lab: Lab, here: Scene, uploaded: Any = None) -> Asked:
    """The lab's question; on a case's own drawing if one is open."""
    chosen = lab.rosetta
    case = CASES.get(chosen.case)
    kind = case.kind if case else kind_of(chosen.convention)
    predicted = None
    if case is None:
        predicted = compute.predictions(here, lab, uploaded)[0]
    return Asked(
        lab,
        drawing(chosen.case) if case else here,
        case,
        kind,
        chosen.a,
        chosen.b,
        chosen.convention,
        predicted,
    )


@lru_cache(maxsize=64)
def drawing(name: str) -> Scene:
    """A case's objects on squared paper."""
    case = CASES[name]
    scale = max(1, round(720 / max(case.width, case.height)))
    width, height = round(case.width * scale), round(case.height * scale)
    paper = np.full((height, width, 3), 138, np.uint8)
    step = max(1, round(scale * 10 ** max(0, math.floor(math.log10(max(case.width, 10) / 2)))))
    step = max(step, 12)
    paper[::step] = paper[:, ::step] = 156
    photo = encode(paper, drawn=True)
    photo = Photo(photo.id, photo.data, photo.mime, case.width, case.height, photo.brightness)
    boxes = case.objects if case.kind in ("labels", "coder") else ()
    objects = Objects(
        boxes, tuple(range(len(boxes))), tuple(f"object {k + 1}" for k in range(max(1, len(boxes))))
    )
    return Scene("case", case.title, f"A drawing: {case.title}.", "", photo, objects, *arrays(objects))


# ---- the picture


def picture(ask: Asked) -> dict[str, Any]:
    """What the canvas shows, as `stage/views/rosetta.js` wants it."""
    shown = {"anchors": _anchors, "labels": _labels, "coder": _coder, "nms": _nms}[ask.kind](ask)
    counter = shown["counter"]
    case, a, b = ask.case, ask.a, ask.b
    other = case_for(ask.convention) if not counter.get("differ") and case is None else ""
    return shown | {
        "kind": ask.kind,
        "convention": ask.convention,
        "libraries": [
            {"name": name, "title": TITLES[name], "source": libraries.source(name)} for name in (a, b)
        ],
        "table": table(a, b),
        "columns": [{"name": name, "title": TITLES[name]} for name in columns(a, b)],
        "case": ask.lab.rosetta.case,
        "suggest": {"case": other, "title": CASES[other].title} if other else None,
        "region": list(case.view) if case and case.view else None,
        "question": FIELDS[ask.convention].question,
        "meanings": [meaning(name, ask.convention) for name in (a, b)],
        "documented": _documented(ask),
        "try_this": f"<b>Predict:</b> {case.predict if case else _PREDICT[ask.kind]}",
        "reveal": _reveal(ask, counter),
        "answer": _answer(ask, counter),
        "stride": ask.lab.anchors.stride,
        "selection": {"step": shown.pop("word", ask.lab.selection.word)} | shown.pop("selection", {}),
    }


def _answer(ask: Asked, counter: dict[str, Any]) -> str:
    if ask.case:
        return f"{ask.case.look} {counter['text']}"
    ours, theirs = (meaning(name, ask.convention) for name in (ask.a, ask.b))
    a, b = (f"<b>{TITLES[name]}</b>" for name in (ask.a, ask.b))
    label = NAMES[ask.convention]
    label = label[0].upper() + label[1:]
    if ask.a == ask.b:
        return f"{label} in {a}: {ours}. Choose another library to see where they part."
    if not differs(ask.a, ask.b, ask.convention):
        return f"{label}: {a} and {b} agree, {ours}. {counter['text']}"
    return f"{label} in {a}: {ours}. In {b}: {theirs}. {counter['text']}"


def _reveal(ask: Asked, counter: dict[str, Any]) -> str:
    """What comes out: of a case every library's answer, those of one mind together."""
    if not ask.case:
        return counter["text"] or "One of the two has no answer."
    rows = results(ask)
    minds: dict[tuple[str, ...], list[str]] = {}
    for k, library in enumerate(columns(ask.a, ask.b)):
        said = tuple(row.cells[k] for row in rows)
        if set(said) != {"–"}:
            minds.setdefault(said, []).append(TITLES[library])
    names = [row.name.removesuffix(" learns") for row in rows]
    single = len(rows) == 1
    return "<br>".join(
        f"<b>{', '.join(who)}</b>: "
        + (said[0] if single else "; ".join(f"{n} {v}" for n, v in zip(names, said, strict=True)))
        for said, who in minds.items()
    )


def _documented(ask: Asked) -> list[str]:
    """Of A and B, why an answer is documented and not computed; '' where it is computed."""
    known = dict(ask.case.documented) if ask.case else {}
    return [ask.case.why_documented if name in known else "" for name in (ask.a, ask.b)]


def _percent_apart(ours, theirs) -> float:
    return max(abs(x - y) / max(x, y) for x, y in zip(ours, theirs, strict=True))


# Rounding is a question of its own: it must not hide in the answer to another.
_BARELY = 0.08


def _anchors(ask: Asked) -> dict[str, Any]:
    height, width = ask.size
    rows, cols = libraries.grid(ask.laying, height, width)
    cell = ask.lab.selection.cell
    if not 0 <= cell < rows * cols:
        cell = (rows // 2) * cols + cols // 2
    lattice = ask.convention in ("center", "uneven")
    if lattice and ask.lab.selection.cell < 0 and ask.convention == "uneven":
        cell = (rows // 2) * cols + cols - 1
    sides, centres = [], []
    for library in (ask.a, ask.b):
        try:
            found = libraries.laid(library, ask.laying, height, width)
        except Unanswered as why:
            sides.append({"problem": str(why), "words": []})
            centres.append(np.zeros((0, 2), np.float32))
            continue
        boxes = libraries.cell_anchors(found, cell)
        names = libraries.words(library, ask.laying)
        sides.append(
            {
                "problem": "",
                "means": "text" if library == "d2l-text" else libraries.answer(library, "ratio"),
                "changed": libraries.answer(library, "rounding") != "none"
                or libraries.answer(library, "clipping") != "none",
                "center": libraries.answer(library, "center"),
                "step": found.strides[0],
                "words": [
                    {
                        "word": f"size {number(s, 1)}, ratio {ratio(r)}",
                        "key": (round(s, 3), round(r, 5)),
                        "size": float(int(s) if libraries.answer(library, "whole_sizes") else s),
                        "ratio": r,
                        "box": box.tolist(),
                    }
                    for (s, r), box in zip(names, boxes, strict=True)
                ],
            }
        )
        centres.append(libraries.centres(found).astype(np.float32))
    _compare_words(sides, ask.convention)
    total, differ = _count_words(sides)
    if lattice:
        total = rows * cols
        moved = len(centres[0]) == len(centres[1]) and np.abs(centres[0] - centres[1]).max(axis=1) > 0.01
        differ = int(np.sum(moved))
        text = f"<b>{differ:,}</b> of {total:,} cells are centred elsewhere."
    else:
        what = ("number" if ask.convention == "order" else "word") + ("" if total == 1 else "s")
        text = f"Of {total} {what}, <b>{differ}</b> {'is another box' if differ == 1 else 'are other boxes'}."
    if any(side["problem"] for side in sides):
        text = ""
    everything = {w["key"]: w for side in reversed(sides) for w in side["words"]}
    # The largest of those that differ shows most.
    largest = max(
        everything.values(), key=lambda w: (w["differs"], w["w"] * w["h"], -w["key"]), default={"key": 0}
    )
    chosen = ask.lab.selection.word
    return {
        "sides": sides,
        "a_centres": centres[0],
        "b_centres": centres[1],
        "cells": {"rows": rows, "cols": cols, "stride": ask.laying.stride},
        "lattice": lattice,
        "counter": {
            "same": total - differ,
            "differ": differ,
            "total": total,
            "noun": "cells" if lattice else "shapes of a cell",
            "text": text,
        },
        "word": chosen if chosen in everything else largest["key"],
        "selection": {"cell": cell},
    }


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
                word["differs"] = True
            elif exact:
                word["differs"] = max(abs(word["w"] - twin[0]), abs(word["h"] - twin[1])) > 0.01
            else:
                word["differs"] = _percent_apart((word["w"], word["h"]), twin) > _BARELY


def _count_words(sides: list[dict[str, Any]]) -> tuple[int, int]:
    found = {w["key"]: w["differs"] for side in sides for w in side["words"]}
    return len(found), sum(found.values())


def _label_sides(ask: Asked) -> list[libraries.Labels | str]:
    found: list[libraries.Labels | str] = []
    for library in (ask.a, ask.b):
        try:
            if ask.case:
                found.append(libraries.case_labels(library, ask.case))
            else:
                found.append(libraries.labels(library, ask.lab.anchors, *ask.size, ask.here.objects))
        except Unanswered as why:
            found.append(str(why))
    return found


def _labels(ask: Asked) -> dict[str, Any]:
    sides = _label_sides(ask)
    if ask.case:
        anchors, shapes = np.asarray(ask.case.anchors, np.float32), 0
    else:
        anchors = compute.anchors(ask.lab.anchors, *ask.size).xyxy
        shapes = ask.lab.anchors.shapes_per_cell
    told = [side for side in sides if not isinstance(side, str)]
    codes = ask.convention in ("background", "ignored", "first_class")
    total = len(anchors)
    differ = np.zeros(total, bool)
    if len(told) == 2:
        differ = (told[0].classes != told[1].classes) if codes else (told[0].code != told[1].code)
    count = int(differ.sum())
    noun = "class numbers" if codes else "labels"
    a, b = TITLES[ask.a], TITLES[ask.b]
    text = f"{a} and {b} agree on {total - count:,} of {total:,} {noun}; <b>{count:,}</b> differ."
    chosen = ask.lab.selection.anchor
    if not 0 <= chosen < total:
        chosen = _worth_seeing(told, differ)
    data: dict[str, Any] = {
        "anchors": anchors,
        "shapes_per_cell": shapes,
        "sides": [{"problem": side if isinstance(side, str) else ""} for side in sides],
        "differs": differ,
        "codes": codes,
        "reasons": [reason.name for reason in Reason],
        "thresholds": [[libraries.answer(name, key) for key in ("high", "low")] for name in (ask.a, ask.b)],
        "counter": {
            "same": total - count,
            "differ": count,
            "total": total,
            "noun": noun,
            "text": text if len(told) == 2 else "",
        },
        "selection": {"anchor": chosen},
    }
    for name, side in zip("ab", sides, strict=True):
        if not isinstance(side, str):
            data |= {
                f"{name}_code": side.code,
                f"{name}_gt": side.gt_index,
                f"{name}_iou": side.best_iou,
                f"{name}_reason": side.reason,
                f"{name}_classes": side.classes,
            }
    if not ask.case:
        rows, cols = libraries.grid(ask.laying, *ask.size)
        data["cells"] = {
            "rows": rows,
            "cols": cols,
            "stride": ask.laying.stride,
            "center": ask.lab.anchors.center,
        }
    return data


def _worth_seeing(told: list[libraries.Labels], differ: np.ndarray) -> int:
    """The differing anchor of the largest IoU; without one a positive."""
    if not told or not len(differ):
        return -1
    if differ.any():
        return int(np.argmax(np.where(differ, told[0].best_iou, -1)))
    positive = told[0].code >= 0
    return int(np.argmax(np.where(positive, told[0].best_iou, -1))) if positive.any() else 0


def pair(ask: Asked) -> tuple[np.ndarray, np.ndarray, int, int] | None:
    """The anchor and the object whose four numbers are compared, and their indices."""
    if ask.case:
        anchor = np.asarray(ask.case.anchors[0], np.float32)
        box = np.asarray(ask.case.objects[0], np.float32) if ask.case.objects else anchor
        return anchor, box, 0, 0
    lab, here = ask.lab, ask.here
    spec, size = lab.anchors, ask.size
    laid = compute.anchors(spec, *size)
    chosen = readings.pair(laid, compute.matches(spec, *size, here.objects, lab.match), here.boxes, lab)
    return (
        None
        if chosen is None
        else (laid.xyxy[chosen.anchor], here.boxes[chosen.gt], chosen.anchor, chosen.gt)
    )


def _stride(ask: Asked) -> float:
    return ask.case.stride if ask.case else ask.lab.anchors.stride


def _coder(ask: Asked) -> dict[str, Any]:
    chosen = pair(ask)
    empty = {"same": 0, "differ": 0, "total": 0, "noun": "boxes", "text": ""}
    if chosen is None:
        words = "No anchor of this scene is positive, so there is nothing to encode."
        return {"sides": [{"problem": words}, {"problem": words}], "pair": None, "counter": empty}
    anchor, box, anchor_index, gt = chosen
    given = ask.case.offsets if ask.case else None
    sides: list[dict[str, Any]] = []
    said = None if given is None else np.asarray(given, np.float32)
    for library in (ask.a, ask.b):
        try:
            own = said if given is not None else libraries.encoded(library, anchor, box, _stride(ask))
            said = own if said is None else said
            read = libraries.decoded(library, anchor, said, _stride(ask))
            sides.append(
                {"problem": "", "t": own.tolist(), "box": read.tolist(), "said": [number(v, 3) for v in own]}
            )
        except Unanswered as why:
            sides.append({"problem": str(why)})
    counter = empty
    if not any(side["problem"] for side in sides):
        first, second = (np.asarray(side["box"]) for side in sides)
        unequal = not np.allclose(sides[0]["t"], sides[1]["t"], rtol=1e-6, atol=1e-9)
        a, b = TITLES[ask.a], TITLES[ask.b]
        if given is not None:
            apart = float(np.abs(first - second).max())
            text = f"{b} reads a box up to <b>{number(apart, 1)}</b> pixels away from {a}’s."
        else:
            apart = float(np.abs(second - box).max())
            digits = 1 if apart >= 0.05 else 6
            text = f"Read by {b}, {a}’s four numbers miss the object by up to <b>{number(apart, digits)}</b> pixels."
            if apart < 1e-3 and not unequal:
                text = f"{b} reads {a}’s four numbers as {a} does."
        differ = int(unequal or apart > 1e-3)
        counter = {
            "same": 1 - differ,
            "differ": differ,
            "total": 1,
            "noun": "box",
            "text": text,
            "apart": apart,
        }
    return {
        "sides": sides,
        "given": given is not None,
        "pair": {"anchor": anchor.tolist(), "object": box.tolist(), "anchor_index": anchor_index, "gt": gt},
        "counter": counter,
        "selection": {"object": -1 if ask.case else gt},
    }


def predictions(ask: Asked) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The boxes, scores and classes that are suppressed."""
    if ask.case:
        case = ask.case
        return (
            np.asarray(case.predictions, np.float32),
            np.asarray(case.scores, np.float32),
            np.asarray(case.class_ids, np.int32),
        )
    return ask.predicted.xyxy, ask.predicted.scores, ask.predicted.class_ids.astype(np.int32)


def limits(ask: Asked) -> dict[str, Any]:
    """The thresholds of suppression."""
    if ask.case:
        return {"iou_threshold": ask.case.iou_threshold, "score_threshold": 0.0}
    nms = ask.lab.nms
    return {name: getattr(nms, name) for name in ("iou_threshold", "score_threshold", "per_class", "top_k")}


def _kept(ask: Asked, library: str):
    """(trace, whether it is documented) of a library's suppression."""
    if ask.case:
        return libraries.case_kept(library, ask.case)
    return libraries.kept(library, *predictions(ask), **limits(ask)), False


def _nms(ask: Asked) -> dict[str, Any]:
    xyxy, scores, class_ids = predictions(ask)
    data: dict[str, Any] = {
        "predictions": xyxy,
        "scores": scores,
        "prediction_classes": class_ids,
        "sides": [],
    }
    status = []
    for name, library in zip("ab", (ask.a, ask.b), strict=True):
        try:
            trace, documented = _kept(ask, library)
        except Unanswered as why:
            data["sides"].append({"problem": str(why)})
            continue
        status.append(trace.status)
        data["sides"].append({"problem": "", "documented": documented, "kept": trace.keep.tolist()})
        data |= {
            f"{name}_status": trace.status,
            f"{name}_by": trace.suppressed_by,
            f"{name}_iou": np.nan_to_num(trace.iou).astype(np.float32),
        }
    differ = np.zeros(len(xyxy), bool) if len(status) < 2 else status[0] != status[1]
    count, total = int(differ.sum()), len(xyxy)
    kept = [int((s == Status.KEPT).sum()) for s in status]
    a, b = TITLES[ask.a], TITLES[ask.b]
    text = ""
    if len(status) == 2:
        text = f"{a} keeps {kept[0]} of {total} boxes, {b} {kept[1]}; <b>{count or 'none'}</b> {'differ' if count > 1 else 'differs'}."
    chosen = ask.lab.selection.prediction
    if not 0 <= chosen < total:
        chosen = int(np.argmax(differ)) if differ.any() else (int(np.argmax(scores)) if total else -1)
    return data | {
        "differs": differ,
        "threshold": ask.case.iou_threshold if ask.case else ask.lab.nms.iou_threshold,
        "counter": {
            "same": total - count,
            "differ": count,
            "total": total,
            "noun": "predictions",
            "text": text,
        },
        "selection": {"prediction": chosen},
    }


# ---- what every library answers


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
    """Every library's answers to the same settings."""
    parts = {"anchors": _anchor_rows, "labels": _label_rows, "coder": _coder_rows, "nms": _nms_rows}
    kinds = [ask.kind] if ask.case else list(parts)
    return [row for kind in kinds for row in parts[kind](ask)]


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
        y, x = found.strides[0]
        step = number(x, 1) if x == y else f"{number(x, 1)} × {number(y, 1)}"
        side = f"{number(first[2] - first[0])} × {number(first[3] - first[1])}"
        return [f"{len(found.xyxy):,}", str(len(shapes)), box_text(first), side, step], False

    names = ["anchors in all", "shapes in a cell", "first anchor", "its width × height", "from cell to cell"]
    return _rows(ask, names, answers)


def _label_rows(ask: Asked) -> list[Row]:
    objects = len(ask.here.boxes)
    if ask.case:

        def of_case(library: str):
            code = libraries.case_labels(library, ask.case).code
            return [_verdict(c) for c in code], library in dict(ask.case.documented)

        return _rows(ask, [f"anchor {k} learns" for k in range(len(ask.case.anchors))], of_case)

    def of_scene(library: str):
        found = libraries.labels(library, ask.lab.anchors, *ask.size, ask.here.objects)
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
        t = np.asarray(given, np.float32) if given else libraries.encoded(library, anchor, box, _stride(ask))
        read = libraries.decoded(library, anchor, t, _stride(ask))
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
        trace, documented = _kept(ask, library)
        keep = trace.keep.tolist()
        return [
            " ".join(f"#{k}" for k in keep[:6]) + (f" … ({len(keep)})" if len(keep) > 6 else "") or "none"
        ], documented

    return _rows(ask, ["keeps"], answers)


# ---- taking a library's conventions over


def adopted(lab: Lab, library: str) -> dict[str, Any]:
    """The changes that give the lab a library's conventions; thresholds of suppression stay."""
    known = LIBRARIES[library]
    changes: dict[str, Any] = {}
    if known.ratio != "none":
        changes["anchors__ratio_means"] = known.ratio
    changes["anchors__center"] = known.center
    changes["anchors__combine"] = "first" if known.order == "first" else "all"
    if known.rule != "shape":
        changes["match"] = match_spec(known)
    if known.coder != "cell":
        changes["coder"] = coder_spec(known)
    spec = nms_spec(known)
    changes |= {
        f"nms__{name}": getattr(spec, name)
        for name in ("suppress_equal", "ties", "inclusive", "shift_classes")
    }
    if known.classes == "none":
        changes["nms__per_class"] = False
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
    if known.rule == "shape":
        missing.append("its rule of matching in one switch (see Matching)")
    if known.outside != "none":
        missing.append("anchors left out for where they are centred")
    if known.coder == "cell":
        missing.append("its coder in one switch (see Offsets)")
    if known.zero_over_zero == "nan":
        missing.append("an IoU of NaN")
    return missing
