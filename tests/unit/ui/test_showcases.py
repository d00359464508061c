"""Questions of convention: whether an answer matters on a scene is computed, and on what is offered it does."""

from dataclasses import replace
from itertools import combinations
from typing import get_args
from urllib.parse import parse_qsl

import numpy as np
import pytest

from anchorlab import engine
from anchorlab.catalogue.matching import RULES
from anchorlab.catalogue.suppression import METHODS, hard, play
from anchorlab.scenes.catalogue import IDS
from anchorlab.session import app_state as app_states
from anchorlab.session import link, results, scene
from anchorlab.session.app_state import DEFAULT, AppState, put
from anchorlab.session.own import NOTHING
from anchorlab.ui.panels import showcases

QUESTIONS = showcases.QUESTIONS | {
    f"{rule.title}: {convention.name}": showcases.of_matching(rule, convention)
    for rule in RULES.values()
    for convention in rule.conventions
}
SWITCHES = ("suppress_equal", "ties", "inclusive", "shift_classes")
METHODS_PART = QUESTIONS["suppression_method"]


def on(app: AppState):
    return scene.built_in(app.scene, app.objects)


@pytest.fixture(autouse=True)
def no_session(monkeypatch):
    """No visitor has uploaded predictions."""
    monkeypatch.setattr(showcases.store, "session", lambda: type("Session", (), {"own": NOTHING}))


@pytest.mark.parametrize("name", QUESTIONS)
def test_on_every_scene_on_offer_every_answer_matters(name):
    """Every ready scene parts, and in it no answer is without an effect."""
    question = QUESTIONS[name]
    assert question.scenes
    for changes in question.scenes:
        ready = put(DEFAULT, **changes)
        outcomes = [question.outcome(on(ready), put(ready, **answer)) for answer in question.answers]
        assert any(a != b for a, b in combinations(outcomes, 2)), changes


@pytest.mark.parametrize("name", QUESTIONS)
def test_what_is_offered_parts_whatever_was_set_before(name):
    question = QUESTIONS[name]
    disturbed = put(
        DEFAULT,
        scene="rocket",
        layout="pyramid",
        matching__rule="atss",
        suppression__top_k=1,
        suppression__per_class=False,
        suppression__method="fusion",
        simulate__per_object=1,
        coder__kind="cell",
        anchors__sizes=(2000.0,),
    )
    for app in (DEFAULT, disturbed):
        for answer in question.answers:
            before = put(app, **answer)
            changes = showcases.offered(question, before)
            assert changes is not None
            after = put(before, **changes)
            assert showcases.parts(question, on(after), after)
            # The answer that was given stays, so that choosing the other shows what it does.
            assert showcases._agrees(after, answer)
            # And the whole of it is in the link.
            assert link.from_query(dict(parse_qsl(link.to_query(after), keep_blank_values=True))) == after


def test_whether_anything_changes_is_what_the_engine_says():
    """On the first scene, each switch of NMS held against the engine itself."""
    here = scene.built_in("coffee")
    found = results.simulated(here, DEFAULT)
    for name in SWITCHES:
        question = QUESTIONS[f"suppression_{name}"]
        kept = {
            tuple(np.sort(engine.suppress(*found[:3], hard.spec(put(DEFAULT, **answer).suppression)).keep))
            for answer in question.answers
        }
        assert showcases.parts(question, here, DEFAULT) == (len(kept) > 1), name
    assert not showcases.parts(METHODS_PART, here, DEFAULT)


def test_on_the_offered_scene_all_six_methods_part():
    app = put(DEFAULT, **showcases.offered(METHODS_PART, DEFAULT))
    found, _ = results.predictions(on(app), app)
    kept = {name: set(play(found, replace(app.suppression, method=name)).keep.tolist()) for name in METHODS}
    for a, b in combinations(METHODS, 2):
        assert kept[a] != kept[b], (a, b)


@pytest.mark.parametrize("scene_id", IDS)
def test_symmetric_ratios_hide_their_meaning(scene_id):
    here, question = scene.built_in(scene_id), QUESTIONS["anchors_ratio_means"]
    for ratios, tells in (((0.5, 1.0, 2.0), False), ((1.0,), False), ((0.25, 1.0), True), ((1.0, 2.0), True)):
        app = put(DEFAULT, scene=scene_id, anchors__aspect_ratios=ratios)
        assert showcases.parts(question, here, app) == tells


def test_examples_are_those_a_link_can_name():
    assert tuple(results.EXAMPLES) == get_args(app_states.Example)
