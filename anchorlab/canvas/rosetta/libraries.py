"""What every library answers for a scene or a ready case, by the engine's `*_as` functions, remembered.

Small results only: of a matching the verdicts, not the matrix, so that eight libraries fit in memory.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from anchorlab import engine
from anchorlab.catalogue import conventions, who
from anchorlab.catalogue.cases import IGNORED, NEGATIVE, Case, Laying
from anchorlab.catalogue.conventions import FAST_RCNN, LIBRARIES, Conventions, Suppressor, nms_spec
from anchorlab.engine import Anchors, Matches, Suppression
from anchorlab.session import results
from anchorlab.session.anchor_source import AnchorSource
from anchorlab.session.app_state import Objects
from anchorlab.session.scene import arrays
from anchorlab.settings.anchors import AnchorSpec
from anchorlab.settings.pyramids import LevelSpec, PyramidSpec, as_pyramid

# As many as there are libraries, for a few settings.
KEPT = 48

WARM, WARM_MANY = 2**16, 2**13
"""Up to so many anchors matching is compiled ahead: with few objects, with many."""
FEW_OBJECTS = 8

TITLES = {name: library.title for name, library in LIBRARIES.items()} | {
    "fast-rcnn": FAST_RCNN.title,
    "d2l-text": "d2l’s text",
}
"""Of the eight and of `cases.FURTHER`, for people."""
EIGHT = tuple(LIBRARIES)


def named(names: Iterable[str]) -> str:
    """Libraries in a sentence, those of one model together."""
    found = {"fast-rcnn": FAST_RCNN} | LIBRARIES
    names = list(names)
    told = [TITLES[name] for name in names if name not in found]
    return ", ".join(filter(None, [who.named(found[name] for name in names if name in found), *told]))


_SILENT = {
    "fast-rcnn": "Fast R-CNN is told here only for how it measures and suppresses boxes.",
    "d2l-text": "The book’s text differs from its code only in the width of an anchor.",
}


class Unanswered(ValueError):
    """Why a library has no answer; the text is for people."""


@contextmanager
def _refusals() -> Iterator[None]:
    """What the engine refuses in a library's name, the library leaves unanswered."""
    try:
        yield
    except ValueError as refusal:
        raise Unanswered(str(refusal)) from None


def answer(library: str, name: str):
    """A library's answer to a field of `conventions.FIELDS`; None where it is not told."""
    if library == "fast-rcnn":
        return getattr(FAST_RCNN, name, None)
    if library == "d2l-text":
        library = "d2l"
    return getattr(LIBRARIES[library], name)


def source(library: str) -> str:
    """Which code, in which configuration."""
    if library == "fast-rcnn":
        return FAST_RCNN.source
    return "the book’s section 14.4.1" if library == "d2l-text" else LIBRARIES[library].source


# ---- anchors


def laying_of(spec: AnchorSpec) -> Laying:
    """The settings of the app state's feature map, as every library is asked."""
    return Laying(spec.stride, spec.sizes, spec.aspect_ratios)


def words(library: str, laying: Laying) -> tuple[tuple[float, float], ...]:
    """(size, ratio) of each shape of a cell, in the library's order: what its box is called.

    SSD takes every size with the next one, whose geometric mean is a second square; it lists a ratio and adds
    its reciprocal. YOLO lists widths and heights: those of ratio = height / width, by size.
    """
    sizes, ratios = laying.sizes, laying.aspect_ratios
    if library == "ssd":
        return tuple(
            word
            for small, large in _size_pairs(sizes)
            for word in (
                (small, 1.0),
                (math.sqrt(small * large), 1.0),
                *((small, r) for ratio in _listed_once(ratios) for r in (ratio, 1 / ratio)),
            )
        )
    order = "size-major" if library == "yolo" else answer(library, "order")
    if order == "first":
        return AnchorSpec(sizes, ratios, combine="first").pairs
    if order == "size-major":
        return tuple((size, ratio) for size in sizes for ratio in ratios)
    return tuple((size, ratio) for ratio in ratios for size in sizes)


def _size_pairs(sizes: tuple[float, ...]) -> list[tuple[float, float]]:
    growth = sizes[-1] / sizes[-2] if len(sizes) > 1 and sizes[-1] > sizes[-2] else 2.0
    return list(pairwise((*sizes, sizes[-1] * growth)))


def _listed_once(ratios: tuple[float, ...]) -> tuple[float, ...]:
    """Ratios as SSD lists them: without 1, and one of a ratio and its reciprocal."""
    return tuple(sorted({round(max(ratio, 1 / ratio), 9) for ratio in ratios if ratio != 1}))


