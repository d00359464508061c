"""Losses: numbers by hand, laws, and gradients that are finite everywhere."""

import math
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anchorlab.core import losses
from tests.unit.strategies import boxes

EXTREME = jnp.array([-1e4, -200.0, -88.0, -20.0, -1e-30, 0.0, 1e-30, 20.0, 88.0, 200.0, 1e4])
GAMMAS = (0.0, 0.5, 1.0, 2.0, 5.0)
logits = st.floats(-30, 30, width=32)


def logit(probability: float) -> float:
    return math.log(probability / (1 - probability))


def test_a_background_that_is_80_percent_sure():
    sure = jnp.array([logit(0.2)])  # of being an object
    assert float(losses.sigmoid_cross_entropy(sure, jnp.zeros(1))[0]) == pytest.approx(0.2231, abs=5e-5)
    assert float(losses.sigmoid_focal_loss(sure, jnp.zeros(1), alpha=None)[0]) == pytest.approx(
        0.0089, abs=5e-5
    )
    # alpha = 0.25 weighs a background by 0.75
    assert float(losses.sigmoid_focal_loss(sure, jnp.zeros(1))[0]) == pytest.approx(
        0.75 * 0.04 * 0.22314, rel=1e-4
    )


def test_cross_entropy_of_three_classes():
    p = np.array([[0.7, 0.2, 0.1], [0.1, 0.1, 0.8]], np.float32)
    found = losses.softmax_cross_entropy(jnp.log(p) + 5, jnp.array([1, 2]))
    np.testing.assert_allclose(found, [-math.log(0.2), -math.log(0.8)], rtol=1e-6)
    assert np.isnan(losses.softmax_cross_entropy(jnp.zeros((1, 3)), jnp.array([3])))[0]


@given(logits, st.sampled_from([0.0, 0.25, 1.0]))
def test_two_classes_are_a_sigmoid(x, t):
    x = jnp.array([x])
    of_both = losses.softmax_cross_entropy(jnp.stack([jnp.zeros(1), x], axis=-1), jnp.array([1]))
    of_none = losses.softmax_cross_entropy(jnp.stack([jnp.zeros(1), x], axis=-1), jnp.array([0]))
    expected = t * of_both + (1 - t) * of_none
    np.testing.assert_allclose(
        losses.sigmoid_cross_entropy(x, jnp.array([t])), expected, rtol=1e-5, atol=1e-5
    )


def test_a_sure_answer_costs_its_last_digits():
    """No probability is formed: e^-20 is left of 1 in none of float32's digits."""
    found = losses.sigmoid_cross_entropy(jnp.array([20.0, -20.0]), jnp.array([1.0, 0.0]))
    np.testing.assert_allclose(found, math.exp(-20), rtol=1e-6)
    np.testing.assert_allclose(
        losses.sigmoid_focal_loss(jnp.array([15.0]), jnp.ones(1), alpha=None), math.exp(-45), rtol=1e-5
    )


@given(logits, st.sampled_from([0.0, 1.0]), st.sampled_from(GAMMAS))
def test_focal_never_costs_more_than_cross_entropy(x, t, gamma):
    x, t = jnp.array([x]), jnp.array([t])
    entropy = losses.sigmoid_cross_entropy(x, t)
    focal = losses.sigmoid_focal_loss(x, t, alpha=None, gamma=gamma)
    assert (focal >= 0).all() and (focal <= entropy * (1 + 1e-6)).all()
    if gamma == 0:
        np.testing.assert_array_equal(focal, entropy)


of_entropy = jax.jit(jax.grad(lambda x, targets: losses.sigmoid_cross_entropy(x, targets).sum()))
of_focal = jax.jit(
    jax.value_and_grad(lambda x, targets, gamma: losses.sigmoid_focal_loss(x, targets, gamma=gamma).sum())
)


@pytest.mark.parametrize("target", [0.0, 0.3, 1.0])
def test_gradients_of_probabilities_are_finite_everywhere(target):
    targets = jnp.full_like(EXTREME, target)
    gradient = of_entropy(EXTREME, targets)
    np.testing.assert_allclose(gradient, jax.nn.sigmoid(EXTREME) - target, atol=1e-6)
    for gamma in GAMMAS:
        loss, gradient = of_focal(EXTREME, targets, gamma)
        assert np.isfinite(loss) and np.isfinite(gradient).all(), gamma


def test_gradients_of_several_classes_are_finite_everywhere():
    rows = jnp.stack([EXTREME, -EXTREME, jnp.zeros_like(EXTREME)], axis=-1)
    ids = jnp.zeros(len(EXTREME), jnp.int32)
    assert np.isfinite(jax.grad(lambda x: losses.softmax_cross_entropy(x, ids).sum())(rows)).all()


