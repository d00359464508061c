"""What the browser says that anchors cost, held against the engine: for any settings, on a scene."""

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from anchorlab import engine
from anchorlab.canvas.payload import pack
from anchorlab.catalogue.controls import key
from anchorlab.catalogue.losses import CLASSIFICATION, LOSSES, REGRESSION
from anchorlab.catalogue.samplers import SAMPLERS
from anchorlab.session import results, scene
from anchorlab.session.app_state import DEFAULT, AppState, put
from anchorlab.settings.losses import LossSpec
from anchorlab.settings.sampling import SampleSpec
from anchorlab.settings.simulation import HeadSpec
from tests.unit.app_states import settings_of
from tests.unit.canvas.test_contract import message

CLOSE = 2e-5
"""Relative: some float32 numbers apart, where logarithms and powers are multiplied (browser/core/rounding.js)."""


def check(run, app: AppState) -> None:
    here = scene.built_in(app.scene, app.objects)
    _, found = results.matched(here, app)
    want = results.costs(here, app)
    got = run("costs", message=pack(message("losses", app)))
    np.testing.assert_allclose(got["logits"], want.logits, rtol=CLOSE, atol=1e-5)
    np.testing.assert_allclose(got["classification"], want.classification, rtol=CLOSE, atol=1e-6)
    np.testing.assert_allclose(got["regression"], want.regression, rtol=CLOSE, atol=2e-6)
    np.testing.assert_array_equal(np.flatnonzero(got["taken"]), np.flatnonzero(want.sample.taken))
    for name in ("total", "classification", "regression", "n_cls", "n_reg"):
        assert got["sum"][name] == pytest.approx(float(getattr(want.total, name)), rel=1e-4, abs=1e-6), name
    for name in CLASSIFICATION:
        losses = engine.classification_losses(
            want.logits, found.label, replace(app.losses, classification=name)
        )
        for kind, groups in ((0, "negative"), (1, "positive")):
            sides = want.logits < 0 if kind == 0 else want.logits > 0
            for easy, word in ((True, "easy"), (False, "hard")):
                of = got["shares"][name][f"{word}_{groups}"]
                mask = (found.label == kind) & (sides == easy)
                assert of["count"] == mask.sum()
                assert of["sum"] == pytest.approx(
                    float(losses[mask].sum(dtype=np.float64)), rel=1e-4, abs=1e-6
                )


@pytest.mark.parametrize("box", REGRESSION)
def test_every_loss_of_boxes(box, run):
    check(run, put(DEFAULT, losses__regression=box, heads__missing=0.9))


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("name", CLASSIFICATION)
def test_every_loss_of_classes_and_every_sampler(name, sampler, run):
    check(run, put(DEFAULT, losses__classification=name, sampling__sampler=sampler, sample_seed=7))


def test_every_loss_of_classes_has_its_formula(run):
    apps = (put(DEFAULT, losses__classification=name) for name in CLASSIFICATION)
    said = {run("strip", message=pack(message("losses", app))) for app in apps}
    assert len(said) == len(CLASSIFICATION) and all("Loss of the class" in strip for strip in said)


@pytest.mark.parametrize("name", CLASSIFICATION)
def test_what_is_asked_has_its_slider_on_the_page(name, run):
    """A loss without settings has those of the focal loss beside it (pages/losses.py)."""
    said = run("words", message=pack(message("losses", put(DEFAULT, losses__classification=name))), given={})
    drawn = [key(control) for control in LOSSES[name].controls or LOSSES["focal"].controls]
    assert set(re.findall(r'data-control="([^"]*)"', said["readout"])) <= set(drawn)


@pytest.mark.parametrize(
    "changes",
    [{"coder__kind": "corner"}, {"coder__kind": "cell", "matching__rule": "yolo"}, {"layout": "pyramid"}],
)
def test_other_coders_and_anchors(changes, run):
    check(run, put(DEFAULT, scene="dogcat", losses__regression="ciou", **changes))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(settings_of(LossSpec), settings_of(SampleSpec), settings_of(HeadSpec))
def test_any_settings(run, losses, sampling, heads):
    check(run, put(DEFAULT, losses=losses, sampling=sampling, heads=heads))
