"""The focal loss."""

from __future__ import annotations

from anchorlab.catalogue.controls import Slider, Switch
from anchorlab.catalogue.glossary import explained
from anchorlab.catalogue.losses.loss import Loss
from anchorlab.catalogue.written import Written
from anchorlab.core.losses import sigmoid_focal_loss
from anchorlab.export.writing import number
from anchorlab.settings.losses import FocalSpec, LossSpec

GAMMA = Slider(
    "losses.focal.gamma",
    "γ, focusing",
    0.0,
    5.0,
    0.1,
    format="%.1f",
    help="Each anchor’s cross-entropy is multiplied by (1 − p)^γ, where p is the probability that it gives to the truth. "
    "At 0 it is the cross-entropy; RetinaNet has 2.",
)
ALPHA = Slider(
    "losses.focal.alpha",
    "α, weight of positives",
    0.0,
    1.0,
    0.05,
    help=explained(
        "α, weight of positives",
        "Positives are multiplied by α, negatives by 1 − α. RetinaNet has 0.25: with γ = 2 the negatives count so little "
        "that they are weighted up again.",
    ),
)
BALANCED = Switch(
    "losses.focal.balanced",
    "Weigh positives by α",
    help="Off, both count in full: as in torchvision with α below 0.",
)


def _mmdetection(spec: LossSpec) -> Written:
    alpha, weight = (spec.focal.alpha, 1) if spec.focal.balanced else (0.5, 2)
    notes = (
        () if spec.focal.balanced else ("Both weights are a half, and the loss counts twice: no weights.",)
    )
    return Written(
        (
            "loss_cls=dict(",
            '    _delete_=True, type="FocalLoss", use_sigmoid=True,',
            f"    gamma={number(spec.focal.gamma)}, alpha={number(alpha)}, loss_weight={number(weight)},",
            "),",
        ),
        notes,
    )


def _weight(spec: LossSpec) -> str:
    return "-1" if spec.focal.weight is None else number(spec.focal.weight)


def _torchvision(spec: LossSpec) -> Written:
    notes = () if spec.focal.balanced else ("An alpha below 0 weighs nothing.",)
    return Written(
        (
            "def classification_loss(logits, targets):",
            f"    return sigmoid_focal_loss(logits, targets, alpha={_weight(spec)}, gamma={number(spec.focal.gamma)})",
        ),
        notes,
        (("torchvision.ops", "sigmoid_focal_loss"),),
    )


FOCAL = Loss(
    name="focal",
    title="Focal",
    compares="logits",
    function=sigmoid_focal_loss,
    arguments=lambda spec: {"alpha": spec.focal.weight, "gamma": spec.focal.gamma},
    settings=FocalSpec,
    controls=(GAMMA, ALPHA, BALANCED),
    changes={
        "gamma": "gamma of the focal loss",
        "alpha": "alpha of the focal loss",
        "balanced": "alpha of the focal loss",
    },
    used_by="cross-entropy that counts what is known the less, the better it is known: RetinaNet, and most detectors of one "
    "stage since. It needs no sampler.",
    exports={
        "torchvision": _torchvision,
        "detectron2": lambda spec: Written(
            (
                f"model.focal_loss_alpha = {_weight(spec)}",
                f"model.focal_loss_gamma = {number(spec.focal.gamma)}",
            )
        ),
        "mmdetection": _mmdetection,
    },
)