def test_smooth_l1_by_hand():
    d = jnp.array([-3.0, -1.0, -0.5, 0.0, 0.5, 1.0, 3.0])
    np.testing.assert_allclose(losses.smooth_l1(d, jnp.zeros(7)), [2.5, 0.5, 0.125, 0, 0.125, 0.5, 2.5])
    np.testing.assert_allclose(losses.smooth_l1(d, jnp.zeros(7), beta=0), jnp.abs(d))
    slope = jax.grad(lambda d: losses.smooth_l1(d, jnp.zeros(7)).sum())(d)
    np.testing.assert_allclose(slope, [-1, -1, -0.5, 0, 0.5, 1, 1])


@given(st.floats(-5, 5, width=32), st.floats(-5, 5, width=32), st.sampled_from([0.0, 0.5, 1.0, 3.0]))
def test_smooth_l1_is_symmetric_and_lies_between(a, b, beta):
    a, b = jnp.array([a]), jnp.array([b])
    loss = losses.smooth_l1(a, b, beta=beta)
    np.testing.assert_array_equal(loss, losses.smooth_l1(b, a, beta=beta))
    line = losses.l1(a, b)
    assert (loss <= line + 1e-6).all() and (loss >= line - beta / 2 - 1e-6).all()


def test_a_traced_beta_of_0_has_no_nan(no_nans):
    slope = jax.jit(jax.grad(lambda d, beta: losses.smooth_l1(d, 0.0, beta=beta)))
    assert float(slope(0.0, 0.0)) == 0 and float(slope(2.0, 0.0)) == 1


@partial(jax.jit, static_argnums=2)
def of_boxes(a, b, kind):
    return jax.value_and_grad(lambda a: losses.iou_loss(a, b, kind=kind).sum())(a)


@pytest.mark.parametrize("kind", ["iou", "giou", "diou", "ciou"])
@given(boxes((3,)), boxes((3,)))
def test_iou_loss(kind, a, b):
    loss, slope = of_boxes(a, b, kind)
    assert np.isfinite(loss) and np.isfinite(slope).all()


@pytest.mark.parametrize("kind", ["iou", "giou", "diou", "ciou"])
def test_the_iou_loss_of_a_box_and_itself_is_0(kind):
    same = np.tile(np.float32([0, 0, 4, 2]), (3, 1))
    assert of_boxes(same, same, kind)[0] == 0


def test_iou_loss_knows_four_kinds():
    with pytest.raises(ValueError, match="'diou'"):
        losses.iou_loss(jnp.zeros(4), jnp.zeros(4), kind="siou")


def test_the_loss_of_a_region_proposal_network_by_hand():
    # Two positives, one negative, one ignored. log 2 each for the logits of 0.
    label = jnp.array([1, 1, 0, -1])
    offsets = jnp.array([[0.5, 0, 0, 0], [0, 2.0, 0, 0], [7.0] * 4, [7.0] * 4])
    loss = losses.rpn_loss(jnp.zeros(4), offsets, label, jnp.zeros((4, 4)), n_cls=256, n_reg=2400)
    entropy, box = 3 * math.log(2) / 256, (0.125 + 1.5) / 2400
    np.testing.assert_allclose(loss, [entropy + 10 * box, entropy, box, 256, 2400], rtol=1e-6)
    even = losses.rpn_loss(jnp.zeros(4), offsets, label, jnp.zeros((4, 4)), balance=1)
    np.testing.assert_allclose(even, [math.log(2) + 1.625 / 3, math.log(2), 1.625 / 3, 3, 3], rtol=1e-6)


def test_who_takes_no_part_costs_nothing(no_nans):
    def total(logits, offsets):
        return losses.rpn_loss(logits, offsets, jnp.array([-1, 0, 1]), jnp.full((3, 4), 0.5)).total

    nothing = jnp.array([[jnp.inf] * 4, [1e30] * 4, [0.0] * 4])
    value, (of_logits, of_offsets) = jax.value_and_grad(total, argnums=(0, 1))(
        jnp.array([1e30, 0, 0]), nothing
    )
    assert np.isfinite(value) and of_logits[0] == 0 and not of_offsets[:2].any()


@pytest.mark.parametrize("count", [0, 3])
def test_a_picture_without_a_sample_costs_nothing(count):
    loss = losses.rpn_loss(
        jnp.zeros(count), jnp.zeros((count, 4)), jnp.full(count, -1), jnp.zeros((count, 4))
    )
    assert loss[:3] == (0, 0, 0)


def test_elementwise_losses_are_empty_for_empty_input():
    none = jnp.zeros(0)
    assert losses.sigmoid_focal_loss(none, none).shape == losses.smooth_l1(none, none).shape == (0,)
    assert losses.softmax_cross_entropy(jnp.zeros((0, 3)), jnp.zeros(0, int)).shape == (0,)
