"""Pyramids: torchvision, detectron2, yhenon, Keras, SSD and the numbers of the papers."""

import numpy as np
import pytest

from anchorlab.catalogue.presets import PRESETS, RATIOS
from anchorlab.core.boxes import xyxy_to_cxcywh
from anchorlab.engine import generate_anchors
from anchorlab.settings.pyramids import (
    LevelSpec,
    PyramidSpec,
    default_box_scales,
    default_boxes,
    octaves,
    sized,
)
from tests.golden.reading import assert_boxes, cases


def assert_levels(anchors, expected, convert=lambda boxes: boxes, **tolerance):
    for level, stored in zip(anchors.levels, expected, strict=True):
        assert_boxes(convert(anchors.xyxy[level.span]), stored, **tolerance)


def grids(anchors) -> list[tuple[int, int]]:
    return [(level.rows, level.cols) for level in anchors.levels]


def around_origin(sides) -> np.ndarray:
    half = np.array(sides) / 2
    return np.concatenate([-half, half], axis=1)


# --- torchvision: ratio-major, corners rounded, centre 0, stride image // grid -------------------------


@cases("torchvision_anchor_generator")
def test_torchvision(given, expected, name):
    levels = [
        LevelSpec(1, sized(sizes, ratios, order="ratio-major", rounding="half-even"), tuple(grid))
        for sizes, ratios, grid in zip(
            given["sizes"], given["aspect_ratios"], given["grid_sizes_hw"], strict=True
        )
    ]
    for level, cell in zip(levels, expected["cell_anchors"], strict=True):
        np.testing.assert_array_equal(around_origin(level.widths_heights), cell)
    spec = PyramidSpec(levels, center=0, uneven="floor")
    anchors = generate_anchors(spec, *given["image_size_hw"])
    assert [level.stride for level in anchors.levels] == list(map(tuple, expected["strides_hw"]))
    assert len(anchors.xyxy) == expected["total"]
    assert_levels(anchors, expected["levels"])


def test_torchvisions_retinanet_cuts_sizes_to_whole_pixels():
    sides = sized(octaves(32), RATIOS, whole_sizes=True)
    assert [round((w * h) ** 0.5, 6) for w, h in sides[::3]] == [32, 40, 50]


# --- detectron2: size-major, exact ---------------------------------------------------------------------


@cases("detectron2_anchor_generator")
def test_detectron2(given, expected, name):
    settings = given.get("kwargs", given)
    grids = given["grid_sizes_hw"]

    def per_level(values):
        """Adapter: sizes and ratios given once are for every level."""
        return values * len(grids) if len(values) == 1 else values

    levels = [
        LevelSpec(stride, sized(sizes, ratios), tuple(grid))
        for stride, sizes, ratios, grid in zip(
            settings["strides"],
            per_level(settings["sizes"]),
            per_level(settings["aspect_ratios"]),
            grids,
            strict=True,
        )
    ]
    for level, cell in zip(levels, expected["cell_anchors"], strict=True):
        assert_boxes(around_origin(level.widths_heights), cell)
    anchors = generate_anchors(PyramidSpec(levels, center=settings["offset"]), 999, 999)
    assert len(anchors.xyxy) == expected["total"]
    assert_levels(anchors, expected["levels"])


# --- yhenon and Keras: ratio-major, exact, centre .5, stride 2^level -----------------------------


@cases("yhenon_anchors", "anchors")
def test_yhenon(given, expected, name):
    anchors = generate_anchors(PRESETS["retinanet"].spec, *given["image_size_hw"])
    assert grids(anchors) == list(map(tuple, expected["grid_sizes_hw"]))
    assert [level.count for level in anchors.levels] == expected["counts"]
    assert_levels(anchors, expected["levels"])


@cases("yhenon_anchors", "cell")
def test_yhenon_cells(given, expected, name):
    settings = {"base_size": 16, "ratios": RATIOS, "scales": octaves(1)} | given["kwargs"]
    sizes = [settings["base_size"] * scale for scale in settings["scales"]]
    assert_boxes(
        around_origin(sized(sizes, settings["ratios"], order="ratio-major")), expected["anchors"], atol=1e-12
    )


