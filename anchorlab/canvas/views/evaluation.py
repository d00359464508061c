"""Evaluation: how good the detections are, counted one by one."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any, TypedDict

import numpy as np

from anchorlab.canvas import message
from anchorlab.canvas.views.page import Need, Page
from anchorlab.catalogue.controls import ALL, Choice, Control, Slider, Switch, key
from anchorlab.catalogue.glossary import explained
from anchorlab.catalogue.suppression import METHODS
from anchorlab.engine.buckets import ROWS, bucket
from anchorlab.export import evaluators
from anchorlab.session import evaluating, scene, snippets
from anchorlab.session.app_state import AppState, put
from anchorlab.session.evaluating import Picture
from anchorlab.session.own import Own
from anchorlab.session.scene import Scene
from anchorlab.settings.evaluation import RULES, Interpolation
from anchorlab.settings.suppression import Suppression
from anchorlab.wording import Sentence

SENTENCES: dict[str, Sentence] = {
    "answer": {
        "one": "Average precision <b>{ap}</b>: at an IoU from {iou} on, {found} of {count} object is found; false positives: "
        "{false} of {counted}.",
        "other": "Average precision <b>{ap}</b>: at an IoU from {iou} on, {found} of {count} objects are found; false "
        "positives: {false} of {counted}.",
    },
    "answer_nothing": "There is no object to find, so no recall and no average precision.",
    "label": {
        "one": "{alt} Detection {step} of {count}, with the precision-recall curve so far, and all detections, best score first.",
        "other": "{alt} Detection {step} of {count}, with the precision-recall curve so far, and all detections, best score "
        "first.",
    },
    # the player
    "to_first": "Before the first detection (Home)",
    "to_back": "One detection back (←)",
    "to_next": "Next detection (→)",
    "to_last": "Last detection (End)",
    "range": "Detection",
    "at": "detection {step} of {steps}",
    "told": "Detection {step} of {steps}: {told}",
    "before_told": {
        "one": "Before the first of {count} detection: nothing is counted yet.",
        "other": "Before the first of {count} detections: nothing is counted yet.",
    },
    "key_play": "play, pause",
    "key_step": "one detection back, on",
    "keys_ends": "Home End",
    "key_ends": "before the first detection, last detection",
    "key_false": "the false positive before, after",
    # what became of a detection
    "before": "Before the first detection",
    "before_why": "Detections are taken in the order of their scores, those of all pictures in one list. Each is a true or a "
    "false positive, and the curve takes one step. Press Space or →.",
    "what": "What does {name} find?",
    "true_positive": "A <b class=kept>true positive</b>: it finds {object}, IoU <b>{overlap}</b>. Recall rises.",
    "double": "A <b class=suppressed>false positive</b>, because {object} was already found by a surer box, {better}: a "
    "<b>double</b>, although its IoU is {overlap}.",
    "misplaced": "A <b class=suppressed>false positive</b>, badly <b>placed</b>: its IoU with {object} is <b>{overlap}</b>, "
    "below {threshold}.",
    "false_alarm": "A <b class=suppressed>false positive</b>, a <b>false alarm</b>: there is no {name} here.",
    "in_picture": "In the picture {title}.",
    "short_true_positive": "finds {object}",
    "short_double": "double of {object}",
    "short_misplaced": "misplaced",
    "short_false_alarm": "false alarm",
    "cell_true_positive": "true positive",
    "cell_double": "double",
    "cell_misplaced": "misplaced",
    "cell_false_alarm": "false alarm",
    "none": "No detection reaches a score of {score}. Lower “Score at least”.",
    # counters
    "legend_true_positive": "true positives: found an object",
    "legend_double": "doubles: it was found already",
    "legend_misplaced": "misplaced: IoU below {iou}",
    "legend_false_alarm": "false alarms: no such object there",
    "legend_missed": "objects that nothing has found",
    # the formula
    "strip_before": "Precision: how many of the detections so far are true. Recall: how many of the objects they found.",
    "precision": "precision",
    "recall": "recall",
    "precision_spoken": "precision is {value}: true positives {hits}, detections {counted}",
    "recall_spoken": "recall is {value}: found {hits}, objects {objects}",
    "precision_told": "of the detections so far are true",
    "recall_told": "of the objects are found",
    # the chart
    "ap": "AP {ap}",
    "ap_so_far": "AP so far {ap}",
    "ceiling": "BPR {bpr}",
    "queue": {"one": "{count} detection, best first", "other": "{count} detections, best first"},
    "means_kept": "true positive: finds an object",
    "means_suppressed": "false positive: double, misplaced or false alarm",
    # a question to predict
    "try_lower": "<b>Predict:</b> with “Score at least” at {value}, weaker detections join the end of the list. Does the "
    "average precision fall?",
    "try_raise": "<b>Predict:</b> with “Score at least” at {value}, the end of the list is cut off. Does the average precision "
    "rise?",
    "try_same": "It stays <b>{ap}</b>: false positives behind the last true one lower the precision where no area is left to "
    "lose.",
    "try_more": "It rises from {now} to <b>{ap}</b>: among those that join are objects that nothing else finds, and what is "
    "false beside them comes late.",
    "try_less": "It falls from {now} to <b>{ap}</b>: objects that only weak detections find are given up, and with them recall.",
    # the same detections in several figures
    "figure": "figure",
    "figure_list": "this list",
    "figure_mean": "mean of classes",
    "figure_how": "how it is taken",
    "now": "IoU {iou}, as set",
    "figure_voc07": "VOC 2007",
    "figure_voc": "VOC 2010 on",
    "figure_AP50": "COCO AP50",
    "figure_AP75": "COCO AP75",
    "figure_AP": "COCO AP",
    "how_now": "the curve beside the picture",
    "how_voc07": "IoU .5; the mean of the envelope at 11 points of recall",
    "how_voc": "IoU .5; the area under the envelope",
    "how_AP50": "IoU .5; the mean of the envelope at 101 points of recall",
    "how_AP75": "IoU .75; the same",
    "how_AP": "the mean over IoU .5, .55, … .95: every detection is asked ten times, and at .95 a few pixels decide",
    "figures_note": "Same detections, same objects. VOC’s box takes in its last pixel, and a detection there may only find the "
    "object it overlaps most; COCO’s takes the best that is still free. What papers print is the mean over classes.",
    "no_figure": "–",
    "classes": "One curve a class",
    "class": "class",
    "class_objects": "objects",
    "class_ap": "AP",
    # what anchors reach
    "reach": {
        "one": "Best possible recall <b>{bpr}</b>: some anchor reaches {reached} of {count} object with an IoU from {from} on.",
        "other": "Best possible recall <b>{bpr}</b>: some anchor reaches {reached} of {count} objects with an IoU from {from} "
        "on.",
    },
    "reach_nothing": "There is no object to reach.",
    "reach_all": "Every object has an anchor to learn from.",
    "reach_none": {
        "one": "No anchor reaches {objects}. No training repairs that: an object without an anchor is background to the loss, "
        "so a detector that learned with these anchors ends at a recall of {bpr}. Other sizes, ratios, strides or a finer "
        "level do repair it; so do the low-quality matches of the rule on Matching, which lend such an object its best anchor.",
        "other": "No anchor reaches {objects}. No training repairs that: an object without an anchor is background to the "
        "loss, so a detector that learned with these anchors ends at a recall of {bpr}. Other sizes, ratios, strides or a "
        "finer level do repair it; so do the low-quality matches of the rule on Matching, which lend such an object its best "
        "anchor.",
    },
    "reach_pretended": "The detections above are simulated and find such objects all the same, until “The detector finds "
    "only what an anchor reaches” is switched on.",
    "reach_object": "{object} (best IoU {iou})",
    "reach_object_of": "{object} of {title} (best IoU {iou})",
    # every detection
    "stories": "Every detection",
    "columns_step": "step",
    "columns_picture": "picture",
    "columns_class": "class",
    "columns_score": "score",
    "columns_outcome": "outcome",
    "columns_object": "object",
    "columns_overlap": "IoU",
    "columns_precision": "precision",
    "columns_recall": "recall",
}

PICTURES = Choice(
    "evaluation.pictures",
    "Detections on",
    (("this", "this picture"), ("all", "all built-in pictures")),
    changes=lambda app, value: {
        "evaluation.pictures": value,
        "evaluation.category": -1,
        "selection.counted": -1,
    },
    concerns=ALL,
)
SCORE = Slider(
    "evaluation.score_threshold",
    "Score at least",
    0.0,
    1.0,
    0.01,
    help=explained(
        "score",
        "Lower than where boxes are shown to people, as on NMS: so recall is measured to its end.",
    ),
)
THRESHOLD = Slider(
    "evaluation.iou_threshold", "Found from IoU", 0.05, 0.95, 0.05, help=explained("average-precision")
)
RULE = Choice(
    "evaluation.rule",
    "Curve as in",
    (("voc07", "VOC 2007"), ("voc", "VOC 2010 on"), ("coco", "COCO")),
    look="list",
)
CATEGORY = Choice(
    "evaluation.category", "Class of the curve", ((-1, "all, in one list"),), look="list", concerns=("more",)
)
REACH = Slider("evaluation.reach", "An anchor reaches an object from IoU", 0.05, 0.95, 0.05)
ONLY_REACHED = Switch(
    "evaluation.only_reached",
    "The detector finds only what an anchor reaches",
    help=explained("The detector finds only what an anchor reaches"),
)
OF_SUPPRESSION: dict[str, Control] = {
    key(main): main for method in METHODS.values() if (main := method.main(Suppression()))
}
CONTROLS = (PICTURES, *OF_SUPPRESSION.values(), SCORE, THRESHOLD, RULE, CATEGORY, REACH, ONLY_REACHED)

MAX_CLASSES = 100
"""Classes that are offered."""


def offered_classes(names: tuple[str, ...]) -> Choice:
    """The classes there are; two of a name do not occur."""
    return replace(CATEGORY, options=(*CATEGORY.options, *enumerate(names[:MAX_CLASSES])))


class OfPicture(TypedDict):
    """A picture, how many predictions and objects are its, and its classes by their places among all names."""

    title: str
    photo: message.Photo
    predictions: int
    objects: int
    classes: list[int]


class Message(message.Common):
    """Pictures, what is predicted on them and what is there, picture by picture; and the list of what suppression let
    out, best score first, with what became of each: its object by its place among all, the better one by its place in
    the list. `rules`: how each measures."""

    pictures: list[OfPicture]
    names: list[str]
    predictions: message.Boxes
    scores: message.Floats
    prediction_classes: message.Ints
    prediction_sources: message.Ints
    gt_boxes: message.Boxes
    gt_classes: message.Ints
    best_iou: message.Floats
    rules: dict[str, dict[str, Any]]
    listed_picture: message.Ints
    listed_prediction: message.Ints
    listed_boxes: message.Boxes
    listed_scores: message.Floats
    listed_classes: message.Ints
    outcome: message.Bytes
    gt: message.Ints
    overlap: message.Floats
    better: message.Ints
    ap: float | None
    simulated: bool


def shown(here: Scene, app: AppState, own: Own) -> dict[str, Any]:
    """What the canvas shows; `here`: the app state's scene, whatever the predictions lie on."""
    of = evaluating.pictures(here, app, own)
    found = evaluating.counted(of, app)
    some = bool(sum(len(picture.of.boxes) for picture in of))
    return {
        "answer": [("evaluation.answer" if some else "evaluation.answer_nothing", {})],
        **_material(of),
        **_list(found),
        "rules": {rule: _rule_data(rule) for rule in RULES},
        "simulated": app.evaluation.pictures == "all" or app.source == "simulated",
        "settings": message.settings_of("suppression", evaluating.suppression(app)),
    }


