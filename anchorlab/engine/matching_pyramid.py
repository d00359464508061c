"""Matching that asks in which level and cell an anchor lies: ATSS and YOLO."""

from typing import NamedTuple

import jax
import numpy as np

from anchorlab.core.iou import pairwise
from anchorlab.core.matching import atss, yolo, yolov5
from anchorlab.core.matching import shapes as core_shapes
from anchorlab.engine import checks
from anchorlab.engine.anchors import Anchors, tables
from anchorlab.engine.buckets import ANCHORS, OBJECTS, ROWS, bucket, pad, real
from anchorlab.engine.matching import Matches, cut, lengths


class Adaptive(NamedTuple):
    """How each object came to its threshold (ATSS).

    Attributes:
      candidate: bool (A, G), the anchors of each level nearest to the object's centre.
      mean, std: float32 (G,), of the candidates' IoUs.
      threshold: float32 (G,), their sum.
    """

    candidate: np.ndarray
    mean: np.ndarray
    std: np.ndarray
    threshold: np.ndarray


class Assignments(NamedTuple):
    """Every pair of object and anchor (YOLOv5), level by level, in a level by cell, shape and object.

    Attributes:
      anchor: int32 (P,).
      gt: int32 (P,).
      neighbour: int32 (P,): 0 the object's own cell; 1 left, 2 above, 3 right, 4 below of it.
      factor: float32 (P,), by which the sides differ.
    """

    anchor: np.ndarray
    gt: np.ndarray
    neighbour: np.ndarray
    factor: np.ndarray


@jax.jit
def _atss(anchors, gt_boxes, level, num_levels, top_k, usable, gt_mask):
    matches, adaptive = atss.match_atss(
        anchors,
        gt_boxes,
        level,
        num_levels=num_levels,
        top_k=top_k,
        anchor_mask=usable,
        gt_mask=gt_mask,
    )
    return pairwise(anchors, gt_boxes), matches, adaptive


def match_atss(
    anchors: Anchors, gt_boxes: np.ndarray, *, top_k: int = 9, usable: np.ndarray | None = None
) -> tuple[Matches, Adaptive]:
    """Matches each object at its own threshold, found from the anchors around its centre.

    Args:
      anchors: of all levels.
      gt_boxes: xyxy pixels (G, 4); may be empty.
      top_k: candidates per level and object, from 1 on.
      usable: bool (A,); the others are ignored and no candidates. None: all are.

    References:
      `core.matching.atss.match_atss`.
    """
    xyxy, gt_boxes = checks.boxes(anchors.xyxy, "anchors"), checks.boxes(gt_boxes, "gt_boxes")
    count, objects = len(xyxy), len(gt_boxes)
    if not (isinstance(top_k, int | np.integer) and top_k >= 1):
        raise ValueError(f"top_k must be a whole number from 1 on, got {top_k!r}")
    usable = checks.mask(usable, "usable", count)
    level = checks.integers(anchors.level, "anchors", count)
    rows, cols = lengths(count, "anchors", objects, "gt_boxes")
    iou, matches, adaptive = jax.device_get(
        _atss(
            pad(xyxy, rows),
            pad(gt_boxes, cols),
            pad(level, rows),
            int(level.max(initial=0)) + 1,
            min(int(top_k), rows),
            pad(usable, rows),
            real(objects, cols),
        )
    )
    return cut(iou, matches, count, objects), Adaptive(
        adaptive.candidate[:count, :objects].copy(),
        *(values[:objects].copy() for values in adaptive[1:]),
    )


@jax.jit
def _yolo(anchors, usable, levels, shape_level, gt_boxes, gt_mask, ignore_iou):
    matches = yolo.match_yolo(
        anchors,
        gt_boxes,
        levels,
        shape_level,
        ignore_iou=ignore_iou,
        anchor_mask=usable,
        gt_mask=gt_mask,
    )
    return pairwise(anchors, gt_boxes), matches


@jax.jit
def _yolov5(anchors, usable, levels, shape_level, gt_boxes, gt_mask, anchor_t):
    matches, pairs = yolov5.match_yolov5(
        anchors,
        gt_boxes,
        levels,
        shape_level,
        anchor_t=anchor_t,
        anchor_mask=usable,
        gt_mask=gt_mask,
    )
    return pairwise(anchors, gt_boxes), matches, pairs


def _padded(anchors: Anchors, gt_boxes: np.ndarray, usable):
    """Padded arguments of the two, and how many anchors and objects are real."""
    gt_boxes = checks.boxes(gt_boxes, "gt_boxes", with_area=True)
    levels, count = tables(anchors.levels), len(anchors.xyxy)
    if not levels.stride[: len(anchors.levels)].all():
        raise ValueError(
            "anchors must have cells of a size: not uneven='floor' where an image is smaller than its feature map"
        )
    shape_level = np.full(len(levels.widths_heights), -1, np.int32)
    owner = np.repeat(range(len(anchors.levels)), levels.shapes_per_cell[: len(anchors.levels)])
    shape_level[: len(owner)] = owner
    rows, cols = lengths(count, "anchors", len(gt_boxes), "gt_boxes")
    # A level of padding divides by its stride, but no shape is its own.
    levels = levels._replace(stride=np.where(levels.stride > 0, levels.stride, 1).astype(np.float32))
    usable = checks.mask(usable, "usable", count)
    padded = pad(anchors.xyxy, rows), pad(usable, rows), levels, shape_level, pad(gt_boxes, cols)
    return (*padded, real(len(gt_boxes), cols)), count, len(gt_boxes)


