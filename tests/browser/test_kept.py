"""What the tab keeps over a reload: an uploaded picture with its exercise, and predictions; in this tab only."""

import base64
import json
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from PIL import Image

from tests.browser.canvas import Canvas
from tests.browser.test_uploads import GOOD, H, Menu, W, picture, saved

LOST = "uploads never leave the browser tab"
_STORED = "() => Object.keys(sessionStorage).filter((name) => name.startsWith('anchorlab.')).sort()"
# Every text of an alert that was ever on the page, from its beginning.
_WATCH_ALERTS = """() => {
  window.alerts = new Set();
  const look = () => document.querySelectorAll('[data-testid="stAlert"]').forEach((e) => alerts.add(e.innerText));
  new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true });
}"""


def large_photo() -> bytes:
    """A photo of 2400 x 1800 that a screen shows at two thirds of its size."""
    x, y = np.meshgrid(np.arange(2400), np.arange(1800))
    grain = np.random.default_rng(0).integers(0, 40, (1800, 2400))
    return saved(
        Image.fromarray(np.stack([x % 200, y % 200, grain], -1).astype(np.uint8)), "JPEG", quality=85
    )


def stored(lab):
    return lab.page.evaluate(_STORED)


def kept(lab):
    """Waits until the tab has the picture."""
    lab.page.wait_for_function(
        "anchorlabBus.kept?.kept && anchorlabBus.kept.id === anchorlabBus.stage.photo.id"
    )


def photo(lab):
    return lab.page.evaluate(
        "({ ...anchorlabBus.stage.photo, there: Boolean(anchorlabBus.stage.photoImage) })"
    )


def reload(lab):
    lab.page.reload()
    arrived(lab)


def arrived(lab):
    lab.painted()
    lab.settled()
    lab.page.wait_for_function("Boolean(anchorlabBus.stage?.photoImage)")


def lost(lab):
    return LOST in lab.page.locator('[data-testid="stMain"]').inner_text()


def said_in(menu, sentence):
    """Waits for what the menu says of the upload in the scene; the menu has closed, as the picture is there."""
    menu.open()
    menu.page.get_by_role("tab", name="Your own picture").click()
    menu.page.get_by_text(sentence).wait_for()


@pytest.fixture
def menu(lab):
    """The scene menu, with an upload in the scene and a box on it."""
    menu = Menu(lab)
    lab.goto("matching", canvas=True)
    menu.upload("mine.jpg", GOOD["turned.jpg"][0])
    said_in(menu, "This tab keeps your picture: a reload brings it back.")
    menu.close()
    menu.canvas.wait("s.photo.width === arg && s.photoImage", H)
    with lab.expect_rerun():
        menu.canvas.draw(10, 20, 60, 90)
    menu.canvas.agree()
    kept(lab)
    return menu


def reset(lab, what):
    with lab.expect_rerun():
        lab.page.get_by_role("button", name="Reset", exact=True).click()
    with lab.expect_rerun():
        lab.page.get_by_role("button", name=what, exact=True).click()
    lab.page.keyboard.press("Escape")
    lab.page.locator('[data-testid="stPopoverBody"]').wait_for(state="detached")
    lab.settled()


