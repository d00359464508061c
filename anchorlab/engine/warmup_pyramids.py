"""Compiling what pyramids, the other rules of matching and the other suppressions need."""

import numpy as np

from anchorlab.engine.anchors import generate_anchors
from anchorlab.engine.buckets import ANCHORS, FEW_OBJECTS, OBJECTS
from anchorlab.engine.compiles import CompileCount
from anchorlab.engine.matching import match_anchors
from anchorlab.engine.matching_pyramid import fit_shapes, match_atss, match_yolo, match_yolov5
from anchorlab.engine.offsets import decode, decode_yolo, encode, encode_yolo
from anchorlab.engine.softening import fuse_predictions, matrix_suppress, soft_suppress
from anchorlab.engine.suppression import suppress
from anchorlab.engine.warmup import _doublings, _rows
from anchorlab.settings.coding import CoderSpec
from anchorlab.settings.matching import MatchSpec
from anchorlab.settings.pyramids import LevelSpec, PyramidSpec
from anchorlab.settings.suppression import FusionSpec, MatrixNmsSpec, NmsSpec, SoftNmsSpec


def warm_up_pyramids(
    max_anchors: int = 16384,
    max_objects: int = OBJECTS,
    max_predictions: int = 256,
    min_anchors: int = ANCHORS,
) -> int:
    """Makes the programs ready that `warm_up` leaves out, up to these sizes.

    A second call finds all of them ready. Returns how many programs that were.

    Args:
      min_anchors: 1024 times a power of two: what fewer anchors or predictions need is left out.
    """
    compiles = CompileCount()
    box = np.array([[0, 0, 8, 8]], np.float32)
    for length in _doublings(min_anchors, max_anchors):
        spec = PyramidSpec((LevelSpec(8, ((8, 8),), (1, length)),))
        anchors = generate_anchors(spec, 8, 8 * length)
        many = _doublings(OBJECTS, max_objects) if max_objects > FEW_OBJECTS else []
        for objects in (FEW_OBJECTS, *many):
            gts = np.broadcast_to(box, (objects, 4))
            match_atss(anchors, gts)
            match_yolo(anchors, gts)
            match_yolov5(anchors, gts)
            match_anchors(anchors.xyxy, gts, MatchSpec(rule="ssd"))
    for length in _rows(min_anchors, max(max_anchors, max_predictions)):
        rows = np.broadcast_to(box, (length, 4))
        corner = CoderSpec(kind="corner")
        decode(rows, encode(rows, rows, corner), corner)
        decode_yolo(rows, encode_yolo(rows, rows, 8), 8)
    for length in _rows(min_anchors, max_predictions):
        rows, zeros = np.broadcast_to(box, (length, 4)), np.zeros(length)
        suppress(rows, zeros, zeros, NmsSpec(overlap="diou"))
        soft_suppress(rows, zeros, zeros, SoftNmsSpec())
        matrix_suppress(rows, zeros, zeros, MatrixNmsSpec())
        fuse_predictions(rows, zeros, zeros, zeros, FusionSpec())
    fit_shapes(box[:, 2:], box[:, 2:])
    return compiles.count
