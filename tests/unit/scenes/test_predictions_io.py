"""Uploaded predictions: COCO result JSON and CSV in its many dialects."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anchorlab.scenes.boxes_io import clean_name
from anchorlab.scenes.predictions_io import (
    MAX_BYTES,
    MAX_ROWS,
    PredictionsError,
    parse_predictions,
    predictions_to_json,
)

CLASSES = ("saucer", "cup", "spoon")


def parse(data, filename="", classes=CLASSES):
    if isinstance(data, list | dict):
        data = json.dumps(data)
    return parse_predictions(data, filename, classes, 600, 400)


def result(**changes):
    return {"image_id": 1, "category_id": 2, "bbox": [10, 20, 20, 40], "score": 0.5} | changes


def test_coco_results():
    got = parse([result(), result(category_id=1, score=1), result(category_id=3, score=0)])
    assert got.xyxy.tolist() == [[10, 20, 30, 60]] * 3 and got.xyxy.dtype == np.float32
    assert got.scores.tolist() == [0.5, 1, 0] and got.scores.dtype == np.float32
    assert got.class_ids.tolist() == [1, 0, 2] and got.class_ids.dtype == np.int32
    assert got.classes == CLASSES
    (note,) = got.notes
    assert "counted from 1 into the scene's classes: 1 is “saucer”, 2 is “cup”, 3 is “spoon”" in note
    assert "write the classes' names instead" in note


def test_category_ids_that_no_class_has_say_what_they_became():
    (note,) = parse([result(category_id=47)]).notes
    assert "does not name its categories" in note and "47 is “category 47”" in note and "counted" not in note


def test_a_zero_among_the_category_ids_makes_them_count_from_zero():
    got = parse([result(category_id=i) for i in (0, 2, 5)])
    assert [got.classes[i] for i in got.class_ids] == ["saucer", "spoon", "category 5"]
    assert any("counted from 0" in n for n in got.notes)


def test_categories_of_the_file_win():
    document = {"categories": [{"id": 2, "name": "spoon"}, {"id": 9, "name": "fork"}]}
    document["predictions"] = [result(), result(category_id=9)]
    got = parse(document)
    assert [got.classes[i] for i in got.class_ids] == ["spoon", "fork"] and got.notes == ()


def test_names_and_other_boxes_in_json():
    got = parse(
        [
            {"class": "Cup", "confidence": 0.5, "xyxy": [1, 2, 3, 4]},
            {"label": "plate", "score": 0.5, "x1": 1, "y1": 2, "x2": 3, "y2": 4},
            {"score": 0.5, "bbox": [1, 2, 2, 2]},
        ]
    )
    assert got.xyxy.tolist() == [[1, 2, 3, 4]] * 3
    assert got.class_ids.tolist() == [1, 3, 0] and got.classes == (*CLASSES, "plate")
    assert any("without a class" in n for n in got.notes)


def test_nothing():
    for data, filename in (("[]", "a.json"), ("class,score,x1,y1,x2,y2\n", "a.csv")):
        got = parse(data, filename)
        assert got.xyxy.shape == (0, 4) and got.scores.shape == (0,) and got.class_ids.shape == (0,)
        (note,) = got.notes
        assert "holds no predictions" in note


@pytest.mark.parametrize(
    "text",
    [
        "cup,0.5,10,20,30,60\nspoon,.25,1,2,3,4",
        "class,score,x1,y1,x2,y2\ncup,0.5,10,20,30,60\nspoon,0.25,1,2,3,4\n",
        "class, score, x1, y1, x2, y2\r\n\r\ncup, 0.5, 10, 20, 30, 60\r\nspoon, 0.25, 1, 2, 3, 4\r\n",
        "cup;0,5;10;20;30;60\nspoon;0,25;1;2;3;4",
        "cup\t0.5\t10\t20\t30\t60\nspoon\t0,25\t1\t2\t3\t4",
        '"cup","0.5","10","20","30","60"\n"spoon","0.25","1","2","3","4"',
        "XMin,YMin,XMax,YMax,Confidence,Label\n10,20,30,60,.5,cup\n1,2,3,4,.25,spoon",
        "score,label,x,y,w,h,extra\n.5,cup,10,20,20,40,a\n.25,spoon,1,2,2,2,b",
        "\ufeffcup,0.5,10,20,30,60,\nspoon,2.5e-1,1,2,3,4,",
        "2,0.5,10,20,30,60\n3,0.25,1,2,3,4",
    ],
)
def test_csv_dialects(text):
    for data in (text, text.encode(), text.removeprefix("\ufeff").encode("utf-16")):
        got = parse(data, "predictions.csv")
        assert got.xyxy.tolist() == [[10, 20, 30, 60], [1, 2, 3, 4]]
        assert got.scores.tolist() == [0.5, 0.25] and got.class_ids.tolist() == [1, 2]


def test_one_row_of_numbers_is_no_header():
    assert parse("7,0.5,10,20,30,60").classes[-1] == "category 7"
    assert parse("7,0.5,10,20,30,60", classes=("7",)).class_ids.tolist() == [0]


@pytest.mark.parametrize(
    "data",
    [
        [result(image_id=5), result(image_id=6, score=0.1), result(image_id=5, score=0.75)],
        "image,class,score,x1,y1,x2,y2\na.png,cup,.5,10,20,30,60\nb.png,cup,.1,1,2,3,4\na.png,cup,.75,10,20,30,60",
    ],
)
def test_the_first_of_several_images(data):
    got = parse(data)
    assert got.scores.tolist() == [0.5, 0.75]
    assert any("several images" in n for n in got.notes)


def test_fractions_become_pixels():
    got = parse("cup,0.5,0.1,0.25,0.5,1")
    np.testing.assert_allclose(got.xyxy, [[60, 100, 300, 400]])
    assert any("fractions" in n for n in got.notes) and got.units == (True, True)
    as_pixels = parse_predictions("cup,0.5,0.1,0.25,0.5,1", "", CLASSES, 600, 400, fractions=False)
    np.testing.assert_allclose(as_pixels.xyxy, [[0.1, 0.25, 0.5, 1]])


def test_fractions_beyond_the_border_are_doubted():
    """A detector's boxes may reach a little outside the picture."""
    data = "cup,0.5,-0.02,0.25,0.5,1.01\ncup,0.4,0.3,0.3,0.6,0.6"
    got = parse(data)
    assert got.units == (False, True) and got.xyxy.max() < 2
    assert any("between -0.02 and 1.01" in n and "read as pixels" in n for n in got.notes)
    scaled = parse_predictions(data, "", CLASSES, 600, 400, fractions=True)
    np.testing.assert_allclose(scaled.xyxy, [[0, 100, 300, 400], [180, 120, 360, 240]], rtol=1e-6)
    assert scaled.units == (True, True)


