"""The pretended detector: plausible, repeatable, and steady when one knob is turned."""

from inspect import signature

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from anchorlab.core.anchors import grid_anchors
from anchorlab.core.iou import pairwise
from anchorlab.core.simulate import detections_from, simulate_detections
from anchorlab.settings.anchors import AnchorSpec

ANCHORS = grid_anchors(8, 8, jnp.array(AnchorSpec(sizes=(32, 64)).widths_heights), stride=16.0)
GT = jnp.array([[10.0, 10, 60, 50], [60, 50, 110, 120]])
CLASSES = jnp.array([2, 0])
IOU = pairwise(ANCHORS, GT)
USUAL = {  # all of them: one that is left out is a program of its own
    "seed": 0,
    "num_classes": 3,
    **{
        name: parameter.default
        for function in (simulate_detections, detections_from)
        for name, parameter in signature(function).parameters.items()
        if isinstance(parameter.default, int | float | tuple)
    },
    "anchor_mask": jnp.ones(len(ANCHORS), bool),
    "gt_mask": jnp.ones(len(GT), bool),
}
ROOM = {"max_per_object": 12, "max_false_alarms": 8}
compiled = jax.jit(simulate_detections, static_argnames=tuple(ROOM))


def simulate(**settings):
    result, real = jax.device_get(compiled(ANCHORS, GT, CLASSES, IOU, **(USUAL | ROOM | settings)))
    return type(result)(*(field[real] for field in result))


def test_default_counts_classes_and_scores():
    result = simulate()
    assert len(result.scores) == 2 * 7 + 4
    assert result.source.tolist() == [0] * 7 + [1] * 7 + [-1] * 4
    assert result.class_ids[:14].tolist() == [2] * 7 + [0] * 7
    assert ((result.scores >= 0.01) & (result.scores <= 0.99)).all()
    assert (
        np.median(result.scores[:14]) > 0.5
        and ((result.scores[14:] >= 0.05) & (result.scores[14:] <= 0.45)).all()
    )
    assert ((result.class_ids >= 0) & (result.class_ids < 3)).all()


def test_without_noise_every_prediction_is_its_object():
    result = simulate(localisation_noise=0.0, score_noise=0.0, false_alarms=0)
    np.testing.assert_allclose(result.xyxy, GT[result.source], atol=1e-3)
    np.testing.assert_allclose(result.scores, 0.99)


def test_the_seed_decides():
    first, second, third = simulate(), simulate(), simulate(seed=1)
    for a, b in zip(first, second, strict=True):
        np.testing.assert_array_equal(a, b)
    assert not np.allclose(first.xyxy, third.xyxy)


def test_turning_one_knob_leaves_the_other_draws_alone():
    few, more = simulate(per_object=3, false_alarms=2), simulate(per_object=5, false_alarms=6)
    np.testing.assert_array_equal(few.xyxy[few.source == 0], more.xyxy[more.source == 0][:3])
    np.testing.assert_array_equal(few.xyxy[few.source == 1], more.xyxy[more.source == 1][:3])
    np.testing.assert_array_equal(few.xyxy[few.source == -1], more.xyxy[more.source == -1][:2])


@pytest.mark.parametrize("stds", [(1.0,) * 4, (0.1, 0.1, 0.2, 0.2)])
def test_the_coder_does_not_change_the_boxes(stds):
    means = (0.1, 0.0, -0.1, 0.0)
    np.testing.assert_allclose(simulate(stds=stds, means=means).xyxy, simulate().xyxy, atol=1e-3)


def test_masked_anchors_and_objects_predict_nothing():
    nothing = simulate(anchor_mask=jnp.zeros(len(ANCHORS), bool))
    assert len(nothing.scores) == 0
    one = simulate(gt_mask=jnp.array([False, True]))
    assert set(one.source.tolist()) == {1, -1}


def test_anchors_without_area_are_never_chosen():
    flat = ANCHORS.at[:, 2].set(ANCHORS[:, 0])
    _, real = compiled(flat, GT, CLASSES, IOU * 0, seed=0, num_classes=3)
    assert not real.any()


def test_no_objects_leave_false_alarms():
    empty, real = compiled(ANCHORS, GT[:0], CLASSES[:0], IOU[:, :0], seed=0, num_classes=3)
    assert empty.source.tolist() == [-1] * 4 and real.all()
