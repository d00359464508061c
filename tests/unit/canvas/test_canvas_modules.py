"""The canvas's pure modules under Node: they must say in the browser what the engine says in Python."""

from dataclasses import asdict
from typing import Any

import numpy as np
import pytest

from anchorlab import engine
from anchorlab.canvas.views import nms
from anchorlab.canvas.views.rosetta.anchors import shown
from anchorlab.catalogue.coders import CODERS
from anchorlab.catalogue.libraries import LIBRARIES
from anchorlab.catalogue.libraries.demo_scenes import DEMO_SCENES
from anchorlab.catalogue.matching import RULES, rule_of
from anchorlab.catalogue.presets import PRESETS
from anchorlab.core.matching.atss import Adaptive
from anchorlab.scenes.catalogue import IDS, load_scene
from anchorlab.session.app_state import DEFAULT, AppState, put
from anchorlab.session.comparison import comparison
from anchorlab.session.library_answers import centres, generated
from anchorlab.session.own import NOTHING
from anchorlab.session.scene import built_in
from anchorlab.settings.anchors import AnchorSpec
from anchorlab.settings.coding import CoderSpec
from anchorlab.settings.matching import (
    AtssSpec,
    GreedySpec,
    MaxIouSpec,
    RuleSpec,
    SsdSpec,
    ThresholdSpec,
    Yolov5Spec,
)
from anchorlab.settings.pyramids import PyramidSpec
from anchorlab.settings.simulation import SimulateSpec
from tests.sampling import sampled
from tests.variants import variants

TOGETHER = (
    ThresholdSpec(high=0.7, low=0.3),
    ThresholdSpec(high=0.0, low=0.0),
    ThresholdSpec(high=1.0, low=1.0),
    ThresholdSpec(min_best_iou=-1),
    ThresholdSpec(min_best_iou=0.3, high=0.8),
    GreedySpec(high=0.0),
    MaxIouSpec(high=0.7, low=0.3, min_pos_iou=0.3),
    SsdSpec(high=0.9),
    AtssSpec(top_k=1),
    AtssSpec(top_k=30),
    Yolov5Spec(side_factor=1.5),
)


def tried(reads: str) -> list[RuleSpec]:
    """Settings of every rule that reads this: each by itself, and what only happens together or at an end."""
    rules = [rule for rule in RULES.values() if rule.reads == reads]
    together = [spec for spec in TOGETHER if rule_of(spec) in rules]
    return [*(spec for rule in rules for spec in variants(rule.settings)), *together]


BY_IOU, BY_LEVELS = tried("iou"), tried("levels")


def in_the_browser(anchors, boxes, chosen, usable, run, **levels) -> list[dict]:
    specs = [{"rule": rule_of(spec).name, "settings": asdict(spec)} for spec in chosen]
    data = {"A": anchors, "boxes": np.asarray(boxes, np.float32), "specs": specs, **levels}
    if usable is not None:
        data["usable"] = usable
    return run("match", **data)


def assert_same(got, want, rule) -> None:
    for name in ("label", "gt_index", "reason", "best_anchor", "best_iou", "best_anchor_iou"):
        np.testing.assert_array_equal(got[name], getattr(want, name), err_msg=f"{name} of {rule}")
    if "iou" in got:
        iou = engine.pairwise_iou(*want.boxes)
        np.testing.assert_array_equal(np.reshape(got["iou"], iou.shape), iou)


def assert_same_matches(anchors, boxes, chosen, usable, run) -> None:
    for rule, got in zip(chosen, in_the_browser(anchors, boxes, chosen, usable, run), strict=True):
        want = engine.match(anchors, boxes, rule, usable=usable)
        assert_same(got, want, rule)
        if want.story is not None:
            np.testing.assert_array_equal(np.reshape(got["rounds"], (-1, 3)).T, want.story[:3])


GRIDS = [(32, "keep"), (32, "ignore"), (45.3, "clip"), (16, "keep"), (16, "ignore")]
"""Stride and border."""


@pytest.mark.parametrize(("scene", "grid"), sampled(IDS, GRIDS, 2))
def test_matching_is_that_of_the_engine(scene, grid, run):
    here, (stride, border) = load_scene(scene), grid
    laid = engine.generate_anchors(AnchorSpec(stride=stride, border=border), here.height, here.width)
    usable = laid.inside if border == "ignore" else None
    assert_same_matches(laid.xyxy, here.boxes, BY_IOU, usable, run)


