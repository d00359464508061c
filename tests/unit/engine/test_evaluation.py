"""Detection evaluation: what became of each detection, and laws that hold for all of them."""

import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anchorlab.core.evaluation import average_precision
from anchorlab.engine import DetectionSet, GroundTruthSet, Outcome, evaluate
from anchorlab.settings.evaluation import ALL, VOC_2007, VOC_2010, AreaRange, EvalSpec
from tests.unit.engine.made_up_sets import made_up

HALF = EvalSpec(iou_thresholds=(0.5,))
BOX, FAR = [0, 0, 10, 10], [50, 50, 60, 60]
NOTHING = np.zeros((0, 4))


def detected(*boxes, scores=None, class_id=0) -> DetectionSet:
    """In one image, best score first."""
    n = len(boxes)
    scores = np.linspace(0.9, 0.1, n) if scores is None else scores
    return DetectionSet([1] * n, [class_id] * n, scores, np.reshape(boxes, (n, 4)))


def there(*boxes, **further) -> GroundTruthSet:
    return GroundTruthSet([1] * len(boxes), [0] * len(boxes), np.reshape(boxes, (len(boxes), 4)), **further)


def outcomes(result) -> list[str]:
    return [Outcome(o).name for o in result.stories.outcome[0]]


# ---- stories by hand


def test_each_outcome():
    crowd = [100, 0, 200, 100]
    boxes = (BOX, BOX, [0, 0, 10, 4], FAR, [110, 10, 120, 20], [150, 10, 220, 20])
    result = evaluate(
        detected(*boxes, BOX),
        there(BOX, crowd, crowd=[0, 1]),
        EvalSpec(iou_thresholds=(0.5,), max_detections=(1, 6)),
    )
    told = result.stories
    assert outcomes(result) == [
        *("TRUE_POSITIVE", "DOUBLE", "MISPLACED", "FALSE_ALARM", "IGNORED", "IGNORED", "OVER_MAX")
    ]
    assert told.gt_index[0].tolist() == [0, 0, 0, -1, 1, 1, -1]
    np.testing.assert_allclose(told.overlap[0], [1, 1, 0.4, 0, 1, 5 / 7, 0])
    assert told.better[0].tolist() == [-1, 0, -1, -1, -1, -1, -1]
    assert told.found_by[0].tolist() == [0, -1]
    curve = result.curve(0, 0.5)
    assert curve.detection.tolist() == [0, 1, 2, 3]
    assert curve.recall.tolist() == [1, 1, 1, 1]
    np.testing.assert_allclose(curve.precision, [1, 1 / 2, 1 / 3, 1 / 4])


def test_another_class_and_another_image_are_not_there():
    ours = detected(BOX)
    assert outcomes(evaluate(ours._replace(class_id=[1]), there(BOX), HALF)) == ["FALSE_ALARM"]
    assert outcomes(evaluate(ours._replace(image_id=[2]), there(BOX), HALF)) == ["FALSE_ALARM"]
    agnostic = EvalSpec(class_wise=False)
    result = evaluate(ours._replace(class_id=[1]), there(BOX), agnostic)
    assert outcomes(result) == ["TRUE_POSITIVE"] and result.class_ids.tolist() == [-1]


def test_sizes_that_do_not_count_are_ignored():
    small = AreaRange("small", 0, 100)
    spec = EvalSpec(iou_thresholds=(0.5,), area_ranges=(small,))
    large = [0, 0, 20, 20]
    result = evaluate(detected(large, FAR, large), there(large), spec)
    # An object out of range is found once; the detection that doubles it is out of range itself.
    assert outcomes(result) == ["IGNORED", "FALSE_ALARM", "IGNORED"]
    assert np.isnan(result.ap).all() and np.isnan(result.summary()["AP"])
    # Both ends belong to the range, and the area that is given counts, not that of the box.
    assert evaluate(detected(BOX), there(BOX), spec).ap.item(0) == 1
    assert evaluate(detected(large), there(large, area=[100]), spec).ap.item(0) == 1


