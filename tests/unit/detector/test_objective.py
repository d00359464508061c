"""The objective is the core's losses, added up and divided as the settings say."""

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from anchorlab.core import losses
from anchorlab.detector.objective import Objective, costs
from anchorlab.detector.targets import layout, targets_of
from anchorlab.scenes.generated import generate
from anchorlab.settings.losses import LossSpec
from anchorlab.settings.sampling import SampleSpec
from anchorlab.settings.training import DetectorSpec, TrainingSpec

SIDE = 64
BASE = TrainingSpec(detector=DetectorSpec(side=SIDE))
HERE = layout(BASE.detector.pyramid, SIDE, SIDE)


@pytest.fixture(scope="module")
def batch():
    """Outputs of no network in particular for two scenes, their targets, and luck."""
    examples, rng = generate(2, 3, SIDE), np.random.default_rng(0)
    find = jax.jit(jax.vmap(targets_of(HERE, BASE.matching.spec, BASE.detector.coder, 3)))
    target = find(examples.boxes, examples.class_ids)
    count = len(HERE.anchors)
    logits, offsets = rng.normal(-1, 2, (2, count, 3)), rng.normal(0, 2, (2, count, 4))
    return (
        *(jnp.asarray(values, jnp.float32) for values in (logits, offsets)),
        target,
        jnp.asarray(rng.random((2, count)), jnp.float32),
    )


def test_it_is_the_sum_of_the_cores_losses(batch):
    logits, offsets, target, luck = batch
    found = costs(logits, offsets, target, luck, HERE, Objective.of(BASE))
    positive, negative = target.label == 1, target.label == 0
    each = losses.sigmoid_focal_loss(logits, target.classes).sum(-1)
    boxes = losses.smooth_l1(offsets, target.offsets).sum(-1)
    count = positive.sum()
    assert count == found.count and count > 0
    np.testing.assert_allclose(found.positives, each[positive].sum() / count, rtol=1e-5)
    np.testing.assert_allclose(found.negatives, each[negative].sum() / count, rtol=1e-5)
    np.testing.assert_allclose(found.boxes, 0.25 * boxes[positive].sum() / count, rtol=1e-5)
    np.testing.assert_allclose(found.total, found.positives + found.negatives + found.boxes, rtol=1e-6)
    np.testing.assert_allclose(found.of_anchor.sum(), found.total, rtol=1e-5)
    assert not found.of_anchor[target.label < 0].any()


def test_a_region_proposal_networks_loss_is_the_cores_own(batch):
    logits, offsets, target, luck = batch
    spec = replace(BASE, loss=LossSpec(), sampling=SampleSpec("random", size=32))
    one = jax.tree.map(lambda values: values[:1], (logits[..., :1], offsets, target, luck))
    is_object = one[2]._replace(classes=one[2].classes.sum(-1, keepdims=True))
    found = costs(one[0], one[1], is_object, one[3], HERE, Objective.of(spec))
    # Who is not in the sample takes no part there.
    taken = np.asarray(found.of_anchor[0] > 0)
    assert taken.sum() == 32
    label = np.where(taken, is_object.label[0], -1)
    own = losses.rpn_loss(
        one[0][0, :, 0], one[1][0], label, is_object.offsets[0], n_cls=32, n_reg=HERE.places
    )
    np.testing.assert_allclose(found.total, own.total, rtol=1e-5)


@pytest.mark.parametrize(
    ("regression", "sampler"), [("smooth_l1", "random"), ("l1", "hard"), ("iou", "all"), ("ciou", "hard")]
)
def test_gradients_are_finite_even_of_wild_outputs(batch, regression, sampler):
    logits, offsets, target, luck = batch
    spec = replace(BASE, loss=replace(BASE.loss, regression=regression), sampling=SampleSpec(sampler))
    gradient = jax.grad(lambda wild: costs(*wild, target, luck, HERE, Objective.of(spec)).total)(
        (logits * 50, offsets * 50)
    )
    assert all(np.isfinite(part).all() for part in gradient)
    assert all(np.any(part != 0) for part in gradient)
