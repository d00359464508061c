"""The methods of suppression in one form: what comes out is the engine's, and every story ends where it says."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anchorlab import engine
from anchorlab.engine import Detections, Status
from anchorlab.session import results, suppressions
from anchorlab.session.app_state import METHODS, Method
from anchorlab.settings.suppression import NmsSpec


def drawn(seed: int, count: int = 40) -> Detections:
    """Boxes on a coarse grid: equal scores, and IoUs that meet a threshold exactly."""
    draw = np.random.default_rng(seed)
    corner = draw.integers(0, 8, (count, 2))
    boxes = np.concatenate([corner, corner + draw.integers(1, 6, (count, 2))], 1).astype(np.float32)
    ids = draw.integers(0, 3, count).astype(np.int32)
    return Detections(boxes, (draw.integers(1, 20, count) / 20).astype(np.float32), ids, ids)


thresholds = st.integers(0, 20).map(lambda n: n / 20)
specs = st.builds(
    NmsSpec,
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
@given(seed=st.integers(0, 50), nms=specs)
@settings(max_examples=40)
def test_the_story_of_every_prediction_is_whole(name, seed, nms):
    found = drawn(seed)
    played = suppressions.play(found, nms, Method(name))
    part = np.isin(played.status, (Status.KEPT, Status.SUPPRESSED))
    assert played.above == part.sum() <= (nms.top_k or len(part))
    assert (found.scores[part] >= np.float32(nms.score_threshold)).all()
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
        not nms.per_class or nms.shift_classes
    )
    if name in ("linear", "gaussian"):
        assert (
            played.final_scores[played.status == Status.SUPPRESSED] < np.float32(nms.score_threshold)
        ).all()


def test_hard_and_diou_are_the_engines():
    found, nms = drawn(1), NmsSpec(iou_threshold=0.3, score_threshold=0.2, beta=0.7)
    for name, overlap in (("hard", "iou"), ("diou", "diou")):
        trace = engine.suppress(*found[:3], replace(nms, overlap=overlap))
        played = suppressions.play(found, nms, Method(name))
        np.testing.assert_array_equal(played.keep, trace.keep)
        np.testing.assert_array_equal(played.round, trace.round)
        np.testing.assert_array_equal(played.iou, trace.iou)


def test_soft_suppression_without_a_limit_keeps_all():
    found = drawn(2)
    for name in ("linear", "gaussian", "matrix"):
        played = suppressions.play(found, NmsSpec(score_threshold=0), Method(name))
        assert len(played.keep) == len(found.scores)


def test_of_equal_scores_the_last_goes_first_if_asked():
    boxes = np.array([[0, 0, 4, 4]] * 3, np.float32)
    found = Detections(boxes, np.full(3, 0.5, np.float32), np.zeros(3, np.int32), np.zeros(3, np.int32))
    for name in METHODS:
        firsts = [
            int(suppressions.play(found, NmsSpec(ties=ties), Method(name)).keep[0])
            for ties in ("first", "last")
        ]
        assert firsts == [0, 2], name


def test_a_crowd_is_cut_where_every_pair_counts():
    found = drawn(3, suppressions.MAX_TRACED + 5)
    played = suppressions.play(found, NmsSpec(score_threshold=0), Method("fusion"))
    assert played.above == suppressions.MAX_TRACED
    assert (played.status == Status.OVER_TOP_K).sum() == 5


def test_the_comparison_says_what_each_method_says():
    found, nms, method = drawn(4), NmsSpec(score_threshold=0.3), Method("matrix", matrix_sigma=1.0)
    compared = suppressions.compare(found, nms, method)
    assert [entry["name"] for entry in compared["methods"]] == list(METHODS)
    for entry in compared["methods"]:
        played = suppressions.play(found, nms, replace(method, name=entry["name"]))
        assert entry["count"] == len(played.keep)
        assert entry["state"] == played.status[compared["rows"]].tolist()
        np.testing.assert_allclose(entry["boxes"], played.boxes, atol=1e-3)


def test_nothing_at_all():
    empty = Detections(*(values[:0] for values in drawn(0)))
    for name in METHODS:
        played = suppressions.play(empty, NmsSpec(), Method(name))
        assert (played.steps, played.above, len(played.keep)) == (0, 0, 0)
        assert suppressions.step_worth_seeing(played, Method(name)) == 0
    assert suppressions.compare(empty, NmsSpec(), Method())["rows"] == []


def test_libraries_are_named_by_what_they_do():
    assert "ssd.pytorch" in suppressions.who("ties")["last"]
    assert suppressions.who("inclusive")[True] == "Fast R-CNN"
    assert "torchvision" in suppressions.who("classes")["shift"]


@pytest.mark.parametrize("name", METHODS)
def test_every_method_has_words(name):
    method = Method(name)
    assert suppressions.answer(NmsSpec(), method) != suppressions.answer(NmsSpec(per_class=False), method)
    given = suppressions.settings(NmsSpec(), method)
    ((name, value),) = suppressions.question(NmsSpec(), method)["try_change"].items()
    assert given[name] != value
    # Once it is set, something else is asked.
    then = replace(method, **{name: value}) if name in ("sigma", "matrix_sigma") else method
    spec = NmsSpec(**{f"{name}_threshold": value}) if then is method else NmsSpec()
    assert suppressions.question(spec, then)["try_change"][name] != value


def test_nothing_compiles_while_any_slider_moves():
    suppressions.warm(64)
    found = results.example_detections()
    with engine.count_compiles() as compiles:
        for step in range(1, 6):
            nms = NmsSpec(
                iou_threshold=0.15 * step,
                score_threshold=0.1 * step,
                per_class=bool(step % 2),
                beta=0.4 * step,
                suppress_equal=bool(step % 2),
                inclusive=step > 2,
                ties=("first", "last")[step % 2],
                shift_classes=step > 3,
                top_k=step,
            )
            for name in METHODS:
                kind = ("gaussian", "linear")[step % 2]
                method = Method(name, 0.2 * step, kind, 0.5 * step, ("avg", "max")[step % 2])
                suppressions.play(found, nms, method)
            suppressions.compare(drawn(step), nms, Method())
    assert compiles.count == 0


@pytest.mark.parametrize("name", METHODS)
def test_the_player_opens_where_the_story_begins(name):
    found, nms = drawn(7), NmsSpec(iou_threshold=0.2, score_threshold=0.3)
    played = suppressions.play(found, nms, Method(name))
    assert (played.suppressed_by >= 0).any()
    step = suppressions.step_worth_seeing(played, Method(name))
    assert played.steps > 1
    if name == "fusion":  # before it, every box is alone
        assert (played.suppressed_by[(played.round > 0) & (played.round < step)] < 0).all()
        assert (played.suppressed_by[played.round == step] >= 0).any()
    else:
        assert step == 1


def test_a_fusion_without_a_pair_opens_at_its_first_box():
    far = np.array([[0, 0, 9, 9], [20, 0, 29, 9]], np.float32)
    found = Detections(far, np.array([0.9, 0.8], np.float32), np.zeros(2, np.int32), np.zeros(2, np.int32))
    played = suppressions.play(found, NmsSpec(), Method("fusion"))
    assert (played.steps, suppressions.step_worth_seeing(played, Method("fusion"))) == (2, 1)
