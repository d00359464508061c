"""What is done with predictions that say the same thing twice.

`Suppression` is what somebody has chosen: a method, the limits that all methods share, and a record for each method that
has settings of its own, kept while another method is chosen. The records whose names end in `Spec` are what one call of
the engine is told; a method's entry in `anchorlab.catalogue.suppression` makes the one out of the other. What both hold
is declared once: a Spec inherits it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from anchorlab.settings.validation import Checked, iou, limited

NmsOverlap = Literal["iou", "diou"]
Ties = Literal["first", "last"]
SoftKernel = Literal["linear", "gaussian", "hard"]
Dropped = Literal["all", "overlapping"]
MatrixKernel = Literal["linear", "gaussian"]
FusedScore = Literal["avg", "max", "box_and_model_avg", "absent_model_aware_avg"]

MethodName = Literal["hard", "diou", "linear", "gaussian", "matrix", "fusion"]
"""'hard' and 'diou' drop boxes; 'linear' and 'gaussian' (soft-NMS) and 'matrix' lower scores; 'fusion' averages boxes."""


# ---- what methods share


@dataclass(frozen=True)
class Limits(Checked):
    """Thresholds and conventions that every method reads, as far as it has a use for them.

    Attributes:
      iou_threshold: a kept box suppresses those that overlap it by more (>) than this.
      score_threshold: predictions with a lower (<) score are dropped beforehand.
      per_class: True: only boxes of the same class suppress each other.
      top_k: how many of the best scores enter suppression; None for all.
      suppress_equal: an overlap equal to the threshold suppresses too (Fast R-CNN, DIoU-NMS).
      ties: which of equal scores goes first, the 'first' box or the 'last' (ssd.pytorch).
      inclusive: the last pixel belongs to a box, whose width is x2 - x1 + 1 (Fast R-CNN).
      shift_classes: with `per_class`, classes are kept apart by moving their boxes apart (torchvision's
        and mmcv's `batched_nms`), which can fail; False: by comparing them.
    """

    iou_threshold: float = iou(0.5)
    score_threshold: float = limited(0.05, 0, 1)
    per_class: bool = True
    top_k: int | None = limited(None, 1, people=(1, 5000))
    suppress_equal: bool = False
    ties: Ties = "first"
    inclusive: bool = False
    shift_classes: bool = False


# ---- what one method has for itself


def _beta() -> Any:
    return limited(1.0, above=0, people=(0.1, 4), what="an exponent")


@dataclass(frozen=True)
class DiouSettings(Checked):
    """Of DIoU-NMS. `beta`: exponent of the distance of the centres, which is taken off the IoU."""

    beta: float = _beta()


@dataclass(frozen=True)
class GaussianSettings(Checked):
    """Of soft-NMS. `sigma`: the paper's, in exp(-IoU^2 / sigma); TensorFlow's is half of it."""

    sigma: float = limited(0.5, above=0, people=(0.01, 4))


@dataclass(frozen=True)
class MatrixSettings(Checked):
    """Of Matrix NMS.

    Attributes:
      kernel: 'gaussian', exp(-sigma IoU^2), or 'linear', 1 - IoU.
      sigma: multiplies, unlike that of soft-NMS. Read by 'gaussian'.
    """

    kernel: MatrixKernel = "gaussian"
    sigma: float = limited(2.0, above=0, people=(0.01, 20))


@dataclass(frozen=True)
class FusionSettings(Checked):
    """Of weighted boxes fusion.

    Attributes:
      score: of a fused box: 'avg' of its members' weighted scores; their 'max'; 'box_and_model_avg',
        in which each model counts once; 'absent_model_aware_avg', in which models that saw nothing
        count too. Of a single model the last two are 'avg'.
    """

    score: FusedScore = limited("avg", offered=("avg", "max"))


@dataclass(frozen=True)
class Suppression(Limits):
    """A method with the settings of all: what is set for one stays while another is chosen."""

    score_threshold: float = limited(0.5, 0, 1)  # a page shows what a person would call found
    method: MethodName = "hard"
    diou: DiouSettings = field(default_factory=DiouSettings)
    gaussian: GaussianSettings = field(default_factory=GaussianSettings)
    matrix: MatrixSettings = field(default_factory=MatrixSettings)
    fusion: FusionSettings = field(default_factory=FusionSettings)


# ---- what the engine is told


@dataclass(frozen=True)
class NmsSpec(Limits):
    """How overlapping predictions are suppressed.

    Attributes:
      overlap: what is compared with the threshold: 'iou', or 'diou', the IoU minus the distance of
        the centres (DIoU-NMS).
      beta: exponent of that distance, as of `DiouSettings`; read only for 'diou'.
    """

    overlap: NmsOverlap = "iou"
    beta: float = _beta()


@dataclass(frozen=True)
class SoftNmsSpec(GaussianSettings):
    """How overlapping predictions lower each other's scores, instead of falling.

    Attributes:
      sigma: read by 'gaussian'.
      kernel: what an overlap does to a score: 'linear', from `iou_threshold` on times 1 - IoU;
        'gaussian', times exp(-IoU^2 / sigma); 'hard', from `iou_threshold` on times 0.
      iou_threshold: read by 'linear' and 'hard'.
      score_threshold: a box is dropped once its lowered score is less (<) than this. A box that is
        picked is never tested.
      per_class: True: only boxes of the same class lower each other's scores.
      decay_equal: whether an IoU equal to the threshold lowers (the paper, mmcv), or not (the paper's
        code). Read by 'linear' and 'hard'.
      dropped: which boxes are tested in a round: 'all' that are left (mmcv), or only those
        'overlapping' the picked one (the paper's code).
      inclusive: the last pixel belongs to a box, whose width is x2 - x1 + 1 (the paper's code).
    """

    kernel: SoftKernel = "linear"
    iou_threshold: float = iou(0.3)
    score_threshold: float = limited(0.001, 0, 1)
    per_class: bool = True
    decay_equal: bool = True
    dropped: Dropped = "all"
    inclusive: bool = False


@dataclass(frozen=True)
class MatrixNmsSpec(MatrixSettings):
    """How Matrix NMS lowers all scores at once.

    Attributes:
      per_class: True: only boxes of the same class lower each other's scores.
    """

    per_class: bool = True


@dataclass(frozen=True)
class FusionSpec(FusionSettings):
    """How weighted boxes fusion averages the predictions of several models.

    Attributes:
      iou_threshold: a box joins the fused box it overlaps most, if by more (>) than this.
      score_threshold: predictions with a lower (<) score are dropped beforehand, before the weights.
      weights: one positive number per model.
      allow_overflow: with 'avg', more boxes than models may raise a score above the average.
      ties: which of equal scores goes first, the 'first' box or the 'last' (the authors' package).
    """

    iou_threshold: float = iou(0.55)
    score_threshold: float = limited(0.0, 0, 1)
    weights: tuple[float, ...] = limited((1.0,), above=0)
    allow_overflow: bool = False
    ties: Ties = "first"
