"""torchvision: anchors, boxes, IoU family, matcher, coder and NMS."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from anchorlab import engine
from anchorlab.core import boxes as core_boxes
from anchorlab.core import iou as core_iou
from anchorlab.core.anchors import grid_anchors
from anchorlab.core.coders.center import decode_offsets, encode_offsets
from anchorlab.core.suppression.hard import suppress
from anchorlab.engine import Status
from anchorlab.engine.buckets import bucket, pad, real
from anchorlab.settings.anchors import AnchorSpec
from anchorlab.settings.matching import ThresholdSpec
from tests.golden.reading import assert_boxes, cases

# Compiled once per shape, not operation by operation.
suppress_compiled = jax.jit(suppress)
grid = jax.jit(grid_anchors, static_argnums=(0, 1))
pairwise = jax.jit(core_iou.pairwise, static_argnames="kind")

# --- anchors ---------------------------------------------------------------------------------------


def torchvision_cell(sizes, ratios) -> np.ndarray:
    """Adapter: ratio-major order, and corners rounded to whole pixels, halves to even."""
    ratio_major = [
        AnchorSpec(sizes=(size,), aspect_ratios=(ratio,)).widths_heights[0]
        for ratio in ratios
        for size in sizes
    ]
    return 2 * np.round(np.asarray(ratio_major, np.float32) / 2)


@cases("torchvision_anchor_generator")
def test_anchor_generator(given, expected, name):
    levels = zip(
        given["sizes"], given["aspect_ratios"], given["grid_sizes_hw"], expected["strides_hw"], strict=True
    )
    total = 0
    for level, (sizes, ratios, (rows, cols), (stride_y, stride_x)) in enumerate(levels):
        cell = torchvision_cell(sizes, ratios)
        np.testing.assert_array_equal(
            np.concatenate([-cell / 2, cell / 2], 1), expected["cell_anchors"][level]
        )
        # Adapter: the stride is the floor of image / grid, for x and y apart. Ours has one stride, so
        # the centres are stretched in x.
        xyxy = np.array(grid(rows, cols, jnp.asarray(cell), stride=float(stride_y), center=0.0))
        columns = np.arange(len(xyxy)) // len(cell) % cols
        xyxy[:, [0, 2]] += (columns * (stride_x - stride_y))[:, None]
        assert_boxes(xyxy, expected["levels"][level])
        total += len(xyxy)
    assert total == expected["total"]


# --- boxes -----------------------------------------------------------------------------------------


@cases("torchvision_box_utils", "convert")
def test_box_convert(given, expected, name):
    _, source, _, target = name.split("_")
    np.testing.assert_allclose(
        core_boxes.convert(jnp.asarray(given["boxes"]), source, target), expected["boxes"], atol=1e-5
    )


@cases("torchvision_box_utils", "clip")
def test_clip(given, expected, name):
    clipped = core_boxes.clip_to_image(jnp.asarray(given["boxes"]), *map(float, given["size_hw"]))
    np.testing.assert_array_equal(clipped, expected["boxes"])


@cases("torchvision_box_utils", "remove_small")
def test_remove_small(given, expected, name):
    keep = np.flatnonzero(core_boxes.at_least(jnp.asarray(given["boxes"]), given["min_size"]))
    np.testing.assert_array_equal(keep, expected["keep"])


@cases("torchvision_box_utils", "empty")
def test_empty_boxes(given, expected, name):
    empty = jnp.asarray(given["boxes"])
    assert core_boxes.clip_to_image(empty, 80.0, 100.0).shape == expected["clip"].shape
    assert core_boxes.at_least(empty, 1.0).shape == expected["remove_small"].shape
    assert core_boxes.convert(empty, "xyxy", "cxcywh").shape == expected["convert"].shape


# --- IoU family ------------------------------------------------------------------------------------

FAMILY = {
    "box_iou": "iou",
    "generalized_box_iou": "giou",
    "distance_box_iou": "diou",
    "complete_box_iou": "ciou",
}


@cases("torchvision_iou_family", outside=("inverted_box", "inverted_box_losses"))
def test_iou_family(given, expected, name):
    a, b = jnp.asarray(given["boxes1"]), jnp.asarray(given["boxes2"])
    if name.endswith("_losses"):
        for kind, losses in expected.items():
            # Adapter: the losses are 1 - x, row by row, with 1e-7 added to denominators; NaN, from the
            # atan of 0 / 0 of a point, is finite here.
            ours = 1 - np.asarray(core_iou.KINDS[kind](a, b))
            known = np.isfinite(losses)
            np.testing.assert_allclose(ours[known], losses[known], rtol=1e-5, atol=1e-5)
            assert np.isfinite(ours).all()
        return
    np.testing.assert_allclose(core_boxes.area(a), expected["area1"], rtol=1e-6)
    np.testing.assert_allclose(core_boxes.area(b), expected["area2"], rtol=1e-6)
    for peer, kind in FAMILY.items():
        ours = np.asarray(pairwise(a, b, kind=kind))
        # Adapter: two boxes without area are 0 / 0 = NaN there, and 0 in the IoU here.
        known = np.isfinite(expected[peer])
        np.testing.assert_allclose(ours[known], expected[peer][known], rtol=1e-5, atol=2e-6)
        assert np.isfinite(ours).all()
        if kind == "iou":
            assert not ours[~known].any()


@cases("torchvision_iou_family", "inverted")
def test_inverted_boxes_are_refused(given, expected, name):
    """torchvision has no check: it answers an IoU of corners in the wrong order, and distances of millions."""
    with pytest.raises(ValueError, match="x1 <= x2"):
        engine.pairwise_iou(given["boxes1"], given["boxes2"])


# --- matcher ---------------------------------------------------------------------------------------

SETTINGS = ("retinanet", "rpn", "roi", "retinanet_no_low_quality")


@pytest.mark.parametrize("setting", SETTINGS)
@cases("torchvision_matcher")
def test_matcher(given, expected, name, setting):
    high, low, low_quality = given["settings"][setting]
    # Adapter: torchvision lets an object of best IoU 0 rescue every anchor: no lower bound.
    spec = ThresholdSpec(high=high, low=low, low_quality=low_quality, min_best_iou=-1.0)
    matches = engine.match(given["anchors"], given["gts"], spec)
    # Adapter: one number per anchor there, the object or -1 (negative) or -2 (ignored).
    ours = np.select([matches.label == 1, matches.label == 0], [matches.gt_index, -1], -2)
    if "raises" in expected[setting]:
        # No object, no anchor: a ValueError there; all negative, and nothing, here.
        np.testing.assert_array_equal(ours, np.full(len(given["anchors"]), -1))
        return
    if name == "zero_area_both_identical":
        # 0 / 0 is NaN there and passes every `<`, which makes anchor 0 positive even without
        # low-quality matches; an IoU of 0 is negative unless rescued, and then with all its equals.
        rescues = [0, 0] if low_quality else [-1, -1]
        np.testing.assert_array_equal(ours, rescues)
        np.testing.assert_array_equal(expected[setting], [0, -1])
        return
    np.testing.assert_array_equal(ours, expected[setting])


def test_every_setting_of_the_matcher_file_is_known():
    """`ssd_0.5` is torchvision's SSDMatcher, where the last object takes a shared anchor: another
    algorithm, compared in `test_matching_rules`."""
    from tests.golden.reading import _cases

    known = {*SETTINGS, "ssd_0.5"}
    assert all(set(case["inputs"]["settings"]) == known for case in _cases("torchvision_matcher"))


# --- coder -----------------------------------------------------------------------------------------

CLAMP = math.log(1000 / 16)


def stds(weights) -> tuple[float, ...]:
    """Adapter: torchvision's weights multiply, our stds divide."""
    return tuple(1 / weight for weight in weights)


