"""What the Rosetta page asks to predict about a scene, and the answer, worked out of that scene."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np

from anchorlab.canvas.rosetta import libraries
from anchorlab.canvas.rosetta.asked import Asked, kept, predictions
from anchorlab.canvas.rosetta.labels import CLASS_NUMBERS
from anchorlab.canvas.rosetta.libraries import TITLES, Labels
from anchorlab.canvas.rosetta.words import circled, differs, number, ratio
from anchorlab.catalogue.conventions import LIBRARIES
from anchorlab.engine import Status
from anchorlab.settings.anchors import AnchorSpec
from anchorlab.wording import counted, joined, noun_of


class Prediction(NamedTuple):
    """A question about what is shown, and its answer, as HTML."""

    question: str
    answer: str


def prediction(ask: Asked, shown: dict[str, Any]) -> Prediction | None:
    """What to predict before looking closer; None where a library has no answer or nothing is to be seen.

    Args:
      ask: about a scene, not a case.
      shown: what the picture shows of it.
    """
    if ask.a == ask.b or any(side["problem"] for side in shown["sides"]):
        return None
    if ask.convention in CLASS_NUMBERS:
        return _class_numbers(ask)
    if ask.kind == "labels":
        return _learned(ask)
    if ask.kind == "coder":
        return _read_by_the_other(ask, shown)
    return _QUESTIONS[ask.convention](ask, shown)


def some(items: Iterable[str], most: int = 4) -> str:
    """ "a, b and c", of many the first few and how many more."""
    items = list(items)
    if len(items) <= most:
        return joined(items)
    return f"{', '.join(items[:most])} and {len(items) - most} more"


# ---- anchors


def _words(shown: dict[str, Any], side: int = 0) -> list[dict[str, Any]]:
    return shown["sides"][side]["words"]


def _box(word: dict[str, Any]) -> str:
    return f"{number(word['w'], 1)} × {number(word['h'], 1)}"


def _ratio(ask: Asked, shown: dict[str, Any]) -> Prediction:
    count = counted(len(_words(shown)), "shape")
    if not differs(ask.a, ask.b, "ratio"):
        other = [word for word in _words(shown) if word["differs"]]
        return Prediction(
            f"both read a ratio alike. Are all of {TITLES[ask.a]}’s {count} also {TITLES[ask.b]}’s?",
            f"<b>No</b>: not {some(map(_box, other))}, for other reasons." if other else "<b>Yes</b>, all.",
        )
    name = noun_of(len(ask.laying.aspect_ratios), "ratio")
    ratios = f"{name} {joined([ratio(value) for value in ask.laying.aspect_ratios])}"
    turned = "none" not in (libraries.answer(ask.a, "ratio"), libraries.answer(ask.b, "ratio"))
    how = "the other way round" if turned else f"as {TITLES[ask.b]} does"
    stay = [word for word in _words(shown) if not word["differs"]]
    return Prediction(
        f"{ratios}, read {how}: which boxes stay?",
        f"<b>{len(stay)}</b> of {len(_words(shown))}: {some(map(_box, stay))}." if stay else "<b>None</b>.",
    )


def _order(ask: Asked, shown: dict[str, Any]) -> Prediction:
    same = [str(k + 1) for k, word in enumerate(_words(shown)) if not word["differs"]]
    total = len(_words(shown))
    if not same:
        answer = "<b>None</b>."
    elif len(same) == total:
        answer = f"<b>All</b> {total}." if total > 1 else "<b>Yes</b>, the one."
    else:
        answer = f"{noun_of(len(same), 'Number')} <b>{some(same, 9)}</b> of {total}."
    return Prediction(
        f"trained with {TITLES[ask.a]}’s list of boxes and run with {TITLES[ask.b]}’s, which outputs still stand for "
        "the same box?",
        answer,
    )


def _rounding(ask: Asked, shown: dict[str, Any]) -> Prediction:
    whole = [
        word
        for word in _words(shown)
        if all(abs(side - round(side)) < 1e-3 for side in _unrounded(ask, word))
    ]
    total = len(_words(shown))
    return Prediction(
        "is there a shape here that rounding leaves as it is?",
        f"<b>Yes</b>, {len(whole)} of {total}: {some(map(_box, whole))} {'has' if len(whole) == 1 else 'have'} whole sides."
        if whole
        else f"<b>No</b>: {'it has a side that is' if total == 1 else f'all {total} have a side that is'} no whole number.",
    )


def _unrounded(ask: Asked, word: dict[str, Any]) -> tuple[float, float]:
    means = libraries.answer(ask.a, "ratio")
    spec = AnchorSpec((word["size"],), (word["ratio"],), ratio_means="w/h" if means == "w/h" else "h/w")
    return spec.widths_heights[0]


def _whole_sizes(ask: Asked, shown: dict[str, Any]) -> Prediction:
    broken = [number(size) for size in ask.laying.sizes if size != int(size)]
    sizes = [number(size) for size in ask.laying.sizes]
    return Prediction(
        "is there a size here that cutting to whole pixels changes?",
        f"<b>Yes</b>: {some(broken)}."
        if broken
        else f"<b>No</b>: {some(sizes)} {'is' if len(sizes) == 1 else 'are'} whole.",
    )


def _centres(ask: Asked) -> list[np.ndarray]:
    return [libraries.centres(libraries.laid(name, ask.laying, *ask.size)) for name in (ask.a, ask.b)]


def _center(ask: Asked, shown: dict[str, Any]) -> Prediction:
    first = [centres[0] for centres in _centres(ask)]
    corner = [TITLES[name] for name, (x, y) in zip((ask.a, ask.b), first, strict=True) if x == y == 0]
    where = "; ".join(
        f"{TITLES[name]} {number(x, 1)}, {number(y, 1)}"
        for name, (x, y) in zip((ask.a, ask.b), first, strict=True)
    )
    who = {0: "Neither’s", 1: f"{corner[0]}’s" if corner else "", 2: "Both’s"}[len(corner)]
    return Prediction(
        "whose first anchor is centred on the very corner of the image?", f"<b>{who}</b>: {where}."
    )


def _uneven(ask: Asked, shown: dict[str, Any]) -> Prediction:
    width = ask.size[1]
    far = [width - float(centres[:, 0].max()) for centres in _centres(ask)]

    def place(gap: float) -> str:
        if abs(gap) < 0.05:
            return "on it"
        return f"{number(abs(gap), 1)} px {'left of' if gap > 0 else 'beyond'} it"

    said = [f"{TITLES[name]}’s <b>{place(gap)}</b>" for name, gap in zip((ask.a, ask.b), far, strict=True)]
    return Prediction(
        "how far from the image’s right side is the last column centred?", f"{'; '.join(said)}."
    )


def _clipping(ask: Asked, shown: dict[str, Any]) -> Prediction:
    side = max(ask.size)
    sides = AnchorSpec(ask.laying.sizes, ask.laying.aspect_ratios).widths_heights
    long = [f"{number(w, 1)} × {number(h, 1)}" for w, h in sides if max(w, h) > side]
    return Prediction(
        f"is a shape of these sizes and ratios longer than the image, {number(side)} px?",
        f"<b>Yes</b>: {some(long)}." if long else "<b>No</b>, so nothing is to be cut.",
    )


def _beyond(ask: Asked, shown: dict[str, Any]) -> Prediction:
    size = np.array(ask.size[::-1])
    counts = [int((centres > size).any(axis=1).sum()) for centres in _centres(ask)]
    said = [f"{TITLES[name]} <b>{count:,}</b>" for name, count in zip((ask.a, ask.b), counts, strict=True)]
    return Prediction(
        f"how many of the {counted(shown['counter']['total'], 'cell')} are centred beyond the image?",
        f"{'; '.join(said)}.",
    )


# ---- labels


def _labels(ask: Asked) -> tuple[Labels, Labels]:
    a, b = (libraries.labels(name, ask.anchors, *ask.size, ask.here.objects) for name in (ask.a, ask.b))
    return a, b


def _learned(ask: Asked) -> Prediction | None:
    objects = len(ask.here.boxes)
    if not objects:
        return None
    ours, theirs = (np.bincount(side.code[side.code >= 0], minlength=objects) for side in _labels(ask))
    more = [f"{circled(g)} ({ours[g]} and {theirs[g]})" for g in np.flatnonzero(ours > theirs)]
    fewer = [f"{circled(g)} ({ours[g]} and {theirs[g]})" for g in np.flatnonzero(ours < theirs)]
    if objects == 1:
        question = f"do more anchors learn the object in {TITLES[ask.a]} or in {TITLES[ask.b]}?"
        way = "As many in both" if ours[0] == theirs[0] else f"In {TITLES[ask.a if more else ask.b]}"
        return Prediction(question, f"<b>{way}</b>: {ours[0]} and {theirs[0]}.")
    tail = f" More in {TITLES[ask.b]}: {some(fewer)}." if fewer else ""
    return Prediction(
        f"which object do more anchors learn in {TITLES[ask.a]} than in {TITLES[ask.b]}?",
        (
            f"<b>{some(more)}</b>."
            if more
            else f"<b>None</b>{'' if fewer else ': every object has as many in both'}."
        )
        + tail,
    )


_ASKED = {
    "background": "a negative anchor",
    "ignored": "an ignored anchor",
    "first_class": "an anchor of the first class",
}


def _class_numbers(ask: Asked) -> Prediction | None:
    classes = max(1, len(ask.here.classes))
    ours, theirs = (LIBRARIES[name].class_codes(classes) for name in (ask.a, ask.b))
    code = ours[("background", "ignored", "first_class").index(ask.convention)]
    background, ignored, first = theirs
    meanings = [
        *(["a negative"] if code == background else []),
        *(["an ignored one"] if code == ignored and ignored != background else []),
        *(
            [f"the class {ask.here.classes[code - first]}"]
            if 0 <= code - first < len(ask.here.classes)
            else []
        ),
    ]
    return Prediction(
        f"in {TITLES[ask.a]} {_ASKED[ask.convention]} has the number {number(code)}: what would {TITLES[ask.b]} take it for?",
        f"For <b>{' or '.join(meanings)}</b>." if meanings else "For <b>nothing</b>: it has no such number.",
    )


# ---- offsets


def _read_by_the_other(ask: Asked, shown: dict[str, Any]) -> Prediction:
    box = np.asarray(shown["pair"]["object"])
    return Prediction(
        f"read by {TITLES[ask.b]}, do {TITLES[ask.a]}’s four numbers make too large a box or too small a one?",
        larger_or_smaller(np.asarray(shown["sides"][1]["box"]), box),
    )


def larger_or_smaller(read: np.ndarray, box: np.ndarray) -> str:
    """How the size of a box that was read compares with the object's."""
    (w, h), (ow, oh) = ((float(b[2] - b[0]), float(b[3] - b[1])) for b in (read, box))
    sizes = f"{number(w, 1)} × {number(h, 1)} for {number(ow, 1)} × {number(oh, 1)}"
    if abs(w - ow) < 0.05 and abs(h - oh) < 0.05:
        return f"<b>Neither</b>: {number(ow, 1)} × {number(oh, 1)}, as the object."
    if w >= ow - 0.05 and h >= oh - 0.05:
        return f"<b>Too large</b>: {sizes}."
    if w <= ow + 0.05 and h <= oh + 0.05:
        return f"<b>Too small</b>: {sizes}."
    return (
        f"<b>Both</b>: too {'wide' if w > ow else 'narrow'} and too {'tall' if h > oh else 'flat'}, {sizes}."
    )


