"""The methods of suppression in one form, for the player, the comparison and the code of the NMS page.

All methods begin alike: predictions in the order of their scores, those below the score threshold left out, then
those beyond the best k. What is left takes part. Thresholds and conventions are those of the app state's `NmsSpec`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from anchorlab import engine
from anchorlab.catalogue import conventions
from anchorlab.engine import Detections, Status
from anchorlab.session.app_state import METHODS, Method
from anchorlab.settings.suppression import FusionSpec, MatrixNmsSpec, NmsSpec, SoftNmsSpec

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
MAX_ROWS = 300
"""Predictions that the comparison lists."""
READS_IOU = ("hard", "diou", "linear", "fusion")
"""The methods with a threshold of overlap."""
LAST_PIXEL = np.array([0, 0, 1, 1], np.float32)


class Played(NamedTuple):
    """What a method made of N predictions; K boxes come out.

    Attributes:
      order: int32 (N,), indices by falling score.
      status: int8 (N,), a `Status`; of 'fusion' the founder of a fused box is KEPT, those that joined SUPPRESSED.
      round: int32 (N,), the step that decided it; 0 if it took no part.
      suppressed_by: int32 (N,), who suppressed it, dropped it, or lowered its score most; of 'fusion' its founder; else -1.
      iou: float32 (N,), the overlap with that one (of 'fusion' with the fused box it joined); NaN if there is none.
      final_scores: float32 (N,), as lowered; of 'fusion' a founder has the fused box's.
      factor: float32 (N,), what Matrix NMS multiplied the score by; 1 with other methods.
      compensation: float32 (N,), of Matrix NMS: the largest IoU with any better box; else 0.
      keep: int32 (K,), who comes out, best first.
      boxes: float32 (K, 4), as they come out.
      steps: how many the player has.
    """

    order: np.ndarray
    status: np.ndarray
    round: np.ndarray
    suppressed_by: np.ndarray
    iou: np.ndarray
    final_scores: np.ndarray
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
        "suppressed_by": np.full(n, -1, np.int32),
        "iou": np.full(n, np.nan, np.float32),
        "final_scores": found.scores.astype(np.float32),
        "factor": np.ones(n, np.float32),
        "compensation": np.zeros(n, np.float32),
    }


def _hard(found: Detections, nms: NmsSpec, method: Method) -> Played:
    trace = engine.suppress(found.xyxy, found.scores, found.class_ids, nms_spec(nms, method))
    values = _blank(found) | {
        "round": trace.round,
        "suppressed_by": trace.suppressed_by,
        "iou": trace.iou,
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
    values["final_scores"][part] = soft.scores
    status[part] = soft.status
    dropped = np.flatnonzero(soft.status == Status.SUPPRESSED)
    by = soft.keep[soft.round[dropped] - 1]
    values["suppressed_by"][part[dropped]] = part[by]
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
    values["final_scores"][part] = matrix.scores
    values["factor"][part] = matrix.factor
    values["compensation"][part] = matrix.compensation
    values["suppressed_by"][part] = np.where(
        matrix.lowered_by >= 0, np.append(part, -1)[matrix.lowered_by], -1
    )
    values["iou"][part] = matrix.iou
    stays = matrix.scores >= np.float32(nms.score_threshold)
    status[part[stays]] = Status.KEPT
    values["round"][part] = 2
    kept = part[stays]
    keep = kept[np.argsort(-values["final_scores"][kept], kind="stable")]
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
    values["suppressed_by"][part] = founders[fusion.cluster]
    values["suppressed_by"][founders] = -1
    values["iou"][part] = fusion.iou
    values["final_scores"][founders] = fusion.scores
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
    """The step shown at first, where the story begins: the first round; of fusion, in whose first turns boxes are
    alone, the first that joins a box to another."""
    joined = played.round[played.suppressed_by >= 0]
    return int(joined.min()) if method.name == "fusion" and len(joined) else min(1, played.steps)


def choosing(name: str) -> dict[str, Any]:
    """What choosing a method changes in an app state: its player starts anew."""
    return {
        "method__name": name,
        "selection__nms_round": -1,
        "selection__prediction": -1,
        "selection__partner": -1,
    }


# ---- words


def answer(nms: NmsSpec, method: Method) -> str:
    """What the method does, in two sentences; numbers that a slider moves stand in braces."""
    whom = "every box of its class" if nms.per_class else "every box"
    whose = " of its class" if nms.per_class else ""
    more = "<b>{iou}</b> or more" if nms.suppress_equal else "more than <b>{iou}</b>"
    return {
        "hard": f"Non-maximum suppression: the best-scoring box stays and suppresses {whom} that overlaps it by {more}. "
        "Then the next one in the queue has its turn.",
        "diou": f"DIoU-NMS: the best-scoring box stays and suppresses {whom} whose IoU, less the distance of the "
        f"centres, is {more}. Neighbours around other centres survive.",
        "linear": f"Soft-NMS: the best-scoring box stays, and {whom} that overlaps it by {more} keeps 1 − IoU of its "
        "score. Who falls below <b>{score}</b> is dropped.",
        "gaussian": f"Soft-NMS: the best-scoring box stays, and {whom} that overlaps it loses score, the more they "
        "overlap. Who falls below <b>{score}</b> is dropped.",
        "matrix": f"Matrix NMS: no rounds. Every score falls at once, by the strongest word of a better box{whose} "
        "against it; what is below <b>{score}</b> then is dropped.",
        "fusion": f"Weighted boxes fusion: nobody is suppressed. Every box joins the fused box{whose} that it overlaps "
        "most, if by more than <b>{iou}</b>, and a fused box is the average of its members.",
    }[method.name]


def question(nms: NmsSpec, method: Method) -> dict[str, Any]:
    """What the page asks to predict: the text, the change it asks for (another value than is set, of which control),
    and why its answer is what it is."""
    if method.name == "gaussian":
        name, control, value = "sigma", "method_sigma", _other(method.sigma, 0.1, 1.0)
        asked = f"with σ = {value:.2f}"
        reason = "A smaller σ makes scores fall faster."
    elif method.name == "matrix" and method.kernel == "gaussian":
        name, control, value = "matrix_sigma", "method_matrix_sigma", _other(method.matrix_sigma, 0.5, 4.0)
        asked = f"with σ = {value:.1f}"
        reason = "Here σ multiplies: a smaller one makes scores fall more slowly."
    elif method.name in ("matrix", "linear"):
        name, control, value = "score", "nms_score_threshold", _other(nms.score_threshold, 0.2, 0.6)
        asked = f"if a score of {value:.2f} is enough"
        reason = "Of a box whose score was lowered, the score alone decides whether it stays."
    else:
        name, control, value = "iou", "nms_iou_threshold", _other(nms.iou_threshold, 0.8, 0.3)
        asked = f"at threshold {value:.2f}"
        what = "a box joins another" if method.name == "fusion" else "a box is suppressed"
        reason = f"A higher threshold asks for more overlap before {what}."
    return {
        "try_this": f"<b>Predict:</b> {asked}, are more boxes kept or fewer? Then drag.",
        "try_change": {name: value},
        "try_control": control,
        "try_reason": reason,
    }


def _other(now: float, first: float, second: float) -> float:
    """The first of two values that is not set already."""
    return second if abs(now - first) < 0.005 else first


def who(field: str) -> dict[Any, str]:
    """For each answer to a question of suppression, the libraries that give it."""
    known = (*conventions.LIBRARIES.values(), conventions.FAST_RCNN)
    answers: dict[Any, list[str]] = {}
    for library in known:
        answers.setdefault(getattr(library, field), []).append(library.title)
    return {value: ", ".join(dict.fromkeys(names)) for value, names in answers.items()}


# ---- side by side


def compare(found: Detections, nms: NmsSpec, method: Method) -> dict[str, Any]:
    """Every method on the same predictions, with the same thresholds and conventions, as the page shows them.

    Returns:
      `rows`, the predictions that take part, best first and at most MAX_ROWS; `methods`, for each its name and title,
      how many boxes come out (`count`), which they are (`keep`) and where (`boxes`), best first and at most MAX_ROWS,
      and for each of the rows its `state` (1 comes out, 2 does not) and final score.
    """
    _, part, _ = taking_part(found.scores, nms)
    rows = part[:MAX_ROWS]
    methods = []
    for name in METHODS:
        played = play(found, nms, replace(method, name=name))
        methods.append(
            {
                "name": name,
                "title": TITLES[name],
                "count": len(played.keep),
                "keep": played.keep[:MAX_ROWS].tolist(),
                "boxes": np.round(played.boxes[:MAX_ROWS].astype(float), 3).tolist(),
                "state": played.status[rows].tolist(),
                "scores": np.round(played.final_scores[rows].astype(float), 4).tolist(),
            }
        )
    return {"rows": rows.tolist(), "methods": methods}


def kept_by_threshold(found: Detections, nms: NmsSpec, method: Method) -> tuple[np.ndarray, np.ndarray]:
    """How many boxes come out for IoU thresholds from 0 to 1; fewer thresholds where there are many predictions."""
    steps = 51 if len(found.scores) <= 1000 else 11
    thresholds = np.round(np.linspace(0, 1, steps), 2)
    kept = [len(play(found, replace(nms, iou_threshold=float(t)), method).keep) for t in thresholds]
    return thresholds, np.array(kept)


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
        "suppressed_by": played.suppressed_by,
        "prediction_iou": np.nan_to_num(played.iou).astype(np.float32),
        "final_scores": played.final_scores,
        "factor": played.factor,
        "compensation": played.compensation,
        "rounds": played.steps,
        "above": played.above,
        "kept": len(played.keep),
    }


def warm(count: int) -> None:
    """Compiles what the methods need for so many predictions, as far as they take so many."""
    if count > MAX_TRACED // 2:
        return
    box, ones = np.array([[0, 0, 8, 8]], np.float32), np.ones(count, np.float32)
    found = Detections(np.repeat(box, count, 0), ones, ones.astype(np.int32), ones.astype(np.int32))
    for name in METHODS:
        play(found, NmsSpec(score_threshold=0.5), Method(name=name))
