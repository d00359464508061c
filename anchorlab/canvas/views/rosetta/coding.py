"""What the picture shows of a question about offsets: one box as both libraries write and read it."""

from __future__ import annotations

from typing import Any

import numpy as np

from anchorlab.session import library_answers
from anchorlab.session.comparison import Comparison, pair
from anchorlab.session.library_answers import Unanswered
from anchorlab.wording import Sentence, number, say

SENTENCES: dict[str, Sentence] = {
    "nothing": "Draw an object: without one there is nothing to encode.",
    "box": {"one": "box", "other": "boxes"},
    "given": "{b} reads a box up to <b>{pixels}</b> pixels away from {a}’s.",
    "alike": "{b} reads {a}’s four numbers as {a} does.",
    "miss": "Read by {b}, {a}’s four numbers miss the object by up to <b>{pixels}</b> pixels.",
    "miss_alone": "Read by {b}, {a}’s four numbers miss the object by up to <b>{pixels}</b> pixels, because of this alone "
    "by {alone}.",
    # What people are asked to predict.
    "predict": "read by {b}, do {a}’s four numbers make too large a box or too small a one?",
    "neither": "<b>Neither</b>: {object}, as the object.",
    "too_large": "<b>Too large</b>: {read} for {object}.",
    "too_small": "<b>Too small</b>: {read} for {object}.",
    "narrow_tall": "<b>Both</b>: too narrow and too tall, {read} for {object}.",
    "wide_flat": "<b>Both</b>: too wide and too flat, {read} for {object}.",
}


def shown(compared: Comparison) -> dict[str, Any]:
    """The pair's four numbers by either library, and the boxes that both read from A's (or the demo scene's)."""
    chosen = pair(compared)
    counter = {"same": 0, "differ": 0, "total": 0, "noun": say(SENTENCES["box"], count=0), "text": ""}
    if chosen is None:
        problem = {"problem": SENTENCES["nothing"]}
        return {"sides": [problem, problem], "pair": None, "counter": counter}
    anchor, box, anchor_index, gt = chosen
    given = compared.demo.offsets if compared.demo else None
    sides: list[dict[str, Any]] = []
    said = None if given is None else np.asarray(given, np.float32)
    for library in compared.names:
        try:
            own = said if given else library_answers.encoded(library, anchor, box, compared.stride)
            said = own if said is None else said
            read = library_answers.decoded(library, anchor, said, compared.stride)
            sides.append(
                {"problem": "", "t": own.tolist(), "box": read.tolist(), "said": [number(v, 3) for v in own]}
            )
        except Unanswered as why:
            sides.append({"problem": str(why)})
    if not any(side["problem"] for side in sides):
        counter = _counter(compared, sides, anchor, box, said)
    return {
        "sides": sides,
        "given": given is not None,
        "pair": {"anchor": anchor.tolist(), "object": box.tolist(), "anchor_index": anchor_index, "gt": gt},
        "counter": counter,
    }


def _counter(compared: Comparison, sides: list[dict[str, Any]], anchor, box, said) -> dict[str, Any]:
    first, second = (np.asarray(side["box"]) for side in sides)
    unequal = not np.allclose(sides[0]["t"], sides[1]["t"], rtol=1e-6, atol=1e-9)
    given = compared.demo is not None and compared.demo.offsets is not None
    apart = float(np.abs(second - (first if given else box)).max())
    name, values = "miss", {"pixels": number(apart, 1 if apart >= 0.05 else 6)}
    if given:
        name, values = "given", {"pixels": number(apart, 1)}
    else:
        alone = _alone(compared, anchor, box, said)
        if alone is not None and abs(alone - apart) >= 0.05:
            name, values = "miss_alone", values | {"alone": number(alone, 1)}
        elif apart < 1e-3 and not unequal:
            name, values = "alike", {}
    differ = int(unequal or np.abs(first - second).max() > 1e-3)
    return {
        "same": 1 - differ,
        "differ": differ,
        "total": 1,
        "noun": say(SENTENCES["box"], count=1),
        "text": say(SENTENCES[name], **compared.titles, **values),
        "apart": apart,
    }


def _alone(compared: Comparison, anchor: np.ndarray, box: np.ndarray, said: np.ndarray) -> float | None:
    """How far the box would land if B differed from A in this convention alone; None if it could not."""
    try:
        read = library_answers.decoded(compared.exchanged(), anchor, said, compared.stride)
    except Unanswered:
        return None
    return float(np.abs(read - box).max())


def larger_or_smaller(read: np.ndarray, box: np.ndarray) -> str:
    """How the size of a box that was read compares with the object's."""
    (w, h), (ow, oh) = ((float(b[2] - b[0]), float(b[3] - b[1])) for b in (read, box))
    sizes = {
        "read": f"{number(w, 1)} × {number(h, 1)}",
        "object": f"{number(ow, 1)} × {number(oh, 1)}",
    }
    if abs(w - ow) < 0.05 and abs(h - oh) < 0.05:
        return say(SENTENCES["neither"], object=sizes["object"])
    if w >= ow - 0.05 and h >= oh - 0.05:
        return say(SENTENCES["too_large"], **sizes)
    if w <= ow + 0.05 and h <= oh + 0.05:
        return say(SENTENCES["too_small"], **sizes)
    return say(SENTENCES["wide_flat" if w > ow else "narrow_tall"], **sizes)
