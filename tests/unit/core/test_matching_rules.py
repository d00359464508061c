"""Matching of SSD, mmdetection, ATSS and YOLO: stories by hand, textbooks to agree with, and laws."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from anchorlab.core.iou import pairwise
from anchorlab.core.matching.atss import match_atss, nearest_per_level
from anchorlab.core.matching.common import Reason
from anchorlab.core.matching.max_iou import match_by_max_iou
from anchorlab.core.matching.shapes import fit_summary, shape_fit, shape_iou, worst_factor
from anchorlab.core.matching.ssd import match_ssd
from anchorlab.core.matching.threshold import match_by_threshold
from tests.unit.strategies import boxes, ious

max_iou, ssd = jax.jit(match_by_max_iou), jax.jit(match_ssd)
threshold = jax.jit(match_by_threshold)
atss = jax.jit(match_atss)


def reasons(matches):
    return [Reason(int(r)).name for r in matches.reason]


# --- mmdetection and SSD -------------------------------------------------------------------------------


@given(ious(((12, 5),)))
def test_without_low_quality_it_is_the_plain_threshold(iou):
    ours, plain = max_iou(iou, low_quality=False), threshold(iou, low_quality=False)
    for field, expected in zip(ours, plain, strict=True):
        np.testing.assert_array_equal(field, expected)


def test_an_iou_at_the_low_threshold():
    iou = jnp.array([[0.4], [1.0]])
    assert threshold(iou, low=0.4).label.tolist() == [-1, 1]
    strict = threshold(iou, low=0.4, low_negative=True)
    assert strict.label.tolist() == [0, 1] and reasons(strict)[0] == "BELOW_LOW"


# --- ATSS ----------------------------------------------------------------------------------------------


def test_atss_by_hand():
    """Three anchors of one level around an object; two are its candidates."""
    anchors = jnp.array([[0.0, 0, 10, 10], [8, 0, 18, 10], [30, 0, 40, 10]])
    gt = jnp.array([[0.0, 0, 10, 10]])
    matches, own = atss(anchors, gt, jnp.zeros(3, int), num_levels=1, top_k=2)
    assert own.candidate[:, 0].tolist() == [True, True, False]
    values = np.array([1, 20 / 180])
    np.testing.assert_allclose(own.mean, [values.mean()], rtol=1e-6)
    np.testing.assert_allclose(own.std, [values.std(ddof=1)], rtol=1e-6)
    np.testing.assert_allclose(own.threshold, [values.mean() + values.std(ddof=1)], rtol=1e-6)
    # 1 < mean + std = 1.18: two candidates never reach their threshold unless they are equal.
    assert reasons(matches) == ["BELOW_OWN_THRESHOLD", "BELOW_OWN_THRESHOLD", "NOT_NEAREST"]
    matches, own = atss(anchors, gt, jnp.zeros(3, int), num_levels=1, top_k=3)
    assert reasons(matches) == ["CANDIDATE", "BELOW_OWN_THRESHOLD", "BELOW_OWN_THRESHOLD"]
    matches, own = atss(anchors, gt, jnp.zeros(3, int), num_levels=1, top_k=1)
    assert own.std.tolist() == [0] and matches.label.tolist() == [1, 0, 0]


def test_atss_asks_for_the_centre():
    """A thin object beside the anchor's centre: enough IoU for it, but the centre is outside."""
    anchors = jnp.array([[0.0, 0, 10, 10], [50, 50, 60, 60], [70, 70, 80, 80]])
    gt = jnp.array([[6.0, 0, 12, 10]])
    matches, _ = atss(anchors, gt, jnp.zeros(3, int), num_levels=1, top_k=3)
    assert reasons(matches)[0] == "CENTER_OUTSIDE" and matches.label.tolist() == [0, 0, 0]


