"""What the Evaluation page measures: the detections of one picture or of all built-in ones, after their suppression,
against the objects, as the curve takes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from anchorlab import engine
from anchorlab.catalogue.suppression import play
from anchorlab.engine import Detections, DetectionSet, GroundTruthSet
from anchorlab.scenes.catalogue import IDS
from anchorlab.session import results, scene
from anchorlab.session.app_state import AppState, put
from anchorlab.session.own import NOTHING, Own
from anchorlab.session.scene import Scene
from anchorlab.settings.evaluation import EvalSpec
from anchorlab.settings.suppression import Suppression


class Picture(NamedTuple):
    """A picture and what a detector says of it.

    Attributes:
      of: the picture and its objects.
      found: the predictions before suppression.
      classes: the names of their classes.
      best_iou: (G,), of every object the IoU with its best anchor.
    """

    of: Scene
    found: Detections
    classes: tuple[str, ...]
    best_iou: np.ndarray

    def said(self, app: AppState) -> np.ndarray:
        """bool (N,): which predictions the detector makes, if what no anchor reaches was never learned."""
        if not app.evaluation.only_reached or not len(self.best_iou):
            return np.ones(len(self.found.scores), bool)
        source = self.found.source
        return (source < 0) | (self.best_iou[source] >= np.float32(app.evaluation.reach))


def pictures(here: Scene, app: AppState, own: Own = NOTHING) -> list[Picture]:
    """The pictures that the app state asks for; `here`: the scene on the table."""
    if app.evaluation.pictures == "all":
        simulated = put(app, source="simulated")
        scenes = [here if name == here.id else scene.built_in(name) for name in IDS]
        return [_picture(of, simulated) for of in scenes]
    return [_picture(scene.predicted_on(here, app), app, own)]


def _picture(of: Scene, app: AppState, own: Own = NOTHING) -> Picture:
    return Picture(of, *results.predictions(of, app, own), results.matched(of, app)[1].best_anchor_iou)


def names(of: Sequence[Picture]) -> tuple[str, ...]:
    """The classes of all pictures' objects and predictions: the same name is the same class."""
    return tuple(dict.fromkeys(name for p in of for name in (*p.of.classes, *p.classes)))


class Listed(NamedTuple):
    """N detections as suppression lets them out, picture by picture; and G objects.

    Attributes:
      names: the classes.
      picture, class_id: int (N,), by their places among the pictures and `names`.
      prediction: int (N,), the row of the picture's predictions.
      score: (N,).
      boxes: (N, 4).
      gt_picture, gt_class_id: int (G,).
      gt_row: int (G,), the row among the objects of all pictures and classes.
      gt_boxes: (G, 4).
    """

    names: tuple[str, ...]
    picture: np.ndarray
    class_id: np.ndarray
    prediction: np.ndarray
    score: np.ndarray
    boxes: np.ndarray
    gt_picture: np.ndarray
    gt_class_id: np.ndarray
    gt_row: np.ndarray
    gt_boxes: np.ndarray

    def only(self, category: int) -> Listed:
        """Those of one class; all if it is none of them."""
        if not 0 <= category < len(self.names):
            return self
        mine, theirs = self.class_id == category, self.gt_class_id == category
        return Listed(self.names, *(part[mine] for part in self[1:6]), *(part[theirs] for part in self[6:]))

    def as_one(self) -> tuple[DetectionSet, GroundTruthSet]:
        """All classes in one list, where each detection finds objects of its own class alone: of every picture each class
        is an image of its own."""
        several = max(1, len(self.names))
        return (
            DetectionSet(
                self.picture * several + self.class_id, np.zeros_like(self.class_id), self.score, self.boxes
            ),
            GroundTruthSet(
                self.gt_picture * several + self.gt_class_id, np.zeros_like(self.gt_class_id), self.gt_boxes
            ),
        )

    def class_by_class(self) -> tuple[DetectionSet, GroundTruthSet]:
        return (
            DetectionSet(self.picture, self.class_id, self.score, self.boxes),
            GroundTruthSet(self.gt_picture, self.gt_class_id, self.gt_boxes),
        )


