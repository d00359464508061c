"""Both rules of matching: small stories by hand, a textbook to agree with, and laws."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jax.extend.core import ClosedJaxpr, Jaxpr

from anchorlab.core.matching.common import Reason
from anchorlab.core.matching.greedy import greedy_rounds, match_greedily
from anchorlab.core.matching.threshold import match_by_threshold
from tests.unit.strategies import ious

by_threshold, greedily, rounds_of = (
    jax.jit(match_by_threshold),
    jax.jit(match_greedily),
    jax.jit(greedy_rounds),
)


def reasons(matches):
    return [Reason(int(r)).name for r in matches.reason]


# --- by threshold ------------------------------------------------------------------------------------


def test_every_reason_by_hand():
    iou = jnp.array(
        [
            [0.5, 0.0],  # exactly high: positive
            [0.49, 0.1],  # between
            [0.4, 0.0],  # exactly low: still between
            [0.39, 0.0],  # below low
            [0.1, 0.3],  # the best of object 1: a low-quality match
            [0.9, 0.0],  # may not take part
        ]
    )
    mask = jnp.array([True, True, True, True, True, False])
    matches = match_by_threshold(iou, anchor_mask=mask)
    assert reasons(matches) == ["ABOVE_HIGH", "BETWEEN", "BETWEEN", "BELOW_LOW", "LOW_QUALITY", "OUTSIDE"]
    assert matches.label.tolist() == [1, -1, -1, 0, 1, -1]
    assert matches.gt_index.tolist() == [0, 0, 0, 0, 1, 0]
    assert matches.best_anchor.tolist() == [0, 4]
    np.testing.assert_allclose(matches.best_anchor_iou, [0.5, 0.3])


def test_a_low_quality_match_keeps_its_own_best_object():
    """Anchor 0 is the best of object 1 (.3), but overlaps object 0 more (.45)."""
    matches = match_by_threshold(jnp.array([[0.45, 0.3], [0.6, 0.0]]))
    assert matches.label.tolist() == [1, 1]
    assert matches.gt_index.tolist() == [0, 0]
    assert reasons(matches) == ["LOW_QUALITY", "ABOVE_HIGH"]


def test_ties_are_all_low_quality_matches():
    matches = match_by_threshold(jnp.array([[0.3], [0.3], [0.2]]))
    assert matches.label.tolist() == [1, 1, 0]
    assert matches.best_anchor.tolist() == [0]


def test_an_object_that_overlaps_nothing_has_no_low_quality_match():
    iou = jnp.array([[0.6, 0.0], [0.0, 0.0]])
    assert match_by_threshold(iou).label.tolist() == [1, 0]
    # torchvision and detectron2 have no such bound, and make every anchor positive.
    assert match_by_threshold(iou, min_best_iou=-1.0).label.tolist() == [1, 1]
    # A bound of .3, as in mmdetection's RPN, spares poor fits too.
    assert match_by_threshold(jnp.array([[0.25]]), min_best_iou=0.3).label.tolist() == [0]


def test_without_low_quality_matches():
    matches = match_by_threshold(jnp.array([[0.3], [0.45]]), low_quality=False)
    assert reasons(matches) == ["BELOW_LOW", "BETWEEN"]


@given(ious(((12, 5),)), st.randoms())
def test_the_order_of_objects_does_not_change_a_label(iou, random):
    order = list(range(iou.shape[1]))
    random.shuffle(order)
    before, after = by_threshold(iou), by_threshold(iou[:, order])
    np.testing.assert_array_equal(before.label, after.label)
    np.testing.assert_array_equal(before.reason, after.reason)
    np.testing.assert_array_equal(before.best_anchor[np.array(order)], after.best_anchor)


# --- greedy ------------------------------------------------------------------------------------------


def textbook_rounds(iou, anchor_mask=None):
    """Largest entry first, then its row and column leave: O(A G) for each of G rounds."""
    left = np.array(iou, np.float64)
    if anchor_mask is not None:
        left[~anchor_mask] = -1
    rounds = []
    while left.size and left.max() >= 0:
        anchor, gt = np.unravel_index(left.argmax(), left.shape)
        rounds.append((anchor, gt, iou[anchor, gt]))
        left[anchor, :] = left[:, gt] = -1
    return rounds


def played(rounds):
    pairs = zip(rounds.anchor.tolist(), rounds.gt.tolist(), rounds.iou.tolist(), strict=True)
    return list(pairs)[: int(rounds.count)]


@pytest.mark.parametrize("kind", ["random", "identical objects", "one anchor for all", "zeros", "rising"])
def test_rounds_of_larger_matrices(kind):
    rng = np.random.default_rng(0)
    iou = rng.uniform(0, 1, (300, 40)).astype(np.float32)
    if kind == "identical objects":
        iou[:] = iou[:, :1]
    elif kind == "one anchor for all":
        iou[7] = 1
    elif kind == "zeros":
        iou[:] = 0
    elif kind == "rising":
        iou = np.sort(iou, axis=0)
    assert played(rounds_of(iou)) == textbook_rounds(iou)


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_objects_and_anchors_does_not_matter_without_ties(seed):
    rng = np.random.default_rng(seed)
    iou = rng.permutation(np.linspace(0.01, 0.99, 30 * 6, dtype=np.float32)).reshape(30, 6)
    rows, cols = rng.permutation(30), rng.permutation(6)
    before, after = greedily(iou)[0], greedily(iou[rows][:, cols])[0]
    np.testing.assert_array_equal(before.label[rows], after.label)
    np.testing.assert_array_equal(before.gt_index[rows], cols[np.asarray(after.gt_index)])


def test_every_object_gets_an_anchor_of_its_own():
    # Both objects like anchor 0 best; object 1 must take its second choice, object 2 overlaps nothing.
    iou = jnp.array([[0.9, 0.8, 0.0], [0.1, 0.3, 0.0], [0.0, 0.0, 0.0], [0.55, 0.0, 0.0]])
    matches, rounds = greedily(iou)
    assert [(a, g) for a, g, _ in played(rounds)] == [(0, 0), (1, 1), (2, 2)]
    assert reasons(matches) == ["GREEDY", "GREEDY", "GREEDY", "ABOVE_HIGH"]
    assert matches.gt_index.tolist() == [0, 1, 2, 0]


def test_greedy_threshold_is_inclusive():
    iou = jnp.array([[0.9], [0.5], [0.499]])
    assert reasons(greedily(iou, high=0.5)[0]) == ["GREEDY", "ABOVE_HIGH", "BELOW_THRESHOLD"]


def test_more_objects_than_anchors():
    matches, rounds = greedily(jnp.array([[0.2, 0.9, 0.3]]))
    assert played(rounds) == [(0, 1, pytest.approx(0.9))]
    assert matches.gt_index.tolist() == [1]


def elements_written(jaxpr: Jaxpr, rounds: int) -> int:
    """What a program writes, in array elements; the body of a loop over rounds counts once per round, and there a
    search of an object that lost its anchor once."""
    total = 0
    for equation in jaxpr.eqns:
        inner = [p.jaxpr if isinstance(p, ClosedJaxpr) else p for p in equation.params.values()]
        inner = [p for p in inner if isinstance(p, Jaxpr)]
        if equation.primitive.name == "while":
            total += rounds * sum(elements_written(p, 1) for p in inner)
        elif inner:
            total += equation.params.get("length", 1) * sum(elements_written(p, rounds) for p in inner)
        elif equation.primitive.name not in ("scatter", "dynamic_update_slice"):  # these write in place
            total += sum(v.aval.size for v in equation.outvars)
    return total


def literal_rounds(iou):
    """The chapter's loop, for comparison."""

    def play(_, left):
        best = jnp.argmax(left)
        row, col = best // left.shape[1], best % left.shape[1]
        return left.at[row, :].set(-1.0).at[:, col].set(-1.0)

    return jax.lax.while_loop(lambda s: s[0] < iou.shape[1], lambda s: (s[0] + 1, play(*s) * 1.0), (0, iou))


