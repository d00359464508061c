"""Average precision: the curves of py-faster-rcnn, mmdetection and pycocotools, and all of COCO's figures."""

import json
from dataclasses import replace
from functools import cache

import jax
import numpy as np
import pytest

from anchorlab.core.evaluation import POINTS, average_precision, precision_at
from anchorlab.engine import DetectionSet, GroundTruthSet, evaluate
from anchorlab.settings.evaluation import VOC_2010
from tests.golden.reading import DATA, cases

EXACT = 1e-12


@cases("ap_from_pr_curve")
def test_average_precision(given, expected, name):
    # yolov5's, a line drawn between the points of the curve, is not built: it gives .55 where one of ten is found.
    with jax.enable_x64(True):
        ap = {
            how: average_precision(given["recall"], given["precision"], how).item()
            for how in ("voc", "voc07")
        }
    assert ap["voc"] == pytest.approx(expected["voc_ap_all"], abs=EXACT)
    assert ap["voc07"] == pytest.approx(expected["voc_ap_07"], abs=EXACT)
    # mmdetection answers in float32.
    assert ap["voc"] == pytest.approx(expected["mmdet_area"], abs=1e-6)
    assert ap["voc07"] == pytest.approx(expected["mmdet_11points"], abs=1e-6)


@cases("ap_from_pr_curve")
def test_float32_reads_the_points_as_float64_does(given, expected, name):
    recall, precision = (given[key].astype(np.float32) for key in ("recall", "precision"))
    assert average_precision(recall, precision, "voc07").item() == pytest.approx(
        expected["voc_ap_07"], abs=1e-6
    )


@cache
def stored(file: str):
    return json.loads((DATA / file).read_text())


def ground_truths(annotations: list[dict]) -> GroundTruthSet:
    """COCO's annotations: xywh, an area of their own, crowds."""
    return GroundTruthSet(
        *_image_and_class(annotations),
        _boxes(annotations),
        np.array([a["area"] for a in annotations], float),
        np.array([a["iscrowd"] for a in annotations], bool),
    )


def detections(results: list[dict]) -> DetectionSet:
    """COCO's results."""
    scores = np.array([r["score"] for r in results], float)
    return DetectionSet(*_image_and_class(results), scores, _boxes(results))


def _image_and_class(rows: list[dict]) -> tuple[np.ndarray, np.ndarray]:
    return tuple(np.array([row[key] for row in rows], int) for key in ("image_id", "category_id"))


def _boxes(rows: list[dict]) -> np.ndarray:
    xywh = np.array([row["bbox"] for row in rows], float).reshape(-1, 4)
    return np.concatenate([xywh[:, :2], xywh[:, :2] + xywh[:, 2:]], axis=1)


def read(given: dict) -> tuple[DetectionSet, GroundTruthSet]:
    annotations = (stored(given["gt_file"]) if "gt_file" in given else given["gt"])["annotations"]
    if "dt_file" in given:
        results = stored(given["dt_file"])
    elif isinstance(given["dt"], str):
        assert given["dt"] == "every non-crowd gt box with score .9"
        results = [a | {"score": 0.9} for a in annotations if not a["iscrowd"]]
    else:
        results = given["dt"]
    return detections(results), ground_truths(annotations)


def absent_as_nan(figure: float) -> float:
    """COCO writes -1 where there is no object."""
    return np.nan if figure == -1 else figure


def agrees(ours: float, theirs: float) -> bool:
    return ours == pytest.approx(absent_as_nan(theirs), abs=EXACT, nan_ok=True)


@cases("coco_eval")
def test_coco(given, expected, name):
    result = evaluate(*read(given))
    summary = result.summary()
    assert set(summary) == set(expected["stats_12"])
    for figure, theirs in expected["stats_12"].items():
        assert agrees(summary[figure], theirs), figure
    for class_id, theirs in expected["per_class"].items():
        (k,) = np.nonzero(result.class_ids == int(class_id))
        ap, recall = result.ap[:, k, 0, -1], result.recall[:, k, 0, -1]
        ours = {"AP": ap.mean(), "AP50": ap[0].item(), "AP75": ap[5].item(), "AR100": recall.mean()}
        for figure, value in ours.items():
            assert agrees(value, theirs[figure]), (class_id, figure)


@cases("coco_eval")
def test_the_curve_is_that_which_coco_measures(given, expected, name):
    result = evaluate(*read(given))
    for threshold in (0.5, 0.75):
        curves = expected.get(f"precision_iou{100 * threshold:.0f}_all_100", {})
        for class_id, theirs in curves.items():
            curve = result.curve(int(class_id), threshold)
            if np.all(theirs == -1):
                assert np.isnan(curve.recall).all()
                continue
            with jax.enable_x64(True):
                ours = precision_at(curve.recall, curve.precision, POINTS["coco"])
            np.testing.assert_allclose(ours, theirs, rtol=0, atol=EXACT)


def test_voc_gives_an_object_away_that_coco_does_not():
    """`greedy_takes_anothers_gt`: the second detection overlaps the object most that the first one found."""
    ((given, *_),) = [case.values for case in cases("coco_eval", "greedy_takes_anothers_gt").args[1]]
    rows = read(given)
    spec = replace(VOC_2010, inclusive=False)
    assert evaluate(*rows, replace(spec, candidates="free")).ap.item() == pytest.approx(1)
    assert evaluate(*rows, spec).ap.item() == pytest.approx(0.5)
