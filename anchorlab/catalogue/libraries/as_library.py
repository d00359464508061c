"""Generating anchors, matching, encoding and suppressing as a library does.

First its answers become the engine's settings, then the engine runs them. Held against the libraries' own results in
`tests/golden`. What 0 / 0 is stays data: an IoU of two points is 0 here, whatever the library says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace

import numpy as np

from anchorlab import engine
from anchorlab.catalogue.coders.center import LARGEST_GROWTH
from anchorlab.catalogue.libraries import ALL, Library
from anchorlab.catalogue.matching import rule_of
from anchorlab.engine import Anchors, Matches, Suppression, checks
from anchorlab.settings.anchors import AnchorSpec
from anchorlab.settings.coding import CoderSpec
from anchorlab.settings.matching import (
    GreedySpec,
    MaxIouSpec,
    RuleSpec,
    SsdSpec,
    ThresholdSpec,
    Yolov5Spec,
)
from anchorlab.settings.pyramids import LevelSpec, PyramidSpec, Sides, default_boxes, sized
from anchorlab.settings.suppression import NmsSpec


def find(name: str | Library) -> Library:
    """A library by its name; a record is its own."""
    if isinstance(name, Library):
        return name
    if name not in ALL:
        raise ValueError(f"library must be one of {', '.join(map(repr, ALL))}, got {name!r}")
    return ALL[name]


# ---- anchors


def _shapes(library: Library, sizes: Sequence, ratios: Sequence[float], image: tuple | None) -> Sides:
    if library.order == "listed":
        return tuple(sizes)
    if library.order == "default boxes":
        return default_boxes(*sizes, ratios)
    if library.order == "first":
        of_image = library.ratio == "w/h-of-image"
        means = "w/h" if of_image else library.ratio
        sides = AnchorSpec(sizes, ratios, ratio_means=means, combine="first").widths_heights
        if not of_image:
            return sides
        height, width = image  # s w sqrt(r) and s h / sqrt(r), where s h is the size that is given
        return tuple((w * width / height, h) for w, h in sides)
    return sized(
        sizes,
        ratios,
        order=library.order,
        ratio_means=library.ratio,
        rounding=library.rounding,
        whole_sizes=library.whole_sizes,
    )


def pyramid_spec(
    library: Library,
    strides: Sequence[float],
    sizes: Sequence[Sequence],
    aspect_ratios: Sequence[Sequence[float]],
    map_sizes: Sequence[tuple[int, int]] | None = None,
    *,
    image: tuple[float, float] | None = None,
) -> PyramidSpec:
    """The anchors that a library generates for these settings, one entry of each per level.

    Whether centres beyond the image are moved into it is no part of a `PyramidSpec`: `generate_as` does that.

    Args:
      library: one of `ALL`.
      strides: pixels.
      sizes: pixels; of SSD a level's (min, max), of YOLO its (width, height)s.
      aspect_ratios: of YOLO not read.
      map_sizes: (rows, columns) of the feature maps; None: ceil(image / stride).
      image: its (height, width), at whose longer side SSD cuts; None: nothing is cut.
    """
    maps = map_sizes or (None,) * len(strides)
    levels = []
    for stride, level_sizes, ratios, size in zip(strides, sizes, aspect_ratios, maps, strict=True):
        sides = _shapes(library, level_sizes, ratios, image)
        if library.clipping == "sides" and image is not None:
            most = float(max(image))
            sides = tuple((min(w, most), min(h, most)) for w, h in sides)
        levels.append(LevelSpec(stride, sides, size))
    return PyramidSpec(tuple(levels), center=library.center, uneven=library.uneven)


def generate_as(
    library: str | Library,
    image_height: int,
    image_width: int,
    strides: Sequence[float],
    sizes: Sequence[Sequence],
    aspect_ratios: Sequence[Sequence[float]],
    map_sizes: Sequence[tuple[int, int]] | None = None,
    **changes,
) -> Anchors:
    """The anchors that a library generates over an image.

    Settings are as of `pyramid_spec`; `changes` are other answers to questions of `FIELDS`.
    """
    library = replace(find(library), **changes)
    image = image_height, image_width
    spec = pyramid_spec(library, strides, sizes, aspect_ratios, map_sizes, image=image)
    anchors = engine.generate_anchors(spec, *image)
    return _moved_inside(anchors, *image) if library.centers == "clip" else anchors


def _moved_inside(anchors: Anchors, image_height: int, image_width: int) -> Anchors:
    """Anchors centred beyond the image, moved until they are centred on its border (ssd.pytorch's `clip`)."""
    size = np.float32([image_width, image_height])
    first, last = anchors.xyxy[:, :2], anchors.xyxy[:, 2:]
    centers = (first + last) / 2
    shift = np.clip(centers, 0, size) - centers
    first, last = first + shift, last + shift
    inside = ((first >= 0) & (last <= size)).all(axis=1)
    return anchors._replace(xyxy=np.concatenate([first, last], axis=1), inside=inside)


# ---- labels


_RULES = {
    "threshold": ThresholdSpec,
    "greedy": GreedySpec,
    "max-iou": MaxIouSpec,
    "ssd": SsdSpec,
    "shape": Yolov5Spec,
}


def match_spec(library: Library, **changes) -> RuleSpec:
    """The library's rule of matching, with other settings if asked; those that the rule has not are not read."""
    settings = {
        "high": library.high,
        "low": library.low,
        "low_quality": library.low_quality != "none",
        "low_negative": library.at_low == "negative",
        # Neither torchvision nor detectron2 asks that the best IoU be more than 0.
        "min_best_iou": -1.0,
        "assign_all": library.low_quality == "ties",
    }
    record = _RULES[library.rule]
    known = {f.name for f in fields(record)}
    return record(**{name: value for name, value in (settings | changes).items() if name in known})


def match_as(
    library: str | Library,
    anchors: np.ndarray,
    gt_boxes: np.ndarray,
    *,
    image: tuple[int, int] | None = None,
    pyramid: PyramidSpec | None = None,
    **changes,
) -> Matches:
    """Matches anchors to objects as a library does.

    Args:
      library: a name of `ALL`, or a record of one's own.
      anchors: xyxy pixels (A, 4); with 'yolo' those of `pyramid`, and not read.
      gt_boxes: xyxy pixels (G, 4).
      image: (height, width); needed by 'fizyr', which ignores anchors beyond it, and 'yolo'.
      pyramid: needed by 'yolo', whose rule asks in which cell an object lies.
      changes: other settings of its rule, as in `settings.matching`.
    """
    known = find(library)
    spec = match_spec(known, **changes)
    if rule_of(spec).reads == "levels":
        if image is None or pyramid is None:
            raise ValueError(f"image and pyramid must be given to match as {library!r}")
        return engine.match(engine.generate_anchors(pyramid, *image), gt_boxes, spec)
    usable = None
    if known.outside == "center":
        if image is None:
            raise ValueError(f"image must be given to match as {library!r}")
        anchors = checks.boxes(anchors, "anchors")
        centers = (anchors[:, :2] + anchors[:, 2:]) / 2
        usable = (centers < np.array(image[::-1])[None, :]).all(axis=1)
    return engine.match(anchors, gt_boxes, spec, usable=usable)


def classes_as(
    library: str | Library, matches: Matches, gt_class_ids: np.ndarray, num_classes: int
) -> np.ndarray:
    """The class that each anchor learns, as a library numbers them: int32 (A,).

    Args:
      library: a name of `ALL`, or a record of one's own.
      matches: of the anchors.
      gt_class_ids: (G,), from 0 to num_classes - 1.
      num_classes: K; the background's number in detectron2 and mmdetection, in mmdetection that of ignored anchors, too.
    """
    classes = checks.integers(gt_class_ids, "gt_class_ids", len(matches.best_anchor))
    background, ignored, first = find(library).class_codes(num_classes)
    # Without an object nothing is positive, and the zero appended is not read.
    own = np.append(classes, 0)[matches.gt_index] + first
    codes = [matches.label == 1, matches.label == 0]
    return np.select(codes, [own, background], ignored).astype(np.int32)


# ---- offsets


def coder_spec(library: Library) -> CoderSpec:
    """The library's way to write a box."""
    return CoderSpec(
        kind=library.coder,
        stds=library.stds,
        eps=library.eps,
        clamp=None if library.clamp == "none" else LARGEST_GROWTH,
        clamp_both=library.clamp == "both",
    )


def encode_as(
    library: str | Library, anchors: np.ndarray, gt_boxes: np.ndarray, *, stride=None
) -> np.ndarray:
    """The four numbers (N, 4) in which a library writes each box; `stride` is needed by 'yolo'."""
    return engine.encode(anchors, gt_boxes, coder_spec(find(library)), stride=stride)


def decode_as(library: str | Library, anchors: np.ndarray, offsets: np.ndarray, *, stride=None) -> np.ndarray:
    """The boxes (N, 4) that a library reads; `stride` is needed by 'yolo'."""
    return engine.decode(anchors, offsets, coder_spec(find(library)), stride=stride)


# ---- suppression


def nms_spec(library: Library, **settings) -> NmsSpec:
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


def suppress_as(
    library: str | Library, boxes: np.ndarray, scores: np.ndarray, class_ids: np.ndarray, **settings
) -> Suppression:
    """Suppression as a library does it; settings are of `NmsSpec`."""
    return engine.suppress(boxes, scores, class_ids, nms_spec(find(library), **settings))
