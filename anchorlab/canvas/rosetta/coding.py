"""What the picture shows of a question about offsets: one box as both libraries write and read it."""

from __future__ import annotations

from typing import Any

import numpy as np

from anchorlab.canvas.rosetta import libraries
from anchorlab.canvas.rosetta.asked import Asked, pair, stride
from anchorlab.canvas.rosetta.libraries import TITLES, Unanswered
from anchorlab.canvas.rosetta.words import number


def shown(ask: Asked) -> dict[str, Any]:
    """The pair's four numbers by either library, and the boxes that both read from A's (or the case's)."""
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
            alone = _alone(ask, anchor, box, said)
            if alone is not None and abs(alone - apart) >= 0.05:
                text = f"{text.removesuffix('.')}, because of this alone by {number(alone, 1)}."
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


def _alone(ask: Asked, anchor: np.ndarray, box: np.ndarray, said: np.ndarray) -> float | None:
    """How far the box would land if B differed from A in this convention alone; None if it could not."""
    try:
        changed = libraries.exchanged(ask.a, ask.b, ask.convention)
        read = libraries.decoded(changed, anchor, said, stride(ask))
    except Unanswered:
        return None
    return float(np.abs(read - box).max())
