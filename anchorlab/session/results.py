"""The engine's answers for the present app state, remembered: what did not change is not computed again.

Results are shared between sessions and read-only; the keys are frozen settings and tuples of boxes.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache, wraps
from threading import Lock
from typing import Any, NamedTuple, get_args

import numpy as np

from anchorlab import engine
from anchorlab.catalogue.libraries.demo_scenes import DEMO_SCENES
from anchorlab.catalogue.losses import LOSSES
from anchorlab.catalogue.matching import rule_of
from anchorlab.catalogue.suppression import play
from anchorlab.detector import predict, shipped
from anchorlab.detector.predict import Detector
from anchorlab.engine import Anchors, Detections, LevelFit, Matches, Material
from anchorlab.session import anchor_source
from anchorlab.session import app_state as app_states
from anchorlab.session.anchor_source import AnchorSource
from anchorlab.session.app_state import AppState, Box, Objects
from anchorlab.session.own import NOTHING, Own
from anchorlab.session.scene import Photo, Scene, arrays, pixels
from anchorlab.settings.matching import RuleSpec
from anchorlab.settings.simulation import SimulateSpec
from anchorlab.settings.suppression import Suppression

# A class of lectures moves the same few sliders; a handful of results a kind is enough.
KEPT = 24
ROOM = 256 * 2**20
"""Bytes of the answers of one kind that are remembered: some rules mark every anchor for every object."""


def remembered(compute: Callable, *, room: int = ROOM) -> Callable:
    """`compute`, of whose answers the last ones are kept: KEPT at most, and while their arrays take no more than `room`
    bytes together; the very last one always."""
    answers: OrderedDict[tuple, tuple[Any, int]] = OrderedDict()
    lock = Lock()

    @wraps(compute)
    def ask(*arguments):
        with lock:
            if arguments in answers:
                answers.move_to_end(arguments)
                return answers[arguments][0]
        answer = compute(*arguments)
        with lock:
            answers[arguments] = answer, _bytes(answer)
            while len(answers) > KEPT or (
                len(answers) > 1 and sum(size for _, size in answers.values()) > room
            ):
                answers.popitem(last=False)
        return answer

    return ask


def _bytes(answer: Any) -> int:
    """Of the arrays in records."""
    if isinstance(answer, tuple):
        return sum(map(_bytes, answer))
    return getattr(answer, "nbytes", 0)


@remembered
def anchors(source: AnchorSource, height: int, width: int) -> Anchors:
    """The anchors on a picture, in its pixels."""
    return source.generate(height, width)


def usable(source: AnchorSource, generated: Anchors) -> np.ndarray | None:
    """Which anchors may take part in matching; None: all."""
    return generated.inside if source.border == "ignore" else None


def match(source: AnchorSource, height: int, width: int, objects: Objects, spec: RuleSpec) -> Matches:
    """The labels of all anchors, not remembered.

    Levels and cells lie in pixels of the resized picture, so rules that read them match there.
    """
    generated, boxes = anchors(source, height, width), arrays(objects)[0]
    may = usable(source, generated)
    if rule_of(spec).reads == "levels":
        down, across = source.scale(height, width)
        boxes = (boxes * np.array([1 / across, 1 / down] * 2)).astype(np.float32)
        generated = anchors(AnchorSource(source.spec), *source.frame(height, width))
    return engine.match(generated, boxes, spec, usable=may)


matches = remembered(match)


@lru_cache(maxsize=KEPT)
def _gathered(
    source: AnchorSource,
    height: int,
    width: int,
    objects: Objects,
    spec: RuleSpec,
    simulate: SimulateSpec,
) -> Material:
    generated = anchors(source, height, width)
    matched = matches(source, height, width, objects, spec)
    boxes, class_ids = arrays(objects)
    return engine.simulation_material(
        generated, matched, boxes, class_ids, max(1, len(objects.classes)), simulate
    )


def matched(here: Scene, app: AppState) -> tuple[Anchors, Matches]:
    """The app state's anchors on a scene, and how they match its objects."""
    size = (here.height, here.width)
    source = anchor_source.of(app, *size)
    return anchors(source, *size), matches(source, *size, here.objects, app.matching.spec)


WEIGHTS = "anchorlab-detector.safetensors"
"""What a file of weights is called."""


class Costs(NamedTuple):
    """What every anchor costs.

    Attributes:
      logits: float32 (A,), of a pretended network.
      classification, regression: float32 (A,); 0 where there is nothing to pay for.
      sample: who counts.
      total: the loss of the picture and its parts.
    """

    logits: np.ndarray
    classification: np.ndarray
    regression: np.ndarray
    sample: engine.Sample
    total: engine.RpnLoss


def costs(here: Scene, app: AppState) -> Costs:
    """What the app state's anchors cost on a scene."""
    generated, found = matched(here, app)
    targets = engine.encode_matches(generated, found, here.boxes, app.coder)
    heads = engine.simulate_heads(found.best_iou, targets.offsets, app.heads)
    classification = engine.classification_losses(heads.logits, found.label, app.losses)
    pair = heads.offsets, targets.offsets
    if LOSSES[app.losses.regression].compares == "boxes":
        anchors, stride = generated.xyxy[targets.anchor], generated.cell_sides[targets.anchor]
        pair = engine.decode(anchors, heads.offsets, app.coder, stride=stride), here.boxes[targets.gt_index]
    regression = np.zeros(len(found.label), np.float32)
    regression[targets.anchor] = engine.regression_losses(*pair, app.losses)
    sample = engine.sample_anchors(found.label, app.sampling, app.sample_seed, classification)
    label = np.where(sample.taken, found.label, -1)
    locations = sum(level.rows * level.cols for level in generated.levels)
    total = engine.total_loss(label, classification, regression, app.losses, locations=locations)
    return Costs(heads.logits, classification, regression, sample, total)


