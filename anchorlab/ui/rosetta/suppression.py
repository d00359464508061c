"""What the picture shows of a question about suppression: which predictions either library keeps."""

from __future__ import annotations

from typing import Any

import numpy as np

from anchorlab.engine import Status
from anchorlab.ui.rosetta.asked import Asked, kept, predictions
from anchorlab.ui.rosetta.libraries import TITLES, Unanswered


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