def match_yolo(
    anchors: Anchors,
    gt_boxes: np.ndarray,
    *,
    ignore_iou: float = 0.5,
    usable: np.ndarray | None = None,
) -> Matches:
    """Makes the one anchor responsible for each object that sits in its cell and is most like it.

    Args:
      anchors: of all levels, with their cells.
      gt_boxes: xyxy pixels (G, 4), of positive area; may be empty.
      ignore_iou: an anchor that overlaps an object by more, but is not responsible, is ignored.
      usable: bool (A,); the others are ignored, responsible or not. None: all are.

    Returns:
      `Matches`, whose `best_anchor` is the responsible one.

    References:
      `core.matching.yolo.match_yolo`.
    """
    if not 0 <= ignore_iou <= 1:
        raise ValueError(f"ignore_iou must be an IoU between 0 and 1, got {ignore_iou!r}")
    padded, count, objects = _padded(anchors, gt_boxes, usable)
    iou, matches = jax.device_get(_yolo(*padded, float(ignore_iou)))
    return cut(iou, matches, count, objects)


def match_yolov5(
    anchors: Anchors,
    gt_boxes: np.ndarray,
    *,
    anchor_t: float = 4.0,
    usable: np.ndarray | None = None,
) -> tuple[Matches, Assignments]:
    """Gives each object every anchor of like shape, in its cell and up to two beside it.

    Args:
      anchors, gt_boxes: as of `match_yolo`.
      usable: as of `match_yolo`; the others make no pair.
      anchor_t: a shape fits if no side differs by this factor or more.

    References:
      `core.matching.yolov5.match_yolov5`.
    """
    if not 1 <= anchor_t < np.inf:
        raise ValueError(f"anchor_t must be a factor from 1 on, got {anchor_t!r}")
    padded, count, objects = _padded(anchors, gt_boxes, usable)
    iou, matches, pairs = jax.device_get(_yolov5(*padded, float(anchor_t)))
    gt, shape, neighbour = np.nonzero(pairs.assigned)
    _, may, levels, shape_level, *_ = padded
    level = shape_level[shape]
    cell = pairs.row[gt, shape, neighbour] * levels.cols[level] + pairs.col[gt, shape, neighbour]
    shape_in_level = shape - levels.first_shape[level]
    anchor = levels.start[level] + cell * levels.shapes_per_cell[level] + shape_in_level
    by_anchor = np.lexsort((gt, anchor))
    by_anchor = by_anchor[may[anchor[by_anchor]]]
    assignments = Assignments(
        anchor[by_anchor].astype(np.int32),
        gt[by_anchor].astype(np.int32),
        neighbour[by_anchor].astype(np.int32),
        pairs.factor[gt, shape][by_anchor],
    )
    return cut(iou, matches, count, objects), assignments


@jax.jit
def _fit(sides, shapes):
    return core_shapes.shape_iou(sides, shapes), core_shapes.shape_fit(sides, shapes)


class ShapeFit(NamedTuple):
    """How well anchors suit boxes, wherever they lie.

    Attributes:
      iou: float32 (G, K), of the boxes moved to one corner.
      fit: float32 (G, K), one over the factor by which the worst sides differ.
    """

    iou: np.ndarray
    fit: np.ndarray


def fit_shapes(widths_heights: np.ndarray, shapes: np.ndarray) -> ShapeFit:
    """Compares the shapes of objects (G, 2) with those of anchors (K, 2): positive (width, height).

    References:
      `core.matching.shapes.shape_iou`, `core.matching.shapes.shape_fit`.
    """
    sides = checks.numbers(widths_heights, "widths_heights", 2)
    anchors = checks.numbers(shapes, "shapes", 2)
    for name, array in (("widths_heights", sides), ("shapes", anchors)):
        if array.size and array.min() <= 0:
            raise ValueError(f"{name} must be positive, but row {int(array.min(1).argmin())} is not")
    rows, cols = bucket(len(sides), ROWS), bucket(len(anchors), OBJECTS)
    if rows * cols > ANCHORS * 2**16:
        raise ValueError(f"widths_heights and shapes make a matrix of {len(sides):,} x {len(anchors):,}")
    # Ones, not zeros: padding must not divide by 0.
    padded = (np.ones((rows, 2), np.float32), np.ones((cols, 2), np.float32))
    padded[0][: len(sides)], padded[1][: len(anchors)] = sides, anchors
    return ShapeFit(*(m[: len(sides), : len(anchors)].copy() for m in jax.device_get(_fit(*padded))))
