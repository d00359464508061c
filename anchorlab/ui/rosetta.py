"""What the Rosetta page's picture shows: one question, and the answers of two libraries side by side."""

from __future__ import annotations

from typing import Any

import numpy as np

from anchorlab.cases import CASES
from anchorlab.conventions import FIELDS, LIBRARIES, Conventions, match_spec
from anchorlab.specs import AssignSpec, MatchSpec, Reason, Status
from anchorlab.ui import compute, laying, libraries, rules
from anchorlab.ui.libraries import TITLES, Unanswered
from anchorlab.ui.rosetta_asked import Asked, asked, kept, pair, predictions, stride
from anchorlab.ui.rosetta_results import reveal
from anchorlab.ui.rosetta_words import (
    NAMES,
    case_for,
    chosen,
    columns,
    differs,
    meaning,
    number,
    ratio,
    table,
)

__all__ = ["Asked", "asked", "chosen", "picture"]

_PREDICT = {
    "anchors": "ratios ½, 1, 2 read the other way round: which boxes stay? Count the quiet ones.",
    "order": "a network trained on one list of boxes, run with the other: which of its outputs still fit?",
    "rounding": "by how many pixels can rounding move a side?",
    "whole_sizes": "which sizes does cutting to whole pixels leave alone?",
    "center": "whose first anchor is centred on the very corner of the image?",
    "uneven": "which column is off the most, the first or the last?",
    "clipping": "can a box whose sides were cut still leave the image?",
    "labels": "which of the two gives an anchor to an object that no anchor fits?",
    "background": "reading one library’s labels with the other’s code, what does 0 mean?",
    "coder": "does a box land too near or too far when the other library reads its numbers?",
    "nms": "on a usual picture, how many boxes differ? Then open a scene where they do.",
}


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
        "try_this": f"<b>Predict:</b> {_predict(ask)}",
        "reveal": reveal(ask, counter),
        "answer": _answer(ask, counter),
        "stride": ask.lab.anchors.stride,
        "selection": {"step": shown.pop("word", ask.lab.selection.word)} | shown.pop("selection", {}),
    }


def _predict(ask: Asked) -> str:
    return ask.case.predict if ask.case else _PREDICT.get(ask.convention, _PREDICT[ask.kind])


def _answer(ask: Asked, counter: dict[str, Any]) -> str:
    if ask.case:
        # One line where it fits; the numbers stand in the rail as well.
        both = f"{ask.case.look} {counter['text']}"
        return both if len(both) <= ONE_LINE else ask.case.look
    text = counter.get("live", counter["text"])
    ours, theirs = (meaning(name, ask.convention) for name in (ask.a, ask.b))
    a, b = (f"<b>{TITLES[name]}</b>" for name in (ask.a, ask.b))
    label = NAMES[ask.convention]
    label = label[0].upper() + label[1:]
    if ask.a == ask.b:
        return f"{label} in {a}: {ours}. Choose another library to see where they part."
    if not differs(ask.a, ask.b, ask.convention):
        return f"{label}: {a} and {b} agree, {ours}. {text}"
    return f"{label} in {a}: {ours}. In {b}: {theirs}. {text}"


def _documented(ask: Asked) -> list[str]:
    """Of A and B, why an answer is documented and not computed; '' where it is computed."""
    known = dict(ask.case.documented) if ask.case else {}
    return [ask.case.why_documented if name in known else "" for name in (ask.a, ask.b)]


def _percent_apart(ours, theirs) -> float:
    return max(abs(x - y) / max(x, y) for x, y in zip(ours, theirs, strict=True))


