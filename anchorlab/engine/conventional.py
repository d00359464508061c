"""Generating anchors, matching, encoding and suppressing as a library does."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from anchorlab.catalogue.conventions import (
    LIBRARIES,
    Conventions,
    coder_spec,
    match_spec,
    nms_spec,
    pyramid_spec,
)
from anchorlab.core.suppression.hard import Suppression
from anchorlab.engine import checks
from anchorlab.engine.anchors import Anchors, generate_anchors
from anchorlab.engine.matching import Matches, match_anchors
from anchorlab.engine.matching_pyramid import match_yolov5
from anchorlab.engine.offsets import decode, decode_yolo, encode, encode_yolo
from anchorlab.engine.suppression import suppress
from anchorlab.settings.pyramids import PyramidSpec


def _library(name: str | Conventions) -> Conventions:
    if isinstance(name, Conventions):
        return name
    if name not in LIBRARIES:
        raise ValueError(f"library must be one of {', '.join(map(repr, LIBRARIES))}, got {name!r}")
    return LIBRARIES[name]


def lay_as(
    library: str | Conventions,
    image_height: int,
    image_width: int,
    strides: Sequence[float],
    sizes: Sequence[Sequence],
    aspect_ratios: Sequence[Sequence[float]],
    map_sizes: Sequence[tuple[int, int]] | None = None,
    **changes,
) -> Anchors:
    """The anchors that a library generates over an image.

    Settings are as of `conventions.pyramid_spec`; `changes` are other answers to questions of `conventions.FIELDS`.
    """
    side = float(max(image_height, image_width))
    conventions = replace(_library(library), **changes)
    spec = pyramid_spec(conventions, strides, sizes, aspect_ratios, map_sizes, largest_side=side)
    anchors = generate_anchors(spec, image_height, image_width)
    return _moved_inside(anchors, image_height, image_width) if conventions.centers == "clip" else anchors


def _moved_inside(anchors: Anchors, image_height: int, image_width: int) -> Anchors:
    """Anchors centred beyond the image, moved until they are centred on its border (ssd.pytorch's `clip`)."""
    size = np.float32([image_width, image_height])
    first, last = anchors.xyxy[:, :2], anchors.xyxy[:, 2:]
    centers = (first + last) / 2
    shift = np.clip(centers, 0, size) - centers
    first, last = first + shift, last + shift
    inside = ((first >= 0) & (last <= size)).all(axis=1)
    return anchors._replace(xyxy=np.concatenate([first, last], axis=1), inside=inside)


def match_as(
    library: str | Conventions,
    anchors: np.ndarray,
    gt_boxes: np.ndarray,
    *,
    image: tuple[int, int] | None = None,
    pyramid: PyramidSpec | None = None,
    **changes,
) -> Matches:
    """Matches anchors to objects as a library does.

    Args:
      library: a name of `conventions.LIBRARIES`, or conventions of one's own.
      anchors: xyxy pixels (A, 4); with 'yolo' those of `pyramid`, and not read.
      gt_boxes: xyxy pixels (G, 4).
      image: (height, width); needed by 'fizyr', which ignores anchors beyond it, and 'yolo'.
      pyramid: needed by 'yolo', whose rule asks in which cell an object lies.
      changes: other thresholds, of `MatchSpec`; `anchor_t` with 'yolo'.
    """
    conventions = _library(library)
    if conventions.rule == "shape":
        if image is None or pyramid is None:
            raise ValueError(f"image and pyramid must be given to match as {library!r}")
        return match_yolov5(generate_anchors(pyramid, *image), gt_boxes, **changes)[0]
    usable = None
    if conventions.outside == "center":
        if image is None:
            raise ValueError(f"image must be given to match as {library!r}")
        anchors = checks.boxes(anchors, "anchors")
        centers = (anchors[:, :2] + anchors[:, 2:]) / 2
        usable = (centers < np.array(image[::-1])[None, :]).all(axis=1)
    return match_anchors(anchors, gt_boxes, match_spec(conventions, **changes), usable=usable)


def classes_as(
    library: str | Conventions, matches: Matches, gt_class_ids: np.ndarray, num_classes: int
) -> np.ndarray:
    """The class that each anchor learns, as a library numbers them: int32 (A,).

    Args:
      library: a name of `conventions.LIBRARIES`, or conventions of one's own.
      matches: of the anchors.
      gt_class_ids: (G,), from 0 to num_classes - 1.
      num_classes: K; the background's number in detectron2 and mmdetection, in mmdetection that of ignored anchors, too.
    """
    conventions = _library(library)
    classes = checks.integers(gt_class_ids, "gt_class_ids", matches.iou.shape[1])
    background, ignored, first = conventions.class_codes(num_classes)
    # Without an object nothing is positive, and the zero appended is not read.
    own = np.append(classes, 0)[matches.gt_index] + first
    codes = [matches.label == 1, matches.label == 0]
    return np.select(codes, [own, background], ignored).astype(np.int32)


def encode_as(
    library: str | Conventions, anchors: np.ndarray, gt_boxes: np.ndarray, *, stride=None
) -> np.ndarray:
    """The four numbers (N, 4) in which a library writes each box; `stride` is needed by 'yolo'."""
    conventions = _library(library)
    if conventions.coder == "cell":
        if stride is None:
            raise ValueError(f"stride must be given to encode as {library!r}")
        return encode_yolo(anchors, gt_boxes, stride)
    return encode(anchors, gt_boxes, coder_spec(conventions))


def decode_as(
    library: str | Conventions, anchors: np.ndarray, offsets: np.ndarray, *, stride=None
) -> np.ndarray:
    """The boxes (N, 4) that a library reads; `stride` is needed by 'yolo'."""
    conventions = _library(library)
    if conventions.coder == "cell":
        if stride is None:
            raise ValueError(f"stride must be given to decode as {library!r}")
        return decode_yolo(anchors, offsets, stride)
    return decode(anchors, offsets, coder_spec(conventions))


def suppress_as(
    library: str | Conventions, boxes: np.ndarray, scores: np.ndarray, class_ids: np.ndarray, **settings
) -> Suppression:
    """Suppression as a library does it; settings are of `NmsSpec`."""
    return suppress(boxes, scores, class_ids, nms_spec(_library(library), **settings))
