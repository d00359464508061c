"""What every library answers about a picture or a demo scene, remembered.

Small results only: of a matching the verdicts, not the matrix, so that eight libraries fit in memory. A library is given
by its name, or as a record: one whose answer to one question was exchanged.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from anchorlab.catalogue import libraries
from anchorlab.catalogue.libraries import LIBRARIES, Library, as_library
from anchorlab.catalogue.libraries.as_library import find
from anchorlab.catalogue.libraries.demo_scenes import IGNORED, NEGATIVE, DemoScene
from anchorlab.catalogue.libraries.fields import Kind
from anchorlab.engine import Anchors, Matches, Suppression
from anchorlab.engine.buckets import FEW_OBJECTS
from anchorlab.session import results
from anchorlab.session.anchor_source import AnchorSource
from anchorlab.session.app_state import Objects
from anchorlab.session.scene import arrays
from anchorlab.settings.anchors import AnchorSpec
from anchorlab.settings.pyramids import as_pyramid

# As many as there are libraries, for a few settings.
KEPT = 48
# Of demo scenes, which are tiny, all.
KEPT_DEMO = 1024

WARM, WARM_MANY = 2**16, 2**14
"""Up to so many anchors matching is compiled ahead: with few objects, with many."""


class Unanswered(ValueError):
    """Why a library has no answer; the text is for people."""


@contextmanager
def _refusals() -> Iterator[None]:
    """What the engine refuses in a library's name, the library leaves unanswered."""
    try:
        yield
    except ValueError as refusal:
        raise Unanswered(str(refusal)) from None


def _asked(library: str | Library, kind: Kind) -> Library:
    known = find(library)
    if kind not in known.kinds:
        raise Unanswered(known.silent)
    return known


def exchanged(library: str | Library, other: str | Library, convention: str) -> Library:
    """The library, had it one answer of another's.

    Raises:
      Unanswered: that answer cannot be taken over by itself.
    """
    changed = libraries.exchanged(find(library), find(other), convention)
    if changed is None:
        raise Unanswered("This one convention cannot be exchanged by itself.")
    return changed


# ---- anchors


def pairs(library: str | Library, spec: AnchorSpec) -> tuple[tuple[float, float], ...]:
    """(size, ratio) of each shape of a cell, in the library's order: what its box is called.

    SSD takes every size with the next one, whose geometric mean is a second square; it lists a ratio and adds
    its reciprocal. YOLO lists widths and heights: those of ratio = height / width, by size.
    """
    order, sizes, ratios = find(library).order, spec.sizes, spec.aspect_ratios
    if order == "default boxes":
        return tuple(
            pair
            for small, large in _size_pairs(sizes)
            for pair in (
                (small, 1.0),
                (math.sqrt(small * large), 1.0),
                *((small, r) for ratio in _listed_once(ratios) for r in (ratio, 1 / ratio)),
            )
        )
    if order == "ratio-major":
        return tuple((size, ratio) for ratio in ratios for size in sizes)
    return AnchorSpec(sizes, ratios, combine="first" if order == "first" else "all").pairs


def _size_pairs(sizes: tuple[float, ...]) -> list[tuple[float, float]]:
    growth = sizes[-1] / sizes[-2] if len(sizes) > 1 and sizes[-1] > sizes[-2] else 2.0
    return list(pairwise((*sizes, sizes[-1] * growth)))


def _listed_once(ratios: tuple[float, ...]) -> tuple[float, ...]:
    """Ratios as SSD lists them: without 1, and one of a ratio and its reciprocal."""
    return tuple(sorted({round(max(ratio, 1 / ratio), 9) for ratio in ratios if ratio != 1}))


def settings(library: str | Library, spec: AnchorSpec) -> tuple[list, list, list]:
    """Strides, sizes and ratios, level by level, as `as_library.generate_as` wants them."""
    order, stride, sizes, ratios = find(library).order, spec.stride, spec.sizes, spec.aspect_ratios
    if order == "default boxes":
        found = _size_pairs(sizes)
        return [stride] * len(found), found, [_listed_once(ratios)] * len(found)
    if order == "listed":
        return [stride], [AnchorSpec(sizes, ratios).widths_heights], [()]
    return [stride], [sizes], [ratios]


