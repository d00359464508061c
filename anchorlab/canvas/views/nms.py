"""NMS: what is done with predictions that say the same thing twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from anchorlab.catalogue.suppression import METHODS, play
from anchorlab.engine import Detections
from anchorlab.engine.played import Played, taking_part
from anchorlab.session.app_state import AppState
from anchorlab.settings.suppression import Suppression
from anchorlab.wording import say

MAX_ROWS = 300
"""Predictions that the comparison lists."""


def answer(s: Suppression) -> list[tuple[str, dict[str, str | int]]]:
    """What the method does, as it is set; the browser knows what a slider moves."""
    return [(f"methods.{s.method}.{key}", {}) for key in METHODS[s.method].answer(s)]


def choosing(name: str) -> dict[str, Any]:
    """What choosing a method changes in an app state: its player starts anew."""
    return {
        "suppression__method": name,
        "selection__nms_round": -1,
        "selection__prediction": -1,
        "selection__partner": -1,
    }


def message(app: AppState, found: Detections, played: Played, classes: Sequence[str]) -> dict[str, Any]:
    """What the canvas is told besides the scene: predictions of these classes, and what was made of them."""
    return {
        **stage_data(found, played),
        **question(app.suppression),
        "selection": {"step": step_shown(played, app)},
        "source": app.source,
        "classes": list(classes),
        "suppression": asdict(app.suppression),
        "methods": {name: method.title for name, method in METHODS.items()},
    }


def step_shown(played: Played, app: AppState) -> int:
    """The step that was chosen, or else the one where the story begins."""
    chosen = app.selection.nms_round
    return METHODS[app.suppression.method].first_step(played) if chosen < 0 else chosen


def question(s: Suppression) -> dict[str, Any]:
    """What the page asks to predict: the text, the change it asks for (another value than is set, of which control),
    and why its answer is what it is."""
    path, (first, second), text, reason, digits = METHODS[s.method].question(s)
    now: Any = s
    for name in path.split(".")[1:]:
        now = getattr(now, name)
    value = second if abs(now - first) < 0.005 else first
    return {
        "try_this": say(text, value=f"{value:.{digits}f}"),
        "try_change": {path: value},
        "try_control": path.replace(".", "_"),
        "try_reason": reason,
    }


def stage_data(found: Detections, played: Played) -> dict[str, Any]:
    """Predictions and what a method made of them, for the player."""
    return {
        "predictions": found.xyxy,
        "scores": found.scores,
        "prediction_classes": found.class_ids,
        "order": played.order,
        "status": played.status,
        "round": played.round,
        "suppressed_by": played.suppressed_by,
        "prediction_iou": np.nan_to_num(played.iou).astype(np.float32),
        "final_scores": played.final_scores,
        "factor": played.factor,
        "compensation": played.compensation,
        "rounds": played.steps,
        "above": played.above,
        "kept": len(played.keep),
    }


def side_by_side(found: Detections, s: Suppression) -> dict[str, Any]:
    """Every method on the same predictions, with the same thresholds and conventions, as the page shows them.

    Returns:
      `rows`, the predictions that take part, best first and at most MAX_ROWS; `methods`, for each its name and title,
      how many boxes come out (`count`), which they are (`keep`) and where (`boxes`), best first and at most MAX_ROWS,
      and for each of the rows its `state` (1 comes out, 2 does not) and final score.
    """
    part, _ = taking_part(found, s)
    rows = part.index[:MAX_ROWS]
    methods = []
    for name, method in METHODS.items():
        played = play(found, replace(s, method=name))
        methods.append(
            {
                "name": name,
                "title": method.title,
                "count": len(played.keep),
                "keep": played.keep[:MAX_ROWS].tolist(),
                "boxes": np.round(played.boxes[:MAX_ROWS].astype(float), 3).tolist(),
                "state": played.status[rows].tolist(),
                "scores": np.round(played.final_scores[rows].astype(float), 4).tolist(),
            }
        )
    return {"rows": rows.tolist(), "methods": methods}
