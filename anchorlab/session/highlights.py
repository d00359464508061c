"""What the pages read off the results: what is worth pointing at, and numbers put into words."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from anchorlab import engine
from anchorlab.engine import Anchors, Matches
from anchorlab.session.app_state import BOOK_STDS, AppState, Selection
from anchorlab.settings.anchors import AnchorSpec
from anchorlab.settings.coding import CoderSpec
from anchorlab.wording import placeholders, say

COMPARED = {
    "ratio": {
        "title": "What if a ratio meant {other}?",
        "legend": "solid: ratio = {means} · dashed: ratio = {other}",
        "text": "Every shape lies down that stood, and the other way round; only ratio 1 stays. With a symmetric list like "
        "½ 1 2 the same boxes come out in another order, so the mistake hides.",
    },
    "d2l": {
        "title": "Which width does d2l mean?",
        "legend": "solid: the book’s code · dashed: its text, width = w·s·√r",
        "text": "The book’s text measures the width in image widths: {width} × {size} for a square of {size}. Its code "
        "measures both sides in image heights, so a square stays square: {size} × {size}. On a square image nobody "
        "notices.",
    },
}


def compare_notes(spec: AnchorSpec, height: int, width: int) -> dict[str, dict[str, str]]:
    """What is said of the shapes under another reading of the settings: 'ratio' reads every ratio the other way round;
    'd2l' takes the width of the book's text, which is a fraction of the image's width (its code takes the height for both
    sides)."""
    means, other = ("h / w", "w / h") if spec.ratio_means == "h/w" else ("w / h", "h / w")
    size = max(spec.sizes)
    values = {
        "means": means,
        "other": other,
        "size": f"{size:.0f}",
        "width": f"{size * width / height:.0f}",
    }
    return {
        reading: {
            part: say(sentence, **{name: values[name] for name in placeholders(sentence)})
            for part, sentence in parts.items()
        }
        for reading, parts in COMPARED.items()
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


SPREAD = {
    "corner": (
        "Why no logarithm?",
        "Each number moves one side, in the anchor’s width or height. But a wild prediction can turn the box inside out.",
    ),
    "cell": (
        "Why a place in the cell?",
        (
            "The sigmoid keeps the decoded centre in the anchor’s own cell, so that cells never compete. So only the cell in "
            "which an object is centred can say where it is; YOLO matches accordingly."
        ),
    ),
    "few": ("Why divide by 0.1 and 0.2?", "So that the numbers a network must say spread near 1."),
    "near": (
        "Why divide by 0.1 and 0.2?",
        (
            "Undivided, the {count} offsets have standard deviations of {low} to {high}. Divided, {divided_low} to "
            "{divided_high}: near 1, where a network learns best."
        ),
    ),
    "far": (
        "Why divide by 0.1 and 0.2?",
        (
            "Undivided, the {count} offsets have standard deviations of {low} to {high}. Divided, {divided_low} to "
            "{divided_high}: still far above 1, because these anchors fit these objects badly."
        ),
    ),
}
"""Why the coder writes its numbers as it does: a title and the answer."""


def spread_in_words(offsets: np.ndarray, coder: CoderSpec) -> dict[str, str]:
    """Why the stds: the spread of the positives' offsets without and with them."""
    if coder.kind != "center" or len(offsets) < 2:
        title, text = SPREAD["few" if coder.kind == "center" else coder.kind]
        return {"title": title, "text": text}
    raw = offsets * np.asarray(coder.stds) + np.asarray(coder.means)
    spread = raw.std(axis=0)
    divided = spread / np.asarray(BOOK_STDS)
    title, text = SPREAD["near" if float(np.median(divided)) <= 2 else "far"]
    told = say(
        text,
        count=len(offsets),
        low=f"{spread.min():.2f}",
        high=f"{spread.max():.2f}",
        divided_low=f"{divided.min():.1f}",
        divided_high=f"{divided.max():.1f}",
    )
    return {"title": title, "text": told}
