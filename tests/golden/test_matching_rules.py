"""SSD, ATSS, fizyr and YOLOv5: matching, coders, and where libraries disagree on a shared best anchor."""

import math
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from anchorlab import engine
from anchorlab.core import iou as core_iou
from anchorlab.core.boxes import cxcywh_to_xyxy
from anchorlab.core.coders import corner
from anchorlab.core.coders.center import decode_offsets, encode_offsets
from anchorlab.core.matching.shapes import fit_summary
from anchorlab.core.matching.yolov5 import assign_by_shape
from anchorlab.engine import Anchors, Level
from anchorlab.engine.anchors import tables
from anchorlab.engine.buckets import bucket, pad
from anchorlab.settings.matching import AtssSpec, GreedySpec, MaxIouSpec, SsdSpec, ThresholdSpec
from anchorlab.settings.pyramids import LevelSpec, PyramidSpec
from anchorlab.settings.suppression import NmsSpec
from tests.golden.reading import _cases, cases, decode

pairwise = jax.jit(core_iou.pairwise)


@partial(jax.jit, static_argnums=0)
def _compiled(function, *columns):
    return function(*columns)


def in_rows(function, *columns) -> np.ndarray:
    """A function of rows, compiled once for all numbers of rows up to a power of two."""
    count = len(columns[0])
    rows = bucket(count, 256)
    return np.asarray(_compiled(function, *(pad(np.asarray(c, np.float32), rows) for c in columns)))[:count]


# --- ssd.pytorch -------------------------------------------------------------------------------------


@cases("ssdpytorch_match_coder_nms", "match")
def test_ssd_matching(given, expected, name):
    # Adapter: priors are cxcywh there.
    anchors = in_rows(cxcywh_to_xyxy, given["priors_cxcywh"])
    matches = engine.match(anchors, given["truths"], SsdSpec(high=given["threshold"]))
    if "zero_area_both_identical" in name:
        # 0 / 0 is NaN there, which the threshold does not make background; forced here as there.
        assert np.asarray(matches.label).tolist() == [1, 0]
    # Adapter: background is 0 there, and classes start from 1.
    classes = np.where(matches.label == 1, np.asarray(given["labels"])[matches.gt_index] + 1, 0)
    np.testing.assert_array_equal(classes, expected["conf_t"])
    # Adapter: negatives are encoded too, with their best object.
    loc = in_rows(encode_offsets, anchors, np.asarray(given["truths"])[matches.gt_index])
    positive = np.asarray(matches.label) == 1
    known = positive[:, None] & np.isfinite(expected["loc_t"]) & np.isfinite(loc)
    np.testing.assert_allclose(loc[known], expected["loc_t"][known], rtol=2e-4, atol=2e-4)


@cases("torchvision_matcher")
def test_torchvisions_ssd_matcher(given, expected, name):
    high = given["settings"]["ssd_0.5"]
    spec = SsdSpec(high=high if isinstance(high, float) else 0.5)
    matches = engine.match(given["anchors"], given["gts"], spec)
    if "raises" in expected["ssd_0.5"]:  # no object, or no anchor, is a ValueError there
        assert np.asarray(matches.label).tolist() == [0] * len(given["anchors"])
        return
    np.testing.assert_array_equal(np.where(matches.label == 1, matches.gt_index, -1), expected["ssd_0.5"])


@cases("ssdpytorch_match_coder_nms", "encode")
def test_ssd_encode(given, expected, name):
    key = next(key for key in given if key != "priors_cxcywh" and "variances" not in key)
    loc = in_rows(encode_offsets, in_rows(cxcywh_to_xyxy, given["priors_cxcywh"]), given[key])
    stored = next(iter(expected.values()))
    known = np.isfinite(stored)
    np.testing.assert_allclose(loc[known], stored[known], rtol=2e-4, atol=2e-4)


@cases("ssdpytorch_match_coder_nms", "decode")
def test_ssd_decode(given, expected, name):
    boxes = in_rows(decode_offsets, in_rows(cxcywh_to_xyxy, given["priors_cxcywh"]), given["loc"])
    np.testing.assert_allclose(boxes, next(iter(expected.values())), rtol=1e-5, atol=1e-3)


@cases("ssdpytorch_match_coder_nms", "nms")
def test_ssd_nms(given, expected, name):
    boxes, scores = given["boxes"], given["scores"]
    threshold = given.get("overlap", given.get("iou_threshold"))
    top_k = min(given.get("top_k", 200), len(boxes))
    spec = NmsSpec(iou_threshold=threshold, score_threshold=0, ties="last", top_k=top_k)
    keep = engine.suppress(boxes, scores, np.zeros(len(boxes)), spec).keep.tolist()
    stored = np.asarray(expected["keep"]).tolist()
    if "zero_area" in name:
        # 0 / 0 is NaN there, and NaN <= threshold is False: points and lines suppress each other.
        assert [i for i in keep if i not in (1, 3)] == stored
        return
    assert keep == stored


# --- fizyr/keras-retinanet ----------------------------------------------------------------------------


