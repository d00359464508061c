"""The methods of suppression in one form: what became of every prediction, step by step, and where it ended.

All methods begin alike: predictions in the order of their scores, those below the score threshold left out, then those
beyond the best k. What is left takes part.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from anchorlab.core.suppression.common import Status
from anchorlab.engine.simulation import Detections
from anchorlab.settings.suppression import Limits

MAX_PLAYED = 2048
"""Predictions that take part where scores are lowered or boxes averaged: a page shows every step of it, and the browser
works it out again while a slider moves. Where boxes drop one another, all take part."""
LAST_PIXEL = np.array([0, 0, 1, 1], np.float32)
"""What the last pixel adds to a box that it belongs to."""


class Played(NamedTuple):
    """What a method made of N predictions; K boxes come out.

    Attributes:
      order: int32 (N,), indices by falling score.
      status: int8 (N,), a `Status`; where boxes are fused the founder of a fused box is KEPT, those that joined
        SUPPRESSED.
      round: int32 (N,), the step that decided it; 0 if it took no part.
      suppressed_by: int32 (N,), who suppressed it, dropped it, or lowered its score most, or the founder of the fused
        box it joined; else -1.
      iou: float32 (N,), the overlap with that one (where boxes are fused with the fused box it joined); NaN if there is
        none.
      final_scores: float32 (N,), as lowered; a founder has the fused box's.
      factor: float32 (N,), what the score was multiplied by at once; 1 where a method goes round by round.
      compensation: float32 (N,), the largest IoU with any better box, where that is what discounts its word; else 0.
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


class Part(NamedTuple):
    """Who takes part, before a method has said anything; P of N predictions.

    Attributes:
      index: int32 (P,), best score first.
      boxes: float32 (P, 4), as their widths are measured.
      scores, class_ids: (P,).
    """

    index: np.ndarray
    boxes: np.ndarray
    scores: np.ndarray
    class_ids: np.ndarray


def by_score(scores: np.ndarray, ties: str = "first") -> np.ndarray:
    """Indices int32 (N,) by falling score; of equal scores the 'first' box or the 'last' one first.

    Example:
      >>> by_score(np.array([0.5, 0.9, 0.5]), "last").tolist()
      [1, 2, 0]
    """
    if ties == "first":
        return np.argsort(-scores, kind="stable").astype(np.int32)
    return (len(scores) - 1 - np.argsort(-scores[::-1], kind="stable")).astype(np.int32)


def undecided(found: Detections) -> dict[str, np.ndarray]:
    """The fields of `Played` of N predictions on which nothing has been decided."""
    n = len(found.scores)
    return {
        "order": np.zeros(n, np.int32),
        "status": np.full(n, Status.BELOW_SCORE, np.int8),
        "round": np.zeros(n, np.int32),
        "suppressed_by": np.full(n, -1, np.int32),
        "iou": np.full(n, np.nan, np.float32),
        "final_scores": found.scores.astype(np.float32),
        "factor": np.ones(n, np.float32),
        "compensation": np.zeros(n, np.float32),
    }


def taking_part(found: Detections, limits: Limits) -> tuple[Part, dict[str, np.ndarray]]:
    """Who takes part, and the fields of `Played` so far, in which they are SUPPRESSED unless a method keeps them."""
    fields = undecided(found)
    order = by_score(found.scores, limits.ties)
    above = order[found.scores[order] >= np.float32(limits.score_threshold)]
    index = above[: min(limits.top_k or MAX_PLAYED, MAX_PLAYED)]
    fields["order"] = order
    fields["status"][above] = Status.OVER_TOP_K
    fields["status"][index] = Status.SUPPRESSED
    boxes = measured(found.xyxy[index], limits)
    return Part(index, boxes, found.scores[index], found.class_ids[index]), fields


def measured(boxes: np.ndarray, limits: Limits) -> np.ndarray:
    """Boxes (N, 4) whose widths are x2 - x1 as the limits measure them."""
    return boxes + LAST_PIXEL * limits.inclusive


def overlaps(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """IoU float32 (N,) of row with row, of boxes (N, 4).

    Example:
      >>> overlaps(np.array([[0, 0, 2, 2]]), np.array([[0, 1, 2, 2]])).tolist()
      [0.5]
    """
    shared = np.prod(np.maximum(np.minimum(a, b)[:, 2:] - np.maximum(a, b)[:, :2], 0), axis=1)
    union = np.prod(a[:, 2:] - a[:, :2], axis=1) + np.prod(b[:, 2:] - b[:, :2], axis=1) - shared
    return np.where(union > 0, shared / np.where(union > 0, union, 1), 0).astype(np.float32)
