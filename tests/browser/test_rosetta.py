"""Rosetta: two copies of the scene that are one, a table that asks, and ready scenes that a link brings."""

import numpy as np
import pytest

from anchorlab.catalogue.libraries import ALL, FIELDS, LIBRARIES, exchanged
from anchorlab.catalogue.libraries.demo_scenes import DEMO_SCENES
from anchorlab.session import library_answers
from anchorlab.session.app_state import DEFAULT, Objects
from tests.browser.canvas import Canvas
from tests.browser.choosing import choose

LISTS = ("Library A", "Library B", "Convention", "Scene")


def slot(lab, name):
    return lab.page.locator(f'.slot[data-name="{name}"]')


def shown(lab):
    return lab.page.evaluate(
        "() => { const d = anchorlabBus.stage.data; return { convention: d.convention, case: d.case,"
        " kind: d.kind,"
        " counter: d.counter, libraries: d.libraries.map((l) => l.name), region: d.region }; }"
    )


def half_width(lab):
    return lab.page.evaluate("anchorlabBus.stage.viewport.width / 2")


def test_the_point_is_seen_without_a_click_and_follows_the_libraries(lab):
    lab.goto("rosetta", canvas=True)
    assert (
        "torchvision RetinaNet: height over width: 2 is tall. In Keras RetinaNet: width over height"
        in slot(lab, "answer").inner_text()
    )
    first = shown(lab)
    assert first["counter"]["differ"] == 6 and first["libraries"] == ["torchvision", "keras"]
    choose(lab, "Library B", "detectron2 RetinaNet")
    slot(lab, "answer").filter(has_text="agree").wait_for()
    assert shown(lab)["counter"]["differ"] == 0
    # What differs nowhere here is offered where it does.
    link = slot(lab, "readout").locator('button[data-act^="case:"]')
    with lab.expect_rerun():
        link.click()
    after = shown(lab)
    assert after["case"] and after["counter"]["differ"] > 0


@pytest.mark.parametrize(
    ("query", "label", "words"),
    [
        ("", "Library A", "d2l"),
        ("", "Library B", "Fast R-CNN"),
        ("", "Convention", "centre in the cell (anchors)"),
        ("ask=high&b=fizyr", "Library A", "ssd.pytorch"),
        ("ask=high&b=fizyr&stride=8", "Convention", "class of a negative (targets)"),
        ("ask=stds", "Library B", "YOLOv5"),
        ("ask=ties&source=simulated", "Library B", "ssd.pytorch"),
        ("case=stride_118&a=torchvision&b=d2l&ask=uneven", "Library B", "fizyr RetinaNet"),
        ("case=center&a=torchvision&b=d2l&ask=center", "Scene", "this picture"),
    ],
)
def test_what_a_list_asks_for_is_shown(lab, query, label, words):
    """And the other lists stay as they were."""
    lab.goto("rosetta", query, canvas=True)
    lists = {name: lab.page.get_by_role("combobox", name=name) for name in LISTS}
    before = {name: box.input_value() for name, box in lists.items()}
    choose(lab, label, words)
    assert {name: box.input_value() for name, box in lists.items()} == before | {label: words}
    now = shown(lab)
    titles = [ALL[name].title for name in now["libraries"]]
    scene = DEMO_SCENES[now["case"]].title if now["case"] else "this picture"
    assert [*titles, FIELDS[now["convention"]].option, scene] == [lists[name].input_value() for name in LISTS]


def test_boxes_move_and_a_list_is_changed(lab):
    """Whichever Python answers first: in the end it is of these boxes and of that library."""
    canvas = Canvas(lab.goto("rosetta", "ask=ratio", canvas=True))
    canvas.select(1)
    canvas.press("ArrowRight")
    choose(lab, "Library B", "d2l")
    assert shown(lab)["libraries"] == ["torchvision", "d2l"]
    canvas.agree()


def test_what_is_typed_into_a_list_is_no_choice(lab):
    """Undo in its field brings back the text that was there, not the choice."""
    lab.goto("rosetta", canvas=True)
    box = lab.page.get_by_role("combobox", name="Library B")
    for words in ("MMDetection RetinaNet", "fizyr RetinaNet"):
        box.fill(words)
        with lab.expect_rerun():
            box.press("Enter")
    for keys in ("Control+z", "Control+z", "Control+z", "Escape"):
        box.press(keys)
    lab.page.wait_for_timeout(300)
    assert shown(lab)["libraries"] == ["torchvision", "fizyr"] and box.input_value() == "fizyr RetinaNet"