@cases(
    "fizyr_anchor_targets",
    "overlap",
)
def test_fizyr_overlap(given, expected, name):
    a, b = np.asarray(given["boxes1"], np.float32), np.asarray(given["boxes2"], np.float32)
    if "inverted" in name:  # 0, or the IoU of corners in the wrong order, there
        with pytest.raises(ValueError, match="x1 <= x2"):
            engine.pairwise_iou(a, b)
        return
    np.testing.assert_allclose(pairwise(a, b), expected["iou"], rtol=1e-5, atol=1e-6)


FIZYR = ThresholdSpec(high=0.5, low=0.4, low_quality=False, low_negative=True)


@cases("fizyr_anchor_targets", "targets")
def test_fizyr_targets(given, expected, name):
    anchors = given["anchors"]
    height, width = given["image_shape"][:2]
    # Adapter: anchors whose centre is at or beyond the right or lower border are ignored.
    centers = (anchors[:, :2] + anchors[:, 2:]) / 2
    usable = (centers < [width, height]).all(axis=1)
    matches = engine.match(anchors, given["bboxes"], FIZYR, usable=usable)
    regression, labels = expected["regression_batch"][0], expected["labels_batch"][0]
    np.testing.assert_array_equal(matches.label, regression[:, -1])
    classes = np.zeros((len(anchors), 3))
    positive = matches.label == 1
    classes[np.flatnonzero(positive), np.asarray(given["labels"])[matches.gt_index[positive]]] = 1
    np.testing.assert_array_equal(classes, labels[:, :-1])
    if len(given["bboxes"]) and len(anchors):
        # Adapter: negatives are encoded too, with their best object.
        boxes = given["bboxes"][matches.gt_index]
        rows = (anchors[:, 2:] > anchors[:, :2]).all(axis=1)
        ours = corner.encode_corners(jnp.asarray(anchors[rows]), jnp.asarray(boxes[rows]))
        np.testing.assert_allclose(ours, regression[rows, :4], rtol=1e-4, atol=1e-4)


