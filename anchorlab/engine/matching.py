"""Overlap and matching of all anchors with all objects."""

from functools import partial
from typing import Any, NamedTuple

import jax
import numpy as np

from anchorlab.catalogue.matching import rule_of
from anchorlab.core import iou as core_iou
from anchorlab.core.matching import common as core
from anchorlab.core.matching.blocks import overlaps
from anchorlab.engine import checks
from anchorlab.engine.anchors import Anchors, tables
from anchorlab.engine.buckets import buckets, cut, pad, real
from anchorlab.settings.matching import RuleSpec

MAX_PAIRS = 2**26
"""Where every anchor with every object is held at once: a float32 matrix of 256 MiB."""
MAX_COMPARED = 2**28
"""Where their IoUs are computed and forgotten, those of 512 anchors at a time: half a second of work."""
_KINDS = tuple(core_iou.KINDS)


class Matches(NamedTuple):
    """Which anchor learns which object, and why: `core.matching.common.Matches` of NumPy arrays, and more.

    Attributes:
      label, gt_index, best_iou, reason, best_anchor, best_anchor_iou: the core's.
      story: what else the rule has to say, as the core has it (`GreedyRounds`, say); None if nothing.
      boxes: of the anchors (A, 4) and the objects (G, 4), as they were compared: `pairwise_iou(*boxes)` are the IoUs,
        which no rule needs all of.
    """

    label: np.ndarray
    gt_index: np.ndarray
    best_iou: np.ndarray
    reason: np.ndarray
    best_anchor: np.ndarray
    best_anchor_iou: np.ndarray
    story: Any
    boxes: tuple[np.ndarray, np.ndarray]


@jax.jit
def _pairwise(a, b, kind):
    return jax.lax.switch(kind, [partial(core_iou.pairwise, kind=name) for name in _KINDS], a, b)


@partial(jax.jit, static_argnums=0)
def _by_boxes(rule, anchors, gt_boxes, count, settings):
    return rule(overlaps(anchors, gt_boxes, count), **settings)


@partial(jax.jit, static_argnums=0)
def _by_levels(rule, anchors, gt_boxes, levels, shape_level, settings):
    return rule(anchors, gt_boxes, levels, shape_level, **settings)


def lengths(count: int, name: str, others: int, other_name: str, most: int = MAX_PAIRS) -> tuple[int, int]:
    """The buckets of a matrix, if it is not too large."""
    rows, cols = buckets(count, others)
    if rows * cols > most:
        raise ValueError(
            f"{name} and {other_name} make a matrix of {count:,} x {others:,}; take fewer of either"
        )
    return rows, cols


def pairwise_iou(a: np.ndarray, b: np.ndarray, kind: str = "iou") -> np.ndarray:
    """Every box of `a` (A, 4) with every box of `b` (G, 4): float32 (A, G).

    Args:
      a, b: xyxy in one frame; a point or a line is a box, of IoU 0 with everything.
      kind: 'iou', 'giou', 'diou' or 'ciou'. The last counts unlike aspect ratios at any IoU;
        mmdetection's does so above an IoU of 0.5 only.
    """
    a, b = checks.boxes(a, "a"), checks.boxes(b, "b")
    if kind not in _KINDS:
        raise ValueError(f"kind must be one of {', '.join(map(repr, _KINDS))}, got {kind!r}")
    rows, cols = lengths(len(a), "a", len(b), "b")
    matrix = np.asarray(_pairwise(pad(a, rows), pad(b, cols), _KINDS.index(kind)))
    return matrix[: len(a), : len(b)].copy()


def match(
    anchors: Anchors | np.ndarray,
    gt_boxes: np.ndarray,
    spec: RuleSpec,
    *,
    usable: np.ndarray | None = None,
) -> Matches:
    """Matches anchors to objects by the rule whose settings these are.

    Args:
      anchors: with their levels; for a rule that reads boxes alone their xyxy pixels (A, 4) will do.
      gt_boxes: xyxy pixels (G, 4), for a rule that reads levels of positive area; may be empty: then every
        usable anchor is negative.
      spec: the rule and its settings.
      usable: bool (A,); the others are ignored and never take part. None: all are.

    References:
      The papers stand with the rules, in `core.matching`.
    """
    rule = rule_of(spec)
    by_levels = rule.reads == "levels"
    xyxy = checks.boxes(getattr(anchors, "xyxy", anchors), "anchors")
    gt_boxes = checks.boxes(gt_boxes, "gt_boxes", with_area=by_levels)
    count, objects = len(xyxy), len(gt_boxes)
    # A rule that reads levels may answer with a mark for every pair.
    most = MAX_PAIRS if by_levels else MAX_COMPARED
    rows, cols = lengths(count, "anchors", objects, "gt_boxes", most)
    masks = {
        "anchor_mask": pad(checks.mask(usable, "usable", count), rows),
        "gt_mask": real(objects, cols),
    }
    boxes, settings = (pad(xyxy, rows), pad(gt_boxes, cols)), vars(spec) | masks
    if by_levels:
        found = _by_levels(rule.match, *boxes, *level_tables(anchors), settings)
    else:
        found = _by_boxes(rule.match, *boxes, count, settings)
    matches, story = (found, None) if isinstance(found, core.Matches) else found
    if story is not None:  # copied, so that nothing holds on to the padding
        story = jax.tree.map(np.copy, jax.tree.map(np.asarray, story).real(count, objects))
    return Matches(
        *(cut(column, count) for column in matches[:4]),
        *(cut(column, objects) for column in matches[4:]),
        story=story,
        boxes=(xyxy, gt_boxes),
    )


def level_tables(anchors: Anchors) -> tuple[Any, np.ndarray]:
    """The levels as padded arrays, and int32 (K,), the level of each of their shapes; -1 for padding."""
    if not hasattr(anchors, "levels"):
        raise ValueError("anchors must come with their levels: this rule asks in which cell one lies")
    levels = tables(anchors.levels)
    if not levels.stride[: len(anchors.levels)].all():
        raise ValueError(
            "anchors must have cells of a size: not uneven='floor' where an image is smaller than its feature map"
        )
    shape_level = np.full(len(levels.widths_heights), -1, np.int32)
    owner = np.repeat(range(len(anchors.levels)), levels.shapes_per_cell[: len(anchors.levels)])
    shape_level[: len(owner)] = owner
    # A level of padding divides by its stride, but no shape is its own.
    return levels._replace(
        stride=np.where(levels.stride > 0, levels.stride, 1).astype(np.float32)
    ), shape_level
