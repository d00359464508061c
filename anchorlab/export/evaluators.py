"""An evaluation as other libraries make it: pycocotools' own calls, and detectron2's and MMDetection's evaluators."""

from __future__ import annotations

from collections.abc import Sequence

from anchorlab.export.writing import decimal, literal, note, number
from anchorlab.settings.evaluation import Interpolation


def pycocotools(
    names: Sequence[str],
    objects: Sequence[tuple[int, int, Sequence[float]]],
    detections: Sequence[tuple[int, int, float, Sequence[float]]],
    threshold: float,
) -> str:
    """A script that runs: the average precision of each class by COCO's API, and their mean.

    Args:
      names: of the classes.
      objects: image, class and xyxy of each.
      detections: image, class, score and xyxy of each.
      threshold: from which IoU a detection finds an object.
    """
    images = sorted({image for image, *_ in [*objects, *detections]})
    truth = [
        f'{{"id": {k}, "image_id": {image}, "category_id": {kind + 1}, "bbox": {_xywh(box)}, '
        f'"area": {_area(box)}, "iscrowd": 0}},'
        for k, (image, kind, box) in enumerate(objects, 1)
    ]
    found = [
        f'{{"image_id": {image}, "category_id": {kind + 1}, "bbox": {_xywh(box)}, "score": {number(score)}}},'
        for image, kind, score, box in detections
    ]
    categories = [f'{{"id": {k}, "name": {literal(name)}}},' for k, name in enumerate(names, 1)]
    return (
        "\n".join(
            [
                note(
                    "torchvision has no evaluator of its own: its reference scripts call pycocotools, like this."
                ),
                note("COCO measures class by class; by its rule “Curve as in: COCO” gives the same figures."),
                "import numpy as np",
                "from pycocotools.coco import COCO",
                "from pycocotools.cocoeval import COCOeval",
                "",
                "truth = COCO()",
                "truth.dataset = {",
                f'    "images": [{{"id": k}} for k in {images}],',
                '    "categories": [',
                *(f"        {line}" for line in categories),
                "    ],",
                '    "annotations": [',
                *(f"        {line}" for line in truth),
                "    ],",
                "}",
                "truth.createIndex()",
                "detections = [",
                *(f"    {line}" for line in found),
                "]",
                'measured = COCOeval(truth, truth.loadRes(detections), "bbox")',
                f"measured.params.iouThrs = np.array([{decimal(threshold)}])  # COCO's own: .5, .55, ... .95",
                "measured.evaluate()",
                "measured.accumulate()",
                'precision = measured.eval["precision"][0, :, :, 0, -1]  # recall points, classes',
                "for category, points in zip(truth.cats.values(), precision.T):",
                "    if points[0] > -1:  # -1: there is no such object",
                '        print(category["name"], round(points.mean(), 4))',
                'print("mean", round(precision[:, precision[0] > -1].mean(), 4))',
            ]
        )
        + "\n"
    )


def _xywh(box: Sequence[float]) -> str:
    x1, y1, x2, y2 = map(float, box)
    return f"[{', '.join(number(v) for v in (x1, y1, x2 - x1, y2 - y1))}]"


def _area(box: Sequence[float]) -> str:
    x1, y1, x2, y2 = map(float, box)
    return number((x2 - x1) * (y2 - y1))


def detectron2(rule: Interpolation, threshold: float) -> str:
    """Its evaluator that goes by the rule."""
    if rule == "coco":
        return "\n".join(
            [
                "from detectron2.evaluation import COCOEvaluator, inference_on_dataset",
                "",
                note(
                    "Prints AP, AP50, AP75 and AP by size; the thresholds are COCO's own and cannot be set."
                ),
                'evaluator = COCOEvaluator("my_dataset_val", tasks=("bbox",), output_dir="./output")',
                "print(inference_on_dataset(model, data_loader, evaluator))",
                "",
            ]
        )
    year = "2007" if rule == "voc07" else "2012"
    return "\n".join(
        [
            "from detectron2.evaluation import PascalVOCDetectionEvaluator, inference_on_dataset",
            "",
            note(
                f"The dataset's year decides: of 2007 it takes 11 points, else the area. It prints AP, AP50 and AP75, over "
                f"IoU .5, .55, ... .95; {threshold:g} alone it cannot be asked. It counts an IoU only above the threshold."
            ),
            f'evaluator = PascalVOCDetectionEvaluator("voc_{year}_test")',
            "print(inference_on_dataset(model, data_loader, evaluator))",
            "",
        ]
    )


def mmdetection(rule: Interpolation, threshold: float) -> str:
    """The part of a configuration that says how it is measured."""
    if rule == "coco":
        lines = [
            "val_evaluator = dict(",
            '    type="CocoMetric",',
            '    ann_file="data/annotations/instances_val.json",',
            '    metric="bbox",',
            f"    iou_thrs=[{decimal(threshold)}],",
            ")",
        ]
    else:
        mode = "11points" if rule == "voc07" else "area"
        lines = [
            note("VOCMetric measures boxes without their last pixel unless the dataset is VOC2007."),
            f'val_evaluator = dict(type="VOCMetric", metric="mAP", eval_mode="{mode}", iou_thrs=[{decimal(threshold)}])',
        ]
    return "\n".join([*lines, "test_evaluator = val_evaluator", ""])
