"""torchvision's focal loss and sampler, and PyTorch's smooth L1."""

import jax
import numpy as np

from anchorlab import engine
from anchorlab.core import losses
from anchorlab.settings.sampling import SampleSpec
from tests.golden.reading import cases

focal = jax.jit(losses.sigmoid_focal_loss)
unweighted = jax.jit(
    lambda logits, targets, gamma: losses.sigmoid_focal_loss(logits, targets, alpha=None, gamma=gamma)
)
smooth = jax.jit(losses.smooth_l1)


@cases("torchvision_losses", "focal", outside=("focal_gradient_random_6x3",))
def test_focal_loss(given, expected, name):
    logits, targets, gamma = given["logits"], given["targets"], given["gamma"]
    # Adapter: an alpha below 0 weighs nobody.
    weighted = given["alpha"] >= 0
    loss = (
        focal(logits, targets, alpha=given["alpha"], gamma=gamma)
        if weighted
        else unweighted(logits, targets, gamma)
    )
    # It loses the last digits of an answer that is nearly sure: of a logit of 10 it says 4.578e-5 for 4.540e-5.
    np.testing.assert_allclose(loss, expected["none"], rtol=2e-6, atol=5e-7)
    np.testing.assert_allclose(loss.sum(), expected["sum"], rtol=2e-6)
    np.testing.assert_allclose(loss.mean(), expected["mean"], rtol=2e-6)


@cases("torchvision_losses", "focal_gradient")
def test_focal_gradient(given, expected, name):
    gradient = jax.grad(lambda logits: focal(logits, given["targets"]).sum())(given["logits"])
    np.testing.assert_allclose(gradient, expected["grad"], rtol=1e-5, atol=1e-7)


@cases("torchvision_losses", "smooth_l1")
def test_smooth_l1(given, expected, name):
    difference, beta = given["diff"], given["beta"]
    nothing = np.zeros_like(difference)
    np.testing.assert_allclose(smooth(difference, nothing, beta=beta), expected["none"], rtol=1e-6, atol=1e-8)
    gradient = jax.grad(lambda d: smooth(d, nothing, beta=beta).sum())(difference)
    np.testing.assert_allclose(gradient, expected["grad_of_sum"], rtol=1e-6)


@cases("torchvision_losses", "huber")
def test_huber_is_smooth_l1_times_delta(given, expected, name):
    delta = given["delta"]
    loss = delta * smooth(given["diff"], np.zeros_like(given["diff"]), beta=delta)
    np.testing.assert_allclose(loss, expected["none"], rtol=1e-6, atol=1e-8)


@cases("torchvision_sampler")
def test_sampler(given, expected, name):
    # Adapter: a matched index from 1 on is a class and so positive, 0 background, -1 ignored.
    label = np.sign(given["matched_idxs"])
    spec = SampleSpec(size=given["batch_size_per_image"], positive_fraction=given["positive_fraction"])
    sample = engine.sample_anchors(label, spec, seed=3)
    assert (len(sample.positives), len(sample.negatives)) == (expected["num_pos"], expected["num_neg"])
    assert expected["pos_subset_of_positives"] and (label[sample.positives] == 1).all()
    assert expected["neg_subset_of_negatives"] and (label[sample.negatives] == 0).all()
