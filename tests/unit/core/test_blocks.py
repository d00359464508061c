"""Matching by blocks answers what the book's matrix answers, to the last bit: thousands of made-up scenes."""

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anchorlab.core.matching.atss import match_atss
from anchorlab.core.matching.blocks import overlaps
from anchorlab.core.matching.greedy import match_greedily
from anchorlab.core.matching.max_iou import match_by_max_iou
from anchorlab.core.matching.ssd import match_ssd
from anchorlab.core.matching.threshold import match_by_threshold
from tests.unit.core import book_matching as book

RULES = {rule.__name__: rule for rule in (match_by_threshold, match_by_max_iou, match_ssd, match_greedily)}
SHAPES = ((1, 1), (40, 5), (700, 0), (700, 3), (2600, 9))
"""Anchors and objects: part of a block, a block and a bit, several blocks."""
KINDS = (
    "spread",
    "clustered",
    "ties",
    "equal objects",
    "equal anchors",
    "nothing overlaps",
    "points",
)


of_boxes = jax.jit(
    lambda anchors, gt_boxes, settings, rule: RULES[rule](overlaps(anchors, gt_boxes), **settings),
    static_argnums=3,
)
of_matrix = jax.jit(lambda iou, settings, rule: RULES[rule](iou, **settings), static_argnums=2)
by_atss = jax.jit(match_atss)


def made_up(seed: int, anchors: int, objects: int, kind: str) -> tuple[np.ndarray, np.ndarray]:
    """Anchors (A, 4) and objects (G, 4) of one of several kinds."""
    rng = np.random.default_rng(seed)

    def some(count):
        center, side = rng.uniform(0, 300, (count, 2)), rng.uniform(1, 120, (count, 2))
        if kind == "clustered":
            center = 150 + rng.normal(0, 9, (count, 2))
        elif kind == "ties":  # few places: equal, touching and nested boxes, points and lines
            center, side = rng.integers(0, 8, (count, 2)) * 8.0, rng.integers(0, 4, (count, 2)) * 8.0
        elif kind == "points":
            side = side * rng.integers(0, 2, (count, 2))
        return np.concatenate([center - side / 2, center + side / 2], axis=1).astype(np.float32)

    boxes, gt_boxes = some(anchors), some(objects)
    if kind == "equal objects":
        gt_boxes[:] = gt_boxes[:1]
    elif kind == "equal anchors":
        boxes[:] = boxes[:1]
    elif kind == "nothing overlaps":
        gt_boxes += 1000
    return boxes, gt_boxes


def same(ours, theirs):
    for name, value in theirs.items():
        np.testing.assert_array_equal(getattr(ours, name), value, err_msg=name)
        assert getattr(ours, name).dtype == value.dtype, name


def played(rounds) -> list[tuple[int, int, float]]:
    """(anchor, object, IoU) of every round; what stands behind them is empty."""
    rounds = jax.device_get(rounds)
    length = int(rounds.count)
    assert (rounds.anchor[length:] == -1).all() and not rounds.iou[length:].any()
    return list(zip(*(column[:length].tolist() for column in rounds[:3]), strict=True))


def hold(found, rule, iou, **settings):
    """Holds what was found by these settings against the rule of the book."""
    if rule == "match_greedily":
        found, rounds = found
        masks = {name: settings.get(name) for name in ("anchor_mask", "gt_mask")}
        assert played(rounds) == book.greedy_rounds(iou, **masks)
    same(found, getattr(book, rule)(iou, **settings))


def agree(rule, anchors, gt_boxes, **settings):
    hold(of_boxes(anchors, gt_boxes, settings, rule), rule, book.pairwise(anchors, gt_boxes), **settings)


EDGES = st.sampled_from([0.0, 0.1, 0.25, 1 / 3, 0.5, 1.0])
scenes = {
    "seed": st.integers(0, 2**31),
    "shape": st.sampled_from(SHAPES),
    "kind": st.sampled_from(KINDS),
    "masked": st.booleans(),
}


def masks_of(seed, shape, masked, objects):
    rng = np.random.default_rng(seed + 1)
    share = rng.choice([0.0, 0.3, 0.9]) if masked else 2
    return {
        "anchor_mask": rng.random(shape[0]) < share,
        "gt_mask": rng.random(objects) < (0.7 if masked else 2),
    }


