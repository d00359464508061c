"""What the NMS page sends ahead of need, so that the browser answers its controls before the server does: what the
simulated predictions are made from, for this seed and its neighbours, and the predictions of the other sources."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import numpy as np

from anchorlab.canvas import component
from anchorlab.engine import Detections, Material
from anchorlab.scenes.predictions_io import Predictions
from anchorlab.session import results, scene
from anchorlab.session.app_state import AppState
from anchorlab.session.scene import Scene

PER_OBJECT, FALSE_ALARMS = 20, 30
"""How far the sliders of the simulated detector go."""
MAX_ROWS = 300
"""Of more predictions the neighbouring seeds are not sent: they would outweigh everything else."""


def simulation_data(here: Scene, app: AppState) -> dict[str, Any]:
    """What the browser needs to simulate by itself while a slider moves or the seed steps."""
    most = {
        "per_object": max(PER_OBJECT, app.simulate.per_object),
        "false_alarms": max(FALSE_ALARMS, app.simulate.false_alarms),
    }
    made = _rows(results.material(here, app), **most)
    data = {"simulate": {**asdict(app.simulate), "clamp": app.coder.clamp}, "made_for": most}
    data |= {f"made_{name}": values for name, values in made.items()}
    if len(made["rank"]) > MAX_ROWS:
        return data
    for name, seed in (("next", app.simulate.seed + 1), ("last", app.simulate.seed - 1)):
        if seed >= 0:
            other = results.material(here, replace(app, simulate=replace(app.simulate, seed=seed)))
            data |= {f"{name}_{key}": values for key, values in _rows(other, **most).items()}
    return data


def _rows(material: Material, per_object: int, false_alarms: int) -> dict[str, np.ndarray]:
    """The rows that the sliders can ask for."""
    of_object = material.source >= 0
    rows = material.real & (material.rank < np.where(of_object, per_object, false_alarms))
    return {name: values[rows] for name, values in material._asdict().items() if name != "real"}


def source_data(here: Scene, app: AppState, uploaded: Predictions | None) -> dict[str, Any]:
    """The predictions of the sources that are not shown, each with its picture.

    Args:
      here: the app state's scene, whatever source is shown.
    """
    data: dict[str, Any] = {"sources": {}}
    for source in ("simulated", "book", "upload"):
        if source == app.source:
            continue
        other = replace(app, source=source)
        of = scene.predicted_on(here, other)
        found, classes = results.predictions(of, other, uploaded)
        if len(found.scores) <= MAX_ROWS:
            data["sources"][source] = {"photo": component.photo_data(of), "classes": list(classes)}
            data |= _prediction_arrays(source, found)
    return data


def _prediction_arrays(source: str, found: Detections) -> dict[str, np.ndarray]:
    return {
        f"{source}_predictions": found.xyxy,
        f"{source}_scores": found.scores,
        f"{source}_prediction_classes": found.class_ids,
    }
