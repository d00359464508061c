"""What the picture shows of a question about suppression: which predictions either library keeps."""

from __future__ import annotations

from typing import Any

import numpy as np

from anchorlab.canvas.rosetta import libraries
from anchorlab.canvas.rosetta.asked import Asked, kept, limits, predictions
from anchorlab.canvas.rosetta.libraries import TITLES, Unanswered
from anchorlab.canvas.rosetta.words import because_of_this
from anchorlab.engine import Status
from anchorlab.wording import counted, noun_of


def shown(ask: Asked) -> dict[str, Any]:
    """The predictions, and what either library does with each."""
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
    text, caused, alone = "", None, None
    if len(status) == 2:
        caused = _caused(ask, *status)
        caused = None if caused is None else differ & caused
        alone = None if caused is None else int(caused.sum())
        fate = f"<b>{count or 'none'}</b> {'differ' if count > 1 else 'differs'}"
        text = f"{a} keeps {stay[0]} of {counted(total, 'box', 'boxes')}, {b} {stay[1]}; {fate}{because_of_this(count, alone)}."
    chosen = ask.app.selection.prediction
    if not 0 <= chosen < total:
        shows = caused if caused is not None and caused.any() else differ
        chosen = int(np.argmax(shows)) if differ.any() else (int(np.argmax(scores)) if total else -1)
    return data | {
        "differs": differ,
        "caused": np.zeros(0, bool) if caused is None else caused,
        "threshold": ask.case.iou_threshold if ask.case else ask.app.suppression.iou_threshold,
        "counter": {
            "same": total - count,
            "differ": count,
            "total": total,
            "noun": noun_of(total, "prediction"),
            "text": text,
            **({} if alone is None else {"alone": alone}),
        },
        "selection": {"prediction": chosen},
    }


def _caused(ask: Asked, ours: np.ndarray, theirs: np.ndarray) -> np.ndarray | None:
    """Which predictions A would treat otherwise if it gave this one answer as B does, or B if it gave it as A does;
    None where neither can."""
    if ask.case and {ask.a, ask.b} & set(dict(ask.case.documented)):
        return None  # what is documented is no rule that could be changed
    found = []
    for library, other, own in ((ask.a, ask.b, ours), (ask.b, ask.a, theirs)):
        try:
            changed = libraries.exchanged(library, other, ask.convention)
        except Unanswered:
            continue
        found.append(libraries.kept(changed, *predictions(ask), **limits(ask)).status != own)
    return np.any(found, axis=0) if found else None