def settings(library: str, laying: Laying) -> tuple[list, list, list]:
    """Strides, sizes and ratios, level by level, as `engine.lay_as` wants them."""
    stride, sizes, ratios = laying
    if library == "ssd":
        pairs = _size_pairs(sizes)
        return [stride] * len(pairs), pairs, [_listed_once(ratios)] * len(pairs)
    if library == "yolo":
        return [stride], [AnchorSpec(sizes, ratios).widths_heights], [()]
    return [stride], [sizes], [ratios]


@lru_cache(maxsize=KEPT)
def laid(library: str, laying: Laying, height: int, width: int) -> Anchors:
    """The library's anchors on a picture.

    Raises:
      Unanswered: it generates none, or refuses the settings.
    """
    if library == "fast-rcnn":
        raise Unanswered(_SILENT[library])
    with _refusals():
        if library == "d2l-text":
            # s w sqrt(r) and s h / sqrt(r), where s h is the size that is given.
            spec = AnchorSpec(laying.sizes, laying.aspect_ratios, ratio_means="w/h", combine="first")
            sides = tuple((w * width / height, h) for w, h in spec.widths_heights)
            pyramid = PyramidSpec((LevelSpec(laying.stride, sides),), uneven="exact")
            return engine.generate_anchors(pyramid, height, width)
        return engine.lay_as(library, height, width, *settings(library, laying))


def exchanged(library: str, other: str, convention: str) -> Conventions | Suppressor:
    """The library, had it one convention of another library's.

    Raises:
      Unanswered: that convention cannot be taken over by itself.
    """
    records = [FAST_RCNN if name == "fast-rcnn" else LIBRARIES.get(name) for name in (library, other)]
    found = None if None in records else conventions.exchanged(*records, convention)
    if found is None:
        raise Unanswered("This one convention cannot be exchanged by itself.")
    return found


@lru_cache(maxsize=KEPT)
def laid_but_for(
    library: str, other: str, convention: str, laying: Laying, height: int, width: int
) -> Anchors:
    """The library's anchors, had it one convention of another library's.

    Raises:
      Unanswered: it generates none, or that convention cannot be taken over by itself.
    """
    changed = exchanged(library, other, convention)
    if not isinstance(changed, Conventions):
        raise Unanswered(_SILENT[library])
    with _refusals():
        return engine.lay_as(changed, height, width, *settings(library, laying))


def grid(laying: Laying, height: int, width: int) -> tuple[int, int]:
    return math.ceil(height / laying.stride), math.ceil(width / laying.stride)


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


def _labels(library: str | Conventions, found: Matches, class_ids, num_classes: int) -> Labels:
    return Labels(
        np.select([found.label == 1, found.label == 0], [found.gt_index, NEGATIVE], IGNORED).astype(np.int32),
        found.gt_index,
        found.best_iou,
        found.reason,
        engine.classes_as(library, found, class_ids, num_classes),
    )


@lru_cache(maxsize=KEPT)
def labels(library: str | Conventions, spec: AnchorSpec, height: int, width: int, objects: Objects) -> Labels:
    """What the app state's anchors learn from a scene, as the library (or one of these conventions) matches.

    Raises:
      Unanswered: it does not match.
    """
    _speaks(library)
    boxes, class_ids = arrays(objects)
    anchors = results.anchors(AnchorSource(spec), height, width).xyxy
    with _refusals():
        found = engine.match_as(
            library, anchors, boxes, image=(height, width), **_for_yolo(library, as_pyramid(spec))
        )
    return _labels(library, found, class_ids, max(1, len(objects.classes)))


def labels_but_for(
    library: str, other: str, convention: str, spec: AnchorSpec, height: int, width: int, objects: Objects
) -> Labels:
    """The library's labels, had it one convention of another library's.

    Raises:
      Unanswered: it does not match, or that convention cannot be taken over by itself.
    """
    changed = exchanged(library, other, convention)
    same = changed is LIBRARIES.get(library)
    return labels(library if same else changed, spec, height, width, objects)


@lru_cache(maxsize=KEPT)
def case_labels(library: str | Conventions, case: Case) -> Labels:
    """What a case's anchors learn; where the library's own answer is documented, that."""
    _speaks(library)
    if _rule(library) == "shape":
        raise Unanswered("YOLO matches shapes cell by cell; these anchors lie in no grid.")
    anchors, boxes = np.asarray(case.anchors, np.float32), np.asarray(case.objects, np.float32)
    size = (int(case.height), int(case.width))
    found = engine.match_as(library, anchors, boxes, image=size)
    result = _labels(library, found, np.arange(len(boxes)), len(boxes))
    if (own := dict(case.documented).get(library)) is None:
        return result
    code = np.asarray(own, np.int32)
    reason = np.where(code == result.code, result.reason, -1).astype(np.int8)
    return result._replace(code=code, gt_index=np.where(code >= 0, code, result.gt_index), reason=reason)


