"""Samples: sizes by hand, who is in them, and what the seed decides."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from anchorlab import engine
from anchorlab.settings.sampling import SampleSpec

LABEL = np.repeat([1, 0, -1], [43, 2100, 80])
labels = npst.arrays(np.int32, st.sampled_from([0, 1, 7, 60]), elements=st.sampled_from([-1, 0, 1]))
specs = st.builds(
    SampleSpec,
    sampler=st.just("random"),
    size=st.integers(1, 40),
    positive_fraction=st.sampled_from([0.0, 0.25, 0.5, 1.0]),
)


def test_missing_positives_are_made_up_for_by_negatives():
    sample = engine.sample_anchors(LABEL, SampleSpec(), seed=1)
    assert (len(sample.positives), len(sample.negatives)) == (43, 213)
    half = engine.sample_anchors(np.repeat([1, 0], 500), SampleSpec(), seed=1)
    assert (len(half.positives), len(half.negatives)) == (128, 128)
    few = engine.sample_anchors(np.repeat([1, 0], [500, 3]), SampleSpec(), seed=1)
    assert (len(few.positives), len(few.negatives)) == (128, 3)


def test_a_fraction_is_rounded_down_as_the_libraries_round_it():
    spec = SampleSpec(size=100, positive_fraction=0.29)  # 0.29 x 100 is 28.999999999999996
    assert len(engine.sample_anchors(np.repeat([1, 0], 200), spec).positives) == 28


def test_the_hardest_negatives_three_for_a_positive():
    label = np.array([0, 1, 0, 0, -1, 0, 0, 0])
    loss = np.array([0.1, 0.0, 0.9, 0.5, 9.0, 0.5, 0.5, 0.2])
    sample = engine.sample_anchors(label, SampleSpec("hard"), loss=loss)
    assert sample.positives.tolist() == [1] and sample.negatives.tolist() == [2, 3, 5]
    assert not engine.sample_anchors(-np.abs(label), SampleSpec("hard"), loss=loss).taken.any()


def test_all_but_the_ignored():
    sample = engine.sample_anchors(LABEL, SampleSpec("all"))
    np.testing.assert_array_equal(sample.taken, LABEL >= 0)


@given(labels, specs, st.integers(0, 3))
def test_laws_of_a_random_sample(label, spec, seed):
    sample = engine.sample_anchors(label, spec, seed)
    positives, negatives = (label == 1).sum(), (label == 0).sum()
    assert len(sample.positives) == min(positives, int(spec.size * spec.positive_fraction))
    assert len(sample.negatives) == min(negatives, spec.size - len(sample.positives))
    assert (label[sample.positives] == 1).all() and (label[sample.negatives] == 0).all()
    np.testing.assert_array_equal(
        np.flatnonzero(sample.taken), np.union1d(sample.positives, sample.negatives)
    )
    again = engine.sample_anchors(label, spec, seed)
    np.testing.assert_array_equal(sample.taken, again.taken)


def test_every_anchor_has_the_same_chance():
    """4,000 draws of 20 of 100: each is in about 800 of them, standard deviation 25."""
    label, spec = np.zeros(100, int), SampleSpec(size=20)
    drawn = sum(engine.sample_anchors(label, spec, seed).taken.astype(int) for seed in range(4000))
    assert drawn.min() > 650 and drawn.max() < 950


def test_a_seed_draws_the_same_however_long_the_padding():
    spec = SampleSpec(size=8)
    drawn = engine.sample_anchors(np.zeros(1000, int), spec, seed=5)
    ignored = np.concatenate([np.zeros(1000, int), np.full(3000, -1)])
    np.testing.assert_array_equal(engine.sample_anchors(ignored, spec, seed=5).negatives, drawn.negatives)


def test_nothing_compiles_for_other_settings():
    engine.sample_anchors(LABEL, SampleSpec())
    with engine.count_compiles() as compiled:
        for size, seed in ((64, 1), (200, 2)):
            engine.sample_anchors(LABEL[:2100], SampleSpec(size=size), seed)
    assert compiled.compiled == 0


@pytest.mark.parametrize(
    ("label", "how", "message"),
    [
        ([1, 2], {}, "label"),
        ([[1], [0]], {}, "label"),
        ([1, 0], {"spec": SampleSpec("hard")}, "loss must be given"),
        ([1, 0], {"spec": SampleSpec("hard"), "loss": [1.0]}, "loss"),
        ([1, 0], {"spec": SampleSpec("hard"), "loss": [1.0, np.nan]}, "loss must be finite"),
        ([1, 0], {"seed": -1}, "seed"),
        ([1, 0], {"seed": 0.5}, "seed"),
        ([1, 0], {"seed": float("inf")}, "seed must be"),
        ([1, 0], {"seed": "x"}, "seed must be"),
    ],
)
def test_refusals_name_the_argument(label, how, message):
    with pytest.raises(ValueError, match=message):
        engine.sample_anchors(label, **({"spec": SampleSpec()} | how))


@pytest.mark.parametrize(
    "wrong", [{"sampler": "ohem"}, {"size": 0}, {"positive_fraction": 1.1}, {"negatives_per_positive": -1}]
)
def test_settings_are_checked(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        SampleSpec(**wrong)
