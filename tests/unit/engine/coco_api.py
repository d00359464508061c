"""pycocotools, told in our words."""

import contextlib
import io

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from anchorlab.engine import DetectionSet, GroundTruthSet


def prepared(detections: DetectionSet, objects: GroundTruthSet, *, class_wise: bool = True) -> COCOeval:
    """COCO's evaluation of these, ready to run."""
    images = np.union1d(detections.image_id, objects.image_id)
    classes = np.union1d(detections.class_id, objects.class_id)
    coco = COCO()
    coco.dataset = {
        "info": {},
        "images": [{"id": i} for i in images.tolist()],
        "categories": [{"id": i} for i in classes.tolist()],
        "annotations": [
            # Ids from 1 on: COCOeval takes an object of id 0 for none.
            {
                "id": row + 1,
                "image_id": image,
                "category_id": class_id,
                "bbox": box,
                "area": area,
                "iscrowd": crowd,
            }
            for row, (image, class_id, box, area, crowd) in enumerate(
                zip(
                    objects.image_id.tolist(),
                    objects.class_id.tolist(),
                    _xywh(objects.xyxy),
                    objects.area.tolist(),
                    objects.crowd.astype(int).tolist(),
                    strict=True,
                )
            )
        ],
    }
    rows = zip(*(c.tolist() for c in detections[:3]), _xywh(detections.xyxy), strict=True)
    results = [dict(zip(("image_id", "category_id", "score", "bbox"), row, strict=True)) for row in rows]
    with contextlib.redirect_stdout(io.StringIO()):
        coco.createIndex()
        evaluation = COCOeval(coco, coco.loadRes(results) if results else COCO(), "bbox")
    evaluation.params.useCats = int(class_wise)
    return evaluation


def play(evaluation: COCOeval) -> COCOeval:
    """Runs it, in silence."""
    with contextlib.redirect_stdout(io.StringIO()):
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return evaluation


def _xywh(xyxy: np.ndarray) -> list[list[float]]:
    return np.concatenate([xyxy[:, :2], xyxy[:, 2:] - xyxy[:, :2]], axis=1).tolist()