def test_voc():
    first, second = [0, 0, 39, 39], [10, 0, 49, 39]
    between = [6, 0, 45, 39], [12, 0, 51, 39]
    result = evaluate(detected(*between), there(first, second), VOC_2010)
    assert outcomes(result) == ["TRUE_POSITIVE", "DOUBLE"]
    assert result.stories.gt_index[0].tolist() == [1, 1] and result.stories.better[0].tolist() == [-1, 0]
    assert result.stories.overlap[0, 0] == 36 / 44  # 40 pixels wide, the last one included
    assert result.summary() == {"AP": 0.5, "AP50": 0.5, "AR": 0.5}
    assert evaluate(detected(*between), there(first, second), VOC_2007).ap.item() == pytest.approx(6 / 11)
    # Of equals the first; a difficult object absorbs any number.
    result = evaluate(detected(first, first), there(first, first), VOC_2010)
    assert result.stories.gt_index[0].tolist() == [0, 0]
    result = evaluate(detected(first, first, FAR), there(first, FAR, difficult=[1, 0]), VOC_2010)
    assert outcomes(result) == ["IGNORED", "IGNORED", "TRUE_POSITIVE"] and result.ap.item() == 1


@pytest.mark.parametrize(("match_equal", "outcome"), [(True, "TRUE_POSITIVE"), (False, "MISPLACED")])
def test_exactly_the_threshold(match_equal, outcome):
    spec = EvalSpec(iou_thresholds=(0.5,), match_equal=match_equal)
    assert outcomes(evaluate(detected([0, 0, 10, 5]), there(BOX), spec)) == [outcome]


def test_equal_scores_of_one_image_go_as_they_are_listed():
    right_last = evaluate(detected(FAR, BOX, scores=[0.5, 0.5]), there(BOX), HALF)
    right_first = evaluate(detected(BOX, FAR, scores=[0.5, 0.5]), there(BOX), HALF)
    assert (right_last.ap[0, 0, 0, -1], right_first.ap[0, 0, 0, -1]) == (0.5, 1)


@pytest.mark.parametrize("spec", [EvalSpec(), VOC_2007])
def test_nothing_at_all(spec):
    nothing = evaluate(DetectionSet([], [], [], NOTHING), GroundTruthSet([], [], NOTHING), spec)
    assert all(np.isnan(figure) for figure in nothing.summary().values())
    unfound = evaluate(DetectionSet([], [], [], NOTHING), there(BOX), spec)
    assert unfound.summary()["AP"] == 0 and (unfound.stories.found_by == -1).all()
    alone = evaluate(detected(BOX), GroundTruthSet([], [], NOTHING), spec)
    assert np.isnan(alone.summary()["AP"]) and outcomes(alone) == ["FALSE_ALARM"]


def test_float64_decides():
    """In float32 both boxes would have the same edge, and both scores be equal."""
    edge = 1e6 + 0.01
    result = evaluate(
        detected([0, 0, edge, 1], [0, 0, 1e6, 1], scores=[0.5, 0.5 + 1e-12]),
        there([0, 0, edge, 1]),
        EvalSpec(iou_thresholds=(1 - 1e-9,), area_ranges=(ALL,)),
    )
    assert outcomes(result) == ["TRUE_POSITIVE", "MISPLACED"]


@pytest.mark.parametrize(
    ("name", "detections", "objects"),
    [
        ("xyxy of detections", detected([5, 0, 1, 1]), there(BOX)),
        ("xyxy of ground_truths", detected(BOX), there([5, 0, 1, 1])),
        ("score of detections", detected(BOX, scores=[np.nan]), there(BOX)),
        ("image_id of detections", detected(BOX)._replace(image_id=[1, 2]), there(BOX)),
        ("class_id of ground_truths", detected(BOX), there(BOX)._replace(class_id=[0.5])),
        ("area of ground_truths", detected(BOX), there(BOX, area=[1, 2])),
        ("crowd of ground_truths", detected(BOX), there(BOX, crowd=[])),
    ],
)
def test_wrong_arguments_are_named(name, detections, objects):
    with pytest.raises(ValueError, match=f"^{name} must"):
        evaluate(detections, objects)


@pytest.mark.parametrize("ask", [(7, 0.5), (0, 0.51)])
def test_a_curve_that_was_not_measured(ask):
    with pytest.raises(ValueError, match="must be one of"):
        evaluate(detected(BOX), there(BOX), HALF).curve(*ask)


# ---- laws

SEEDS = st.integers(0, 10**6)
law = settings(max_examples=15)


def some(seed: int, **further):
    return made_up(seed, **({"images": 5, "classes": 2, "objects": 4, "detections": 8} | further))


def same_figures(a, b) -> None:
    np.testing.assert_array_equal(a.ap, b.ap)
    np.testing.assert_array_equal(a.recall, b.recall)


