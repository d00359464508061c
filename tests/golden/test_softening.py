"""Soft-NMS, DIoU-NMS, Matrix NMS and fusion: mmcv, the papers' own code, and ensemble-boxes."""

import jax
import jax.numpy as jnp
import numpy as np

from anchorlab import engine
from anchorlab.core.boxes import inclusive_to_continuous
from anchorlab.core.iou import center_distance, columns, iou_of_columns
from anchorlab.core.suppression.hard import suppress
from anchorlab.engine import Status
from anchorlab.engine.buckets import pad, real
from anchorlab.settings.suppression import FusionSpec, MatrixNmsSpec, NmsSpec, SoftNmsSpec
from tests.golden.reading import _cases, cases
from tests.golden.test_torchvision import float32_below

# --- soft-NMS ----------------------------------------------------------------------------------------


def soft(boxes, scores, spec):
    return engine.soft_suppress(boxes, scores, np.zeros(len(boxes)), spec)


def has_ties(scores) -> bool:
    return len(np.unique(scores)) < len(scores)


@cases("mmcv_soft_nms")
def test_mmcv(given, expected, name):
    kernel = {"naive": "hard"}.get(given["method"], given["method"])
    for offset in (0, 1):
        stored = expected[f"offset{offset}"]
        if stored is None:
            continue
        spec = SoftNmsSpec(
            kernel=kernel,
            iou_threshold=given["iou_threshold"],
            sigma=given["sigma"],
            score_threshold=given["min_score"],
            inclusive=bool(offset),
        )
        record = soft(given["boxes"], given["scores"], spec)
        dets = stored["dets"].reshape(-1, 5)
        assert_picks(record, given["boxes"], dets[:, :4], dets[:, 4], stored["inds"])


def assert_picks(record, boxes, expected_boxes, expected_scores, expected_index=None):
    """The same boxes with the same scores in the same order; where scores are equal, in any."""
    scores = record.scores[record.keep]
    if np.isnan(expected_scores).any():
        # 0 / 0 of two points makes the scores NaN there; here they overlap by 0, and none is lowered.
        known = np.isfinite(expected_scores)
        np.testing.assert_allclose(scores[known], expected_scores[known], rtol=2e-5)
        np.testing.assert_array_equal(record.keep, expected_index)
        return
    np.testing.assert_allclose(scores, expected_scores, rtol=2e-5, atol=1e-7)
    ours = sorted(zip(scores.round(5), map(tuple, boxes[record.keep]), strict=True))
    theirs = sorted(zip(np.float32(expected_scores).round(5), map(tuple, expected_boxes), strict=True))
    assert [box for _, box in ours] == [box for _, box in theirs]
    if expected_index is not None and not has_ties(np.float32(expected_scores).round(5)):
        np.testing.assert_array_equal(record.keep, expected_index)


METHODS = {0: "hard", 1: "linear", 2: "gaussian"}


@cases("softnms_original")
def test_the_papers_code(given, expected, name):
    dets = given["dets"].reshape(-1, 5)
    spec = SoftNmsSpec(
        kernel=METHODS[given["method"]],
        iou_threshold=given["Nt"],
        sigma=given["sigma"],
        score_threshold=given["threshold"],
        decay_equal=False,
        dropped="overlapping",
        inclusive=True,
    )
    record = soft(dets[:, :4], dets[:, 4], spec)
    after = expected["dets_after"].reshape(-1, 5)[: expected["n_keep"]]
    assert_picks(record, dets[:, :4], after[:, :4], after[:, 4])


# --- DIoU-NMS ----------------------------------------------------------------------------------------


@jax.jit
def distance_suppress(boxes, scores, mask, threshold, beta):
    def inclusive(boxes):
        corners = jnp.stack([boxes.x1, boxes.y1, boxes.x2, boxes.y2], axis=-1)
        return columns(inclusive_to_continuous(corners))

    def overlap(a, b):
        """Adapter: + 1 in the IoU, but not in the distance."""
        plus = iou_of_columns(inclusive(a), inclusive(b))
        return plus - center_distance(a, b) ** beta

    return suppress(
        boxes,
        scores,
        iou_threshold=threshold,
        overlap=overlap,
        suppress_equal=True,
        ties_last=True,
        mask=mask,
    )


@cases("diounms_cython")
def test_diou_nms(given, expected, name):
    dets = given["dets"].reshape(-1, 5)
    padded, mask = pad(dets, 64), real(len(dets), 64)
    for beta in (1.0, 0.6):
        record = distance_suppress(padded[:, :4], padded[:, 4], mask, given["thresh"], beta)
        # Adapter: kept in the order of the indices there.
        keep = np.flatnonzero(np.asarray(record.status) == Status.KEPT)
        if "raises" in expected[f"beta1_{beta}"]:
            # A division of 0 by 0, the diagonal around two equal points; that distance is 0 here.
            np.testing.assert_array_equal(keep, [0, 2, 3])
            continue
        np.testing.assert_array_equal(keep, expected[f"beta1_{beta}"])


# --- Matrix NMS --------------------------------------------------------------------------------------


