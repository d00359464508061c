"""The engine's answers for the present lab, remembered: what did not change is not computed again.

Results are shared between sessions and read-only; the keys are frozen settings and tuples of boxes.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from anchorlab import engine
from anchorlab.engine import Anchors, Detections, Matches, Suppression
from anchorlab.specs import AnchorSpec, CoderSpec, MatchSpec, NmsSpec, SimulateSpec
from anchorlab.ui.lab import Objects
from anchorlab.ui.scene import arrays

# A class of lectures moves the same few sliders; a handful of results a kind is enough.
KEPT = 24


@lru_cache(maxsize=1)
def warm() -> int:
    """Compiles what every page needs, once per server, before the first visitor moves anything."""
    return engine.warm_up(max_anchors=32768, max_predictions=256)


@lru_cache(maxsize=KEPT)
def anchors(spec: AnchorSpec, height: int, width: int) -> Anchors:
    return engine.generate_anchors(spec, height, width)


def usable(spec: AnchorSpec, laid: Anchors) -> np.ndarray | None:
    """Which anchors may take part in matching; None: all."""
    return laid.inside if spec.border == "ignore" else None


@lru_cache(maxsize=KEPT)
def matches(spec: AnchorSpec, height: int, width: int, objects: Objects, match: MatchSpec) -> Matches:
    laid = anchors(spec, height, width)
    return engine.match_anchors(laid.xyxy, arrays(objects)[0], match, usable=usable(spec, laid))


@lru_cache(maxsize=KEPT)
def detections(
    spec: AnchorSpec,
    height: int,
    width: int,
    objects: Objects,
    match: MatchSpec,
    simulate: SimulateSpec,
    coder: CoderSpec,
) -> Detections:
    laid = anchors(spec, height, width)
    matched = matches(spec, height, width, objects, match)
    boxes, class_ids = arrays(objects)
    return engine.simulate_detections(
        laid, matched, boxes, class_ids, max(1, len(objects.classes)), simulate, coder
    )


# The four predictions of the book's section on suppression, as fractions of the picture.
BOOK_BOXES = ((0.1, 0.08, 0.52, 0.92), (0.08, 0.2, 0.56, 0.95), (0.15, 0.3, 0.62, 0.91), (0.55, 0.2, 0.9, 0.88))
BOOK_SCORES = (0.9, 0.8, 0.7, 0.9)
BOOK_CLASS_IDS = (0, 0, 0, 1)
BOOK_CLASSES = ("dog", "cat")


def book_detections(height: int, width: int) -> Detections:
    """The book's four boxes, laid over a picture of this size."""
    frame = np.array([width, height, width, height], np.float32)
    return Detections(
        np.asarray(BOOK_BOXES, np.float32) * frame,
        np.asarray(BOOK_SCORES, np.float32),
        np.asarray(BOOK_CLASS_IDS, np.int32),
        np.asarray(BOOK_CLASS_IDS, np.int32),
    )


def suppression(found: Detections, spec: NmsSpec) -> Suppression:
    return engine.suppress(found.xyxy, found.scores, found.class_ids, spec)


def memory(laid: Anchors) -> int:
    """Bytes of all anchors as float32 xyxy."""
    return laid.xyxy.nbytes
