"""Cross-entropy, class by class."""

from __future__ import annotations

from anchorlab.catalogue.losses.loss import Loss
from anchorlab.catalogue.written import Written
from anchorlab.core.losses import sigmoid_cross_entropy

CROSS_ENTROPY = Loss(
    name="cross_entropy",
    title="Cross-entropy",
    compares="logits",
    function=sigmoid_cross_entropy,
    used_by="the logarithm of what was left to the truth: R-CNN’s region proposal network, YOLOv3. Every anchor counts "
    "with all it costs, however sure it is.",
    exports={
        "torchvision": lambda spec: Written(
            (
                "def classification_loss(logits, targets):",
                '    return torch.nn.functional.binary_cross_entropy_with_logits(logits, targets, reduction="none")',
            )
        ),
        "detectron2": lambda spec: Written(
            ("model.focal_loss_alpha = -1", "model.focal_loss_gamma = 0"),
            (
                (
                    "RetinaNet has the focal loss alone; without weights and with a gamma of 0 it is the cross-entropy, "
                    "which RPN always has."
                ),
            ),
        ),
        "mmdetection": lambda spec: Written(
            ('loss_cls=dict(_delete_=True, type="CrossEntropyLoss", use_sigmoid=True, loss_weight=1.0),',)
        ),
    },
)