@cases("solo_matrix_nms")
def test_matrix_nms(given, expected, name):
    # Adapter: masks there; of whole-pixel boxes their IoU is the boxes'.
    boxes = np.array(given.get("mask_boxes_xyxy_int", []), np.float32).reshape(-1, 4)
    scores, classes = given.get("scores", []), given.get("labels", [])
    if not len(boxes):
        assert engine.matrix_suppress(boxes, [], [], MatrixNmsSpec()).scores.shape == (0,)
        return
    kernel = "linear" if "linear" in name else "gaussian"
    sigma = 0.5 if "sigma0.5" in name else 2.0
    record = engine.matrix_suppress(boxes, scores, classes, MatrixNmsSpec(kernel=kernel, sigma=sigma))
    stored = np.asarray(expected["scores"])
    np.testing.assert_allclose(record.scores, stored, rtol=2e-5, atol=1e-7)


# --- weighted boxes fusion ---------------------------------------------------------------------------


def flat(given):
    """Adapter: lists per model to one list; the package clips to [0, 1], mends swapped corners, and
    drops boxes without area."""
    count = [len(boxes) for boxes in given["boxes_list"]]
    boxes = np.concatenate([np.reshape(boxes, (-1, 4)) for boxes in given["boxes_list"]])
    boxes = np.concatenate(
        [np.minimum(boxes[:, :2], boxes[:, 2:]), np.maximum(boxes[:, :2], boxes[:, 2:])], 1
    )
    boxes = np.clip(boxes, 0, 1)
    area = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    model = np.repeat(np.arange(len(count)), count)
    rows = area > 0
    return (
        boxes[rows],
        np.concatenate(given["scores_list"])[rows],
        np.concatenate(given["labels_list"])[rows],
        model[rows],
        given["kwargs"].get("weights") or [1.0] * len(count),
    )


@cases("wbf_ensemble_boxes", "wbf")
def test_weighted_boxes_fusion(given, expected, name):
    *predictions, weights = flat(given)
    settings = given["kwargs"]
    spec = FusionSpec(
        iou_threshold=settings["iou_thr"],
        score_threshold=settings["skip_box_thr"],
        weights=weights,
        score=settings.get("conf_type", "avg"),
        allow_overflow=settings.get("allows_overflow", False),
        ties="last",
    )
    fusion = engine.fuse_predictions(*predictions, spec)
    np.testing.assert_allclose(fusion.scores, expected["scores"], rtol=2e-6, atol=1e-7)
    # Equal scores may come in any order.
    ours = np.column_stack([fusion.scores.round(5), fusion.class_ids, fusion.boxes])
    theirs = np.column_stack(
        [np.float32(expected["scores"]).round(5), expected["labels"], np.reshape(expected["boxes"], (-1, 4))]
    )
    key = [np.lexsort(table.round(4).T[::-1]) for table in (ours, theirs)]
    np.testing.assert_allclose(ours[key[0]], theirs[key[1]], rtol=1e-5, atol=1e-6)


@cases("wbf_ensemble_boxes", "nms")
def test_nms_across_models(given, expected, name):
    boxes, scores, classes, model, weights = flat(given)
    # Adapter: weights are shares of their sum, and multiply the scores; per class, classes in order.
    scores = scores * (np.array(weights) / np.sum(weights))[model] if given["kwargs"]["weights"] else scores
    spec = NmsSpec(iou_threshold=given["kwargs"]["iou_thr"], score_threshold=0, ties="last")
    keep = engine.suppress(boxes, scores, classes, spec).keep
    assert_detections(boxes[keep], scores[keep], classes[keep], expected)


@cases("wbf_ensemble_boxes", "soft")
def test_soft_nms_across_models(given, expected, name):
    boxes, scores, classes, model, weights = flat(given)
    scores = scores * (np.array(weights) / np.sum(weights))[model] if given["kwargs"]["weights"] else scores
    settings = given["kwargs"]
    spec = SoftNmsSpec(
        kernel=METHODS[settings["method"]],
        iou_threshold=settings["iou_thr"],
        sigma=settings["sigma"],
        score_threshold=settings["thresh"],
        decay_equal=False,
    )
    record = engine.soft_suppress(boxes, scores, classes, spec)
    # Adapter: what falls to the threshold (<=) goes, the best box too; scores come back as they were.
    keep = record.keep[record.scores[record.keep] > settings["thresh"]]
    assert_detections(boxes[keep], scores[keep], classes[keep], expected)


def assert_detections(boxes, scores, classes, expected):
    tables = [
        np.column_stack([classes, np.float32(scores), boxes]),
        np.column_stack([expected["labels"], expected["scores"], np.reshape(expected["boxes"], (-1, 4))]),
    ]
    ours, theirs = (table[np.lexsort(table.round(4).T[::-1])] for table in tables)
    np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)


def test_every_case_of_the_fusion_file_is_known():
    """`nmw`, non-maximum weighted, is another algorithm (Zhou et al., CAD, 2017), which is not here."""
    assert {case["name"].split("_")[0] for case in _cases("wbf_ensemble_boxes")} == {
        "wbf",
        "nms",
        "soft",
        "nmw",
    }


# --- the coordinate trick of batched NMS --------------------------------------------------------------


WITHOUT_CLASSES = ("clusters_36_thr1", "iou_exact_0p3_float64", "iou_exact_0p7_float64")


@cases("torchvision_nms", outside=WITHOUT_CLASSES)
def test_the_coordinate_trick(given, expected, name):
    boxes, scores = given["boxes"].astype(np.float32), given["scores"].astype(np.float32)
    threshold = float32_below(given["iou_threshold"])
    spec = NmsSpec(iou_threshold=threshold, score_threshold=0, shift_classes=True)
    keep = engine.suppress(boxes, scores, given["classes"], spec).keep
    np.testing.assert_array_equal(keep, expected["batched_nms"])
