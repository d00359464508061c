"""The code of every page for every target, whatever the settings are."""

import ast
from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given, settings

from anchorlab.canvas.pages import PAGES
from anchorlab.session import codes, snippets
from anchorlab.session.app_state import DEFAULT, CodeTarget, put
from tests.unit.app_states import app_states
from tests.unit.session.test_snippets import scene_of

OTHERS = [target for target in codes.TITLES if target != "anchorlab"]


def test_every_target_has_a_title():
    assert tuple(codes.TITLES) == get_args(CodeTarget)


@pytest.mark.parametrize("page", [page for page in PAGES.values() if page.script])
def test_this_librarys_code_is_that_of_the_page(page):
    scene = scene_of(DEFAULT)
    assert page.code(DEFAULT, scene) == snippets.snippet(page.script, DEFAULT, scene)


@pytest.mark.parametrize("target", OTHERS)
@given(app=app_states())
@settings(max_examples=60)
def test_any_settings_can_be_written(target, app):
    scene = scene_of(app)
    text = PAGES["nms"].code(replace(app, code=target), scene)
    ast.parse(text)
    assert "nan" not in text.lower().replace("anchor", "").split()


@pytest.mark.parametrize("target", OTHERS)
def test_classes_and_thresholds_arrive(target):
    app = put(
        DEFAULT,
        code=target,
        matching__threshold__high=0.65,
        suppression__score_threshold=0.35,
        suppression__iou_threshold=0.45,
    )
    text = PAGES["matching"].code(app, scene_of(app))
    for number in ("num_classes=3", "0.65", "0.35", "0.45"):
        assert number in text.replace("num_classes = 3", "num_classes=3")


@pytest.mark.parametrize("target", OTHERS)
def test_a_page_has_its_own_anchors(target):
    """The Pyramid page shows the pyramid and the Anchors page the grid, whichever the other pages use."""
    scene = scene_of(DEFAULT)
    for layout in ("grid", "pyramid"):
        app = put(DEFAULT, code=target, layout=layout)
        written = {page: PAGES[page].code(app, scene) for page in ("anchors", "pyramid", "matching")}
        assert written["anchors"] != written["pyramid"]
        assert written["matching"] == written["anchors" if layout == "grid" else "pyramid"]
