"""The Pyramid page: an object's level follows its size, presets in one click, levels alone, links."""

import numpy as np

from anchorlab.catalogue.presets import PRESETS
from anchorlab.scenes import catalogue
from anchorlab.session import results
from anchorlab.session.anchor_source import AnchorSource
from anchorlab.session.app_state import Objects
from tests.browser.canvas import Canvas

_SEEN = """() => {
  const s = anchorlabBus.stage;
  const found = s.boxes.map((b) => s.generated.best(b));
  return { names: s.generated.levels.map((l) => l.name), count: s.generated.count, alone: s.step, stale: s.stale, resize: s.pyramid.resize,
           winner: found.map((f) => f.winner), iou: found.map((f) => Array.from(f.iou)), boxes: s.boxes.map((b) => [...b]),
           anchor: found.map((f) => Array.from(f.anchor)) };
}"""


def seen(canvas: Canvas) -> dict:
    return canvas.page.evaluate(_SEEN)


def landed(canvas: Canvas) -> list[str]:
    """The level of every object."""
    now = seen(canvas)
    return [now["names"][level] for level in now["winner"]]


def strip(canvas: Canvas) -> str:
    canvas.drawn()
    return canvas.page.evaluate("anchorlabBus.stage.stripElement.innerText.replace(/\\s+/g, ' ')")


def assert_engine_agrees(canvas: Canvas, how: AnchorSource, scene_id: str = "coffee") -> None:
    now, info = seen(canvas), catalogue.SCENES[scene_id]
    boxes = tuple(tuple(map(float, box)) for box in now["boxes"])
    reach = results.level_fit(how, info.height, info.width, Objects(boxes, (0,) * len(boxes), ("x",)))
    np.testing.assert_allclose(np.asarray(now["iou"]).T, reach.iou, atol=2e-7)
    np.testing.assert_array_equal(np.asarray(now["anchor"]).T, reach.anchor)


def test_a_smaller_object_lands_on_a_finer_level_while_it_is_dragged(lab):
    canvas = Canvas(lab.goto("pyramid", "object=2", canvas=True))
    assert landed(canvas) == ["P6", "P6", "P5"]
    x1, y1, x2, y2 = canvas.boxes()[2]
    with lab.expect_no_rerun():
        canvas.hold((x2, y2), (x2 - 20, y2 - 40), ((x1 + x2) / 2, (y1 + y2) / 2))
        canvas.drawn()
        now = seen(canvas)
        assert now["stale"] and landed(canvas) == ["P6", "P6", "P4"]
        assert "P4" in lab.page.locator(".level.lit").inner_text()
        assert_engine_agrees(canvas, AnchorSource(PRESETS["retinanet"].spec))
    with lab.expect_rerun():
        canvas.page.mouse.up()
    canvas.agree()
    assert not seen(canvas)["stale"] and landed(canvas) == ["P6", "P6", "P4"]
    assert_engine_agrees(canvas, AnchorSource(PRESETS["retinanet"].spec))
    assert "land on P4" in lab.page.locator(".why").inner_text()


def test_a_preset_in_one_click_and_its_sum_in_the_link(lab):
    canvas = Canvas(lab.goto("pyramid", canvas=True))
    assert "9 · ( 50·75 + 25·38 + 13·19 + 7·10 + 4·5 ) = 45,333 anchors" in strip(canvas)
    with lab.expect_rerun():
        lab.page.get_by_role("radio", name="SSD300").click()
    assert "38²·4 + 19²·6 + 10²·6 + 5²·6 + 3²·4 + 1²·4 = 8,732 anchors" in strip(canvas)
    assert_engine_agrees(canvas, AnchorSource(PRESETS["ssd300"].spec, (300, 300)))
    assert "pyramid=ssd300" in lab.page.url and "resize=300x300" in lab.page.url
    with lab.expect_rerun():
        lab.page.get_by_role("radio", name="YOLOv3, v5").click()
    assert seen(canvas)["resize"] == 1
    with lab.expect_rerun():
        lab.page.get_by_text("Squeezed to 416 × 416, as in its well-known count").click()
    assert "3 · ( 52² + 26² + 13² ) = 10,647 anchors" in strip(canvas)
    before = seen(canvas)
    lab.page.reload()
    lab.settled()
    lab.painted()
    assert seen(canvas) == before
    assert "10,647" in strip(canvas)


