"""Losses of anchors: stories worked out by hand, and laws."""

import numpy as np
import pytest

from anchorlab import engine
from anchorlab.settings.losses import FocalSpec, LossSpec
from anchorlab.settings.simulation import HeadSpec

SURE = np.log(4.0)  # the logit of 80 %


def test_a_background_that_is_80_percent_sure():
    cost = lambda **spec: engine.classification_losses([-SURE], [0], LossSpec(**spec))[0]
    assert cost() == pytest.approx(0.2231, abs=5e-5)
    assert cost(classification="focal", focal=FocalSpec(balanced=False)) == pytest.approx(0.0089, abs=5e-5)
    assert cost(classification="focal") == pytest.approx(0.75 * 0.0089, abs=5e-5)


def test_the_ignored_cost_nothing_and_objects_cost_what_they_miss():
    losses = engine.classification_losses([-SURE, -SURE, 9.0], [1, 0, -1], LossSpec())
    np.testing.assert_allclose(losses, [-np.log(0.2), -np.log(0.8), 0], rtol=1e-6)


def test_the_picture_of_one_object_and_one_background():
    """ln 2 + 0.2231 over two, and 10 times 0.5^2 / 2 over ten cells."""
    label = np.array([1, 0, -1])
    classes = engine.classification_losses([0.0, -SURE, 3.0], label, LossSpec())
    boxes = np.zeros(3, np.float32)
    boxes[:1] = engine.regression_losses([[0.5, 0, 0, 0]], np.zeros((1, 4)), LossSpec())
    loss = engine.total_loss(label, classes, boxes, LossSpec(), locations=10)
    assert loss.total == pytest.approx((np.log(2) + 0.22314) / 2 + 10 * 0.125 / 10, abs=1e-5)
    assert (loss.n_cls, loss.n_reg) == (2, 10)
    by_positives = engine.total_loss(
        label, classes, boxes, LossSpec(n_cls="positives", n_reg="positives"), locations=10
    )
    assert by_positives.total == pytest.approx(np.log(2) + 0.22314 + 10 * 0.125, abs=1e-5)


def test_boxes_are_compared_as_a_whole_where_the_loss_says_so():
    pair = [[0, 0, 10, 10], [0, 0, 10, 10]], [[0, 0, 10, 5], [20, 0, 30, 10]]
    of = lambda kind: engine.regression_losses(*pair, LossSpec(regression=kind))
    np.testing.assert_allclose(of("iou"), [0.5, 1], rtol=1e-6)
    np.testing.assert_allclose(of("giou"), [0.5, 1 + 1 / 3], rtol=1e-6)


def test_what_a_pretended_network_says():
    offsets = np.float32([[2, -1, 0, 4]])
    heads = engine.simulate_heads(
        [0, 1, 0.5], offsets, HeadSpec(background=0.8, objects=0.9, spread=0, missing=0.25)
    )
    probability = 1 / (1 + np.exp(-heads.logits))
    np.testing.assert_allclose(probability[:2], [0.2, 0.9], atol=1e-6)
    assert heads.logits[2] == pytest.approx(heads.logits[:2].mean(), abs=1e-6)
    np.testing.assert_array_equal(heads.offsets, 0.75 * offsets)
    spread = engine.simulate_heads(np.zeros(20_000), offsets, HeadSpec(spread=2.0)).logits
    assert spread.std() == pytest.approx(2, rel=0.02)


@pytest.mark.parametrize("count", [0, 1, 1023, 1024, 1025])
def test_padding_costs_nothing(count):
    draw = np.random.default_rng(count)
    label = draw.integers(-1, 2, count)
    logits = draw.normal(0, 3, count).astype(np.float32)
    focal = engine.classification_losses(logits, label, LossSpec("focal"))
    assert focal.shape == (count,)
    np.testing.assert_array_equal(
        focal,
        np.array(
            [
                engine.classification_losses(logits[i : i + 1], label[i : i + 1], LossSpec("focal"))[0]
                for i in range(min(count, 3))
            ]
            + focal[3:].tolist(),
            np.float32,
        ),
    )
    boxes = np.where(label == 1, focal, 9).astype(np.float32)
    parts = engine.total_loss(label, focal, boxes, LossSpec(), locations=7)
    assert parts.n_cls == (label >= 0).sum()
    assert parts.classification * max(parts.n_cls, 1) == pytest.approx(
        float(focal.sum(dtype=np.float64)), rel=1e-5
    )
    assert parts.regression * 7 == pytest.approx(float(boxes[label == 1].sum(dtype=np.float64)), rel=1e-5)


@pytest.mark.parametrize(
    ("named", "wrong"),
    [
        ("label", lambda: engine.classification_losses([0.0], [2], LossSpec())),
        ("logits", lambda: engine.classification_losses([np.nan], [0], LossSpec())),
        ("logits", lambda: engine.classification_losses([0.0, 1.0], [0], LossSpec())),
        ("predictions", lambda: engine.regression_losses([[0, 0, 1]], np.zeros((1, 4)), LossSpec())),
        ("targets", lambda: engine.regression_losses(np.zeros((2, 4)), np.zeros((1, 4)), LossSpec())),
        ("regression", lambda: engine.total_loss([1], [0.0], [np.inf], LossSpec(), locations=1)),
        ("locations", lambda: engine.total_loss([1], [0.0], [0.0], LossSpec(), locations=-1)),
        ("best_iou", lambda: engine.simulate_heads([np.nan], np.zeros((0, 4)), HeadSpec())),
    ],
)
def test_a_wrong_argument_is_named(named, wrong):
    with pytest.raises(ValueError, match=named):
        wrong()