def test_boxes_are_cut_or_left_out_at_the_border():
    got = parse("cup,0.5,-10,20,700,60\ncup,0.25,700,20,800,60\nspoon,0.75,1,2,3,4")
    assert got.xyxy.tolist() == [[0, 20, 600, 60], [1, 2, 3, 4]]
    assert got.scores.tolist() == [0.5, 0.75] and got.class_ids.tolist() == [1, 2]
    assert any("left out: 1" in n for n in got.notes) and any("border: 1" in n for n in got.notes)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("", "empty"),
        (b"", "empty"),
        (" \n ", "empty"),
        ("{", "not valid JSON"),
        ("cup,0.5,1,2,3,4", None),
        ("{}", "must be a list"),
        ([result(), 5], "Entry 2: it must be an object"),
        ([result(), {"bbox": [1, 2, 3, 4]}], 'Entry 2: there is no "score"'),
        ([result(), result(score=87)], "Entry 2: the score 87 .*divide them by 100"),
        ([result(), result(score=-3)], "Entry 2: the score -3 .*sigmoid"),
        ([result(), result(score="high")], "Entry 2: the score must be a number"),
        ([result(), result(score=float("nan"))], "Entry 2: the score must be a number"),
        ([result(), result(bbox=[1, 2, 0, 4])], "Entry 2: bbox"),
        ([result(), result(bbox=None)], "Entry 2: bbox must be a list"),
        ([result(), result(category_id=-1)], "Entry 2: the category id"),
        ([result(), result(category_id=1.5)], "Entry 2: the class must be"),
        (
            [result(), {"label": "\x07", "score": 0.1, "bbox": [1, 1, 1, 1]}],
            "Entry 2: the class is empty",
        ),
        ([result(), {"label": "x" * 41, "score": 0.1, "bbox": [1, 1, 1, 1]}], "Entry 2: .*longer than 40"),
        ([result(bbox=[700, 700, 9, 9])], "another image"),
        ("cup,0.5,1,2,3,4\ncup,0.5,1,2,3", "Line 2: there are only 5 columns"),
        ("cup,0.5,1,2,3,4\ncup,0.5,1,2,3,4,5", "Line 2: there are 7 columns"),
        ("class,score,x1,y1,x2,y2\ncup,high,1,2,3,4", "Line 2: score must be an ordinary number, not 'high'"),
        ("cup,0.5,1,2,nan,4", "Line 1: x2 must be"),
        ("cup,0.5,1,2,1_0,4", "Line 1: x2 must be"),
        ("cup,0.5,1,2,1e999,4", "Line 1: x2 must be"),
        ("cup,0.5,3,2,1,4", "Line 1: x2 .1. must be greater"),
        ("cup,50,1,2,3,4", "Line 1: .*divide them by 100"),
        ('"', "only empty lines"),
        (",,\n,,", "only empty lines"),
        ("hello", "names no complete set of columns"),
        ("class,score,x1,y1,x2", "names no complete set"),
        ("class,label,score,x1,y1,x2,y2\na,b,.5,1,2,3,4", "names a column twice"),
        (b"\xff\xd8\xff\xe0", "not a text file"),
        (b"[" * 100_000, "nested|JSON"),
        ("x" * (MAX_BYTES + 1), "larger than 8 MB"),
    ],
)
def test_errors_say_where_and_what(data, says):
    if says is None:
        with pytest.raises(PredictionsError, match="not valid JSON"):
            parse(data, "results.JSON")
        return
    with pytest.raises(PredictionsError, match=says):
        parse(data)


