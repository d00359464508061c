"""Suppression by the book, in NumPy: one kept box after the other against all that are left. The oracle of the tiles."""

import numpy as np

from anchorlab.core.suppression.common import Status

F32 = np.float32


def iou(one: np.ndarray, many: np.ndarray) -> np.ndarray:
    """IoU (N,) of one box with many (N, 4), in float32 steps; 0 where the union is 0."""
    x1, y1, x2, y2 = many.T
    width = np.maximum(np.minimum(one[2], x2) - np.maximum(one[0], x1), F32(0))
    height = np.maximum(np.minimum(one[3], y2) - np.maximum(one[1], y1), F32(0))
    intersection = width * height
    own = (one[2] - one[0]) * (one[3] - one[1])
    union = own + (x2 - x1) * (y2 - y1) - intersection
    return np.where(union > 0, intersection / np.where(union > 0, union, F32(1)), F32(0))


def suppress(
    boxes: np.ndarray,
    scores: np.ndarray,
    class_ids: np.ndarray | None = None,
    *,
    iou_threshold: float = 0.5,
    score_threshold: float = -np.inf,
    top_k: int | None = None,
    suppress_equal: bool = False,
    ties_last: bool = False,
    mask: np.ndarray | None = None,
) -> dict[str, np.ndarray]:
    """What `core.suppression.hard.suppress` answers, field by field."""
    n = len(scores)
    mask = np.ones(n, bool) if mask is None else mask
    class_ids = np.zeros(n, np.int32) if class_ids is None else class_ids
    shown = np.where(mask, scores, -np.inf)
    index = np.arange(n)
    order = np.lexsort((-index if ties_last else index, -shown)).astype(np.int32)
    scored = mask & (scores >= F32(score_threshold))
    status = np.where(scored, Status.OVER_TOP_K, Status.BELOW_SCORE).astype(np.int8)
    rounds, by, overlap = np.zeros(n, np.int32), np.full(n, -1, np.int32), np.full(n, np.nan, F32)
    ranks = order[:top_k]
    queue = ranks[scored[ranks]]
    left = boxes[queue].T.copy()  # columns: a round reads them one after the other
    played = 0
    while len(queue):
        best, queue, left = queue[0], queue[1:], left[:, 1:]
        played += 1
        status[best], rounds[best] = Status.KEPT, played
        found = iou(boxes[best], left.T)
        much = np.flatnonzero(found >= F32(iou_threshold) if suppress_equal else found > F32(iou_threshold))
        falls = much[class_ids[queue[much]] == class_ids[best]]
        fallen = queue[falls]
        status[fallen], rounds[fallen], by[fallen] = Status.SUPPRESSED, played, best
        overlap[fallen] = found[falls]
        if len(falls):
            queue, left = np.delete(queue, falls), np.delete(left, falls, axis=1)
    return {"order": order, "status": status, "round": rounds, "suppressed_by": by, "iou": overlap}


def soft_factors(record, boxes: np.ndarray, class_ids: np.ndarray, spec) -> np.ndarray:
    """What every round of soft-NMS multiplied every score by: (rounds, N), 1 where nothing did.

    Args:
      record: who was picked, and when a box was picked or dropped (`engine.SoftSuppression`).
      spec: kernel and thresholds (`SoftNmsSpec`).
    """
    boxes = np.asarray(boxes, F32) + np.array([0, 0, 1, 1], F32) * spec.inclusive
    class_ids, threshold = np.asarray(class_ids), F32(spec.iou_threshold)
    factors = np.ones((len(record.keep), len(boxes)), F32)
    for r, best in enumerate(record.keep):
        found = iou(boxes[best], boxes)
        above = (found > threshold) | (spec.decay_equal & (found == threshold) & (found > 0))
        decay = {
            "linear": np.where(above, 1 - found, 1),
            "gaussian": np.exp(-(found**2) / F32(spec.sigma)),
            "hard": np.where(above, 0, 1),
        }[spec.kernel]
        reached = (record.round > r) & (np.arange(len(boxes)) != best)
        if spec.per_class:
            reached &= class_ids == class_ids[best]
        factors[r] = np.where(reached, decay, 1)
    return factors