@cases("torchvision_box_coder", "encode")
def test_encode(given, expected, name):
    anchors, gts = jnp.asarray(given["anchors"]), jnp.asarray(given["gts"])
    ours = encode_offsets(anchors, gts, stds=stds(given["weights"]))
    np.testing.assert_allclose(ours, expected["deltas"], rtol=2e-5, atol=1e-5)


@cases("torchvision_box_coder", "decode", outside=("decode_two_classes",))
def test_decode(given, expected, name):
    anchors, deltas = jnp.asarray(given["anchors"]), jnp.asarray(given["deltas"])
    ours = decode_offsets(anchors, deltas, stds=stds(given["weights"]), clamp=CLAMP)
    np.testing.assert_allclose(ours, expected["boxes"], rtol=1e-5, atol=1e-3)


@cases("torchvision_box_coder", "decode_two_classes")
def test_decode_two_classes(given, expected, name):
    """Adapter: eight numbers per anchor are four per class; the core broadcasts."""
    deltas = jnp.asarray(given["deltas"]).reshape(-1, 2, 4)
    anchors = jnp.broadcast_to(jnp.asarray(given["anchors"])[:, None, :], deltas.shape)
    ours = decode_offsets(anchors, deltas, clamp=CLAMP)
    np.testing.assert_allclose(ours, expected["boxes"], rtol=1e-5, atol=1e-3)


# --- NMS -------------------------------------------------------------------------------------------


def float32_below(threshold: float) -> np.float32:
    """Adapter: torchvision compares a float32 IoU with a float64 threshold. IoU > threshold there is
    IoU > the largest float32 that is not above the threshold."""
    rounded = np.float32(threshold)
    return np.nextafter(rounded, np.float32(0)) if float(rounded) > threshold else rounded


def kept(boxes, scores, classes, threshold) -> np.ndarray:
    count, rows = len(scores), bucket(len(scores), 64)
    classes = np.zeros(count, np.int32) if classes is None else np.asarray(classes, np.int32)
    record = suppress_compiled(
        *(pad(column, rows) for column in (boxes, scores, classes)),
        iou_threshold=threshold,
        mask=real(count, rows),
    )
    order, status = np.asarray(record.order), np.asarray(record.status)
    return order[status[order] == Status.KEPT]


@cases("torchvision_nms")
def test_nms(given, expected, name):
    # Adapter: the float64 cases are compared in float64 there, where 3 / 10 and 7 / 10 are the
    # thresholds themselves; in float32 they are too, if the threshold is rounded alike.
    threshold = given["iou_threshold"]
    threshold = np.float32(threshold) if name.endswith("_float64") else float32_below(threshold)
    boxes, scores = given["boxes"].astype(np.float32), given["scores"].astype(np.float32)
    np.testing.assert_array_equal(kept(boxes, scores, None, threshold), expected["nms"])
    if "batched_nms_vanilla" in expected:
        by_class = kept(boxes, scores, given["classes"], threshold)
        np.testing.assert_array_equal(by_class, expected["batched_nms_vanilla"])
        # The coordinate trick agrees, but where the largest coordinate is -1 and shifts by nothing.
        if not name.startswith("multiclass_max_coordinate_minus_one"):
            np.testing.assert_array_equal(by_class, expected["batched_nms"])
