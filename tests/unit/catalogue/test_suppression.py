"""The methods of suppression in one form: what comes out is the engine's, and every story ends where it says."""

from dataclasses import replace
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anchorlab import engine
from anchorlab.canvas import warm_up
from anchorlab.canvas.views import nms as view
from anchorlab.catalogue.suppression import METHODS, play
from anchorlab.engine import Detections, Status
from anchorlab.engine.played import MAX_PLAYED
from anchorlab.session import app_state, results
from anchorlab.settings import suppression as records
from anchorlab.settings.suppression import (
    DiouSettings,
    FusionSettings,
    GaussianSettings,
    MatrixSettings,
    Suppression,
)
from anchorlab.ui.panels.nms_conventions import who


def drawn(seed: int, count: int = 40) -> Detections:
    """Boxes on a coarse grid: equal scores, and IoUs that meet a threshold exactly."""
    draw = np.random.default_rng(seed)
    corner = draw.integers(0, 8, (count, 2))
    boxes = np.concatenate([corner, corner + draw.integers(1, 6, (count, 2))], 1).astype(np.float32)
    ids = draw.integers(0, 3, count).astype(np.int32)
    return Detections(boxes, (draw.integers(1, 20, count) / 20).astype(np.float32), ids, ids)


thresholds = st.integers(0, 20).map(lambda n: n / 20)
chosen = st.builds(
    Suppression,
    thresholds,
    thresholds,
    st.booleans(),
    st.none() | st.integers(1, 50),
    suppress_equal=st.booleans(),
    ties=st.sampled_from(["first", "last"]),
    inclusive=st.booleans(),
    shift_classes=st.booleans(),
)


@pytest.mark.parametrize("name", METHODS)
@given(seed=st.integers(0, 50), s=chosen)
@settings(max_examples=40)
def test_the_story_of_every_prediction_is_whole(name, seed, s):
    found = drawn(seed)
    played = play(found, replace(s, method=name))
    part = np.isin(played.status, (Status.KEPT, Status.SUPPRESSED))
    assert played.above == part.sum() <= (s.top_k or len(part))
    assert (found.scores[part] >= np.float32(s.score_threshold)).all()
    assert (np.diff(found.scores[played.order]) <= 0).all()
    assert set(played.keep) == set(np.flatnonzero(played.status == Status.KEPT))
    assert len(played.boxes) == len(played.keep)
    assert ((played.round > 0) == part).all()
    assert played.round.max(initial=0) <= played.steps
    assert (played.final_scores <= found.scores).all() or name == "fusion"
    by = played.suppressed_by >= 0
    assert not by[~part].any()
    assert (np.isfinite(played.iou) == by).all()
    assert (found.class_ids[played.suppressed_by[by]] == found.class_ids[by]).all() or (
        not s.per_class or s.shift_classes
    )
    if name in ("linear", "gaussian"):
        assert (played.final_scores[played.status == Status.SUPPRESSED] < np.float32(s.score_threshold)).all()


def test_hard_and_diou_are_the_engines():
    found = drawn(1)
    limits = {"iou_threshold": 0.3, "score_threshold": 0.2}
    for name, overlap in (("hard", "iou"), ("diou", "diou")):
        trace = engine.suppress(*found[:3], records.NmsSpec(**limits, overlap=overlap, beta=0.7))
        played = play(found, Suppression(**limits, method=name, diou=DiouSettings(0.7)))
        np.testing.assert_array_equal(played.keep, trace.keep)
        np.testing.assert_array_equal(played.round, trace.round)
        np.testing.assert_array_equal(played.iou, trace.iou)


def test_soft_suppression_without_a_limit_keeps_all():
    found = drawn(2)
    for name in ("linear", "gaussian", "matrix"):
        played = play(found, Suppression(score_threshold=0, method=name))
        assert len(played.keep) == len(found.scores)


def test_of_equal_scores_the_last_goes_first_if_asked():
    boxes = np.array([[0, 0, 4, 4]] * 3, np.float32)
    found = Detections(boxes, np.full(3, 0.5, np.float32), np.zeros(3, np.int32), np.zeros(3, np.int32))
    for name in METHODS:
        firsts = [
            int(play(found, Suppression(score_threshold=0.05, ties=ties, method=name)).keep[0])
            for ties in ("first", "last")
        ]
        assert firsts == [0, 2], name


def test_a_crowd_is_cut_where_every_pair_counts():
    found = drawn(3, MAX_PLAYED + 5)
    played = play(found, Suppression(score_threshold=0, method="fusion"))
    assert played.above == MAX_PLAYED
    assert (played.status == Status.OVER_TOP_K).sum() == 5


