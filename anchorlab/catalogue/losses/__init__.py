"""The losses of an anchor's class and of its box: everything that is to be said of one stands in its file."""

from __future__ import annotations

from anchorlab.catalogue.losses.cross_entropy import CROSS_ENTROPY
from anchorlab.catalogue.losses.focal import FOCAL
from anchorlab.catalogue.losses.iou import CIOU, DIOU, GIOU, IOU
from anchorlab.catalogue.losses.loss import Loss
from anchorlab.catalogue.losses.smooth_l1 import L1, SMOOTH_L1

LOSSES: dict[str, Loss] = {
    loss.name: loss for loss in (CROSS_ENTROPY, FOCAL, SMOOTH_L1, L1, IOU, GIOU, DIOU, CIOU)
}
"""In the order in which pages show them."""
CLASSIFICATION = {name: loss for name, loss in LOSSES.items() if loss.compares == "logits"}
REGRESSION = {name: loss for name, loss in LOSSES.items() if loss.compares != "logits"}
