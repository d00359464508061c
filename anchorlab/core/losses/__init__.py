"""Losses: what a prediction costs. Classification from logits (`cross_entropy`, `focal`), boxes from offsets or as a
whole (`regression`), and both together (`rpn`). All but `rpn_loss` and `add_up` are elementwise: one loss an element, no mean and no sum,
so that one can see who pays. Gradients are finite wherever the arguments are."""

from anchorlab.core.losses.cross_entropy import sigmoid_cross_entropy, softmax_cross_entropy
from anchorlab.core.losses.focal import sigmoid_focal_loss
from anchorlab.core.losses.regression import iou_loss, l1, smooth_l1
from anchorlab.core.losses.rpn import RpnLoss, add_up, rpn_loss

__all__ = [
    "RpnLoss",
    "add_up",
    "iou_loss",
    "l1",
    "rpn_loss",
    "sigmoid_cross_entropy",
    "sigmoid_focal_loss",
    "smooth_l1",
    "softmax_cross_entropy",
]
