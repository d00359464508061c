"""What the pages read off the results: what is worth pointing at, and numbers put into words."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from anchorlab import engine
from anchorlab.engine import Anchors, Matches
from anchorlab.session.app_state import BOOK_STDS, AppState, Selection
from anchorlab.settings.anchors import AnchorSpec
from anchorlab.settings.coding import CoderSpec


def compare_notes(spec: AnchorSpec, height: int, width: int) -> dict[str, dict[str, str]]:
    """What is said of the shapes under another reading of the settings: 'ratio' reads every ratio the other way round;
    'd2l' takes the width of the book's text, which is a fraction of the image's width (its code takes the height for both
    sides)."""
    means, other = ("h / w", "w / h") if spec.ratio_means == "h/w" else ("w / h", "h / w")
    size = max(spec.sizes)
    return {
        "ratio": {
            "title": f"What if a ratio meant {other}?",
            "legend": f"solid: ratio = {means} · dashed: ratio = {other}",
            "text": "Every shape lies down that stood, and the other way round; only ratio 1 stays. With a "
            "symmetric list like ½ 1 2 the same boxes come out in another order, so the mistake hides.",
        },
        "d2l": {
            "title": "Which width does d2l mean?",
            "legend": "solid: the book’s code · dashed: its text, width = w·s·√r",
            "text": f"The book’s text measures the width in image widths: {size * width / height:.0f} × {size:.0f} "
            f"for a square of {size:.0f}. Its code measures both sides in image heights, so a square stays "
            f"square: {size:.0f} × {size:.0f}. On a square image nobody notices.",
        },
    }


def anchor_worth_seeing(found: Matches, selection: Selection) -> int:
    """The selected anchor, or one that raises the page's question: an ignored one of the hardest object."""
    count = len(found.label)
    if 0 <= selection.anchor < count:
        return selection.anchor
    if not len(found.best_anchor) or not count:
        return -1
    positives = np.bincount(found.gt_index[found.label == 1], minlength=len(found.best_anchor))
    for gt in np.argsort(positives, kind="stable"):
        ignored = np.flatnonzero((found.label == -1) & (found.gt_index == gt) & (found.best_iou > 0))
        if len(ignored):
            return int(ignored[np.argsort(found.best_iou[ignored], kind="stable")[len(ignored) // 2]])
    return int(found.best_anchor[np.argmin(positives)])


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


_OTHER_CODERS = {
    "corner": {
        "title": "Why no logarithm?",
        "text": "Each number moves one side, in the anchor’s width or height. But a wild prediction can turn the box "
        "inside out.",
    },
    "cell": {
        "title": "Why a place in the cell?",
        "text": "The sigmoid keeps the decoded centre in the anchor’s own cell, so that cells never compete. So only "
        "the cell in which an object is centred can say where it is; YOLO matches accordingly.",
    },
}


def spread_in_words(offsets: np.ndarray, coder: CoderSpec) -> dict[str, str]:
    """Why the stds: the spread of the positives' offsets without and with them."""
    if coder.kind != "center":
        return _OTHER_CODERS[coder.kind]
    if len(offsets) < 2:
        return {
            "title": "Why divide by 0.1 and 0.2?",
            "text": "So that the numbers a network must say spread near 1.",
        }
    stds = np.asarray(coder.stds)
    raw = offsets * stds + np.asarray(coder.means)
    spread = raw.std(axis=0)
    divided = spread / np.asarray(BOOK_STDS)
    n = len(offsets)
    typical = float(np.median(divided))
    verdict = (
        "near 1, where a network learns best."
        if typical <= 2
        else "still far above 1, because these anchors fit these objects badly."
    )
    text = (
        f"Undivided, the {n:,} offsets have standard deviations of {spread.min():.2f} to {spread.max():.2f}. "
    )
    text += f"Divided, {divided.min():.1f} to {divided.max():.1f}: {verdict}"
    return {"title": "Why divide by 0.1 and 0.2?", "text": text}
