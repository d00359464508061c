"""Pictures of one's own, of every kind and every brokenness, in the running app."""

import io
import json
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from tests.browser.canvas import Canvas
from tests.golden.reading import _cases

W, H = 120, 80


def picture(mode="RGB"):
    x, y = np.meshgrid(np.linspace(0, 255, W), np.linspace(0, 255, H))
    return Image.fromarray(np.stack([x, y, 255 - x], -1).astype(np.uint8)).convert(mode)


def saved(image, kind, **how):
    out = io.BytesIO()
    image.save(out, kind, **how)
    return out.getvalue()


def rotated_jpeg():
    exif = Image.Exif()
    exif[0x0112] = 6
    return saved(picture(), "JPEG", exif=exif)


def transparent_png():
    image = picture("RGBA")
    image.putalpha(Image.linear_gradient("L").resize((W, H)))
    return saved(image, "PNG")


def png_of_16_bits():
    grey = np.linspace(0, 65535, W * H).astype(np.uint16).reshape(H, W)
    return saved(Image.fromarray(grey), "PNG")


def png_declaring(width, height):
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


GOOD = {
    "alpha.png": (transparent_png(), W, H),
    "turned.jpg": (rotated_jpeg(), H, W),
    "cmyk.jpg": (saved(picture("CMYK"), "JPEG"), W, H),
    "deep.png": (png_of_16_bits(), W, H),
    "flat.gif": (saved(picture("P"), "GIF"), W, H),
    "new.webp": (saved(picture(), "WEBP"), W, H),
    "old.bmp": (saved(picture(), "BMP"), W, H),
}
BROKEN = {
    "letter.png": b"Dear all,\nthis is no picture.\n" * 9,
    "half.jpg": saved(picture(), "JPEG")[:400],
    "bomb.png": png_declaring(60_000, 60_000),
    "empty.png": b"",
}


class Menu:
    """The scene menu."""

    def __init__(self, lab):
        self.lab, self.page, self.canvas = lab, lab.page, Canvas(lab)

    def open(self):
        if self.page.get_by_text("Your own picture", exact=True).count() == 0:
            with self.lab.expect_rerun():
                self.page.locator('[data-testid="stPopoverButton"]').first.click()

    def upload(self, name, data):
        self.open()
        field = self.page.locator('[data-testid="stFileUploader"] input[type=file]').first
        with self.lab.expect_rerun():
            field.set_input_files({"name": name, "mimeType": "application/octet-stream", "buffer": data})

    def alerts(self):
        return self.page.locator('[data-testid="stPopoverBody"] [data-testid="stAlert"]').all_inner_texts()

    def close(self):
        self.page.keyboard.press("Escape")
        self.page.locator('[data-testid="stPopoverBody"]').wait_for(state="detached")
        self.lab.settled()  # a menu that closes tells Python


@pytest.fixture
def menu(lab):
    lab.goto("matching", canvas=True)
    return Menu(lab)


def test_every_kind_of_picture_is_shown_and_can_be_drawn_on(lab, menu):
    canvas = menu.canvas
    for name, (data, width, height) in GOOD.items():
        menu.upload(name, data)
        assert not menu.alerts(), name
        menu.close()
        canvas.wait("s.photo.width === arg[0] && s.photo.height === arg[1] && s.photoImage", [width, height])
        with lab.expect_rerun():
            canvas.draw(width * 0.25, height * 0.25, width * 0.75, height * 0.75)
        box = [width * 0.25, height * 0.25, width * 0.75, height * 0.75]
        np.testing.assert_allclose(canvas.agree(), [box], atol=1)
        assert canvas.python().upload_size == (width, height)
        assert len(lab.page.url) < 500


def test_what_cannot_be_shown_says_so_and_changes_nothing(lab, menu):
    canvas = menu.canvas
    with lab.expect_rerun():
        canvas.draw(430, 20, 520, 110)
    before = canvas.agree()
    for name, data in BROKEN.items():
        menu.upload(name, data)
        (message,) = menu.alerts()
        assert len(message) > 20 and "Traceback" not in message, name
        assert "stays as it is" in message
        np.testing.assert_array_equal(canvas.agree(), before)
        assert canvas.python().scene == "coffee"
    menu.upload("fine.png", GOOD["alpha.png"][0])
    assert not menu.alerts()


def test_undo_between_two_uploads_of_the_same_size_brings_the_first_picture_back(lab, menu):
    canvas = menu.canvas
    menu.upload("one.png", saved(picture(), "PNG"))
    menu.close()
    canvas.wait("s.photo.width === arg && s.photoImage", W)
    with lab.expect_rerun():
        canvas.draw(20, 20, 60, 60)
    first = lab.page.evaluate("anchorlabBus.stage.photo.id")
    boxes = canvas.agree()
    menu.upload("two.png", saved(picture().transpose(Image.Transpose.FLIP_LEFT_RIGHT), "PNG"))
    menu.close()
    canvas.wait("s.photo.id !== arg && s.photoImage", first)
    assert len(canvas.agree()) == 0
    with lab.expect_rerun():
        lab.page.keyboard.press("Control+z")
    np.testing.assert_array_equal(canvas.agree(), boxes)
    canvas.wait("s.photo.id === arg && s.photoImage", first)


def body(lab):
    """What stands in the scene menu."""
    return lab.page.locator('[data-testid="stPopoverBody"]').inner_text()


def paste(lab, menu, boxes):
    menu.open()
    lab.page.get_by_role("tab", name="Boxes as JSON").click()
    field = lab.page.get_by_label("or pasted here")
    field.fill(json.dumps(boxes))
    with lab.expect_rerun():
        field.press("Control+Enter")


