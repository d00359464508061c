"""Wrong arguments are named; empty ones have the documented answer."""

import math

import numpy as np
import pytest

from anchorlab import d2l, engine
from anchorlab.catalogue.libraries import LIBRARIES, as_library
from anchorlab.engine import Reason
from anchorlab.settings.anchors import AnchorSpec
from anchorlab.settings.coding import CoderSpec
from anchorlab.settings.matching import RECORDS, AtssSpec, ThresholdSpec, YoloSpec, Yolov5Spec
from anchorlab.settings.pyramids import as_pyramid
from anchorlab.settings.simulation import SimulateSpec
from anchorlab.settings.suppression import FusionSpec, MatrixNmsSpec, NmsSpec, SoftNmsSpec

BOX = np.array([[0, 0, 10, 10]], np.float32)
TWO = np.repeat(BOX, 2, axis=0)
EMPTY = np.zeros((0, 4), np.float32)
BAD_BOXES = {
    "NaN": [[0, 0, np.nan, 1]],
    "infinite": [[0, 0, np.inf, 1]],
    "inverted": [[5, 0, 1, 1]],
    "upside down": [[0, 5, 1, 1]],
    "three columns": [[0, 0, 1]],
    "one dimension": [0, 0, 1, 1],
    "too large": [[0, 0, 1e20, 1e20]],
    "beyond float32": [[0, 0, 1e300, 1]],
    "text": [["a", "b", "c", "d"]],
    "ragged": [[0, 0, 1, 1], [0]],
}
TAKES_BOXES = {
    "a": lambda boxes: engine.pairwise_iou(boxes, BOX),
    "b": lambda boxes: engine.pairwise_iou(BOX, boxes),
    "anchors": lambda boxes: engine.match(boxes, BOX, ThresholdSpec()),
    "gt_boxes": lambda boxes: engine.match(BOX, boxes, ThresholdSpec()),
    "anchors ": lambda boxes: engine.encode(boxes, BOX, CoderSpec()),
    "gt_boxes ": lambda boxes: engine.encode(BOX, boxes, CoderSpec()),
    "anchors  ": lambda boxes: engine.decode(boxes, BOX, CoderSpec()),
    "boxes": lambda boxes: engine.suppress(boxes, [0.5], [0], NmsSpec()),
}


@pytest.mark.parametrize("name", TAKES_BOXES)
@pytest.mark.parametrize("fault", BAD_BOXES)
def test_bad_boxes(name, fault):
    with pytest.raises(ValueError, match=rf"^{name.strip()} must"):
        TAKES_BOXES[name](BAD_BOXES[fault])


PYRAMID = as_pyramid(AnchorSpec())
PLACE = {"image": (64, 64), "pyramid": PYRAMID}
AS_A_LIBRARY = {
    "gt_boxes": lambda library, boxes: as_library.match_as(library, BOX, boxes, **PLACE),
    "gt_boxes ": lambda library, boxes: as_library.encode_as(
        library, np.repeat(BOX, len(boxes), 0), boxes, stride=32
    ),
    "anchors": lambda library, boxes: as_library.decode_as(
        library, boxes, np.zeros((len(boxes), 4)), stride=32
    ),
    "boxes": lambda library, boxes: as_library.suppress_as(
        library, boxes, [0.5] * len(boxes), [0] * len(boxes)
    ),
}
"""What is done with boxes as a library does it; the name is that of the argument."""


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("name", AS_A_LIBRARY)
def test_inverted_boxes_are_refused_as_any_library(library, name):
    for fault in ("inverted", "upside down"):
        with pytest.raises(ValueError, match=rf"^{name.strip()} must be xyxy"):
            AS_A_LIBRARY[name](library, BAD_BOXES[fault])


@pytest.mark.parametrize("library", LIBRARIES)
def test_empty_gives_empty_as_any_library(library):
    none = as_library.match_as(library, EMPTY, EMPTY, image=(64, 64), pyramid=PYRAMID)
    assert none.best_anchor.shape == (0,) and not (none.label == 1).any()
    assert as_library.classes_as(library, none, [], 3).shape == none.label.shape
    assert as_library.encode_as(library, EMPTY, EMPTY, stride=32).shape == (0, 4)
    assert as_library.decode_as(library, EMPTY, EMPTY, stride=32).shape == (0, 4)
    assert as_library.suppress_as(library, EMPTY, [], []).keep.shape == (0,)
    points = [[5, 5, 5, 5], [5, 5, 5, 5]]
    assert len(as_library.suppress_as(library, points, [0.9, 0.8], [0, 0]).keep) == 2  # 0 / 0 is 0
    if library != "yolo":  # which asks for no IoU
        matched = as_library.match_as(library, points, points, image=(64, 64))
        assert matched.best_iou.tolist() == matched.best_anchor_iou.tolist() == [0, 0]