def test_too_many_rows():
    assert len(parse("cup,0.5,1,2,3,4\n" * MAX_ROWS).scores) == MAX_ROWS
    with pytest.raises(PredictionsError, match="10,001 predictions; at most 10,000"):
        parse("cup,0.5,1,2,3,4\n" * (MAX_ROWS + 1))
    with pytest.raises(PredictionsError, match="10,001 predictions; at most 10,000"):
        parse([result()] * (MAX_ROWS + 1))


CELL = st.sampled_from(
    ["cup", "0.5", "1", "2", "3", "4", "700", "-1", "nan", "", "class", "score", "x1", "y1", "x2", "y2"]
    + ['"', "1e400", "²", "\x00", "image", "0,5", "w", "x", "y", "h"]
)


@given(st.lists(st.lists(CELL, max_size=8), max_size=6), st.sampled_from(",;\t"))
def test_any_table_is_read_or_refused(table, delimiter):
    try:
        got = parse("\n".join(delimiter.join(row) for row in table))
    except PredictionsError:
        return
    assert len(got.xyxy) == len(got.scores) == len(got.class_ids)
    assert ((got.scores >= 0) & (got.scores <= 1)).all()
    assert (got.xyxy[:, 2:] > got.xyxy[:, :2]).all()
    assert (got.class_ids < len(got.classes)).all()


@given(st.binary(max_size=200) | st.text(max_size=200), st.sampled_from(["", "a.csv", "a.json"]))
def test_any_bytes_are_read_or_refused(data, filename):
    try:
        parse_predictions(data, filename, CLASSES, 600, 400)
    except PredictionsError as e:
        assert str(e)


SCALAR = st.none() | st.booleans() | st.integers(-5, 900) | st.floats() | st.text(max_size=3)


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["image_id", "category_id", "bbox", "score", "label", "xyxy", "class"]),
            SCALAR | st.lists(st.floats(-10, 700), min_size=4, max_size=4) | st.dictionaries(SCALAR, SCALAR),
            max_size=5,
        ),
        max_size=4,
    )
)
def test_any_json_is_read_or_refused(document):
    try:
        got = parse(document)
    except PredictionsError:
        return
    assert (got.xyxy[:, 2:] > got.xyxy[:, :2]).all()


SIDE = st.floats(0, 400, width=32)
NAME = st.text(max_size=40).map(lambda name: clean_name(name)[:40].strip()).filter(bool)


@given(
    st.lists(
        st.tuples(NAME, st.floats(0, 1, width=32), st.tuples(SIDE, SIDE), st.tuples(SIDE, SIDE)).filter(
            lambda row: row[2][0] != row[2][1] and row[3][0] != row[3][1]
        ),
        max_size=8,
    )
)
def test_what_is_written_comes_back(rows):
    entries = [
        {"class": name, "score": score, "xyxy": [min(xs), min(ys), max(xs), max(ys)]}
        for name, score, xs, ys in rows
    ]
    first = parse_predictions(json.dumps(entries), "", (), 600, 400, fractions=False)
    again = parse_predictions(predictions_to_json(first), "", (), 600, 400, fractions=False)
    for name in ("xyxy", "scores", "class_ids"):
        np.testing.assert_array_equal(getattr(again, name), getattr(first, name))
    assert again.classes == first.classes