STORIES = {
    "no object": ([[0, 0, 4, 4]], []),
    "no anchor": ([], [[0, 0, 4, 4]]),
    "nothing": ([], []),
    "one best anchor for two objects": ([[0, 0, 10, 10], [50, 50, 60, 60]], [[0, 0, 10, 10], [0, 0, 10, 30]]),
    "two anchors tie": ([[0, 0, 10, 20], [0, 10, 10, 30], [90, 0, 99, 9]], [[0, 0, 10, 30]]),
    "two objects tie": ([[0, 0, 10, 10]], [[0, 0, 10, 8], [0, 2, 10, 10]]),
    "an object far from all": ([[0, 0, 4, 4], [2, 0, 6, 4]], [[0, 0, 4, 4], [80, 80, 90, 90]]),
    "more objects than anchors": ([[0, 0, 4, 4]], [[0, 0, 4, 4], [1, 0, 5, 4], [0, 1, 4, 5]]),
    "without area": ([[3, 3, 3, 3], [0, 0, 0, 9], [0, 0, 9, 9]], [[3, 3, 3, 3], [0, 0, 9, 9]]),
    "touching": ([[0, 0, 4, 4]], [[4, 0, 8, 4]]),
    "exactly at a threshold": ([[0, 0, 10, 10], [0, 0, 10, 4]], [[0, 0, 10, 5]]),
}


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("outside", [False, True], ids=["all usable", "some outside"])
def test_matching_at_its_edges_is_that_of_the_engine(story, outside, run):
    anchors, boxes = (np.asarray(values, np.float32).reshape(-1, 4) for values in STORIES[story])
    usable = np.arange(len(anchors)) % 2 == 1 if outside else None
    assert_same_matches(anchors, boxes, BY_IOU, usable, run)


@pytest.mark.parametrize("seed", range(4))
def test_matching_of_random_boxes_is_that_of_the_engine(seed, run):
    draw = np.random.default_rng(seed)
    # Whole pixels make ties, halves make thresholds that are hit exactly.
    corner = draw.integers(0, 40, (400, 2)) * (0.5 if seed % 2 else draw.random())
    anchors = np.concatenate([corner, corner + draw.integers(1, 30, (400, 2))], 1).astype(np.float32)
    boxes = anchors[draw.choice(400, 12)] + draw.integers(0, 3, (12, 4)).astype(np.float32) / 2
    boxes[:, 2:] = np.maximum(boxes[:, 2:], boxes[:, :2])
    assert_same_matches(anchors, boxes, BY_IOU, draw.random(400) < 0.7, run)


def assert_same_on_grids(spec: AnchorSpec | PyramidSpec, size, boxes, run) -> None:
    laid = engine.generate_anchors(spec, *size)
    usable = laid.inside if spec.border == "ignore" else None
    levels: dict[str, Any] = {"levels": []}
    for k, level in enumerate(laid.levels):
        levels["levels"].append(
            {
                "start": level.start,
                "rows": level.rows,
                "cols": level.cols,
                "stride": [float(np.float32(s)) for s in level.stride],
            }
        )
        levels[f"shapes_{k}"] = np.asarray(level.widths_heights, np.float32)
    answers = in_the_browser(laid.xyxy, boxes, BY_LEVELS, usable, run, **levels)
    for rule, got in zip(BY_LEVELS, answers, strict=True):
        want = engine.match(laid, boxes, rule, usable=usable)
        own = want.story
        if isinstance(own, Adaptive):
            for g, candidates in enumerate(got["candidates"]):
                np.testing.assert_array_equal(candidates, np.flatnonzero(own.candidate[:, g]))
            for name in ("mean", "std", "threshold"):
                np.testing.assert_array_equal(got[name], getattr(own, name), err_msg=name)
        elif own is not None:
            np.testing.assert_array_equal(np.reshape(got["pairs"], (-1, 4)).T, own, err_msg="pairs")
        assert_same(got, want, rule)


@pytest.mark.parametrize(("scene", "grid"), sampled(IDS, GRIDS, 2))
def test_rules_that_know_the_grid_are_those_of_the_engine(scene, grid, run):
    here, (stride, border) = load_scene(scene), grid
    spec = AnchorSpec(stride=stride, border=border)
    assert_same_on_grids(spec, (here.height, here.width), here.boxes, run)


@pytest.mark.parametrize(("scene", "preset"), sampled(IDS, ["yolov3", "ssd300", "fpn"]))
def test_rules_that_know_levels_are_those_of_the_engine(scene, preset, run):
    here = load_scene(scene)
    assert_same_on_grids(PRESETS[preset].spec, (here.height, here.width), here.boxes, run)


