"""Non-maximum suppression of all predictions."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from anchorlab.core import nms as core
from anchorlab.engine import checks
from anchorlab.engine.buckets import ROWS, bucket, pad, real
from anchorlab.specs import NmsSpec, Status

MAX_PREDICTIONS = 2**16


class Suppression(NamedTuple):
    """What became of every prediction.

    Attributes:
      order: int32 (N,), indices by falling score; ties: lowest index first.
      status: int8 (N,), a `specs.Status`.
      round: int32 (N,), the round, from 1, in which it was kept or suppressed; 0 if in none.
      suppressed_by: int32 (N,), the kept prediction that did it; -1 if none.
      iou: float32 (N,), with that prediction; NaN if there is none.
      keep: int32 (K,), the kept, best first.
    """

    order: np.ndarray
    status: np.ndarray
    round: np.ndarray
    suppressed_by: np.ndarray
    iou: np.ndarray
    keep: np.ndarray


@jax.jit
def _suppress(boxes, scores, class_ids, mask, iou_threshold, score_threshold, per_class, top_k):
    return core.suppress(
        boxes,
        scores,
        jnp.where(per_class, class_ids, 0),
        iou_threshold=iou_threshold,
        score_threshold=score_threshold,
        top_k=top_k,
        mask=mask,
    )


def suppress(boxes: np.ndarray, scores: np.ndarray, class_ids: np.ndarray, spec: NmsSpec) -> Suppression:
    """Keeps the best of every group of overlapping predictions.

    Args:
      boxes: xyxy (N, 4).
      scores: (N,), finite.
      class_ids: (N,), whole numbers; read only if `spec.per_class`.
      spec: thresholds; a box is suppressed if its IoU with a kept one is strictly above.

    References:
      `core.nms.suppress`.
    """
    boxes = checks.boxes(boxes, "boxes")
    count = len(boxes)
    if count > MAX_PREDICTIONS:
        raise ValueError(
            f"boxes must be at most {MAX_PREDICTIONS:,}, got {count:,}; keep the best scores only"
        )
    scores, class_ids = checks.scores(scores, "scores", count), checks.integers(class_ids, "class_ids", count)
    length = bucket(count, ROWS)
    record = jax.device_get(
        _suppress(
            pad(boxes, length),
            pad(scores, length),
            pad(class_ids, length),
            real(count, length),
            spec.iou_threshold,
            spec.score_threshold,
            spec.per_class,
            count if spec.top_k is None else min(spec.top_k, count),
        )
    )
    # Padding sorts behind every real score, so cutting the order leaves the real indices.
    order, status, rounds, suppressed_by, iou = (values[:count].copy() for values in record)
    return Suppression(order, status, rounds, suppressed_by, iou, order[status[order] == Status.KEPT])
