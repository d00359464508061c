"""The table of conventions: complete, enumerated, and in agreement with itself."""

import dataclasses

import numpy as np
import pytest

from anchorlab.catalogue.libraries import ALL, FIELDS, LIBRARIES, Library, as_library, exchanged
from anchorlab.catalogue.libraries.as_library import coder_spec, match_spec, nms_spec
from anchorlab.catalogue.libraries.demo_scenes import DEMO_SCENES
from anchorlab.catalogue.libraries.fields import GROUPS
from anchorlab.settings.matching import Yolov5Spec
from anchorlab.settings.suppression import NmsSpec

BOX = np.array([[0, 0, 10, 10]], np.float32)


FAST_RCNN = ALL["fast-rcnn"]


def test_every_field_is_documented():
    names = {field.name for field in dataclasses.fields(Library)}
    assert names - {"library", "model", "source", "kinds", "silent", "own"} == set(FIELDS)
    for field in FIELDS.values():
        assert field.question.endswith("?") and field.group in GROUPS
        assert all(answer.short and answer.means for answer in field.answers.values())


@pytest.mark.parametrize("idea", [*FIELDS.values(), *DEMO_SCENES.values()], ids=[*FIELDS, *DEMO_SCENES])
def test_sentences_are_whole(idea):
    for key, sentence in idea.sentences.items():
        for form in [sentence] if isinstance(sentence, str) else sentence.values():
            assert form == form.strip() and form.endswith(
                ("?",) if key.startswith("predict") else (".", "</b>")
            )


@pytest.mark.parametrize("name", FIELDS)
def test_a_convention_has_a_demo_scene_or_none_can_be_drawn(name):
    """Of numbers and names of classes nothing is to be seen in a drawing."""
    shown = {demo.convention for demo in DEMO_SCENES.values()}
    assert (name in shown) != (name in {"whole_sizes", "high", "low", "background", "ignored", "first_class"})


@pytest.mark.parametrize("library", LIBRARIES)
def test_every_answer_is_one_of_the_documented(library):
    conventions = LIBRARIES[library]
    hash(conventions)
    for name, field in FIELDS.items():
        value = getattr(conventions, name)
        # Numbers and tuples speak for themselves.
        if field.answers and (not isinstance(value, int) or isinstance(value, bool)):
            assert value in field.answers, name


def test_a_library_of_many_models_says_which():
    """Of torchvision, detectron2, MMDetection and Keras there are detectors that answer otherwise."""
    for name in ("torchvision", "detectron2", "mmdetection", "fizyr", "keras"):
        assert LIBRARIES[name].title == f"{LIBRARIES[name].library} RetinaNet"
    assert {LIBRARIES[name].title for name in ("d2l", "ssd", "yolo")} == {"d2l", "ssd.pytorch", "YOLOv5"}


@pytest.mark.parametrize("name", FIELDS)
def test_one_answer_is_exchanged_and_no_other(name):
    for a in LIBRARIES.values():
        for b in LIBRARIES.values():
            changed = exchanged(a, b, name)
            if changed is None:
                assert getattr(a, name) != getattr(b, name)
                continue
            apart = {field for field in FIELDS if getattr(changed, field) != getattr(a, field)}
            # Who gets a shared best anchor is what the two banded rules differ in.
            assert apart - ({"rule"} if name == "shared_best" else set()) <= {name}
            assert getattr(changed, name) == getattr(b, name)
            match_spec(changed)  # settings that the engine takes


def test_what_cannot_be_exchanged_is_none():
    torchvision, ssd, yolo, fizyr = (LIBRARIES[name] for name in ("torchvision", "ssd", "yolo", "fizyr"))
    assert exchanged(torchvision, ssd, "low_quality") is None  # under thresholds ties are taken together
    assert exchanged(torchvision, yolo, "high") is None
    assert exchanged(yolo, fizyr, "rule") is None
    assert exchanged(torchvision, fizyr, "zero_over_zero") is None
    assert exchanged(FAST_RCNN, torchvision, "rule") is None
    assert exchanged(FAST_RCNN, torchvision, "inclusive") == dataclasses.replace(FAST_RCNN, inclusive=False)


def test_the_libraries_are_eight():
    assert list(LIBRARIES) == [
        "d2l", "torchvision", "detectron2", "mmdetection", "fizyr", "keras", "ssd", "yolo",
    ]  # fmt: skip


@pytest.mark.parametrize("library", LIBRARIES)
def test_conventions_become_settings(library):
    conventions = LIBRARIES[library]
    assert isinstance(nms_spec(conventions, iou_threshold=0.3), NmsSpec)
    assert coder_spec(conventions).kind == conventions.coder
    if library == "yolo":
        assert match_spec(conventions, side_factor=3) == Yolov5Spec(side_factor=3)
        return
    assert match_spec(conventions, high=0.7).high == 0.7


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("library", lambda: as_library.match_as("caffe", BOX, BOX)),
        ("image", lambda: as_library.match_as("yolo", None, BOX)),
        ("image", lambda: as_library.match_as("fizyr", BOX, BOX)),
        ("stride", lambda: as_library.encode_as("yolo", BOX, BOX)),
        ("stride", lambda: as_library.decode_as("yolo", BOX, BOX)),
    ],
)
def test_a_wrong_argument_is_named(name, call):
    with pytest.raises(ValueError, match=rf"^{name}\b"):
        call()


def test_classes_as_each_library_numbers_them():
    anchors = np.array([[0, 0, 10, 10], [0, 0, 10, 4.5], [50, 50, 60, 60]], np.float32)  # 1, .45, 0
    codes = {
        "d2l": [3, 0, 0], "torchvision": [2, -2, -1], "detectron2": [2, -1, 5], "mmdetection": [2, 5, 5],
        "fizyr": [3, -1, 0], "keras": [2, -2, -1], "ssd": [3, 0, 0],
    }  # fmt: skip
    for library, expected in codes.items():
        matches = as_library.match_as(library, anchors, BOX, image=(99, 99))
        assert as_library.classes_as(library, matches, [2], 5).tolist() == expected, library
    nothing = as_library.match_as("detectron2", anchors, [])
    assert as_library.classes_as("detectron2", nothing, [], 5).tolist() == [5, 5, 5]
