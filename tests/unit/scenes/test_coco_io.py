"""Whole sets in COCO's form: what is read, and what is refused, with what to do."""

import json

import numpy as np
import pytest

from anchorlab import engine
from anchorlab.scenes.coco_io import CocoError, parse_annotations, parse_results

TRUTH = {
    "images": [{"id": 7, "file_name": "street.jpg"}, {"id": 9, "file_name": "park.jpg"}],
    "categories": [{"id": 1, "name": "dog"}, {"id": 5, "name": "cat"}],
    "annotations": [
        {"id": 1, "image_id": 7, "category_id": 1, "bbox": [0, 0, 10, 10], "area": 90, "iscrowd": 0},
        {"id": 2, "image_id": 9, "category_id": 5, "bbox": [20, 0, 10, 10]},
    ],
}
RESULTS = [
    {"image_id": 7, "category_id": 1, "bbox": [0, 0, 10, 9], "score": 0.9},
    {"image_id": 9, "category_id": 5, "bbox": [24, 0, 10, 10], "score": 0.8},
    {"image_id": 9, "category_id": 3, "bbox": [0, 0, 1, 1], "score": 0.1},
]


def read(document) -> bytes:
    return json.dumps(document).encode()


def test_a_pair_is_read_and_measured():
    truth = parse_annotations(read(TRUTH))
    found = parse_results(read(RESULTS), truth)
    assert truth.images == ("street.jpg", "park.jpg") and truth.classes == ("dog", "cat")
    assert truth.area.tolist() == [90, 100] and not truth.crowd.any()
    np.testing.assert_array_equal(found.xyxy, [[0, 0, 10, 9], [24, 0, 34, 10]])
    assert found.notes == ("Detections of categories that are not annotated were left out: 1.",)
    result = engine.evaluate(
        engine.DetectionSet(found.image_id, found.class_id, found.score, found.xyxy),
        engine.GroundTruthSet(*truth[:5]),
    )
    # The dog is found at .5 to .9, nine of ten; the cat never.
    assert result.summary()["AP"] == pytest.approx(0.9 / 2, abs=1e-9)


def changed(document, path, value):
    document = json.loads(json.dumps(document))
    *above, last = path
    at = document
    for name in above:
        at = at[name]
    at[last] = value
    return read(document)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "empty"),
        (b"\xff\xfe", "not a text file"),
        (b"{", "not valid JSON: line 1"),
        (read(RESULTS), "This is a list, as results are"),
        (read({"boxes": []}), "no list of “annotations”"),
        (changed(TRUTH, ("annotations", 1, "image_id"), 8), "Annotation 2: its image 8"),
        (changed(TRUTH, ("annotations", 0, "category_id"), 2), "Annotation 1: its category 2"),
        (changed(TRUTH, ("annotations", 0, "bbox"), [0, 0, -1, 5]), "must not be negative"),
        (changed(TRUTH, ("annotations", 0, "bbox"), "all"), "Annotation 1: .bbox. must be"),
        (changed(TRUTH, ("annotations", 0, "iscrowd"), "no"), "iscrowd"),
        (changed(TRUTH, ("annotations", 0), 3), "Annotation 1: it must be an object"),
    ],
)
def test_annotations_that_cannot_be_read_are_refused(data, told):
    with pytest.raises(CocoError, match=told):
        parse_annotations(data)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (read(TRUTH), "Results must be a list"),
        (changed(RESULTS, (1, "image_id"), 70), "Entry 2: its image 70 is not among the annotated"),
        (changed(RESULTS, (0, "image_id"), [7]), "Entry 1"),
        (changed(RESULTS, (0, "score"), "high"), "Entry 1: .score. must be an ordinary number"),
        (changed(RESULTS, (0, "bbox"), [0, 0, 1e99, 1]), "four ordinary numbers"),
    ],
)
def test_results_that_cannot_be_read_are_refused(data, told):
    with pytest.raises(CocoError, match=told):
        parse_results(data, parse_annotations(read(TRUTH)))


def test_nothing_is_read_as_nothing():
    truth = parse_annotations(read({"annotations": []}))
    assert truth.xyxy.shape == (0, 4) and parse_results(b"[]", truth).xyxy.shape == (0, 4)
