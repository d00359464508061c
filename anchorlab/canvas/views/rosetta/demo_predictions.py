"""The answers to what the demo scenes ask to predict, worked out by the engine for every library.

Their words stand with the scenes; here is what is said of whom.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np

from anchorlab import engine
from anchorlab.canvas.views.rosetta.coding import larger_or_smaller
from anchorlab.catalogue.libraries import ALL, LIBRARIES, named
from anchorlab.catalogue.libraries.as_library import match_as
from anchorlab.catalogue.libraries.demo_scenes import DEMO_SCENES, IGNORED, NEGATIVE, DemoScene
from anchorlab.session import library_answers
from anchorlab.session.comparison import Comparison
from anchorlab.session.library_answers import Unanswered, cell_anchors, centres
from anchorlab.settings.anchors import AnchorSpec
from anchorlab.wording import circled, number, say, some

Said = tuple[str, dict[str, str | int]]
"""The key of one of the scene's sentences, and its values; of a library, but for `who`."""
OF_BOXES = (*LIBRARIES, "fast-rcnn")


def answer(compared: Comparison) -> str:
    """The answer to the scene's question as HTML; about A and B where it asks about two libraries, and why there is
    none where one of them has none."""
    try:
        return _ANSWERS[compared.app.rosetta.case](compared.demo, *compared.names)
    except Unanswered as refusal:
        return str(refusal)


def _said(demo: DemoScene, key: str, **values: str | int) -> str:
    return say(demo.sentences[key], **values)


def _each(demo: DemoScene, answer: Callable[[str], Said], among: Iterable[str] = tuple(LIBRARIES)) -> str:
    """Who says what, those of one mind together; whoever has no answer is left out."""
    minds: dict[tuple, tuple[Said, list[str]]] = {}
    for library in dict.fromkeys(among):
        try:
            key, values = answer(library)
        except Unanswered:
            continue
        minds.setdefault((key, *values.items()), ((key, values), []))[1].append(library)
    return "<br>".join(
        _said(demo, key, who=named(ALL[name] for name in who), **values)
        for (key, values), who in minds.values()
    )


def _generated(library, demo: DemoScene, spec: AnchorSpec | None = None) -> engine.Anchors:
    return library_answers.generated(library, spec or demo.spec, int(demo.height), int(demo.width))


def _sides(library, demo: DemoScene, spec: AnchorSpec | None = None) -> np.ndarray:
    """Widths and heights of the first cell's boxes."""
    boxes = cell_anchors(_generated(library, demo, spec), 0)
    return boxes[:, 2:] - boxes[:, :2]


# ---- anchors


def _would_anyone_notice(demo: DemoScene, a: str, b: str) -> str:
    spec = replace(demo.spec, aspect_ratios=(0.5, 1.0, 2.0))
    ours, theirs = (_sides(name, demo, spec) for name in (a, b))
    alike = sum(bool((np.abs(theirs - side).max(axis=1) < 0.01).any()) for side in ours)
    if alike == len(ours) == len(theirs):
        return _said(demo, "nobody", count=alike)
    return _said(demo, "some", alike=alike, total=len(ours))


def _keep_their_box(demo: DemoScene, a: str, b: str) -> str:
    ours, theirs = (_sides(name, demo) for name in (a, b))
    both = zip(ours, theirs, strict=False)
    same = [str(k + 1) for k, (our, their) in enumerate(both) if np.abs(our - their).max() < 0.01]
    if not same:
        return _said(demo, "none", total=len(ours))
    return _said(demo, "some", numbers=some(same, 9), total=len(ours))


def _moved_edges(demo: DemoScene, a: str, b: str) -> str:
    rounding = next((name for name in (a, b) if ALL[name].rounding != "none"), None)
    if rounding is None:
        return _said(demo, "neither")
    exact = _generated(replace(ALL[rounding], rounding="none"), demo)
    moved = np.abs(cell_anchors(_generated(rounding, demo), 0) - cell_anchors(exact, 0)).max()
    return _said(demo, "moved", pixels=number(moved))


def _last_columns(demo: DemoScene, a: str, b: str) -> str:
    cols = library_answers.grid(demo.spec, int(demo.height), int(demo.width))[1]

    def apart(library: str) -> Said:
        x = centres(_generated(library, demo))[:, 0]
        return "apart", {"pixels": number(x[cols - 1] - x[cols - 2], 1)}

    return _each(demo, apart, (a, b))


def _on_the_border(demo: DemoScene, a: str, b: str) -> str:
    def where(library: str) -> Said:
        x, y = centres(_generated(library, demo))[0]
        return "on" if 0 in (x, y) else "off", {"x": number(x), "y": number(y)}

    return _each(demo, where, (a, b))