def _rule_data(rule: Interpolation) -> dict[str, Any]:
    spec = RULES[rule]
    return {
        name: getattr(spec, name) for name in ("candidates", "inclusive", "interpolation", "background_iou")
    } | {"max_detections": spec.max_detections[-1]}


def _material(of: list[Picture]) -> dict[str, Any]:
    names = evaluating.names(of)
    return {
        "names": list(names),
        "pictures": [
            {
                "title": picture.of.title,
                "photo": message.photo_data(picture.of),
                "predictions": len(picture.found.scores),
                "objects": len(picture.of.boxes),
                "classes": [names.index(name) for name in picture.classes],
            }
            for picture in of
        ],
        "predictions": np.concatenate([picture.found.xyxy for picture in of]),
        "scores": np.concatenate([picture.found.scores for picture in of]),
        "prediction_classes": np.concatenate([picture.found.class_ids for picture in of]),
        "prediction_sources": np.concatenate([picture.found.source for picture in of]),
        "gt_boxes": np.concatenate([picture.of.boxes for picture in of]),
        "gt_classes": _ints(
            [names.index(picture.of.classes[k]) for picture in of for k in picture.of.class_ids]
        ),
        "best_iou": np.concatenate([picture.best_iou for picture in of]),
    }


def _list(found: evaluating.Counted) -> dict[str, Any]:
    rows, index = found.rows, found.index
    return {
        "listed_picture": _ints(rows.picture[index]),
        "listed_prediction": _ints(rows.prediction[index]),
        "listed_boxes": rows.boxes[index].astype(np.float32),
        "listed_scores": rows.score[index].astype(np.float32),
        "listed_classes": _ints(rows.class_id[index]),
        "outcome": found.outcome.astype(np.int8),
        "gt": _ints(found.gt),
        "overlap": found.overlap.astype(np.float32),
        "better": _ints(found.better),
        "ap": found.ap,
    }


