"""Non-maximum suppression of all predictions."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from anchorlab.core.boxes import inclusive_to_continuous
from anchorlab.core.iou import iou_of_columns
from anchorlab.core.suppression import hard
from anchorlab.core.suppression.common import shift_by_class
from anchorlab.engine import checks
from anchorlab.engine.buckets import ROWS, bucket, cut, pad
from anchorlab.settings.suppression import NmsSpec

MAX_PREDICTIONS = 2**20
"""Some 100 bytes each: a bound on what one call can take of the machine."""


@partial(jax.jit, static_argnames="overlap")
def _suppress(boxes, scores, class_ids, numbers, counts, flags, *, overlap):
    # In three arrays: for a hundred boxes, handing over a dozen numbers one by one takes as long as suppressing them.
    iou_threshold, score_threshold, beta = numbers
    count, top_k = counts
    per_class, suppress_equal, ties_last, inclusive, shift_classes = flags
    mask = jnp.arange(len(scores)) < count
    class_ids = jnp.where(per_class, class_ids, 0)
    boxes = jnp.where(inclusive, inclusive_to_continuous(boxes), boxes)
    return hard.suppress(
        jnp.where(shift_classes, shift_by_class(boxes, class_ids, mask=mask), boxes),
        scores,
        jnp.where(shift_classes, 0, class_ids),
        iou_threshold=iou_threshold,
        score_threshold=score_threshold,
        top_k=top_k,
        overlap=iou_of_columns if overlap == "iou" else partial(hard.distance_overlap, beta=beta),
        suppress_equal=suppress_equal,
        ties_last=ties_last,
        mask=mask,
    )


def suppress(boxes: np.ndarray, scores: np.ndarray, class_ids: np.ndarray, spec: NmsSpec) -> hard.Suppression:
    """Keeps the best of every group of overlapping predictions.

    Args:
      boxes: xyxy (N, 4), at most MAX_PREDICTIONS; memory grows with N, time with N times those that overlap along x.
      scores: (N,), finite.
      class_ids: (N,), whole numbers; read only if `spec.per_class`.
      spec: thresholds; a box is suppressed if its overlap with a kept one is above, strictly by default.

    References:
      `core.suppression.hard.suppress`.
    """
    boxes = checks.boxes(boxes, "boxes")
    count = len(boxes)
    if count > MAX_PREDICTIONS:
        raise ValueError(
            f"boxes must be at most {MAX_PREDICTIONS:,}, got {count:,}; keep the best scores only"
        )
    scores, class_ids = checks.scores(scores, "scores", count), checks.integers(class_ids, "class_ids", count)
    length = bucket(count, ROWS)
    record = _suppress(
        pad(boxes, length),
        pad(scores, length),
        pad(class_ids, length),
        np.array([spec.iou_threshold, spec.score_threshold, spec.beta], np.float32),
        np.array([count, count if spec.top_k is None else min(spec.top_k, count)], np.int32),
        np.array(
            [spec.per_class, spec.suppress_equal, spec.ties == "last", spec.inclusive, spec.shift_classes]
        ),
        overlap=spec.overlap,
    )
    # Padding sorts behind every real score, so cutting the order leaves the real indices.
    return hard.Suppression(*(cut(values, count) for values in record))
