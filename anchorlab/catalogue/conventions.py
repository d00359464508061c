"""What respected libraries do differently, as data.

`LIBRARIES` holds one `Conventions` for each; `FIELDS` says of every field what it asks and what each
value means, so that a table of all libraries can be drawn from here. The functions turn a library's
conventions into the settings of this one: `pyramid_spec`, `match_spec`, `coder_spec`, `nms_spec`.
`engine.lay_as`, `match_as`, `classes_as`, `encode_as`, `decode_as` and `suppress_as` run them.

Held against the libraries' own answers in `tests/golden`. What 0 / 0 is stays data: an IoU of two
points is 0 here, whatever the library says.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from anchorlab.settings.anchors import AnchorSpec
from anchorlab.settings.coding import CoderSpec
from anchorlab.settings.matching import MatchSpec
from anchorlab.settings.pyramids import LevelSpec, PyramidSpec, Sides, default_boxes, sized
from anchorlab.settings.suppression import NmsSpec

LARGEST_GROWTH = math.log(1000 / 16)


class Field(NamedTuple):
    """A question that libraries answer differently.

    Attributes:
      group: 'anchors', 'matching', 'targets', 'overlap' or 'suppression'.
      question: for people.
      values: what each possible value means; empty for a number or a tuple.
    """

    group: str
    question: str
    values: dict[Any, str]


FIELDS: dict[str, Field] = {
    "ratio": Field(
        "anchors",
        "What is an aspect ratio?",
        {
            "h/w": "height over width: 2 is tall",
            "w/h": "width over height: 2 is wide",
            "none": "shapes are listed as widths and heights",
        },
    ),
    "order": Field(
        "anchors",
        "In which order are the shapes of a cell listed?",
        {
            "size-major": "all ratios of the first size first",
            "ratio-major": "all sizes of the first ratio first",
            "first": "every size with the first ratio, then the first size with the other ratios",
            "default boxes": "the square, the larger square, then every ratio lying and standing",
            "listed": "as written down",
        },
    ),
    "rounding": Field(
        "anchors",
        "Are the shapes rounded?",
        {
            "none": "no",
            "half-even": "corners around the origin to whole pixels, halves to the even one",
        },
    ),
    "whole_sizes": Field(
        "anchors",
        "Are sizes cut to whole pixels before ratios apply?",
        {False: "no: 32, 40.32, 50.80", True: "yes: 32, 40, 50"},
    ),
    "center": Field(
        "anchors",
        "Where in its cell is an anchor centred?",
        {0.0: "in its upper left corner", 0.5: "in the middle"},
    ),
    "uneven": Field(
        "anchors",
        "How far apart are cells that do not divide the image?",
        {
            "keep": "by the stride of the level; the last cells overhang",
            "floor": "by image // cells, so that anchors crowd to the upper left",
            "exact": "by image / cells",
        },
    ),
    "clipping": Field(
        "anchors",
        "Are anchors cut at the image?",
        {"none": "no", "sides": "widths and heights, not corners, to at most the image's"},
    ),
    "centers": Field(
        "anchors",
        "What of cells centred beyond the image?",
        {
            "keep": "their anchors are centred there",
            "clip": "their anchors are moved: centred on the image's border",
        },
    ),
    "rule": Field(
        "matching",
        "Which rule matches anchors to objects?",
        {
            "threshold": "by the best IoU of every anchor",
            "max-iou": "by the best IoU, then objects take their best anchors",
            "ssd": "every object takes its one best anchor, the others by the best IoU",
            "greedy": "every object an anchor of its own, in rounds, the others by the best IoU",
            "shape": "every shape whose sides differ by less than a factor, in and beside the cell",
        },
    ),
    "high": Field("matching", "From which IoU on (>=) is an anchor positive?", {}),
    "low": Field("matching", "Below which IoU is an anchor negative?", {}),
    "at_low": Field(
        "matching",
        "What is an anchor whose best IoU equals the low threshold?",
        {"ignored": "ignored", "negative": "negative", "none": "there is no ignored band"},
    ),
    "low_quality": Field(
        "matching",
        "Low-quality matches: does an object get an anchor when all overlap it by too little?",
        {
            "none": "no",
            "ties": "yes, all that share its best IoU, also where that is 0",
            "one": "yes, the first of them",
        },
    ),
    "shared_best": Field(
        "matching",
        "Who gets the anchor that is the best of two objects?",
        {
            "own": "the object that this anchor overlaps most",
            "last": "the object that is listed last",
            "each its own": "the object with the larger IoU; the other gets another anchor",
            "both": "both: an anchor may learn several objects",
        },
    ),
    "outside": Field(
        "matching",
        "Which anchors are ignored because of where they lie?",
        {"none": "none", "center": "those centred right of or below the image"},
    ),
    "background": Field("targets", "What is the class of a negative?", {"K": "the number of classes"}),
    "ignored": Field(
        "targets",
        "What is the class of an ignored anchor?",
        {None: "there is none", "K": "the number of classes, with a weight of 0 in the loss"},
    ),
    "first_class": Field("targets", "What is the first class?", {0: "0", 1: "1"}),
    "coder": Field(
        "targets",
        "How is a box written from an anchor?",
        {
            "center": "shift of the centre in anchor sizes, log of the sizes",
            "corner": "shift of both corners in anchor sizes",
            "cell": "place of the centre in its cell, log of the sizes",
        },
    ),
    "stds": Field("targets", "By what are the four numbers divided?", {}),
    "eps": Field("targets", "What is added to a size ratio before the logarithm?", {}),
    "clamp": Field(
        "targets",
        "Is the decoded log size bounded?",
        {"none": "no", "above": "above, by log(1000 / 16)", "both": "on both sides, by log(1000 / 16)"},
    ),
    "inclusive": Field(
        "overlap",
        "How wide is a box?",
        {False: "x2 - x1", True: "x2 - x1 + 1 (Fast R-CNN)"},
    ),
    "zero_over_zero": Field(
        "overlap",
        "What is the IoU of two equal points?",
        {"nan": "NaN", "zero": "0", "one": "1, with inclusive pixels"},
    ),
    "suppress_equal": Field(
        "suppression",
        "Does an IoU equal to the threshold suppress?",
        {False: "an equal IoU stays", True: "an equal IoU falls, too (Fast R-CNN)"},
    ),
    "ties": Field(
        "suppression", "Which of equal scores is kept?", {"first": "the first box", "last": "the last box"}
    ),
    "classes": Field(
        "suppression",
        "How are classes kept apart?",
        {
            "none": "not at all: every box has one class, its best, and any box suppresses any",
            "each": "class by class",
            "shift": "boxes move by class x (largest coordinate + 1)",
            "far": "boxes move by class x 7680 pixels",
        },
    ),
}
"""Every field of `Conventions` that a comparison shows, in order."""


@dataclass(frozen=True)
class Conventions:
    """How one library answers the questions of `FIELDS`, in its usual configuration of one detector.

    Attributes:
      library: its name, for people.
      model: the detector of that library whose settings these are; '' where it has but one.
      source: which code, in which configuration.
      others: what their names say, in `FIELDS`.
    """

    library: str
    model: str
    source: str
    ratio: str
    order: str
    center: float
    rule: str
    high: float | None
    low: float | None
    at_low: str
    low_quality: str
    shared_best: str
    background: int | str
    ignored: int | str | None
    first_class: int
    stds: tuple[float, ...]
    clamp: str
    zero_over_zero: str
    rounding: str = "none"
    whole_sizes: bool = False
    uneven: str = "keep"
    clipping: str = "none"
    centers: str = "keep"
    outside: str = "none"
    coder: str = "center"
    eps: float = 0.0
    inclusive: bool = False
    suppress_equal: bool = False
    ties: str = "first"
    classes: str = "each"

    @property
    def title(self) -> str:
        """Library and model: torchvision's RetinaNet and its SSD answer differently."""
        return f"{self.library} {self.model}".strip()

    def class_codes(self, num_classes: int) -> tuple[int, int, int]:
        """(background, ignored, first class) as numbers; what is ignored without one shares the background's.

        fizyr has a column of states (-1, 0, 1) beside one-hot classes: as one number these are -1 and 0, and classes
        count from 1.
        """
        background = num_classes if self.background == "K" else self.background
        ignored = {None: background, "K": num_classes}.get(self.ignored, self.ignored)
        return background, ignored, self.first_class


