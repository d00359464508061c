"""What is left of the trained detector when its weights have fewer bits: on one picture, and layer by layer."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from anchorlab import engine
from anchorlab.detector import data, predict, quantise, shipped
from anchorlab.detector.predict import KEPT, Detector
from anchorlab.detector.shipped import Figures
from anchorlab.detector.weights import named
from anchorlab.engine import Detections
from anchorlab.scenes import generated
from anchorlab.session import film, scene
from anchorlab.session.app_state import AppState, Objects
from anchorlab.session.scene import Photo, Scene
from anchorlab.settings.deployment import FULL, QUANTISATIONS, Quantisation
from anchorlab.settings.suppression import NmsSpec

SIDE = 480
"""Pixels of a generated scene as people see it."""
NMS = NmsSpec(KEPT.iou_threshold, film.SURE)
"""What leaves the boxes that are compared."""
SAME = 0.5
"""The IoU from which on two boxes of a class are taken for one that moved."""
MEASURED = 16
"""Held-out scenes on which a visitor's own detector is measured, for every number of bits, when the page first shows it."""
BINS = 41
"""Of the histogram of a layer's weights; odd, so that zero lies in the middle of one."""


class Boxes(NamedTuple):
    """The K boxes that a detector leaves on a picture, best first, and what becomes of the F boxes that it left with all
    its bits.

    Attributes:
      kept: `Detections`; `source` is the row among all predictions, anchor by anchor and class by class.
      partner: int (K,), the box at full precision that each still is, of its class and with an IoU of .5 at least; -1: none.
      overlap: (K,), its IoU with that one.
      before: (K,), the score that the same anchor gave the same class at full precision.
      left: (F,), the score that the anchor of each of those gives its class now.
    """

    kept: Detections
    partner: np.ndarray
    overlap: np.ndarray
    before: np.ndarray
    left: np.ndarray


def pictured(here: Scene, app: AppState) -> Scene:
    """The picture that the page shows; `here`: the scene on the table."""
    number = app.deployment.picture
    return here if number < 0 else _generated(number)


@lru_cache(maxsize=32)
def _generated(number: int) -> Scene:
    example = generated.scene(number, SIDE)
    real = example.class_ids[0] >= 0
    boxes = tuple(tuple(map(float, box)) for box in example.boxes[0][real])
    objects = Objects(boxes, tuple(map(int, example.class_ids[0][real])), generated.CLASSES)
    alt = "A generated scene that no training has seen: shapes before a photograph."
    return Scene(
        "generated", f"Held-out scene {number + 1}", alt, "", scene.encode(example.images[0]), objects
    )


def on(here: Scene, app: AppState, detector: Detector) -> tuple[Boxes, ...]:
    """What is left on the picture that the page shows, of each of `QUANTISATIONS`."""
    number = app.deployment.picture
    return _on(detector, here.id, here.photo) if number < 0 else _on_generated(detector, number)


@lru_cache(maxsize=32)
def _on(detector: Detector, scene_id: str, photo: Photo) -> tuple[Boxes, ...]:
    return _left(detector, scene.pixels(scene_id, photo))


@lru_cache(maxsize=32)
def _on_generated(detector: Detector, number: int) -> tuple[Boxes, ...]:
    return _left(detector, generated.scene(number, SIDE).images[0])


def _left(detector: Detector, image: np.ndarray) -> tuple[Boxes, ...]:
    said = [predict.predictions(quantise.quantised(detector, asked), image) for asked in QUANTISATIONS]
    rows = np.arange(len(said[0].scores), dtype=np.int32)
    kept = [predict.keep(one._replace(source=rows), NMS) for one in said]
    whole = kept[0]
    return tuple(
        Boxes(mine, *_partners(mine, whole), said[0].scores[mine.source], one.scores[whole.source])
        for one, mine in zip(said, kept, strict=True)
    )


def _partners(mine: Detections, whole: Detections) -> tuple[np.ndarray, np.ndarray]:
    """As COCO lets detections find objects: best score first, each takes the best one that is still free."""
    partner, overlap = np.full(len(mine.scores), -1, np.int32), np.zeros(len(mine.scores), np.float32)
    if not len(whole.scores):
        return partner, overlap
    iou = engine.pairwise_iou(mine.xyxy, whole.xyxy) * (mine.class_ids[:, None] == whole.class_ids)
    for row in range(len(iou)):
        best = iou[row].argmax()
        if iou[row, best] >= SAME:
            partner[row], overlap[row] = best, iou[row, best]
            iou[:, best] = 0
    return partner, overlap


class Layer(NamedTuple):
    """A layer's weights.

    Attributes:
      name, weights: as in `quantise.Layer`.
      channels: outputs.
      largest: the largest size of a weight.
      bins: int (BINS,), how many weights lie in equal parts of the range from -largest to largest.
      example: the place of one weight, of middling size, among all of them.
      value: that weight.
    """

    name: str
    weights: int
    channels: int
    largest: float
    bins: np.ndarray
    example: int
    value: float


class Rounded(NamedTuple):
    """What is left of a layer.

    Attributes:
      error: as in `quantise.Layer`.
      step: that of its example; 0 at full precision.
      code: its example in steps.
    """

    error: float
    step: float
    code: int


@lru_cache(maxsize=8)
def layers(detector: Detector) -> tuple[Layer, ...]:
    """The detector's layers."""
    found = []
    for name, array in named(detector.network).items():
        if not quantise.is_weight(name):
            continue
        largest = float(np.abs(array).max())
        bins, _ = np.histogram(array, BINS, (-largest, largest))
        at = _example(array)
        found.append(
            Layer(
                name.removesuffix(".weight"),
                array.size,
                array.shape[-1],
                largest,
                bins.astype(np.int32),
                at,
                float(array.flat[at]),
            )
        )
    return tuple(found)


def _example(array: np.ndarray) -> int:
    """The place of a positive weight that is half as large as the largest one of its channel."""
    share = array / np.abs(array).max(tuple(range(array.ndim - 1)), keepdims=True)
    return int(np.abs(share - 0.5).argmin())


@lru_cache(maxsize=64)
def rounded(detector: Detector, asked: Quantisation) -> tuple[Rounded, ...]:
    """What is left of every layer."""
    network = detector.network
    of = quantise.layers(network, asked)
    if asked.bits == FULL:
        return tuple(Rounded(layer.error, 0.0, 0) for layer in of)
    arrays = [array for name, array in named(network).items() if quantise.is_weight(name)]
    found = []
    for layer, known, array in zip(of, layers(detector), arrays, strict=True):
        codes = quantise.quantise(array, asked)
        step = codes.steps[known.example % len(codes.steps)]  # channels come last
        found.append(Rounded(layer.error, float(step), int(codes.codes.flat[known.example])))
    return tuple(found)


@lru_cache(maxsize=8)
def figures(detector: Detector) -> Figures | None:
    """How well it finds the objects of held-out scenes, whatever bits its weights have: of the one that comes with the app as it was
    measured then, else measured now, on fewer scenes. None if it knows other classes than those have."""
    if detector is shipped.detector():
        return shipped.figures()
    if detector.spec.classes != generated.CLASSES:
        return None
    examples = data.held_out(detector.spec.side, MEASURED)
    return Figures(MEASURED, {asked: quantise.measured(detector, asked, examples) for asked in QUANTISATIONS})
