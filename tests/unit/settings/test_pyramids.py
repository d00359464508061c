"""Pyramids: the lists of shapes, the levels, and their settings."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anchorlab import engine
from anchorlab.catalogue.presets import PRESETS
from anchorlab.core.anchors import index_of, places
from anchorlab.engine.anchors import tables
from anchorlab.settings.anchors import AnchorSpec
from anchorlab.settings.pyramids import (
    HeadShape,
    LevelSpec,
    PyramidSpec,
    default_box_scales,
    default_boxes,
    head_shapes,
    octaves,
    sized,
)

sizes = st.lists(st.sampled_from([8.0, 9.5, 32.0, 100.0]), min_size=1, max_size=3)
ratios = st.lists(st.sampled_from([0.25, 0.5, 1.0, 3.0]), min_size=1, max_size=3)


def test_the_cell_anchors_of_retinanet_at_32_pixels():
    """As printed in tutorials: three scales of each ratio, around the origin."""
    half = [
        (22.627417, 11.3137085), (28.50875898, 14.25437949), (35.91878555, 17.95939277),
        (16, 16), (20.1587368, 20.1587368), (25.39841683, 25.39841683),
        (11.3137085, 22.627417), (14.25437949, 28.50875898), (17.95939277, 35.91878555),
    ]  # fmt: skip
    sides = sized(octaves(32), (0.5, 1, 2), order="ratio-major")
    np.testing.assert_allclose(sides, 2 * np.array(half), rtol=1e-8)
    assert PRESETS["retinanet"].spec.levels[0].widths_heights == sides


@given(sizes, ratios, st.sampled_from(["size-major", "ratio-major"]))
def test_area_and_ratio(sizes, ratios, order):
    level = LevelSpec(8, sized(sizes, ratios, order=order))
    pairs = [(s, r) for s in sizes for r in ratios]
    pairs = pairs if order == "size-major" else [(s, r) for r in ratios for s in sizes]
    np.testing.assert_allclose(level.sizes_ratios, pairs)
    turned = sized(sizes, ratios, order=order, ratio_means="w/h")
    np.testing.assert_allclose(np.array(turned)[:, ::-1], level.widths_heights)


@given(sizes, ratios)
def test_the_orders_list_the_same_shapes(sizes, ratios):
    assert sorted(sized(sizes, ratios)) == sorted(sized(sizes, ratios, order="ratio-major"))


def test_rounding_is_of_corners_half_to_even():
    assert [w for w, _ in sized((9, 11, 13, 15, 10), (1,), rounding="half-even")] == [8, 12, 12, 16, 10]


def test_default_boxes():
    assert default_boxes(30, 60, ()) == ((30, 30), (math.sqrt(1800),) * 2)
    sides = default_boxes(0.9, 1.05, (2, 3), frame=(300, 200), clip=True)
    assert len(sides) == 6 and max(w for w, _ in sides) == 300 and max(h for _, h in sides) == 200
    np.testing.assert_allclose(sides[4], (300, 200 * 0.9 / math.sqrt(3)))
    assert default_box_scales(6) == pytest.approx((0.2, 0.34, 0.48, 0.62, 0.76, 0.9, 1.0))
    assert default_box_scales(1) == (0.2, 1.0)


def test_heads_of_50_x_50_cells_and_nine_anchors():
    spec = PRESETS["faster-rcnn-c4"].spec
    assert head_shapes(spec, 800, 800) == (HeadShape((2500, 36), (2500, 9)),)
    assert head_shapes(spec, 800, 800, classes=80)[0].scores == (2500, 720)


@pytest.mark.parametrize("uneven", ["keep", "floor", "exact"])
def test_strides_of_a_grid_that_does_not_divide(uneven):
    spec = PyramidSpec((LevelSpec(128, ((8, 8),)),), uneven=uneven)
    assert spec.grids(640, 832) == ((5, 7),)
    x = {"keep": 128, "floor": 118, "exact": 832 / 7}[uneven]
    assert spec.strides(640, 832) == ((128, x),)
    last = engine.generate_anchors(spec, 640, 832).xyxy[-1]
    np.testing.assert_allclose(last, [6.5 * x - 4, 572, 6.5 * x + 4, 580], rtol=1e-6)


@given(
    st.lists(st.tuples(sizes, ratios, st.sampled_from([7.0, 8.0, 32.0])), min_size=1, max_size=3),
    st.sampled_from([(64, 96), (33, 65), (1, 1)]),
    st.sampled_from([0.0, 0.5]),
    st.sampled_from(["keep", "clip"]),
)
def test_a_pyramid_is_its_levels_one_after_the_other(levels, image, center, border):
    """Each level is what `generate_anchors` returns for its sizes, ratios and stride."""
    alone = [
        AnchorSpec(sizes=s, aspect_ratios=r, stride=stride, center=center, border=border)
        for s, r, stride in levels
    ]
    spec = PyramidSpec(
        tuple(LevelSpec(a.stride, a.widths_heights) for a in alone), center=center, border=border
    )
    anchors = engine.generate_anchors(spec, *image)
    assert tuple(level.count for level in anchors.levels) == spec.counts(*image)
    for i, a in enumerate(alone):
        level = engine.generate_anchors(a, *image)
        rows = anchors.levels[i].span
        np.testing.assert_allclose(anchors.xyxy[rows], level.xyxy, atol=1e-5)
        np.testing.assert_array_equal(anchors.inside[rows], level.inside)
        np.testing.assert_array_equal(anchors.cell[rows], level.cell)
        np.testing.assert_array_equal(anchors.shape[rows], level.shape)
        assert (anchors.level[rows] == i).all()
        assert anchors.levels[i][1:] == level.levels[0][1:]


def test_places_and_back():
    anchors = engine.generate_anchors(PRESETS["ssd300"].spec, 300, 300)
    levels, index = tables(anchors.levels), np.arange(len(anchors.xyxy))
    place = places(index, levels)
    np.testing.assert_array_equal(index_of(place, levels), index)
    for name in ("level", "cell", "shape"):
        np.testing.assert_array_equal(getattr(place, name), getattr(anchors, name))
    assert anchors.level[[0, 5775, 5776, -1]].tolist() == [0, 0, 1, 5]


def test_nothing_compiles_for_another_pyramid_of_the_same_bucket():
    engine.generate_anchors(PRESETS["yolov3"].spec, 416, 416)
    with engine.count_compiles() as compiles:
        engine.generate_anchors(PRESETS["ssd300"].spec, 300, 300)
        engine.generate_anchors(PRESETS["retinanet"].spec, 200, 300)
    assert compiles.count == 0


def test_presets_are_described():
    for name, preset in PRESETS.items():
        assert preset.title and preset.source and name == name.lower()
        assert sum(preset.spec.counts(*preset.image)) > 0


@pytest.mark.parametrize(
    ("argument", "call"),
    [
        ("sizes", lambda: sized((0,), (1,))),
        ("sizes", lambda: sized((0.5,), (1,), whole_sizes=True)),
        ("aspect_ratios", lambda: sized((8,), ())),
        ("order", lambda: sized((8,), (1,), order="columns")),
        ("rounding", lambda: sized((8,), (1,), rounding="up")),
        ("ratio_means", lambda: sized((8,), (1,), ratio_means="wh")),
        ("next_size", lambda: default_boxes(30, 0, ())),
        ("aspect_ratios", lambda: default_boxes(30, 60, (-2,))),
        ("frame", lambda: default_boxes(30, 60, (2,), frame=(1,))),
        ("levels", lambda: default_box_scales(0)),
        ("stride", lambda: LevelSpec(0, ((1, 1),))),
        ("widths_heights", lambda: LevelSpec(8, ())),
        ("widths_heights", lambda: LevelSpec(8, ((1, 0),))),
        ("widths_heights", lambda: LevelSpec(8, 3)),
        ("map_size", lambda: LevelSpec(8, ((1, 1),), (2.5, 1))),
        ("levels", lambda: PyramidSpec(())),
        ("levels", lambda: PyramidSpec((3,))),
        ("center", lambda: PyramidSpec((LevelSpec(8, ((1, 1),)),), center=2)),
        ("uneven", lambda: PyramidSpec((LevelSpec(8, ((1, 1),)),), uneven="round")),
        ("border", lambda: PyramidSpec((LevelSpec(8, ((1, 1),)),), border="cut")),
        ("classes", lambda: head_shapes(PRESETS["fpn"].spec, 8, 8, classes=0)),
        ("image_height", lambda: engine.generate_anchors(PRESETS["fpn"].spec, 0, 8)),
        ("spec", lambda: engine.generate_anchors(PRESETS["fpn"].spec, 80_000, 80_000)),
        (
            "spec",
            lambda: engine.generate_anchors(PyramidSpec((LevelSpec(8, ((1e-9, 1),)),)), 8, 8),
        ),
        ("spec", lambda: engine.generate_anchors(PyramidSpec((LevelSpec(1e9, ((1, 1),)),)), 8, 8)),
    ],
)
def test_a_wrong_argument_is_named(argument, call):
    with pytest.raises(ValueError, match=rf"^{argument}\b"):
        call()
