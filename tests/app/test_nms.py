"""The NMS page with every method and source: it runs, and shows its own settings."""

import pytest

from anchorlab.catalogue.suppression import METHODS
from anchorlab.session import codes
from tests.app.conftest import run
from tests.sampling import sampled

SCENES = ("coffee", "coins", "hard")


@pytest.mark.parametrize(
    ("method", "source"), sampled(METHODS, ["simulated", "book", "upload", "example"], 2)
)
def test_every_method_of_every_source(open_page, method, source):
    at = open_page("nms", method=method, **{"from": source})
    assert at.selectbox(key="suppression_method").value == method


@pytest.mark.parametrize(("method", "scene"), sampled([*METHODS][2:], SCENES, 2))
def test_every_method_on_crowded_scenes(open_page, method, scene):
    at = open_page("nms", method=method, scene=scene, score="0", classwise="0", plusone="1", ties="last")
    assert at.selectbox(key="suppression_method").value == method


def test_a_method_shows_its_own_settings(open_page):
    at = open_page("nms")
    own = {
        "hard": {"suppression_iou_threshold"},
        "diou": {"suppression_iou_threshold", "suppression_diou_beta"},
        "linear": {"suppression_iou_threshold"},
        "gaussian": {"suppression_gaussian_sigma"},
        "matrix": {"suppression_matrix_sigma"},
        "fusion": {"suppression_iou_threshold"},
    }
    every = set().union(*own.values())
    for method, keys in own.items():
        run(at.selectbox(key="suppression_method").set_value(method))
        assert {slider.key for slider in at.slider} & every == keys, method


def test_another_method_starts_its_player_anew(open_page):
    at = open_page("nms", round="3", pick="4")
    run(at.selectbox(key="suppression_method").set_value("fusion"))
    chosen = at.session_state["anchorlab"].app
    assert (chosen.suppression.method, chosen.selection.nms_round, chosen.selection.prediction) == (
        "fusion",
        -1,
        -1,
    )


@pytest.mark.parametrize("target", codes.TITLES)
def test_the_target_of_the_code_goes_from_page_to_page(open_page, target):
    at = open_page("nms", code=target)
    run(at.switch_page("pages/matching.py"))
    assert at.session_state["anchorlab"].app.code == target
