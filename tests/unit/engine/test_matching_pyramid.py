"""Matching that asks for level and cell: YOLO, YOLOv5, ATSS on whole pyramids."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anchorlab import engine
from anchorlab.catalogue.coders import CODERS
from anchorlab.catalogue.presets import PRESETS
from anchorlab.engine import Reason
from anchorlab.settings.anchors import AnchorSpec
from anchorlab.settings.coding import CoderSpec
from anchorlab.settings.matching import (
    RECORDS,
    AtssSpec,
    Matching,
    MaxIouSpec,
    SsdSpec,
    ThresholdSpec,
    YoloSpec,
    Yolov5Spec,
)
from anchorlab.settings.pyramids import LevelSpec, PyramidSpec, sized
from tests.unit.strategies import boxes

SPEC = PyramidSpec((LevelSpec(8, ((8, 8), (16, 8))), LevelSpec(16, ((32, 32),))))
ANCHORS = engine.generate_anchors(SPEC, 32, 48)  # 4 x 6 x 2 + 2 x 3
ONE_PER_CELL = PyramidSpec(tuple(LevelSpec(s, sized((4 * s,), (1,))) for s in (8, 16, 32)))


def test_the_responsible_anchor_by_hand():
    """An object like the second shape, centred at (20, 13): row 1, column 2 of the fine grid."""
    box = np.array([[12, 9, 28, 17]], np.float32)
    matches = engine.match(ANCHORS, box, YoloSpec())
    anchor = (1 * 6 + 2) * 2 + 1
    assert matches.best_anchor.tolist() == [anchor] and np.flatnonzero(matches.label == 1) == [anchor]
    assert matches.reason[anchor] == Reason.RESPONSIBLE and matches.gt_index[anchor] == 0
    neighbour = anchor + 2  # its IoU is 12 x 7 / (2 x 128 - 84) = .49: not ignored at .5
    assert matches.label[neighbour] == 0
    assert engine.match(ANCHORS, box, YoloSpec(ignore_iou=0.2)).reason[neighbour] == Reason.NOT_RESPONSIBLE


def test_of_two_objects_the_last_is_learned():
    twice = np.repeat(np.array([[12, 9, 28, 17]], np.float32), 2, axis=0)
    matches = engine.match(ANCHORS, twice, YoloSpec())
    assert (matches.label == 1).sum() == 1 and matches.gt_index[matches.best_anchor[0]] == 1


@given(boxes((1, 4), with_area=True))
def test_every_object_has_a_responsible_anchor_in_its_cell(gt_boxes):
    matches = engine.match(ANCHORS, gt_boxes, YoloSpec())
    fit = engine.fit_shapes(gt_boxes[:, 2:] - gt_boxes[:, :2], [(8, 8), (16, 8), (32, 32)])
    for gt, anchor in enumerate(matches.best_anchor):
        assert matches.label[anchor] == 1
        shape = ANCHORS.shape[anchor] + 2 * ANCHORS.level[anchor]
        assert fit.iou[gt, shape] == fit.iou[gt].max()
        stride, cols = (8, 6) if ANCHORS.level[anchor] == 0 else (16, 3)
        cell = np.array(divmod(ANCHORS.cell[anchor], cols))[::-1] * stride
        center = np.clip((gt_boxes[gt, :2] + gt_boxes[gt, 2:]) / 2, 0, [47.99, 31.99])
        assert (cell <= center).all() and (center < cell + stride).all()


@given(boxes((1, 4), with_area=True), st.sampled_from([1.5, 4.0]))
def test_yolov5_takes_all_that_fit(gt_boxes, anchor_t):
    matches = engine.match(ANCHORS, gt_boxes, Yolov5Spec(side_factor=anchor_t))
    pairs = matches.story
    assert (pairs.factor < anchor_t).all()
    assert sorted(set(pairs.anchor)) == np.flatnonzero(matches.label == 1).tolist()
    fit = engine.fit_shapes(gt_boxes[:, 2:] - gt_boxes[:, :2], [(8, 8), (16, 8), (32, 32)]).fit
    for gt in range(len(gt_boxes)):
        own = (pairs.gt == gt) & (pairs.neighbour == 0)
        shapes = ANCHORS.shape[pairs.anchor[own]] + 2 * ANCHORS.level[pairs.anchor[own]]
        # 1 / fit and the factor may round apart by one digit.
        surely, perhaps = 1 / fit[gt] < anchor_t * (1 - 1e-6), 1 / fit[gt] < anchor_t * (1 + 1e-6)
        assert set(np.flatnonzero(surely)) <= set(shapes) <= set(np.flatnonzero(perhaps))
        centre = (gt_boxes[gt, :2] + gt_boxes[gt, 2:]) / 2
        # On a line between cells both sides are as near.
        most = 5 if (centre % 8 == 0).any() else 3
        assert ((pairs.gt == gt).sum() <= most * len(shapes)) and ((pairs.gt == gt).sum() >= len(shapes))


def test_neighbours_by_hand():
    """(21, 13) is the right half and the lower half of its cell: the cells right and below count."""
    box = np.array([[13, 9, 29, 17]], np.float32)
    matches = engine.match(ANCHORS, box, Yolov5Spec(side_factor=1.5))
    pairs = matches.story
    cells = [(1, 2), (1, 3), (2, 2)]
    assert pairs.anchor.tolist() == [(row * 6 + col) * 2 + 1 for row, col in cells]
    assert pairs.neighbour.tolist() == [0, 3, 4]
    assert matches.reason[(1 * 6 + 2) * 2] == Reason.SHAPE_DIFFERS
    assert matches.reason[0] == Reason.OTHER_CELL


def test_anchors_that_may_not_take_part_are_ignored():
    box = np.array([[13, 9, 29, 17]], np.float32)
    pairs = engine.match(ANCHORS, box, Yolov5Spec(side_factor=1.5)).story
    assert len(pairs.anchor) == 3
    usable = np.ones(len(ANCHORS.xyxy), bool)
    usable[pairs.anchor[0]] = False
    fewer = engine.match(ANCHORS, box, Yolov5Spec(side_factor=1.5), usable=usable)
    left = fewer.story
    assert left.anchor.tolist() == pairs.anchor[1:].tolist()
    assert fewer.label[pairs.anchor[0]] == -1 and fewer.reason[pairs.anchor[0]] == Reason.OUTSIDE
    alone = engine.match(ANCHORS, box, YoloSpec())
    usable[alone.best_anchor[0]] = False
    assert not (engine.match(ANCHORS, box, YoloSpec(), usable=usable).label == 1).any()


def test_clipped_anchors_overlap_as_they_are_cut():
    box = np.array([[0, 0, 10, 7]], np.float32)
    clipped = PyramidSpec(SPEC.levels, border="clip")
    cut = engine.generate_anchors(clipped, 32, 48)
    for matches in (engine.match(cut, box, YoloSpec()), engine.match(cut, box, Yolov5Spec())):
        np.testing.assert_array_equal(matches.best_iou, engine.pairwise_iou(cut.xyxy, box)[:, 0])


@pytest.mark.parametrize("border", ["keep", "clip", "ignore"])
@pytest.mark.parametrize("stride", [16, 45.3, 7])
def test_a_grid_is_a_pyramid_of_one_level(border, stride):
    spec = AnchorSpec(stride=stride, border=border, ratio_means="w/h", center=0, combine="first")
    anchors = engine.generate_anchors(spec, 333, 512)
    rows, cols, shapes = *spec.grid(333, 512), spec.shapes_per_cell
    assert [(*level[:4], level.count) for level in anchors.levels] == [
        (0, rows, cols, (stride, stride), rows * cols * shapes)
    ]
    cell, shape = np.divmod(np.arange(rows * cols * shapes), shapes)
    np.testing.assert_array_equal(anchors.cell, cell)
    np.testing.assert_array_equal(anchors.shape, shape)
    assert not anchors.level.any() and (anchors.cell_sides == np.float32(stride)).all()
    half = np.array(spec.widths_heights)[shape] / 2
    centers = np.stack(np.divmod(cell, cols)[::-1], 1) * stride
    whole = np.concatenate([centers - half, centers + half], 1)
    size = (512, 333, 512, 333)
    np.testing.assert_array_equal(anchors.inside, ((whole >= 0) & (whole <= size)).all(1))
    np.testing.assert_allclose(anchors.xyxy, whole.clip(0, size) if border == "clip" else whole, atol=1e-4)


def test_anchors_in_pixels_of_another_size():
    scaled = ANCHORS.scaled(2, 0.5)  # twice as high, half as wide
    np.testing.assert_array_equal(scaled.xyxy, ANCHORS.xyxy * np.float32([0.5, 2, 0.5, 2]))
    for level, own in zip(scaled.levels, ANCHORS.levels, strict=True):
        assert level.stride == (2 * own.stride[0], own.stride[1] / 2)
        assert level.widths_heights == tuple((w / 2, 2 * h) for w, h in own.widths_heights)
        assert (scaled.cell_sides[level.span] == level.stride[::-1]).all()
    for name in ("level", "cell", "shape"):
        np.testing.assert_array_equal(getattr(scaled, name), getattr(ANCHORS, name))
    assert ANCHORS.scaled(1, 1) is ANCHORS


def test_atss_on_a_pyramid():
    anchors = engine.generate_anchors(ONE_PER_CELL, 128, 128)
    box = np.array([[30, 30, 95, 95]], np.float32)
    matches = engine.match(anchors, box, AtssSpec())
    own = matches.story
    assert own.candidate.sum() == 9 + 9 + 9 and (matches.label == 1).any()
    assert (engine.pairwise_iou(*matches.boxes)[matches.label == 1, 0] >= own.threshold[0]).all()
    unusable = engine.match(anchors, box, AtssSpec(), usable=anchors.inside)
    own = unusable.story
    assert (unusable.label[~anchors.inside] == -1).all() and not own.candidate[~anchors.inside].any()


@given(boxes((9, 20)), boxes((1, 5)), st.sampled_from(["max_iou", "ssd"]), st.data())
def test_unusable_anchors_are_never_taken(anchors, gt_boxes, rule, data):
    usable = np.array(data.draw(st.lists(st.booleans(), min_size=len(anchors), max_size=len(anchors))))
    matches = engine.match(anchors, gt_boxes, RECORDS[rule](), usable=usable)
    assert ((matches.label == -1) == (matches.reason == Reason.OUTSIDE))[~usable].all()
    if usable.any():
        fewer = engine.match(anchors[usable], gt_boxes, RECORDS[rule]())
        np.testing.assert_array_equal(fewer.label, matches.label[usable])
        np.testing.assert_array_equal(fewer.gt_index, matches.gt_index[usable])


@pytest.mark.parametrize(
    "coder",
    [
        *(CoderSpec(kind=name, stds=coder.usual_stds) for name, coder in CODERS.items()),
        CoderSpec(clamp=4, clamp_both=True),
    ],
)
def test_encode_then_decode(coder):
    boxes = ANCHORS.xyxy + np.float32([1, 2, 3, 4])
    offsets = engine.encode(ANCHORS.xyxy, boxes, coder, stride=8)
    np.testing.assert_allclose(engine.decode(ANCHORS.xyxy, offsets, coder, stride=8), boxes, atol=1e-3)


def test_nothing():
    for matches in (
        engine.match(ANCHORS, [], YoloSpec()),
        engine.match(ANCHORS, [], Yolov5Spec()),
        engine.match(ANCHORS, [], AtssSpec()),
        engine.match(ANCHORS.xyxy, [], SsdSpec()),
    ):
        assert (matches.reason == Reason.NO_OBJECTS).all() and len(matches.label) == len(ANCHORS.xyxy)
    assert engine.fit_shapes([], [(1, 1)]).fit.shape == (0, 1)
    assert (
        engine.encode([], [], CoderSpec(kind="cell"), stride=8).shape
        == engine.decode([], [], CoderSpec(kind="cell"), stride=8).shape
        == (0, 4)
    )


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("top_k", lambda: engine.match(ANCHORS, [], AtssSpec(top_k=0))),
        ("top_k", lambda: engine.match(ANCHORS, [], AtssSpec(top_k=1.5))),
        ("ignore_iou", lambda: engine.match(ANCHORS, [], YoloSpec(ignore_iou=2))),
        ("side_factor", lambda: engine.match(ANCHORS, [], Yolov5Spec(side_factor=0.5))),
        ("gt_boxes", lambda: engine.match(ANCHORS, [[1, 1, 1, 5]], YoloSpec())),
        ("widths_heights", lambda: engine.fit_shapes([(0, 1)], [(1, 1)])),
        ("shapes", lambda: engine.fit_shapes([(1, 1)], [(1, -1)])),
        ("stride", lambda: engine.encode([[0, 0, 8, 8]], [[0, 0, 8, 8]], CoderSpec(kind="cell"), stride=0)),
        ("offsets", lambda: engine.decode([[0, 0, 8, 8]], [[0, 0, 999, 0]], CoderSpec(kind="cell"), stride=8)),
        ("rule", lambda: Matching(rule="hungarian")),
        ("min_best_iou", lambda: ThresholdSpec(min_best_iou=-2)),
        ("kind", lambda: CoderSpec(kind="polar")),
        ("eps", lambda: CoderSpec(eps=-1)),
        ("stride", lambda: engine.encode([], [], CoderSpec(kind="cell"))),
        ("stride", lambda: engine.decode([], [], CoderSpec(kind="cell"))),
        ("anchors", lambda: engine.match(ANCHORS.xyxy, [], YoloSpec())),
        ("usable", lambda: engine.match(ANCHORS, [], YoloSpec(), usable=[True])),
    ],
)  # fmt: skip
def test_a_wrong_argument_is_named(name, call):
    with pytest.raises(ValueError, match=rf"^{name}\b"):
        call()


def test_nothing_compiles_when_values_change():
    def play(step):
        box = np.array([[12, 9, 28, 17]] * (step % 3), np.float32).reshape(-1, 4) + step
        spec = PRESETS[("yolov3", "ssd300", "yolov2")[step % 3]].spec
        engine.match(engine.generate_anchors(spec, 64 + step, 64), box, YoloSpec(ignore_iou=0.1 * step))
        engine.match(engine.generate_anchors(spec, 64, 64 + step), box, Yolov5Spec(side_factor=2 + step))
        engine.match(ANCHORS, box, AtssSpec(top_k=1 + step))
        high = 0.5 + 0.01 * step
        for spec in (
            ThresholdSpec(high=high, low_negative=bool(step % 2)),
            MaxIouSpec(high=high),
            SsdSpec(high=high),
        ):
            engine.match(ANCHORS.xyxy, box, spec)

    for step in range(3):
        play(step)
    with engine.count_compiles() as compiles:
        for step in range(3, 9):
            play(step)
    assert compiles.count == 0
