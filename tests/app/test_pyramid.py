"""The Pyramid page's script: every preset on every scene, what people change, what is refused."""

import pytest

from anchorlab.canvas.pages import PAGES
from anchorlab.catalogue.presets import PRESETS
from anchorlab.scenes.catalogue import SCENES
from anchorlab.session import app_state as app_states
from anchorlab.session import pyramid_choices as pyramid
from tests.app.conftest import run, send


def app(at):
    return at.session_state["anchorlab"].app


def errors(at) -> list[str]:
    return [box.value for box in at.error]


@pytest.mark.parametrize("scene", SCENES)
def test_every_preset_on_every_scene(open_page, scene):
    at = open_page("pyramid", scene=scene)
    for name in [*pyramid.shown(), "retinanet"]:
        run(at.segmented_control(key="pyramid_preset").set_value(name))
        assert app(at).pyramid == PRESETS[name].spec and not errors(at)


@pytest.mark.parametrize(
    "query",
    [
        {"pyramid": "8:10x13,16x30~40@7x9!odd:20x20"},
        {"pyramid": "nonsense"},
        {"pyramid": "2:" + ",".join(["9x9"] * 40)},
        {"pyramid": "~".join(["2@512x512:9x9"] * 20)},
        {"pyramid": "ssd300", "resize": "32x2048"},
        {"resize": "nan", "versus": "nobody", "level": "99", "uneven": "?"},
        {"scene": "upload", "size": "4096x4096"},
        {"scene": "upload", "size": "1x1", "pyramid": "fpn", "pborder": "ignore"},
        {"layout": "pyramid", "boxes": "~", "pcenter": "0"},
    ],
)
def test_odd_links(open_page, query):
    at = open_page("pyramid", **query)
    assert len(at.title) == 1
    assert (
        len(
            open_page("matching", layout="pyramid", **{k: v for k, v in query.items() if k != "layout"}).title
        )
        == 1
    )


def test_resizing_and_the_usual_size(open_page):
    at = open_page("pyramid")
    run(at.slider(key="resize").set_value(0.5))
    assert app(at).resize == 0.5
    run(at.toggle(key="pyramid_usual_0").set_value(True))
    assert app(at).resize == (832, 640)
    run(at.toggle(key="pyramid_usual_0").set_value(False))
    assert app(at).resize == 1.0


def test_nothing_is_compared_with_itself(open_page):
    at = open_page("pyramid")
    assert (app(at).rival, at.selectbox(key="rival").value) == ("fpn", "fpn")
    run(at.segmented_control(key="pyramid_preset").set_value("fpn"))
    at = run(at)
    assert (app(at).rival, at.selectbox(key="rival").value) == ("retinanet", "retinanet")
    run(at.segmented_control(key="pyramid_preset").set_value("ssd300"))
    assert app(at).rival == "retinanet"


def test_an_adjusted_pyramid_gives_way_to_its_rival(open_page):
    at = open_page("pyramid", pyramid="8:10x13~16:30x61")
    assert app(at).rival == "fpn"
    run(at.segmented_control(key="pyramid_preset").set_value("fpn"))
    assert app(at).rival == "retinanet"


def test_too_many_anchors_are_refused_in_place(open_page):
    at = open_page("pyramid", scene="hard")
    run(at.slider(key="resize").set_value(2.0))
    assert app(at).resize == 1.0
    assert any("more than the" in text for text in errors(at))
    run(at.slider(key="resize").set_value(0.9))
    assert app(at).resize == 0.9 and not errors(at)


def test_the_other_pages_may_use_it(open_page):
    at = open_page("pyramid")
    run(at.segmented_control(key="layout").set_value("pyramid"))
    for page in ("home", "anchors", "matching", "offsets", "nms"):
        run(at.switch_page(f"pages/{page}.py"))
    run(at.switch_page("pages/anchors.py"))
    assert any("pyramid" in box.value for box in at.info)
    run(at.segmented_control(key="layout").set_value("grid"))
    assert not at.info


def test_a_level_picked_on_the_canvas_is_in_the_lab(open_page):
    at = open_page("pyramid")
    picked = {"pick": 1, "object": -1, "anchor": -1, "cell": -1, "prediction": -1, "step": 3}
    send(at, "pyramid_stage", state={"pick": picked})
    assert app(at).selection.level == 3


def test_reset_brings_the_page_back(open_page):
    at = open_page(
        "pyramid", pyramid="ssd300", resize="300x300", versus="yolov2", layout="pyramid", level="2"
    )
    assert app(at).pyramid == PRESETS["ssd300"].spec
    assert app_states.reset(app(at), *PAGES["pyramid"].resets) == app_states.DEFAULT
