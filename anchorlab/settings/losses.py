"""What a prediction costs in training: the losses of class and box, and how the two are added up."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from anchorlab.settings.validation import Checked, limited

ClassificationLoss = Literal["cross_entropy", "focal"]
RegressionLoss = Literal["smooth_l1", "l1", "iou", "giou", "diou", "ciou"]
Normalizer = Literal["sampled", "positives", "locations"]
"""What a sum of losses is divided by: the anchors that take part, the positive ones among them, or the places of the
feature maps, each of which has several anchors."""


@dataclass(frozen=True)
class FocalSpec(Checked):
    """The settings of the focal loss.

    Attributes:
      gamma: how much less an anchor counts the surer it is of the truth; 0: as in the cross-entropy.
      alpha: weight of the positives, 1 - alpha that of the negatives.
      balanced: whether they are weighted at all.
    """

    gamma: float = limited(2.0, 0, people=(0, 10))
    alpha: float = limited(0.25, 0, 1)
    balanced: bool = True

    @property
    def weight(self) -> float | None:
        """alpha as `core.losses.sigmoid_focal_loss` takes it: None where nothing is weighted."""
        return self.alpha if self.balanced else None


@dataclass(frozen=True)
class SmoothL1Spec(Checked):
    """The settings of smooth L1.

    Attributes:
      beta: the error, in units of the offsets, from which on the parabola is a straight line; 0 is L1.
    """

    beta: float = limited(1.0, 0, people=(0, 10))


@dataclass(frozen=True)
class LossSpec(Checked):
    """The loss of a detector: by default that of the region proposal network, as its paper has it.

    It is classification / n_cls + box_weight x regression / n_reg: the sum over the anchors that take part, and that
    over the positives among them.

    Attributes:
      classification: of every class by itself, from its logit.
      focal: its settings, which stay while another loss is chosen.
      regression: 'smooth_l1' and 'l1' of the four offsets, which are added up; or 1 - IoU of the decoded box (or a
        relative), one number.
      smooth_l1: its settings.
      box_weight: lambda.
      n_cls, n_reg: what the two sums are divided by.
    """

    classification: ClassificationLoss = "cross_entropy"
    focal: FocalSpec = field(default_factory=FocalSpec)
    regression: RegressionLoss = "smooth_l1"
    smooth_l1: SmoothL1Spec = field(default_factory=SmoothL1Spec)
    box_weight: float = limited(10.0, 0, people=(0, 100), what="a weight")
    n_cls: Normalizer = "sampled"
    n_reg: Normalizer = "locations"
