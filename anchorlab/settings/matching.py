"""How anchors are matched to objects: one record a rule, and which rule it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import get_type_hints

from anchorlab.settings.validation import Checked, choice, iou, limited


class RuleSpec(Checked):
    """The settings of one rule."""


def _in_order(low: float, high: float) -> None:
    if low > high:
        raise ValueError(f"low must not be above high, got low {low} and high {high}")


@dataclass(frozen=True)
class ThresholdSpec(RuleSpec):
    """Every anchor by its best IoU (Faster R-CNN, RetinaNet).

    Attributes:
      high: IoU from which on (>=) an anchor is positive.
      low: IoU below which (<) an anchor is negative; from `low` to `high` it is ignored.
      low_quality: low-quality matches: whether the best anchors of an object become positive below `high` too.
      low_negative: whether an IoU equal to `low` is negative (fizyr) instead of ignored.
      min_best_iou: an object's best anchors are low-quality matches if their IoU is more (>) than this; at -1
        all anchors are those of an object that overlaps nothing (torchvision, detectron2).
    """

    high: float = iou(0.5)
    low: float = iou(0.4)
    low_quality: bool = True
    low_negative: bool = False
    min_best_iou: float = limited(0.0, -1, 1)

    def __post_init__(self):
        super().__post_init__()
        _in_order(self.low, self.high)


@dataclass(frozen=True)
class GreedySpec(RuleSpec):
    """Every object gets an anchor of its own first (Dive into Deep Learning).

    Attributes:
      high: IoU from which on (>=) any other anchor is positive, too; below it is negative.
    """

    high: float = iou(0.5)


@dataclass(frozen=True)
class MaxIouSpec(RuleSpec):
    """Two thresholds, then objects take their best anchors even from others (mmdetection).

    Attributes:
      high: IoU from which on (>=) an anchor is positive.
      low: IoU below which (<) an anchor is negative; from `low` to `high` it is ignored.
      low_quality: low-quality matches: whether objects take anchors at all.
      min_pos_iou: an object takes its best anchors if their IoU is this or more (>=).
      assign_all: whether it takes all anchors that share its best IoU, or the first alone.
    """

    high: float = iou(0.5)
    low: float = iou(0.4)
    low_quality: bool = True
    min_pos_iou: float = iou(0.0)
    assign_all: bool = True

    def __post_init__(self):
        super().__post_init__()
        _in_order(self.low, self.high)


@dataclass(frozen=True)
class SsdSpec(RuleSpec):
    """Every object gets its one best anchor, taken from others if need be.

    Attributes:
      high: IoU from which on (>=) any other anchor is positive, too; below it is negative.
    """

    high: float = iou(0.5)


@dataclass(frozen=True)
class AtssSpec(RuleSpec):
    """Every object finds its own threshold among the anchors around its centre.

    Attributes:
      top_k: candidates per level and object.
    """

    top_k: int = limited(9, 1, 2**31 - 1, people=(1, 50))


@dataclass(frozen=True)
class YoloSpec(RuleSpec):
    """Of the cell an object is centred in, the anchor shaped most like it.

    Attributes:
      ignore_iou: an anchor that is not responsible is ignored if its best IoU is more (>).
    """

    ignore_iou: float = iou(0.5)


@dataclass(frozen=True)
class Yolov5Spec(RuleSpec):
    """Of an object's cell and up to two beside it, all anchors of like shape.

    Attributes:
      side_factor: anchor and object are alike if no side differs by this factor or more (>=).
    """

    side_factor: float = limited(4.0, 1, people=(1, 20), what="a factor")


@dataclass(frozen=True)
class Matching(Checked):
    """The rule that is in force, and the settings of all: each keeps its own while another is chosen."""

    rule: str = "threshold"
    threshold: ThresholdSpec = field(default_factory=ThresholdSpec)
    greedy: GreedySpec = field(default_factory=GreedySpec)
    max_iou: MaxIouSpec = field(default_factory=MaxIouSpec)
    ssd: SsdSpec = field(default_factory=SsdSpec)
    atss: AtssSpec = field(default_factory=AtssSpec)
    yolo: YoloSpec = field(default_factory=YoloSpec)
    yolov5: Yolov5Spec = field(default_factory=Yolov5Spec)

    def __post_init__(self):
        super().__post_init__()
        choice(self.rule, "rule", tuple(RECORDS))

    @property
    def spec(self) -> RuleSpec:
        """The settings of the rule in force."""
        return getattr(self, self.rule)


RECORDS: dict[str, type] = {name: kind for name, kind in get_type_hints(Matching).items() if name != "rule"}
"""The record of every rule by its name."""


def changes_to(spec: RuleSpec) -> dict[str, object]:
    """What to change in an app state so that this rule is in force, with these settings."""
    name = next(name for name, kind in RECORDS.items() if kind is type(spec))
    return {"matching__rule": name, f"matching__{name}": spec}
