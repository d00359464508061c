"""A photo that comes with its predictions: what is read of it, and what is refused."""

import base64
import json

import pytest

from anchorlab.export import pretrained
from anchorlab.scenes.detector_file import picture_in
from anchorlab.scenes.predictions_io import MAX_BYTES, PredictionsError


def document(**picture) -> bytes:
    return json.dumps({"picture": picture, "predictions": []}).encode()


def test_the_picture_and_its_name():
    data = base64.b64encode(b"bytes of a file").decode()
    assert picture_in(document(name="a\u202eb.jpg", data=data)) == (b"bytes of a file", "a b.jpg")
    assert picture_in(b"\xef\xbb\xbf " + document(name=5, data=data)) == (b"bytes of a file", "")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"class,score,x1,y1,x2,y2",
        b"[]",
        b'{"predictions": []}',
        b'{"picture"',
        b"{" * 100_000,
        b"\xff\xfe{",
        b"{" + b" " * MAX_BYTES + b'"picture": 1}',
    ],
    ids=range(8),
)
def test_what_brings_no_picture_is_left_to_others(data):
    assert picture_in(data) is None


@pytest.mark.parametrize(
    "picture", [{}, {"data": ""}, {"data": "no base64!"}, {"data": "ü"}, {"data": ["aa"]}]
)
def test_a_picture_that_cannot_be_read_says_what_to_do(picture):
    with pytest.raises(PredictionsError, match="must be an image file in base64"):
        picture_in(document(**picture))


@pytest.mark.parametrize("name", pretrained.DETECTORS)
def test_the_script_is_complete_python(name):
    text = pretrained.script(name)
    compile(text, "script", "exec")
    assert f'open("{pretrained.file_name(name)}", "w"' in text and pretrained.DETECTORS[name].make in text