# ---- suppression


def _ties(ask: Asked, shown: dict[str, Any]) -> Prediction:
    scores = predictions(ask)[1]
    values, counts = np.unique(scores, return_counts=True)
    equal = values[counts > 1]
    if not len(equal):
        answer = "<b>No</b>, so it does not matter here who of equals goes first."
    else:
        who = np.flatnonzero(scores == equal[-1])
        answer = f"<b>Yes</b>: {some(f'#{k}' for k in who)} have the score {equal[-1]:.2f}."
    return Prediction(
        f"do two of the {counted(len(scores), 'prediction')} have the same score?"
        if len(scores) > 1
        else "is there a second prediction of the same score?",
        answer,
    )


def _threshold(ask: Asked, shown: dict[str, Any]) -> Prediction:
    limit = float(shown["threshold"])
    trace, _ = kept(ask, ask.a)
    struck = np.flatnonzero(trace.status == Status.SUPPRESSED)
    if not len(struck):
        answer = "<b>None</b>: it suppresses nothing here."
    else:
        nearest = struck[np.argmin(np.abs(trace.iou[struck] - limit))]
        equal = trace.iou[nearest] == np.float32(limit)
        tail = "the sign decides" if equal else "so whether equal counts decides nothing here"
        answer = f"<b>{trace.iou[nearest]:.3f}</b>, of #{nearest}: {tail}."
    return Prediction(
        f"of all boxes that {TITLES[ask.a]} suppresses, how near does an IoU come to the threshold, {number(limit)}?",
        answer,
    )


