"""How detections are measured against the objects that are there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from anchorlab.settings.validation import Checked, iou, limited

Candidates = Literal["free", "best"]
Interpolation = Literal["voc07", "voc", "coco"]

EVERY = 2**31 - 1
"""As a number of detections: all of them."""


@dataclass(frozen=True)
class AreaRange(Checked):
    """Objects of one size.

    Attributes:
      name: what the summary calls it, as in "AP_small".
      low, high: square pixels, both inclusive: an object of exactly 32^2 is small and medium.
    """

    name: str
    low: float = limited(0.0, 0, what="an area")
    high: float = limited(1e10, 0, what="an area")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.high < self.low:
            raise ValueError(f"high must be from low = {self.low:g} on, got {self.high:g}")


ALL = AreaRange("all")
COCO_AREAS = (ALL, AreaRange("small", 0, 32**2), AreaRange("medium", 32**2, 96**2), AreaRange("large", 96**2))


@dataclass(frozen=True)
class EvalSpec(Checked):
    """How detections are measured: by default as COCO does; `VOC_2007` and `VOC_2010` are below.

    Attributes:
      iou_thresholds: a detection may find an object if its IoU is at least (>=) this; rising, from above 0 to 1.
        A threshold of 1 is taken as 1 - 1e-10, as COCO does.
      match_equal: whether an IoU equal to the threshold is enough (COCO, VOC's development kit), or has to be more
        (py-faster-rcnn's reading of VOC).
      candidates: which objects a detection may find. 'free': the one it overlaps most of those not found yet
        (COCO; of equals the last listed). 'best': the one it overlaps most of all, found already or not (VOC; of
        equals the first): a double of that one, then, whatever else it overlaps.
      area_ranges: which objects count; the others are ignored, and so are detections that find none and are of
        another size themselves. The first range is that of the overall figures, the curves and the stories.
      max_detections: how many of the best scores of an image (and class, if `class_wise`) are measured; rising.
        The last one is that of everything but AR; `EVERY` stands for all.
      class_wise: True: a detection finds objects of its own class alone, and each class has its own figures.
        False: classes are not looked at.
      interpolation: 'coco' (101 points of recall), 'voc' (area under the envelope) or 'voc07' (11 points), as
        `core.evaluation.average_precision` describes them.
      inclusive: the last pixel belongs to a box, whose width is x2 - x1 + 1 (VOC's development kit).
      background_iou: from this IoU on (>=) with an object of its class a false detection is a badly placed one,
        below it a false alarm. Moves no figure.
    """

    iou_thresholds: tuple[float, ...] = limited(
        # 0.8999999999999999: to the last bit what COCO compares with.
        (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.8999999999999999, 0.95),
        high=1,
        above=0,
        what="an IoU up to 1,",
    )
    match_equal: bool = True
    candidates: Candidates = "free"
    area_ranges: tuple[AreaRange, ...] = COCO_AREAS
    max_detections: tuple[int, ...] = limited((1, 10, 100), 1, EVERY)
    class_wise: bool = True
    interpolation: Interpolation = "coco"
    inclusive: bool = False
    background_iou: float = iou(0.1)

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("iou_thresholds", "max_detections"):
            values = getattr(self, name)
            if any(low >= high for low, high in pairwise(values)):
                raise ValueError(f"{name} must rise, got {values!r}")
        if len({area.name for area in self.area_ranges}) < len(self.area_ranges):
            raise ValueError("area_ranges must have different names")


VOC_2010 = EvalSpec(
    iou_thresholds=(0.5,),
    candidates="best",
    area_ranges=(ALL,),
    max_detections=(EVERY,),
    interpolation="voc",
    inclusive=True,
)
"""PASCAL VOC from 2010 on, as its development kit measures: the area under the curve. Objects that are `difficult` are
ignored, with the detections that find them."""
VOC_2007 = replace(VOC_2010, interpolation="voc07")
"""The same until 2009: precision at 11 points of recall."""


@dataclass(frozen=True)
class Evaluating(Checked):
    """What the Evaluation page measures.

    Attributes:
      pictures: the detections on 'this' picture, or the simulated detector's on 'all' built-in ones.
      score_threshold: from which score (>=) on predictions come to suppression: lower than where boxes are shown to people,
        as recall is measured to its end.
      iou_threshold: from which IoU (>=) a detection finds an object.
      rule: whose curve it is: VOC's until 2009 or from 2010 on, or COCO's.
      category: the class that the curve is of, by its place among those there are; -1 (as what is no place) for all
        classes in one list, each detection still finding objects of its own class alone.
      reach: the IoU from which an anchor reaches an object.
      only_reached: whether the detector says nothing of the others, as one that never learned them.
    """

    pictures: Literal["this", "all"] = "this"
    score_threshold: float = limited(0.05, 0, 1)
    iou_threshold: float = limited(0.5, 0, 1, above=0, what="an IoU", people=(0.05, 0.95))
    rule: Interpolation = "voc"
    category: int = limited(-1, -1, 10_000)
    reach: float = limited(0.5, 0, 1, above=0, what="an IoU", people=(0.05, 0.95))
    only_reached: bool = False

    def spec(self, rule: Interpolation | None = None, *iou_thresholds: float) -> EvalSpec:
        """How a rule, its own unless said otherwise, measures at these thresholds; at its own if none is given."""
        return replace(RULES[rule or self.rule], iou_thresholds=iou_thresholds or (self.iou_threshold,))


RULES: dict[Interpolation, EvalSpec] = {
    "voc07": VOC_2007,
    "voc": VOC_2010,
    "coco": EvalSpec(area_ranges=(ALL,), max_detections=(100,)),
}
"""How each rule measures, whatever the thresholds, the sizes of objects apart."""
