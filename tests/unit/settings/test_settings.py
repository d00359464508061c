"""Settings: what they hold, and that a wrong one says so."""

import dataclasses
import math
from functools import partial

import numpy as np
import pytest

from anchorlab.settings.anchors import AnchorSpec
from anchorlab.settings.coding import CoderSpec
from anchorlab.settings.evaluation import ALL, AreaRange, EvalSpec
from anchorlab.settings.losses import FocalSpec, LossSpec, SmoothL1Spec
from anchorlab.settings.matching import (
    RECORDS,
    AtssSpec,
    Matching,
    MaxIouSpec,
    ThresholdSpec,
    YoloSpec,
    Yolov5Spec,
)
from anchorlab.settings.simulation import HeadSpec, SimulateSpec
from anchorlab.settings.suppression import NmsSpec

NAN = math.nan


@pytest.mark.parametrize(
    ("spec", "argument", "value"),
    [
        (AnchorSpec, "sizes", (0,)),
        (AnchorSpec, "sizes", (-8, 8)),
        (AnchorSpec, "sizes", ()),
        (AnchorSpec, "sizes", 64),
        (AnchorSpec, "sizes", "64"),
        (AnchorSpec, "sizes", (NAN,)),
        (AnchorSpec, "sizes", (math.inf,)),
        (AnchorSpec, "aspect_ratios", (0,)),
        (AnchorSpec, "aspect_ratios", (1, -1)),
        (AnchorSpec, "aspect_ratios", ()),
        (AnchorSpec, "stride", 0),
        (AnchorSpec, "stride", -16),
        (AnchorSpec, "stride", NAN),
        (AnchorSpec, "stride", None),
        (AnchorSpec, "ratio_means", "w:h"),
        (AnchorSpec, "combine", "some"),
        (AnchorSpec, "center", 0.3),
        (AnchorSpec, "border", "cut"),
        (Matching, "rule", "hungarian"),
        (FocalSpec, "alpha", 1.1),
        (FocalSpec, "gamma", -1),
        (SmoothL1Spec, "beta", -0.1),
        (LossSpec, "classification", "hinge"),
        (LossSpec, "regression", "l2"),
        (LossSpec, "box_weight", -1),
        (LossSpec, "n_reg", "anchors"),
        (LossSpec, "focal", None),
        (HeadSpec, "background", 1),
        (ThresholdSpec, "high", 1.1),
        (ThresholdSpec, "low", -0.1),
        (ThresholdSpec, "high", NAN),
        (ThresholdSpec, "low", 0.6),
        (ThresholdSpec, "low_quality", "yes"),
        (MaxIouSpec, "low", 0.6),
        (MaxIouSpec, "min_pos_iou", -0.1),
        (AtssSpec, "top_k", 0),
        (AtssSpec, "top_k", 1.5),
        (YoloSpec, "ignore_iou", 2),
        (Yolov5Spec, "side_factor", 0.5),
        (CoderSpec, "stds", (0.1, 0.1, 0.2, 0)),
        (CoderSpec, "stds", (0.1, 0.1)),
        (EvalSpec, "iou_thresholds", ()),
        (EvalSpec, "iou_thresholds", (0, 0.5)),
        (EvalSpec, "iou_thresholds", (0.5, 0.5)),
        (EvalSpec, "candidates", "any"),
        (EvalSpec, "area_ranges", ()),
        (EvalSpec, "area_ranges", ((0, 1),)),
        (EvalSpec, "area_ranges", (ALL, ALL)),
        (EvalSpec, "max_detections", ()),
        (EvalSpec, "max_detections", (None,)),
        (EvalSpec, "max_detections", (10, 1)),
        (EvalSpec, "max_detections", (0,)),
        (EvalSpec, "interpolation", "area"),
        (EvalSpec, "background_iou", 1.1),
        (partial(AreaRange, "small"), "low", -1),
        (partial(AreaRange, "small", 100), "high", 99),
        (CoderSpec, "means", (0, 0, 0, NAN)),
        (CoderSpec, "clamp", 0),
        (NmsSpec, "iou_threshold", 1.5),
        (NmsSpec, "score_threshold", -1),
        (NmsSpec, "per_class", None),
        (NmsSpec, "top_k", 0),
        (NmsSpec, "top_k", 2.5),
        (SimulateSpec, "seed", -1),
        (SimulateSpec, "seed", 2**32),
        (SimulateSpec, "localisation_noise", -0.1),
        (SimulateSpec, "score_noise", NAN),
        (SimulateSpec, "false_alarms", -1),
        (SimulateSpec, "per_object", 1000),
    ],
)
def test_a_wrong_argument_is_named(spec, argument, value):
    with pytest.raises(ValueError, match=f"^{argument} must"):
        spec(**{argument: value})


@pytest.mark.parametrize(
    "spec", [AnchorSpec, Matching, *RECORDS.values(), CoderSpec, EvalSpec, NmsSpec, SimulateSpec]
)
def test_settings_are_values(spec):
    assert spec() == spec() and hash(spec()) == hash(spec())
    with pytest.raises(dataclasses.FrozenInstanceError):
        spec().sizes = ()


def test_sequences_and_numpy_numbers_become_tuples_of_floats():
    spec = AnchorSpec(sizes=[np.float32(8), 16], aspect_ratios=np.array([1, 2]), stride=np.int64(4))
    assert spec.sizes == (8.0, 16.0) and spec.aspect_ratios == (1.0, 2.0) and spec.stride == 4.0
    assert hash(spec) == hash(AnchorSpec(sizes=(8, 16), aspect_ratios=(1, 2), stride=4))


def test_pairs_of_all_are_size_major():
    spec = AnchorSpec(sizes=(1, 2), aspect_ratios=(0.5, 1, 2))
    assert spec.pairs == ((1, 0.5), (1, 1), (1, 2), (2, 0.5), (2, 1), (2, 2))
    assert spec.shapes_per_cell == len(spec.pairs) == 6


def test_pairs_of_first_are_the_books():
    spec = AnchorSpec(sizes=(1, 2, 3), aspect_ratios=(4, 1), combine="first")
    assert spec.pairs == ((1, 4), (2, 4), (3, 4), (1, 1))
    assert spec.shapes_per_cell == len(spec.pairs) == 4


def test_a_ratio_of_four_is_tall_or_wide():
    tall = AnchorSpec(sizes=(10,), aspect_ratios=(4,)).widths_heights
    wide = AnchorSpec(sizes=(10,), aspect_ratios=(4,), ratio_means="w/h").widths_heights
    assert tall == ((5.0, 20.0),) and wide == ((20.0, 5.0),)


def test_the_grid_covers_the_image():
    assert AnchorSpec(stride=32).grid(400, 600) == (13, 19)
    assert AnchorSpec(stride=32).grid(1, 32) == (1, 1)
    with pytest.raises(ValueError, match="^image_height must"):
        AnchorSpec().grid(0, 10)


@pytest.mark.parametrize("name", RECORDS)
def test_the_rule_in_force_has_its_own_settings(name):
    assert Matching(name).spec == RECORDS[name]()
