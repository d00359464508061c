"""Suppression: small stories by hand, a textbook to agree with, and laws."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from anchorlab.core.iou import pairwise
from anchorlab.core.suppression.common import Status
from anchorlab.core.suppression.hard import suppress
from anchorlab.core.suppression.score_free import suppress_by_area
from tests.unit.strategies import boxes

compiled = jax.jit(suppress)
N = 7
predictions = st.tuples(
    boxes((N,)),
    npst.arrays(np.float32, N, elements=st.sampled_from([0.1, 0.3, 0.5, 0.5, 0.9])),
    npst.arrays(np.int32, N, elements=st.integers(0, 2)),
)
thresholds = st.sampled_from([0.0, 0.25, 0.5, 1.0])


def kept(record):
    return np.asarray(record.order)[np.asarray(record.status)[record.order] == Status.KEPT].tolist()


def textbook(boxes, scores, classes, threshold):
    """Best first; drop what overlaps it; repeat."""
    iou = np.asarray(jax.jit(pairwise)(boxes, boxes))
    left = sorted(range(len(scores)), key=lambda i: (-scores[i], i))
    keep = []
    while left:
        best, *rest = left
        keep.append(best)
        left = [i for i in rest if not (classes[i] == classes[best] and iou[best, i] > threshold)]
    return keep


@given(predictions, thresholds)
def test_agrees_with_the_textbook(given, threshold):
    assert kept(compiled(*given, iou_threshold=threshold)) == textbook(*given, threshold)


@given(predictions, thresholds)
def test_per_class_is_each_class_alone(given, threshold):
    boxes, scores, classes = given
    together = set(kept(compiled(*given, iou_threshold=threshold)))
    apart = [set(kept(compiled(boxes, scores, iou_threshold=threshold, mask=classes == c))) for c in range(3)]
    assert together == set().union(*apart)


@given(predictions, thresholds)
def test_the_trace_tells_the_truth(given, threshold):
    boxes, scores, classes = given
    record = jax.device_get(compiled(*given, iou_threshold=threshold))
    iou = np.asarray(jax.jit(pairwise)(boxes, boxes))
    keep = kept(record)
    assert [record.round[i] for i in keep] == list(range(1, len(keep) + 1))
    for i in range(N):
        by = record.suppressed_by[i]
        if record.status[i] == Status.KEPT:
            assert by == -1 and np.isnan(record.iou[i])
            continue
        # The first kept box, in order, of its class that overlaps it too much.
        rivals = [j for j in keep if classes[j] == classes[i] and iou[j, i] > threshold]
        assert by == rivals[0]
        assert record.round[i] == record.round[by]
        assert record.iou[i] == iou[by, i]
        assert scores[by] >= scores[i]


@given(predictions, thresholds)
def test_suppressing_the_kept_again_keeps_all(given, threshold):
    boxes, scores, classes = given
    first = compiled(boxes, scores, classes, iou_threshold=threshold)
    mask = np.asarray(first.status) == Status.KEPT
    again = compiled(boxes, scores, classes, iou_threshold=threshold, mask=mask)
    assert kept(again) == kept(first)


@given(predictions, thresholds, st.permutations(range(N)))
def test_the_order_of_predictions_does_not_matter(given, threshold, order):
    boxes, _, classes = given
    scores = np.linspace(0.1, 0.9, N, dtype=np.float32)  # no ties
    order = np.array(order)
    before = kept(compiled(boxes, scores, classes, iou_threshold=threshold))
    after = kept(compiled(boxes[order], scores[order], classes[order], iou_threshold=threshold))
    assert order[after].tolist() == before


@given(predictions, thresholds, st.sampled_from([0.25, 8.0]))
def test_scale_does_not_matter(given, threshold, scale):
    boxes, scores, classes = given
    before = compiled(boxes, scores, classes, iou_threshold=threshold)
    after = compiled(boxes * np.float32(scale), scores, classes, iou_threshold=threshold)
    np.testing.assert_array_equal(before.status, after.status)


def test_equality_keeps_both():
    boxes = jnp.array([[0.0, 0.0, 10.0, 10.0], [0.0, 0.0, 10.0, 5.0]])  # IoU .5
    scores = jnp.array([0.9, 0.8])
    assert kept(suppress(boxes, scores, iou_threshold=0.5)) == [0, 1]
    assert kept(suppress(boxes, scores, iou_threshold=0.49)) == [0]


def test_a_suppressed_box_suppresses_nobody():
    chain = jnp.array([[0.0, 0, 10, 10], [4, 0, 14, 10], [8, 0, 18, 10]])  # neighbours .43, ends .11
    record = suppress(chain, jnp.array([0.9, 0.8, 0.7]), iou_threshold=0.3)
    assert kept(record) == [0, 2]
    assert record.suppressed_by.tolist() == [-1, 0, -1] and record.round.tolist() == [1, 1, 2]


def test_score_threshold_then_top_k():
    boxes = jnp.array([[0.0, 0, 1, 1], [2, 0, 3, 1], [4, 0, 5, 1], [6, 0, 7, 1]])
    record = suppress(boxes, jnp.array([0.05, 0.9, 0.04, 0.8]), score_threshold=0.05, top_k=2)
    names = [Status(int(s)).name for s in record.status]
    assert names == ["OVER_TOP_K", "KEPT", "BELOW_SCORE", "KEPT"]  # .05 is not below .05
    assert record.round.tolist() == [0, 1, 0, 2] and record.order.tolist() == [1, 3, 0, 2]


def test_classes_are_kept_apart_where_the_coordinate_trick_fails():
    """With a largest coordinate of -1 a shift by class x (largest + 1) moves nothing."""
    box = jnp.array([[-11.0, -11.0, -1.0, -1.0]])
    boxes, scores, classes = jnp.repeat(box, 2, axis=0), jnp.array([0.9, 0.8]), jnp.array([0, 1])
    assert kept(suppress(boxes, scores, classes)) == [0, 1]
    shifted = boxes + (classes * (boxes.max() + 1))[:, None]
    assert kept(suppress(shifted, scores)) == [0]


@given(predictions, thresholds)
def test_padding_changes_nothing(given, threshold):
    padded = [np.concatenate([x, x]) for x in given]
    record = compiled(*padded, iou_threshold=threshold, mask=np.arange(2 * N) < N)
    plain = compiled(*given, iou_threshold=threshold)
    for ours, theirs in zip(record, plain, strict=True):
        np.testing.assert_array_equal(ours[:N], theirs)


def test_empty_and_all_below():
    nothing = suppress(jnp.zeros((0, 4)), jnp.zeros(0))
    assert all(field.shape == (0,) for field in nothing)
    record = suppress(jnp.zeros((2, 4)), jnp.array([0.1, 0.2]), score_threshold=0.5)
    assert kept(record) == [] and record.round.tolist() == [0, 0]


@pytest.mark.parametrize("n", [1, 3])
def test_compiles_and_maps(n):
    boxes = jnp.broadcast_to(jnp.array([[[0.0, 0, 1, 1]]]), (2, n, 4))
    records = jax.jit(jax.vmap(suppress))(boxes, jnp.ones((2, n)))
    assert (records.status == Status.KEPT).sum(1).tolist() == [1, 1]


def test_score_free_by_hand():
    """The largest goes first, though its score is the least that counts; who is below takes no part."""
    boxes = jnp.array([[0.0, 0, 4, 3], [0, 0, 4, 4], [0, 0, 9, 9], [0, 0, 3, 3]])
    record = suppress_by_area(boxes, jnp.array([0.9, 0.6, 0.1, 0.8]), score_threshold=0.5)
    assert record.order.tolist() == [0, 3, 1, 2]
    assert record.suppressed_by.tolist() == [1, -1, -1, 1]  # IoU 12 / 16 and 9 / 16
    assert record.keep.tolist() == [1] and record.status[2] == Status.BELOW_SCORE
    best_two = suppress_by_area(boxes, jnp.array([0.9, 0.6, 0.1, 0.8]), top_k=2)
    assert best_two.suppressed_by.tolist() == [-1, -1, -1, 0]
    assert best_two.status[1] == Status.OVER_TOP_K