_ONES = (1.0, 1.0, 1.0, 1.0)
_SSD_STDS = (0.1, 0.1, 0.2, 0.2)
_RETINANET = {"high": 0.5, "low": 0.4}
_NO_BAND = {"high": 0.5, "low": 0.5, "at_low": "none"}

LIBRARIES: dict[str, Conventions] = {
    "d2l": Conventions(
        "d2l",
        "",
        "d2l 1.0.3, chapter 14.4",
        ratio="w/h",
        order="first",
        center=0.5,
        uneven="exact",
        rule="greedy",
        **_NO_BAND,
        low_quality="one",
        shared_best="each its own",
        background=0,
        ignored=None,
        first_class=1,
        stds=_SSD_STDS,
        eps=1e-6,
        clamp="none",
        zero_over_zero="nan",
        classes="none",
    ),
    "torchvision": Conventions(
        "torchvision",
        "RetinaNet",
        "torchvision 0.22, RetinaNet",
        ratio="h/w",
        order="ratio-major",
        rounding="half-even",
        whole_sizes=True,
        center=0.0,
        uneven="floor",
        rule="threshold",
        **_RETINANET,
        at_low="ignored",
        low_quality="ties",
        shared_best="own",
        background=-1,
        ignored=-2,
        first_class=0,
        stds=_ONES,
        clamp="above",
        zero_over_zero="nan",
        classes="shift",
    ),
    "detectron2": Conventions(
        "detectron2",
        "RetinaNet",
        "detectron2 0.6, RetinaNet",
        ratio="h/w",
        order="size-major",
        center=0.0,
        rule="threshold",
        **_RETINANET,
        at_low="ignored",
        low_quality="ties",
        shared_best="own",
        background="K",
        ignored=-1,
        first_class=0,
        stds=_ONES,
        clamp="above",
        zero_over_zero="zero",
        classes="shift",
    ),
    "mmdetection": Conventions(
        "MMDetection",
        "RetinaNet",
        "mmdet 3.3.0, RetinaNet",
        ratio="h/w",
        order="ratio-major",
        center=0.0,
        rule="max-iou",
        **_RETINANET,
        at_low="ignored",
        low_quality="ties",
        shared_best="last",
        background="K",
        ignored="K",
        first_class=0,
        stds=_ONES,
        clamp="both",
        zero_over_zero="zero",
        classes="shift",
    ),
    "fizyr": Conventions(
        "fizyr",
        "RetinaNet",
        "fizyr/keras-retinanet 1.0.0",
        ratio="h/w",
        order="ratio-major",
        center=0.5,
        rule="threshold",
        **_RETINANET,
        at_low="negative",
        low_quality="none",
        shared_best="own",
        outside="center",
        background=0,
        ignored=-1,
        first_class=1,
        coder="corner",
        stds=(0.2, 0.2, 0.2, 0.2),
        clamp="none",
        zero_over_zero="zero",
    ),
    "keras": Conventions(
        "Keras",
        "RetinaNet",
        "keras-io, examples/vision/retinanet.py, 2020",
        ratio="w/h",
        order="ratio-major",
        center=0.5,
        rule="threshold",
        **_RETINANET,
        at_low="ignored",
        low_quality="none",
        shared_best="own",
        background=-1,
        ignored=-2,
        first_class=0,
        stds=_SSD_STDS,
        clamp="none",
        zero_over_zero="zero",
    ),
    "ssd": Conventions(
        "ssd.pytorch",
        "",
        "amdegroot/ssd.pytorch, SSD300",
        ratio="w/h",
        order="default boxes",
        center=0.5,
        clipping="sides",
        centers="clip",
        rule="ssd",
        **_NO_BAND,
        low_quality="one",
        shared_best="last",
        background=0,
        ignored=None,
        first_class=1,
        stds=_SSD_STDS,
        clamp="none",
        zero_over_zero="nan",
        ties="last",
    ),
    "yolo": Conventions(
        "YOLOv5",
        "",
        "ultralytics/yolov5 7.0; the coder of YOLOv3, which 7.0 stretches: 2 sigmoid(t) - 1/2, (2 sigmoid(t))^2",
        ratio="none",
        order="listed",
        center=0.5,
        rule="shape",
        high=None,
        low=None,
        at_low="none",
        low_quality="none",
        shared_best="both",
        background=-1,
        ignored=None,
        first_class=0,
        coder="cell",
        stds=_ONES,
        clamp="none",
        zero_over_zero="zero",
        classes="far",
    ),
}
"""By name."""


