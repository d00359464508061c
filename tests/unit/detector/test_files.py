"""Weights and courses as files: what comes back is what went in, and nothing else comes in."""

import struct

import numpy as np
import pytest

from anchorlab.detector import course as courses
from anchorlab.detector import weights
from anchorlab.detector.course import MOST_FRAMES, Course, Frame, Losses, Report, Stage
from anchorlab.detector.network import Network
from anchorlab.detector.packing import pack
from anchorlab.detector.predict import Detector
from anchorlab.scenes.generated import generate
from anchorlab.settings.plain import to_plain
from anchorlab.settings.training import DetectorSpec, TrainingSpec

SPEC = DetectorSpec(side=64, classes=("cat", "dog"))
DETECTOR = Detector(SPEC, Network(SPEC, 7))
CONTENT = weights.to_bytes(DETECTOR)
ARRAYS = {name: np.asarray(array) for name, array in weights.named(DETECTOR.network).items()}


def test_weights_come_back():
    same = weights.from_bytes(weights.to_bytes(DETECTOR, np.float32))
    assert same.spec == SPEC
    for name, array in weights.named(same.network).items():
        np.testing.assert_array_equal(array, ARRAYS[name])
    halved = weights.named(weights.from_bytes(CONTENT).network)
    np.testing.assert_allclose(halved["stem.0.weight"], ARRAYS["stem.0.weight"], rtol=1e-3)


def told(**spec) -> bytes:
    return pack("AnchorLab detector", ARRAYS, spec=to_plain(SPEC) | spec)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no safetensors"),
        (b"\x80\x04\x95pickle", "no safetensors"),
        (struct.pack("<Q", 2**60) + CONTENT[8:], "no safetensors"),
        (CONTENT[:-1], "no safetensors"),
        (pack("something else", ARRAYS), "not of the kind"),
        (pack("AnchorLab detector", ARRAYS), "must be told by its fields"),
        (told(side=97), "side must be"),
        (told(side=1e9), "side must be"),
        (told(classes=["a", "b", "c"]), "must be of shape"),
        (told(classes=[]), "classes must hold"),
        (told(steps=3), "must be told by its fields"),
        (pack("AnchorLab detector", {"a": np.zeros(3)}, spec=to_plain(SPEC)), "other weights"),
        (
            pack("AnchorLab detector", ARRAYS | {"lateral.bias": np.full(64, np.nan)}, spec=to_plain(SPEC)),
            "finite",
        ),
        (
            pack("AnchorLab detector", ARRAYS | {"lateral.bias": np.zeros(64, int)}, spec=to_plain(SPEC)),
            "finite",
        ),
    ],
)
def test_a_wrong_file_is_refused_in_a_sentence(content, says):
    with pytest.raises(ValueError, match=says):
        weights.from_bytes(content)


def a_course(frames: int) -> Course:
    watched, rng = generate(2, 1, 64), np.random.default_rng(0)
    stage = Stage(
        watched, np.zeros((5, 4), np.float32), np.zeros((2, 5), np.int8), np.zeros((2, 5), np.int32)
    )
    course = Course(TrainingSpec(steps=frames), stage)
    for step in range(frames):
        frame = Frame(step, *(rng.random((2, 5, *more)).astype(np.float16) for more in ((3,), (4,), ())))
        losses = Losses(*(np.full(min(step, 1), step, np.float32) for _ in Losses._fields))
        course.add(Report(step, float(step), losses, frame, 0.5 if step % 50 == 0 else None))
    return course


def test_a_course_comes_back():
    course = a_course(4)
    same = courses.from_bytes(courses.to_bytes(course))
    assert (same.spec, same.ap, same.seconds, same.step) == (course.spec, [(0, 0.5)], 3.0, 3)
    np.testing.assert_array_equal(same.losses.total, [1, 2, 3])
    np.testing.assert_array_equal(same.stage.watched.images, course.stage.watched.images)
    assert [frame.step for frame in same.frames] == [0, 1, 2, 3]
    np.testing.assert_array_equal(same.frames[2].logits, course.frames[2].logits)
    with pytest.raises(ValueError, match="lacks a part"):
        courses.from_bytes(pack("AnchorLab training", {}, spec=to_plain(course.spec)))


def test_a_long_course_keeps_few_frames_first_and_last_among_them():
    steps = [frame.step for frame in a_course(1000).frames]
    assert len(steps) <= MOST_FRAMES and steps[0] == 0 and steps[-1] == 999
    assert max(np.diff(steps)) <= 64