def generated(library: str | Library, spec: AnchorSpec, height: int, width: int) -> Anchors:
    """The library's anchors of these sizes, ratios and stride on a picture.

    Raises:
      Unanswered: it generates none, or refuses the settings.
    """
    return _generated(_asked(library, "anchors"), spec, height, width)


@lru_cache(maxsize=KEPT)
def _generated(library: Library, spec: AnchorSpec, height: int, width: int) -> Anchors:
    with _refusals():
        return as_library.generate_as(library, height, width, *settings(library, spec))


def grid(spec: AnchorSpec, height: int, width: int) -> tuple[int, int]:
    return math.ceil(height / spec.stride), math.ceil(width / spec.stride)


def cell_anchors(anchors: Anchors, cell: int) -> np.ndarray:
    """The anchors (K, 4) of one cell, level after level."""
    return np.concatenate([cells[cell] for cells in _cells(anchors)])


def centres(anchors: Anchors) -> np.ndarray:
    """Where the cells' anchors are centred: (cells, 2)."""
    first = _cells(anchors)[0][:, 0]
    return (first[:, :2] + first[:, 2:]) / 2


def _cells(anchors: Anchors) -> list[np.ndarray]:
    """Of every level the anchors (cells, K, 4), cell by cell."""
    return [anchors.xyxy[level.span].reshape(level.rows * level.cols, -1, 4) for level in anchors.levels]


# ---- labels


class Labels(NamedTuple):
    """What every anchor learns in one library.

    Attributes:
      code: int32 (A,): an object, NEGATIVE or IGNORED.
      gt_index: int32 (A,): the object, or the one it overlaps most.
      best_iou: float32 (A,).
      reason: int8 (A,): a `Reason`; -1 where the code is documented, not computed.
      classes: int32 (A,): as the library numbers them.
    """

    code: np.ndarray
    gt_index: np.ndarray
    best_iou: np.ndarray
    reason: np.ndarray
    classes: np.ndarray


def _labels_of(library: Library, found: Matches, class_ids, num_classes: int) -> Labels:
    return Labels(
        np.select([found.label == 1, found.label == 0], [found.gt_index, NEGATIVE], IGNORED).astype(np.int32),
        found.gt_index,
        found.best_iou,
        found.reason,
        as_library.classes_as(library, found, class_ids, num_classes),
    )


def labels(library: str | Library, spec: AnchorSpec, height: int, width: int, objects: Objects) -> Labels:
    """What the anchors of the app state learn from a picture, as the library matches.

    Raises:
      Unanswered: it does not match.
    """
    return _labels(_asked(library, "labels"), spec, height, width, objects)


@lru_cache(maxsize=KEPT)
def _labels(library: Library, spec: AnchorSpec, height: int, width: int, objects: Objects) -> Labels:
    boxes, class_ids = arrays(objects)
    anchors = results.anchors(AnchorSource(spec), height, width).xyxy
    pyramid = {"pyramid": as_pyramid(spec)} if library.rule == "shape" else {}
    with _refusals():
        found = as_library.match_as(library, anchors, boxes, image=(height, width), **pyramid)
    return _labels_of(library, found, class_ids, max(1, len(objects.classes)))


def demo_labels(library: str | Library, scene: DemoScene) -> Labels:
    """What a demo scene's anchors learn; where the library's own answer is documented, that."""
    result = _demo_labels(_asked(library, "labels"), scene)
    if (own := dict(scene.documented).get(library)) is None:
        return result
    code = np.asarray(own, np.int32)
    reason = np.where(code == result.code, result.reason, -1).astype(np.int8)
    return result._replace(code=code, gt_index=np.where(code >= 0, code, result.gt_index), reason=reason)


@lru_cache(maxsize=KEPT_DEMO)
def _demo_labels(library: Library, scene: DemoScene) -> Labels:
    if library.rule == "shape":
        raise Unanswered("YOLO matches shapes cell by cell; these anchors lie in no grid.")
    anchors, boxes = np.asarray(scene.anchors, np.float32), np.asarray(scene.objects, np.float32)
    size = (int(scene.height), int(scene.width))
    found = as_library.match_as(library, anchors, boxes, image=size)
    return _labels_of(library, found, np.arange(len(boxes)), len(boxes))