def test_after_many_ready_scenes_the_picture_comes_back(lab):
    lab.goto("rosetta", canvas=True)
    for case in list(DEMO_SCENES.values())[4:13]:
        choose(lab, "Scene", case.title)
    choose(lab, "Scene", "this picture")
    assert lab.page.evaluate("!!anchorlabBus.stage.photoImage && anchorlabBus.stage.picture.ready")


def test_the_table_asks_by_the_keyboard(lab):
    canvas = Canvas(lab.goto("rosetta", canvas=True))
    row = slot(lab, "conventions").locator('button[data-act="ask:ratio"]')
    row.focus()
    for _ in range(4):
        lab.page.keyboard.press("ArrowDown")
    focused = "document.activeElement.shadowRoot.activeElement.dataset.act"
    assert lab.page.evaluate(focused) == "ask:center"
    with lab.expect_rerun():
        lab.page.keyboard.press("Enter")
    assert shown(lab)["convention"] == "center"
    assert canvas.python().rosetta.convention == "center"
    slot(lab, "conventions").locator('button[data-act="ask:center"][aria-pressed="true"]').wait_for()
    assert lab.page.evaluate(focused) == "ask:center"  # the focus stays where it was
    # A column's name makes it B; undo takes it back.
    header = slot(lab, "conventions").locator('button[data-act="b:detectron2"]')
    header.focus()
    with lab.expect_rerun():
        header.press("Enter")
    assert canvas.python().rosetta.b == "detectron2"
    with lab.expect_rerun():
        lab.page.keyboard.press("Control+z")
    assert canvas.python().rosetta.b == "keras"


def test_a_row_that_is_clicked_brings_the_picture_into_sight(lab):
    lab.goto("rosetta", canvas=True)
    seen = "() => anchorlabBus.stage.frame.getBoundingClientRect().top >= -1"
    row = slot(lab, "conventions").locator('button[data-act="ask:classes"]')
    row.scroll_into_view_if_needed()
    assert not lab.page.evaluate(seen)
    with lab.expect_rerun():
        row.click()
    lab.page.wait_for_function(seen)
    # By the keyboard one stays in the table.
    row.focus()
    row.press("ArrowUp")
    with lab.expect_rerun():
        lab.page.keyboard.press("Enter")
    assert not lab.page.evaluate(seen) and shown(lab)["convention"] == "ties"


def test_both_halves_are_the_same_scene(lab):
    """What is clicked, drawn or dragged on the right is clicked, drawn or dragged on the left."""
    canvas = Canvas(lab.goto("rosetta", "ask=low_quality&a=d2l&b=torchvision", canvas=True))
    before = canvas.agree()
    across = half_width(lab)
    canvas.show()
    mouse = lab.page.mouse
    x, y = canvas.at(450, 20)
    with lab.expect_rerun():
        canvas.tool("draw")
        mouse.move(x + across, y)
        mouse.down()
        x2, y2 = canvas.at(560, 120)
        mouse.move(x2 + across, y2, steps=4)
        mouse.up()
    after = canvas.agree()
    assert len(after) == len(before) + 1
    np.testing.assert_allclose(after[-1], [450, 20, 560, 120], atol=2)
    lab.page.keyboard.press("Escape")
    # The next difference, by its key; both libraries say what they think of it.
    state = canvas.seen()["anchor"]
    canvas.press(".")
    canvas.answered()
    assert canvas.seen()["anchor"] != state
    assert "d2l" in canvas.spoken() and "torchvision" in canvas.spoken()
    # A click on the right picks a word of B.
    lab.goto("rosetta", canvas=True)
    canvas.show()
    keys = lab.page.evaluate("anchorlabBus.stage.data.sides[1].words.map((w) => [w.key, ...w.box])")
    key, x1, y1, *_ = min(keys, key=lambda k: (k[3] - k[1]) * (k[4] - k[2]))
    px, py = canvas.at(x1 + 2, y1 + 2)
    mouse.click(px + half_width(lab), py)
    canvas.answered()
    assert canvas.seen()["step"] == key and canvas.python().selection.word == key


