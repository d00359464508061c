"""The Matching page under every rule, and the Offsets page under every coder, on every built-in scene."""

import re

import pytest

from anchorlab.catalogue.coders import CODERS
from anchorlab.catalogue.coders.center import LINKED_GROWTH
from anchorlab.catalogue.controls import key
from anchorlab.catalogue.libraries import LIBRARIES, who
from anchorlab.catalogue.libraries.as_library import match_spec
from anchorlab.catalogue.matching import RULES
from anchorlab.scenes.catalogue import SCENES
from anchorlab.settings.matching import MaxIouSpec
from tests.app.conftest import run

SLIDERS = {name: key(rule.thresholds or rule.controls[0]) for name, rule in RULES.items()}
BANDED = [name for name, rule in RULES.items() if rule.thresholds]


def group(at, name):
    return next(g for g in at.get("button_group") if g.key == name)


def choose(at, name: str, value) -> None:
    run((at.selectbox(key=name) if name == "matching_rule" else group(at, name)).set_value(value))
    run(at)  # a choice redraws the parts it concerns, and AppTest then knows no others


def switch(at, rule: str) -> None:
    """Goes over to another rule by the button beside the convention that only this rule has."""
    button = at.button(key="other_rule")
    assert button.label == f"Switch the rule to {RULES[rule].title}"
    run(run(button.click()))
    assert at.selectbox(key="matching_rule").value == rule


def captions(at) -> list[str]:
    """The captions as they are read: a term's link shows the term alone."""
    return [re.sub(r"\[([^\]]*)\]\(#word-[^)]*\)", r"\1", c.value) for c in at.caption]


def texts(at) -> str:
    return " ".join(captions(at))


@pytest.mark.parametrize("scene", ["coffee", "coins", "hard"])  # test_pages opens the others
def test_every_rule_with_its_own_controls(open_page, scene):
    at = open_page("matching", scene=scene)
    for rule in RULES:
        choose(at, "matching_rule", rule)
        assert [s.key for s in at.slider if s.key in SLIDERS.values()] == [SLIDERS[rule]]
        assert [t.key for t in at.toggle] == ([f"matching_{rule}_low_quality"] if rule in BANDED else [])
        assert RULES[rule].used_by in texts(at)


@pytest.mark.parametrize("scene", ["coffee", "hard"])
def test_every_rule_on_a_pyramid(open_page, scene):
    at = open_page("matching", scene=scene, layout="pyramid", pyramid="yolov3", resize="0.5")
    for rule in RULES:
        choose(at, "matching_rule", rule)
    assert "Pyramid page" in texts(at)


def test_conventions_belong_to_their_rule(open_page):
    at = open_page("matching")
    choose(at, "matching_threshold_low_negative", True)
    choose(at, "matching_threshold_min_best_iou", -1.0)
    app = at.session_state["anchorlab"].app
    assert app.matching.threshold.low_negative and app.matching.threshold.min_best_iou == -1
    switch(at, "max_iou")
    choose(at, "matching_max_iou_assign_all", False)
    run(run(at.slider(key="matching_max_iou_min_pos_iou").set_value(0.3)))
    app = at.session_state["anchorlab"].app
    assert app.matching.spec == MaxIouSpec(assign_all=False, min_pos_iou=0.3)
    switch(at, "threshold")


def test_odd_settings_of_a_link_are_shown_as_they_are(open_page):
    at = open_page(
        "matching",
        **{
            "threshold.min_best_iou": "0.25",
            "atss.top_k": "77",
            "yolov5.side_factor": "1e9",
            "yolo.ignore_iou": "-3",
        },
    )
    assert group(at, "matching_threshold_min_best_iou").value == 0.25
    matching = at.session_state["anchorlab"].app.matching
    assert (matching.atss.top_k, matching.yolo.ignore_iou, matching.yolov5.side_factor) == (50, 0, 20)
    at = open_page("offsets", coder="corner", eps="0.5", stds="3,3,3,3")
    assert group(at, "coder_stds").value == (3, 3, 3, 3)


@pytest.mark.parametrize("scene", SCENES)
def test_every_coder(open_page, scene):
    at = open_page("offsets", scene=scene)
    for kind in reversed(CODERS):
        choose(at, "coder_kind", kind)
        for name in ("stds", "clamp", "eps"):
            drawn = f"coder_{name}" in [g.key for g in at.get("button_group")]
            assert drawn == CODERS[kind].takes(name)
    choose(at, "coder_clamp", (LINKED_GROWTH, True))
    coder = at.session_state["anchorlab"].app.coder
    assert coder.clamp_both and coder.clamp == LINKED_GROWTH


def test_the_sliders_reach_beyond_the_bound(open_page):
    at = open_page("offsets", clamp="4.135167")
    assert at.slider(key="offsets_w").max > 4.135167 / 0.2
    run(at.slider(key="offsets_w").set_value(25.0))
    assert at.session_state["anchorlab"].app.offsets[2] == 25


@pytest.mark.parametrize("rule", BANDED)
def test_the_page_says_of_low_quality_matches_what_rosetta_answers(open_page, rule):
    """In the help of the switch and among the conventions, library by library."""
    at = open_page("matching", rule=rule)
    said = at.toggle(key=f"matching_{rule}_low_quality").help
    for name, library in LIBRARIES.items():
        if RULES[rule].settings is not type(match_spec(library)):
            continue
        keeps, _, loses = said.partition("; not ")
        assert (library.library in keeps) == library.means("low_quality").startswith("yes"), name
        assert (library.library in loses) == (library.means("low_quality") == "no"), name
    if rule == "threshold":
        line = next(c for c in captions(at) if c.startswith("Low-quality matches"))
        assert (
            line
            == f"Low-quality matches: {who(rule=rule, low_quality='ties')}. None: {who(rule=rule, low_quality='none')}."
        )