def test_a_resized_picture_changes_the_level_but_not_the_anchors(lab):
    canvas = Canvas(lab.goto("pyramid", "resize=0.55", canvas=True))
    assert landed(canvas) == ["P5", "P5", "P4"]
    slider = lab.page.get_by_role("slider", name="Image resized by")
    with lab.expect_rerun():
        slider.press("ArrowLeft")
    assert seen(canvas)["resize"] == 0.5
    assert_engine_agrees(canvas, AnchorSource(PRESETS["retinanet"].spec, 0.5))


def test_a_level_alone_by_key_and_by_click(lab):
    canvas = Canvas(lab.goto("pyramid", canvas=True))
    canvas.focus()
    canvas.press("[")
    assert "Level P5 finds it best, at IoU 0.77." in canvas.spoken()
    canvas.press("Escape", "4")
    assert seen(canvas)["alone"] == 3 and "P6 alone" in canvas.spoken()
    canvas.answered()
    assert "level=3" in lab.page.url
    canvas.press("ArrowDown")
    assert seen(canvas)["alone"] == 4
    canvas.press("Escape")
    assert seen(canvas)["alone"] == -1
    level = lab.page.locator(".level").nth(1)
    level.click()
    canvas.drawn()
    assert seen(canvas)["alone"] == 1 and level.get_attribute("aria-pressed") == "true"
    level.click()
    assert seen(canvas)["alone"] == -1
    canvas.answered()


def test_other_pages_lay_the_pyramid_and_the_way_back(lab):
    canvas = Canvas(lab.goto("pyramid", canvas=True))
    with lab.expect_rerun():
        lab.page.get_by_role("radio", name="this pyramid").click()
    lab.page.get_by_role("link", name="Matching", exact=True).click()
    lab.page.wait_for_function("anchorlabBus.stage?.data.view === 'matching'")
    lab.settled()
    assert lab.page.evaluate("anchorlabBus.stage.generated.count") == 45333
    assert lab.page.evaluate("anchorlabBus.stage.labels.best_anchor_iou.length") == 3
    lab.page.get_by_role("link", name="Anchors", exact=True).click()
    lab.page.wait_for_function("anchorlabBus.stage?.data.view === 'anchors'")
    lab.settled()
    assert lab.page.evaluate("anchorlabBus.stage.generated.count") == 2223
    with lab.expect_rerun():
        lab.page.get_by_role("radio", name="this grid").click()
    assert canvas.python().layout == "grid"


def test_levels_sizes_and_the_table_are_adjusted(lab):
    canvas = Canvas(lab.goto("pyramid", canvas=True))
    with lab.expect_rerun():
        lab.page.get_by_text("Adjust the pyramid").click()
    chips = lab.page.locator(".st-key-pyramid_levels")
    with lab.expect_rerun():
        chips.get_by_role("button", name="P3").click()
    assert seen(canvas)["names"] == ["P4", "P5", "P6", "P7"] and seen(canvas)["count"] == 45333 - 33750
    own = canvas.python().pyramid.levels
    assert own == PRESETS["retinanet"].spec.levels[1:]
    # A ratio that is none is refused where it was typed, and nothing changes.
    ratios = lab.page.get_by_role("textbox", name="Add a ratio")
    ratios.fill("wide")
    with lab.expect_no_rerun():
        ratios.press("Enter")
    assert "“wide” is not a number" in lab.page.get_by_role("alert").filter(has_text="wide").inner_text()
    assert canvas.python().pyramid.levels == own
    before = seen(canvas)
    lab.page.reload()
    lab.settled()
    lab.painted()
    assert seen(canvas) == before
    with lab.expect_rerun():
        lab.page.get_by_role("radio", name="RetinaNet").click()
    assert seen(canvas)["count"] == 45333
