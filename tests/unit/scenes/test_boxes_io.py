"""Boxes as JSON: what is written comes back, what is foreign is understood, what is wrong is named."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anchorlab.scenes.boxes_io import (
    MAX_BOXES,
    MAX_CHARACTERS,
    BoxesError,
    boxes_from_json,
    boxes_to_json,
    clean_name,
)

CLASSES = ("saucer", "cup", "spoon")


def read(document, width=600, height=400, classes=CLASSES):
    return boxes_from_json(json.dumps(document), width, height, classes)


def boxes(draw_width=600, draw_height=400):
    def pair(limit):
        side = st.floats(0, limit, width=32)
        return st.tuples(side, side).map(sorted).filter(lambda p: p[1] > p[0])

    return st.tuples(pair(draw_width), pair(draw_height)).map(lambda p: [p[0][0], p[1][0], p[0][1], p[1][1]])


@given(st.lists(st.tuples(boxes(), st.integers(0, 2)), max_size=20))
def test_round_trip_is_exact(entries):
    array = np.array([b for b, _ in entries], np.float32).reshape(-1, 4)
    ids = np.array([c for _, c in entries], np.int32)
    back = boxes_from_json(boxes_to_json(array, ids, CLASSES, 600, 400), 600, 400, CLASSES)
    np.testing.assert_array_equal(back.boxes, array)
    np.testing.assert_array_equal(back.class_ids, ids)
    assert back.boxes.dtype == np.float32 and back.class_ids.dtype == np.int32
    assert back.classes == CLASSES and back.notes == ()


def test_the_format_that_is_written():
    text = boxes_to_json(np.array([[173, 18, 406.5, 306]]), np.array([1]), CLASSES, 600, 400)
    assert text == (
        '{\n  "image": {"width": 600, "height": 400},\n  "boxes": [\n'
        '    {"class": "cup", "xyxy": [173, 18, 406.5, 306]}\n  ]\n}\n'
    )


def test_nothing_is_written_and_read_as_nothing():
    text = boxes_to_json(np.zeros((0, 4)), np.zeros(0, int), (), 600, 400)
    back = boxes_from_json(text, 600, 400, ())
    assert back.boxes.shape == (0, 4) and back.class_ids.shape == (0,) and back.notes == ()
    assert boxes_from_json("[]", 600, 400).boxes.shape == (0, 4)


@pytest.mark.parametrize(
    ("array", "ids", "says"),
    [
        ([[0, 0, 1, 1]], [], "one length, not 1 and 0"),
        ([[0, 0, 1, 1]], [3], "class_ids"),
        ([[0, 0, 1, 1]], [-1], "class_ids"),
        ([[0, 0, 1, np.nan]], [0], "finite"),
    ],
)
def test_writing_checks_its_arguments(array, ids, says):
    with pytest.raises(BoxesError, match=says):
        boxes_to_json(np.array(array), np.array(ids, int), CLASSES, 600, 400)


@pytest.mark.parametrize(
    "document",
    [
        [[10, 20, 30, 60]],
        [{"xyxy": [10, 20, 30, 60]}],
        [{"bbox": [10, 20, 20, 40]}],
        [{"x1": 10, "y1": 20, "x2": 30, "y2": 60}],
        [{"xmin": 10, "ymin": 20, "xmax": 30, "ymax": 60}],
        {"boxes": [[10, 20, 30, 60]]},
        {"annotations": [{"bbox": [10, 20, 20, 40]}]},
    ],
)
def test_foreign_shapes_of_a_box(document):
    got = read(document)
    assert got.boxes.tolist() == [[10, 20, 30, 60]]
    assert got.class_ids.tolist() == [0] and got.classes == CLASSES
    assert any("without a class" in n and "saucer" in n for n in got.notes)


def test_without_any_classes_a_box_is_an_object():
    got = read([[10, 20, 30, 60]], classes=())
    assert got.classes == ("object",) and got.class_ids.tolist() == [0]


def test_classes_are_found_whatever_their_capitals_and_new_ones_are_appended():
    got = read([{"class": c, "xyxy": [0, 0, 9, 9]} for c in ("CUP", " spoon ", "plate", "Plate")])
    assert got.class_ids.tolist() == [1, 2, 3, 3] and got.classes == (*CLASSES, "plate")


def test_coco_file():
    got = read(
        {
            "images": [{"id": 7, "width": 1200, "height": 800}, {"id": 8, "width": 10, "height": 10}],
            "categories": [{"id": 44, "name": "cup"}, {"id": 50, "name": "fork"}],
            "annotations": [
                {"image_id": 7, "category_id": 44, "bbox": [100, 200, 300, 400]},
                {"image_id": 8, "category_id": 50, "bbox": [1, 1, 2, 2]},
                {"image_id": 7, "category_id": 50, "bbox": [0, 0, 1200, 800]},
                {"image_id": 7, "category_id": 3, "bbox": [0, 0, 12, 8]},
            ],
        }
    )
    assert got.boxes.tolist() == [[50, 100, 200, 300], [0, 0, 600, 400], [0, 0, 6, 4]]
    assert [got.classes[i] for i in got.class_ids] == ["cup", "fork", "category 3"]
    assert any("several images" in n for n in got.notes) and any("1200 x 800" in n for n in got.notes)


def test_class_id_counts_into_the_known_classes_and_says_so():
    got = read([{"class_id": 2, "xyxy": [0, 0, 9, 9]}])
    assert got.class_ids.tolist() == [2]
    (note,) = got.notes
    assert "counted from 0" in note and "2 is “spoon”" in note and 'give each box a "class"' in note


def test_a_category_without_a_name_says_so():
    (note,) = read([{"category_id": 1, "xyxy": [0, 0, 9, 9]}]).notes
    assert "1 is “category 1” here" in note and 'COCO\'s "categories"' in note
    many = read([{"category_id": k, "xyxy": [0, 0, 9, 9]} for k in (9, 3, 5, 7)]).notes
    assert "3 is “category 3”, 5 is “category 5”, 7 is “category 7”, … here" in many[0]


SIZED = {"image": {"width": 600, "height": 400}, "boxes": [[0.1, 0.25, 0.5, 1]]}


@pytest.mark.parametrize(
    ("document", "asked", "fractions", "doubtful"),
    [
        ({"normalized": True, "boxes": [[0.1, 0.25, 0.5, 1]]}, None, True, True),
        ({"normalized": True, "boxes": [[0.1, 0.25, 0.5, 3]]}, None, True, False),
        ({"normalized": False, "boxes": [[0.1, 0.25, 0.5, 1]]}, None, False, True),
        ([[0.1, 0.25, 0.5, 1]], None, True, True),
        ([{"bbox": [0.7, 0.25, 0.3000001, 0.5]}], None, True, True),
        ([[0.1, 0.25, 0.5, 1]], False, False, True),
        ([[0.1, -0.05, 0.5, 1.02]], None, False, True),
        ([[0.1, -0.05, 0.5, 1.02]], True, True, True),
        ([[0.1, 0.25, 0.5, 1], [0, 0, 3, 3]], None, False, False),
        (SIZED, None, False, True),
        (SIZED, True, True, True),
    ],
)
def test_fractions_are_told_from_pixels(document, asked, fractions, doubtful):
    got = boxes_from_json(json.dumps(document), 600, 400, CLASSES, fractions=asked)
    assert (got.units.fractions, got.units.doubtful) == (fractions, doubtful)
    as_pixels = boxes_from_json(json.dumps(document), 600, 400, CLASSES, fractions=False).boxes
    factor = [600, 400, 600, 400] if fractions else 1
    np.testing.assert_allclose(got.boxes, np.clip(as_pixels * factor, 0, [600, 400, 600, 400]), rtol=1e-6)
    # What is in doubt is said.
    assert any("fractions" in n or "pixels" in n for n in got.notes) >= doubtful


def test_a_tiny_picture_has_tiny_boxes():
    assert boxes_from_json("[[0, 0, 1, 1]]", 1, 1).units == (False, False)


def test_another_image_size_scales_the_boxes():
    got = read(
        {"image": {"width": 300, "height": 100}, "boxes": [{"class": "cup", "xyxy": [30, 10, 60, 50]}]}
    )
    np.testing.assert_allclose(got.boxes, [[60, 40, 120, 200]])
    assert any("300 x 100" in n and "600 x 400" in n for n in got.notes)


def test_boxes_are_cut_at_the_border():
    got = read([{"class": "cup", "xyxy": [-50, 20, 700, 60]}])
    assert got.boxes.tolist() == [[0, 20, 600, 60]]
    assert any("cut" in n for n in got.notes)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("école n° 3, l'été", "école n° 3, l'été"),
        ("<b>cat</b> & *dog*", "<b>cat</b> & *dog*"),
        ("🐈\u200d⬛", "🐈\u200d⬛"),
        ("a\u202eb\tc\nd\x00", "a b c d"),
        ("\u200d", ""),
    ],
)
def test_a_name_is_one_line_of_visible_text(written, kept):
    assert clean_name(written) == kept


def with_entry(entry):
    return [[0, 0, 9, 9], entry]


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ([10, 20, 10, 60], r"Entry 2: x2 \(10\) must be greater than x1"),
        ([10, 60, 30, 20], "Entry 2: y2"),
        ([10, 20, 30], "Entry 2: .*four numbers"),
        ("box", "Entry 2"),
        (None, "Entry 2"),
        (5, "Entry 2"),
        ({}, "Entry 2: there is no box"),
        ({"xyxy": [1, 2, "3", 4]}, "Entry 2: xyxy must hold four"),
        ({"xyxy": [1, 2, True, 4]}, "Entry 2: xyxy must hold four"),
        ({"xyxy": [1, 2, float("nan"), 4]}, "Entry 2: xyxy must hold four"),
        ({"xyxy": [1, 2, float("inf"), 4]}, "Entry 2: xyxy must hold four"),
        ({"xyxy": [1, 2, 10**400, 4]}, "Entry 2: xyxy must hold four"),
        ({"bbox": [1, 2, -3, 4]}, "Entry 2: bbox is .x, y, width, height."),
        ([700, 10, 800, 20], "Entry 2: the box lies outside the picture"),
        ([-9, -9, 0, 0], "Entry 2: the box lies outside the picture"),
        ({"xyxy": [0, 0, 9, 9], "class": 5}, 'Entry 2: "class" must be a text'),
        ({"xyxy": [0, 0, 9, 9], "class": "\x07"}, "Entry 2: .*empty"),
        ({"xyxy": [0, 0, 9, 9], "class": "x" * 41}, "Entry 2: .*longer than 40"),
        ({"xyxy": [0, 0, 9, 9], "category_id": -1}, "Entry 2: .*whole number"),
        ({"xyxy": [0, 0, 9, 9], "category_id": 1.5}, "Entry 2: .*whole number"),
    ],
)
def test_errors_name_the_entry(entry, says):
    with pytest.raises(BoxesError, match=says):
        read(with_entry(entry))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("  \n", "empty"),
        ("{", "not valid JSON: line 1"),
        ("[1, 2", "not valid JSON"),
        ("3", "must be a list"),
        ("null", "must be a list"),
        ("{}", 'under "boxes"'),
        ('{"boxes": 3}', "must be a list"),
        ('{"annotations": {}}', "must be a list"),
        ('{"boxes": [], "image": 3}', '"image" must be an object'),
        ('{"boxes": [], "image": {"width": 0, "height": 5}}', "positive"),
        ('{"boxes": [], "image": {"width": 5}}', "positive"),
        ("[" * 100_000, "nested|JSON"),
        ("[" + "9" * 5000 + "]", "number that is too long"),
        ("[" + "0," * MAX_CHARACTERS, "longer than"),
        (b"\xff\xfe\x00", "not a text file"),
    ],
)
def test_errors_of_the_whole_file(text, says):
    with pytest.raises(BoxesError, match=says):
        boxes_from_json(text, 600, 400, CLASSES)


def test_too_many_boxes():
    assert len(read([[0, 0, 9, 9]] * MAX_BOXES).boxes) == MAX_BOXES
    with pytest.raises(BoxesError, match="301 boxes; at most 300"):
        read([[0, 0, 9, 9]] * (MAX_BOXES + 1))


def test_a_byte_order_mark_is_ignored():
    assert boxes_from_json(b"\xef\xbb\xbf[[1, 2, 3, 4]]", 600, 400).boxes.shape == (1, 4)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["boxes", "annotations", "images", "image", "image_id", "id", "categories", "category_id"]
                + ["bbox", "xyxy", "class", "name", "width", "height", "normalized", "x1", "score"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(JSON)
def test_any_json_is_read_or_refused(document):
    try:
        got = read(document)
    except BoxesError:
        return
    x1, y1, x2, y2 = got.boxes.T
    assert (x2 > x1).all() and (y2 > y1).all() and (got.boxes >= 0).all()
    assert (x2 <= 600).all() and (y2 <= 400).all()


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_any_bytes_are_read_or_refused(data):
    try:
        boxes_from_json(data, 600, 400, CLASSES)
    except BoxesError as e:
        assert str(e)
