"""The parts that several pages' messages to the canvas are made of. `contract` says what each page's holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from anchorlab.engine import Anchors, Detections, Matches, Suppression
from anchorlab.engine.played import Played
from anchorlab.session import anchor_source, results
from anchorlab.session.anchor_source import AnchorSource
from anchorlab.session.app_state import AppState
from anchorlab.session.scene import Scene
from anchorlab.settings.matching import Matching

Answer = str | Sequence[tuple[str, dict[str, str | int]]]
"""The page's answer: keys of sentences, each with the values that Python knows (the view's `numbers` adds those that a
slider moves); or finished HTML."""


POINTED = ("object", "anchor", "cell", "prediction", "partner", "level")
"""What may be pointed at on a canvas."""
STEPS = {
    "rosetta": "word",
    "home": "home_step",
    "matching": "greedy_step",
    "nms": "nms_round",
    "pyramid": "level",
}
"""Which part of the selection a page's steps are."""


def photo_data(of: Scene) -> dict[str, Any]:
    """A picture as a stage knows it; its bytes travel apart, once, and of squared paper there are none."""
    paper = {"squares": of.photo.squares} if of.photo.squares else {}
    return {"id": of.photo.id, "width": of.width, "height": of.height, "alt": of.alt, **paper}


def anchor_data(source: AnchorSource, anchors: Anchors, here: Scene) -> dict[str, Any]:
    """Where the anchors come from, for the browser to generate them by itself: a hundred thousand of them travel
    only where rounding could tell."""
    size = (here.height, here.width)
    height, width = source.frame(*size)
    data = {
        "pyramid": anchor_source.spec_data(source.spec),
        "frame": [width, height],
    }
    if source.exact(*size):
        return data
    usable = results.usable(source, anchors)
    return data | {"anchors": anchors.xyxy} | ({} if usable is None else {"usable": usable})


def rule_data(matching: Matching) -> dict[str, Any]:
    """The rule in force and the settings of all, as the browser takes them."""
    return asdict(matching)


def match_data(found: Matches, app: AppState) -> dict[str, Any]:
    """The labels of a matching, with what the browser needs to repeat it while boxes move."""
    return {
        "match": rule_data(app.matching),
        "label": found.label,
        "gt_index": found.gt_index,
        "best_iou": found.best_iou,
        "reason": found.reason,
        "best_anchor": found.best_anchor,
        "best_anchor_iou": found.best_anchor_iou,
    }


def prediction_data(found: Detections, trace: Suppression | Played) -> dict[str, Any]:
    """Predictions and the trace of their suppression, for the player."""
    return {
        "predictions": found.xyxy,
        "scores": found.scores,
        "prediction_classes": found.class_ids,
        "order": trace.order,
        "status": trace.status,
        "round": trace.round,
        "suppressed_by": trace.suppressed_by,
        "prediction_iou": np.nan_to_num(trace.iou).astype(np.float32),
    }
