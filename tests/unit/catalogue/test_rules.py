"""The rules of matching: one entry each, from which all else follows."""

from dataclasses import fields
from inspect import signature

import pytest

from anchorlab.canvas import message
from anchorlab.catalogue import controls
from anchorlab.catalogue.matching import RULES, rule_of
from anchorlab.session import link
from anchorlab.session.app_state import DEFAULT, get, put
from anchorlab.settings.matching import RECORDS, AtssSpec, ThresholdSpec, changes_to


def test_every_rule_has_an_entry_and_a_record():
    assert set(RULES) == set(RECORDS)
    for name, rule in RULES.items():
        assert (rule.name, rule.settings) == (name, RECORDS[name])
        assert rule_of(rule.settings()) is rule


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_setting_is_an_argument_has_a_control_and_stands_in_links(rule):
    paths = {path for control in rule.all_controls for path in controls.paths(control)}
    for f in fields(rule.settings):
        path = f"matching.{rule.name}.{f.name}"
        assert f.name in signature(rule.match).parameters
        assert path in paths
        assert f"{rule.name}.{f.name}" in {field.name for field in link.FIELDS}
    assert len(paths) == len(fields(rule.settings))


@pytest.mark.parametrize("first", RULES)
@pytest.mark.parametrize("then", RULES)
def test_any_rule_follows_any_other_and_keeps_its_settings(first, then):
    changed = put(DEFAULT, **changes_to(RECORDS[first]()))
    for f in fields(RECORDS[first]):
        if f.type == "float":
            changed = put(
                changed, **{f"matching__{first}__{f.name}": 0.75 if f.name != "side_factor" else 2.5}
            )
    after = put(changed, matching__rule=then)
    assert (after.matching.rule, type(after.matching.spec)) == (then, RECORDS[then])
    assert getattr(after.matching, first) == getattr(changed.matching, first)


def test_thresholds_pass_each_other_only_together():
    with pytest.raises(ValueError, match="low must not be above high"):
        put(DEFAULT, matching__threshold__low=0.9)
    both = put(DEFAULT, matching__threshold__low=0.9, matching__threshold__high=0.95)
    assert both.matching.spec == ThresholdSpec(high=0.95, low=0.9)


def test_the_browser_gets_every_setting_of_every_rule():
    given = message.rule_settings(put(DEFAULT, **changes_to(AtssSpec(top_k=3))).matching)
    assert given["matching.rule"] == "atss" and given["matching.atss.top_k"] == 3
    paths = {f"matching.{name}.{f.name}" for name, rule in RULES.items() for f in fields(rule.settings)}
    assert set(given) == {"matching.rule", *paths}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_is_named_and_explained(rule):
    assert rule.title and rule.used_by and rule.sentences["answer"]
    assert rule.missing or set(rule.exports) == {"torchvision", "detectron2", "mmdetection"}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_conventions_ask_about_paths_of_the_app_state(rule):
    for convention in rule.conventions:
        assert convention.scene["boxes"]
        asked = controls.paths(convention.control) if convention.control else ()
        for path in (*convention.scene, *asked):
            assert path == "boxes" or get(DEFAULT, path.replace("__", ".")) is not None
        assert convention.control or convention.other_rule in RULES
