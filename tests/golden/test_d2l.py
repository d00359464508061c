"""Dive into Deep Learning: the book's functions answer what the book's code answers."""

import numpy as np
import pytest

from anchorlab import d2l
from tests.golden.reading import _cases, assert_boxes, cases


class OnlyShape:
    """All that multibox_prior may ask of its first argument."""

    def __init__(self, *shape):
        self.shape = shape


@cases("d2l_multibox_prior")
def test_multibox_prior(given, expected, name):
    data = OnlyShape(1, 3, given["in_height"], given["in_width"])
    anchors = d2l.multibox_prior(data, given["sizes"], given["ratios"])
    assert list(anchors.shape) == expected["shape"]
    assert anchors.dtype == np.float32
    if "anchors" in expected:
        assert_boxes(anchors[0], expected["anchors"][0], atol=3e-7)
    else:
        assert_boxes(anchors[0], expected["summary"], atol=3e-7)


@cases("d2l_box_iou")
def test_box_iou(given, expected, name):
    # Adapter: 0 / 0, two boxes without area, is NaN there and 0 here.
    np.testing.assert_allclose(d2l.box_iou(**given), np.nan_to_num(expected["iou"], nan=0), atol=1e-7)


# What ours answers where the book's code raises, or goes on from the NaN of 0 / 0.
ASSIGNED_BY_RULE = {
    "no_gts": [-1, -1],
    "no_anchors": [],
}


# At the usual threshold the same scenes are held by `test_multibox_target`, whose classes tell the assignment.
IN_TARGETS = tuple(
    {case["name"] for case in _cases("d2l_assign_anchor_to_bbox")}
    & {case["name"] for case in _cases("d2l_multibox_target")} - {"no_gts"}
)


@cases("d2l_assign_anchor_to_bbox", outside=IN_TARGETS)
def test_assign_anchor_to_bbox(given, expected, name):
    assigned = d2l.assign_anchor_to_bbox(
        given["ground_truth"], given["anchors"], "cpu", iou_threshold=given["iou_threshold"]
    )
    if "raises" in expected:
        expected = {"anchors_bbox_map": ASSIGNED_BY_RULE[name]}
    np.testing.assert_array_equal(assigned, expected["anchors_bbox_map"])


@cases("d2l_multibox_target", outside=("no_gts", "padded_label_rows_minus_one"))
def test_multibox_target(given, expected, name):
    # Rows of class -1 are no objects: with nine rows all scenes of as many anchors share a program.
    labels = np.pad(given["labels"], ((0, 0), (0, 9 - given["labels"].shape[1]), (0, 0)), constant_values=-1)
    offsets, mask, classes = d2l.multibox_target(given["anchors"][None], labels)
    # Adapter: an unmatched anchor without area has offsets 0 x NaN there and 0 here.
    np.testing.assert_allclose(offsets, np.nan_to_num(expected["bbox_offset"], nan=0), rtol=1e-5, atol=2e-5)
    np.testing.assert_array_equal(mask, expected["bbox_mask"])
    np.testing.assert_array_equal(classes, expected["class_labels"])


@cases("d2l_multibox_target", "no_gts")
def test_multibox_target_without_objects(given, expected, name):
    assert expected["raises"] == "IndexError"
    offsets, mask, classes = d2l.multibox_target(given["anchors"][None], given["labels"])
    assert not np.any(offsets) and not np.any(mask) and not np.any(classes)
    assert offsets.shape == mask.shape == (1, 8) and classes.shape == (1, 2)


@cases("d2l_multibox_target", "padded_label_rows_minus_one")
def test_multibox_target_with_padding(given, expected, name):
    """The book lets a padding row take an anchor (here anchor 0, with class background but mask 1);
    here it takes none, and all else is the same."""
    offsets, mask, classes = (
        np.asarray(x) for x in d2l.multibox_target(given["anchors"][None], given["labels"])
    )
    np.testing.assert_array_equal(classes, expected["class_labels"])
    assert not mask[0, :4].any() and expected["bbox_mask"][0, :4].all()
    np.testing.assert_array_equal(mask[0, 4:], expected["bbox_mask"][0, 4:])
    np.testing.assert_allclose(offsets[0, 4:], expected["bbox_offset"][0, 4:], rtol=1e-5, atol=2e-5)


@cases("d2l_offset_coder", "encode")
def test_offset_boxes(given, expected, name):
    offsets = np.asarray(d2l.offset_boxes(**given))
    np.testing.assert_allclose(offsets, expected["offset"], rtol=1e-5, atol=2e-5)


@cases("d2l_offset_coder", "decode")
def test_offset_inverse(given, expected, name):
    np.testing.assert_allclose(d2l.offset_inverse(**given), expected["boxes"], rtol=2e-6, atol=1e-4)


@cases("d2l_nms")
def test_nms(given, expected, name):
    keep = np.asarray(d2l.nms(given["boxes"], given["scores"], given["iou_threshold"]))
    if name.startswith("zero_area"):
        # Two identical points: the NaN of 0 / 0 suppresses there; an IoU of 0 does not here.
        widths_heights = given["boxes"][:, 2:] - given["boxes"][:, :2]
        assert set(expected["keep"]) < set(keep)
        extra = list(set(keep) - set(expected["keep"]))
        assert not widths_heights[extra].prod(axis=1).any(), "only boxes without area may stay"
        return
    np.testing.assert_array_equal(keep, expected["keep"])


@cases("d2l_multibox_detection")
def test_multibox_detection(given, expected, name):
    table = d2l.multibox_detection(
        given["cls_probs"], given["offset_preds"], given["anchors"], **given["kwargs"]
    )
    np.testing.assert_allclose(table, expected["output"], rtol=1e-5, atol=1e-6)


def test_the_books_first_anchors():
    """Printed in the book: boxes[250, 250, 0, :] of the 561 x 728 image."""
    anchors = d2l.multibox_prior(OnlyShape(1, 3, 561, 728), [0.75, 0.5, 0.25], [1, 2, 0.5])
    assert anchors.shape == (1, 2042040, 4)
    first = anchors.reshape(561, 728, 5, 4)[250, 250, 0]
    assert first.round(2).tolist() == pytest.approx([0.06, 0.07, 0.63, 0.82])