@pytest.mark.parametrize("fault", ["inverted", "upside down"])
def test_inverted_boxes_are_refused_by_every_other_method(fault):
    boxes, given = BAD_BOXES[fault], ([0.5], [0])
    for call in (
        lambda: engine.soft_suppress(boxes, *given, SoftNmsSpec()),
        lambda: engine.matrix_suppress(boxes, *given, MatrixNmsSpec()),
        lambda: engine.fuse_predictions(boxes, *given, [0], FusionSpec()),
        lambda: engine.match(SCENE, boxes, AtssSpec()),
        lambda: engine.match(SCENE, boxes, YoloSpec()),
        lambda: engine.match(SCENE, boxes, Yolov5Spec()),
        lambda: engine.encode(BOX, boxes, CoderSpec(kind="cell"), stride=32),
    ):
        with pytest.raises(ValueError, match=r"^(boxes|gt_boxes) must be xyxy"):
            call()


def test_empty_gives_empty_by_every_other_method():
    assert len(engine.soft_suppress([], [], [], SoftNmsSpec()).keep) == 0
    assert len(engine.matrix_suppress([], [], [], MatrixNmsSpec())[0]) == 0
    assert len(engine.fuse_predictions([], [], [], [], FusionSpec()).members) == 0
    for found in (
        engine.match(SCENE, [], AtssSpec()),
        engine.match(SCENE, [], YoloSpec()),
        engine.match(SCENE, [], Yolov5Spec()),
    ):
        assert found.boxes[1].shape == (0, 4) and not (found.label == 1).any()


def test_the_book_gives_empty_for_empty():
    assert d2l.box_iou(EMPTY, BOX).shape == (0, 1) and d2l.box_iou(BOX, EMPTY).shape == (1, 0)
    assert d2l.assign_anchor_to_bbox(EMPTY, BOX).tolist() == [-1]
    assert d2l.assign_anchor_to_bbox(BOX, EMPTY).shape == (0,)
    assert d2l.offset_boxes(EMPTY, EMPTY).shape == d2l.offset_inverse(EMPTY, EMPTY).shape == (0, 4)
    assert d2l.nms(EMPTY, np.zeros(0, np.float32), 0.5).shape == (0,)
    offsets, mask, classes = d2l.multibox_target(EMPTY[None], np.zeros((1, 0, 5), np.float32))
    assert offsets.shape == mask.shape == classes.shape == (1, 0)
    found = d2l.multibox_detection(np.zeros((1, 2, 0), np.float32), np.zeros((1, 0), np.float32), EMPTY[None])
    assert found.shape == (1, 0, 6)
    assert d2l.box_iou(np.zeros((1, 4), np.float32), np.zeros((1, 4), np.float32)).tolist() == [[0]]


SCENE = engine.generate_anchors(AnchorSpec(), 64, 64)
MATCHES = engine.match(SCENE.xyxy, BOX, ThresholdSpec())