def test_a_reload_keeps_picture_boxes_names_and_link(lab):
    canvas, menu = Canvas(lab.goto("matching", canvas=True)), Menu(lab)
    menu.upload("holiday.jpg", large_photo())
    menu.close()
    canvas.wait("s.photo.width === 1600 && s.photo.height === 1200 && s.photoImage")
    with lab.expect_rerun():
        canvas.draw(300, 300, 900, 1000)
    lab.page.keyboard.press("v")
    with lab.expect_rerun():
        field = lab.page.locator(".objectbar input")
        field.fill("a wall")
        field.press("Enter")
    boxes, before, address = canvas.agree(), photo(lab), lab.page.url
    kept(lab)
    lab.page.add_init_script(f"({_WATCH_ALERTS})()")
    for page in ("", "pyramid"):
        if page:  # the tab keeps it for every page
            with lab.expect_rerun():
                lab.page.get_by_role("link", name="Pyramid", exact=True).first.click()
            lab.page.wait_for_function("anchorlabBus.stage?.data.view === 'pyramid'")
            lab.settled()
            address = lab.page.url
        reload(lab)
        assert photo(lab) == before and before["there"]
        np.testing.assert_array_equal(canvas.agree(), boxes)
        assert canvas.seen()["classes"] == ["a wall"] and lab.page.url == address
        assert lab.page.evaluate("[...alerts]") == []  # nothing was said of a lost picture meanwhile
    assert "holiday" in lab.page.get_by_test_id("stPopoverButton").first.inner_text()
    # Boxes still speak of the file's own pixels.
    with lab.expect_rerun():
        lab.page.get_by_role("button", name="Share", exact=True).click()
    with lab.page.expect_download() as coming:
        lab.page.get_by_role("button", name="Boxes (JSON)").click()
    said = json.loads(Path(coming.value.path()).read_bytes())
    assert said["image"] == {"width": 2400, "height": 1800}
    np.testing.assert_allclose([b["xyxy"] for b in said["boxes"]], boxes * 1.5, atol=0.01)


def test_only_this_tab_has_it(lab, open_lab, menu):
    address, boxes = lab.page.url, menu.canvas.agree()
    other = open_lab()
    other.page.goto(address)
    arrived(other)
    assert lost(other) and photo(other)["id"] != photo(lab)["id"] and not stored(other)
    np.testing.assert_array_equal(Canvas(other).agree(), boxes)  # the boxes are in the link
    assert other.page.url == address
    reload(other)
    assert lost(other) and other.page.url == address
    # The same picture opened by hand is the link's.
    again = Menu(other)
    again.upload("mine.jpg", GOOD["turned.jpg"][0])
    again.close()
    again.canvas.wait("s.photo.id === arg && s.photoImage", photo(lab)["id"])
    np.testing.assert_array_equal(again.canvas.agree(), boxes)
    assert not lost(other) and other.page.url == address


def test_the_link_of_another_upload_does_not_show_this_one(lab, menu):
    mine = photo(lab)["id"]
    assert f"photo={mine}" in lab.page.url
    lab.page.goto(lab.page.url.replace(mine, "0123456789abcdef"))
    arrived(lab)
    assert lost(lab) and photo(lab)["id"] != mine
    # And back again it is there.
    lab.page.go_back()
    arrived(lab)
    lab.page.wait_for_function("id => anchorlabBus.stage.photo.id === id", arg=mine)
    assert not lost(lab)


def test_reset_everything_takes_it_away_and_undo_brings_it_back(lab, menu):
    mine, address = photo(lab)["id"], lab.page.url
    reset(lab, "This page")
    assert stored(lab) == ["anchorlab.picture"]
    reset(lab, "Everything")
    assert photo(lab)["id"] != mine
    lab.page.wait_for_function(f"({_STORED})().length === 0")
    menu.canvas.focus()
    with lab.expect_rerun():
        menu.canvas.press("Control+z")
    menu.canvas.wait("s.photo.id === arg && s.photoImage", mine)
    kept(lab)
    reload(lab)
    assert photo(lab)["id"] == mine and not lost(lab)
    reset(lab, "Everything")
    lab.page.wait_for_function(f"({_STORED})().length === 0")
    lab.page.goto(address)
    arrived(lab)
    assert lost(lab)