# ---- offsets


def encoded(library: str | Library, anchor: np.ndarray, box: np.ndarray, stride: float) -> np.ndarray:
    """The four numbers in which a library writes a box (4,)."""
    known = _asked(library, "coder")
    with _refusals():
        return as_library.encode_as(known, anchor[None], box[None], stride=stride)[0]


def decoded(library: str | Library, anchor: np.ndarray, offsets: np.ndarray, stride: float) -> np.ndarray:
    """The box (4,) that a library reads from four numbers."""
    known = _asked(library, "coder")
    with _refusals():
        return as_library.decode_as(known, anchor[None], offsets[None], stride=stride)[0]


# ---- suppression


def kept(
    library: str | Library, boxes: np.ndarray, scores: np.ndarray, class_ids: np.ndarray, **limits
) -> Suppression:
    """What a library's suppression does with predictions; `limits` as of `NmsSpec`."""
    known = _asked(library, "nms")
    given = (np.asarray(v) for v in (boxes, scores, class_ids))
    return _kept(known, *((v.tobytes(), v.dtype.str) for v in given), tuple(sorted(limits.items())))


@lru_cache(maxsize=KEPT)
def _kept(library: Library, boxes, scores, class_ids, limits) -> Suppression:
    xyxy, s, ids = (np.frombuffer(data, dtype) for data, dtype in (boxes, scores, class_ids))
    return as_library.suppress_as(library, xyxy.reshape(-1, 4), s, ids, **dict(limits))


def demo_kept(library: str | Library, scene: DemoScene) -> tuple[Suppression, bool]:
    """What a library keeps of a demo scene's predictions, and whether that is documented, not computed."""
    trace = _demo_kept(_asked(library, "nms"), scene)
    own = dict(scene.documented).get(library)
    if own is None or list(own) == trace.keep.tolist():
        return trace, False
    status = np.full(len(scene.scores), 2, np.int8)
    status[list(own)] = 1
    by = np.where(status == 1, -1, own[0]).astype(np.int32)
    return trace._replace(status=status, suppressed_by=by), True


@lru_cache(maxsize=KEPT_DEMO)
def _demo_kept(library: Library, scene: DemoScene) -> Suppression:
    given = (
        np.asarray(scene.predictions, np.float32),
        np.asarray(scene.scores, np.float32),
        np.asarray(scene.class_ids, np.int32),
    )
    limits = {"iou_threshold": scene.iou_threshold, "score_threshold": 0.0}
    return as_library.suppress_as(library, *given, **limits)


# ---- compiled ahead


def compiled(anchors: int, objects: int) -> bool:
    """Whether `warm`, called for every size up to `WARM`, has compiled what matching so many needs."""
    return anchors <= (WARM if objects <= FEW_OBJECTS else WARM_MANY)


def warm(
    anchors: int,
    names: tuple[str, ...] = tuple(LIBRARIES),
    objects: tuple[int, ...] = (1, FEW_OBJECTS + 1),
) -> None:
    """Makes ready what the calls above need for so many anchors; remembers nothing.

    Args:
      names: of the libraries that are asked.
      objects: how many there are: by default few, then many.
    """
    spec, box = AnchorSpec((8.0,), (1.0,), stride=8.0), np.array([8, 8, 72, 72], np.float32)
    for library in (LIBRARIES[name] for name in names):
        # SSD generates two squares where the others generate one.
        _generated.__wrapped__(
            library, spec, 8, 8 * anchors // (2 if library.order == "default boxes" else 1)
        )
        for count in objects:
            crowd = Objects(((8.0, 8.0, 72.0, 72.0),) * count, (0,) * count, ("object",))
            if compiled(anchors, count):  # of crowds on very fine grids there are few
                _labels.__wrapped__(library, spec, 8, 8 * anchors, crowd)
        decoded(library, box, encoded(library, box, box, 80.0), 80.0)