def test_the_comparison_says_what_each_method_says():
    found = drawn(4)
    s = Suppression(score_threshold=0.3, method="matrix", matrix=MatrixSettings(sigma=1.0))
    compared = view.side_by_side(found, s)
    assert [entry["name"] for entry in compared["methods"]] == list(METHODS)
    for entry in compared["methods"]:
        played = play(found, replace(s, method=entry["name"]))
        assert entry["count"] == len(played.keep)
        assert entry["state"] == played.status[compared["rows"]].tolist()
        np.testing.assert_allclose(entry["boxes"], played.boxes, atol=1e-3)


def test_nothing_at_all():
    empty = Detections(*(values[:0] for values in drawn(0)))
    for name in METHODS:
        played = play(empty, Suppression(method=name))
        assert (played.steps, played.above, len(played.keep)) == (0, 0, 0)
        assert METHODS[name].first_step(played) == 0
    assert view.side_by_side(empty, Suppression())["rows"] == []


def test_libraries_are_named_by_what_they_do():
    assert "ssd.pytorch" in who("ties")["last"]
    assert who("inclusive")[True] == "Fast R-CNN"
    assert "torchvision" in who("classes")["shift"]


def test_the_catalogue_has_the_methods_that_settings_know():
    assert tuple(METHODS) == get_args(records.MethodName)
    assert all(name == method.name for name, method in METHODS.items())


@pytest.mark.parametrize("name", METHODS)
@given(s=chosen)
@settings(max_examples=25)
def test_a_method_says_what_it_does(name, s):
    method = METHODS[name]
    keys = method.answer(replace(s, method=name))
    assert set(keys) <= set(method.sentences)
    said = " ".join(method.sentences[key] for key in keys)
    assert ("of its class" in said) == s.per_class
    if name in ("hard", "diou", "linear"):
        assert ("or more" in said) == s.suppress_equal


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("kernel", ["gaussian", "linear"])
def test_what_is_asked_is_not_set_already(name, kernel):
    s = Suppression(method=name, matrix=MatrixSettings(kernel))
    app = app_state.put(app_state.DEFAULT, suppression=s)
    ((path, value),) = view.question(s)["try_change"].items()
    assert app_state.get(app, path) != value
    assert view.question(s)["try_control"] == path.replace(".", "_")
    # Once it is set, something else is asked.
    then = app_state.put(app, **{path: value}).suppression
    ((same, other),) = view.question(then)["try_change"].items()
    assert same == path and other != value


def test_nothing_compiles_while_any_slider_moves():
    warm_up.suppressions(64)
    found = results.EXAMPLES["shift"].on(1, 1)
    with engine.count_compiles() as compiles:
        for step in range(1, 6):
            s = Suppression(
                iou_threshold=0.15 * step,
                score_threshold=0.1 * step,
                per_class=bool(step % 2),
                suppress_equal=bool(step % 2),
                inclusive=step > 2,
                ties=("first", "last")[step % 2],
                shift_classes=step > 3,
                top_k=step,
                diou=DiouSettings(0.4 * step),
                gaussian=GaussianSettings(0.2 * step),
                matrix=MatrixSettings(("gaussian", "linear")[step % 2], 0.5 * step),
                fusion=FusionSettings(("avg", "max")[step % 2]),
            )
            for name in METHODS:
                play(found, replace(s, method=name))
            view.side_by_side(drawn(step), s)
    assert compiles.count == 0


@pytest.mark.parametrize("name", METHODS)
def test_the_player_opens_where_the_story_begins(name):
    found = drawn(7)
    played = play(found, Suppression(iou_threshold=0.2, score_threshold=0.3, method=name))
    assert (played.suppressed_by >= 0).any()
    step = METHODS[name].first_step(played)
    assert played.steps > 1
    if name == "fusion":  # before it, every box is alone
        assert (played.suppressed_by[(played.round > 0) & (played.round < step)] < 0).all()
        assert (played.suppressed_by[played.round == step] >= 0).any()
    else:
        assert step == 1


def test_a_fusion_without_a_pair_opens_at_its_first_box():
    far = np.array([[0, 0, 9, 9], [20, 0, 29, 9]], np.float32)
    found = Detections(far, np.array([0.9, 0.8], np.float32), np.zeros(2, np.int32), np.zeros(2, np.int32))
    played = play(found, Suppression(method="fusion"))
    assert (played.steps, METHODS["fusion"].first_step(played)) == (2, 1)
