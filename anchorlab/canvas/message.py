"""The parts that several pages' messages to the canvas are made of: what each holds, and what makes it.

A message is a mapping of names to JSON data and arrays. What a page's own holds is declared beside what it shows
(`Message` of its view), and `contract` holds the ones against the others.
"""

from dataclasses import fields, is_dataclass
from typing import Annotated, Any, NotRequired, TypedDict

import numpy as np

from anchorlab.engine import Detections, Matches
from anchorlab.engine import Suppression as Trace
from anchorlab.engine.played import Played
from anchorlab.session import anchor_source
from anchorlab.session.anchor_source import AnchorSource
from anchorlab.session.scene import Scene
from anchorlab.settings.matching import Matching

POINTED = ("object", "anchor", "cell", "prediction", "partner", "level")
"""What may be pointed at on a canvas."""


# ---- what the parts are


class Array:
    """Of an array: its dtype and how many axes it has."""

    def __init__(self, dtype: str, rank: int):
        self.dtype, self.rank = dtype, rank

    def __repr__(self) -> str:
        return f"{self.dtype}[{', '.join(':' * self.rank)}]"


Boxes = Annotated[np.ndarray, Array("float32", 2)]
Floats = Annotated[np.ndarray, Array("float32", 1)]
Ints = Annotated[np.ndarray, Array("int32", 1)]
Bytes = Annotated[np.ndarray, Array("int8", 1)]
Bools = Annotated[np.ndarray, Array("bool", 1)]
Bits = Annotated[np.ndarray, Array("uint8", 1)]


class Photo(TypedDict):
    """The picture; its bytes travel apart. `squares`: pixels of a square, of squared paper."""

    id: str
    width: int
    height: int
    alt: str
    squares: NotRequired[float]


class Selection(TypedDict):
    """What is pointed at, -1 where nothing is; `step`: of the page's own steps; `suggested`: nobody chose the anchor, the
    page did."""

    object: int
    anchor: int
    cell: int
    prediction: int
    partner: int
    level: int
    step: int
    suggested: bool


class Level(TypedDict):
    name: str
    stride: float
    map_size: list[int] | None
    shapes: list[list[float]]


class Pyramid(TypedDict):
    """Levels of anchors, in pixels of the resized picture; a grid is one level."""

    levels: list[Level]
    center: float
    uneven: str
    border: str


class Common(TypedDict):
    """What every view receives: the scene, the controls' settings by their paths, and where the session stands.

    `edit` and `pick` number the last change and the last selection of the browser that Python knows; `travelled` says what
    undo took back.
    """

    view: str
    answer: str | list[tuple[str, dict[str, Any]]]
    photo: Photo
    boxes: Boxes
    class_ids: Ints
    classes: list[str]
    selection: Selection
    settings: dict[str, Any]
    edit: int
    pick: int
    can_undo: bool
    can_redo: bool
    link: str
    travelled: str


class Generated(TypedDict):
    """Where the anchors come from: the browser generates them by itself."""

    pyramid: Pyramid
    frame: list[int]


class Matched(TypedDict):
    """Every anchor's label, object, best IoU and reason, and every object's best anchor."""

    label: Bytes
    gt_index: Ints
    best_iou: Floats
    reason: Bytes
    best_anchor: Ints
    best_anchor_iou: Floats


class Suppressed(TypedDict):
    """Predictions, best first in `order`, and in which round each was kept (status 1) or suppressed (2), by whom."""

    predictions: Boxes
    scores: Floats
    prediction_classes: Ints
    order: Ints
    status: Bytes
    round: Ints
    suppressed_by: Ints
    prediction_iou: Floats


# ---- what makes them


def photo_data(of: Scene) -> dict[str, Any]:
    """A picture as a stage knows it; its bytes travel apart, once, and of squared paper there are none."""
    paper = {"squares": of.photo.squares} if of.photo.squares else {}
    return {"id": of.photo.id, "width": of.width, "height": of.height, "alt": of.alt, **paper}


def anchor_data(source: AnchorSource, here: Scene) -> dict[str, Any]:
    """Where the anchors come from, for the browser to generate them by itself, a hundred thousand of them, to the last bit
    as the engine does."""
    height, width = source.frame(here.height, here.width)
    return {"pyramid": anchor_source.spec_data(source.spec), "frame": [width, height]}


def settings_of(path: str, record: Any) -> dict[str, Any]:
    """{path: value} of a record of settings, and of the records in it."""
    found: dict[str, Any] = {}
    for f in fields(record):
        value, below = getattr(record, f.name), f"{path}.{f.name}"
        found |= settings_of(below, value) if is_dataclass(value) else {below: value}
    return found


def rule_settings(matching: Matching) -> dict[str, Any]:
    """{path: value} of the rule in force and of the settings of all, with which the browser repeats a matching while boxes
    move."""
    return settings_of("matching", matching)


def match_data(found: Matches) -> dict[str, Any]:
    """The labels of a matching."""
    return {
        "label": found.label,
        "gt_index": found.gt_index,
        "best_iou": found.best_iou,
        "reason": found.reason,
        "best_anchor": found.best_anchor,
        "best_anchor_iou": found.best_anchor_iou,
    }


def prediction_data(found: Detections, trace: Trace | Played) -> dict[str, Any]:
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
