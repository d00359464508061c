"""Encoding and decoding: numbers by hand, the round trip, and gradients without NaN."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anchorlab.core.coders.center import decode_offsets, encode_offsets
from tests.unit.strategies import boxes

ANCHOR, BOX = jnp.array([[0.0, 0.0, 10.0, 10.0]]), jnp.array([[2.0, 0.0, 12.0, 20.0]])
CODERS = [
    ((0.0,) * 4, (1.0,) * 4),
    ((0.0,) * 4, (0.1, 0.1, 0.2, 0.2)),
    ((0.1, -0.2, 0.05, 0.3), (0.3, 0.2, 0.1, 2.0)),
]


def test_by_hand():
    # dx / w = .2, dy / h = .5, log 1 = 0, log 2 = .693
    np.testing.assert_allclose(
        encode_offsets(ANCHOR, BOX, stds=(1,) * 4), [[0.2, 0.5, 0, math.log(2)]], rtol=1e-6
    )
    np.testing.assert_allclose(encode_offsets(ANCHOR, BOX), [[2, 5, 0, math.log(2) / 0.2]], rtol=1e-6)
    shifted = encode_offsets(ANCHOR, BOX, means=(0.1, 0, 0, 0), stds=(1,) * 4)
    np.testing.assert_allclose(shifted, [[0.1, 0.5, 0, math.log(2)]], rtol=1e-6)


@given(boxes((1,), with_area=True), boxes((1,), with_area=True), st.sampled_from(CODERS))
def test_decode_inverts_encode(anchor, box, coder):
    means, stds = coder
    anchor, box = jnp.asarray(anchor), jnp.asarray(box)
    offsets = encode_offsets(anchor, box, means=means, stds=stds)
    # Only rounding is lost, a few ulps of the coordinates.
    np.testing.assert_allclose(decode_offsets(anchor, offsets, means=means, stds=stds), box, atol=2e-4)


@given(boxes((1,), with_area=True), boxes((1,), with_area=True), st.sampled_from([2**-8, 4.0, 2.0**8]))
def test_offsets_do_not_know_the_scale(anchor, box, scale):
    anchor, box = jnp.asarray(anchor), jnp.asarray(box)
    np.testing.assert_allclose(
        encode_offsets(anchor, box), encode_offsets(anchor * scale, box * scale), atol=1e-4
    )


@pytest.mark.usefixtures("no_nans")
def test_unmatched_rows_are_zero_and_so_is_their_gradient():
    anchors = jnp.concatenate([ANCHOR, ANCHOR, jnp.zeros((1, 4))])
    targets = jnp.concatenate([BOX, jnp.zeros((2, 4))])  # rows 1 and 2: log 0, and 0 / 0
    matched = jnp.array([True, False, False])

    def loss(anchors, targets):
        return (encode_offsets(anchors, targets, matched=matched) ** 2).sum()

    offsets = encode_offsets(anchors, targets, matched=matched)
    assert offsets[1:].tolist() == [[0] * 4] * 2
    for gradient in jax.grad(loss, argnums=(0, 1))(anchors, targets):
        assert jnp.isfinite(gradient).all() and not gradient[1:].any()


def test_clamp_bounds_the_log_size_only_and_only_above():
    wild = jnp.array([[0.0, 0.0, 1000.0, -1000.0]])
    box = decode_offsets(ANCHOR, wild, clamp=math.log(1000 / 16))
    np.testing.assert_allclose(box[0, 2] - box[0, 0], 10 * 1000 / 16, rtol=1e-5)
    assert box[0, 3] == box[0, 1]


def test_eps_keeps_the_log_of_a_point_finite():
    point = jnp.array([[5.0, 5.0, 5.0, 5.0]])
    np.testing.assert_allclose(encode_offsets(ANCHOR, point, eps=1e-6)[0, 2:], [-69.0776] * 2, rtol=1e-5)
    assert jnp.isneginf(encode_offsets(ANCHOR, point)[0, 2:]).all()


def test_empty():
    empty = jnp.zeros((0, 4))
    assert encode_offsets(empty, empty).shape == decode_offsets(empty, empty).shape == (0, 4)
