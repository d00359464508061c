"""The losses of whole boxes: 1 - IoU, and its relatives."""

from __future__ import annotations

from functools import partial

from anchorlab.catalogue.losses.loss import Loss
from anchorlab.catalogue.written import Written
from anchorlab.core.losses import iou_loss

_OPS = "torchvision.ops"
_TORCHVISION = {
    "giou": "generalized_box_iou_loss",
    "diou": "distance_box_iou_loss",
    "ciou": "complete_box_iou_loss",
}
_MMDETECTION = {
    "iou": ("IoULoss", 'mode="linear", ', ()),
    "giou": ("GIoULoss", "", ()),
    "diou": ("DIoULoss", "", ()),
    "ciou": (
        "CIoULoss",
        "",
        ("Up to an IoU of 0.5 MMDetection’s CIoU is the DIoU; AnchorLab’s always looks at the ratio.",),
    ),
}


def _torchvision(kind: str) -> Written:
    head = ("def regression_loss(boxes, targets):",)
    if name := _TORCHVISION.get(kind):
        return Written((*head, f"    return {name}(boxes, targets)"), imports=((_OPS, name),))
    return Written((*head, "    return 1 - box_iou(boxes, targets).diagonal()"), imports=((_OPS, "box_iou"),))


def _detectron2(kind: str) -> Written:
    if kind == "iou":
        return Written((), ("detectron2 has no loss of the plain IoU; it has giou, diou and ciou.",))
    return Written((f'model.box_reg_loss_type = "{kind}"',))


def _mmdetection(kind: str) -> Written:
    name, mode, notes = _MMDETECTION[kind]
    return Written(
        (
            "reg_decoded_bbox=True,",
            f'loss_bbox=dict(_delete_=True, type="{name}", {mode}loss_weight=1.0),',
        ),
        notes,
    )


def _loss(kind: str, title: str, used_by: str) -> Loss:
    return Loss(
        name=kind,
        title=title,
        compares="boxes",
        function=partial(iou_loss, kind=kind),
        used_by=used_by,
        exports={
            "torchvision": lambda spec: _torchvision(kind),
            "detectron2": lambda spec: _detectron2(kind),
            "mmdetection": lambda spec: _mmdetection(kind),
        },
    )


IOU = _loss("iou", "IoU", "1 − IoU: all four sides together. Boxes that do not touch are not pulled at all.")
GIOU = _loss("giou", "GIoU", "1 − GIoU: boxes that do not touch are pulled together, too.")
DIOU = _loss("diou", "DIoU", "1 − DIoU: the centres are pulled together.")
CIOU = _loss("ciou", "CIoU", "1 − CIoU: and the ratio of the sides as well.")
