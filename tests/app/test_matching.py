"""The Matching page under every rule, and the Offsets page under every coder, on every built-in scene."""

import re

import pytest

from anchorlab import engine
from anchorlab.catalogue import rules
from anchorlab.catalogue.libraries import LIBRARIES, who
from anchorlab.scenes.catalogue import SCENES
from anchorlab.session.app_state import LARGEST_GROWTH
from tests.app.conftest import run

SLIDERS = {
    "threshold": "match_low_match_high",
    "greedy": "match_high",
    "max-iou": "match_low_match_high",
    "ssd": "match_high",
    "atss": "assign_top_k",
    "yolo": "assign_ignore_iou",
    "yolov5": "assign_side_factor",
}


def group(at, key):
    return next(g for g in at.get("button_group") if g.key == key)


def choose(at, key: str, value) -> None:
    run((at.selectbox(key=key) if key == "match_rule" else group(at, key)).set_value(value))
    run(at)  # a choice redraws the parts it concerns, and AppTest then knows no others


def switch(at, rule: str) -> None:
    """Goes over to another rule by the button beside the convention that only this rule has."""
    button = at.button(key="other_rule")
    assert button.label == f"Switch the rule to {rules.NAMES[rule]}"
    run(run(button.click()))
    assert at.selectbox(key="match_rule").value == rule


def captions(at) -> list[str]:
    """The captions as they are read: a term's link shows the term alone."""
    return [re.sub(r"\[([^\]]*)\]\(#word-[^)]*\)", r"\1", c.value) for c in at.caption]


def texts(at) -> str:
    return " ".join(captions(at))


@pytest.mark.parametrize("scene", SCENES)
def test_every_rule_with_its_own_controls(open_page, scene):
    at = open_page("matching", scene=scene)
    for rule in rules.RULES:
        choose(at, "match_rule", rule)
        assert [s.key for s in at.slider if s.key in SLIDERS.values()] == [SLIDERS[rule]]
        assert [t.key for t in at.toggle] == (["match_low_quality"] if rule in rules.BANDED else [])
        assert rules.WHO[rule] in texts(at)


@pytest.mark.parametrize("scene", ["coffee", "hard"])
def test_every_rule_on_a_pyramid(open_page, scene):
    at = open_page("matching", scene=scene, layout="pyramid", pyramid="yolov3", resize="0.5")
    for rule in rules.RULES:
        choose(at, "match_rule", rule)
    assert "Pyramid page" in texts(at)


def test_conventions_belong_to_their_rule(open_page):
    at = open_page("matching")
    choose(at, "match_low_negative", True)
    choose(at, "match_min_best_iou", -1.0)
    app = at.session_state["anchorlab"].app
    assert app.match.low_negative and app.match.min_best_iou == -1
    switch(at, "max-iou")
    choose(at, "match_assign_all", False)
    run(run(at.slider(key="match_min_pos_iou").set_value(0.3)))
    app = at.session_state["anchorlab"].app
    assert (app.match.rule, app.match.assign_all, app.match.min_pos_iou) == ("max-iou", False, 0.3)
    switch(at, "threshold")


def test_odd_settings_of_a_link_are_shown_as_they_are(open_page):
    at = open_page("matching", rescuefrom="0.25", k="77", factor="1e9", ignore="-3")
    assert group(at, "match_min_best_iou").value == 0.25
    assign = at.session_state["anchorlab"].app.assign
    assert (assign.top_k, assign.ignore_iou, assign.side_factor) == (50, 0, 20)
    at = open_page("offsets", coder="corner", eps="0.5", stds="3,3,3,3")
    assert group(at, "coder_stds").value == (3, 3, 3, 3)


@pytest.mark.parametrize("scene", SCENES)
def test_every_coder(open_page, scene):
    at = open_page("offsets", scene=scene)
    for kind in ("corner", "cell", "center"):
        choose(at, "coder_kind", kind)
        assert ("coder_stds" in [g.key for g in at.get("button_group")]) == (kind != "cell")
        assert ("coder_clamp" in [g.key for g in at.get("button_group")]) == (kind == "center")
    choose(at, "coder_clamp", (LARGEST_GROWTH, True))
    coder = at.session_state["anchorlab"].app.coder
    assert coder.clamp_both and coder.clamp == LARGEST_GROWTH


def test_the_sliders_reach_beyond_the_bound(open_page):
    at = open_page("offsets", clamp="4.135167")
    assert at.slider(key="offsets_w").max > 4.135167 / 0.2
    run(at.slider(key="offsets_w").set_value(25.0))
    assert at.session_state["anchorlab"].app.offsets[2] == 25


@pytest.mark.timeout(600)
def test_nothing_compiles_between_rules(open_page, warm):
    at, other = open_page("matching"), open_page("offsets")

    def play(near, far):
        for rule in rules.RULES:
            choose(at, "match_rule", rule)
            slider = at.slider(key=SLIDERS[rule])
            value = near if slider.max == 1 else type(slider.step)(far)
            run(run(slider.set_value((0.2, near) if rule in rules.BANDED else value)))
        for kind in ("corner", "cell", "center"):
            choose(other, "coder_kind", kind)

    with engine.count_compiles() as compiles:
        play(0.3, 7)
        play(0.6, 12)
    assert compiles.count == 0


@pytest.mark.parametrize("rule", rules.BANDED)
def test_the_page_says_of_low_quality_matches_what_rosetta_answers(open_page, rule):
    """In the help of the switch and among the conventions, library by library."""
    at = open_page("matching", rule=rule)
    said = at.toggle(key="match_low_quality").help
    for name, library in LIBRARIES.items():
        if library.rule != rule:
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
