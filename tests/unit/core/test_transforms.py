"""The other suppressions and rules take `jit` and `vmap`, and broadcast nothing silently."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from anchorlab.core.anchors import Levels, anchors_at, places
from anchorlab.core.matching.atss import match_atss
from anchorlab.core.matching.max_iou import match_by_max_iou
from anchorlab.core.matching.yolo import match_yolo
from anchorlab.core.matching.yolov5 import match_yolov5
from anchorlab.core.suppression.fusion import fuse_boxes, fused_scores
from anchorlab.core.suppression.matrix import matrix_suppress
from anchorlab.core.suppression.soft import soft_suppress

BOXES = jnp.array([[0.0, 0, 10, 10], [1, 0, 11, 10], [20, 20, 30, 30]])
SCORES = jnp.array([0.9, 0.8, 0.7])
CLASSES = jnp.array([0, 0, 1])
LEVELS = Levels(
    start=jnp.array([0, 16]),
    rows=jnp.array([4, 2]),
    cols=jnp.array([4, 2]),
    shapes_per_cell=jnp.array([1, 1]),
    first_shape=jnp.array([0, 1]),
    stride=jnp.array([[8.0, 8], [16, 16]]),
    widths_heights=jnp.array([[8.0, 8], [16, 16]]),
)
ANCHORS, PLACE = anchors_at(jnp.arange(20), LEVELS), places(jnp.arange(20), LEVELS)


def fuse(boxes):
    weights = jnp.ones(2)
    fusion = fuse_boxes(boxes, SCORES, CLASSES, jnp.array([0, 1, 0]), weights)
    return fusion, fused_scores(fusion, weights)


def shapes(rule):
    return lambda boxes: rule(ANCHORS, boxes, LEVELS, jnp.array([0, 1]))


@pytest.mark.parametrize(
    "function",
    [
        lambda boxes: soft_suppress(boxes, SCORES, CLASSES),
        lambda boxes: soft_suppress(boxes, SCORES, kernel="gaussian"),
        lambda boxes: matrix_suppress(boxes, SCORES, CLASSES),
        lambda boxes: matrix_suppress(boxes, SCORES, kernel="linear"),
        fuse,
        lambda boxes: match_by_max_iou(jnp.abs(boxes) / 30),
        lambda boxes: match_atss(ANCHORS, boxes, PLACE.level, num_levels=2),
        shapes(match_yolo),
        shapes(match_yolov5),
    ],
)
def test_jit_and_vmap_change_nothing(function):
    several = jnp.stack([BOXES, BOXES[::-1], BOXES + 1])
    compiled = jax.jit(function)
    together = jax.tree.leaves(jax.jit(jax.vmap(function))(several))
    # Op by op once: that compiles every loop anew.
    for i, alone in enumerate((function(several[0]), compiled(several[1]), compiled(several[2]))):
        for ours, one in zip(together, jax.tree.leaves(alone), strict=True):
            np.testing.assert_allclose(ours[i], one, rtol=1e-5, atol=1e-6)
