"""What the pages read off the results: what is worth pointing at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from anchorlab import engine
from anchorlab.engine import Anchors, Matches
from anchorlab.session.app_state import AppState, Selection


def selected(found: Matches, selection: Selection, suggest: Callable[[Matches], int]) -> dict[str, Any]:
    """What a page's message says of the anchor: the selected one, else the one that `suggest` finds. `suggested` says which."""
    suggested = not 0 <= selection.anchor < len(found.label)
    return {"anchor": suggest(found) if suggested else selection.anchor, "suggested": suggested}


def anchor_worth_seeing(found: Matches) -> int:
    """One that raises the page's question: an ignored one of the hardest object; -1 without any."""
    if not len(found.best_anchor) or not len(found.label):
        return -1
    positives = np.bincount(found.gt_index[found.label == 1], minlength=len(found.best_anchor))
    for gt in np.argsort(positives, kind="stable"):
        ignored = np.flatnonzero((found.label == -1) & (found.gt_index == gt) & (found.best_iou > 0))
        if len(ignored):
            return int(ignored[np.argsort(found.best_iou[ignored], kind="stable")[len(ignored) // 2]])
    return int(found.best_anchor[np.argmin(positives)])


def anchor_that_costs(found: Matches) -> int:
    """The best positive one: its class and its box both cost something."""
    positive = np.flatnonzero(found.label == 1)
    return int(positive[np.argmax(found.best_iou[positive])]) if len(positive) else -1


def states_of_best(found: Matches) -> list[str]:
    """The state of each object's best anchor, by name; an object without anchors counts as negative."""
    names = {1: "positive", 0: "negative", -1: "ignored"}
    return [names[int(found.label[a])] if a >= 0 else "negative" for a in found.best_anchor]


class Pair(NamedTuple):
    """The anchor and the object of the Offsets page.

    Attributes:
      target: the encoded offsets.
      round_trip: the largest error of decode(encode(object)), in pixels, as text.
    """

    anchor: int
    gt: int
    target: tuple[float, float, float, float]
    round_trip: str


def pair(anchors: Anchors, found: Matches, boxes: np.ndarray, app: AppState) -> Pair | None:
    """The selected positive anchor and its object; else the best anchor of the selected or the last object."""
    positive = engine.encodable(anchors, found)
    if not len(boxes) or not len(positive):
        return None
    gt, anchor = app.selection.object, app.selection.anchor
    if anchor in positive:
        gt = int(found.gt_index[anchor])
    else:
        gt = gt if 0 <= gt < len(boxes) else len(boxes) - 1
        anchor = int(found.best_anchor[gt])
        if anchor not in positive:
            anchor = int(positive[np.argmax(found.best_iou[positive])])
        gt = int(found.gt_index[anchor])
    a, b = anchors.xyxy[anchor : anchor + 1], boxes[gt : gt + 1]
    stride = anchors.cell_sides[[anchor]]
    target = engine.encode(a, b, app.coder, stride=stride)
    error = float(np.abs(engine.decode(a, target, app.coder, stride=stride) - b).max())
    return Pair(anchor, gt, tuple(map(float, target[0])), f"{error:.6f}".rstrip("0").rstrip("."))
