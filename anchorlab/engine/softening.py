"""Suppression that lowers scores, and fusion, of all predictions."""

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from anchorlab.core.boxes import inclusive_to_continuous
from anchorlab.core.suppression import fusion as core_fusion
from anchorlab.core.suppression import matrix as core_matrix
from anchorlab.core.suppression import soft as core_soft
from anchorlab.engine import checks
from anchorlab.engine.buckets import ROWS, bucket, pad, real
from anchorlab.settings.suppression import FusionSpec, MatrixNmsSpec, SoftNmsSpec

MAX_TRACED = 2048
"""Predictions of which every pair is remembered."""
MODELS = 8
"""The smallest bucket of models."""
_KERNELS = ("linear", "gaussian", "hard")
_MATRIX_KERNELS = ("gaussian", "linear")
_SCORES = ("avg", "max", "box_and_model_avg", "absent_model_aware_avg")


class SoftSuppression(NamedTuple):
    """What became of every prediction, and who lowered whose score in which round.

    Attributes:
      keep: int32 (K,), the predictions kept, as picked: round r (from 1) picked keep[r - 1].
      status: int8 (N,), a `Status`: KEPT or SUPPRESSED.
      round: int32 (N,), in which it was picked or dropped.
      scores: float32 (N,), as lowered until then.
      factor: float32 (K, N); factor[r - 1, i] multiplied the score of i in round r; 1: not lowered.
    """

    keep: np.ndarray
    status: np.ndarray
    round: np.ndarray
    scores: np.ndarray
    factor: np.ndarray


class MatrixSuppression(NamedTuple):
    """How Matrix NMS lowered every score; all (N,).

    Attributes:
      order: int32, indices by falling score before lowering; ties: lowest index first.
      scores: float32, as lowered.
      factor: float32, what the score was multiplied by, in [0, 1].
      lowered_by: int32, the better prediction that decided the factor; -1 where that is 1.
      iou: float32, with that one; NaN if there is none.
      compensation: float32, the largest IoU with any better prediction of the class.
    """

    order: np.ndarray
    scores: np.ndarray
    factor: np.ndarray
    lowered_by: np.ndarray
    iou: np.ndarray
    compensation: np.ndarray


class Fusion(NamedTuple):
    """Fused boxes, best score first, and which predictions formed them.

    Attributes:
      xyxy: float32 (C, 4).
      scores: float32 (C,).
      class_ids: int32 (C,).
      members: int32 (C,), predictions in each.
      cluster: int32 (N,), the row of the fused box each prediction went into; -1 if in none.
      iou: float32 (N,), with that box when it joined; NaN of the founder, and of those in none.
      order: int32 (P,), predictions as they were dealt with, those in none left out.
    """

    xyxy: np.ndarray
    scores: np.ndarray
    class_ids: np.ndarray
    members: np.ndarray
    cluster: np.ndarray
    iou: np.ndarray
    order: np.ndarray


@jax.jit
def _soft(boxes, scores, class_ids, mask, kernel, iou_threshold, sigma, score_threshold, per_class, *flags):
    decay_equal, drop_all, inclusive = flags
    boxes = jnp.where(inclusive, inclusive_to_continuous(boxes), boxes)
    class_ids = jnp.where(per_class, class_ids, 0)

    def by(name):
        return lambda: core_soft.soft_suppress(
            boxes,
            scores,
            class_ids,
            kernel=name,
            iou_threshold=iou_threshold,
            sigma=sigma,
            score_threshold=score_threshold,
            decay_equal=decay_equal,
            drop_all=drop_all,
            mask=mask,
        )

    return jax.lax.switch(kernel, [by(name) for name in _KERNELS])


@jax.jit
def _matrix(boxes, scores, class_ids, mask, kernel, sigma, per_class):
    class_ids = jnp.where(per_class, class_ids, 0)

    def by(name):
        return lambda: core_matrix.matrix_suppress(
            boxes, scores, class_ids, kernel=name, sigma=sigma, mask=mask
        )

    return jax.lax.switch(kernel, [by(name) for name in _MATRIX_KERNELS])


@jax.jit
def _fuse(
    boxes,
    scores,
    class_ids,
    model_ids,
    mask,
    weights,
    model_mask,
    iou_threshold,
    score_threshold,
    ties_last,
    kind,
    allow_overflow,
):
    fusion = core_fusion.fuse_boxes(
        boxes,
        scores,
        class_ids,
        model_ids,
        weights,
        iou_threshold=iou_threshold,
        score_threshold=score_threshold,
        ties_last=ties_last,
        mask=mask,
    )
    settings = {"allow_overflow": allow_overflow, "model_mask": model_mask}
    fused = jax.lax.switch(
        kind,
        [partial(core_fusion.fused_scores, kind=name, **settings) for name in _SCORES],
        fusion,
        weights,
    )
    return fusion, fused