@pytest.mark.parametrize("seed", range(4))
def test_rules_that_know_the_grid_with_random_objects(seed, run):
    draw = np.random.default_rng(seed)
    corner, side = draw.uniform(0, 380, (40, 2)), draw.uniform(4, 240, (40, 2)) ** draw.uniform(0.5, 1)
    boxes = np.concatenate([corner, np.minimum(corner + side, [600, 400])], 1)
    boxes = np.round(boxes, 2).astype(np.float32)  # as the canvas sends them
    boxes = boxes[(boxes[:, 2:] > boxes[:, :2]).all(1)]
    spec = AnchorSpec(stride=(32, 16, 24, 50)[seed], border=("keep", "clip", "ignore", "keep")[seed])
    assert_same_on_grids(spec, (400, 600), boxes, run)


GRID_STORIES = {
    "no object": [],
    "twice the same": [[12, 9, 28, 17], [12, 9, 28, 17]],
    "in the corner": [[0, 0, 6, 4], [58, 60, 64, 64]],
    "on a border between cells": [[8, 8, 24, 24], [24, 8, 40, 24]],
    "a quarter of a cell": [[4, 4, 12, 12], [6, 6, 18, 18]],
}


@pytest.mark.parametrize("story", GRID_STORIES)
@pytest.mark.parametrize("border", ["keep", "ignore"])
def test_rules_that_know_the_grid_at_their_edges(story, border, run):
    boxes = np.asarray(GRID_STORIES[story], np.float32).reshape(-1, 4)
    spec = AnchorSpec(sizes=(8, 16), stride=8, border=border)
    assert_same_on_grids(spec, (64, 64), boxes, run)


@pytest.mark.parametrize(
    "coder",
    [
        CoderSpec(means=(0.1, 0, -0.2, 0.3), stds=(1, 1, 1, 1)),
        CoderSpec(eps=1e-6),
        CoderSpec(clamp=0.5),
        CoderSpec(clamp=0.5, clamp_both=True, stds=(1, 1, 1, 1)),
        CoderSpec(kind="corner", means=(0.1, 0, -0.2, 0.3), stds=(0.2,) * 4),
        *(CoderSpec(kind=name, stds=coder.usual_stds) for name, coder in CODERS.items()),
    ],
)
def test_offsets_are_those_of_the_engine(coder, run):
    draw = np.random.default_rng(0)
    corner = draw.uniform(-50, 500, (200, 2))
    anchors = np.concatenate([corner, corner + draw.uniform(8, 300, (200, 2))], 1).astype(np.float32)
    boxes = np.concatenate([corner + 5, corner + draw.uniform(20, 200, (200, 2))], 1).astype(np.float32)
    stride = np.tile(np.float32([48, 36]), (200, 1))  # many centres lie outside such cells
    offsets = engine.encode(anchors, boxes, coder, stride=stride)
    got = run("offsets", A=anchors, B=boxes, T=offsets, coder=asdict(coder), cell=[48, 36])
    encoded, decoded = np.array(got["encoded"]), engine.decode(anchors, offsets, coder, stride=stride)
    # The same bits, but for what a logarithm or an exponential may be apart (`test_rounding`): a logit is the difference
    # of two of up to 14, and the sides of these boxes are up to 300 pixels.
    ulp = np.finfo(np.float32).eps
    same = {"center": 2, "cell": 0}.get(coder.kind, 4)  # the first so many take none
    slack = 42 * ulp if coder.kind == "cell" else 6 * ulp / min(coder.stds)
    np.testing.assert_array_equal(encoded[:, :same], offsets[:, :same])
    np.testing.assert_allclose(encoded, offsets, rtol=4 * ulp, atol=slack)
    np.testing.assert_allclose(got["decoded"], decoded, rtol=0, atol=0 if same == 4 else 600 * ulp)
    if coder.clamp is None and coder.kind != "cell":
        np.testing.assert_allclose(got["round_trip"], boxes, atol=4e-4 if coder.eps else 1e-4)


def test_the_viewport_leads_back_to_the_image(run):
    got = run("viewport")
    assert got["steps"] > 100
    assert got["worst"] < 1e-6
    assert got["zoomed"] < 1e-6, "the point under the pointer moved while zooming"
    assert got["home"] == [0, 0]


def test_numbers_read_as_people_write_them(run):
    got = run("format")
    assert got == {
        "circled": ["①", "⑩", "(11)"],
        "escaped": "&lt;b a=&quot;1&quot;&gt;&amp;&#39;",
        "whole": ["2,223", "−1,200", "0"],
        "pixels": ["1,204", "3.5", "−0.5", "0"],
        "signed": ["+0.50", "−1.25", "+0.00"],
        "ratio": ["½", "⅓", "2", "0.71"],
        "bytes": ["999 B", "36 kB", "1.6 MB"],
    }


