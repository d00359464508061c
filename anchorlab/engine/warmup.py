"""Compiling before anyone waits for it."""

import numpy as np

from anchorlab.catalogue.matching import RULES
from anchorlab.engine.anchors import generate_anchors
from anchorlab.engine.buckets import ANCHORS, FEW_OBJECTS, OBJECTS, ROWS
from anchorlab.engine.compiles import CompileCount
from anchorlab.engine.matching import match, pairwise_iou
from anchorlab.engine.offsets import decode, encode
from anchorlab.engine.shapes import fit_shapes
from anchorlab.engine.simulation import simulate_detections
from anchorlab.engine.softening import fuse_predictions, matrix_suppress, soft_suppress
from anchorlab.engine.suppression import suppress, suppress_by_area
from anchorlab.settings.anchors import AnchorSpec
from anchorlab.settings.coding import CoderSpec
from anchorlab.settings.matching import GreedySpec, ThresholdSpec
from anchorlab.settings.simulation import SimulateSpec
from anchorlab.settings.suppression import FusionSpec, MatrixNmsSpec, NmsSpec, SoftNmsSpec


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
    cell_rule_objects: int = OBJECTS,
) -> int:
    """Makes every program ready that the engine needs up to these sizes; returns how many that were.

    A second call finds all of them ready. Beyond the sizes everything still works, but the first call of a
    larger bucket waits for its compilation.

    Args:
      max_anchors, max_objects, max_predictions: the largest of each.
      min_anchors: 1024 times a power of two: what fewer anchors or predictions need is left out.
      cell_rule_objects: as `max_objects`, of the rules of matching that are seldom asked about many: all but thresholds and
        greedy.
    """
    compiles = CompileCount()
    box = np.array([[0, 0, 8, 8]], np.float32)
    for length in _doublings(min_anchors, max_anchors):
        anchors = generate_anchors(AnchorSpec(sizes=(8,), aspect_ratios=(1,), stride=8), 8, 8 * length)
        for objects in (FEW_OBJECTS, *_doublings(OBJECTS, max_objects)):
            gts = np.broadcast_to(box, (objects, 4))
            pairwise_iou(anchors.xyxy, gts)
            match(anchors, gts, GreedySpec())
            matches = match(anchors, gts, ThresholdSpec())
            classes = np.zeros(objects, int)
            simulate_detections(anchors, matches, gts, classes, 1, SimulateSpec(), CoderSpec())
            if objects <= max(cell_rule_objects, FEW_OBJECTS):
                for rule in RULES.values():
                    match(anchors, gts, rule.settings())
    for length in _rows(min_anchors, max(max_anchors, max_predictions)):
        rows = np.broadcast_to(box, (length, 4))
        for kind in ("center", "corner", "cell"):
            coder = CoderSpec(kind=kind)
            decode(rows, encode(rows, rows, coder, stride=8), coder, stride=8)
    for length in _rows(min_anchors, max_predictions):
        rows, zeros = np.broadcast_to(box, (length, 4)), np.zeros(length)
        suppress(rows, zeros, zeros, NmsSpec())
        suppress(rows, zeros, zeros, NmsSpec(overlap="diou"))
        suppress_by_area(rows, zeros, zeros, NmsSpec())
        soft_suppress(rows, zeros, zeros, SoftNmsSpec())
        matrix_suppress(rows, zeros, zeros, MatrixNmsSpec())
        fuse_predictions(rows, zeros, zeros, zeros, FusionSpec())
    fit_shapes(box[:, 2:], box[:, 2:])
    return compiles.count