def _predictions(boxes, scores, class_ids) -> tuple[np.ndarray, ...]:
    boxes = checks.boxes(boxes, "boxes")
    scores = checks.scores(scores, "scores", len(boxes))
    if scores.size and scores.min() < 0:
        raise ValueError(f"scores must not be negative, but entry {int(scores.argmin())} is {scores.min()}")
    if len(boxes) > MAX_TRACED:
        raise ValueError(
            f"boxes must be at most {MAX_TRACED:,}, got {len(boxes):,}; drop those of low score first"
        )
    return boxes, scores, checks.integers(class_ids, "class_ids", len(boxes))


def _padded(arrays: tuple[np.ndarray, ...]) -> tuple[int, tuple[np.ndarray, ...]]:
    count = len(arrays[0])
    length = bucket(count, ROWS)
    return count, (*(pad(array, length) for array in arrays), real(count, length))


def soft_suppress(
    boxes: np.ndarray, scores: np.ndarray, class_ids: np.ndarray, spec: SoftNmsSpec
) -> SoftSuppression:
    """Lowers the scores of predictions that overlap a better one, round by round.

    Args:
      boxes: xyxy (N, 4), at most MAX_TRACED.
      scores: (N,), not negative.
      class_ids: (N,), whole numbers; read only if `spec.per_class`.
      spec: kernel and thresholds.

    References:
      `core.suppression.soft.soft_suppress`.
    """
    count, padded = _padded(_predictions(boxes, scores, class_ids))
    record = jax.device_get(
        _soft(
            *padded,
            _KERNELS.index(spec.kernel),
            spec.iou_threshold,
            spec.sigma,
            spec.score_threshold,
            spec.per_class,
            spec.decay_equal,
            spec.dropped == "all",
            spec.inclusive,
        )
    )
    keep = record.picked[record.picked >= 0]
    return SoftSuppression(
        keep,
        record.status[:count].copy(),
        record.round[:count].copy(),
        record.scores[:count].copy(),
        record.factor[: len(keep), :count].copy(),
    )


def matrix_suppress(
    boxes: np.ndarray, scores: np.ndarray, class_ids: np.ndarray, spec: MatrixNmsSpec
) -> MatrixSuppression:
    """Lowers the scores of all predictions at once; arguments as of `soft_suppress`.

    References:
      `core.suppression.matrix.matrix_suppress`.
    """
    count, padded = _padded(_predictions(boxes, scores, class_ids))
    kernel = _MATRIX_KERNELS.index(spec.kernel)
    record = jax.device_get(_matrix(*padded, kernel, spec.sigma, spec.per_class))
    return MatrixSuppression(*(values[:count].copy() for values in record))


def fuse_predictions(
    boxes: np.ndarray, scores: np.ndarray, class_ids: np.ndarray, model_ids: np.ndarray, spec: FusionSpec
) -> Fusion:
    """Averages overlapping predictions of several models.

    Args:
      boxes: xyxy (N, 4), at most MAX_TRACED.
      scores: (N,), not negative.
      class_ids: (N,), whole numbers.
      model_ids: (N,), whole numbers, the place of each prediction's model in `spec.weights`.
      spec: thresholds, weights, and how a fused score is made.

    References:
      `core.suppression.fusion.fuse_boxes`, `core.suppression.fusion.fused_scores`.
    """
    boxes, scores, class_ids = _predictions(boxes, scores, class_ids)
    model_ids = checks.integers(model_ids, "model_ids", len(boxes))
    models = len(spec.weights)
    if model_ids.size and not (model_ids.min() >= 0 and model_ids.max() < models):
        raise ValueError(f"model_ids must be from 0 to {models - 1}, one for each of spec.weights")
    count, padded = _padded((boxes, scores, class_ids, model_ids))
    length = bucket(models, MODELS)
    fusion, fused = jax.device_get(
        _fuse(
            *padded,
            pad(np.array(spec.weights, np.float32), length),
            real(models, length),
            spec.iou_threshold,
            spec.score_threshold,
            spec.ties == "last",
            _SCORES.index(spec.score),
            spec.allow_overflow,
        )
    )
    clusters = int((fusion.members > 0).sum())
    best_first = np.argsort(-fused[:clusters], kind="stable")
    # -1, in none, reads the last entry and stays -1.
    row = np.append(np.argsort(best_first), -1).astype(np.int32)
    cluster = row[fusion.cluster[:count]]
    return Fusion(
        fusion.boxes[best_first],
        fused[best_first],
        fusion.class_ids[best_first],
        fusion.members[best_first],
        cluster,
        fusion.iou[:count].copy(),
        fusion.order[: int((cluster >= 0).sum())].copy(),
    )
