"""The losses and the samplers: one entry each, from which all else follows."""

import ast
from dataclasses import fields
from typing import get_args

import pytest

from anchorlab.canvas.pages import PAGES
from anchorlab.canvas.views.losses import CONTROLS
from anchorlab.catalogue import controls
from anchorlab.catalogue.losses import CLASSIFICATION, LOSSES, REGRESSION
from anchorlab.catalogue.samplers import SAMPLERS
from anchorlab.export.recipe import Training
from anchorlab.export.targets import TARGETS
from anchorlab.export.training import written
from anchorlab.session import link
from anchorlab.session.app_state import DEFAULT, put
from anchorlab.settings.losses import ClassificationLoss, LossSpec, RegressionLoss
from anchorlab.settings.sampling import SampleSpec
from anchorlab.settings.validation import kinds_of
from tests.unit.session.test_snippets import scene_of

LINKED = {field.path for field in link.FIELDS}


def test_every_name_has_an_entry():
    assert tuple(CLASSIFICATION) == get_args(ClassificationLoss)
    assert tuple(REGRESSION) == get_args(RegressionLoss)
    assert set(SAMPLERS) == set(get_args(kinds_of(SampleSpec)["sampler"][0]))
    for name, entry in (LOSSES | SAMPLERS).items():
        assert entry.name == name and entry.title and entry.used_by
        assert set(entry.exports) == set(TARGETS)


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
def test_a_losss_settings_have_a_control_and_stand_in_links(loss):
    own = [f"losses.{loss.name}.{f.name}" for f in fields(loss.settings)] if loss.settings else []
    assert {path for control in loss.controls for path in controls.paths(control)} == set(own)
    assert set(own) <= LINKED and set(loss.controls) <= set(CONTROLS)
    assert isinstance(getattr(LossSpec(), loss.name, None), loss.settings or type(None))


def test_a_samplers_settings_have_a_control_and_stand_in_links():
    read = [name for sampler in SAMPLERS.values() for name in sampler.reads]
    assert sorted(["sampler", *read]) == sorted(f.name for f in fields(SampleSpec))
    for sampler in SAMPLERS.values():
        own = {f"sampling.{name}" for name in sampler.reads}
        assert {path for control in sampler.controls for path in controls.paths(control)} == own
        assert own <= LINKED and set(sampler.changes) == set(sampler.reads)


@pytest.mark.parametrize("library", TARGETS)
def test_every_loss_and_sampler_is_written_or_missed_in_words(library):
    for name in CLASSIFICATION:
        for box in REGRESSION:
            for sampler in SAMPLERS:
                training = Training(LossSpec(name, regression=box), SampleSpec(sampler))
                for part in written(training, library):
                    assert part.lines or part.notes
                chosen = {"losses": training.losses, "sampling": training.sampling, "code": library}
                text = PAGES["losses"].code(put(DEFAULT, **chosen), scene_of(DEFAULT))
                ast.parse(text)
                assert max(map(len, text.splitlines())) <= 110
                for part in written(training, library):
                    assert all(line.strip() in text for line in part.lines)