def test_from_a_built_in_scene_undo_goes_back_to_it(lab, menu):
    mine = photo(lab)["id"]
    menu.open()
    with lab.expect_rerun():
        lab.page.get_by_role("button", name="Astronaut", exact=True).click()
    menu.close()
    menu.canvas.wait("s.photo.id !== arg && s.photoImage", mine)
    assert "photo=" not in lab.page.url
    menu.canvas.focus()
    with lab.expect_rerun():
        menu.canvas.press("Control+z")
    menu.canvas.wait("s.photo.id === arg && s.photoImage", mine)
    lab.settled()
    reload(lab)
    assert photo(lab)["id"] == mine and len(menu.canvas.agree()) == 1


def test_a_full_storage_is_said_and_breaks_nothing(lab):
    lab.goto("matching", canvas=True)
    lab.page.evaluate("""() => {
      let text = "x".repeat(1 << 20);
      for (let k = 0; text; k++) {
        try { sessionStorage.setItem(`full${k}`, text); } catch { text = text.slice(0, text.length >> 1); }
      }
    }""")
    menu = Menu(lab)
    menu.upload("mine.jpg", GOOD["turned.jpg"][0])
    said_in(menu, "Your browser has no room to keep your picture: a reload will lose it.")
    menu.close()
    menu.canvas.wait("s.photo.width === arg && s.photoImage", H)
    reload(lab)
    assert lost(lab)


def test_a_storage_that_was_tampered_with_gives_no_picture(lab, menu):
    mine = photo(lab)["id"]
    other = base64.b64encode(saved(picture().resize((H, W)), "PNG")).decode()
    for data in ("<script>", "SGVsbG8=", other, 7):
        lab.page.evaluate(
            """(data) => {
              const kept = JSON.parse(sessionStorage.getItem("anchorlab.picture") ?? "{}");
              sessionStorage.setItem("anchorlab.picture", JSON.stringify({ ...kept, data }));
            }""",
            data,
        )
        reload(lab)
        assert lost(lab) and photo(lab)["id"] != mine
        assert len(menu.canvas.agree()) == 1  # the link's box


@pytest.mark.parametrize("own", [False, True])
def test_predictions_come_back_with_the_picture_they_are_of(lab, request, own):
    if own:
        request.getfixturevalue("menu")
        with lab.expect_rerun():
            lab.page.get_by_role("link", name="NMS", exact=True).first.click()
        lab.page.wait_for_function("anchorlabBus.stage?.data.view === 'nms'")
        lab.settled()
        with lab.expect_rerun():
            lab.page.get_by_role("radio", name="upload").click()
    else:
        lab.goto("nms", "scene=cat&from=upload", canvas=True)
    field = lab.page.locator('[data-testid="stMain"] [data-testid="stFileUploader"] input[type=file]')
    text = 'eye,0.9,10.25,20,40,70\n"left, one",0.75,12,20,44,71.5'
    with lab.expect_rerun():
        field.set_input_files({"name": "d.csv", "mimeType": "text/csv", "buffer": text.encode()})
    lab.page.get_by_text("Read 2 predictions.").wait_for()

    def shown():
        return lab.page.evaluate(
            "() => { const d = anchorlabBus.stage.data; return [Array.from(d.predictions), Array.from(d.scores),"
            " Array.from(d.prediction_classes, (c) => d.classes[c])]; }"
        )

    before = shown()
    assert before[2] == ["eye", "left, one"]
    lab.page.wait_for_function(f"({_STORED})().includes('anchorlab.predictions')")
    reload(lab)
    lab.page.get_by_text("This tab kept them").wait_for()
    lab.settled()
    assert shown() == before
    # Of another picture they are not.
    query = urlsplit(lab.page.url).query
    lab.goto("nms", "scene=rocket&from=upload", canvas=True)
    assert shown()[0] == []
    lab.goto("nms", query, canvas=True)
    lab.page.get_by_text("This tab kept them").wait_for()
    with lab.expect_rerun():
        lab.page.get_by_role("button", name="Remove them").click()
    lab.page.wait_for_function(f"!({_STORED})().includes('anchorlab.predictions')")
    reload(lab)
    assert shown()[0] == []
