"""The answers to what the ready cases ask to predict, worked out by the engine for every library."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from anchorlab import engine
from anchorlab.canvas.rosetta import libraries
from anchorlab.canvas.rosetta.libraries import EIGHT, TITLES, Unanswered
from anchorlab.canvas.rosetta.predictions import larger_or_smaller, some
from anchorlab.canvas.rosetta.words import circled, number
from anchorlab.catalogue.cases import CASES, IGNORED, NEGATIVE, Case, Laying
from anchorlab.catalogue.conventions import LIBRARIES
from anchorlab.wording import counted, joined


def answer(name: str, a: str, b: str) -> str:
    """The answer to a case's question as HTML; about `a` and `b` where it asks about two libraries, and why there is
    none where one of them has none."""
    try:
        return _ANSWERS[name](CASES[name], a, b)
    except Unanswered as refusal:
        return str(refusal)


def _by_mind(said: Callable[[str], str], among: tuple[str, ...] = EIGHT) -> str:
    """Who says what, those of one mind together; whoever has no answer is left out."""
    minds: dict[str, list[str]] = {}
    for library in among:
        try:
            minds.setdefault(said(library), []).append(library)
        except Unanswered:
            continue
    return "<br>".join(f"<b>{text}</b>: {libraries.named(who)}." for text, who in minds.items())


def _two(a: str, b: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((a, b)))


def _laid(library: str, case: Case, laying: Laying | None = None) -> np.ndarray:
    """The boxes of the first cell."""
    found = libraries.laid(library, laying or case.laying, int(case.height), int(case.width))
    return libraries.cell_anchors(found, 0)


def _sides(boxes: np.ndarray) -> np.ndarray:
    return boxes[:, 2:] - boxes[:, :2]


# ---- anchors


def _would_anyone_notice(case: Case, a: str, b: str) -> str:
    laying = case.laying._replace(aspect_ratios=(0.5, 1.0, 2.0))
    ours, theirs = (_sides(_laid(name, case, laying)) for name in (a, b))
    alike = sum(bool((np.abs(theirs - side).max(axis=1) < 0.01).any()) for side in ours)
    if alike == len(ours) == len(theirs):
        return (
            f"<b>Nobody</b>: both then make the same {counted(len(ours), 'box', 'boxes')}, in another order."
        )
    return f"<b>Yes</b>: only {alike} of {len(ours)} boxes are then the same."


def _keep_their_box(case: Case, a: str, b: str) -> str:
    ours, theirs = (_sides(_laid(name, case)) for name in (a, b))
    same = [
        str(k + 1) for k in range(min(len(ours), len(theirs))) if np.abs(ours[k] - theirs[k]).max() < 0.01
    ]
    return f"<b>{some(same, 9) or 'None'}</b> of {len(ours)}."


def _moved_edges(case: Case, a: str, b: str) -> str:
    size = (int(case.height), int(case.width))
    rounding = next((name for name in (a, b) if libraries.answer(name, "rounding") != "none"), None)
    if rounding is None:
        return "Neither of these two rounds."
    plain = next(name for name in LIBRARIES if libraries.answer(name, "rounding") == "none")
    exact = libraries.laid_but_for(rounding, plain, "rounding", case.laying, *size)
    moved = np.abs(_laid(rounding, case) - libraries.cell_anchors(exact, 0)).max()
    return f"By up to <b>{number(moved)}</b> here; never by more than ½, as the nearest whole number is that near."


def _last_columns(case: Case, a: str, b: str) -> str:
    size = (int(case.height), int(case.width))

    def apart(library: str) -> str:
        found = libraries.centres(libraries.laid(library, case.laying, *size))
        cols = libraries.grid(case.laying, *size)[1]
        return f"{number(found[cols - 1, 0] - found[cols - 2, 0], 1)} px"

    return _by_mind(apart, _two(a, b))


def _on_the_border(case: Case, a: str, b: str) -> str:
    size = (int(case.height), int(case.width))

    def where(library: str) -> str:
        x, y = libraries.centres(libraries.laid(library, case.laying, *size))[0]
        return f"{'On' if 0 in (x, y) else 'Not on'} the border, the first at {number(x)}, {number(y)}"

    return _by_mind(where, _two(a, b))


def _cut_and_outside(case: Case, a: str, b: str) -> str:
    size = (int(case.height), int(case.width))
    cutting = next((name for name in (a, b) if libraries.answer(name, "clipping") != "none"), None)
    if cutting is None:
        return "Neither of these two cuts."
    boxes = libraries.laid(cutting, case.laying, *size).xyxy
    full = np.isclose(_sides(boxes), max(size), atol=1e-3).any(axis=1)
    out = full & ((boxes < -1e-3) | (boxes > max(size) + 1e-3)).any(axis=1)
    if not out.any():
        return "<b>No</b>, none here does."
    return f"<b>Yes</b>: {out.sum()} of the {counted(int(full.sum()), 'box', 'boxes')} with a side of {max(size)} px, as it is centred elsewhere."


def _last_cell_beyond(case: Case, a: str, b: str) -> str:
    size = (int(case.height), int(case.width))

    def where(library: str) -> str:
        x, y = libraries.centres(libraries.laid(library, case.laying, *size))[-1]
        beyond = x > size[1] or y > size[0]
        return f"{'Beyond' if beyond else 'Not beyond'}, at {number(x, 1)}"

    return _by_mind(where)


def _text_and_code_agree(case: Case, a: str, b: str) -> str:
    side = int(case.height)
    (ours, theirs), (w, h) = (
        [
            _sides(libraries.cell_anchors(libraries.laid(name, case.laying, side, side), 0))[0]
            for name in (a, b)
        ],
        (int(case.width), int(case.height)),
    )
    agree = np.abs(ours - theirs).max() < 0.01
    here = np.abs(_sides(_laid(a, case)) - _sides(_laid(b, case))).max() < 0.01
    return (
        f"On <b>square</b> ones: at {side} × {side} both make {number(ours[0], 0)} × {number(ours[1], 0)}"
        f"{'' if here else f'; at {w} × {h} they do not agree'}."
        if agree
        else f"Not even on square ones: {number(ours[0], 0)} and {number(theirs[0], 0)} px wide."
    )


# ---- labels


def _code(library: str, case: Case) -> np.ndarray:
    return libraries.case_labels(library, case).code


def _learning(code: np.ndarray, g: int) -> list[str]:
    return [str(k) for k in np.flatnonzero(code == g)]


def _goes_without(case: Case, a: str, b: str) -> str:
    def without(library: str) -> str:
        code = _code(library, case)
        none = [circled(g) for g in range(len(case.objects)) if not (code == g).any()]
        return some(none) if none else "Every object has an anchor"

    return _by_mind(without)


def _goes_without_a_good_one(case: Case, a: str, b: str) -> str:
    iou = engine.pairwise_iou(np.asarray(case.anchors, np.float32), np.asarray(case.objects, np.float32))

    def worst(library: str) -> str:
        code = _code(library, case)
        best = [max(iou[code == g, g], default=None) for g in range(len(case.objects))]
        none = [g for g, value in enumerate(best) if value is None]
        g = none[0] if none else int(np.argmin(best))
        return f"{circled(g)}, {'without any' if none else f'its best at IoU {best[g]:.2f}'}"

    return _by_mind(worst)


def _changed_their_answer(case: Case, a: str, b: str) -> str:
    """The same objects in the other order: an answer is the same if every anchor learns the same object."""
    before = CASES["low_quality_steals"]
    names = np.array([before.objects.index(box) for box in case.objects])

    def changed(library: str) -> str:
        code, old = _code(library, case), _code(library, before)
        now = np.where(code >= 0, names[np.maximum(code, 0)], code)
        return "Another answer" if (now != old).any() else "The same"

    return _by_mind(changed)


def _learns_object(g: int) -> Callable[[Case, str, str], str]:
    def who(case: Case, a: str, b: str) -> str:
        def anchors(library: str) -> str:
            learning = _learning(_code(library, case), g)
            return (
                f"Anchor {joined(learning)}"
                if len(learning) == 1
                else f"Anchors {joined(learning)}"
                if learning
                else "None"
            )

        return _by_mind(anchors)

    return who


def _how_many_learn(case: Case, a: str, b: str) -> str:
    return _by_mind(lambda library: counted(int((_code(library, case) >= 0).sum()), "anchor"))


def _verdict(index: int) -> Callable[[Case, str, str], str]:
    def said(case: Case, a: str, b: str) -> str:
        words = {NEGATIVE: "Negative", IGNORED: "Ignored"}
        return _by_mind(
            lambda library: words.get(int(c := _code(library, case)[index]), f"It learns {circled(int(c))}")
        )

    return said


def _on_the_right_border(case: Case, a: str, b: str) -> str:
    size = (int(case.height), int(case.width))
    x, y = case.width, case.height / 2
    anchor = np.array([[x - 8, y - 8, x + 8, y + 8]], np.float32)

    def said(library: str) -> str:
        if LIBRARIES[library].rule == "shape":
            raise Unanswered("It asks for no anchor.")
        found = engine.match_as(library, anchor, anchor, image=size)
        return {1: "It takes part", -1: "Ignored"}.get(int(found.label[0]), "Negative")

    return _by_mind(said)


# ---- offsets


def _numbers(t: np.ndarray) -> str:
    return " ".join(number(v) for v in t)


def _only_moved(case: Case, a: str, b: str) -> str:
    anchor = np.asarray(case.anchors[0], np.float32)
    moved = anchor + np.float32([30, 10, 30, 10])
    said = [libraries.encoded(name, anchor, moved, case.stride) for name in (a, b)]
    same = np.allclose(*said, atol=1e-5)
    text = "; ".join(f"{TITLES[name]} {_numbers(t)}" for name, t in zip((a, b), said, strict=True))
    return f"<b>{'Yes' if same else 'No'}</b>: 30 px right and 10 px down is {text}."


def _read(case: Case, library: str, t: np.ndarray) -> np.ndarray:
    return libraries.decoded(library, np.asarray(case.anchors[0], np.float32), t, case.stride)


def _misses(case: Case, a: str, b: str) -> str:
    anchor, box = (np.asarray(v[0], np.float32) for v in (case.anchors, case.objects))
    return larger_or_smaller(_read(case, b, libraries.encoded(a, anchor, box, case.stride)), box)


def _comes_back(case: Case, a: str, b: str) -> str:
    anchor, box = (np.asarray(v[0], np.float32) for v in (case.anchors, case.objects))

    def said(library: str) -> str:
        off = float(
            np.abs(_read(case, library, libraries.encoded(library, anchor, box, case.stride)) - box).max()
        )
        return "Exactly" if off == 0 else f"{number(off, 6)} px off"

    return _by_mind(said)


def _largest(case: Case, a: str, b: str) -> str:
    def said(library: str) -> str:
        x1, y1, x2, y2 = _read(case, library, np.float32([0, 0, 60, 60]))
        bounded = libraries.answer(library, "clamp") != "none"
        return f"{number(x2 - x1, 0)} × {number(y2 - y1, 0)}" if bounded else "There is no largest"

    return _by_mind(said)


def _thinner_than_a_pixel(case: Case, a: str, b: str) -> str:
    def said(library: str) -> str:
        x1, _, x2, _ = _read(case, library, np.float32([0, 0, -10, -10]))
        return f"{'Yes' if x2 - x1 < 1 else 'No'}, −10 gives {number(x2 - x1, 2)} px"

    return _by_mind(said)


# ---- suppression


def _kept(library: str, case: Case) -> list[int]:
    return sorted(libraries.case_kept(library, case)[0].keep.tolist())


def _many_pixels(case: Case, a: str, b: str) -> str:
    width = case.predictions[0][2] - case.predictions[0][0]
    return _by_mind(
        lambda library: number(width + bool(libraries.answer(library, "inclusive"))), (*EIGHT, "fast-rcnn")
    )


def _keeps_both(case: Case, a: str, b: str) -> str:
    return _by_mind(
        lambda library: "Both stay" if len(_kept(library, case)) == 2 else "One falls", (*EIGHT, "fast-rcnn")
    )


def _larger_than_itself(case: Case, a: str, b: str) -> str:
    limit = case.iou_threshold
    as_float32 = float(np.float32(limit))
    sign = ">" if as_float32 > limit else "<" if as_float32 < limit else "="
    return (
        f"<b>{'Yes' if sign == '>' else 'No'}</b>, if one of them is a float32: {as_float32:.10f} {sign} {limit}. "
        f"<br>{_keeps_both(case, a, b)}"
    )


def _order_matters(case: Case, a: str, b: str) -> str:
    count = len(case.scores)
    turned = replace(case, predictions=case.predictions[::-1], class_ids=case.class_ids[::-1], documented=())

    def said(library: str) -> str:
        before = _kept(library, case)
        after = sorted(count - 1 - k for k in _kept(library, turned))
        return (
            "No"
            if before == after
            else f"Yes: of the list turned round it keeps {some(f'#{k}' for k in after)}, not {some(f'#{k}' for k in before)}"
        )

    return _by_mind(said, _two(a, b))


def _double_of_itself(case: Case, a: str, b: str) -> str:
    return _by_mind(
        lambda library: "No, both stay" if {0, 1} <= set(_kept(library, case)) else "Yes, the second falls"
    )


def _shift(case: Case, a: str, b: str) -> str:
    largest = max(v for box in case.predictions for v in box)
    return f"<b>{number(largest + 1)}</b> pixels for each class: the largest coordinate is {number(largest)}."


def _iou_apart(case: Case, a: str, b: str) -> str:
    boxes = np.asarray(case.predictions, np.float32)

    def said(library: str) -> str:
        grown = boxes + np.float32([0, 0, 1, 1]) * bool(libraries.answer(library, "inclusive"))
        return f"{engine.pairwise_iou(grown[:1], grown[1:])[0, 0]:.2f}"

    return _by_mind(said, _two(a, b))


_ANSWERS: dict[str, Callable[[Case, str, str], str]] = {
    "ratio_quarter": _would_anyone_notice,
    "order": _keep_their_box,
    "rounding": _moved_edges,
    "stride_118": _last_columns,
    "center": _on_the_border,
    "default_boxes": _cut_and_outside,
    "centers_clipped": _last_cell_beyond,
    "d2l_text": _text_and_code_agree,
    "low_quality_steals": _goes_without_a_good_one,
    "low_quality_steals_reversed": _changed_their_answer,
    "two_gts_same_best_anchor": _learns_object(1),
    "gt_tied_between_anchors": _how_many_learn,
    "anchor_tied_between_gts": _verdict(0),
    "identical_anchors": _learns_object(0),
    "gt_overlaps_nothing": _how_many_learn,
    "more_gts_than_anchors": _goes_without,
    "exact_thresholds": _verdict(2),
    "points": _verdict(0),
    "outside": _on_the_right_border,
    "corner_coder": _only_moved,
    "stds": _misses,
    "identity": _comes_back,
    "clamp": _largest,
    "clamp_both": _thinner_than_a_pixel,
    "one_pixel_more": _many_pixels,
    "equal_to_threshold": _keeps_both,
    "three_tenths": _larger_than_itself,
    "equal_scores": _order_matters,
    "equal_points": _double_of_itself,
    "shift_fails": _shift,
    "normalised_plus_one": _iou_apart,
}