@given(
    **scenes,
    thresholds=st.tuples(EDGES, EDGES),
    bound=st.sampled_from([-1.0, 0.0, 0.3]),
    flags=st.tuples(st.booleans(), st.booleans()),
)
def test_thresholds(seed, shape, kind, masked, thresholds, bound, flags):
    anchors, gt_boxes = made_up(seed, *shape, kind)
    low, high = sorted(thresholds)
    settings = {"low_quality": flags[0], "low_negative": flags[1], "min_best_iou": bound}
    agree(
        "match_by_threshold",
        anchors,
        gt_boxes,
        high=high,
        low=low,
        **settings,
        **masks_of(seed, shape, masked, len(gt_boxes)),
    )


@given(
    **scenes,
    thresholds=st.tuples(EDGES, EDGES),
    bound=st.sampled_from([0.0, 0.3]),
    flags=st.tuples(st.booleans(), st.booleans()),
)
def test_max_iou(seed, shape, kind, masked, thresholds, bound, flags):
    anchors, gt_boxes = made_up(seed, *shape, kind)
    low, high = sorted(thresholds)
    settings = {"low_quality": flags[0], "assign_all": flags[1], "min_pos_iou": bound}
    agree(
        "match_by_max_iou",
        anchors,
        gt_boxes,
        high=high,
        low=low,
        **settings,
        **masks_of(seed, shape, masked, len(gt_boxes)),
    )


@pytest.mark.parametrize("rule", ["match_ssd", "match_greedily"])
@given(**scenes, high=EDGES)
def test_one_anchor_for_each_object(rule, seed, shape, kind, masked, high):
    anchors, gt_boxes = made_up(seed, *shape, kind)
    agree(rule, anchors, gt_boxes, high=high, **masks_of(seed, shape, masked, len(gt_boxes)))


@given(**scenes, top_k=st.sampled_from([1, 4, 9, 5000]), num_levels=st.sampled_from([1, 3]))
def test_atss(seed, shape, kind, masked, top_k, num_levels):
    anchors, gt_boxes = made_up(seed, *shape, kind)
    level = np.sort(np.random.default_rng(seed).integers(0, num_levels, len(anchors))).astype(np.int32)
    settings = {"num_levels": num_levels, "top_k": top_k} | masks_of(seed, shape, masked, len(gt_boxes))
    found, own = by_atss(anchors, gt_boxes, level, **settings)
    matches, adaptive = book.match_atss(anchors, gt_boxes, level, **settings)
    same(found, matches)
    same(own, adaptive)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("kind", ["spread", "ties"])
def test_a_hundred_objects(rule, kind):
    anchors, gt_boxes = made_up(5, 20_000, 100, kind)
    agree(rule, anchors, gt_boxes)
    iou = book.pairwise(anchors, gt_boxes)
    hold(of_matrix(iou, {}, rule), rule, iou)


@given(
    seed=st.integers(0, 2**31),
    shape=st.sampled_from([(1, 1), (12, 5), (1500, 7)]),
    thresholds=st.tuples(EDGES, EDGES),
    bound=st.sampled_from([-1.0, 0.0, 0.3]),
    flags=st.tuples(st.booleans(), st.booleans()),
    masked=st.booleans(),
)
def test_any_matrix(seed, shape, thresholds, bound, flags, masked):
    """IoUs that no boxes have: few values, so that ties are everywhere."""
    iou = np.random.default_rng(seed).choice(np.float32([0, 0.1, 0.25, 0.4, 0.5, 0.75, 1]), shape)
    low, high = sorted(thresholds)
    band = {"high": high, "low": low, "low_quality": flags[0]}
    for rule, settings in (
        ("match_by_threshold", {**band, "low_negative": flags[1], "min_best_iou": bound}),
        ("match_by_max_iou", {**band, "assign_all": flags[1], "min_pos_iou": max(bound, 0.0)}),
        ("match_ssd", {"high": high}),
        ("match_greedily", {"high": high}),
    ):
        settings |= masks_of(seed, shape, masked, shape[1])
        hold(of_matrix(iou, settings, rule), rule, iou, **settings)
