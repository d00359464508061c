"""Coders by corners and in a cell: numbers by hand, and the way back."""

import jax.numpy as jnp
import numpy as np
from hypothesis import given

from anchorlab.core.coders.cell import decode_in_cell, encode_in_cell
from anchorlab.core.coders.center import decode_offsets
from anchorlab.core.coders.corner import decode_corners, encode_corners
from tests.unit.strategies import boxes


def test_corners_by_hand():
    anchor, box = jnp.array([[0.0, 0, 10, 20]]), jnp.array([[1.0, 4, 10, 24]])
    np.testing.assert_allclose(encode_corners(anchor, box), [[0.5, 1, 0, 1]], rtol=1e-6)


@given(boxes((5,), with_area=True), boxes((5,)))
def test_corners_come_back(anchors, gt_boxes):
    offsets = encode_corners(anchors, gt_boxes)
    np.testing.assert_allclose(decode_corners(anchors, offsets), gt_boxes, atol=1e-3)


def test_cells_by_hand():
    """The anchor fills the cell from 8 to 16; the object's centre is a quarter and a half into it."""
    anchor, box = jnp.array([[8.0, 8, 16, 16]]), jnp.array([[6.0, 10, 14, 14]])
    place = encode_in_cell(anchor, box, 8.0, logits=False)
    np.testing.assert_allclose(place, [[0.25, 0.5, 0, np.log(0.5)]], atol=1e-6)
    logits = encode_in_cell(anchor, box, 8.0)
    np.testing.assert_allclose(logits, [[np.log(1 / 3), 0, 0, np.log(0.5)]], atol=1e-6)
    np.testing.assert_allclose(decode_in_cell(anchor, logits, 8.0), box, atol=1e-5)


def test_a_centre_never_leaves_its_cell():
    anchor = jnp.array([[8.0, 8, 16, 16]])
    wild = decode_in_cell(anchor, jnp.array([[50.0, -50, 0, 0]]), 8.0)
    np.testing.assert_allclose(wild, [[12, 4, 20, 12]], atol=1e-4)
    away = jnp.array([[100.0, 8, 108, 16]])
    back = decode_in_cell(anchor, encode_in_cell(anchor, away, 8.0), 8.0)
    np.testing.assert_allclose(back, [[12, 8, 20, 16]], atol=1e-3)


def test_clamps():
    anchor, wild = jnp.array([[0.0, 0, 10, 10]]), jnp.array([[0.0, 0, 99, -99]])
    for both, height in ((False, 0.0), (True, 10 / np.e)):
        box = decode_offsets(anchor, wild, stds=(1, 1, 1, 1), clamp=1.0, clamp_both=both)[0]
        np.testing.assert_allclose([box[2] - box[0], box[3] - box[1]], [10 * np.e, height], rtol=1e-5)


def test_empty():
    nothing = jnp.zeros((0, 4))
    for coded in (encode_corners(nothing, nothing), encode_in_cell(nothing, nothing, 8.0)):
        assert coded.shape == (0, 4)