@given(boxes((12,)), boxes((1, 3), with_area=True), st.sampled_from([1, 2, 4, 20]))
def test_atss_laws(anchors, gt_boxes, top_k):
    level = np.repeat([0, 1], [8, 4])
    matches, own = jax.device_get(atss(anchors, gt_boxes, level, num_levels=2, top_k=top_k))
    iou = np.asarray(jax.jit(pairwise)(anchors, gt_boxes))
    candidate = own.candidate
    assert (candidate[:8].sum(0) == min(top_k, 8)).all() and (candidate[8:].sum(0) == min(top_k, 4)).all()
    for g in range(len(gt_boxes)):
        mine = iou[candidate[:, g], g]
        np.testing.assert_allclose(own.mean[g], mine.mean(), atol=1e-6)
        np.testing.assert_allclose(own.std[g], mine.std(ddof=1) if len(mine) > 1 else 0, atol=1e-5)
    for a in np.flatnonzero(matches.label == 1):
        g = matches.gt_index[a]
        x, y = (anchors[a, :2] + anchors[a, 2:]) / 2
        assert candidate[a, g] and iou[a, g] >= own.threshold[g]
        assert gt_boxes[g, 0] < x < gt_boxes[g, 2] and gt_boxes[g, 1] < y < gt_boxes[g, 3]
    assert not (matches.label == -1).any()


def test_nearest_takes_the_first_on_ties_and_no_infinity():
    distance, level = jnp.array([1.0, 1.0, 1.0, jnp.inf]), jnp.array([0, 0, 1, 1])
    chosen = nearest_per_level(distance, level, num_levels=2, top_k=1)
    assert chosen.tolist() == [True, False, True, False]
    chosen = nearest_per_level(distance, level, num_levels=2, top_k=3)
    assert chosen.tolist() == [True, True, True, False]


def test_atss_without_objects_or_anchors():
    matches, own = match_atss(jnp.zeros((2, 4)), jnp.zeros((0, 4)), jnp.zeros(2, int), num_levels=1)
    assert reasons(matches) == ["NO_OBJECTS"] * 2 and own.threshold.shape == (0,)
    matches, _ = match_atss(jnp.zeros((0, 4)), jnp.ones((1, 4)), jnp.zeros(0, int), num_levels=1)
    assert matches.label.shape == (0,)


# --- shapes ---------------------------------------------------------------------------------------------

shapes = npst.arrays(np.float32, (4, 2), elements=st.sampled_from([1.0, 2.0, 5.0, 8.0, 40.0]))


def test_shapes_by_hand():
    sides, anchors = jnp.array([[10.0, 20]]), jnp.array([[10.0, 10], [20, 40], [10, 80]])
    np.testing.assert_allclose(shape_iou(sides, anchors), [[0.5, 0.25, 0.25]])
    np.testing.assert_allclose(worst_factor(sides, anchors), [[2, 2, 4]])
    np.testing.assert_allclose(shape_fit(sides, anchors), [[0.5, 0.5, 0.25]])
    recall, above = fit_summary(shape_fit(sides, anchors), 4.0)  # 1/4 is not above 1/4
    assert recall == 1 and above == 2


@jax.jit
def all_of_shapes(a, b):
    return shape_fit(a, b), worst_factor(a, b), shape_iou(a, b), shape_fit(b, a), shape_iou(a, a)


@given(shapes, shapes)
def test_shape_laws(a, b):
    fit, factor, iou, turned, own = (np.asarray(values) for values in all_of_shapes(a, b))
    np.testing.assert_allclose(fit * factor, 1, rtol=1e-6)
    np.testing.assert_allclose(fit, turned.T, rtol=1e-6)
    # Two sides that differ by f at most overlap by 1 / f^2 at least, and by 1 / f at most.
    assert (iou <= fit + 1e-6).all() and (iou >= fit**2 - 1e-6).all()
    assert (np.diagonal(own) == 1).all()


@pytest.mark.parametrize("rule", [match_by_max_iou, match_ssd])
def test_empty(rule):
    assert reasons(rule(jnp.zeros((2, 0)))) == ["NO_OBJECTS"] * 2
    assert rule(jnp.zeros((0, 3))).label.shape == (0,)
