"""How detections are measured against the objects that are there."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from anchorlab.settings.validation import (
    Checked,
    choice,
    flag,
    integer,
    is_positive,
    is_unit,
    number,
    numbers,
)

Candidates = Literal["free", "best"]
Interpolation = Literal["voc07", "voc", "coco"]


@dataclass(frozen=True)
class AreaRange(Checked):
    """Objects of one size.

    Attributes:
      name: what the summary calls it, as in "AP_small".
      low, high: square pixels, both inclusive: an object of exactly 32^2 is small and medium.
    """

    name: str
    low: float = 0.0
    high: float = 1e10

    def __post_init__(self):
        if not isinstance(self.name, str) or not self.name:
            raise ValueError(f"name must be a word, got {self.name!r}")
        self.store(low=number(self.low, "low", "an area from 0 on", lambda x: x >= 0))
        self.store(high=number(self.high, "high", f"an area from low = {self.low:g} on", self._is_above))

    def _is_above(self, x: float) -> bool:
        return x >= self.low


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
        The last one, which may be None for all, is that of everything but AR.
      class_wise: True: a detection finds objects of its own class alone, and each class has its own figures.
        False: classes are not looked at.
      interpolation: 'coco' (101 points of recall), 'voc' (area under the envelope) or 'voc07' (11 points), as
        `core.evaluation.average_precision` describes them.
      inclusive: the last pixel belongs to a box, whose width is x2 - x1 + 1 (VOC's development kit).
      background_iou: from this IoU on (>=) with an object of its class a false detection is a badly placed one,
        below it a false alarm. Moves no figure.
    """

    iou_thresholds: tuple[float, ...] = (
        *(0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85),
        *(0.8999999999999999, 0.95),  # to the last bit what COCO compares with
    )
    match_equal: bool = True
    candidates: Candidates = "free"
    area_ranges: tuple[AreaRange, ...] = COCO_AREAS
    max_detections: tuple[int | None, ...] = (1, 10, 100)
    class_wise: bool = True
    interpolation: Interpolation = "coco"
    inclusive: bool = False
    background_iou: float = 0.1

    def __post_init__(self):
        thresholds = numbers(
            self.iou_thresholds, "iou_thresholds", "IoUs above 0, at most 1", lambda x: 0 < x <= 1
        )
        self.store(
            iou_thresholds=_rising(thresholds, "iou_thresholds"),
            match_equal=flag(self.match_equal, "match_equal"),
            candidates=choice(self.candidates, "candidates", ("free", "best")),
            area_ranges=self._checked_ranges(),
            max_detections=self._checked_counts(),
            class_wise=flag(self.class_wise, "class_wise"),
            interpolation=choice(self.interpolation, "interpolation", ("voc07", "voc", "coco")),
            inclusive=flag(self.inclusive, "inclusive"),
            background_iou=number(self.background_iou, "background_iou", "an IoU between 0 and 1", is_unit),
        )

    def _checked_ranges(self) -> tuple[AreaRange, ...]:
        ranges = tuple(self.area_ranges)
        if not ranges or not all(isinstance(r, AreaRange) for r in ranges):
            raise ValueError(f"area_ranges must hold at least one AreaRange, got {self.area_ranges!r}")
        if len({r.name for r in ranges}) < len(ranges):
            raise ValueError("area_ranges must have different names")
        return ranges

    def _checked_counts(self) -> tuple[int | None, ...]:
        try:
            *first, last = self.max_detections
        except (TypeError, ValueError):
            raise ValueError(
                f"max_detections must hold at least one number, got {self.max_detections!r}"
            ) from None
        must = "whole numbers from 1 on; the last may be None"
        counts = [integer(count, "max_detections", must, is_positive) for count in first]
        if last is not None:
            last = integer(last, "max_detections", must, is_positive)
        _rising([*counts, math.inf if last is None else last], "max_detections")
        return (*counts, last)


def _rising(values, name: str):
    if any(low >= high for low, high in pairwise(values)):
        raise ValueError(f"{name} must rise, got {values!r}")
    return values


VOC_2010 = EvalSpec(
    iou_thresholds=(0.5,),
    candidates="best",
    area_ranges=(ALL,),
    max_detections=(None,),
    interpolation="voc",
    inclusive=True,
)
"""PASCAL VOC from 2010 on, as its development kit measures: the area under the curve. Objects that are `difficult` are
ignored, with the detections that find them."""
VOC_2007 = EvalSpec(**{**vars(VOC_2010), "interpolation": "voc07"})
"""The same until 2009: precision at 11 points of recall."""