ONE_LINE = 175

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
    # The longest of those that differ shows most.
    largest = max(
        everything.values(),
        key=lambda w: (w["differs"], round(max(w["w"], w["h"])), -w["key"]),
        default={"key": 0},
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
                found.append(libraries.labels(library, ask.anchors, *ask.size, ask.here.objects))
        except Unanswered as why:
            found.append(str(why))
    return found


def _labels(ask: Asked) -> dict[str, Any]:
    sides = _label_sides(ask)
    if ask.case:
        anchors, shapes = np.asarray(ask.case.anchors, np.float32), 0
    else:
        anchors = compute.anchors(ask.anchors, *ask.size).xyxy
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
        height, width = ask.size
        inside = ((anchors >= 0) & (anchors <= (width, height, width, height))).all(axis=1)
        chosen = _worth_seeing(told, differ, inside)
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
            # Few objects fit a byte; numbers of classes follow from them.
            small = np.int8 if len(ask.here.boxes) < 100 else np.int32
            data |= {
                f"{name}_code": side.code.astype(small),
                f"{name}_gt": side.gt_index.astype(small),
                f"{name}_iou": side.best_iou,
                f"{name}_reason": side.reason,
            }
            if ask.case:
                data[f"{name}_classes"] = side.classes
    if not ask.case:
        if len(told) == 2:
            data["counter"]["live"] = (
                f"{a} and {b} agree on {{same}} of {total:,} {noun}; <b>{{differ}}</b> differ."
            )
        data |= _for_the_browser(ask)
        rows, cols = libraries.grid(ask.laying, *ask.size)
        data["cells"] = {
            "rows": rows,
            "cols": cols,
            "stride": ask.laying.stride,
            "center": ask.lab.anchors.center,
        }
    return data


def _for_the_browser(ask: Asked) -> dict[str, Any]:
    """What the browser needs to match as both libraries while boxes move."""
    laid = compute.anchors(ask.anchors, *ask.size)
    known = [LIBRARIES.get(name) for name in (ask.a, ask.b)]
    classes = max(1, len(ask.here.classes))

    def codes(library: Conventions) -> list[int]:
        background = classes if library.background == "K" else library.background
        return [background, background if library.ignored is None else library.ignored, library.first_class]

    return {
        "levels": laying.levels(ask.anchors, laid, *ask.size),
        "rules": [library and _rule(library) for library in known],
        "outside": [library is not None and library.outside == "center" for library in known],
        "class_codes": [library and codes(library) for library in known],
    }


def _rule(library: Conventions) -> dict[str, Any]:
    if library.rule == "shape":
        return rules.settings(MatchSpec(), AssignSpec("yolov5"))
    return rules.settings(match_spec(library), AssignSpec())


def _worth_seeing(told: list[libraries.Labels], differ: np.ndarray, inside: np.ndarray) -> int:
    """The differing anchor of the largest IoU, one within the image if there is; without one a positive."""
    if not told or not len(differ):
        return -1
    if differ.any():
        return int(np.argmax(np.where(differ & (inside | ~(differ & inside).any()), told[0].best_iou, -1)))
    positive = told[0].code >= 0
    return int(np.argmax(np.where(positive, told[0].best_iou, -1))) if positive.any() else 0


def _coder(ask: Asked) -> dict[str, Any]:
    chosen = pair(ask)
    empty = {"same": 0, "differ": 0, "total": 0, "noun": "boxes", "text": ""}
    if chosen is None:
        words = "Draw an object: without one there is nothing to encode."
        return {"sides": [{"problem": words}, {"problem": words}], "pair": None, "counter": empty}
    anchor, box, anchor_index, gt = chosen
    given = ask.case.offsets if ask.case else None
    sides: list[dict[str, Any]] = []
    said = None if given is None else np.asarray(given, np.float32)
    for library in (ask.a, ask.b):
        try:
            own = said if given is not None else libraries.encoded(library, anchor, box, stride(ask))
            said = own if said is None else said
            read = libraries.decoded(library, anchor, said, stride(ask))
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
            miss = f"<b>{number(apart, digits)}</b> pixels"
            text = f"Read by {b}, {a}’s four numbers miss the object by up to {miss}."
            if apart < 1e-3 and not unequal:
                text = f"{b} reads {a}’s four numbers as {a} does."
        differ = int(unequal or np.abs(first - second).max() > 1e-3)
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
    }


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
            trace, documented = kept(ask, library)
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
    stay = [int((s == Status.KEPT).sum()) for s in status]
    a, b = TITLES[ask.a], TITLES[ask.b]
    text = ""
    if len(status) == 2:
        fate = f"<b>{count or 'none'}</b> {'differ' if count > 1 else 'differs'}"
        text = f"{a} keeps {stay[0]} of {total} boxes, {b} {stay[1]}; {fate}."
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
