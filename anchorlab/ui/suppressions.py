"""The methods of suppression in one form, for the player, the comparison and the code of the NMS page.

All methods begin alike: predictions in the order of their scores, those below the score threshold left out, then
those beyond the best k. What is left takes part. Thresholds and conventions are those of the lab's `NmsSpec`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from anchorlab import engine
from anchorlab.engine import Detections
from anchorlab.specs import FusionSpec, MatrixNmsSpec, NmsSpec, SoftNmsSpec, Status
from anchorlab.ui.lab import METHODS, Method

TITLES = {
    "hard": "Hard",
    "diou": "DIoU",
    "linear": "Soft, linear",
    "gaussian": "Soft, Gaussian",
    "matrix": "Matrix",
    "fusion": "Fusion (WBF)",
}
MAX_TRACED = 2048
"""Predictions that may take part where every pair is remembered."""
LAST_PIXEL = np.array([0, 0, 1, 1], np.float32)


class Played(NamedTuple):
    """What a method made of N predictions; K boxes come out.

    Attributes:
      order: int32 (N,), indices by falling score.
      status: int8 (N,), a `Status`; of 'fusion' the founder of a fused box is KEPT, those that joined SUPPRESSED.
      round: int32 (N,), the step that decided it; 0 if it took no part.
      by: int32 (N,), who suppressed it, dropped it, or lowered its score most; of 'fusion' its founder; else -1.
      iou: float32 (N,), the overlap with that one (of 'fusion' with the fused box it joined); 0 if there is none.
      scores: float32 (N,), as lowered; of 'fusion' a founder has the fused box's.
      factor: float32 (N,), what Matrix NMS multiplied the score by; 1 with other methods.
      compensation: float32 (N,), of Matrix NMS: the largest IoU with any better box; else 0.
      keep: int32 (K,), who comes out, best first.
      boxes: float32 (K, 4), as they come out.
      steps: how many the player has.
    """

    order: np.ndarray
    status: np.ndarray
    round: np.ndarray
    by: np.ndarray
    iou: np.ndarray
    scores: np.ndarray
    factor: np.ndarray
    compensation: np.ndarray
    keep: np.ndarray
    boxes: np.ndarray
    steps: int

    @property
    def above(self) -> int:
        """How many took part."""
        return int(np.isin(self.status, (Status.KEPT, Status.SUPPRESSED)).sum())


# ---- settings


def nms_spec(nms: NmsSpec, method: Method) -> NmsSpec:
    """For 'hard' and 'diou'."""
    return replace(nms, overlap="diou" if method.name == "diou" else "iou")


def soft_spec(nms: NmsSpec, method: Method) -> SoftNmsSpec:
    """For 'linear' and 'gaussian'."""
    return SoftNmsSpec(
        kernel=method.name,
        iou_threshold=nms.iou_threshold,
        sigma=method.sigma,
        score_threshold=nms.score_threshold,
        per_class=nms.per_class,
        decay_equal=nms.suppress_equal,
        inclusive=nms.inclusive,
    )


def matrix_spec(nms: NmsSpec, method: Method) -> MatrixNmsSpec:
    return MatrixNmsSpec(kernel=method.kernel, sigma=method.matrix_sigma, per_class=nms.per_class)


def fusion_spec(nms: NmsSpec, method: Method) -> FusionSpec:
    """All predictions are one model's."""
    return FusionSpec(iou_threshold=nms.iou_threshold, score=method.score)


# ---- methods


def by_score(scores: np.ndarray, ties: str) -> np.ndarray:
    """Indices by falling score; of equal scores the 'first' box or the 'last' one first."""
    if ties == "first":
        return np.argsort(-scores, kind="stable").astype(np.int32)
    return (len(scores) - 1 - np.argsort(-scores[::-1], kind="stable")).astype(np.int32)