def _ints(values: Any) -> np.ndarray:
    return np.asarray(values, np.int32)


def elsewhere(here: Scene, app: AppState, own: Own) -> str:
    """How another library measures the same."""
    threshold = app.evaluation.iou_threshold
    if app.code == "detectron2":
        return evaluators.detectron2(app.evaluation.rule, threshold)
    if app.code == "mmdetection":
        return evaluators.mmdetection(app.evaluation.rule, threshold)
    rows = evaluating.listed(evaluating.pictures(here, app, own), app).only(app.evaluation.category)
    objects = zip(rows.gt_picture.tolist(), rows.gt_class_id.tolist(), rows.gt_boxes.tolist(), strict=True)
    found = zip(
        *(column.tolist() for column in (rows.picture, rows.class_id, rows.score, rows.boxes)), strict=True
    )
    return evaluators.pycocotools(rows.names, list(objects), list(found), threshold)


def load(here: Scene, app: AppState) -> None:
    """What the page computes of simulated predictions."""
    evaluating.counted(evaluating.pictures(here, app), app)


def needs(app: AppState, here: Scene, at: tuple[int, int]) -> Iterator[Need]:
    """The first evaluation, and that of all built-in pictures."""
    rows = app.simulate.per_object * len(here.boxes) + app.simulate.false_alarms
    for rule in RULES:
        yield ("evaluated", rule, bucket(rows, ROWS)), partial(load, here, put(app, evaluation__rule=rule))
    yield ("evaluated", "all"), partial(load, here, put(app, evaluation__pictures="all"))


PAGE = Page(
    name="evaluation",
    title="Evaluation",
    question="How good are these detections?",
    shown=shown,
    messages={"": Message},
    sentences=SENTENCES,
    controls=CONTROLS,
    step="counted",
    resets=("suppression", "simulate", "source", "weights", "example", "evaluation"),
    script=snippets.evaluation,
    elsewhere=elsewhere,
    pictured=lambda here, app, own: scene.predicted_on(here, app),
    edits=False,
    needs=needs,
)
