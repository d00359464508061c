"""The book's face: what is printed in the chapter, batches, padding, and compiled use."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from anchorlab import d2l

GROUND_TRUTH = np.array([[0, 0.1, 0.08, 0.52, 0.92], [1, 0.55, 0.2, 0.9, 0.88]], np.float32)
ANCHORS = np.array(
    [
        [0, 0.1, 0.2, 0.3],
        [0.15, 0.2, 0.4, 0.4],
        [0.63, 0.05, 0.88, 0.98],
        [0.66, 0.45, 0.8, 0.8],
        [0.57, 0.3, 0.92, 0.9],
    ],
    np.float32,
)
PADDING = np.full((3, 5), -1, np.float32)


def test_shape_of_the_chapters_anchors():
    class Data:
        shape = (1, 3, 561, 728)

    assert d2l.multibox_prior(Data, sizes=[0.75, 0.5, 0.25], ratios=[1, 2, 0.5]).shape == (1, 2042040, 4)


def test_dog_and_cat():
    offsets, mask, classes = d2l.multibox_target(ANCHORS[None], GROUND_TRUTH[None])
    assert classes.tolist() == [[0, 1, 2, 0, 2]]
    assert mask.tolist() == [[0] * 4 + [1] * 8 + [0] * 4 + [1] * 4]
    assert offsets.shape == (1, 20) and not offsets[0, :4].any()


def test_the_table_of_four_detections():
    anchors = jnp.array(
        [[0.1, 0.08, 0.52, 0.92], [0.08, 0.2, 0.56, 0.95], [0.15, 0.3, 0.62, 0.91], [0.55, 0.2, 0.9, 0.88]]
    )
    cls_probs = jnp.array([[0.0] * 4, [0.9, 0.8, 0.7, 0.1], [0.1, 0.2, 0.3, 0.9]])
    table = d2l.multibox_detection(cls_probs[None], jnp.zeros((1, 16)), anchors[None], nms_threshold=0.5)
    expected = [
        [0, 0.9, 0.1, 0.08, 0.52, 0.92],
        [1, 0.9, 0.55, 0.2, 0.9, 0.88],
        [-1, 0.8, 0.08, 0.2, 0.56, 0.95],
        [-1, 0.7, 0.15, 0.3, 0.62, 0.91],
    ]
    np.testing.assert_allclose(table, [expected], atol=1e-6)
    assert d2l.nms(anchors, jnp.array([0.9, 0.8, 0.7, 0.9]), 0.5).tolist() == [0, 3]


def test_a_padded_batch_is_its_images_one_by_one():
    one = np.concatenate([GROUND_TRUTH, PADDING])
    two = np.concatenate([GROUND_TRUTH[1:], PADDING, PADDING[:1]])
    none = np.concatenate([PADDING, PADDING[:2]])
    batch = d2l.multibox_target(ANCHORS[None], np.stack([one, two, none]))
    for i, image in enumerate((GROUND_TRUTH, GROUND_TRUTH[1:])):
        for field, alone in zip(batch, d2l.multibox_target(ANCHORS[None], image[None]), strict=True):
            np.testing.assert_array_equal(field[i], alone[0])
    assert not any(np.any(field[2]) for field in batch)


def test_targets_inside_a_compiled_training_step():
    targets = jax.jit(d2l.multibox_target)(ANCHORS[None], GROUND_TRUTH[None])
    for ours, theirs in zip(targets, d2l.multibox_target(ANCHORS[None], GROUND_TRUTH[None]), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_no_nan_in_targets_or_their_gradient():
    anchors = np.concatenate([ANCHORS, np.zeros((1, 4), np.float32)])  # the last has no area

    def loss(labels):
        return (d2l.multibox_target(anchors[None], labels)[0] ** 2).sum()

    labels = jnp.array(np.concatenate([GROUND_TRUTH, PADDING]))[None]
    assert jnp.isfinite(loss(labels)) and jnp.isfinite(jax.grad(loss)(labels)).all()


def test_offsets_and_back():
    assigned = GROUND_TRUTH[[0, 0, 1, 1, 1], 1:]
    offsets = d2l.offset_boxes(ANCHORS, assigned)
    np.testing.assert_allclose(d2l.offset_inverse(ANCHORS, offsets), assigned, atol=1e-5)


def test_iou_without_area_is_zero():
    assert d2l.box_iou(np.ones((2, 4), np.float32), np.ones((1, 4), np.float32)).tolist() == [[0], [0]]


@pytest.mark.parametrize(
    ("name", "sizes", "ratios"),
    [("sizes", [0], [1]), ("ratios", [1], [-1]), ("sizes", [], [1]), ("ratios", [1], [])],
)
def test_a_wrong_argument_is_named(name, sizes, ratios):
    with pytest.raises(ValueError, match=f"^{name} must"):
        d2l.multibox_prior(np.zeros((2, 2)), sizes, ratios)