def taking_part(scores: np.ndarray, nms: NmsSpec) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(order, those of it that take part, status of all so far)."""
    order = by_score(scores, nms.ties)
    above = order[scores[order] >= np.float32(nms.score_threshold)]
    part = above[: min(nms.top_k or MAX_TRACED, MAX_TRACED)]
    status = np.full(len(scores), Status.BELOW_SCORE, np.int8)
    status[above] = Status.OVER_TOP_K
    status[part] = Status.SUPPRESSED
    return order, part, status


def _blank(found: Detections) -> dict[str, np.ndarray]:
    n = len(found.scores)
    return {
        "round": np.zeros(n, np.int32),
        "by": np.full(n, -1, np.int32),
        "iou": np.zeros(n, np.float32),
        "scores": found.scores.astype(np.float32),
        "factor": np.ones(n, np.float32),
        "compensation": np.zeros(n, np.float32),
    }


def _hard(found: Detections, nms: NmsSpec, method: Method) -> Played:
    trace = engine.suppress(found.xyxy, found.scores, found.class_ids, nms_spec(nms, method))
    values = _blank(found) | {
        "round": trace.round,
        "by": trace.suppressed_by,
        "iou": np.nan_to_num(trace.iou).astype(np.float32),
    }
    steps = int(trace.round.max(initial=0))
    return Played(
        trace.order, trace.status, **values, keep=trace.keep, boxes=found.xyxy[trace.keep], steps=steps
    )


def _soft(found: Detections, nms: NmsSpec, method: Method) -> Played:
    order, part, status = taking_part(found.scores, nms)
    soft = engine.soft_suppress(
        found.xyxy[part], found.scores[part], found.class_ids[part], soft_spec(nms, method)
    )
    values = _blank(found)
    values["round"][part] = soft.round
    values["scores"][part] = soft.scores
    status[part] = soft.status
    dropped = np.flatnonzero(soft.status == Status.SUPPRESSED)
    by = soft.keep[soft.round[dropped] - 1]
    values["by"][part[dropped]] = part[by]
    values["iou"][part[dropped]] = _overlap(found.xyxy[part[by]], found.xyxy[part[dropped]], nms)
    keep = part[soft.keep]
    return Played(order, status, **values, keep=keep, boxes=found.xyxy[keep], steps=len(keep))


def _overlap(a: np.ndarray, b: np.ndarray, nms: NmsSpec) -> np.ndarray:
    """IoU (N,) of rows, as the spec measures widths."""
    last = LAST_PIXEL * nms.inclusive
    (ax1, ay1, ax2, ay2), (bx1, by1, bx2, by2) = (a + last).T, (b + last).T
    shared = np.maximum(np.minimum(ax2, bx2) - np.maximum(ax1, bx1), 0) * np.maximum(
        np.minimum(ay2, by2) - np.maximum(ay1, by1), 0
    )
    union = (ax2 - ax1) * (ay2 - ay1) + (bx2 - bx1) * (by2 - by1) - shared
    return np.where(union > 0, shared / np.where(union > 0, union, 1), 0).astype(np.float32)


def _matrix(found: Detections, nms: NmsSpec, method: Method) -> Played:
    order, part, status = taking_part(found.scores, nms)
    boxes = found.xyxy[part] + LAST_PIXEL * nms.inclusive
    matrix = engine.matrix_suppress(
        boxes, found.scores[part], found.class_ids[part], matrix_spec(nms, method)
    )
    values = _blank(found)
    values["scores"][part] = matrix.scores
    values["factor"][part] = matrix.factor
    values["compensation"][part] = matrix.compensation
    values["by"][part] = np.where(matrix.lowered_by >= 0, np.append(part, -1)[matrix.lowered_by], -1)
    values["iou"][part] = np.nan_to_num(matrix.iou)
    stays = matrix.scores >= np.float32(nms.score_threshold)
    status[part[stays]] = Status.KEPT
    values["round"][part] = 2
    kept = part[stays]
    keep = kept[np.argsort(-values["scores"][kept], kind="stable")]
    return Played(order, status, **values, keep=keep, boxes=found.xyxy[keep], steps=2 if len(part) else 0)


def _fusion(found: Detections, nms: NmsSpec, method: Method) -> Played:
    order, part, status = taking_part(found.scores, nms)
    boxes = found.xyxy[part] + LAST_PIXEL * nms.inclusive
    classes = found.class_ids[part] if nms.per_class else np.zeros(len(part), np.int32)
    fusion = engine.fuse_predictions(
        boxes, found.scores[part], classes, np.zeros(len(part), int), fusion_spec(nms, method)
    )
    # Predictions are dealt with in the order of `part`, so the first of each fused box founded it.
    founders = np.full(len(fusion.scores), -1, np.int32)
    for place in range(len(part))[::-1]:
        founders[fusion.cluster[place]] = part[place]
    values = _blank(found)
    values["round"][part] = np.arange(1, len(part) + 1)
    values["by"][part] = founders[fusion.cluster]
    values["by"][founders] = -1
    values["iou"][part] = np.nan_to_num(fusion.iou)
    values["scores"][founders] = fusion.scores
    status[founders] = Status.KEPT
    return Played(
        order,
        status,
        **values,
        keep=founders,
        boxes=fusion.xyxy - LAST_PIXEL * nms.inclusive,
        steps=len(part),
    )


_PLAY: dict[str, Callable[[Detections, NmsSpec, Method], Played]] = {
    "hard": _hard,
    "diou": _hard,
    "linear": _soft,
    "gaussian": _soft,
    "matrix": _matrix,
    "fusion": _fusion,
}


def play(found: Detections, nms: NmsSpec, method: Method) -> Played:
    """What the method makes of the predictions."""
    return _PLAY[method.name](found, nms, method)


def step_worth_seeing(played: Played, method: Method) -> int:
    """The step shown at first: of dropping methods the second round if it silences anyone, else the first; of
    Matrix NMS the one that lowers; of fusion the first that joins a box to another."""
    joined = played.round[played.by >= 0]
    if method.name == "fusion":
        return int(joined.min(initial=played.steps))
    if method.name == "matrix":
        return min(1, played.steps)
    return 2 if (joined == 2).any() else min(1, played.steps)


# ---- side by side


class Compared(NamedTuple):
    """Every method on the same predictions, M of them.

    Attributes:
      methods: names.
      state: int8 (M, N), 1 comes out, 2 does not, 0 took no part.
      scores: float32 (M, N), of what comes out.
      boxes: float32 (sum of counts, 4), what comes out, method after method; of one method best first.
      keep: int32, to which prediction each of `boxes` belongs.
      counts: how many of `boxes` each method has.
    """

    methods: tuple[str, ...]
    state: np.ndarray
    scores: np.ndarray
    boxes: np.ndarray
    keep: np.ndarray
    counts: tuple[int, ...]


def compare(found: Detections, nms: NmsSpec, method: Method) -> Compared:
    """All methods with the same thresholds and conventions."""
    results = [play(found, nms, replace(method, name=name)) for name in METHODS]
    state = np.array([np.select([r.status == 1, r.status == 2], [1, 2], 0) for r in results], np.int8)
    return Compared(
        METHODS,
        state,
        np.array([r.scores for r in results], np.float32),
        np.concatenate([r.boxes for r in results]).astype(np.float32),
        np.concatenate([r.keep for r in results]).astype(np.int32),
        tuple(len(r.keep) for r in results),
    )


# ---- for the browser


def settings(nms: NmsSpec, method: Method) -> dict[str, Any]:
    """What the browser needs to repeat any method while a threshold moves."""
    return {
        "method": method.name,
        "iou": nms.iou_threshold,
        "score": nms.score_threshold,
        "per_class": nms.per_class,
        "top_k": nms.top_k,
        "beta": nms.beta,
        "suppress_equal": nms.suppress_equal,
        "ties": nms.ties,
        "inclusive": nms.inclusive,
        "shift_classes": nms.shift_classes,
        "sigma": method.sigma,
        "kernel": method.kernel,
        "matrix_sigma": method.matrix_sigma,
        "fused": method.score,
    }


def stage_data(found: Detections, played: Played) -> dict[str, Any]:
    """Predictions and what a method made of them, for the player."""
    return {
        "predictions": found.xyxy,
        "scores": found.scores,
        "prediction_classes": found.class_ids,
        "order": played.order,
        "status": played.status,
        "round": played.round,
        "suppressed_by": played.by,
        "prediction_iou": played.iou,
        "final_scores": played.scores,
        "factor": played.factor,
        "compensation": played.compensation,
        "rounds": played.steps,
        "above": played.above,
        "kept": len(played.keep),
    }


@lru_cache(maxsize=1)
def warm() -> None:
    """Compiles what the methods need for up to some hundred predictions."""
    box = np.array([[0, 0, 8, 8]], np.float32)
    for power in range(6, 11):
        count = 2**power
        found = Detections(
            np.repeat(box, count, 0),
            np.full(count, 0.9, np.float32),
            np.zeros(count, np.int32),
            np.zeros(count, np.int32),
        )
        for name in METHODS:
            play(found, NmsSpec(score_threshold=0.5), Method(name=name))
