"""How anchors are matched to objects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from anchorlab.settings.validation import Checked, choice, flag, integer, is_positive, is_unit, number

MatchRule = Literal["threshold", "greedy", "max-iou", "ssd"]


AssignKind = Literal["iou", "atss", "yolo", "yolov5"]


@dataclass(frozen=True)
class MatchSpec(Checked):
    """How anchors are matched to objects.

    Attributes:
      rule: 'threshold' labels every anchor by its best IoU (Faster R-CNN, RetinaNet); 'greedy'
        gives every object an anchor of its own first (Dive into Deep Learning); 'max-iou' is
        'threshold' with objects that take their best anchors even from others (mmdetection); 'ssd'
        gives every object its one best anchor, taken from others if need be, and has no ignored band.
      high: IoU from which on (>=) an anchor is positive.
      low: IoU below which (<) an anchor is negative; from `low` to `high` it is ignored. Not used
        by 'greedy' and 'ssd'.
      low_quality: low-quality matches: whether the best anchors of an object become positive below `high` too. Not used
        by 'greedy' and 'ssd'.
      low_negative: whether an IoU equal to `low` is negative (fizyr) instead of ignored. Used by
        'threshold' only.
      min_best_iou: with 'threshold', an object's best anchors are low-quality matches if their IoU is more (>)
        than this; at -1 all anchors are those of an object that overlaps nothing (torchvision, detectron2).
      min_pos_iou: with 'max-iou', an object takes its best anchors if their IoU is this or more (>=).
      assign_all: with 'max-iou', whether an object takes all anchors that share its best IoU.
    """

    rule: MatchRule = "threshold"
    high: float = 0.5
    low: float = 0.4
    low_quality: bool = True
    low_negative: bool = False
    min_best_iou: float = 0.0
    min_pos_iou: float = 0.0
    assign_all: bool = True

    def __post_init__(self):
        self.store(
            rule=choice(self.rule, "rule", ("threshold", "greedy", "max-iou", "ssd")),
            high=number(self.high, "high", "an IoU between 0 and 1", is_unit),
            low=number(self.low, "low", "an IoU between 0 and 1", is_unit),
            low_quality=flag(self.low_quality, "low_quality"),
            low_negative=flag(self.low_negative, "low_negative"),
            min_best_iou=number(self.min_best_iou, "min_best_iou", "from -1 to 1", lambda x: -1 <= x <= 1),
            min_pos_iou=number(self.min_pos_iou, "min_pos_iou", "an IoU between 0 and 1", is_unit),
            assign_all=flag(self.assign_all, "assign_all"),
        )
        if self.low > self.high and self.rule in ("threshold", "max-iou"):
            raise ValueError(f"low must not be above high, got low {self.low} and high {self.high}")


@dataclass(frozen=True)
class AssignSpec(Checked):
    """Which family of rules matches anchors to objects: one that reads only IoUs, or one that knows grids.

    Attributes:
      kind: 'iou': what a `MatchSpec` says; 'atss': every object finds its own threshold among the anchors
        around its centre; 'yolo': of the cell an object is centred in, the anchor shaped most like it;
        'yolov5': of that cell and up to two beside it, all anchors of like shape.
      top_k: candidates per level and object. Read by 'atss'.
      ignore_iou: an anchor that is not responsible is ignored if its best IoU is more (>). Read by 'yolo'.
      side_factor: anchor and object are alike if no side differs by this factor or more (>=). Read by
        'yolov5'.
    """

    kind: AssignKind = "iou"
    top_k: int = 9
    ignore_iou: float = 0.5
    side_factor: float = 4.0

    def __post_init__(self):
        self.store(
            kind=choice(self.kind, "kind", ("iou", "atss", "yolo", "yolov5")),
            top_k=integer(self.top_k, "top_k", "a whole number from 1 on", is_positive),
            ignore_iou=number(self.ignore_iou, "ignore_iou", "an IoU between 0 and 1", is_unit),
            side_factor=number(self.side_factor, "side_factor", "a factor from 1 on", lambda x: x >= 1),
        )
