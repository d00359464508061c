"""What a step asks of the anchors is what the engine answers, for every rule and coder."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from anchorlab import engine
from anchorlab.catalogue.coders import CODERS
from anchorlab.catalogue.matching import RULES
from anchorlab.detector.targets import decode, layout, targets_of
from anchorlab.scenes.generated import generate
from anchorlab.settings.coding import CoderSpec
from anchorlab.settings.training import DetectorSpec

SIDE = 64
SPEC = DetectorSpec(side=SIDE)


def test_every_rule_can_be_trained_with():
    for rule in RULES.values():
        find = jax.vmap(targets_of(layout(SPEC.pyramid, SIDE, SIDE), rule.settings(), SPEC.coder, 3))
        target = jax.eval_shape(find, jnp.zeros((2, 4, 4)), jnp.zeros((2, 4), int))
        assert target.label.shape == target.offsets.shape[:2] == (2, 480)


# One that reads boxes, and one that reads levels.
@pytest.mark.parametrize("rule", ["max_iou", "yolov5"])
def test_targets_are_those_of_the_engine(rule):
    examples = generate(3, 5, SIDE)
    here, settings = layout(SPEC.pyramid, SIDE, SIDE), RULES[rule].settings()
    find = jax.jit(jax.vmap(targets_of(here, settings, SPEC.coder, 3)))
    target = jax.tree.map(np.asarray, find(examples.boxes, examples.class_ids))
    anchors = engine.generate_anchors(SPEC.pyramid, SIDE, SIDE)
    for k in range(3):
        real = examples.class_ids[k] >= 0
        boxes, class_ids = examples.boxes[k, real], examples.class_ids[k, real]
        matches = engine.match(anchors, boxes, settings)
        np.testing.assert_array_equal(target.label[k], matches.label)
        rows = np.flatnonzero(matches.label == 1)
        assert len(rows), "a scene whose objects nobody learns tests nothing"
        np.testing.assert_array_equal(target.gt_index[k, rows], matches.gt_index[rows])
        own = engine.encode_matches(anchors, matches, boxes, SPEC.coder)
        np.testing.assert_allclose(target.offsets[k, rows], own.offsets, rtol=1e-5, atol=1e-5)
        assert (target.classes[k].argmax(-1)[rows] == class_ids[matches.gt_index[rows]]).all()
        assert not target.classes[k][matches.label != 1].any()


@pytest.mark.parametrize("kind", CODERS)
def test_offsets_are_read_back(kind):
    here = layout(SPEC.pyramid, SIDE, SIDE)
    coder = CoderSpec(kind=kind)
    boxes, class_ids = jnp.array([[10.0, 12, 30, 40], [0, 0, 0, 0]]), jnp.array([1, -1])
    find = targets_of(here, RULES["yolo"].settings(), coder, 3)

    @jax.jit
    def found(boxes, class_ids):
        target = find(boxes, class_ids)
        return target, decode(here.anchors, target.offsets, here.cell_sides, coder)

    target, read = found(boxes, class_ids)
    np.testing.assert_allclose(read, target.boxes, atol=1e-3)
    assert (np.asarray(target.label) == 1).sum() == 1
