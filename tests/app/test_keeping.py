"""What a browser tab sends back of an upload is read as distrustfully as an upload."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from anchorlab.scenes import upload
from anchorlab.session import scene
from anchorlab.ui import keeping
from tests.app.conftest import run, send

W, H = 90, 60


def encoded(kind="PNG", width=W, height=H, **how) -> bytes:
    x, y = np.meshgrid(np.linspace(0, 255, width), np.linspace(0, 255, height))
    out = io.BytesIO()
    Image.fromarray(np.stack([x, y, 255 - x], -1).astype(np.uint8)).save(out, kind, **how)
    return out.getvalue()


def name(data: bytes) -> str:
    return scene._photo(data, "PNG", np.zeros((H, W, 3), np.uint8)).id


def opened(open_page, data: bytes, **more):
    return open_page("home", scene="upload", photo=name(data), size=f"{W}x{H}", **more)


def answer(at, picture=None, predictions=None):
    send(at, "ask_page", trigger={"answer": {"picture": picture, "predictions": predictions}})
    return run(at)


def sent(picture: bytes, **other):
    return {"data": base64.b64encode(picture).decode(), "title": "Mine", "width": W, "height": H} | other


def views(at) -> list[str]:
    return [c.key for c in at.get("bidi_component")]


def is_lost(at) -> bool:
    return any("uploads never leave the browser tab" in info.value for info in at.info)


def test_until_the_tab_has_answered_nothing_is_drawn_and_nothing_is_said_of_a_loss(open_page):
    at = opened(open_page, encoded())
    assert "ask_page" in views(at) and "home_stage" not in views(at) and not is_lost(at)
    answer(at)
    assert "ask_page" not in views(at) and "home_stage" in views(at) and is_lost(at)


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_the_picture_itself_comes_back(open_page, kind):
    data = encoded(kind)
    at = answer(opened(open_page, data), sent(data))
    assert not is_lost(at) and "home_stage" in views(at)
    (up,) = at.session_state["anchorlab"].uploads.values()
    assert up.photo.data == data and up.photo.id == name(data) and up.title == "Mine"
    assert (up.picture.width, up.picture.height, up.picture.scale) == (W, H, 1)


def test_a_large_files_size_comes_back(open_page):
    data = encoded("JPEG", 1600, 1200)
    at = open_page("home", scene="upload", photo=name(data), size="1600x1200")
    answer(at, sent(data, width=3200, height=2400))
    (up,) = at.session_state["anchorlab"].uploads.values()
    assert (up.picture.width, up.picture.height, up.picture.scale) == (3200, 2400, 0.5)


@pytest.mark.parametrize("size", [(-W, -H), (0, H), (W, 1), (10**9, 10**9), (3 * W, 3 * H)])
def test_a_size_that_cannot_be_is_not_believed(open_page, size):
    data = encoded()
    at = answer(opened(open_page, data), sent(data, width=size[0], height=size[1]))
    (up,) = at.session_state["anchorlab"].uploads.values()
    assert (up.picture.width, up.picture.height, up.picture.scale) == (W, H, 1)


TURNED = Image.Exif()
TURNED[0x0112] = 6
HOSTILE = {
    "no picture": b"Dear all",
    "a bomb": encoded()[:16] + (60_000).to_bytes(4, "big") * 2 + encoded()[24:],
    "half a picture": encoded()[:200],
    "another size": encoded(width=H, height=W),
    "another format": encoded("BMP"),
    "larger than shown": encoded("JPEG", upload.DISPLAY_MAX_SIDE + 200, 80),
    "turned by the browser": encoded("JPEG", exif=TURNED),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_not_the_picture_as_it_was_shown_is_refused(open_page, what):
    data = HOSTILE[what]
    at = answer(opened(open_page, data), sent(data))
    assert is_lost(at) and not at.session_state["anchorlab"].uploads


def test_another_picture_is_refused(open_page):
    at = answer(opened(open_page, encoded()), sent(encoded("JPEG")))
    assert is_lost(at) and not at.session_state["anchorlab"].uploads


@pytest.mark.parametrize(
    "picture",
    [
        "text",
        {},
        sent(encoded(), data="no base64"),
        sent(encoded(), data=5),
        sent(encoded(), data="A" * (keeping.MOST + 4)),
        sent(encoded(), title=None),
        sent(encoded(), width="90"),
        sent(encoded(), height=True),
    ],
)
def test_an_answer_of_another_shape_is_none(open_page, picture):
    at = answer(opened(open_page, encoded()), picture)
    assert is_lost(at) and not at.session_state["anchorlab"].uploads


def test_a_link_without_the_pictures_name_does_not_wait(open_page):
    at = open_page("home", scene="upload", size=f"{W}x{H}")
    assert "home_stage" in views(at) and is_lost(at)


ROWS = '[{"class":"eye","score":0.5,"xyxy":[1,2,30,40]}]'


def test_predictions_come_back(open_page):
    at = answer(open_page("nms", **{"from": "upload"}), predictions=ROWS)
    found = at.session_state["anchorlab"].predictions
    assert found.xyxy.tolist() == [[1, 2, 30, 40]] and found.classes[found.class_ids[0]] == "eye"
    assert found.notes == (keeping.NOTE,)


@pytest.mark.parametrize("text", ["", "{", '[{"score":2}]', 5, "[" * 100_000, "x" * (keeping.MOST + 1)])
def test_predictions_that_cannot_be_read_are_none(open_page, text):
    at = answer(open_page("nms", **{"from": "upload"}), predictions=text)
    assert at.session_state["anchorlab"].predictions is None and not at.error