def material(here: Scene, app: AppState) -> Material:
    """What the simulated detector's predictions are made from: the same for whatever noise and number."""
    size = (here.height, here.width)
    asked = app.simulate
    room = SimulateSpec(
        seed=asked.seed, per_object=max(32, asked.per_object), false_alarms=max(64, asked.false_alarms)
    )
    return _gathered(anchor_source.of(app, *size), *size, here.objects, app.matching.spec, room)


def simulated(here: Scene, app: AppState) -> Detections:
    """What the simulated detector says of a scene."""
    return engine.detections_from(material(here, app), app.simulate, app.coder)


@lru_cache(maxsize=KEPT)
def _detected(detector: Detector, scene_id: str, photo: Photo) -> Detections:
    return predict.predictions(detector, pixels(scene_id, photo))


def brought(app: AppState, own: Own) -> Detector | None:
    """The visitor's own detector that the app state asks for; None if it asks for none, or for one that is not here."""
    return own.trainings[app.weights].detector if app.weights in own.trainings else None


def detector(app: AppState, own: Own) -> Detector:
    """The trained detector that predicts: the visitor's own, else the one that comes with the app."""
    return brought(app, own) or shipped.detector()


def detected(here: Scene, app: AppState, own: Own = NOTHING) -> tuple[Detections, tuple[str, ...]]:
    """What that detector says of a picture, every anchor and class of it, and the classes it knows."""
    asked = detector(app, own)
    return _detected(asked, here.id, here.photo), asked.spec.classes


@lru_cache(maxsize=KEPT)
def level_fit(source: AnchorSource, height: int, width: int, objects: Objects) -> LevelFit:
    """The best anchor of every level for every object."""
    generated = anchors(source, height, width)
    return engine.fit_levels(generated, arrays(objects)[0], usable=usable(source, generated))


class Example(NamedTuple):
    """Ready predictions.

    Attributes:
      note: what they are, or what is special about them.
      boxes: xyxy in pixels, or in fractions of the picture.
      classes: names, by class id.
    """

    note: str
    boxes: tuple[Box, ...]
    scores: tuple[float, ...]
    class_ids: tuple[int, ...]
    classes: tuple[str, ...]
    fractions: bool = False

    def on(self, height: int, width: int) -> Detections:
        """The predictions on a picture of this size."""
        boxes, ids = np.asarray(self.boxes, np.float32), np.asarray(self.class_ids, np.int32)
        if self.fractions:
            boxes = boxes * np.array([width, height, width, height], np.float32)
        # They are nobody's: no anchor of this picture predicted them.
        return Detections(boxes, np.asarray(self.scores, np.float32), ids, np.full_like(ids, -1))


def _of_demo(name: str) -> Example:
    demo = DEMO_SCENES[name]
    return Example(demo.title, demo.predictions, demo.scores, demo.class_ids, ("object",))


BOOK = Example(
    "The four predictions of the book, as fractions of the picture",
    ((0.1, 0.08, 0.52, 0.92), (0.08, 0.2, 0.56, 0.95), (0.15, 0.3, 0.62, 0.91), (0.55, 0.2, 0.9, 0.88)),
    (0.9, 0.8, 0.7, 0.9),
    (0, 0, 0, 1),
    ("dog", "cat"),
    fractions=True,
)
"""Of its section on suppression."""
EXAMPLES = {
    # A dog, a cat in almost its place, and a smaller dog, all left of the picture and above it. Moving class c by
    # c x (largest coordinate + 1) moves nothing, and classes meet.
    "shift": Example(
        "Their largest coordinate is -1",
        ((-241, -201, -1, -1), (-246, -196, -6, -1), (-231, -191, -11, -11)),
        (0.9, 0.8, 0.7),
        (0, 1, 0),
        BOOK.classes,
    ),
    **{name: _of_demo(name) for name in get_args(app_states.Example) if name in DEMO_SCENES},
}
"""Those on which a convention of suppression shows."""


def example_of(app: AppState) -> Example | None:
    """The ready predictions that the app state asks for, if it does."""
    return {"book": BOOK, "example": EXAMPLES[app.example]}.get(app.source)


def kept_by_threshold(found: Detections, s: Suppression) -> tuple[np.ndarray, np.ndarray]:
    """How many boxes come out for IoU thresholds from 0 to 1; fewer thresholds where there are many predictions."""
    steps = 51 if len(found.scores) <= 1000 else 11
    thresholds = np.round(np.linspace(0, 1, steps), 2)
    kept = [len(play(found, replace(s, iou_threshold=float(t))).keep) for t in thresholds]
    return thresholds, np.array(kept)


def predictions(here: Scene, app: AppState, own: Own = NOTHING) -> tuple[Detections, tuple[str, ...]]:
    """The predictions of the chosen source and the names of their classes."""
    uploaded = own.predictions
    if example := example_of(app):
        return example.on(here.height, here.width), example.classes
    if app.source == "upload":
        if uploaded is None:
            empty = np.zeros((0, 4), np.float32)
            return Detections(
                empty, empty[:, 0], empty[:, 0].astype(np.int32), empty[:, 0].astype(np.int32)
            ), ()
        n = len(uploaded.scores)
        source = np.full(n, -1, np.int32)
        return Detections(uploaded.xyxy, uploaded.scores, uploaded.class_ids, source), uploaded.classes
    if app.source == "detector":
        return detected(here, app, own)
    return simulated(here, app), here.classes
