"""What the NMS page sends ahead of need: what the simulated predictions of the neighbouring seeds are made from, and the
predictions of the other sources.

Without it a step of the seed takes more than four times as long as the same step on a page of text alone, and another
source six times; a choice may take three.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from anchorlab.canvas import message
from anchorlab.canvas.views import nms
from anchorlab.scenes.predictions_io import Predictions
from anchorlab.session import results, scene
from anchorlab.session.app_state import AppState, put
from anchorlab.session.scene import Scene

MAX_ROWS = 300
"""Of more predictions nothing is sent ahead: it would outweigh everything else."""


def shown(here: Scene, app: AppState, uploaded: Predictions | None) -> dict[str, Any]:
    """All of it; `here`: the app state's scene."""
    of_seeds = seeds(here, app) if app.source == "simulated" else {}
    return of_seeds | sources(here, app, uploaded)


def seeds(here: Scene, app: AppState) -> dict[str, Any]:
    """The material of the seeds on either side, as `nms.material_data` names it, but "next_" and "last_"."""
    data: dict[str, Any] = {}
    for side, seed in (("next", app.simulate.seed + 1), ("last", app.simulate.seed - 1)):
        if seed >= 0:
            data |= nms.material_data(app, results.material(here, put(app, simulate__seed=seed)), side)
    return data if all(len(rows) <= MAX_ROWS for rows in data.values()) else {}


def sources(here: Scene, app: AppState, uploaded: Predictions | None) -> dict[str, Any]:
    """The predictions of the sources that are not shown, each with its picture; `here`: the app state's scene."""
    data: dict[str, Any] = {"sources": {}}
    for source, _ in nms.SOURCE.options:
        if source == app.source:
            continue
        other = replace(app, source=source)
        of = scene.predicted_on(here, other)
        found, classes = results.predictions(of, other, uploaded)
        if len(found.scores) <= MAX_ROWS:
            data["sources"][source] = {"photo": message.photo_data(of), "classes": list(classes)}
            data |= {
                f"{source}_predictions": found.xyxy,
                f"{source}_scores": found.scores,
                f"{source}_prediction_classes": found.class_ids,
            }
    return data
