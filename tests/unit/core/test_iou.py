"""IoU and its relatives: numbers by hand, then laws."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anchorlab.core import iou as core
from tests.unit.strategies import boxes

A, B = [0.0, 0.0, 10.0, 10.0], [0.0, 0.0, 10.0, 5.0]
APART = [20.0, 0.0, 30.0, 10.0]
pairwise = jax.jit(core.pairwise, static_argnames="kind")


@pytest.mark.parametrize(
    ("kind", "a", "b", "value"),
    [
        ("iou", A, B, 0.5),
        ("iou", A, A, 1),
        ("iou", A, [10.0, 0.0, 20.0, 10.0], 0),
        ("giou", A, B, 0.5),
        ("giou", A, APART, -1 / 3),  # hull 300, union 200
        ("diou", A, APART, -400 / 1000),  # centres 20 apart, hull 30 x 10
        ("diou", A, B, 0.5 - 2.5**2 / 200),
        ("ciou", A, A, 1),
    ],
)
def test_by_hand(kind, a, b, value):
    assert core.KINDS[kind](jnp.array(a), jnp.array(b)) == pytest.approx(value, rel=1e-6)


@pytest.mark.usefixtures("no_nans")
@pytest.mark.parametrize("kind", core.KINDS)
def test_boxes_without_area_have_no_nan_and_no_nan_gradient(kind):
    odd = jnp.array([[5.0, 5.0, 5.0, 5.0], [5.0, 0.0, 5.0, 9.0], [0.0, 5.0, 9.0, 5.0], A])
    matrix = pairwise(odd, odd, kind=kind)
    assert np.isfinite(matrix).all()
    assert matrix[0, 0] == 0
    gradient = jax.jit(jax.grad(lambda x: pairwise(x, odd, kind=kind).sum()))(odd)
    assert np.isfinite(gradient).all()


@given(boxes(), boxes(), st.sampled_from(list(core.KINDS)))
def test_symmetric_and_in_range(a, b, kind):
    matrix = np.asarray(pairwise(a, b, kind=kind))
    np.testing.assert_array_equal(matrix, pairwise(b, a, kind=kind).T)
    lowest = {"iou": 0, "giou": -1, "diou": -1, "ciou": -2}[kind]
    assert (matrix >= lowest - 1e-6).all() and (matrix <= 1 + 1e-6).all()


@given(boxes(with_area=True))
def test_a_box_and_itself_is_one(a):
    for kind in core.KINDS:
        np.testing.assert_allclose(np.diag(pairwise(a, a, kind=kind)), 1, atol=1e-6)


@given(boxes(), boxes())
def test_penalties_only_lower(a, b):
    iou, giou, diou, ciou = (np.asarray(pairwise(a, b, kind=k)) for k in core.KINDS)
    assert (giou <= iou + 1e-6).all() and (diou <= iou + 1e-6).all() and (ciou <= diou + 1e-6).all()


@given(boxes(), boxes(), st.sampled_from([2**-12, 0.25, 4.0, 2.0**10]), st.sampled_from(list(core.KINDS)))
def test_scale_does_not_matter(a, b, scale, kind):
    matrix = pairwise(a, b, kind=kind)
    scaled = pairwise(a * np.float32(scale), b * np.float32(scale), kind=kind)
    np.testing.assert_allclose(matrix, scaled, rtol=1e-6, atol=1e-6)


@given(boxes(), boxes(), st.randoms())
def test_the_order_of_boxes_does_not_matter(a, b, random):
    order = list(range(len(b)))
    random.shuffle(order)
    np.testing.assert_array_equal(np.asarray(pairwise(a, b))[:, order], pairwise(a, b[np.array(order)]))


def test_an_unknown_kind_is_named():
    with pytest.raises(ValueError, match="^kind must"):
        core.pairwise(jnp.zeros((1, 4)), jnp.zeros((1, 4)), "eiou")


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (0, 0)])
def test_empty(shape):
    assert core.pairwise(jnp.zeros((shape[0], 4)), jnp.zeros((shape[1], 4))).shape == shape