def _cut_and_outside(demo: DemoScene, a: str, b: str) -> str:
    cutting = next((name for name in (a, b) if ALL[name].clipping != "none"), None)
    if cutting is None:
        return _said(demo, "neither")
    boxes, side = _generated(cutting, demo).xyxy, int(max(demo.height, demo.width))
    full = np.isclose(boxes[:, 2:] - boxes[:, :2], side, atol=1e-3).any(axis=1)
    out = full & ((boxes < -1e-3) | (boxes > side + 1e-3)).any(axis=1)
    if not out.any():
        return _said(demo, "none")
    return _said(demo, "some", out=int(out.sum()), count=int(full.sum()), side=side)


def _last_cell_beyond(demo: DemoScene, a: str, b: str) -> str:
    def where(library: str) -> Said:
        x, y = centres(_generated(library, demo))[-1]
        return "beyond" if x > demo.width or y > demo.height else "within", {"x": number(x, 1)}

    return _each(demo, where)


def _text_and_code_agree(demo: DemoScene, a: str, b: str) -> str:
    side = int(demo.height)
    ours, theirs = (_sides(name, replace(demo, width=side))[0] for name in (a, b))
    if np.abs(ours - theirs).max() >= 0.01:
        return _said(demo, "none", w_a=number(ours[0], 0), w_b=number(theirs[0], 0))
    values = {"side": str(side), "w": number(ours[0], 0), "h": number(ours[1], 0)}
    if np.abs(_sides(a, demo) - _sides(b, demo)).max() < 0.01:
        return _said(demo, "any", **values)
    return _said(demo, "square", width=str(int(demo.width)), height=str(side), **values)


# ---- labels


def _code(library: str, demo: DemoScene) -> np.ndarray:
    return library_answers.demo_labels(library, demo).code


def _goes_without(demo: DemoScene, a: str, b: str) -> str:
    def without(library: str) -> Said:
        learned = set(_code(library, demo).tolist())
        none = [circled(g) for g in range(len(demo.objects)) if g not in learned]
        return ("some", {"objects": some(none)}) if none else ("all", {})

    return _each(demo, without)


def _goes_without_a_good_one(demo: DemoScene, a: str, b: str) -> str:
    iou = engine.pairwise_iou(np.asarray(demo.anchors, np.float32), np.asarray(demo.objects, np.float32))

    def worst(library: str) -> Said:
        code = _code(library, demo)
        best = [max(iou[code == g, g], default=-1.0) for g in range(len(demo.objects))]
        g = int(np.argmin(best))
        if best[g] < 0:
            return "without", {"object": circled(g)}
        return "worst", {"object": circled(g), "iou": f"{best[g]:.2f}"}

    return _each(demo, worst)


def _changed_their_answer(demo: DemoScene, a: str, b: str) -> str:
    """The same objects in the other order: an answer is the same if every anchor learns the same object."""
    before = DEMO_SCENES["low_quality_steals"]
    names = np.array([before.objects.index(box) for box in demo.objects])

    def changed(library: str) -> Said:
        code, old = _code(library, demo), _code(library, before)
        now = np.where(code >= 0, names[np.maximum(code, 0)], code)
        return "another" if (now != old).any() else "same", {}

    return _each(demo, changed)


def _learns_object(g: int) -> Callable[[DemoScene, str, str], str]:
    def who(demo: DemoScene, a: str, b: str) -> str:
        def anchors(library: str) -> Said:
            learning = [str(k) for k in np.flatnonzero(_code(library, demo) == g)]
            return (
                ("some", {"count": len(learning), "anchors": some(learning, 9)}) if learning else ("none", {})
            )

        return _each(demo, anchors)

    return who


def _how_many_learn(demo: DemoScene, a: str, b: str) -> str:
    return _each(demo, lambda library: ("learn", {"count": int((_code(library, demo) >= 0).sum())}))


def _label_of(index: int) -> Callable[[DemoScene, str, str], str]:
    def of(demo: DemoScene, a: str, b: str) -> str:
        def label(library: str) -> Said:
            code = int(_code(library, demo)[index])
            if code >= 0:
                return "positive", {"object": circled(code)}
            return {NEGATIVE: "negative", IGNORED: "ignored"}[code], {}

        return _each(demo, label)

    return of


def _on_the_right_border(demo: DemoScene, a: str, b: str) -> str:
    size = (int(demo.height), int(demo.width))
    x, y = demo.width, demo.height / 2
    anchor = np.array([[x - 8, y - 8, x + 8, y + 8]], np.float32)

    def label(library: str) -> Said:
        if LIBRARIES[library].rule == "shape":
            raise Unanswered("It asks for no anchor.")
        found = match_as(library, anchor, anchor, image=size)
        return {1: "positive", -1: "ignored"}.get(int(found.label[0]), "negative"), {}

    return _each(demo, label)


# ---- offsets


def _pair(demo: DemoScene) -> tuple[np.ndarray, np.ndarray]:
    return np.asarray(demo.anchors[0], np.float32), np.asarray(demo.objects[0], np.float32)


def _read(demo: DemoScene, library: str, numbers) -> np.ndarray:
    anchor = np.asarray(demo.anchors[0], np.float32)
    return library_answers.decoded(library, anchor, np.asarray(numbers, np.float32), demo.stride)


