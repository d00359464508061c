"""How anchors are matched to objects: one record a rule, and which rule it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import get_type_hints

from anchorlab.settings.validation import Checked, choice, flag, integer, is_unit, limited, number

_IOU = "an IoU between 0 and 1"


def _in_order(low: float, high: float) -> None:
    if low > high:
        raise ValueError(f"low must not be above high, got low {low} and high {high}")


@dataclass(frozen=True)
class ThresholdSpec(Checked):
    """Every anchor by its best IoU (Faster R-CNN, RetinaNet).

    Attributes:
      high: IoU from which on (>=) an anchor is positive.
      low: IoU below which (<) an anchor is negative; from `low` to `high` it is ignored.
      low_quality: low-quality matches: whether the best anchors of an object become positive below `high` too.
      low_negative: whether an IoU equal to `low` is negative (fizyr) instead of ignored.
      min_best_iou: an object's best anchors are low-quality matches if their IoU is more (>) than this; at -1
        all anchors are those of an object that overlaps nothing (torchvision, detectron2).
    """

    high: float = limited(0.5, 0, 1)
    low: float = limited(0.4, 0, 1)
    low_quality: bool = True
    low_negative: bool = False
    min_best_iou: float = limited(0.0, -1, 1)

    def __post_init__(self):
        self.store(
            high=number(self.high, "high", _IOU, is_unit),
            low=number(self.low, "low", _IOU, is_unit),
            low_quality=flag(self.low_quality, "low_quality"),
            low_negative=flag(self.low_negative, "low_negative"),
            min_best_iou=number(self.min_best_iou, "min_best_iou", "from -1 to 1", lambda x: -1 <= x <= 1),
        )
        _in_order(self.low, self.high)


@dataclass(frozen=True)
class GreedySpec(Checked):
    """Every object gets an anchor of its own first (Dive into Deep Learning).

    Attributes:
      high: IoU from which on (>=) any other anchor is positive, too; below it is negative.
    """

    high: float = limited(0.5, 0, 1)

    def __post_init__(self):
        self.store(high=number(self.high, "high", _IOU, is_unit))


@dataclass(frozen=True)
class MaxIouSpec(Checked):
    """Two thresholds, then objects take their best anchors even from others (mmdetection).

    Attributes:
      high: IoU from which on (>=) an anchor is positive.
      low: IoU below which (<) an anchor is negative; from `low` to `high` it is ignored.
      low_quality: low-quality matches: whether objects take anchors at all.
      min_pos_iou: an object takes its best anchors if their IoU is this or more (>=).
      assign_all: whether it takes all anchors that share its best IoU, or the first alone.
    """

    high: float = limited(0.5, 0, 1)
    low: float = limited(0.4, 0, 1)
    low_quality: bool = True
    min_pos_iou: float = limited(0.0, 0, 1)
    assign_all: bool = True

    def __post_init__(self):
        self.store(
            high=number(self.high, "high", _IOU, is_unit),
            low=number(self.low, "low", _IOU, is_unit),
            low_quality=flag(self.low_quality, "low_quality"),
            min_pos_iou=number(self.min_pos_iou, "min_pos_iou", _IOU, is_unit),
            assign_all=flag(self.assign_all, "assign_all"),
        )
        _in_order(self.low, self.high)


@dataclass(frozen=True)
class SsdSpec(Checked):
    """Every object gets its one best anchor, taken from others if need be.

    Attributes:
      high: IoU from which on (>=) any other anchor is positive, too; below it is negative.
    """

    high: float = limited(0.5, 0, 1)

    def __post_init__(self):
        self.store(high=number(self.high, "high", _IOU, is_unit))


@dataclass(frozen=True)
class AtssSpec(Checked):
    """Every object finds its own threshold among the anchors around its centre.

    Attributes:
      top_k: candidates per level and object.
    """

    top_k: int = limited(9, 1, 50)

    def __post_init__(self):
        self.store(top_k=integer(self.top_k, "top_k", "a whole number from 1 on", lambda x: 1 <= x < 2**31))


@dataclass(frozen=True)
class YoloSpec(Checked):
    """Of the cell an object is centred in, the anchor shaped most like it.

    Attributes:
      ignore_iou: an anchor that is not responsible is ignored if its best IoU is more (>).
    """

    ignore_iou: float = limited(0.5, 0, 1)

    def __post_init__(self):
        self.store(ignore_iou=number(self.ignore_iou, "ignore_iou", _IOU, is_unit))


@dataclass(frozen=True)
class Yolov5Spec(Checked):
    """Of an object's cell and up to two beside it, all anchors of like shape.

    Attributes:
      side_factor: anchor and object are alike if no side differs by this factor or more (>=).
    """

    side_factor: float = limited(4.0, 1, 20)

    def __post_init__(self):
        self.store(
            side_factor=number(self.side_factor, "side_factor", "a factor from 1 on", lambda x: x >= 1)
        )


@dataclass(frozen=True)
class CenterInsideSpec(Checked):
    """The smallest object in which an anchor's centre lies (FCOS).

    Attributes:
      radius: how near to the object's middle the centre must be, in strides; 0: anywhere in its box.
    """

    radius: float = limited(0.0, 0, 8)

    def __post_init__(self):
        self.store(radius=number(self.radius, "radius", "a number of strides from 0 on", lambda x: x >= 0))


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
    center_inside: CenterInsideSpec = field(default_factory=CenterInsideSpec)

    def __post_init__(self):
        choice(self.rule, "rule", tuple(RECORDS))

    @property
    def spec(self) -> RuleSpec:
        """The settings of the rule in force."""
        return getattr(self, self.rule)


RuleSpec = (
    ThresholdSpec | GreedySpec | MaxIouSpec | SsdSpec | AtssSpec | YoloSpec | Yolov5Spec | CenterInsideSpec
)
RECORDS: dict[str, type] = {name: kind for name, kind in get_type_hints(Matching).items() if name != "rule"}
"""The record of every rule by its name."""


def changes_to(spec: RuleSpec) -> dict[str, object]:
    """What to change in an app state so that this rule is in force, with these settings."""
    name = next(name for name, kind in RECORDS.items() if kind is type(spec))
    return {"matching__rule": name, f"matching__{name}": spec}