@pytest.mark.parametrize(("algorithm", "expected"), [(greedy_rounds, 2), (literal_rounds, 4)])
def test_work_grows_with_anchors_times_objects(algorithm, expected):
    """Twice the objects are twice the work for A anchors, where the literal loop's is four times."""

    def work(num_anchors, num_gts):
        program = jax.make_jaxpr(algorithm)(jax.ShapeDtypeStruct((num_anchors, num_gts), jnp.float32))
        return elements_written(program.jaxpr, num_gts)

    assert work(2**22, 64) / work(2**22, 32) == pytest.approx(expected, rel=0.1)
    assert work(2**23, 32) / work(2**22, 32) == pytest.approx(2, rel=0.1)


# --- masks and empty input, both rules ---------------------------------------------------------------


@pytest.mark.parametrize("rule", [by_threshold, lambda iou, **masks: greedily(iou, **masks)[0]])
@given(iou=ious(((4, 3),)))
def test_padding_changes_nothing(rule, iou):
    padded = np.full((7, 5), 0.99, np.float32)
    padded[:4, :3] = iou
    plain = rule(iou)
    masked = rule(padded, anchor_mask=np.arange(7) < 4, gt_mask=np.arange(5) < 3)
    for name in ("label", "gt_index", "best_iou", "reason"):
        np.testing.assert_array_equal(getattr(plain, name), getattr(masked, name)[:4])
    for name in ("best_anchor", "best_anchor_iou"):
        np.testing.assert_array_equal(getattr(plain, name), getattr(masked, name)[:3])


@pytest.mark.parametrize("rule", [match_by_threshold, lambda iou, **masks: match_greedily(iou, **masks)[0]])
def test_empty(rule):
    no_objects = rule(jnp.zeros((3, 0)), anchor_mask=jnp.array([True, True, False]))
    assert reasons(no_objects) == ["NO_OBJECTS", "NO_OBJECTS", "OUTSIDE"]
    assert no_objects.label.tolist() == [0, 0, -1]
    assert no_objects.gt_index.tolist() == [-1, -1, -1] and no_objects.best_iou.tolist() == [0, 0, 0]
    no_anchors = rule(jnp.zeros((0, 2)))
    assert no_anchors.label.shape == (0,)
    assert no_anchors.best_anchor.tolist() == [-1, -1] and no_anchors.best_anchor_iou.tolist() == [0, 0]


def test_maps_over_a_batch():
    iou = jnp.array(np.random.default_rng(1).uniform(0, 1, (3, 20, 4)), jnp.float32)
    batch, rounds = jax.jit(jax.vmap(match_greedily))(iou)
    for i in range(3):
        one, its_rounds = greedily(iou[i])
        np.testing.assert_array_equal(batch.label[i], one.label)
        np.testing.assert_array_equal(rounds.anchor[i], its_rounds.anchor)
