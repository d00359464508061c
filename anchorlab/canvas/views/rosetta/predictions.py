"""What the Rosetta page asks to predict about a picture, and the answer, worked out of it.

What is asked about a convention of anchors or suppression, and the forms of the answer, stand with the convention's
field; what is asked about labels and offsets is the same for all their conventions.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

import numpy as np

from anchorlab.canvas.views.rosetta import coding, labels
from anchorlab.catalogue.libraries import ALL, FIELDS, differs
from anchorlab.engine import Status
from anchorlab.session.comparison import Comparison
from anchorlab.session.library_answers import centres
from anchorlab.settings.anchors import AnchorSpec
from anchorlab.wording import Sentence, circled, joined, number, ratio, say, some

Prediction = tuple[str, str]
"""A question about what is shown, and its answer, as HTML."""
Words = list[dict[str, Any]]


def prediction(compared: Comparison, shown: dict[str, Any]) -> Prediction | None:
    """What to predict before looking closer; None where a library has no answer or nothing is to be seen.

    Args:
      compared: about a picture, not a demo scene.
      shown: what the picture shows of it.
    """
    if compared.a == compared.b or any(side["problem"] for side in shown["sides"]):
        return None
    if compared.convention in labels.CLASS_NUMBERS:
        return _class_number(compared)
    if compared.kind == "labels":
        return _learned(compared)
    if compared.kind == "coder":
        return _read_by_the_other(compared, shown)
    return _ANSWERS[compared.convention](compared, shown, FIELDS[compared.convention].sentences)


Sentences = dict[str, Sentence]
Shown = dict[str, Any]


# ---- anchors


def _box(word: dict[str, Any]) -> str:
    return f"{number(word['w'], 1)} × {number(word['h'], 1)}"


def _boxes(words: Words) -> str:
    return some(map(_box, words))


def _ratio(compared: Comparison, shown: Shown, told: Sentences) -> Prediction:
    words = shown["sides"][0]["words"]
    other = [word for word in words if word["differs"]]
    if not differs(*compared.libraries, "ratio"):
        question = say(told["predict_alike"], count=len(words), **compared.titles)
        return question, say(told["not_alike"], boxes=_boxes(other)) if other else told["all_alike"]
    ratios = compared.spec.aspect_ratios
    values = {"count": len(ratios), "ratios": joined([ratio(value) for value in ratios])}
    if "none" in (library.ratio for library in compared.libraries):
        question = say(told["predict_listed"], b=compared.titles["b"], **values)
    else:
        question = say(told["predict"], **values)
    stay = [word for word in words if not word["differs"]]
    if not stay:
        return question, told["none"]
    return question, say(told["some"], same=len(stay), total=len(words), boxes=_boxes(stay))


def _order(compared: Comparison, shown: Shown, told: Sentences) -> Prediction:
    words = shown["sides"][0]["words"]
    same, total = [str(k + 1) for k, word in enumerate(words) if not word["differs"]], len(words)
    if not same:
        answer = told["none"]
    elif len(same) == total:
        answer = say(told["all"], total=total) if total > 1 else told["the_one"]
    else:
        answer = say(told["some"], count=len(same), numbers=some(same, 9), total=total)
    return say(told["predict"], **compared.titles), answer


def _rounding(compared: Comparison, shown: Shown, told: Sentences) -> Prediction:
    words = shown["sides"][0]["words"]
    whole = [
        word for word in words if all(abs(side - round(side)) < 1e-3 for side in _unrounded(compared, word))
    ]
    if not whole:
        return told["predict"], say(told["none"], count=len(words))
    return told["predict"], say(told["some"], count=len(whole), total=len(words), boxes=_boxes(whole))


def _unrounded(compared: Comparison, word: dict[str, Any]) -> tuple[float, float]:
    means = "h/w" if ALL[compared.a].ratio in ("h/w", "none") else "w/h"
    return AnchorSpec((word["size"],), (word["ratio"],), ratio_means=means).widths_heights[0]


def _whole_sizes(compared: Comparison, shown: Shown, told: Sentences) -> Prediction:
    sizes = compared.spec.sizes
    broken = [number(size) for size in sizes if size != int(size)]
    if broken:
        return told["predict"], say(told["some"], sizes=some(broken))
    return told["predict"], say(told["none"], count=len(sizes), sizes=some(map(number, sizes)))


def _centres(compared: Comparison) -> list[np.ndarray]:
    return [centres(compared.generated(name)) for name in compared.names]


def _center(compared: Comparison, shown: Shown, told: Sentences) -> Prediction:
    first = [found[0] for found in _centres(compared)]
    corner = [library.title for library, (x, y) in zip(compared.libraries, first, strict=True) if x == y == 0]
    at_a, at_b = (f"{number(x, 1)}, {number(y, 1)}" for x, y in first)
    values = {**compared.titles, "at_a": at_a, "at_b": at_b}
    if len(corner) == 1:
        return told["predict"], say(told["one"], who=corner[0], **values)
    return told["predict"], say(told["both" if corner else "neither"], **values)


def _uneven(compared: Comparison, shown: Shown, told: Sentences) -> Prediction:
    places = []
    for library, found in zip(compared.libraries, _centres(compared), strict=True):
        gap = compared.size[1] - float(found[:, 0].max())
        if abs(gap) < 0.05:
            places.append(say(told["on_it"], who=library.title))
        else:
            where = told["left_of_it" if gap > 0 else "beyond_it"]
            places.append(say(where, who=library.title, pixels=number(abs(gap), 1)))
    return told["predict"], say(told["both"], places="; ".join(places))


def _clipping(compared: Comparison, shown: Shown, told: Sentences) -> Prediction:
    side = max(compared.size)
    sides = AnchorSpec(compared.spec.sizes, compared.spec.aspect_ratios).widths_heights
    long = [f"{number(w, 1)} × {number(h, 1)}" for w, h in sides if max(w, h) > side]
    question = say(told["predict"], side=number(side))
    return question, say(told["some"], boxes=some(long)) if long else told["none"]


def _centers(compared: Comparison, shown: Shown, told: Sentences) -> Prediction:
    size = np.array(compared.size[::-1])
    beyond = [int((found > size).any(axis=1).sum()) for found in _centres(compared)]
    question = say(told["predict"], count=shown["counter"]["total"])
    return question, say(told["both"], beyond_a=beyond[0], beyond_b=beyond[1], **compared.titles)


# ---- labels


def _learned(compared: Comparison) -> Prediction | None:
    told, objects = labels.SENTENCES, len(compared.here.boxes)
    if not objects:
        return None
    codes = (compared.labels(name).code for name in compared.names)
    ours, theirs = (np.bincount(code[code >= 0], minlength=objects).tolist() for code in codes)
    if objects == 1:
        question, values = say(told["predict_one"], **compared.titles), {"ours": ours[0], "theirs": theirs[0]}
        if ours == theirs:
            return question, say(told["as_many"], **values)
        more = compared.titles["a" if ours > theirs else "b"]
        return question, say(told["more_in"], library=more, **values)

    def named(chosen: np.ndarray) -> str:
        return some(
            say(told["learned"], object=circled(g), ours=ours[g], theirs=theirs[g])
            for g in np.flatnonzero(chosen)
        )

    more, fewer = named(np.greater(ours, theirs)), named(np.less(ours, theirs))
    answer = [
        say(told["learned_more"], objects=more) if more else told["learned_none" if fewer else "learned_same"]
    ]
    if fewer:
        answer.append(say(told["learned_fewer"], b=compared.titles["b"], objects=fewer))
    return say(told["predict"], **compared.titles), " ".join(answer)


def _class_number(compared: Comparison) -> Prediction:
    told, classes = labels.SENTENCES, compared.here.classes
    ours, theirs = (library.class_codes(labels.class_count(compared)) for library in compared.libraries)
    code = ours[labels.CLASS_NUMBERS.index(compared.convention)]
    background, ignored, first = theirs
    meanings = []
    if code == background:
        meanings.append(told["a_negative"])
    if code == ignored != background:
        meanings.append(told["an_ignored"])
    if 0 <= code - first < len(classes):
        meanings.append(say(told["a_class"], name=escape(classes[code - first])))
    question = FIELDS[compared.convention].sentences["predict"]
    return (
        say(question, number=number(code), **compared.titles),
        say(told["taken_for"], meanings=" or ".join(meanings)) if meanings else told["taken_for_nothing"],
    )


# ---- offsets


def _read_by_the_other(compared: Comparison, shown: Shown) -> Prediction:
    read, box = (np.asarray(v) for v in (shown["sides"][1]["box"], shown["pair"]["object"]))
    return say(coding.SENTENCES["predict"], **compared.titles), coding.larger_or_smaller(read, box)


# ---- suppression


def _ties(compared: Comparison, shown: Shown, told: Sentences) -> Prediction:
    scores = shown["scores"]
    values, counts = np.unique(scores, return_counts=True)
    equal = values[counts > 1]
    question = say(told["predict"], count=len(scores)) if len(scores) else told["predict_none"]
    if not len(equal):
        return question, told["none"]
    who = some(f"#{k}" for k in np.flatnonzero(scores == equal[-1]))
    return question, say(told["some"], predictions=who, score=f"{equal[-1]:.2f}")


def _suppress_equal(compared: Comparison, shown: Shown, told: Sentences) -> Prediction:
    limit = float(shown["threshold"])
    question = say(told["predict"], a=compared.titles["a"], threshold=number(limit))
    trace, _ = compared.kept(compared.a)
    struck = np.flatnonzero(trace.status == Status.SUPPRESSED)
    if not len(struck):
        return question, told["none"]
    nearest = int(struck[np.argmin(np.abs(trace.iou[struck] - limit))])
    equal = trace.iou[nearest] == np.float32(limit)
    values = {"iou": f"{trace.iou[nearest]:.3f}", "index": nearest}
    return question, say(told["equal" if equal else "unequal"], **values)


def _inclusive(compared: Comparison, shown: Shown, told: Sentences) -> Prediction:
    boxes = shown["predictions"]
    if not len(boxes):
        return told["predict_none"], told["none"]
    narrow = float((boxes[:, 2] - boxes[:, 0]).min())
    width_a, width_b = (number(narrow + library.inclusive, 1) for library in compared.libraries)
    return told["predict"], say(told["both"], width_a=width_a, width_b=width_b, **compared.titles)


def _zero_over_zero(compared: Comparison, shown: Shown, told: Sentences) -> Prediction:
    boxes = shown["predictions"]
    points = int(((boxes[:, 2] <= boxes[:, 0]) & (boxes[:, 3] <= boxes[:, 1])).sum())
    return told["predict"], say(told["some"], points=points) if points else told["none"]


def _classes(compared: Comparison, shown: Shown, told: Sentences) -> Prediction:
    last = int(shown["prediction_classes"].max(initial=0))
    largest = float(shown["predictions"].max(initial=0))
    ways = []
    for library in compared.libraries:
        step = {"shift": largest + 1, "far": 7680.0}.get(library.classes, 0.0)
        moved = {"pixels": number(last * step, 1)} if step else {}
        ways.append(say(told["moved" if step else "not_moved"], who=library.title, **moved))
    return say(told["predict"], last=last), say(told["both"], ways="; ".join(ways))


_ANSWERS: dict[str, Callable[[Comparison, Shown, Sentences], Prediction]] = {
    "ratio": _ratio,
    "order": _order,
    "rounding": _rounding,
    "whole_sizes": _whole_sizes,
    "center": _center,
    "uneven": _uneven,
    "clipping": _clipping,
    "centers": _centers,
    "inclusive": _inclusive,
    "zero_over_zero": _zero_over_zero,
    "suppress_equal": _suppress_equal,
    "ties": _ties,
    "classes": _classes,
}
