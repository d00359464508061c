"""Two thresholds in other libraries' words: what the rules with an ignored band share."""

from __future__ import annotations

from typing import Any

from anchorlab.catalogue.controls import Range
from anchorlab.catalogue.libraries import who
from anchorlab.catalogue.matching.rule import Convention, Part
from anchorlab.settings.matching import MaxIouSpec, ThresholdSpec

BANDS = {"high": "threshold for positive", "low": "threshold for negative", "": "convention of the matching"}
"""What undo calls a change."""


_STEP = 0.01


def thresholds(rule: str) -> Range:
    """Both thresholds, on the histogram's axis."""
    return Range(
        f"matching.{rule}.low",
        f"matching.{rule}.high",
        "Background below, positive from",
        0.0,
        1.0,
        _STEP,
        hidden_label=True,
    )


def grid(size: float, stride: float) -> dict[str, Any]:
    """Square anchors of one size around the middles of cells, on the first picture."""
    return {"anchors__sizes": (size,), "anchors__aspect_ratios": (1.0,), "anchors__stride": stride}


TILES = grid(128, 128)
"""Anchors side by side, 128 pixels each: one at (128, 128, 256, 256), one below it, one right of it."""


def shared_best(other_rule: str) -> Convention:
    """Whose anchor it is that two objects want: no setting of a rule but another rule."""
    return Convention(
        name="shared",
        heading="Two objects share their best anchor: who gets it?",
        caption=f"**Thresholds**: the one that the anchor overlaps most ({who(rule='threshold', shared_best='own')}).  \n"
        f"**Max IoU**: the one listed last ({who(rule='max-iou', shared_best='last')}).",
        other_rule=other_rule,
        # An object that fits an anchor exactly, and another for which that anchor is the best, too.
        scene={**TILES, "boxes": ((128, 128, 256, 256), (128, 128, 256, 176))},
    )


def torchvision(spec: ThresholdSpec | MaxIouSpec, low: float, notes: list[str]) -> Part:
    arguments = (
        ("high_threshold", spec.high),
        ("low_threshold", min(low, spec.high)),
        ("allow_low_quality_matches", spec.low_quality),
    )
    return Part("Matcher", arguments, tuple(notes))


def detectron2(spec: ThresholdSpec | MaxIouSpec, low: float, notes: list[str]) -> Part:
    """detectron2's Matcher wants the first threshold above 0."""
    high = spec.high if spec.high > 0 else 1e-45
    if low >= spec.high:
        thresholds, labels = [high], [0, 1]
    elif low <= 0:
        thresholds, labels = [high], [-1, 1]
    else:
        thresholds, labels = [low, high], [0, -1, 1]
    if spec.high == 0:
        every = (
            "Every IoU reaches a threshold of 0, which Matcher refuses: the smallest float32 stands for it."
        )
        notes = [every, *notes]
    arguments = (
        ("thresholds", thresholds),
        ("labels", labels),
        ("allow_low_quality_matches", spec.low_quality),
    )
    return Part("Matcher", arguments, tuple(notes))


def mmdetection(
    spec: ThresholdSpec | MaxIouSpec, low: float, least: float, assign_all: bool, notes: list[str]
) -> Part:
    arguments = (
        ("pos_iou_thr", spec.high),
        ("neg_iou_thr", low),
        ("min_pos_iou", least),
        ("match_low_quality", spec.low_quality),
        ("gt_max_assign_all", assign_all),
    )
    return Part("MaxIoUAssigner", arguments, tuple(notes))