def test_what_is_said_of_boxes_is_said_of_the_last_ones(lab, menu):
    canvas = menu.canvas
    paste(lab, menu, [[10, 10, 60, 60]] * 200)
    assert "Read 200 boxes." in body(lab) and "without a class became" in body(lab)
    paste(lab, menu, [[10, 10, 60, 60]] * 1000)
    assert "at most 300" in menu.alerts()[0]
    assert "Read 200" not in body(lab) and "without a class" not in body(lab)
    assert len(canvas.agree()) == 200
    paste(lab, menu, [{"class": "cup", "xyxy": [10, 10, 60, 60]}])
    assert "Read 1 box." in body(lab) and not menu.alerts()
    # Undo takes the box away, and what was said of it.
    menu.close()
    with lab.expect_rerun():
        lab.page.keyboard.press("Control+z")
    menu.open()
    assert "Read 1 box" not in body(lab)
    paste(lab, menu, [])
    assert "The list is empty: the picture has no boxes now." in body(lab) and len(canvas.agree()) == 0
    paste(lab, menu, {"boxes": 3})
    assert "must be a list" in menu.alerts()[0] and "The list is empty" not in body(lab)
    # A menu that is opened anew has empty fields, of which nothing is to be said.
    menu.close()
    menu.open()
    assert not menu.alerts()


def test_boxes_in_fractions_are_scaled_or_not_by_one_click(lab, menu):
    canvas = menu.canvas
    paste(lab, menu, [{"class": "cup", "xyxy": [0.1, 0.1, 0.5, 0.5]}])
    assert "read as fractions of the picture" in body(lab)
    np.testing.assert_allclose(canvas.agree(), [[60, 40, 300, 200]], atol=0.01)
    with lab.expect_rerun():
        lab.page.get_by_role("button", name="Take them as pixels").click()
    np.testing.assert_allclose(canvas.agree(), [[0.1, 0.1, 0.5, 0.5]], atol=0.01)
    with lab.expect_rerun():
        lab.page.get_by_role("button", name="Scale them to the picture").click()
    np.testing.assert_allclose(canvas.agree(), [[60, 40, 300, 200]], atol=0.01)


def test_predictions_say_what_they_were_taken_for(lab):
    lab.goto("nms", "from=upload&score_threshold=0", canvas=True)
    page, canvas = lab.page, Canvas(lab)
    main = page.locator('[data-testid="stMain"]')

    def give(name, text, says):
        field = page.locator('[data-testid="stFileUploader"] input[type=file]')
        with lab.expect_rerun():
            field.set_input_files({"name": name, "mimeType": "text/csv", "buffer": text.encode()})
        main.get_by_text(says).first.wait_for()  # a file that was there is taken away by a rerun of its own
        lab.settled()

    def shown():
        canvas.drawn()
        boxes = page.evaluate("Array.from(anchorlabBus.stage.played.predictions)")
        return np.asarray(boxes, np.float32).reshape(-1, 4)

    give("none.csv", "class,score,x1,y1,x2,y2\n", "holds no predictions")
    give("ids.json", '[{"category_id": 1, "bbox": [10, 20, 30, 40], "score": 0.5}]', "Read 1 prediction.")
    assert "1 is “saucer”" in main.inner_text() and "holds no predictions" not in main.inner_text()
    give("near.csv", "cup,0.5,-0.02,0.25,0.5,1.01\ncup,0.4,0.3,0.3,0.6,0.6", "Read 2 predictions.")
    assert "1 is “saucer”" not in main.inner_text()
    assert shown().max() < 2
    with lab.expect_rerun():
        page.get_by_role("button", name="Scale them to the picture").click()
    np.testing.assert_allclose(shown(), [[0, 100, 300, 400], [180, 120, 360, 240]], atol=0.01)
    give("wrong.csv", "cup,high,1,2,3,4\ncup,0.5,1,2,3,4", "score must be an ordinary number")
    said = main.inner_text()
    assert "stay as they are" in said and "Read 2" not in said
    assert len(shown()) == 2
    # The refused file taken back leaves those that were read.
    with lab.expect_rerun():
        page.get_by_test_id("stFileChipDeleteBtn").click()
    assert "ordinary number" not in main.inner_text() and "Read 2 predictions." in main.inner_text()
    assert len(shown()) == 2
    with lab.expect_rerun():
        page.get_by_role("button", name="Remove them").click()
    assert len(shown()) == 0 and "Read 2" not in main.inner_text()


def test_a_detectors_file_becomes_scene_and_predictions(lab):
    (case,) = (c for c in _cases("torchvision_raw_detections") if c["name"] == "retinanet")
    document = case["inputs"]["file"]
    file = {
        "name": "retinanet-raw.json",
        "mimeType": "application/json",
        "buffer": json.dumps(document).encode(),
    }
    lab.goto("nms", "from=upload&score_threshold=0&iou_threshold=0.5", canvas=True)
    page, canvas = lab.page, Canvas(lab)
    field = page.locator('[data-testid="stMain"] [data-testid="stFileUploader"] input[type=file]')
    with lab.expect_rerun():
        field.set_input_files(file)
    page.get_by_text("Read 300 predictions.").first.wait_for()
    lab.settled()
    canvas.drawn()
    boxes = np.asarray(page.evaluate("Array.from(anchorlabBus.stage.played.predictions)"), np.float32)
    said = np.asarray([row["xyxy"] for row in document["predictions"]], np.float32)
    np.testing.assert_array_equal(boxes.reshape(-1, 4), said)
    assert page.evaluate("anchorlabBus.stage.data.kept") == len(case["outputs"]["kept"])
    page.get_by_role("button", name="photo.jpg").wait_for()  # the scene's menu has its name

    with lab.expect_rerun():
        canvas.press("Control+z")
    lab.settled()
    page.get_by_role("button", name="photo.jpg").wait_for(state="detached")
