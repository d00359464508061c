"""detectron2 and yhenon's RetinaNet: anchors and matcher."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from anchorlab import engine
from anchorlab.core.anchors import around, grid_anchors, pair_sizes_with_ratios, shape_sides
from anchorlab.settings.matching import ThresholdSpec
from tests.golden.reading import assert_boxes, cases

grid = jax.jit(grid_anchors, static_argnums=(0, 1))


def sides(sizes, ratios) -> jnp.ndarray:
    return shape_sides(
        *pair_sizes_with_ratios(jnp.asarray(sizes, jnp.float32), jnp.asarray(ratios, jnp.float32))
    )


@cases("detectron2_anchor_generator")
def test_anchor_generator(given, expected, name):
    settings = given.get("kwargs", given)
    grids = given["grid_sizes_hw"]

    def per_level(values):
        """Adapter: sizes and ratios given once are for every level."""
        return values * len(grids) if len(values) == 1 else values

    strides, offset = settings["strides"], settings["offset"]
    levels = zip(
        per_level(settings["sizes"]), per_level(settings["aspect_ratios"]), strides, grids, strict=True
    )
    total = 0
    for level, (sizes, ratios, stride, (rows, cols)) in enumerate(levels):
        cell = sides(sizes, ratios)
        assert_boxes(around(jnp.zeros((1, 2)), cell), expected["cell_anchors"][level])
        anchors = grid(rows, cols, cell, stride=float(stride), center=offset)
        assert_boxes(anchors, expected["levels"][level])
        total += len(anchors)
    assert total == expected["total"]


@pytest.mark.parametrize("setting", ("retinanet", "rpn", "roi", "retinanet_no_low_quality"))
@cases("detectron2_matcher")
def test_matcher(given, expected, name, setting):
    thresholds, labels, low_quality = given["settings"][setting]
    # Adapter: one threshold and no label for ignored is an ignored band of nothing.
    low, high = thresholds[0], thresholds[-1]
    assert labels in ([0, -1, 1], [0, 1])
    # Adapter: an object of best IoU 0 rescues every anchor there: no lower bound.
    spec = ThresholdSpec(high=high, low=low, low_quality=low_quality, min_best_iou=-1.0)
    ours = engine.match(given["anchors"], given["gts"], spec)
    np.testing.assert_array_equal(ours.label, expected[setting]["match_labels"])
    # Adapter: without objects the index is 0 there and -1 here.
    gt_index = np.maximum(ours.gt_index, 0) if len(given["gts"]) == 0 else ours.gt_index
    np.testing.assert_array_equal(gt_index, expected[setting]["matches"])


def ratio_major(sizes, ratios) -> jnp.ndarray:
    """Adapter: yhenon lists every size for one ratio before the next ratio."""
    return sides(sizes, ratios).reshape(len(sizes), len(ratios), 2).swapaxes(0, 1).reshape(-1, 2)


YHENON_SCALES, YHENON_RATIOS = [2**0, 2 ** (1 / 3), 2 ** (2 / 3)], [0.5, 1, 2]


@cases("yhenon_anchors", "cell")
def test_yhenon_cell(given, expected, name):
    settings = {"base_size": 16, "ratios": YHENON_RATIOS, "scales": YHENON_SCALES} | given["kwargs"]
    sizes = [settings["base_size"] * scale for scale in settings["scales"]]
    cell = ratio_major(sizes, list(settings["ratios"]))
    assert_boxes(around(jnp.zeros((1, 2)), cell), expected["anchors"])


@cases("yhenon_anchors", "shift")
def test_yhenon_shift(given, expected, name):
    cell = ratio_major([given["base_size"] * scale for scale in YHENON_SCALES], YHENON_RATIOS)
    rows, cols = given["shape_hw"]
    assert_boxes(grid_anchors(rows, cols, cell, stride=float(given["stride"])), expected["anchors"])


@cases("yhenon_anchors", "anchors")
def test_yhenon_pyramid(given, expected, name):
    height, width = given["image_size_hw"]
    for level, (rows, cols) in enumerate(expected["grid_sizes_hw"]):
        stride = 2 ** (level + 3)
        assert (rows, cols) == (-(-height // stride), -(-width // stride))
        cell = ratio_major([4 * stride * scale for scale in YHENON_SCALES], YHENON_RATIOS)
        anchors = grid(rows, cols, cell, stride=float(stride))
        assert len(anchors) == expected["counts"][level]
        assert_boxes(anchors, expected["levels"][level])
    assert sum(expected["counts"]) == expected["total"]
