"""Compiling before anyone waits for it."""

import numpy as np

from anchorlab.engine.anchors import Anchors, generate_anchors
from anchorlab.engine.buckets import ANCHORS, FEW_OBJECTS, OBJECTS, ROWS
from anchorlab.engine.compiles import CompileCount
from anchorlab.engine.matching import match_anchors, pairwise_iou
from anchorlab.engine.offsets import decode, encode
from anchorlab.engine.simulation import simulate_detections
from anchorlab.engine.suppression import suppress
from anchorlab.settings.anchors import AnchorSpec
from anchorlab.settings.coding import CoderSpec
from anchorlab.settings.matching import MatchSpec
from anchorlab.settings.simulation import SimulateSpec
from anchorlab.settings.suppression import NmsSpec


def _doublings(smallest: int, largest: int) -> list[int]:
    """smallest, 2 smallest, ... up to the bucket that holds `largest`."""
    lengths = [smallest]
    while lengths[-1] < largest:
        lengths.append(2 * lengths[-1])
    return lengths


def _rows(min_anchors: int, largest: int) -> list[int]:
    """The buckets of predictions and pairs, those of fewer than `min_anchors` left out unless it is the smallest."""
    return [n for n in _doublings(ROWS, largest) if n >= min_anchors or min_anchors == ANCHORS]


def warm_up(
    max_anchors: int = 16384,
    max_objects: int = OBJECTS,
    max_predictions: int = 1024,
    min_anchors: int = ANCHORS,
) -> int:
    """Makes every program ready that the engine needs up to these sizes; returns how many that were.

    A second call finds all of them ready. Beyond the sizes everything still works, but the first call of a
    larger bucket waits for its compilation.

    Args:
      min_anchors: 1024 times a power of two: what fewer anchors or predictions need is left out.
    """
    compiles = CompileCount()
    box = np.array([[0, 0, 8, 8]], np.float32)
    for length in _doublings(min_anchors, max_anchors):
        generate_anchors(AnchorSpec(sizes=(8,), aspect_ratios=(1,), stride=1), 1, length)
        many = np.broadcast_to(box, (length, 4))
        anchors = Anchors(many, np.ones(length, bool), ())
        for objects in (FEW_OBJECTS, *_doublings(OBJECTS, max_objects)):
            gts = np.broadcast_to(box, (objects, 4))
            pairwise_iou(many, gts)
            match_anchors(many, gts, MatchSpec(rule="greedy"))
            matches = match_anchors(many, gts, MatchSpec())
            classes = np.zeros(objects, int)
            simulate_detections(anchors, matches, gts, classes, 1, SimulateSpec(), CoderSpec())
    for length in _rows(min_anchors, max(max_anchors, max_predictions)):
        rows = np.broadcast_to(box, (length, 4))
        decode(rows, encode(rows, rows, CoderSpec()), CoderSpec())
    for length in _rows(min_anchors, max_predictions):
        rows = np.broadcast_to(box, (length, 4))
        suppress(rows, np.zeros(length), np.zeros(length), NmsSpec())
    return compiles.count