def rows(records, order):
    return type(records)(*(None if column is None else column[order] for column in records))


@law
@given(SEEDS, SEEDS)
def test_the_order_of_rows_says_nothing_but_who_is_first_of_equals(seed, shuffled):
    detections, objects = some(seed)
    rng = np.random.default_rng(shuffled)
    # Images in another order; within one the rows of a score stay as they are.
    order = np.lexsort(
        (rng.permutation(13)[np.round(detections.score * 10).astype(int)], detections.image_id)
    )
    order = order[np.argsort(rng.permutation(8)[detections.image_id[order]], kind="stable")]
    before, after = evaluate(detections, objects), evaluate(rows(detections, order), objects)
    same_figures(before, after)
    np.testing.assert_array_equal(before.stories.outcome[:, order], after.stories.outcome)
    np.testing.assert_array_equal(before.stories.gt_index[:, order], after.stories.gt_index)


@law
@given(SEEDS)
def test_images_without_anything_and_rising_scores_change_nothing(seed):
    detections, objects = some(seed)
    elsewhere = detections._replace(image_id=7 * detections.image_id + 3, score=detections.score**3 + 5)
    same_figures(
        evaluate(detections, objects),
        evaluate(elsewhere, objects._replace(image_id=7 * objects.image_id + 3)),
    )


@law
@given(SEEDS)
def test_perfect_detections_give_1_and_their_repetitions_are_doubles(seed):
    _, objects = some(seed)
    counts = ~objects.crowd
    perfect = rows(
        DetectionSet(objects.image_id, objects.class_id, np.linspace(1, 0, len(counts)), objects.xyxy), counts
    )
    result = evaluate(perfect, objects)
    # Of one size that need not be: there a detection prefers an object that counts to its own.
    np.testing.assert_allclose(result.ap[:, result.positives[:, 0] > 0, 0, -1], 1, rtol=1e-12)
    n = len(perfect.score)
    again = DetectionSet(*(np.concatenate([c, c]) for c in perfect))
    told = evaluate(again._replace(score=np.repeat([0.9, 0.1], n)), objects).stories
    assert (told.outcome[:, :n] == Outcome.TRUE_POSITIVE).all()
    assert np.isin(told.outcome[:, n:], [Outcome.DOUBLE, Outcome.IGNORED]).all()
    doubles = told.outcome == Outcome.DOUBLE
    found_by = np.take_along_axis(told.found_by, np.maximum(told.gt_index, 0), axis=1)
    np.testing.assert_array_equal(told.better[doubles], found_by[doubles])
    assert (told.better[~doubles] == -1).all() and (told.better[doubles] < n).all()


@law
@given(SEEDS, st.sampled_from([HALF, VOC_2010, VOC_2007]))
def test_without_a_false_detection_it_is_no_worse(seed, spec):
    detections, objects = some(seed, classes=1, images=3)
    before = evaluate(detections, objects, spec)
    false = np.isin(before.stories.outcome[0], [Outcome.DOUBLE, Outcome.MISPLACED, Outcome.FALSE_ALARM]) & (
        detections.class_id == 0
    )
    for row in np.flatnonzero(false)[:3]:
        after = evaluate(rows(detections, np.arange(len(false)) != row), objects, spec)
        k = before.class_ids.tolist().index(0)
        was, is_now = before.ap[0, k, 0, -1], after.ap[0, after.class_ids.tolist().index(0), 0, -1]
        assert np.isnan(was) or is_now >= was - 1e-12


@law
@given(SEEDS, st.sampled_from([EvalSpec(), VOC_2010, VOC_2007]))
def test_curves_and_stories_are_those_of_the_figures(seed, spec):
    result = evaluate(*some(seed), spec)
    for t, threshold in list(enumerate(spec.iou_thresholds))[::4]:
        for k, class_id in enumerate(result.class_ids):
            curve = result.curve(class_id, threshold)
            if not result.positives[k, 0]:
                assert np.isnan(result.ap[t, k, 0, -1]) and np.isnan(curve.recall).all()
                continue
            with jax.enable_x64(True):
                ap = average_precision(curve.recall, curve.precision, spec.interpolation).item()
            assert result.ap[t, k, 0, -1] == pytest.approx(ap, abs=1e-12)
            last = curve.recall[-1] if len(curve.recall) else 0
            assert result.recall[t, k, 0, -1] == last
