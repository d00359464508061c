"""What is compiled ahead: of every entry of the catalogues what it needs, size by size.

A size is a length to which the engine pads (`engine.buckets`); one size needs the same programs whatever the settings
are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import get_args

import numpy as np

from anchorlab import engine
from anchorlab.canvas.views import evaluation
from anchorlab.canvas.views.rosetta.page import load_demo
from anchorlab.catalogue.coders import CODERS
from anchorlab.catalogue.libraries.demo_scenes import DEMO_SCENES
from anchorlab.catalogue.losses import CLASSIFICATION, REGRESSION
from anchorlab.catalogue.matching import RULES
from anchorlab.catalogue.samplers import SAMPLERS
from anchorlab.catalogue.suppression import METHODS
from anchorlab.detector import shipped
from anchorlab.engine import Detections
from anchorlab.engine.buckets import FEW_OBJECTS, OBJECTS, anchor_bucket
from anchorlab.engine.played import MAX_PLAYED
from anchorlab.session import deploying, library_answers, scene
from anchorlab.session.anchor_source import MAX_ANCHORS
from anchorlab.session.app_state import DEFAULT, put
from anchorlab.settings.anchors import AnchorSpec
from anchorlab.settings.coding import CoderSpec
from anchorlab.settings.evaluation import RULES as EVALUATION_RULES
from anchorlab.settings.losses import FocalSpec, LossSpec, Normalizer
from anchorlab.settings.matching import ThresholdSpec
from anchorlab.settings.pyramids import LevelSpec, PyramidSpec
from anchorlab.settings.sampling import SampleSpec
from anchorlab.settings.simulation import HeadSpec, SimulateSpec
from anchorlab.settings.suppression import Suppression

OFTEN = ("threshold", "greedy")
"""The rules that are often asked about many objects on fine grids."""
LENGTHS = sorted({min(anchor_bucket(2**power), MAX_ANCHORS) for power in range(10, 19)})
"""Of anchors."""
BOX = np.array([[8, 8, 72, 72]], np.float32)


def steps() -> Iterator[Callable[[], None]]:
    """What is compiled ahead: first what every page does with a usual scene, then size by size what settings can ask
    for."""
    yield usual
    yield partial(pyramids, 2**16)  # RetinaNet's on the first picture
    yield evaluations
    yield deployed
    for power in range(6, 17):
        rows = 2**power
        yield partial(coders, rows)
        yield partial(suppressions, rows)
        if rows <= 2**14:
            yield partial(box_losses, rows)
    for length in (length for length in LENGTHS if length <= 2**16):
        yield partial(pyramids, length)
        yield partial(losses, length)
        # Scenes of many objects have few anchors for each, as a rule.
        yield partial(matchings, length, often=OFTEN if length > 2**14 else ())
    for length in (length for length in LENGTHS if length <= library_answers.WARM):
        yield partial(library_answers.warm, length)
    yield demo_scenes
    for length in LENGTHS[-2:]:
        yield partial(pyramids, length, rules=True)
        yield partial(losses, length)


def usual() -> None:
    """What pages do with a usual scene."""
    anchors = engine.generate_anchors(AnchorSpec(), 400, 600)
    for rule in RULES.values():
        found = engine.match(anchors, BOX, rule.settings())
    predicted = engine.simulate_detections(
        anchors, found, BOX, np.zeros(1, int), 1, SimulateSpec(), CoderSpec()
    )
    suppressions(len(predicted.scores))
    engine.decode(BOX, engine.encode(BOX, BOX, CoderSpec()), CoderSpec())
    engine.fit_shapes(BOX[:, 2:], BOX[:, 2:])


def matchings(length: int, *, often: tuple[str, ...] = ()) -> None:
    """What so many anchors need, with few objects and with more.

    Args:
      often: the rules that are made ready for more objects; () for all.
    """
    anchors = engine.generate_anchors(AnchorSpec(sizes=(8,), aspect_ratios=(1,), stride=8), 8, 8 * length)
    for objects in (FEW_OBJECTS, OBJECTS):
        boxes = np.broadcast_to(BOX, (objects, 4))
        engine.pairwise_iou(anchors.xyxy, boxes)
        for name, rule in RULES.items():
            if objects == FEW_OBJECTS or name in (often or RULES):
                found = engine.match(anchors, boxes, rule.settings())
        classes = np.zeros(objects, int)
        engine.simulate_detections(anchors, found, boxes, classes, 1, SimulateSpec(), CoderSpec())


def losses(length: int) -> None:
    """What the losses of the classes of so many anchors need, their sum, and samples of them."""
    label = np.arange(length, dtype=np.int32) % 3 - 1
    ones = np.ones(length, np.float32)
    engine.simulate_heads(ones, BOX, HeadSpec())
    for name in CLASSIFICATION:
        engine.classification_losses(ones, label, LossSpec(classification=name))
    # Whether there are weights is a program of its own.
    engine.classification_losses(ones, label, LossSpec("focal", FocalSpec(balanced=False)))
    for name in SAMPLERS:
        engine.sample_anchors(label, SampleSpec(name), loss=ones)
    for n_cls in get_args(Normalizer):
        for n_reg in get_args(Normalizer):
            engine.total_loss(label, ones, ones, LossSpec(n_cls=n_cls, n_reg=n_reg), locations=length)


def box_losses(count: int) -> None:
    """What the losses of so many boxes need."""
    rows = np.broadcast_to(BOX, (count, 4))
    engine.simulate_heads(np.ones(1, np.float32), rows, HeadSpec())
    for name in REGRESSION:
        engine.regression_losses(rows, rows, LossSpec(regression=name))


def coders(length: int) -> None:
    """What so many pairs of an anchor and an object need."""
    rows = np.broadcast_to(BOX, (length, 4))
    for kind in CODERS:
        coder = CoderSpec(kind=kind)
        engine.decode(rows, engine.encode(rows, rows, coder, stride=8), coder, stride=8)


def suppressions(count: int) -> None:
    """What the methods need for so many predictions, as far as they take so many."""
    if count > MAX_PLAYED // 2:
        return
    ones = np.ones(count, np.float32)
    found = Detections(np.repeat(BOX, count, 0), ones, ones.astype(np.int32), ones.astype(np.int32))
    for method in METHODS.values():
        method.play(found, Suppression())


def evaluations() -> None:
    """What the Evaluation page does with all built-in pictures, by every rule."""
    for rule in EVALUATION_RULES:
        app = put(DEFAULT, evaluation__pictures="all", evaluation__rule=rule)
        evaluation.load(scene.built_in(DEFAULT.scene), app)


def deployed() -> None:
    """What the Deploy page does with a picture, the trained detector's predictions among it."""
    deploying.on(scene.built_in(DEFAULT.scene), DEFAULT, shipped.detector())


def demo_scenes() -> None:
    for name in DEMO_SCENES:
        load_demo(name)


def pyramids(count: int, *, rules: bool = False) -> None:
    """What pyramids of so many anchors need; with `rules` also the usual matching, which smaller ones share with
    grids."""
    spec = PyramidSpec((LevelSpec(8, ((8, 8),), (1, count)),))
    for objects in (1, 64):
        boxes = np.broadcast_to(BOX, (objects, 4))
        anchors = engine.generate_anchors(spec, 8, 8 * count)
        engine.pairwise_iou(anchors.xyxy, boxes)
        if rules:
            engine.match(anchors, boxes, ThresholdSpec())
