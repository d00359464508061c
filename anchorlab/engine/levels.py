"""Which level of a pyramid suits which object."""

from typing import NamedTuple

import numpy as np

from anchorlab.engine import checks
from anchorlab.engine.anchors import Anchors
from anchorlab.engine.matching import pairwise_iou


class LevelFit(NamedTuple):
    """How well each level's anchors fit each object.

    Attributes:
      iou: float32 (L, G), the largest IoU of the level's anchors with the object; 0 where none takes part.
      anchor: int32 (L, G), the first anchor that has it; -1 where none takes part.
    """

    iou: np.ndarray
    anchor: np.ndarray


def fit_levels(anchors: Anchors, gt_boxes: np.ndarray, *, usable: np.ndarray | None = None) -> LevelFit:
    """The best anchor of every level for every object.

    Args:
      anchors: of all levels.
      gt_boxes: xyxy pixels (G, 4); may be empty.
      usable: bool (A,); the others take no part. None: all do.
    """
    usable = checks.mask(usable, "usable", len(anchors.xyxy))
    # Object by object, so that every search runs through memory in order.
    matrix = np.ascontiguousarray(pairwise_iou(anchors.xyxy, gt_boxes).T)
    matrix[:, ~usable] = -1
    objects = np.arange(len(matrix))
    best = np.array([matrix[:, level.span].argmax(axis=1) + level.start for level in anchors.levels])
    iou = matrix[objects, best]
    return LevelFit(np.maximum(iou, 0), np.where(iou < 0, -1, best).astype(np.int32))