def test_the_payload_arrives_as_it_was_sent(run):
    arrays = {
        "f": np.array([[1.5, -2.25], [np.inf, 1e-30]], np.float32),
        "i": np.array([2**31 - 1, -5], np.int32),
        "b": np.array([-128, 127, 0], np.int8),
        "u": np.array([255], np.uint8),
        "m": np.array([True, False, True]),
        "none": np.zeros((0, 4), np.float32),
    }
    plain = {"text": "naïve 猫 🐱 </script>\u2028", "nothing": None, "deep": {"a": [1, 2.5, True]}}
    got = run("payload", plain=plain, **arrays)
    assert got["plain"] == plain
    for name, array in arrays.items():
        expected = [v if np.isfinite(v) else None for v in array.ravel().astype(float).tolist()]
        np.testing.assert_array_equal(got[name]["values"], expected)
    assert {name: got[name]["kind"] for name in arrays} == {
        "f": "Float32Array",
        "i": "Int32Array",
        "b": "Int8Array",
        "u": "Uint8Array",
        "m": "Uint8Array",
        "none": "Float32Array",
    }


def test_rosetta_centres_cells_where_the_libraries_do(run):
    case = DEMO_SCENES["centers_clipped"]
    size = (int(case.height), int(case.width))
    for library in LIBRARIES:
        app = put(DEFAULT, rosetta__case="centers_clipped", rosetta__convention="centers", rosetta__b=library)
        data = shown(comparison(app, built_in("coffee")))
        got = run("centres", cells=data["cells"], sides=data["sides"])[1]
        want = centres(generated(library, case.spec, *size))
        np.testing.assert_allclose(got, want, atol=1e-3, err_msg=library)


def test_anchors_are_generated_as_the_engine_generates_them(run):
    specs = [
        AnchorSpec(),
        AnchorSpec(combine="first", ratio_means="w/h", aspect_ratios=(2, 0.5, 1)),
        AnchorSpec(stride=16, center=0, border="clip"),
        AnchorSpec(stride=45.3, border="ignore", sizes=(50.5, 97)),
    ]
    settings = [
        {
            "sizes": s.sizes,
            "ratios": s.aspect_ratios,
            "combine": s.combine,
            "ratio_means": s.ratio_means,
        }
        for s in specs
    ]
    for spec, got in zip(specs, run("shapes", settings=settings), strict=True):
        assert got == [list(shape) for shape in spec.widths_heights]


@pytest.mark.parametrize("scene", ["coffee", "hard"])
def test_the_simulation_is_that_of_the_engine(scene, run):
    here = load_scene(scene)
    laid = engine.generate_anchors(AnchorSpec(), here.height, here.width)
    matched = engine.match(laid.xyxy, here.boxes, ThresholdSpec())
    given = (laid, matched, here.boxes, here.class_ids, len(here.classes))
    app = AppState(scene=scene, simulate=SimulateSpec(seed=3))
    specs = [
        (SimulateSpec(seed=3, **values), clamp)
        for values, clamp in [
            ({}, None),
            ({"localisation_noise": 0.5, "score_noise": 0.5, "per_object": 16, "false_alarms": 30}, None),
            ({"localisation_noise": 0.5, "per_object": 9}, 0.1),
            ({"localisation_noise": 0.0, "score_noise": 0.0, "false_alarms": 0}, None),
        ]
    ]
    sent = nms.shown(built_in(scene), app, NOTHING)
    settings = [asdict(spec) | {"clamp": clamp} for spec, clamp in specs]
    answers = run("simulate", settings=settings, **sent)
    if "next_rank" in sent:  # what was sent ahead for the next seed
        made = {name.replace("next_", "made_"): v for name, v in sent.items() if name.startswith("next_")}
        specs.append((SimulateSpec(seed=4), None))
        answers += run("simulate", settings=settings[:1], **made)
    for (spec, clamp), answer in zip(specs, answers, strict=True):
        found = engine.simulate_detections(*given, spec, CoderSpec(clamp=clamp))
        np.testing.assert_allclose(np.reshape(answer["predictions"], (-1, 4)), found.xyxy, atol=2e-3)
        np.testing.assert_allclose(answer["scores"], found.scores, atol=2e-5)
        np.testing.assert_array_equal(answer["prediction_classes"], found.class_ids)
        order = np.asarray(answer["order"])
        assert sorted(order) == list(range(len(order)))
        assert (np.diff(np.asarray(answer["scores"])[order]) <= 0).all()