def _inclusive(ask: Asked, shown: dict[str, Any]) -> Prediction:
    boxes = predictions(ask)[0]
    if not len(boxes):
        return Prediction("how wide is the narrowest prediction?", "There is <b>none</b>.")
    narrow = float((boxes[:, 2] - boxes[:, 0]).min())
    said = [
        f"{TITLES[name]} <b>{number(narrow + bool(libraries.answer(name, 'inclusive')), 1)}</b>"
        for name in (ask.a, ask.b)
    ]
    return Prediction("how many pixels wide is the narrowest prediction?", f"{'; '.join(said)}.")


def _zero(ask: Asked, shown: dict[str, Any]) -> Prediction:
    boxes = predictions(ask)[0]
    points = int(((boxes[:, 2] <= boxes[:, 0]) & (boxes[:, 3] <= boxes[:, 1])).sum())
    return Prediction(
        "is there a prediction without any area here, so that 0 / 0 can occur?",
        f"<b>Yes</b>, {points}." if points else "<b>No</b>, so it does not matter here what 0 / 0 is.",
    )


def _classes(ask: Asked, shown: dict[str, Any]) -> Prediction:
    boxes, _, class_ids = predictions(ask)
    last = int(class_ids.max(initial=0))
    said = []
    for name in (ask.a, ask.b):
        way = libraries.answer(name, "classes")
        step = {"shift": float(boxes.max(initial=0)) + 1, "far": 7680.0}.get(way, 0.0)
        said.append(f"{TITLES[name]} <b>{f'{number(last * step, 1)} px' if step else 'not at all'}</b>")
    return Prediction(
        f"how far are the boxes of class {last} moved before they are compared?", f"{'; '.join(said)}."
    )


_QUESTIONS: dict[str, Callable[[Asked, dict[str, Any]], Prediction]] = {
    "ratio": _ratio,
    "order": _order,
    "rounding": _rounding,
    "whole_sizes": _whole_sizes,
    "center": _center,
    "uneven": _uneven,
    "clipping": _clipping,
    "centers": _beyond,
    "inclusive": _inclusive,
    "zero_over_zero": _zero,
    "suppress_equal": _threshold,
    "ties": _ties,
    "classes": _classes,
}
