"""What the Rosetta page's picture shows: one question, and the answers of two libraries side by side."""

from __future__ import annotations

import re
from typing import Any

from anchorlab.canvas.views.rosetta import (
    anchors,
    coding,
    demo_predictions,
    labels,
    predictions,
    suppression,
)
from anchorlab.catalogue.libraries import ALL, FIELDS, differs
from anchorlab.catalogue.libraries.demo_scenes import DEMO_SCENES
from anchorlab.session.comparison import Comparison
from anchorlab.wording import Sentence, say

SENTENCES: dict[str, Sentence] = {
    "same_library": "{label} in <b>{a}</b>: {ours}. Choose another library to see where they part.",
    "agree": "{label}: <b>{a}</b> and <b>{b}</b> agree, {ours}.",
    "other_reasons": "What differs has other reasons.",
    "part": "{label} in <b>{a}</b>: {ours}. In <b>{b}</b>: {theirs}.",
    "predict": "<b>Predict:</b> {question}",
}
ONE_LINE = 175
"""Characters of an answer that fit beside the picture's question; the numbers stand in the rail as well."""

_SHOWN = {"anchors": anchors.shown, "labels": labels.shown, "coder": coding.shown, "nms": suppression.shown}
_RULE_LINE = {"labels": labels.rule_line, "nms": suppression.rule_line}


def picture(compared: Comparison) -> dict[str, Any]:
    """What the canvas shows, as `browser/views/rosetta.js` wants it."""
    shown = _SHOWN[compared.kind](compared)
    counter, demo = shown["counter"], compared.demo
    shows = counter.get("differ") and counter.get("alone") != 0
    other = demo_for(compared.convention) if not shows and demo is None else ""
    line = _RULE_LINE.get(compared.kind, lambda compared, library: "")
    return shown | {
        "kind": compared.kind,
        "convention": compared.convention,
        "libraries": [{"name": name, "title": ALL[name].title} for name in compared.names],
        "case": compared.app.rosetta.case,
        "suggest": {"case": other, "title": DEMO_SCENES[other].title} if other else None,
        "region": list(demo.view) if demo and demo.view else None,
        "told": [line(compared, library) for library in compared.libraries],
        "question": FIELDS[compared.convention].question,
        "documented": _documented(compared),
        **_predicted(compared, shown),
        "answer": _answer(compared, counter),
        "stride": compared.stride,
        "selection": {"step": shown.pop("word", compared.app.selection.word)} | shown.pop("selection", {}),
    }


def demo_for(convention: str) -> str:
    """A demo scene about a convention, or ''."""
    return next((name for name, demo in DEMO_SCENES.items() if demo.convention == convention), "")


def _predicted(compared: Comparison, shown: dict[str, Any]) -> dict[str, str]:
    """What the page asks to predict, and the answer; both empty where there is nothing to ask."""
    if compared.demo:
        found = compared.demo.predict, demo_predictions.answer(compared)
    else:
        found = predictions.prediction(compared, shown)
    if found is None:
        return {"try_this": "", "reveal": ""}
    question, answer = found
    return {"try_this": say(SENTENCES["predict"], question=question), "reveal": answer}


def _answer(compared: Comparison, counter: dict[str, Any]) -> Any:
    text = counter["text"]
    if compared.demo:
        both = f"{compared.demo.look} {text}"
        return both if _fits(both) else compared.demo.look
    said = _said(compared, counter)
    if compared.a == compared.b or not _fits(f"{said} {text}"):
        return said
    if compared.kind == "labels" and text:  # the browser counts them while boxes move
        return [("rosetta.and_labels", {"answer": said})]
    return f"{said} {text}"


def _said(compared: Comparison, counter: dict[str, Any]) -> str:
    """What both libraries answer."""
    convention = compared.convention
    label = FIELDS[convention].label
    values = {"label": label[0].upper() + label[1:], "a": compared.titles["a"]}
    ours, theirs = (library.means(convention) for library in compared.libraries)
    if compared.a == compared.b:
        return say(SENTENCES["same_library"], ours=ours, **values)
    values["b"] = compared.titles["b"]
    if differs(*compared.libraries, convention):
        return say(SENTENCES["part"], ours=ours, theirs=theirs, **values)
    said = say(SENTENCES["agree"], ours=ours, **values)
    # The anchors' text says itself how much of it comes of this.
    if counter.get("differ") and compared.kind != "anchors":
        return f"{said} {SENTENCES['other_reasons']}"
    return said


def _fits(text: str) -> bool:
    return len(re.sub("<[^>]*>", "", text)) <= ONE_LINE


def _documented(compared: Comparison) -> list[str]:
    """Of A and B, why an answer is documented and not computed; '' where it is computed."""
    demo = compared.demo
    known = dict(demo.documented) if demo else {}
    return [demo.why_documented if name in known else "" for name in compared.names]