def simulate(gt_boxes=BOX, classes=(0,), num_classes=1, matches=MATCHES):
    return engine.simulate_detections(
        SCENE, matches, gt_boxes, classes, num_classes, SimulateSpec(), CoderSpec()
    )


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("image_height", lambda: engine.generate_anchors(AnchorSpec(), 0, 100)),
        ("image_width", lambda: engine.generate_anchors(AnchorSpec(), 100, math.nan)),
        ("spec", lambda: engine.generate_anchors(AnchorSpec(stride=0.01), 1000, 1000)),
        ("spec", lambda: engine.generate_anchors(AnchorSpec(stride=1e9), 100, 100)),
        ("spec", lambda: engine.generate_anchors(AnchorSpec(sizes=(1e39,)), 100, 100)),
        ("spec", lambda: engine.generate_anchors(AnchorSpec(aspect_ratios=(1, 1e-30)), 100, 100)),
        ("kind", lambda: engine.pairwise_iou(BOX, BOX, "eiou")),
        ("usable", lambda: engine.match(TWO, BOX, ThresholdSpec(), usable=np.array([True]))),
        ("usable", lambda: engine.match(TWO, BOX, ThresholdSpec(), usable=np.array([1, 0]))),
        ("anchors", lambda: engine.encode(TWO, BOX, CoderSpec())),
        ("anchors", lambda: engine.decode(BOX, TWO, CoderSpec())),
        ("anchors", lambda: engine.encode([[0, 0, 0, 5]], BOX, CoderSpec())),
        ("gt_boxes", lambda: engine.encode(BOX, [[1, 1, 1, 1]], CoderSpec())),
        ("gt_boxes", lambda: engine.encode([[0, 0, 1e-38, 1]], BOX + 1e7, CoderSpec())),
        ("offsets", lambda: engine.decode(BOX, [[0, 0, 0, np.nan]], CoderSpec())),
        ("offsets", lambda: engine.decode(BOX, [[0, 0, 1e4, 0]], CoderSpec())),
        ("boxes", lambda: engine.suppress(np.zeros((2**20 + 1, 4)), [], [], NmsSpec())),
        ("a", lambda: engine.pairwise_iou(np.zeros((2**14, 4)), np.zeros((2**14, 4)))),
        ("anchors", lambda: engine.match(np.zeros((2**15, 4)), np.zeros((2**14, 4)), ThresholdSpec())),
        ("scores", lambda: engine.suppress(TWO, [0.5], [0, 0], NmsSpec())),
        ("scores", lambda: engine.suppress(TWO, [0.5, np.nan], [0, 0], NmsSpec())),
        ("scores", lambda: engine.suppress(TWO, [[0.5], [0.5]], [0, 0], NmsSpec())),
        ("class_ids", lambda: engine.suppress(TWO, [0.5, 0.5], [0], NmsSpec())),
        ("class_ids", lambda: engine.suppress(TWO, [0.5, 0.5], [0, 0.5], NmsSpec())),
        ("class_ids", lambda: engine.suppress(TWO, [0.5, 0.5], [0, np.nan], NmsSpec())),
        ("gt_boxes", lambda: simulate(gt_boxes=[[3, 3, 3, 3]])),
        ("gt_class_ids", lambda: simulate(classes=(0, 0))),
        ("gt_class_ids", lambda: simulate(classes=(1,))),
        ("num_classes", lambda: simulate(num_classes=0)),
        ("matches", lambda: simulate(gt_boxes=TWO, classes=(0, 0))),
    ],
)
def test_a_wrong_argument_is_named(name, call):
    with pytest.raises(ValueError, match=rf"^{name}\b"):
        call()


def rounds_of(matches: engine.Matches) -> int:
    """How many greedy rounds were played; of another rule 0."""
    return 0 if matches.story is None else len(matches.story.anchor)


@pytest.mark.parametrize("rule", ["threshold", "greedy"])
@pytest.mark.parametrize("empty", [EMPTY, [], np.zeros((0,))])
def test_matching_nothing(rule, empty):
    no_objects = engine.match(TWO, empty, RECORDS[rule](), usable=np.array([True, False]))
    assert no_objects.label.tolist() == [0, -1]
    assert no_objects.reason.tolist() == [Reason.NO_OBJECTS, Reason.OUTSIDE]
    assert no_objects.gt_index.tolist() == [-1, -1] and no_objects.best_iou.tolist() == [0, 0]
    assert no_objects.best_anchor.shape == (0,) and rounds_of(no_objects) == 0
    no_anchors = engine.match(empty, TWO, RECORDS[rule]())
    assert no_anchors.label.shape == (0,) and rounds_of(no_anchors) == 0
    assert no_anchors.best_anchor.tolist() == [-1, -1] and no_anchors.best_anchor_iou.tolist() == [0, 0]


def test_other_empty_input():
    assert engine.pairwise_iou([], BOX).shape == (0, 1)
    assert engine.encode([], [], CoderSpec()).shape == engine.decode([], [], CoderSpec()).shape == (0, 4)
    record = engine.suppress([], [], [], NmsSpec())
    assert all(len(field) == 0 for field in record)
    matches = engine.match(SCENE.xyxy, [], ThresholdSpec())
    detections = simulate(gt_boxes=[], classes=[], matches=matches)
    assert detections.source.tolist() == [-1] * 4


def test_boxes_without_area_never_make_nan():
    points = [[5, 5, 5, 5], [5, 5, 5, 5], [0, 0, 10, 0]]
    for kind in ("iou", "giou", "diou", "ciou"):
        assert np.isfinite(engine.pairwise_iou(points, points, kind)).all()
    for rule in ("threshold", "greedy"):
        matches = engine.match(points, points, RECORDS[rule]())
        assert not engine.pairwise_iou(*matches.boxes).any() and np.isfinite(matches.best_iou).all()
    assert len(engine.suppress(points, [0.9, 0.8, 0.7], [0, 0, 0], NmsSpec()).keep) == 3
