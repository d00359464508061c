"""What is sent to the canvas is what `contract` declares, and no more."""

from dataclasses import replace

import numpy as np
import pytest

from anchorlab.canvas import component, contract
from anchorlab.canvas.pages import PAGES
from anchorlab.canvas.payload import pack
from anchorlab.canvas.views import pyramid
from anchorlab.catalogue.controls import paths
from anchorlab.catalogue.libraries import FIELDS
from anchorlab.catalogue.libraries.demo_scenes import DEMO_SCENES
from anchorlab.catalogue.matching import RULES
from anchorlab.catalogue.presets import PRESETS
from anchorlab.catalogue.suppression import METHODS
from anchorlab.session import comparison, scene, store
from anchorlab.session.app_state import DEFAULT, AppState, Objects, put

STATES = {
    "at first": DEFAULT,
    "no object": put(DEFAULT, objects=Objects()),
    "coder": put(DEFAULT, **{"coder.kind": "corner", "coder.clamp": 2.0, "offsets": (0.1, -0.2, 0.3, -0.4)}),
    **{rule: put(DEFAULT, **{"matching.rule": rule}) for rule in RULES},
    **{method: put(DEFAULT, **{"suppression.method": method}) for method in METHODS},
    **{f"from {source}": put(DEFAULT, source=source) for source in ("book", "upload", "example")},
    "odd stride": put(DEFAULT, **{"anchors.stride": 33.3, "anchors.border": "ignore"}),
    **{name: put(DEFAULT, layout="pyramid", pyramid=preset.spec) for name, preset in PRESETS.items()},
    "squeezed": put(DEFAULT, layout="pyramid", pyramid=PRESETS["ssd300"].spec, resize=(300, 300)),
    "its own": put(
        DEFAULT,
        layout="pyramid",
        pyramid=replace(
            PRESETS["yolov3"].spec, levels=PRESETS["yolov3"].spec.levels[:2], border="ignore", uneven="exact"
        ),
        resize=0.35,
    ),
}


def message(page: str, app: AppState) -> dict:
    made = component.of_page(page, scene.built_in(app.scene, app.objects), app)
    return made | component.of_session(store.Session(app))


@pytest.mark.parametrize("question", FIELDS)
def test_every_question_is_as_declared(question):
    assert not contract.check(
        message("rosetta", put(DEFAULT, **comparison.choose_convention(DEFAULT, question)))
    )


@pytest.mark.parametrize("demo", DEMO_SCENES)
def test_every_demo_scene_is_as_declared(demo):
    assert not contract.check(message("rosetta", put(DEFAULT, **comparison.choose_demo(demo))))


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("page", PAGES)
def test_every_message_is_as_declared(page, state):
    app = STATES[state]
    sent = message(page, app)
    assert not contract.check(sent)
    assert pack(sent)
    moved = {path for control in PAGES[page].controls for path in paths(control)}
    assert moved <= set(sent["settings"])


def test_every_preset_is_as_declared():
    assert not list(contract.wrong(pyramid.presets(), list[pyramid.Preset], "presets"))
    assert {preset["name"] for preset in pyramid.presets()} <= set(PRESETS)


def test_what_is_not_declared_is_told():
    right = message("offsets", DEFAULT)
    wrong = {
        "offsets.round_trip is missing": {k: v for k, v in right.items() if k != "round_trip"},
        "offsets.more is declared nowhere": right | {"more": 1},
        "offsets.label: int32[:], not int8[:]": right | {"label": right["label"].astype(np.int32)},
        "offsets.boxes: float32[:], not float32[:, :]": right | {"boxes": right["boxes"].ravel()},
        "offsets.photo.width: str, not int": right | {"photo": right["photo"] | {"width": "600"}},
        "offsets.classes[0]: int, not str": right | {"classes": [3]},
        "offsets.edit: bool, not int": right | {"edit": True},
    }
    for told, sent in wrong.items():
        assert contract.check(sent) == [told]


def test_the_list_names_every_view_and_everything_in_it():
    text = contract.listed()
    for view, declared in contract.VIEWS.items():
        assert f"{view}: " in text
        for name in declared.__annotations__:
            assert f"  {name}" in text
