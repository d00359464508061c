"""What the Rosetta page's picture shows: one question, and the answers of two libraries side by side."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from anchorlab.canvas.rosetta import anchors, case_predictions, coding, labels, predictions, suppression
from anchorlab.canvas.rosetta.asked import Asked, stride
from anchorlab.canvas.rosetta.libraries import TITLES
from anchorlab.canvas.rosetta.words import NAMES, QUESTIONS, SCENES, case_for, differs, meaning, rule_line
from anchorlab.catalogue.cases import CASES
from anchorlab.catalogue.conventions import FIELDS
from anchorlab.session.app_state import Rosetta

ONE_LINE = 175
"""Characters of an answer that fit beside the picture's question; the numbers stand in the rail as well."""

_SHOWN = {"anchors": anchors.shown, "labels": labels.shown, "coder": coding.shown, "nms": suppression.shown}


def picture(ask: Asked) -> dict[str, Any]:
    """What the canvas shows, as `browser/views/rosetta.js` wants it."""
    shown = _SHOWN[ask.kind](ask)
    counter = shown["counter"]
    case, a, b = ask.case, ask.a, ask.b
    shows = counter.get("differ") and counter.get("alone") != 0
    other = case_for(ask.convention) if not shows and case is None else ""
    return shown | {
        "kind": ask.kind,
        "convention": ask.convention,
        "chosen": chosen(ask),
        "libraries": [{"name": name, "title": TITLES[name]} for name in (a, b)],
        "case": ask.app.rosetta.case,
        "suggest": {"case": other, "title": CASES[other].title} if other else None,
        "region": list(case.view) if case and case.view else None,
        "told": [rule_line(name, ask.kind, shown.get("threshold", 0)) for name in (a, b)],
        "question": FIELDS[ask.convention].question,
        "documented": _documented(ask),
        **_predicted(ask, shown),
        "answer": _answer(ask, counter),
        "stride": stride(ask),
        "selection": {"step": shown.pop("word", ask.app.selection.word)} | shown.pop("selection", {}),
    }


def chosen(ask: Asked) -> dict[str, str]:
    """What the page's lists show, by their keys; and a mark of all that the answers depend on besides."""
    rest = (replace(ask.app, rosetta=Rosetta()), id(ask.uploaded))
    return {
        "scene": str(hash(rest)),
        "rosetta_a": TITLES[ask.a],
        "rosetta_b": TITLES[ask.b],
        "rosetta_convention": QUESTIONS[ask.convention],
        "rosetta_case": SCENES[ask.app.rosetta.case],
    }


def _predicted(ask: Asked, shown: dict[str, Any]) -> dict[str, str]:
    """What the page asks to predict, and the answer; both empty where there is nothing to ask."""
    if ask.case:
        name = ask.app.rosetta.case
        found = predictions.Prediction(ask.case.predict, case_predictions.answer(name, ask.a, ask.b))
    else:
        found = predictions.prediction(ask, shown)
    if found is None:
        return {"try_this": "", "reveal": ""}
    return {"try_this": f"<b>Predict:</b> {found.question}", "reveal": found.answer}


def _answer(ask: Asked, counter: dict[str, Any]) -> str:
    if ask.case:
        both = f"{ask.case.look} {counter['text']}"
        return both if _fits(both) else ask.case.look
    text = counter.get("live", counter["text"])
    ours, theirs = (meaning(name, ask.convention) for name in (ask.a, ask.b))
    a, b = (f"<b>{TITLES[name]}</b>" for name in (ask.a, ask.b))
    label = NAMES[ask.convention]
    label = label[0].upper() + label[1:]
    if ask.a == ask.b:
        return f"{label} in {a}: {ours}. Choose another library to see where they part."
    if not differs(ask.a, ask.b, ask.convention):
        said = f"{label}: {a} and {b} agree, {ours}."
        # The anchors' text says itself how much of it comes of this.
        if counter.get("differ") and ask.kind != "anchors":
            said += " What differs has other reasons."
    else:
        said = f"{label} in {a}: {ours}. In {b}: {theirs}."
    both = f"{said} {text}"
    return both if _fits(both) else said


def _fits(text: str) -> bool:
    return len(re.sub("<[^>]*>", "", text)) <= ONE_LINE


def _documented(ask: Asked) -> list[str]:
    """Of A and B, why an answer is documented and not computed; '' where it is computed."""
    known = dict(ask.case.documented) if ask.case else {}
    return [ask.case.why_documented if name in known else "" for name in (ask.a, ask.b)]