_BANDED = ("threshold", "max-iou")
_SHARED_BEST = {"own": "threshold", "last": "max-iou"}
_LISTS = ("size-major", "ratio-major")


def exchanged(library: Conventions | Suppressor, other: Conventions | Suppressor, name: str):
    """A library with one answer of another's, all else its own: what comes of that convention alone.

    Returns:
      The library, unchanged if both give the same answer; None where its other answers leave no room for it: SSD's
      objects take their one best anchor by rule, and YOLO asks for no IoU.
    """
    ours, theirs = (getattr(record, name, None) for record in (library, other))
    if ours == theirs:
        return library
    if name not in Suppressor._fields and Suppressor in (type(library), type(other)):
        return None
    if name == "zero_over_zero" or not (isinstance(library, Suppressor) or _has_room(library, other, name)):
        return None  # what 0 / 0 is, is told and not computed
    changes = {name: theirs}
    if name == "shared_best":
        changes["rule"] = _SHARED_BEST[theirs]
    return library._replace(**changes) if isinstance(library, Suppressor) else replace(library, **changes)


def _has_room(library: Conventions, other: Conventions | Suppressor, name: str) -> bool:
    """Whether a library could take this one answer over without a change of any other."""
    theirs = getattr(other, name)
    iou, banded = library.rule != "shape", library.rule in _BANDED
    match name:
        case "ratio":
            return "none" not in (library.ratio, theirs) and library.order in (*_LISTS, "first")
        case "order":
            return library.order in _LISTS and theirs in _LISTS
        case "rule" | "outside":
            return iou
        case "high":
            return iou and theirs is not None and (not banded or library.low <= theirs)
        case "low":
            return banded and theirs is not None and theirs <= library.high
        case "at_low":
            return library.rule == "threshold" and theirs != "none"
        case "low_quality":
            return library.rule == "max-iou" or (library.rule == "threshold" and theirs != "one")
        case "shared_best":
            return banded and theirs in _SHARED_BEST
        case "stds":
            return "cell" not in (library.coder, other.coder)
        case "eps" | "clamp":
            return library.coder == "center"
    return True