def _rule(library: str | Conventions) -> str:
    return (LIBRARIES[library] if isinstance(library, str) else library).rule


def _speaks(library: str | Conventions | Suppressor) -> None:
    if isinstance(library, Suppressor):
        library = "fast-rcnn"
    if library in _SILENT:
        raise Unanswered(_SILENT[library])


def _for_yolo(library: str | Conventions, pyramid: PyramidSpec) -> dict:
    return {"pyramid": pyramid} if _rule(library) == "shape" else {}


# ---- offsets


def encoded(library: str | Conventions, anchor: np.ndarray, box: np.ndarray, stride: float) -> np.ndarray:
    """The four numbers in which a library writes a box (4,)."""
    _speaks(library)
    with _refusals():
        return engine.encode_as(library, anchor[None], box[None], stride=stride)[0]


def decoded(library: str | Conventions, anchor: np.ndarray, offsets: np.ndarray, stride: float) -> np.ndarray:
    """The box (4,) that a library reads from four numbers."""
    _speaks(library)
    with _refusals():
        return engine.decode_as(library, anchor[None], offsets[None], stride=stride)[0]


# ---- suppression


def kept(
    library: str | Conventions | Suppressor,
    boxes: np.ndarray,
    scores: np.ndarray,
    class_ids: np.ndarray,
    **limits,
) -> Suppression:
    """What a library's suppression does with predictions; `limits` as of `NmsSpec`."""
    if library == "d2l-text":
        raise Unanswered(_SILENT[library])
    given = (np.asarray(v) for v in (boxes, scores, class_ids))
    return _kept(library, *((v.tobytes(), v.dtype.str) for v in given), tuple(sorted(limits.items())))


@lru_cache(maxsize=KEPT)
def _kept(library, boxes, scores, class_ids, limits) -> Suppression:
    xyxy, s, ids = (np.frombuffer(data, dtype) for data, dtype in (boxes, scores, class_ids))
    if isinstance(library, str):
        library = FAST_RCNN if library == "fast-rcnn" else LIBRARIES[library]
    return engine.suppress(xyxy.reshape(-1, 4), s, ids, nms_spec(library, **dict(limits)))


def case_kept(library: str, case: Case) -> tuple[Suppression, bool]:
    """What a library keeps of a case's predictions, and whether that is documented, not computed."""
    given = (
        np.asarray(case.predictions, np.float32),
        np.asarray(case.scores, np.float32),
        np.asarray(case.class_ids, np.int32),
    )
    trace = kept(library, *given, iou_threshold=case.iou_threshold, score_threshold=0.0)
    own = dict(case.documented).get(library)
    if own is None or list(own) == trace.keep.tolist():
        return trace, False
    status = np.full(len(case.scores), 2, np.int8)
    status[list(own)] = 1
    by = np.where(status == 1, -1, own[0]).astype(np.int32)
    return trace._replace(status=status, suppressed_by=by, keep=np.asarray(own, np.int32)), True


def compiled(anchors: int, objects: int) -> bool:
    """Whether `warm`, called for every size up to `WARM`, has compiled what matching so many needs."""
    return anchors <= (WARM if objects <= FEW_OBJECTS else WARM_MANY)


def warm(
    anchors: int, libraries: tuple[str, ...] = EIGHT, objects: tuple[int, ...] = (1, FEW_OBJECTS + 1)
) -> None:
    """Makes ready what the calls above need for so many anchors; remembers nothing.

    Args:
      libraries: which of them are asked.
      objects: how many there are: by default few, then many.
    """
    spec, box = AnchorSpec((8.0,), (1.0,), stride=8.0), np.array([8, 8, 72, 72], np.float32)
    for library in libraries:
        # SSD generates two squares where the others generate one.
        laid.__wrapped__(library, laying_of(spec), 8, 8 * anchors // (2 if library == "ssd" else 1))
        for count in objects:
            crowd = Objects(((8.0, 8.0, 72.0, 72.0),) * count, (0,) * count, ("object",))
            if compiled(anchors, count):  # of crowds on very fine grids there are few
                labels.__wrapped__(library, spec, 8, 8 * anchors, crowd)
        decoded(library, box, encoded(library, box, box, 80.0), 80.0)
