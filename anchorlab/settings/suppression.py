"""What is done with predictions that say the same thing twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from anchorlab.settings.validation import (
    Checked,
    choice,
    flag,
    integer,
    is_positive,
    is_unit,
    number,
    numbers,
)

NmsOverlap = Literal["iou", "diou"]


Ties = Literal["first", "last"]


SoftKernel = Literal["linear", "gaussian", "hard"]


Dropped = Literal["all", "overlapping"]


MatrixKernel = Literal["linear", "gaussian"]


FusedScore = Literal["avg", "max", "box_and_model_avg", "absent_model_aware_avg"]


@dataclass(frozen=True)
class NmsSpec(Checked):
    """How overlapping predictions are suppressed.

    Attributes:
      iou_threshold: a kept box suppresses those that overlap it by more (>) than this.
      score_threshold: predictions with a lower (<) score are dropped beforehand.
      per_class: True: only boxes of the same class suppress each other.
      top_k: how many of the best scores enter suppression; None for all.
      overlap: what is compared with the threshold: 'iou', or 'diou', the IoU minus the distance of
        the centres (DIoU-NMS).
      beta: exponent of that distance; read only for 'diou'.
      suppress_equal: an overlap equal to the threshold suppresses too (Fast R-CNN, DIoU-NMS).
      ties: which of equal scores goes first, the 'first' box or the 'last' (ssd.pytorch).
      inclusive: the last pixel belongs to a box, whose width is x2 - x1 + 1 (Fast R-CNN).
      shift_classes: with `per_class`, classes are kept apart by moving their boxes apart (torchvision's
        and mmcv's `batched_nms`), which can fail; False: by comparing them.
    """

    iou_threshold: float = 0.5
    score_threshold: float = 0.05
    per_class: bool = True
    top_k: int | None = None
    overlap: NmsOverlap = "iou"
    beta: float = 1.0
    suppress_equal: bool = False
    ties: Ties = "first"
    inclusive: bool = False
    shift_classes: bool = False

    def __post_init__(self):
        self.store(
            shift_classes=flag(self.shift_classes, "shift_classes"),
            iou_threshold=number(self.iou_threshold, "iou_threshold", "an IoU between 0 and 1", is_unit),
            score_threshold=number(self.score_threshold, "score_threshold", "between 0 and 1", is_unit),
            per_class=flag(self.per_class, "per_class"),
            overlap=choice(self.overlap, "overlap", ("iou", "diou")),
            beta=number(self.beta, "beta", "a positive exponent", is_positive),
            suppress_equal=flag(self.suppress_equal, "suppress_equal"),
            ties=choice(self.ties, "ties", ("first", "last")),
            inclusive=flag(self.inclusive, "inclusive"),
        )
        if self.top_k is not None:
            self.store(top_k=integer(self.top_k, "top_k", "a whole number from 1 on, or None", is_positive))


@dataclass(frozen=True)
class SoftNmsSpec(Checked):
    """How overlapping predictions lower each other's scores, instead of falling.

    Attributes:
      kernel: what an overlap does to a score: 'linear', from `iou_threshold` on times 1 - IoU;
        'gaussian', times exp(-IoU^2 / sigma); 'hard', from `iou_threshold` on times 0.
      iou_threshold: read by 'linear' and 'hard'.
      sigma: the paper's; TensorFlow's is half of it. Read by 'gaussian'.
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
    iou_threshold: float = 0.3
    sigma: float = 0.5
    score_threshold: float = 0.001
    per_class: bool = True
    decay_equal: bool = True
    dropped: Dropped = "all"
    inclusive: bool = False

    def __post_init__(self):
        self.store(
            kernel=choice(self.kernel, "kernel", ("linear", "gaussian", "hard")),
            iou_threshold=number(self.iou_threshold, "iou_threshold", "an IoU between 0 and 1", is_unit),
            sigma=number(self.sigma, "sigma", "positive", is_positive),
            score_threshold=number(self.score_threshold, "score_threshold", "between 0 and 1", is_unit),
            per_class=flag(self.per_class, "per_class"),
            decay_equal=flag(self.decay_equal, "decay_equal"),
            dropped=choice(self.dropped, "dropped", ("all", "overlapping")),
            inclusive=flag(self.inclusive, "inclusive"),
        )


@dataclass(frozen=True)
class MatrixNmsSpec(Checked):
    """How Matrix NMS lowers all scores at once.

    Attributes:
      kernel: 'gaussian', exp(-sigma IoU^2), or 'linear', 1 - IoU.
      sigma: multiplies, unlike that of soft-NMS. Read by 'gaussian'.
      per_class: True: only boxes of the same class lower each other's scores.
    """

    kernel: MatrixKernel = "gaussian"
    sigma: float = 2.0
    per_class: bool = True

    def __post_init__(self):
        self.store(
            kernel=choice(self.kernel, "kernel", ("linear", "gaussian")),
            sigma=number(self.sigma, "sigma", "positive", is_positive),
            per_class=flag(self.per_class, "per_class"),
        )


@dataclass(frozen=True)
class FusionSpec(Checked):
    """How weighted boxes fusion averages the predictions of several models.

    Attributes:
      iou_threshold: a box joins the fused box it overlaps most, if by more (>) than this.
      score_threshold: predictions with a lower (<) score are dropped beforehand, before the weights.
      weights: one positive number per model.
      score: of a fused box: 'avg' of its members' weighted scores; their 'max'; 'box_and_model_avg',
        in which each model counts once; 'absent_model_aware_avg', in which models that saw nothing
        count too.
      allow_overflow: with 'avg', more boxes than models may raise a score above the average.
      ties: which of equal scores goes first, the 'first' box or the 'last' (the authors' package).
    """

    iou_threshold: float = 0.55
    score_threshold: float = 0.0
    weights: tuple[float, ...] = (1.0,)
    score: FusedScore = "avg"
    allow_overflow: bool = False
    ties: Ties = "first"

    def __post_init__(self):
        self.store(
            iou_threshold=number(self.iou_threshold, "iou_threshold", "an IoU between 0 and 1", is_unit),
            score_threshold=number(self.score_threshold, "score_threshold", "between 0 and 1", is_unit),
            weights=numbers(self.weights, "weights", "positive", is_positive),
            score=choice(self.score, "score", ("avg", "max", "box_and_model_avg", "absent_model_aware_avg")),
            allow_overflow=flag(self.allow_overflow, "allow_overflow"),
            ties=choice(self.ties, "ties", ("first", "last")),
        )
