"""What the picture shows of a question about suppression: which predictions either library keeps."""

from __future__ import annotations

from typing import Any

import numpy as np

from anchorlab.catalogue.libraries import Library
from anchorlab.engine import Status
from anchorlab.session import library_answers
from anchorlab.session.comparison import Comparison
from anchorlab.session.library_answers import Unanswered
from anchorlab.wording import Sentence, number, say

SENTENCES: dict[str, Sentence] = {
    "predictions": {"one": "prediction", "other": "predictions"},
    "boxes": {"one": "{count} box", "other": "{count} boxes"},
    "same": "{a} keeps {kept_a} of {boxes}, {b} {kept_b}; <b>none</b> differs.",
    "kept": {
        "one": "{a} keeps {kept_a} of {boxes}, {b} {kept_b}; <b>{count}</b> differs.",
        "other": "{a} keeps {kept_a} of {boxes}, {b} {kept_b}; <b>{count}</b> differ.",
    },
    "kept_alone": {
        "one": "{a} keeps {kept_a} of {boxes}, {b} {kept_b}; <b>{count}</b> differs, {alone} because of this alone.",
        "other": "{a} keeps {kept_a} of {boxes}, {b} {kept_b}; <b>{count}</b> differ, {alone} because of this alone.",
    },
    # What falls, in a line of parts.
    "falls_above": "a box of its class falls: IoU > {threshold}",
    "falls_from": "a box of its class falls: IoU ≥ {threshold}",
    "falls_above_any": "a box of any class falls: IoU > {threshold}",
    "falls_from_any": "a box of any class falls: IoU ≥ {threshold}",
    "leads_first": "of equal scores the first leads",
    "leads_last": "of equal scores the last leads",
}


def shown(compared: Comparison) -> dict[str, Any]:
    """The predictions, and what either library does with each."""
    xyxy, scores, class_ids = compared.predictions
    data: dict[str, Any] = {
        "predictions": xyxy,
        "scores": scores,
        "prediction_classes": class_ids,
        "sides": [],
    }
    status = []
    for name, library in zip("ab", compared.names, strict=True):
        try:
            trace, documented = compared.kept(library)
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
    differ, caused = np.zeros(len(xyxy), bool), None
    if len(status) == 2:
        differ = status[0] != status[1]
        caused = _caused(compared, *status)
        caused = None if caused is None else differ & caused
    count, total = int(differ.sum()), len(xyxy)
    alone = None if caused is None else int(caused.sum())
    chosen = compared.app.selection.prediction
    if not 0 <= chosen < total:
        shows = caused if caused is not None and caused.any() else differ
        chosen = int(np.argmax(shows)) if differ.any() else (int(np.argmax(scores)) if total else -1)
    return data | {
        "differs": differ,
        "caused": np.zeros(0, bool) if caused is None else caused,
        "threshold": compared.limits["iou_threshold"],
        "counter": {
            "same": total - count,
            "differ": count,
            "total": total,
            "noun": say(SENTENCES["predictions"], count=total),
            "text": _text(compared, status, total, count, alone) if len(status) == 2 else "",
            **({} if alone is None else {"alone": alone}),
        },
        "selection": {"prediction": chosen},
    }


def _text(compared: Comparison, status: list[np.ndarray], total: int, count: int, alone: int | None) -> str:
    stay_a, stay_b = (int((s == Status.KEPT).sum()) for s in status)
    boxes = say(SENTENCES["boxes"], count=total)
    values: dict[str, str | int] = {**compared.titles, "kept_a": stay_a, "kept_b": stay_b, "boxes": boxes}
    if not count:
        return say(SENTENCES["same"], **values)
    if alone is None or alone == count:
        return say(SENTENCES["kept"], count=count, **values)
    return say(SENTENCES["kept_alone"], count=count, alone=alone or "none", **values)


def _caused(compared: Comparison, ours: np.ndarray, theirs: np.ndarray) -> np.ndarray | None:
    """Which predictions A would treat otherwise if it gave this one answer as B does, or B if it gave it as A does;
    None where neither can."""
    if compared.demo and {*compared.names} & set(dict(compared.demo.documented)):
        return None  # what is documented is no rule that could be changed
    found = []
    for library, other, own in ((compared.a, compared.b, ours), (compared.b, compared.a, theirs)):
        try:
            changed = library_answers.exchanged(library, other, compared.convention)
        except Unanswered:
            continue
        found.append(compared.kept(changed)[0].status != own)
    return np.any(found, axis=0) if found else None


def rule_line(compared: Comparison, library: Library) -> str:
    """In a line what a library suppresses."""
    sign, of = "from" if library.suppress_equal else "above", "_any" if library.classes == "none" else ""
    falls = say(SENTENCES[f"falls_{sign}{of}"], threshold=number(compared.limits["iou_threshold"]))
    return f"{falls} · {SENTENCES[f'leads_{library.ties}']}"
