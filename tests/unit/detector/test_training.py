"""A detector learns, what it has learned is shipped, and finds objects in pictures of any size."""

from dataclasses import replace

import numpy as np
import pytest

from anchorlab import engine
from anchorlab.detector import course as courses
from anchorlab.detector import data, predict, ship, shipped, training
from anchorlab.detector.weights import from_bytes, named
from anchorlab.scenes.catalogue import load_scene
from anchorlab.scenes.generated import CLASSES
from anchorlab.settings.losses import FocalSpec
from anchorlab.settings.training import DetectorSpec, TrainingSpec, two_levels


def test_the_command_that_ships_writes_what_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(data, "POOL", 16)
    monkeypatch.setattr(training, "MEASURED", 4)
    monkeypatch.setattr(ship, "MEASURED", 4)
    ship.ship(tmp_path, steps=12, only=["good anchors"])
    course = courses.from_bytes((tmp_path / shipped.COURSES["good anchors"]).read_bytes())
    assert course.spec == ship.spec_of("good anchors", 12) and course.step == 12
    assert [frame.step for frame in course.frames] == [0, 10, 12]
    assert np.isfinite(course.losses.total).all() and (course.losses.count > 0).all()
    # Pushed down from the first step on: the mean of the last ones is less than that of the first.
    assert course.losses.total[-3:].mean() < course.losses.total[:3].mean()
    parts = course.losses.positives + course.losses.negatives + course.losses.boxes
    np.testing.assert_allclose(course.losses.total, parts, rtol=1e-5)
    assert (course.stage.label == 1).any() and len(course.stage.watched.images) == ship.WATCHED
    # What carries the loss are anchors that take part.
    assert not course.frames[0].cost[course.stage.label < 0].any()
    detector = from_bytes((tmp_path / shipped.WEIGHTS).read_bytes())
    said = predict.raw(detector, course.stage.watched.images)
    np.testing.assert_allclose(said.scores, course.frames[-1].scores, atol=0.01)


@pytest.fixture(scope="module")
def detector() -> predict.Detector:
    return shipped.detector()


def test_the_shipped_detector_finds_what_it_has_never_seen(detector):
    assert detector.spec == DetectorSpec()
    figures = predict.evaluate(detector, data.held_out(96, 24)).summary()
    assert figures["AP50"] >= 0.8


def test_predictions_are_everything_it_says_in_pixels_of_the_picture(detector):
    scene = load_scene("shapes")
    said = predict.predictions(detector, scene.image)
    assert said.xyxy.shape == (1080 * 3, 4) and said.scores.shape == said.class_ids.shape == (3240,)
    assert (said.xyxy >= 0).all() and (said.xyxy <= 480).all() and (said.source == -1).all()
    assert said.scores.min() < 0.01 and said.scores.max() > 0.5, "before any threshold"
    # Row by row: the classes of the first anchor, then those of the second.
    assert said.class_ids[:4].tolist() == [0, 1, 2, 0]
    kept = predict.keep(said)
    best = engine.pairwise_iou(scene.boxes, kept.xyxy)
    theirs = kept.class_ids[None] == scene.class_ids[:, None]
    assert ((best >= 0.5) & theirs).any(1).mean() >= 0.75
    larger = predict.predictions(detector, scene.image, side=192)
    assert larger.xyxy.shape == (4320 * 3, 4)


def test_a_picture_must_be_one_and_the_side_one_of_those(detector):
    with pytest.raises(ValueError, match="uint8"):
        predict.predictions(detector, np.zeros((5, 5), np.uint8))
    with pytest.raises(ValueError, match="side must be one of"):
        predict.predictions(detector, np.zeros((5, 5, 3), np.uint8), side=100)


def test_other_numbers_need_no_other_program():
    def program(**changes) -> str:
        spec = replace(TrainingSpec(batch=2, detector=DetectorSpec(side=64)), **changes)
        some = data.held_out(64, 2)
        one = training.Training(spec, training.Material(some, some, some))
        return training.gradient.lower(one._state.network, *one._drawn(0)).as_text()

    usual, loss = program(), TrainingSpec().loss
    other = replace(loss, focal=FocalSpec(gamma=1.0, alpha=0.5), box_weight=2.0)
    larger = DetectorSpec(side=64, pyramid=two_levels(fine=(10.0, 30.0)))
    assert usual == program(steps=7, learning_rate=0.1, seed=3, loss=other, detector=larger)
    assert usual != program(loss=replace(loss, classification="cross_entropy"))


def test_the_rate_rises_to_its_highest_and_falls_to_nothing():
    rates = training.learning_rates(TrainingSpec(steps=200, learning_rate=0.03))
    assert rates.shape == (200,) and rates[0] == pytest.approx(0.001) and rates[10] == pytest.approx(0.03)
    assert (np.diff(rates[:11]) > 0).all() and (np.diff(rates[10:]) < 0).all() and rates[-1] < 1e-5
    assert training.learning_rates(TrainingSpec(steps=1)).tolist() == [pytest.approx(0.02 / 30)]


def test_another_detector_starts_from_what_it_shares_with_the_shipped_one(detector):
    known = named(detector.network)
    same = named(shipped.network_for(detector.spec))
    assert all((same[name] == known[name]).all() for name in known)
    other = DetectorSpec(classes=CLASSES[::-1], pyramid=two_levels(fine=(12.0,)))
    start = named(shipped.network_for(other))
    shared = {name for name in known if np.array_equal(start[name], known[name])}
    assert {"stem.0.weight", "heads.1.offsets.weight", "heads.0.shared.weight"} <= shared
    assert not shared & {"heads.1.classes.weight", "heads.0.classes.weight", "heads.0.offsets.weight"}


def test_both_shipped_courses_tell_the_same_story_of_other_anchors():
    good, bad = shipped.course("good anchors"), shipped.course("bad anchors")
    np.testing.assert_array_equal(good.stage.watched.images, bad.stage.watched.images)
    assert good.frames[0].step == bad.frames[0].step == 0 and good.step == good.spec.steps == bad.step
    assert good.ap[-1][1] > bad.ap[-1][1] + 0.1