def test_a_case_is_in_the_link(lab, open_lab):
    canvas = Canvas(lab.goto("rosetta", canvas=True))
    choose(lab, "Scene", "Two objects, one best anchor")
    canvas.answered()
    assert lab.page.url.endswith("?a=d2l&b=ssd&ask=shared_best&case=two_gts_same_best_anchor")
    assert "d2l ①, a round gave it to ①." in slot(lab, "readout").inner_text()
    # Every library's answer stands below, those of another mind marked.
    lab.page.locator(".answers table").filter(has_text="≠ ②").wait_for(timeout=30_000)
    other = open_lab()
    other.page.goto(lab.page.url)
    other.settled()
    other.painted()
    assert shown(other) == shown(lab)
    lab.page.reload()
    lab.settled()
    lab.painted()
    assert shown(lab)["case"] == "two_gts_same_best_anchor"


def test_a_library_is_used_on_all_pages(lab):
    canvas = Canvas(lab.goto("rosetta", "a=mmdetection", canvas=True))
    with lab.expect_rerun():
        lab.page.get_by_role("button", name="Use MMDetection RetinaNet’s conventions on all pages").click()
    state = canvas.python()
    assert (state.matching.rule, state.anchors.center, state.coder.clamp_both) == ("max_iou", 0, True)
    with lab.expect_rerun():
        canvas.focus()
        canvas.press("Control+z")
    assert canvas.python().matching.rule == "threshold"


@pytest.mark.lab(viewport="phone", touch=True)
def test_on_a_phone_the_halves_are_stacked_and_the_table_has_two_columns(lab):
    lab.goto("rosetta", canvas=True)
    assert not lab.overflowing()
    assert lab.page.evaluate("anchorlabBus.stage.narrow")
    heads = slot(lab, "conventions").locator("thead th").all_inner_texts()
    assert [" ".join(h.split()) for h in heads] == ["A torchvision RetinaNet", "B Keras RetinaNet"]
    lab.goto("rosetta", "case=equal_scores&a=torchvision&b=ssd&ask=ties", canvas=True)
    assert not lab.overflowing()


@pytest.mark.parametrize("pair", [("d2l", "ssd"), ("fizyr", "yolo"), ("torchvision", "mmdetection")])
def test_while_a_box_is_dragged_the_browser_matches_as_each_library(lab, pair):
    a, b = pair
    canvas = Canvas(lab.goto("rosetta", f"ask=background&a={a}&b={b}", canvas=True))
    canvas.select(1)
    with lab.expect_no_rerun():
        canvas.hold((290, 150), (330, 175), (351, 181))
    seen = lab.page.evaluate(
        """() => { const s = anchorlabBus.stage, f = s.view.labelled(s), list = (m) => ({ code: [...m.code],
          classes: [...m.classes] }); return { stale: s.stale, boxes: s.boxes, ids: s.boxClasses,
          count: f.count,
          said: s.view.numbers(s).labels, alone: f.alone, caused: f.caused && [...f.caused], a: list(f.a), b: list(f.b) }; }"""
    )
    assert seen["stale"]
    objects = Objects(tuple(map(tuple, seen["boxes"])), tuple(seen["ids"]), ("saucer", "cup", "spoon"))
    found = [library_answers.labels(name, DEFAULT.anchors, 400, 600, objects) for name in pair]
    for name, expected in zip("ab", found, strict=True):
        assert seen[name]["code"] == expected.code.tolist()
        assert seen[name]["classes"] == expected.classes.tolist()
    differ = int((found[0].classes != found[1].classes).sum())
    assert seen["count"] == differ and seen["said"].startswith(
        f"<b>{f'{differ:,}' if differ else 'None'}</b> of "
    )
    # How much of it comes of the one convention is known while the box moves, too.
    changed = exchanged(LIBRARIES[a], LIBRARIES[b], "background")
    caused = (found[0].classes != found[1].classes) & (
        found[0].classes != library_answers.labels(changed, DEFAULT.anchors, 400, 600, objects).classes
    )
    assert seen["caused"] == caused.astype(int).tolist() and seen["alone"] == caused.sum()
    lab.page.mouse.up()
    canvas.agree()
