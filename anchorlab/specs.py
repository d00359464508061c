"""Settings as values: frozen, hashable, checked once, free of arrays.

Every record validates itself, so a function that is handed one never checks it again. A wrong
value raises `ValueError` with the name of the argument and what would be right. Lengths are
image pixels unless a record says otherwise.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from anchorlab.checked import Checked, choice, flag, integer, is_positive, is_unit, number, numbers

RatioMeaning = Literal["h/w", "w/h"]
Combination = Literal["all", "first"]
Border = Literal["keep", "clip", "ignore"]
MatchRule = Literal["threshold", "greedy", "max-iou", "ssd"]
AssignKind = Literal["iou", "atss", "yolo", "yolov5"]
CoderKind = Literal["center", "corner", "cell"]
NmsOverlap = Literal["iou", "diou"]
Ties = Literal["first", "last"]
SoftKernel = Literal["linear", "gaussian", "hard"]
Dropped = Literal["all", "overlapping"]
MatrixKernel = Literal["linear", "gaussian"]
FusedScore = Literal["avg", "max", "box_and_model_avg", "absent_model_aware_avg"]


@dataclass(frozen=True)
class AnchorSpec(Checked):
    """The anchors of one feature map: the same few boxes around every cell.

    Attributes:
      sizes: pixels; the side of the square with the anchor's area.
      aspect_ratios: positive; what they divide is `ratio_means`.
      stride: pixels between neighbouring cells.
      ratio_means: 'h/w' (torchvision, detectron2, mmdetection) or 'w/h' (d2l, SSD, Keras).
      combine: 'all' pairs every size with every ratio, n x m shapes; 'first' only those with the
        first size or the first ratio, n + m - 1 shapes (Dive into Deep Learning).
      center: where in its cell an anchor is centred, in cells: 0.5 the middle, 0 the corner.
      border: what becomes of anchors that leave the image: 'keep' them, 'clip' them to it, or
        'ignore' them in matching (Faster R-CNN).
    """

    sizes: tuple[float, ...] = (64.0, 128.0, 256.0)
    aspect_ratios: tuple[float, ...] = (0.5, 1.0, 2.0)
    stride: float = 32.0
    ratio_means: RatioMeaning = "h/w"
    combine: Combination = "all"
    center: float = 0.5
    border: Border = "keep"

    def __post_init__(self):
        self.store(
            sizes=numbers(self.sizes, "sizes", "positive pixels", is_positive),
            aspect_ratios=numbers(self.aspect_ratios, "aspect_ratios", "positive", is_positive),
            stride=number(self.stride, "stride", "a positive number of pixels", is_positive),
            ratio_means=choice(self.ratio_means, "ratio_means", ("h/w", "w/h")),
            combine=choice(self.combine, "combine", ("all", "first")),
            center=number(self.center, "center", "0 or 0.5 (in cells)", lambda x: x in (0, 0.5)),
            border=choice(self.border, "border", ("keep", "clip", "ignore")),
        )

    @property
    def pairs(self) -> tuple[tuple[float, float], ...]:
        """(size, ratio) of each shape, in anchor order: size-major, or as d2l lists its n + m - 1."""
        if self.combine == "all":
            return tuple((size, ratio) for size in self.sizes for ratio in self.aspect_ratios)
        first_ratio = tuple((size, self.aspect_ratios[0]) for size in self.sizes)
        return first_ratio + tuple((self.sizes[0], ratio) for ratio in self.aspect_ratios[1:])

    @property
    def shapes_per_cell(self) -> int:
        """Anchors around one cell: n x m, or n + m - 1."""
        n, m = len(self.sizes), len(self.aspect_ratios)
        return n * m if self.combine == "all" else n + m - 1

    @property
    def widths_heights(self) -> tuple[tuple[float, float], ...]:
        """(width, height) in pixels of each of `pairs`: w * h = size^2 and h / w (or w / h) = ratio."""
        sides = ((size / math.sqrt(ratio), size * math.sqrt(ratio)) for size, ratio in self.pairs)
        return tuple((a, b) if self.ratio_means == "h/w" else (b, a) for a, b in sides)

    def grid(self, image_height: int, image_width: int) -> tuple[int, int]:
        """(rows, columns) of the feature map: as many cells as it takes to cover the image."""
        height = number(image_height, "image_height", "a positive number of pixels", is_positive)
        width = number(image_width, "image_width", "a positive number of pixels", is_positive)
        return math.ceil(height / self.stride), math.ceil(width / self.stride)


@dataclass(frozen=True)
class MatchSpec(Checked):
    """How anchors are matched to objects.

    Attributes:
      rule: 'threshold' labels every anchor by its best IoU (Faster R-CNN, RetinaNet); 'greedy'
        gives every object an anchor of its own first (Dive into Deep Learning); 'max-iou' is
        'threshold' with objects that take their best anchors even from others (mmdetection); 'ssd'
        gives every object its one best anchor, taken from others if need be, and has no ignored band.
      high: IoU from which on (>=) an anchor is positive.
      low: IoU below which (<) an anchor is negative; from `low` to `high` it is ignored. Not used
        by 'greedy' and 'ssd'.
      low_quality: low-quality matches: whether the best anchors of an object become positive below `high` too. Not used
        by 'greedy' and 'ssd'.
      low_negative: whether an IoU equal to `low` is negative (fizyr) instead of ignored. Used by
        'threshold' only.
      min_best_iou: with 'threshold', an object's best anchors are low-quality matches if their IoU is more (>)
        than this; at -1 all anchors are those of an object that overlaps nothing (torchvision, detectron2).
      min_pos_iou: with 'max-iou', an object takes its best anchors if their IoU is this or more (>=).
      assign_all: with 'max-iou', whether an object takes all anchors that share its best IoU.
    """

    rule: MatchRule = "threshold"
    high: float = 0.5
    low: float = 0.4
    low_quality: bool = True
    low_negative: bool = False
    min_best_iou: float = 0.0
    min_pos_iou: float = 0.0
    assign_all: bool = True

    def __post_init__(self):
        self.store(
            rule=choice(self.rule, "rule", ("threshold", "greedy", "max-iou", "ssd")),
            high=number(self.high, "high", "an IoU between 0 and 1", is_unit),
            low=number(self.low, "low", "an IoU between 0 and 1", is_unit),
            low_quality=flag(self.low_quality, "low_quality"),
            low_negative=flag(self.low_negative, "low_negative"),
            min_best_iou=number(self.min_best_iou, "min_best_iou", "from -1 to 1", lambda x: -1 <= x <= 1),
            min_pos_iou=number(self.min_pos_iou, "min_pos_iou", "an IoU between 0 and 1", is_unit),
            assign_all=flag(self.assign_all, "assign_all"),
        )
        if self.low > self.high and self.rule in ("threshold", "max-iou"):
            raise ValueError(f"low must not be above high, got low {self.low} and high {self.high}")


@dataclass(frozen=True)
class AssignSpec(Checked):
    """Which family of rules matches anchors to objects: one that reads only IoUs, or one that knows grids.

    Attributes:
      kind: 'iou': what a `MatchSpec` says; 'atss': every object finds its own threshold among the anchors
        around its centre; 'yolo': of the cell an object is centred in, the anchor shaped most like it;
        'yolov5': of that cell and up to two beside it, all anchors of like shape.
      top_k: candidates per level and object. Read by 'atss'.
      ignore_iou: an anchor that is not responsible is ignored if its best IoU is more (>). Read by 'yolo'.
      side_factor: anchor and object are alike if no side differs by this factor or more (>=). Read by
        'yolov5'.
    """

    kind: AssignKind = "iou"
    top_k: int = 9
    ignore_iou: float = 0.5
    side_factor: float = 4.0

    def __post_init__(self):
        self.store(
            kind=choice(self.kind, "kind", ("iou", "atss", "yolo", "yolov5")),
            top_k=integer(self.top_k, "top_k", "a whole number from 1 on", is_positive),
            ignore_iou=number(self.ignore_iou, "ignore_iou", "an IoU between 0 and 1", is_unit),
            side_factor=number(self.side_factor, "side_factor", "a factor from 1 on", lambda x: x >= 1),
        )


@dataclass(frozen=True)
class CoderSpec(Checked):
    """How a box is written as offsets from an anchor: ((dx/w, dy/h, log w'/w, log h'/h) - means) / stds.

    Attributes:
      kind: 'center', as above; 'corner', the shift of both corners over the anchor's sides, without
        logarithm (fizyr); or 'cell', the place of the centre in its cell as a logit, and the log sizes,
        without means and stds (YOLO).
      means: subtracted from the four raw offsets.
      stds: divide them. (.1, .1, .2, .2) are SSD's "variances", d2l's factors 10 and 5, and
        torchvision's weights (10, 10, 5, 5).
      clamp: upper bound of the decoded log size, such as log(1000 / 16); None for no bound. Read by
        'center'.
      clamp_both: whether its negative is the lower bound, too (mmdetection).
      eps: added to the size ratios before the logarithm; d2l's 1e-6 costs the exact inverse.
    """

    means: tuple[float, ...] = (0.0, 0.0, 0.0, 0.0)
    stds: tuple[float, ...] = (0.1, 0.1, 0.2, 0.2)
    clamp: float | None = None
    kind: CoderKind = "center"
    clamp_both: bool = False
    eps: float = 0.0

    def __post_init__(self):
        self.store(
            kind=choice(self.kind, "kind", ("center", "corner", "cell")),
            clamp_both=flag(self.clamp_both, "clamp_both"),
            eps=number(self.eps, "eps", "0 or more", lambda x: x >= 0),
            means=numbers(self.means, "means", "finite", lambda x: True, 4),
            stds=numbers(self.stds, "stds", "positive", is_positive, 4),
        )
        if self.clamp is not None:
            self.store(clamp=number(self.clamp, "clamp", "a positive log size or None", is_positive))


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


@dataclass(frozen=True)
class SimulateSpec(Checked):
    """A pretended detector: what it would say about a scene, noise and false alarms included.

    Attributes:
      seed: fixes every draw.
      localisation_noise: standard deviation of the log size, and twice that of the centre in anchor sizes.
      score_noise: standard deviation of the scores.
      false_alarms: predictions that belong to no object.
      per_object: predictions around each object.
    """

    seed: int = 0
    localisation_noise: float = 0.1
    score_noise: float = 0.1
    false_alarms: int = 4
    per_object: int = 7

    def __post_init__(self):
        self.store(
            seed=integer(self.seed, "seed", "a whole number from 0 to 2**32 - 1", lambda x: 0 <= x < 2**32),
            localisation_noise=number(self.localisation_noise, "localisation_noise", "from 0 to 1", is_unit),
            score_noise=number(self.score_noise, "score_noise", "from 0 to 1", is_unit),
            false_alarms=integer(
                self.false_alarms, "false_alarms", "a whole number from 0 to 4096", lambda x: 0 <= x <= 4096
            ),
            per_object=integer(
                self.per_object, "per_object", "a whole number from 0 to 256", lambda x: 0 <= x <= 256
            ),
        )
