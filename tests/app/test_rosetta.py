"""Rosetta: every ready case, every convention, and one library against each of the others."""

import json

import pytest

from anchorlab.catalogue.libraries import ALL, FIELDS, LIBRARIES
from anchorlab.catalogue.libraries.as_library import match_spec
from anchorlab.catalogue.libraries.demo_scenes import DEMO_SCENES
from anchorlab.session.app_state import DEFAULT
from tests.app.conftest import run, send

SCENES = ("coffee", "coins", "hard")


def rosetta(at):
    return at.session_state["anchorlab"].app.rosetta


def choose(at, key, value):
    """Another option of a list; then the whole page, of which a choice redraws only what it concerns."""
    run(at.selectbox(key=key).set_value(value))
    return run(at)


@pytest.mark.parametrize("case", DEMO_SCENES)
def test_every_case(open_page, case):
    found = DEMO_SCENES[case]
    at = open_page("rosetta", case=case, a=found.a, b=found.b, ask=found.convention)
    assert rosetta(at).case == case
    assert at.selectbox(key="rosetta_case").value == case
    assert not at.error


@pytest.mark.parametrize("library", ALL)
def test_every_library_against_torchvision(open_page, library):
    """On each kind of question; what a library cannot answer is said, not raised."""
    at = open_page("rosetta", b=library)
    for convention in ("center", "low_quality", "background", "coder", "ties"):
        choose(at, "rosetta_convention", convention)
        assert rosetta(at).convention == convention
    choose(at, "rosetta_a", library)
    assert rosetta(at).a == rosetta(at).b == library


def test_every_convention(open_page):
    at = open_page("rosetta", a="d2l", b="ssd")
    for convention in FIELDS:
        choose(at, "rosetta_convention", convention)
        assert rosetta(at).convention == convention


@pytest.mark.parametrize("scene", SCENES)
def test_a_case_is_drawn_on_its_own_paper_and_the_scene_comes_back(open_page, scene):
    at = open_page("rosetta", scene=scene)
    choose(at, "rosetta_case", "low_quality_steals")
    chosen = rosetta(at)
    assert (chosen.convention, chosen.a, chosen.b) == ("shared_best", "torchvision", "mmdetection")
    choose(at, "rosetta_case", "")
    assert rosetta(at).case == "" and at.session_state["anchorlab"].app.scene == scene


def test_another_kind_of_question_leaves_the_case(open_page):
    at = open_page("rosetta", case="low_quality_steals", ask="shared_best")
    choose(at, "rosetta_convention", "at_low")
    assert rosetta(at).case == "low_quality_steals"
    choose(at, "rosetta_convention", "ties")
    assert rosetta(at).case == ""


@pytest.mark.parametrize(
    ("sent", "path", "value"),
    [
        ({"ask": "center"}, "convention", "center"),
        ({"case": "equal_scores"}, "case", "equal_scores"),
        ({"b": "d2l"}, "b", "d2l"),
        ({"ask": "no such question"}, "convention", DEFAULT.rosetta.convention),
        ({"case": "../../etc"}, "case", ""),
    ],
)
def test_the_table_asks(open_page, sent, path, value):
    at = open_page("rosetta")
    send(at, "rosetta_stage", state={"changes": [{"number": 1, "name": "rosetta", **sent}]})
    assert getattr(rosetta(at), path) == value
    json.dumps(sent)


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_library_is_taken_over_in_one_step_of_undo(open_page, library):
    at = open_page("rosetta", a=library)
    session = at.session_state["anchorlab"]
    before = session.app
    run(at.button(key="rosetta_adopt").click())
    conventions = LIBRARIES[library]
    app = session.app
    assert app.anchors.center == conventions.center
    assert app.suppression.ties == conventions.ties
    if conventions.coder != "cell":
        assert app.coder.stds == conventions.stds and app.coder.kind == conventions.coder
    if conventions.rule != "shape":
        assert app.matching.spec == match_spec(conventions)
    send(at, "rosetta_stage", state={"changes": [{"number": 1, "name": "undo"}]})
    assert at.session_state["anchorlab"].app == before


def test_without_objects_nothing_breaks(open_page):
    for convention in ("ratio", "low_quality", "coder", "ties", "background"):
        open_page("rosetta", boxes="~object", ask=convention)


def test_sizes_that_a_library_refuses_are_explained(open_page):
    """Rounded to even sides, a shape of one pixel and a half has none."""
    open_page("rosetta", sizes="2", ratios="50", stride="64")