@cases("fizyr_anchor_targets", "bbox_transform")
def test_fizyr_coder(given, expected, name):
    anchors, gts = jnp.asarray(given["anchors"]), jnp.asarray(given["gts"])
    offsets = corner.encode_corners(anchors, gts)
    np.testing.assert_allclose(offsets, expected["targets"], rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(corner.decode_corners(anchors, offsets), gts, atol=1e-3)


# --- ATSS --------------------------------------------------------------------------------------------


@cases("mmdet_atss_assigner")
def test_atss(given, expected, name):
    counts = given["num_level_priors"]
    count = sum(counts)
    starts = np.cumsum([0, *counts])
    levels = tuple(Level(start, 1, n, (1, 1), ((1, 1),)) for start, n in zip(starts, counts, strict=False))
    anchors = Anchors(given["priors"], np.ones(count, bool), levels)
    top_k = {"overlapping_gts": 5, "topk_1": 1}.get(name, 9)
    gts = np.reshape(given["gts"], (-1, 4))
    matches = engine.match(anchors, gts, AtssSpec(top_k=top_k))
    adaptive = matches.story
    # Adapter: one number per anchor, the object from 1, or 0.
    np.testing.assert_array_equal(np.where(matches.label == 1, matches.gt_index + 1, 0), expected["gt_inds"])
    if not len(gts):
        return
    for first, last in zip((0, *np.cumsum(counts)), np.cumsum(counts), strict=False):
        assert (adaptive.candidate[first:last].sum(axis=0) == min(top_k, last - first)).all()
    positive = matches.label == 1
    own = engine.pairwise_iou(*matches.boxes)[np.arange(count), matches.gt_index]
    np.testing.assert_allclose(own[positive], expected["max_overlaps"][positive], rtol=1e-5)


# --- YOLOv5 ------------------------------------------------------------------------------------------

by_shape = jax.jit(assign_by_shape)


@cases("yolov5_build_targets")
def test_build_targets(given, expected, name):
    height, width = given["image_hw"]
    spec = PyramidSpec(
        [
            LevelSpec(stride, np.reshape(sides, (-1, 2)), (height // stride, width // stride))
            for stride, sides in zip(given["strides"], given["anchors_px"], strict=True)
        ]
    )
    levels = tables(engine.generate_anchors(spec, height, width).levels)
    shape_level = np.full(len(levels.widths_heights), -1)
    shape_level[: 3 * len(spec.levels)] = np.repeat(np.arange(len(spec.levels)), 3)
    levels = levels._replace(stride=np.where(levels.stride > 0, levels.stride, 1))
    targets = given["targets_img_cls_xywh_norm"].reshape(-1, 6)
    cxcywh = targets[:, 2:] * np.float32([width, height, width, height])
    pairs = jax.device_get(by_shape(cxcywh, levels, shape_level, side_factor=given["anchor_t"]))
    for level, stored in enumerate(expected):
        # Adapter: their list runs over neighbours, then shapes, then targets.
        here = pairs.assigned[:, 3 * level : 3 * level + 3].transpose(2, 1, 0)
        neighbour, shape, gt = np.nonzero(here)
        col = pairs.col[gt, 3 * level + shape, neighbour]
        row = pairs.row[gt, 3 * level + shape, neighbour]
        np.testing.assert_array_equal(shape, stored["anchor"])
        np.testing.assert_array_equal(row, stored["grid_y"])
        np.testing.assert_array_equal(col, stored["grid_x"])
        np.testing.assert_array_equal(targets[gt, 0], stored["image"])
        np.testing.assert_array_equal(targets[gt, 1], stored["tcls"])
        tbox = cxcywh[gt] / given["strides"][level] - np.stack([col, row, 0 * col, 0 * row], 1)
        np.testing.assert_allclose(tbox, stored["tbox"].reshape(-1, 4), atol=1e-5)
        sides = np.float32(spec.levels[level].widths_heights)[shape] / given["strides"][level]
        np.testing.assert_allclose(sides, stored["anchors_grid"].reshape(-1, 2))


@cases("yolov5_check_anchors")
def test_check_anchors(given, expected, name):
    fit = engine.fit_shapes(given["wh"], given["anchors_px"]).fit
    np.testing.assert_allclose(fit, expected["x_best_ratio_metric"], rtol=1e-6)
    np.testing.assert_allclose(fit.max(axis=1), expected["best"], rtol=1e-6)
    recall, above = fit_summary(jnp.asarray(fit), given["thr"])
    np.testing.assert_allclose(recall, expected["best_possible_recall"], rtol=1e-6)
    np.testing.assert_allclose(above, expected["anchors_above_threshold"], rtol=1e-6)


# --- where libraries disagree on a shared best anchor ---------------------------------------------------

RETINANET = {"high": 0.5, "low": 0.4}
RULES = {
    "d2l": GreedySpec(high=0.5),
    "torchvision": ThresholdSpec(**RETINANET, min_best_iou=-1),
    "detectron2": ThresholdSpec(**RETINANET, min_best_iou=-1),
    "mmdetection": MaxIouSpec(**RETINANET),
    "torchvision SSD": SsdSpec(high=0.5),
    "mmdetection SSD": MaxIouSpec(high=0.5, low=0.5, assign_all=False),
    "ssd.pytorch": SsdSpec(high=0.5),
    "keras-io": ThresholdSpec(**RETINANET, low_quality=False),
}
SHARED = {
    # scenario: the answers in the order of RULES; -1 negative, -2 ignored
    "low_quality_steals": ["0 1", "0 -1", "0 -1", "1 -1", "1 -1", "1 -1", "1 -1", "0 -1"],
    "low_quality_steals_reversed_order": ["1 0"] + ["1 -1"] * 7,
    "two_gts_same_best_anchor": ["0 1", "0 -1", "0 -1", "1 -1", "1 -1", "1 -1", "1 -1", "0 -1"],
    "gt_tied_between_anchors": [
        "0 -1 -1", "0 0 -1", "0 0 -1", "0 0 -1", "0 -1 -1", "0 -1 -1", "0 -1 -1", "-1 -1 -1",
    ],
    "anchor_tied_between_gts_positive": ["0", "0", "0", "1", "1", "1", "1", "0"],
    "identical_anchors": [
        "0 -1 -1 -1", "0 0 0 -1", "0 0 0 -1", "0 0 0 -1",
        "0 -1 -1 -1", "0 -1 -1 -1", "0 -1 -1 -1", "-2 -2 -2 -1",
    ],
    "gt_overlaps_nothing": [
        "0 1 -1", "0 0 0", "0 0 0", "1 1 1", "1 -1 -1", "1 -1 -1", "1 -1 -1", "0 -1 -1",
    ],
    # d2l answers 0 3 4 here: its greedy rounds end with the argmax of a matrix of -1, object 0.
    "more_gts_than_anchors_leftover_first": ["2 3 4"] * 8,
}  # fmt: skip


@pytest.mark.parametrize("scenario", SHARED)
def test_shared_best_anchors(scenario):
    case = next(case for case in _cases("detectron2_matcher") if case["name"] == scenario)
    given = decode(case["inputs"])
    for (library, spec), answer in zip(RULES.items(), SHARED[scenario], strict=True):
        matches = engine.match(given["anchors"], given["gts"], spec)
        ours = np.select([matches.label == 1, matches.label == 0], [matches.gt_index, -1], -2)
        assert ours.tolist() == [int(x) for x in answer.split()], library


def test_a_clamp_on_both_sides():
    anchors, wild = jnp.array([[0.0, 0, 10, 10]]), jnp.array([[0.0, 0, 99, -99]])
    bound = math.log(1000 / 16)
    width, height = np.diff(
        decode_offsets(anchors, wild, clamp=bound, clamp_both=True)[0, jnp.array([0, 2, 1, 3])]
    )[::2]
    np.testing.assert_allclose([width, height], [625, 0.16], rtol=1e-4)
