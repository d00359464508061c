"""Seven rules under one name each, whatever two records of settings say."""

import pytest

from anchorlab.catalogue import rules
from anchorlab.session.app_state import DEFAULT, put
from anchorlab.settings.matching import AssignSpec, MatchSpec


@pytest.mark.parametrize("first", rules.RULES)
@pytest.mark.parametrize("then", rules.RULES)
def test_any_rule_follows_any_other(first, then):
    app = put(DEFAULT, **rules.changes(first, DEFAULT.match))
    app = put(app, **rules.changes(then, app.match))
    assert rules.name(app.match, app.assign) == then


@pytest.mark.parametrize("then", rules.BANDED)
def test_thresholds_that_passed_each_other_meet_again(then):
    app = put(DEFAULT, match__rule="ssd", match__high=0.2)
    app = put(app, **rules.changes(then, app.match))
    assert (app.match.low, app.match.high) == (0.2, 0.2)


def test_the_browser_gets_every_setting_once():
    given = rules.settings(MatchSpec(high=0.7), AssignSpec("atss", top_k=3))
    assert (given["rule"], given["high"], given["top_k"]) == ("atss", 0.7, 3)
    assert "kind" not in given


def test_every_rule_is_named_and_explained():
    for words in (rules.NAMES, rules.WHO, rules.ANSWERS):
        assert tuple(words) == rules.RULES