def _only_moved(demo: DemoScene, a: str, b: str) -> str:
    anchor = _pair(demo)[0]
    moved = anchor + np.float32([30, 10, 30, 10])
    ours, theirs = (library_answers.encoded(name, anchor, moved, demo.stride) for name in (a, b))
    return _said(
        demo,
        "same" if np.allclose(ours, theirs, atol=1e-5) else "other",
        a=ALL[a].title,
        b=ALL[b].title,
        numbers_a=" ".join(map(number, ours)),
        numbers_b=" ".join(map(number, theirs)),
    )


def _misses(demo: DemoScene, a: str, b: str) -> str:
    anchor, box = _pair(demo)
    return larger_or_smaller(_read(demo, b, library_answers.encoded(a, anchor, box, demo.stride)), box)


def _comes_back(demo: DemoScene, a: str, b: str) -> str:
    anchor, box = _pair(demo)

    def off(library: str) -> Said:
        numbers = library_answers.encoded(library, anchor, box, demo.stride)
        pixels = float(np.abs(_read(demo, library, numbers) - box).max())
        return ("off", {"pixels": number(pixels, 6)}) if pixels else ("exact", {})

    return _each(demo, off)


def _largest(demo: DemoScene, a: str, b: str) -> str:
    def largest(library: str) -> Said:
        x1, y1, x2, y2 = _read(demo, library, (0, 0, 60, 60))
        if ALL[library].clamp == "none":
            return "free", {}
        return "bounded", {"w": number(x2 - x1, 0), "h": number(y2 - y1, 0)}

    return _each(demo, largest)


def _thinner_than_a_pixel(demo: DemoScene, a: str, b: str) -> str:
    def width(library: str) -> Said:
        x1, _, x2, _ = _read(demo, library, (0, 0, -10, -10))
        return "thinner" if x2 - x1 < 1 else "not", {"pixels": number(x2 - x1, 2)}

    return _each(demo, width)


# ---- suppression


def _kept(library: str, demo: DemoScene) -> list[int]:
    return sorted(library_answers.demo_kept(library, demo)[0].keep.tolist())


def _many_pixels(demo: DemoScene, a: str, b: str) -> str:
    width = demo.predictions[0][2] - demo.predictions[0][0]
    return _each(
        demo, lambda library: ("pixels", {"pixels": number(width + ALL[library].inclusive)}), OF_BOXES
    )


def _keeps_both(demo: DemoScene, a: str, b: str) -> str:
    return _each(demo, lambda library: ("both" if len(_kept(library, demo)) == 2 else "one", {}), OF_BOXES)


def _larger_than_itself(demo: DemoScene, a: str, b: str) -> str:
    limit = demo.iou_threshold
    rounded = float(np.float32(limit))
    sign = ">" if rounded > limit else "<" if rounded < limit else "="
    key = "larger" if sign == ">" else "not_larger"
    first = _said(demo, key, rounded=f"{rounded:.10f}", sign=sign, limit=str(limit))
    return f"{first} <br>{_keeps_both(demo, a, b)}"


def _order_matters(demo: DemoScene, a: str, b: str) -> str:
    last = len(demo.scores) - 1
    turned = replace(demo, predictions=demo.predictions[::-1], class_ids=demo.class_ids[::-1], documented=())

    def matters(library: str) -> Said:
        before = _kept(library, demo)
        after = sorted(last - k for k in _kept(library, turned))
        if before == after:
            return "same", {}
        numbers = {"after": after, "before": before}
        return "others", {name: some(f"#{k}" for k in kept) for name, kept in numbers.items()}

    return _each(demo, matters, (a, b))


def _double_of_itself(demo: DemoScene, a: str, b: str) -> str:
    return _each(demo, lambda library: ("both" if {0, 1} <= set(_kept(library, demo)) else "one", {}))


def _stays(demo: DemoScene, a: str, b: str) -> str:
    return _each(demo, lambda library: ("stays" if 0 in _kept(library, demo) else "dropped", {}))


def _shift(demo: DemoScene, a: str, b: str) -> str:
    largest = max(v for box in demo.predictions for v in box)
    return _said(demo, "shift", shift=number(largest + 1), largest=number(largest))


def _iou_apart(demo: DemoScene, a: str, b: str) -> str:
    boxes = np.asarray(demo.predictions, np.float32)

    def overlap(library: str) -> Said:
        grown = boxes + np.float32([0, 0, 1, 1]) * bool(ALL[library].inclusive)
        return "iou", {"iou": f"{engine.pairwise_iou(grown[:1], grown[1:])[0, 0]:.2f}"}

    return _each(demo, overlap, (a, b))


_ANSWERS: dict[str, Callable[[DemoScene, str, str], str]] = {
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
    "anchor_tied_between_gts": _label_of(0),
    "identical_anchors": _learns_object(0),
    "gt_overlaps_nothing": _how_many_learn,
    "more_gts_than_anchors": _goes_without,
    "exact_thresholds": _label_of(2),
    "points": _label_of(0),
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
    "no_width": _stays,
    "shift_fails": _shift,
    "normalised_plus_one": _iou_apart,
}
