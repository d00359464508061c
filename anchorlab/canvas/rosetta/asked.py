"""One question to two libraries: about the scene, or about a ready case on its own drawing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from anchorlab.canvas.rosetta import libraries
from anchorlab.catalogue.cases import CASES, Case, Kind, Laying, kind_of
from anchorlab.engine import Suppression
from anchorlab.session import results
from anchorlab.session.anchor_source import AnchorSource
from anchorlab.session.app_state import AppState
from anchorlab.session.scene import Scene, drawing
from anchorlab.settings.anchors import AnchorSpec
from anchorlab.settings.matching import MatchSpec


@dataclass(frozen=True, eq=False)
class Asked:
    """One question to two libraries about a scene or a case."""

    app: AppState
    here: Scene
    case: Case | None
    kind: Kind
    a: str
    b: str
    convention: str
    uploaded: Any = None

    @property
    def laying(self) -> Laying:
        return self.case.laying if self.case else libraries.laying_of(self.app.anchors)

    @property
    def anchors(self) -> AnchorSpec:
        """The app state's anchors, which every library matches."""
        return _whole(self.app.anchors)

    @property
    def size(self) -> tuple[int, int]:
        return self.here.height, self.here.width


def asked(app: AppState, here: Scene, uploaded: Any = None) -> Asked:
    """The app state's question; on a case's own drawing if one is open."""
    chosen = app.rosetta
    case = CASES.get(chosen.case)
    kind = case.kind if case else kind_of(chosen.convention)
    return Asked(
        app,
        drawing(chosen.case) if case else here,
        case,
        kind,
        chosen.a,
        chosen.b,
        chosen.convention,
        uploaded,
    )


def _whole(spec: AnchorSpec) -> AnchorSpec:
    """The same anchors, none cut and none left out: what is done at the border is not asked here."""
    return replace(spec, border="keep")


def pair(ask: Asked) -> tuple[np.ndarray, np.ndarray, int, int] | None:
    """The anchor and the object whose four numbers are compared, and their indices: the selected or the last
    object and its best anchor; None without objects."""
    if ask.case:
        anchor = np.asarray(ask.case.anchors[0], np.float32)
        box = np.asarray(ask.case.objects[0], np.float32) if ask.case.objects else anchor
        return anchor, box, 0, 0
    source, boxes, chosen = AnchorSource(ask.anchors), ask.here.boxes, ask.app.selection.object
    if not len(boxes):
        return None
    gt = chosen if 0 <= chosen < len(boxes) else len(boxes) - 1
    best = results.matches(source, *ask.size, ask.here.objects, MatchSpec()).best_anchor
    anchor = int(best[gt])
    return results.anchors(source, *ask.size).xyxy[anchor], boxes[gt], anchor, gt


def stride(ask: Asked) -> float:
    """Pixels of the cell in which YOLO writes the pair."""
    return ask.case.stride if ask.case else ask.app.anchors.stride


def predictions(ask: Asked) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The boxes, scores and classes that are suppressed."""
    if ask.case:
        case = ask.case
        return (
            np.asarray(case.predictions, np.float32),
            np.asarray(case.scores, np.float32),
            np.asarray(case.class_ids, np.int32),
        )
    found, _ = results.predictions(ask.here, ask.app, ask.uploaded)
    return found.xyxy, found.scores, found.class_ids.astype(np.int32)


def limits(ask: Asked) -> dict[str, Any]:
    """The thresholds of suppression."""
    if ask.case:
        return {"iou_threshold": ask.case.iou_threshold, "score_threshold": 0.0}
    nms = ask.app.suppression
    return {name: getattr(nms, name) for name in ("iou_threshold", "score_threshold", "per_class", "top_k")}


def kept(ask: Asked, library: str) -> tuple[Suppression, bool]:
    """(trace, whether it is documented) of a library's suppression."""
    if ask.case:
        return libraries.case_kept(library, ask.case)
    return libraries.kept(library, *predictions(ask), **limits(ask)), False
