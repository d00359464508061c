"""Made-up detections and objects of many images: crowds, ties, equal boxes, images without one or the other."""

import numpy as np

from anchorlab.engine import DetectionSet, GroundTruthSet


def made_up(
    seed: int, *, images: int, classes: int, objects: float, detections: float, ties: bool = True
) -> tuple[DetectionSet, GroundTruthSet]:
    """About so many objects and detections an image. Boxes lie on quarters of a pixel, where xywh and xyxy say the same.

    A fifth of the detections repeats an object's box to the last bit, some are alone in their image, some of a class
    that has no object.
    """
    rng = np.random.default_rng(seed)
    g, d = rng.poisson(objects * images), rng.poisson(detections * images)
    side, center = np.exp(rng.uniform(2, 5.3, (g, 2))), rng.uniform(0, 300, (g, 2))
    boxes = _on_quarters(np.concatenate([center - side / 2, center + side / 2], axis=1))
    gt_image, gt_class = rng.integers(0, images, g), rng.integers(0, classes, g)
    if g:
        of = rng.integers(0, g, d)
        noise = rng.normal(0, 0.15, (d, 4)) * np.tile(side[of], 2) * (rng.random((d, 1)) < 0.8)
        found = np.sort(_on_quarters(boxes[of] + noise).reshape(d, 2, 2), axis=1).reshape(d, 4)
        image = np.where(rng.random(d) < 0.8, gt_image[of], rng.integers(0, images + 2, d))
        class_id = np.where(rng.random(d) < 0.8, gt_class[of], rng.integers(0, classes + 1, d))
    else:
        found = np.tile([0.0, 0.0, 10.0, 10.0], (d, 1))
        image, class_id = rng.integers(0, images, d), rng.integers(0, classes, d)
    score = np.round(rng.random(d), 1 if ties else 9)
    area = _on_quarters((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1]) * rng.uniform(0.5, 1, g))
    return (
        DetectionSet(image, class_id, score, found),
        GroundTruthSet(gt_image, gt_class, boxes, area, rng.random(g) < 0.1),
    )


def _on_quarters(values: np.ndarray) -> np.ndarray:
    return np.round(values * 4) / 4