def suppression(app: AppState) -> Suppression:
    """The NMS page's, from the score on that detections are counted from."""
    return replace(app.suppression, score_threshold=app.evaluation.score_threshold)


def listed(of: Sequence[Picture], app: AppState) -> Listed:
    """What suppression makes of all pictures' predictions."""
    known = names(of)
    columns: list[list[np.ndarray]] = [[] for _ in range(9)]
    for k, picture in enumerate(of):
        (rows,) = np.nonzero(picture.said(app))
        found = Detections(*(part[rows] for part in picture.found))
        played = play(found, suppression(app))
        own = np.array([known.index(name) for name in picture.classes] or [0])
        theirs = np.array([known.index(name) for name in picture.of.classes] or [0])
        parts = (
            np.full(len(played.keep), k),
            own[found.class_ids[played.keep]],
            rows[played.keep],
            played.final_scores[played.keep],
            played.boxes,
            np.full(len(picture.of.boxes), k),
            theirs[picture.of.class_ids],
            np.arange(len(picture.of.boxes)) + sum(len(other.of.boxes) for other in of[:k]),
            picture.of.boxes,
        )
        for column, part in zip(columns, parts, strict=True):
            column.append(part)
    return Listed(known, *(np.concatenate(column) for column in columns))


class Counted(NamedTuple):
    """The detections of a curve, best score first; D of them.

    Attributes:
      rows: `Listed`, of the class that the curve is of.
      index: int (D,), their rows.
      outcome, gt, overlap, better: (D,), as in `engine.Stories`; `gt` by its row among the objects of all pictures and
        classes, `better` by its place in this list.
      recall, precision: (D,).
      ap: the average precision; None without objects.
    """

    rows: Listed
    index: np.ndarray
    outcome: np.ndarray
    gt: np.ndarray
    overlap: np.ndarray
    better: np.ndarray
    recall: np.ndarray
    precision: np.ndarray
    ap: float | None


def counted(of: Sequence[Picture], app: AppState) -> Counted:
    """What the app state's rule makes of the app state's detections."""
    rows = listed(of, app).only(app.evaluation.category)
    spec = app.evaluation.spec()
    answer = engine.evaluate(*rows.as_one(), spec)
    if not len(answer.class_ids):  # neither detections nor objects
        nothing, no = np.zeros(0, np.int32), np.zeros(0)
        return Counted(rows, nothing, nothing, nothing, no, nothing, no, no, None)
    curve = answer.curve(0, spec.iou_thresholds[0])
    index, stories = curve.detection, answer.stories
    place = np.full(len(rows.score) + 1, -1, np.int32)
    place[index] = np.arange(len(index))
    return Counted(
        rows,
        index,
        stories.outcome[0, index],
        np.append(rows.gt_row, -1)[stories.gt_index[0, index]],
        stories.overlap[0, index],
        place[stories.better[0, index]],
        curve.recall,
        curve.precision,
        None if np.isnan(answer.ap[0, 0, 0, 0]) else float(answer.ap[0, 0, 0, 0]),
    )


def figures(of: Sequence[Picture], app: AppState) -> dict[str, tuple[float, float]]:
    """The figures that papers print, of the same detections: as one list, and as the mean over classes; NaN without
    objects.

    'voc07' and 'voc' at .5, 'AP50', 'AP75' and 'AP' as COCO has them.
    """
    rows = listed(of, app).only(app.evaluation.category)
    both = [rows.as_one(), rows.class_by_class()]
    coco = app.evaluation.spec("coco", *EvalSpec().iou_thresholds)
    found = {
        rule: [engine.evaluate(*of, app.evaluation.spec(rule, 0.5)).summary()["AP"] for of in both]
        for rule in ("voc07", "voc")
    }
    summaries = [engine.evaluate(*of, coco).summary() for of in both]
    found |= {name: [s[name] for s in summaries] for name in ("AP50", "AP75", "AP")}
    return {name: tuple(values) for name, values in found.items()}


def summary(of: Sequence[Picture], app: AppState) -> dict[str, float]:
    """COCO's whole summary, the mean over classes."""
    return engine.evaluate(*listed(of, app).only(app.evaluation.category).class_by_class()).summary()
