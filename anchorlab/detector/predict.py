"""What a trained detector says about a picture: of every anchor a box and a score for each class."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from anchorlab import engine
from anchorlab.detector.letterbox import letterbox
from anchorlab.detector.network import Network
from anchorlab.detector.targets import Layout, decode, layout
from anchorlab.engine import Detections, DetectionSet, Evaluation, GroundTruthSet
from anchorlab.scenes.generated import Examples
from anchorlab.settings.coding import CoderSpec
from anchorlab.settings.evaluation import EvalSpec
from anchorlab.settings.pyramids import PyramidSpec
from anchorlab.settings.suppression import NmsSpec
from anchorlab.settings.training import SIDES, DetectorSpec

AP50 = EvalSpec(iou_thresholds=(0.5,))
KEPT = NmsSpec(iou_threshold=0.5, score_threshold=0.05, top_k=200)
"""How predictions are thinned out before they are measured."""


@dataclass(frozen=True, eq=False)
class Detector:
    """A network, and what its outputs mean."""

    spec: DetectorSpec
    network: Network


class Raw(NamedTuple):
    """What a network says of N pictures, in pixels of what it was given.

    Attributes:
      scores: float32 (N, A, C) in (0, 1).
      boxes: float32 (N, A, 4).
    """

    scores: np.ndarray
    boxes: np.ndarray


def raw(detector: Detector, pictures: np.ndarray) -> Raw:
    """What the detector says of pictures as it takes them: uint8 (N, S, S, 3), S a multiple of 16.

    A size that is new is compiled once.
    """
    here = _layout(detector.spec.pyramid, *pictures.shape[1:3])
    said = _say(detector.network, pictures, here.anchors, here.cell_sides, coder=detector.spec.coder)
    return Raw(*map(np.asarray, said))


def said(detector: Detector, pictures: jax.Array) -> tuple[jax.Array, jax.Array]:
    """The same within a program that is compiled or exported: scores and boxes."""
    here = _layout(detector.spec.pyramid, *pictures.shape[1:3])
    return _says(detector.network, pictures, here.anchors, here.cell_sides, detector.spec.coder)


def predictions(detector: Detector, image: np.ndarray, *, side: int | None = None) -> Detections:
    """Everything the detector says of a picture, before any threshold and any suppression.

    Args:
      detector: a trained one.
      image: uint8 (H, W, 3), of any size: it is letterboxed.
      side: pixels of the square that the network sees, one of `SIDES`; None: the one it was trained on. Objects that
        are small in the picture need a larger one; anchors keep their pixels, so there are more of them.

    Returns:
      `Detections` with a row for every anchor and class, anchor by anchor: at a side of 96 with six anchors in a cell and
      three classes 3,240. Boxes in pixels of the picture, clipped to it; `source` is -1: nobody told it the objects.

    Raises:
      ValueError: `image` is no RGB picture, or `side` none of those.
    """
    image = np.asarray(image)
    if image.ndim != 3 or image.shape[-1] != 3 or image.dtype != np.uint8 or not image.size:
        raise ValueError(f"image must be uint8 of height x width x 3, got {image.dtype} of {image.shape}")
    side = detector.spec.side if side is None else side
    if side not in SIDES:
        raise ValueError(f"side must be one of {', '.join(map(str, SIDES))}, got {side!r}")
    square, where = letterbox(image, side)
    said = raw(detector, square[None])
    height, width = image.shape[:2]
    boxes = where.back(said.boxes[0]).clip(0, np.array([width, height, width, height], np.float32))
    classes = said.scores.shape[-1]
    return Detections(
        np.repeat(boxes, classes, axis=0),
        said.scores[0].reshape(-1),
        np.tile(np.arange(classes, dtype=np.int32), len(boxes)),
        np.full(len(boxes) * classes, -1, np.int32),
    )


def keep(said: Detections, spec: NmsSpec = KEPT) -> Detections:
    """The predictions that suppression leaves, best first."""
    # What is below the score threshold, or not among the best, need not be padded and sorted.
    rows = np.flatnonzero(said.scores >= spec.score_threshold)
    if spec.top_k is not None and len(rows) > spec.top_k:
        rows = np.sort(rows[np.argsort(-said.scores[rows], kind="stable")[: spec.top_k]])
    found = engine.suppress(said.xyxy[rows], said.scores[rows], said.class_ids[rows], spec)
    return Detections(*(column[rows[found.keep]] for column in said))


def evaluate(detector: Detector, examples: Examples, spec: EvalSpec = AP50) -> Evaluation:
    """How well the detector finds the objects of pictures, which have the size that it was trained on."""
    said = raw(detector, examples.images)
    kept = []
    for scores, boxes in zip(said.scores, said.boxes, strict=True):
        anchors, class_ids = np.nonzero(scores >= KEPT.score_threshold)
        rows = Detections(boxes[anchors], scores[anchors, class_ids], class_ids.astype(np.int32), anchors)
        kept.append(keep(rows))
    counts = [len(rows.scores) for rows in kept]
    xyxy, scores, class_ids, _ = (np.concatenate(columns) for columns in zip(*kept, strict=True))
    image, row = np.nonzero(examples.class_ids >= 0)
    return engine.evaluate(
        DetectionSet(np.repeat(np.arange(len(kept)), counts), class_ids, scores, xyxy),
        GroundTruthSet(image, examples.class_ids[image, row], examples.boxes[image, row]),
        spec,
    )


@cache
def _layout(pyramid: PyramidSpec, height: int, width: int) -> Layout:
    return layout(pyramid, height, width)


def _says(
    network: Network, pictures: jax.Array, anchors: jax.Array, cell_sides: jax.Array, coder: CoderSpec
) -> tuple[jax.Array, jax.Array]:
    logits, offsets = network(as_floats(pictures))
    boxes = jax.vmap(lambda own: decode(anchors, own, cell_sides, coder))(offsets)
    return jax.nn.sigmoid(logits), boxes


_say = jax.jit(_says, static_argnames="coder")


def as_floats(pictures: jax.Array) -> jax.Array:
    """uint8 as what the network takes: float32 in [0, 1]."""
    return pictures.astype(jnp.float32) / 255
