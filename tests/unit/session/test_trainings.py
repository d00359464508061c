"""What is shown of a training: frames as the course has them, objects found, and whose trainings they are."""

import numpy as np
import pytest

from anchorlab.detector import shipped, weights
from anchorlab.detector.predict import Detector
from anchorlab.session import film, scene, trainings
from anchorlab.session.app_state import DEFAULT, put
from anchorlab.settings.training import DetectorSpec
from anchorlab.settings.training_choices import ANCHORS, TrainingChoices, differences

COFFEE = scene.built_in("coffee")


def iou(a: np.ndarray, b: np.ndarray) -> float:
    corner = np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2])
    shared = corner.clip(0).prod()
    return shared / ((a[2:] - a[:2]).prod() + (b[2:] - b[:2]).prod() - shared)


@pytest.mark.parametrize("name", shipped.COURSES)
def test_a_film_is_its_course(name):
    course = shipped.course(name)
    for picture in range(len(course.stage.watched.images)):
        known: dict = {}
        shown = film.of(course, picture, known)
        own, own_ids = film.objects(course, picture)
        assert shown.steps.tolist() == [int(frame.step) for frame in course.frames]
        for k in (0, len(course.frames) // 2, -1):
            frame = course.frames[k]
            best = np.sort(frame.scores[picture].ravel())[::-1][: film.MOST]
            np.testing.assert_allclose(shown.scores[k], best, rtol=1e-6)
            counted = shown.kept[k] & (shown.scores[k] >= film.SURE)
            for g, box in enumerate(own):
                same = [
                    iou(shown.boxes[k, row], box)
                    for row in np.flatnonzero(counted & (shown.class_ids[k] == own_ids[g]))
                ]
                assert shown.found[k, g] == pytest.approx(max(same, default=0), abs=1e-3)
            # Of those that are kept none doubles another of its class.
            kept = np.flatnonzero(shown.kept[k])
            for i in kept:
                for j in kept[kept > i]:
                    if shown.class_ids[k, i] == shown.class_ids[k, j]:
                        assert iou(shown.boxes[k, i], shown.boxes[k, j]) <= 0.5 + 1e-3
        # What is known is not made again: what was added to it comes back.
        changed = dict(known)
        first = int(course.frames[0].step), picture
        changed[first] = (*changed[first][:-1], changed[first][-1] + 7)
        np.testing.assert_array_equal(film.of(course, picture, changed).found[0], shown.found[0] + 7)


def test_bad_anchors_reach_less_and_find_less():
    good, bad = (shipped.course(name) for name in ("good anchors", "bad anchors"))
    assert good.ap[-1][1] > bad.ap[-1][1] + 0.2
    reached = [np.concatenate([film.reach(course, k).best for k in range(2)]) for course in (good, bad)]
    assert reached[0].mean() > reached[1].mean() + 0.1


def test_curves_end_with_the_mean_of_the_last_steps():
    losses = shipped.course().losses
    shown = film.curves(losses)
    assert len(shown.at) <= film.POINTS and shown.at[-1] == len(losses.total)
    for name in ("total", "positives", "negatives", "boxes"):
        mean = getattr(losses, name)[-film.SMOOTHED :].mean()
        assert getattr(shown, name)[-1] == pytest.approx(mean, rel=1e-4)


@pytest.mark.parametrize("anchors", ANCHORS)
def test_choices_say_what_is_not_usual(anchors):
    chosen = TrainingChoices(anchors=anchors, rule="ssd", classification="cross_entropy", sampler="hard")
    spec = chosen.spec()
    assert spec.detector.pyramid == ANCHORS[anchors] and spec.matching.rule == "ssd"
    odd = {"rule": "ssd", "classification": "cross_entropy", "sampler": "hard"}
    assert differences(spec) == odd | ({} if anchors == "good" else {"anchors": anchors})
    without = TrainingChoices(low_quality=False).spec().matching.spec
    assert without.low_quality is False


def test_a_downloaded_detector_comes_back_and_is_shown():
    own: trainings.Trainings = {}
    number = trainings.load(own, weights.to_bytes(shipped.detector()), "mine.safetensors", COFFEE)
    (shown, entry), *_ = trainings.shown(own, put(DEFAULT, training__run=number))
    assert shown == number and entry.loaded == "mine.safetensors"
    last = shipped.course().ap[-1][1]
    assert entry.course.ap[0][1] == pytest.approx(last, abs=0.15)  # of fewer scenes
    with pytest.raises(ValueError, match="no safetensors file"):
        trainings.load(own, b"junk", "junk", COFFEE)
    assert list(own) == [number]


def test_a_detector_of_other_classes_is_tried_on_the_scene_on_the_table():
    """Of a scene that has none of them, too."""
    spec = DetectorSpec(classes=("cup", "cloud"))
    file = weights.to_bytes(Detector(spec, shipped.network_for(spec)))
    own: trainings.Trainings = {}
    for here, aps in ((COFFEE, 1), (scene.built_in("cat"), 0)):
        entry = own[trainings.load(own, file, "mine.safetensors", here)]
        known = [k for k in here.class_ids if here.classes[k] in spec.classes]
        assert len(entry.course.ap) == aps == bool(known) and np.isfinite(entry.course.ap).all()
        assert len(trainings.picture_of(entry, 0).boxes) == len(known)


def test_nothing_is_learned_of_an_empty_scene():
    empty = scene.built_in("coffee", type(scene.built_in("coffee").objects)())
    asked = put(DEFAULT, training__data="own scene")
    with pytest.raises(ValueError, match="draw a box"):
        trainings.submit({}, asked, empty, lambda: True)
