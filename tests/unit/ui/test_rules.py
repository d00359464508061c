"""Seven rules under one name each, whatever two records of settings say."""

import pytest

from anchorlab.specs import AssignSpec, MatchSpec
from anchorlab.ui import rules
from anchorlab.ui.lab import DEFAULT, put


@pytest.mark.parametrize("first", rules.RULES)
@pytest.mark.parametrize("then", rules.RULES)
def test_any_rule_follows_any_other(first, then):
    lab = put(DEFAULT, **rules.changes(first, DEFAULT.match))
    lab = put(lab, **rules.changes(then, lab.match))
    assert rules.name(lab.match, lab.assign) == then


@pytest.mark.parametrize("then", rules.BANDED)
def test_thresholds_that_passed_each_other_meet_again(then):
    lab = put(DEFAULT, match__rule="ssd", match__high=0.2)
    lab = put(lab, **rules.changes(then, lab.match))
    assert (lab.match.low, lab.match.high) == (0.2, 0.2)


def test_the_browser_gets_every_setting_once():
    given = rules.settings(MatchSpec(high=0.7), AssignSpec("atss", top_k=3))
    assert (given["rule"], given["high"], given["top_k"]) == ("atss", 0.7, 3)
    assert "kind" not in given


def test_every_rule_is_named_and_explained():
    for words in (rules.NAMES, rules.WHO, rules.ANSWERS):
        assert tuple(words) == rules.RULES
