"""Suppression that lowers scores, and fusion, of all predictions."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from anchorlab.core.boxes import inclusive_to_continuous
from anchorlab.core.suppression import fusion, matrix, soft
from anchorlab.engine import checks
from anchorlab.engine.buckets import ROWS, bucket, cut, pad, real
from anchorlab.settings.suppression import FusionSpec, MatrixNmsSpec, SoftNmsSpec

MAX_TRACED = 10_000
"""Predictions that each other one may act on, step by step: more would take seconds."""
MODELS = 8
"""The smallest bucket of models."""
_KERNELS = ("linear", "gaussian", "hard")
_MATRIX_KERNELS = ("gaussian", "linear")
_SCORES = ("avg", "max", "box_and_model_avg", "absent_model_aware_avg")


@jax.jit
def _soft(boxes, scores, class_ids, mask, kernel, iou_threshold, sigma, score_threshold, per_class, *flags):
    decay_equal, drop_all, inclusive = flags
    boxes = jnp.where(inclusive, inclusive_to_continuous(boxes), boxes)
    class_ids = jnp.where(per_class, class_ids, 0)

    def by(name):
        return lambda: soft.soft_suppress(
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
        return lambda: matrix.matrix_suppress(boxes, scores, class_ids, kernel=name, sigma=sigma, mask=mask)

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
    clusters = fusion.fuse_boxes(
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
    kinds = [partial(fusion.fused_scores, kind=name, **settings) for name in _SCORES]
    return fusion.best_first(clusters, jax.lax.switch(kind, kinds, clusters, weights))


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
) -> soft.SoftSuppression:
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
    record = _soft(
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
    record = soft.SoftSuppression(*(cut(values, count) for values in record))
    return record._replace(picked=record.keep)


def matrix_suppress(
    boxes: np.ndarray, scores: np.ndarray, class_ids: np.ndarray, spec: MatrixNmsSpec
) -> matrix.MatrixSuppression:
    """Lowers the scores of all predictions at once; arguments as of `soft_suppress`.

    References:
      `core.suppression.matrix.matrix_suppress`.
    """
    count, padded = _padded(_predictions(boxes, scores, class_ids))
    kernel = _MATRIX_KERNELS.index(spec.kernel)
    record = _matrix(*padded, kernel, spec.sigma, spec.per_class)
    return matrix.MatrixSuppression(*(cut(values, count) for values in record))


def fuse_predictions(
    boxes: np.ndarray, scores: np.ndarray, class_ids: np.ndarray, model_ids: np.ndarray, spec: FusionSpec
) -> fusion.Fusion:
    """Averages overlapping predictions of several models.

    Args:
      boxes: xyxy (N, 4), at most MAX_TRACED.
      scores: (N,), not negative.
      class_ids: (N,), whole numbers.
      model_ids: (N,), whole numbers, the place of each prediction's model in `spec.weights`.
      spec: thresholds, weights, and how a fused score is made.

    References:
      `core.suppression.fusion`: `fuse_boxes`, `fused_scores`, `best_first`.
    """
    boxes, scores, class_ids = _predictions(boxes, scores, class_ids)
    model_ids = checks.integers(model_ids, "model_ids", len(boxes))
    models = len(spec.weights)
    if model_ids.size and not (model_ids.min() >= 0 and model_ids.max() < models):
        raise ValueError(f"model_ids must be from 0 to {models - 1}, one for each of spec.weights")
    count, padded = _padded((boxes, scores, class_ids, model_ids))
    length = bucket(models, MODELS)
    record = _fuse(
        *padded,
        pad(np.array(spec.weights, np.float32), length),
        real(models, length),
        spec.iou_threshold,
        spec.score_threshold,
        spec.ties == "last",
        _SCORES.index(spec.score),
        spec.allow_overflow,
    )
    record = fusion.Fusion(*(cut(values, count) for values in record))
    of_fused = (values[record.members > 0] for values in record[:4])  # the first rows
    dealt_with = record.order[: (record.cluster >= 0).sum()]
    return fusion.Fusion(*of_fused, record.cluster, record.iou, dealt_with)
