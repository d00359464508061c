"""Smooth L1 and L1, of the four offsets."""

from __future__ import annotations

from anchorlab.catalogue.controls import Slider
from anchorlab.catalogue.losses.loss import Loss
from anchorlab.catalogue.written import Written
from anchorlab.core.losses import l1, smooth_l1
from anchorlab.export.writing import number
from anchorlab.settings.losses import SmoothL1Spec

BETA = Slider(
    "losses.smooth_l1.beta",
    "β, where the parabola ends",
    0.0,
    3.0,
    0.01,
    help="Below this error the loss is a parabola, from it on a straight line. 1 in Fast R-CNN, 1/9 in the code of Faster "
    "R-CNN and in torchvision’s region proposal network, 0 in detectron2’s.",
)


def _torchvision(name: str, settings: str) -> Written:
    return Written(
        (
            "def regression_loss(offsets, targets):",
            f'    return torch.nn.functional.{name}(offsets, targets{settings}, reduction="none").sum(dim=1)',
        )
    )


SMOOTH_L1 = Loss(
    name="smooth_l1",
    title="Smooth L1",
    compares="offsets",
    function=smooth_l1,
    arguments=lambda spec: {"beta": spec.smooth_l1.beta},
    settings=SmoothL1Spec,
    controls=(BETA,),
    changes={"beta": "beta of smooth L1"},
    used_by="a parabola for small errors, a straight line for large ones: Fast and Faster R-CNN, SSD.",
    exports={
        "torchvision": lambda spec: _torchvision("smooth_l1_loss", f", beta={number(spec.smooth_l1.beta)}"),
        "detectron2": lambda spec: Written(
            ('model.box_reg_loss_type = "smooth_l1"', f"model.smooth_l1_beta = {number(spec.smooth_l1.beta)}")
        ),
        # MMDetection refuses a beta of 0.
        "mmdetection": lambda spec: Written(
            (
                f'loss_bbox=dict(_delete_=True, type="SmoothL1Loss", beta={number(spec.smooth_l1.beta)}, loss_weight=1.0),',
            )
            if spec.smooth_l1.beta
            else ('loss_bbox=dict(_delete_=True, type="L1Loss", loss_weight=1.0),',)
        ),
    },
)

L1 = Loss(
    name="l1",
    title="L1",
    compares="offsets",
    function=l1,
    used_by="the error itself, whose pull is the same however small it is: RetinaNet and Faster R-CNN in detectron2 and "
    "MMDetection.",
    exports={
        "torchvision": lambda spec: _torchvision("l1_loss", ""),
        "detectron2": lambda spec: Written(
            ('model.box_reg_loss_type = "smooth_l1"', "model.smooth_l1_beta = 0.0"),
            ("A beta of 0 is L1.",),
        ),
        "mmdetection": lambda spec: Written(
            ('loss_bbox=dict(_delete_=True, type="L1Loss", loss_weight=1.0),',)
        ),
    },
)