KERAS = PyramidSpec(
    tuple(
        LevelSpec(2**level, sized(octaves(4 * 2**level), RATIOS, order="ratio-major", ratio_means="w/h"))
        for level in range(3, 8)
    )
)


@cases("kerasio_anchors", "anchor_dims")
def test_keras_cells(given, expected, name):
    for level, sides in zip(KERAS.levels, expected["anchor_dims"], strict=True):
        np.testing.assert_allclose(level.widths_heights, sides[0, 0], rtol=1e-6)


@cases("kerasio_anchors", "anchors")
def test_keras(given, expected, name):
    anchors = generate_anchors(KERAS, *given["image_size_hw"])
    assert grids(anchors) == list(map(tuple, expected["grid_sizes_hw"]))
    assert [level.count for level in anchors.levels] == expected["counts"]
    assert_levels(anchors, expected["levels_cxcywh"], xyxy_to_cxcywh)


# --- SSD -------------------------------------------------------------------------------------------------


@cases("torchvision_default_box_generator")
def test_default_boxes(given, expected, name):
    settings = given["kwargs"]
    ratios, (height, width) = settings["aspect_ratios"], given["image_size_hw"]
    count = len(ratios)
    scales = settings.get("scales") or default_box_scales(
        count, settings.get("min_ratio", 0.15), settings.get("max_ratio", 0.9)
    )
    np.testing.assert_allclose(scales, expected["scales"])
    # Adapter: scales are fractions of each image side there, and clipping cuts at that side.
    levels = [
        LevelSpec(
            stride,
            default_boxes(
                scales[k], scales[k + 1], ratios[k], frame=(width, height), clip=settings.get("clip", True)
            ),
            tuple(grid),
        )
        for k, (stride, grid) in enumerate(
            zip(settings.get("steps") or [1] * count, given["grid_sizes_hw"], strict=True)
        )
    ]
    for k, sides in enumerate(expected["wh_pairs"]):
        np.testing.assert_allclose(default_boxes(scales[k], scales[k + 1], ratios[k]), sides, rtol=1e-6)
    assert [level.shapes_per_cell for level in levels] == expected["num_anchors_per_location"]
    spec = PyramidSpec(levels, uneven="keep" if settings.get("steps") else "exact")
    anchors = generate_anchors(spec, height, width)
    assert len(anchors.xyxy) == expected["total"]
    assert_levels(anchors, expected["levels_xyxy"])


def test_the_ssd300_preset_is_ssds_on_300_pixels():
    """The configuration's sizes are pixels: 30 = .1 x 300; torchvision's model takes .07 for COCO."""
    anchors = generate_anchors(PRESETS["ssd300"].spec, 300, 300)
    assert len(anchors.xyxy) == 8732
    np.testing.assert_allclose(anchors.xyxy[:2], [[-11, -11, 19, 19], [-17.2132] * 2 + [25.2132] * 2], 1e-5)


# --- numbers of papers and blog posts ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("preset", "counts"),
    [
        ("retinanet", (74880, 18720, 4680, 1170, 315)),
        ("faster-rcnn-c4", (22500,)),
        ("ssd300", (5776, 2166, 600, 150, 36, 4)),
        ("ssd512", (16384, 6144, 1536, 384, 96, 16, 4)),
        ("yolov2", (845,)),
        ("yolov3", (8112, 2028, 507)),
        ("yolov5", (19200, 4800, 1200)),
    ],
)
def test_counts_of_the_papers(preset, counts):
    _, spec, image, _ = PRESETS[preset]
    assert spec.counts(*image) == counts
    assert [level.count for level in generate_anchors(spec, *image).levels] == list(counts)


def test_py_faster_rcnns_nine():
    """Its comment lists inclusive corners: our x2 and y2 are one more."""
    anchors = generate_anchors(PRESETS["py-faster-rcnn"].spec, 800, 800).xyxy[:9]
    expected = [
        [-84, -40, 99, 55], [-176, -88, 191, 103], [-360, -184, 375, 199],
        [-56, -56, 71, 71], [-120, -120, 135, 135], [-248, -248, 263, 263],
        [-36, -80, 51, 95], [-80, -168, 95, 183], [-168, -344, 183, 359],
    ]  # fmt: skip
    np.testing.assert_array_equal(anchors - [0, 0, 1, 1], expected)