class Suppressor(NamedTuple):
    """How suppression counts and compares in a library of which only that is told here."""

    title: str
    source: str
    inclusive: bool
    zero_over_zero: str
    suppress_equal: bool
    ties: str
    classes: str = "each"


FAST_RCNN = Suppressor(
    "Fast R-CNN",
    "py-faster-rcnn, lib/nms/cpu_nms.pyx",
    inclusive=True,
    zero_over_zero="one",
    suppress_equal=True,
    ties="last",
)
"""Whose pixels have a width: the others have left that behind."""


def _shapes(library: Conventions, sizes: Sequence, aspect_ratios: Sequence[float]) -> Sides:
    if library.order == "listed":
        return tuple(sizes)
    if library.order == "default boxes":
        return default_boxes(*sizes, aspect_ratios)
    if library.order == "first":
        spec = AnchorSpec(sizes, aspect_ratios, ratio_means=library.ratio, combine="first")
        return spec.widths_heights
    return sized(
        sizes,
        aspect_ratios,
        order=library.order,
        ratio_means=library.ratio,
        rounding=library.rounding,
        whole_sizes=library.whole_sizes,
    )


def pyramid_spec(
    library: Conventions,
    strides: Sequence[float],
    sizes: Sequence[Sequence],
    aspect_ratios: Sequence[Sequence[float]],
    map_sizes: Sequence[tuple[int, int]] | None = None,
    *,
    largest_side: float | None = None,
) -> PyramidSpec:
    """The anchors that a library generates for these settings, one entry of each per level.

    Whether centres beyond the image are moved into it is no part of a `PyramidSpec`: `engine.lay_as` does that.

    Args:
      library: one of `LIBRARIES`.
      strides: pixels.
      sizes: pixels; of SSD a level's (min, max), of YOLO its (width, height)s.
      aspect_ratios: of YOLO not read.
      map_sizes: (rows, columns) of the feature maps; None: ceil(image / stride).
      largest_side: pixels, the image's side, where SSD cuts the sides; None: nothing is cut.
    """
    maps = map_sizes or (None,) * len(strides)
    levels = []
    for stride, level_sizes, ratios, size in zip(strides, sizes, aspect_ratios, maps, strict=True):
        sides = _shapes(library, level_sizes, ratios)
        if library.clipping == "sides" and largest_side is not None:
            sides = tuple((min(w, largest_side), min(h, largest_side)) for w, h in sides)
        levels.append(LevelSpec(stride, sides, size))
    return PyramidSpec(tuple(levels), center=library.center, uneven=library.uneven)


def match_spec(library: Conventions, **changes) -> MatchSpec:
    """The library's rule of matching, with other thresholds if asked; not for rule 'shape'."""
    if library.rule == "shape":
        raise ValueError("library matches by shape, not by IoU: use engine.match_yolov5")
    settings = {
        "rule": library.rule,
        "high": library.high,
        "low": library.low,
        "low_quality": library.low_quality != "none",
        "low_negative": library.at_low == "negative",
        # Neither torchvision nor detectron2 asks that the best IoU be more than 0.
        "min_best_iou": -1.0,
        "assign_all": library.low_quality == "ties",
    }
    return MatchSpec(**settings | changes)


def coder_spec(library: Conventions) -> CoderSpec:
    """The library's way to write a box; not for coder 'cell'."""
    if library.coder == "cell":
        raise ValueError("library writes boxes within cells: use engine.encode_yolo and engine.decode_yolo")
    return CoderSpec(
        kind=library.coder,
        stds=library.stds,
        eps=library.eps,
        clamp=None if library.clamp == "none" else LARGEST_GROWTH,
        clamp_both=library.clamp == "both",
    )


def nms_spec(library: Conventions | Suppressor, **settings) -> NmsSpec:
    """The library's suppression, with these thresholds; `per_class` only where it knows classes."""
    if library.classes == "none":
        settings["per_class"] = False
    return NmsSpec(
        suppress_equal=library.suppress_equal,
        ties=library.ties,
        inclusive=library.inclusive,
        shift_classes=library.classes == "shift",
        **settings,
    )
