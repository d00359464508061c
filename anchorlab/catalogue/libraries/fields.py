"""What respected libraries do differently: every question once, with all its words.

`Library` holds one library's answers. Each of its fields is a question; `FIELDS` has them in the order of the table.
To add one begins with a field here: CONTRIBUTING.md has the recipe.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

from anchorlab.catalogue.coders import CODERS
from anchorlab.wording import Sentence, number

Kind = Literal["anchors", "labels", "coder", "nms"]
"""What is compared: generated anchors, what they learn, the four numbers of a box, or what suppression keeps."""
KINDS: tuple[Kind, ...] = ("anchors", "labels", "coder", "nms")

GROUPS: dict[str, Kind] = {
    "Anchors": "anchors",
    "Matching": "labels",
    "Targets": "labels",
    "Overlap": "nms",
    "Suppression": "nms",
}
"""The table's headings, and the kind of their questions."""


class Answer(NamedTuple):
    """One answer in words.

    Attributes:
      short: a few characters, for a cell of the table.
      means: the same in a sentence.
      left_out: what the other pages cannot do of it; '' if they can.
    """

    short: str
    means: str
    left_out: str = ""


class Field(NamedTuple):
    """A question that libraries answer differently.

    Attributes:
      group: of `GROUPS`.
      label: its name in the table.
      question: for people.
      answers: each possible answer in words; of other values, numbers, the number says it.
      kind: what it decides.
      has_room: whether a library could take over this one answer of another's without a change of any other.
      sentences: what people are asked to predict about it ('predict'), and the forms of what comes out.
    """

    group: str
    label: str
    question: str
    answers: Mapping[Any, Answer]
    kind: Kind
    has_room: Callable[[Library, Library], bool]
    sentences: Mapping[str, Sentence]

    @property
    def option(self) -> str:
        """Its name in a list of all questions."""
        return f"{self.label} ({self.group.lower()})"

    def short(self, value: Any) -> str:
        """An answer in a few characters."""
        if value in self.answers:
            return self.answers[value].short
        if value is None:
            return "–"
        if isinstance(value, tuple):
            return " ".join(number(v) for v in (value if len(set(value)) > 1 else value[:1]))
        return number(value)


def _ask(
    group: str,
    label: str,
    question: str,
    answers: Mapping[Any, Answer] | None = None,
    *,
    usual: Any = None,
    kind: Kind | None = None,
    has_room: Callable[[Library, Library], bool] = lambda ours, theirs: True,
    sentences: Mapping[str, Sentence] | None = None,
) -> Any:
    """A field of `Library`; `usual` is the answer of a library that does not say."""
    found = Field(group, label, question, answers or {}, kind or GROUPS[group], has_room, sentences or {})
    return dataclasses.field(default=usual, metadata={"field": found})


_LISTS = ("size-major", "ratio-major")
_BANDED = ("threshold", "max-iou")
SHARED_BEST = {"own": "threshold", "last": "max-iou"}
"""Which rule gives a shared best anchor so: of these two it is the only difference."""


def _by_iou(ours: Library, theirs: Library) -> bool:
    return ours.rule != "shape"


def _bounds(ours: Library, theirs: Library) -> bool:
    """Whether its coder takes a bound, and with it a term within the logarithm."""
    return CODERS[ours.coder].takes("clamp")


@dataclass(frozen=True, kw_only=True)
class Library:
    """How one library answers the questions of `FIELDS`, in its usual configuration of one detector.

    Attributes:
      library: its name, for people.
      model: the detector of that library whose settings these are; '' where it has but one.
      source: which code, in which configuration.
      kinds: what it is asked here.
      silent: why it is asked nothing else.
      own: what one number, or one word, does not say as this library does.
      others: the questions.
    """

    library: str
    model: str = ""
    source: str
    kinds: tuple[Kind, ...] = KINDS
    silent: str = ""
    own: Mapping[str, Answer] = dataclasses.field(default_factory=dict, hash=False, compare=False)

    ratio: str = _ask(
        "Anchors",
        "aspect ratio",
        "What is an aspect ratio?",
        {
            "h/w": Answer("h / w", "height over width: 2 is tall"),
            "w/h": Answer("w / h", "width over height: 2 is wide"),
            "w/h-of-image": Answer(
                "w / h", "width over height, and the width is a fraction of the image’s width"
            ),
            "none": Answer(
                "w, h listed",
                "shapes are listed as widths and heights",
                "shapes listed as widths and heights (see Pyramid)",
            ),
        },
        has_room=lambda ours, theirs: (
            {ours.ratio, theirs.ratio} == {"h/w", "w/h"} and ours.order in (*_LISTS, "first")
        ),
        sentences={
            "predict": {
                "one": "ratio {ratios}, read the other way round: which boxes stay?",
                "other": "ratios {ratios}, read the other way round: which boxes stay?",
            },
            "predict_listed": {
                "one": "ratio {ratios}, read as {b} does: which boxes stay?",
                "other": "ratios {ratios}, read as {b} does: which boxes stay?",
            },
            "predict_alike": {
                "one": "both read a ratio alike. Are all of {a}’s {count} shape also {b}’s?",
                "other": "both read a ratio alike. Are all of {a}’s {count} shapes also {b}’s?",
            },
            "some": "<b>{same}</b> of {total}: {boxes}.",
            "none": "<b>None</b>.",
            "all_alike": "<b>Yes</b>, all.",
            "not_alike": "<b>No</b>: not {boxes}, for other reasons.",
        },
    )
    order: str = _ask(
        "Anchors",
        "order in a cell",
        "In which order are the shapes of a cell listed?",
        {
            "size-major": Answer("by size", "all ratios of the first size first"),
            "ratio-major": Answer(
                "by ratio", "all sizes of the first ratio first", "the order of the shapes"
            ),
            "first": Answer(
                "n + m − 1", "every size with the first ratio, then the first size with the other ratios"
            ),
            "default boxes": Answer(
                "s, √s·s′, r, 1/r",
                "the square, the larger square, then every ratio lying and standing",
                "default boxes in pairs of sizes (see Pyramid)",
            ),
            "listed": Answer("as listed", "as written down", "the order of the shapes"),
        },
        has_room=lambda ours, theirs: ours.order in _LISTS and theirs.order in _LISTS,
        sentences={
            "predict": "trained with {a}’s list of boxes and run with {b}’s, which outputs still stand for the same box?",
            "none": "<b>None</b>.",
            "the_one": "<b>Yes</b>, the one.",
            "all": "<b>All</b> {total}.",
            "some": {
                "one": "Number <b>{numbers}</b> of {total}.",
                "other": "Numbers <b>{numbers}</b> of {total}.",
            },
        },
    )
    rounding: str = _ask(
        "Anchors",
        "shapes rounded",
        "Are the shapes rounded?",
        {
            "none": Answer("no", "no"),
            "half-even": Answer(
                "to even",
                "corners around the origin to whole pixels, halves to the even one",
                "rounded shapes",
            ),
        },
        usual="none",
        sentences={
            "predict": "is there a shape here that rounding leaves as it is?",
            "some": {
                "one": "<b>Yes</b>, {count} of {total}: {boxes} has whole sides.",
                "other": "<b>Yes</b>, {count} of {total}: {boxes} have whole sides.",
            },
            "none": {
                "one": "<b>No</b>: it has a side that is no whole number.",
                "other": "<b>No</b>: all {count} have a side that is no whole number.",
            },
        },
    )
    whole_sizes: bool = _ask(
        "Anchors",
        "sizes cut to whole",
        "Are sizes cut to whole pixels before ratios apply?",
        {
            False: Answer("no", "no: 32, 40.32, 50.80"),
            True: Answer("yes", "yes: 32, 40, 50", "rounded shapes"),
        },
        usual=False,
        sentences={
            "predict": "is there a size here that cutting to whole pixels changes?",
            "some": "<b>Yes</b>: {sizes}.",
            "none": {"one": "<b>No</b>: {sizes} is whole.", "other": "<b>No</b>: {sizes} are whole."},
        },
    )
    center: float = _ask(
        "Anchors",
        "centre in the cell",
        "Where in its cell is an anchor centred?",
        {
            0.0: Answer("corner", "in its upper left corner"),
            0.5: Answer("middle", "in the middle"),
        },
        sentences={
            "predict": "whose first anchor is centred on the very corner of the image?",
            "neither": "<b>Neither’s</b>: {a} {at_a}; {b} {at_b}.",
            "one": "<b>{who}’s</b>: {a} {at_a}; {b} {at_b}.",
            "both": "<b>Both’s</b>: {a} {at_a}; {b} {at_b}.",
        },
    )
    uneven: str = _ask(
        "Anchors",
        "step if uneven",
        "How far apart are cells that do not divide the image?",
        {
            "keep": Answer("stride", "by the stride of the level; the last cells overhang"),
            "floor": Answer(
                "⌊W / cells⌋",
                "by image // cells, so that anchors crowd to the upper left",
                "another step where cells do not divide the image",
            ),
            "exact": Answer(
                "W / cells", "by image / cells", "another step where cells do not divide the image"
            ),
        },
        usual="keep",
        sentences={
            "predict": "how far from the image’s right side is the last column centred?",
            "both": "{places}.",
            "on_it": "{who}’s <b>on it</b>",
            "left_of_it": "{who}’s <b>{pixels} px left of it</b>",
            "beyond_it": "{who}’s <b>{pixels} px beyond it</b>",
        },
    )
    clipping: str = _ask(
        "Anchors",
        "cut at the image",
        "Are anchors cut at the image?",
        {
            "none": Answer("no", "no"),
            "sides": Answer(
                "w and h",
                "widths and heights, not corners, to at most the image’s",
                "sides cut at the image",
            ),
        },
        usual="none",
        sentences={
            "predict": "is a shape of these sizes and ratios longer than the image, {side} px?",
            "some": "<b>Yes</b>: {boxes}.",
            "none": "<b>No</b>, so nothing is to be cut.",
        },
    )
    centers: str = _ask(
        "Anchors",
        "centred outside",
        "What of cells centred beyond the image?",
        {
            "keep": Answer("stay", "their anchors are centred there"),
            "clip": Answer(
                "to the border",
                "their anchors are moved: centred on the image’s border",
                "centres moved into the image",
            ),
        },
        usual="keep",
        sentences={
            "predict": {
                "one": "how many of the {count} cell are centred beyond the image?",
                "other": "how many of the {count} cells are centred beyond the image?",
            },
            "both": "{a} <b>{beyond_a}</b>; {b} <b>{beyond_b}</b>.",
        },
    )
    rule: str = _ask(
        "Matching",
        "rule",
        "Which rule matches anchors to objects?",
        {
            "threshold": Answer("best IoU", "by the best IoU of every anchor"),
            "max-iou": Answer("IoU, then objects", "by the best IoU, then objects take their best anchors"),
            "ssd": Answer(
                "one each, IoU", "every object takes its one best anchor, the others by the best IoU"
            ),
            "greedy": Answer(
                "greedy, IoU", "every object an anchor of its own, in rounds, the others by the best IoU"
            ),
            "shape": Answer(
                "shape", "every shape whose sides differ by less than a factor, in and beside the cell"
            ),
        },
        has_room=_by_iou,
    )
    high: float | None = _ask(
        "Matching",
        "positive from",
        "From which IoU on (>=) is an anchor positive?",
        has_room=lambda ours, theirs: (
            _by_iou(ours, theirs)
            and theirs.high is not None
            and (ours.rule not in _BANDED or ours.low <= theirs.high)
        ),
    )
    low: float | None = _ask(
        "Matching",
        "negative below",
        "Below which IoU is an anchor negative?",
        has_room=lambda ours, theirs: (
            ours.rule in _BANDED and theirs.low is not None and theirs.low <= ours.high
        ),
    )
    at_low: str = _ask(
        "Matching",
        "IoU = low",
        "What is an anchor whose best IoU equals the low threshold?",
        {
            "ignored": Answer("ignored", "ignored"),
            "negative": Answer("negative", "negative"),
            "none": Answer("no band", "there is no ignored band"),
        },
        has_room=lambda ours, theirs: ours.rule == "threshold" and theirs.at_low != "none",
    )
    low_quality: str = _ask(
        "Matching",
        "low-quality matches",
        "Low-quality matches: does an object get an anchor when all overlap it by too little?",
        {
            "none": Answer("no", "no"),
            "ties": Answer("all ties", "yes, all that share its best IoU, also where that is 0"),
            "one": Answer("the first", "yes, the first of them"),
        },
        has_room=lambda ours, theirs: (
            ours.rule == "max-iou" or (ours.rule == "threshold" and theirs.low_quality != "one")
        ),
    )
    shared_best: str = _ask(
        "Matching",
        "shared best anchor",
        "Who gets the anchor that is the best of two objects?",
        {
            "own": Answer("its own best", "the object that this anchor overlaps most"),
            "last": Answer("last object", "the object that is listed last"),
            "each its own": Answer(
                "one each", "the object with the larger IoU; the other gets another anchor"
            ),
            "both": Answer("both", "both: an anchor may learn several objects"),
        },
        has_room=lambda ours, theirs: ours.rule in _BANDED and theirs.shared_best in SHARED_BEST,
    )
    outside: str = _ask(
        "Matching",
        "ignored outside",
        "Which anchors are ignored because of where they lie?",
        {
            "none": Answer("none", "none"),
            "center": Answer(
                "right, below",
                "those centred right of or below the image",
                "anchors left out for where they are centred",
            ),
        },
        usual="none",
        has_room=_by_iou,
    )
    background: int | str = _ask(
        "Targets",
        "class of a negative",
        "What is the class of a negative?",
        {"K": Answer("K", "the number of classes")},
        sentences={
            "predict": "in {a} a negative anchor has the number {number}: what would {b} take it for?"
        },
    )
    ignored: int | str | None = _ask(
        "Targets",
        "class of an ignored",
        "What is the class of an ignored anchor?",
        {
            None: Answer("none", "there is none"),
            "K": Answer("K, weight 0", "the number of classes, with a weight of 0 in the loss"),
        },
        sentences={
            "predict": "in {a} an ignored anchor has the number {number}: what would {b} take it for?"
        },
    )
    first_class: int = _ask(
        "Targets",
        "first class",
        "What is the first class?",
        sentences={
            "predict": "in {a} an anchor of the first class has the number {number}: what would {b} take it for?"
        },
    )
    coder: str = _ask(
        "Targets",
        "coder",
        "How is a box written from an anchor?",
        {coder.name: Answer(coder.short, coder.means) for coder in CODERS.values()},
        usual="center",
        kind="coder",
    )
    stds: tuple[float, ...] = _ask(
        "Targets",
        "divided by",
        "By what are the four numbers divided?",
        kind="coder",
        has_room=lambda ours, theirs: all(CODERS[one.coder].takes("stds") for one in (ours, theirs)),
    )
    eps: float = _ask(
        "Targets",
        "added in the log",
        "What is added to a size ratio before the logarithm?",
        {0.0: Answer("0", "0"), 1e-6: Answer("10⁻⁶", "10⁻⁶")},
        usual=0.0,
        kind="coder",
        has_room=_bounds,
    )
    clamp: str = _ask(
        "Targets",
        "decode bounded",
        "Is the decoded log size bounded?",
        {
            "none": Answer("no", "no"),
            "above": Answer("above", "above, by log(1000 / 16)"),
            "both": Answer("both sides", "on both sides, by log(1000 / 16)"),
        },
        kind="coder",
        has_room=_bounds,
    )
    inclusive: bool = _ask(
        "Overlap",
        "width of a box",
        "How wide is a box?",
        {
            False: Answer("x2 − x1", "x2 - x1"),
            True: Answer("x2 − x1 + 1", "x2 - x1 + 1 (Fast R-CNN)"),
        },
        usual=False,
        sentences={
            "predict": "how many pixels wide is the narrowest prediction?",
            "predict_none": "how wide is the narrowest prediction?",
            "none": "There is <b>none</b>.",
            "both": "{a} <b>{width_a}</b>; {b} <b>{width_b}</b>.",
        },
    )
    zero_over_zero: str = _ask(
        "Overlap",
        "0 / 0",
        "What is the IoU of two equal points?",
        {
            "nan": Answer("NaN", "NaN", "an IoU of NaN"),
            "zero": Answer("0", "0"),
            "one": Answer("1", "1, with inclusive pixels"),
        },
        # It is told and not computed.
        has_room=lambda ours, theirs: False,
        sentences={
            "predict": "is there a prediction without any area here, so that 0 / 0 can occur?",
            "some": "<b>Yes</b>, {points}.",
            "none": "<b>No</b>, so it does not matter here what 0 / 0 is.",
        },
    )
    suppress_equal: bool = _ask(
        "Suppression",
        "suppressed if",
        "Does an IoU equal to the threshold suppress?",
        {
            False: Answer("IoU > t", "an equal IoU stays"),
            True: Answer("IoU ≥ t", "an equal IoU falls, too (Fast R-CNN)"),
        },
        usual=False,
        sentences={
            "predict": "of all boxes that {a} suppresses, how near does an IoU come to the threshold, {threshold}?",
            "none": "<b>None</b>: it suppresses nothing here.",
            "equal": "<b>{iou}</b>, of #{index}: the sign decides.",
            "unequal": "<b>{iou}</b>, of #{index}: so whether equal counts decides nothing here.",
        },
    )
    ties: str = _ask(
        "Suppression",
        "equal scores",
        "Which of equal scores is kept?",
        {"first": Answer("first", "the first box"), "last": Answer("last", "the last box")},
        usual="first",
        sentences={
            "predict": {
                "one": "is there a second prediction of the same score?",
                "other": "do two of the {count} predictions have the same score?",
            },
            "predict_none": "is there a second prediction of the same score?",
            "some": "<b>Yes</b>: {predictions} have the score {score}.",
            "none": "<b>No</b>, so it does not matter here who of equals goes first.",
        },
    )
    classes: str = _ask(
        "Suppression",
        "classes apart",
        "How are classes kept apart?",
        {
            "none": Answer(
                "never", "not at all: every box has one class, its best, and any box suppresses any"
            ),
            "each": Answer("one by one", "class by class"),
            "shift": Answer("shifted", "boxes move by class x (largest coordinate + 1)"),
            "far": Answer("by 7,680", "boxes move by class x 7680 pixels"),
        },
        usual="each",
        sentences={
            "predict": "how far are the boxes of class {last} moved before they are compared?",
            "both": "{ways}.",
            "moved": "{who} <b>{pixels} px</b>",
            "not_moved": "{who} <b>not at all</b>",
        },
    )

    @property
    def title(self) -> str:
        """Library and model: torchvision's RetinaNet and its SSD answer differently."""
        return f"{self.library} {self.model}".strip()

    def short(self, name: str) -> str:
        """Its answer to a question in a few characters, for a cell of the table."""
        return self.own[name].short if name in self.own else FIELDS[name].short(getattr(self, name))

    def means(self, name: str) -> str:
        """The same in words."""
        if name in self.own:
            return self.own[name].means
        value, field = getattr(self, name), FIELDS[name]
        if value in field.answers:
            return field.answers[value].means
        if value is None:
            return "not told here" if self.silent else "no IoU is asked for"
        return field.short(value)

    def tells(self, name: str) -> bool:
        """Whether its answer to a question is told here."""
        return not self.silent or getattr(self, name) is not None

    def class_codes(self, num_classes: int) -> tuple[int, int, int]:
        """(background, ignored, first class) as numbers; what is ignored without one shares the background's.

        fizyr has a column of states (-1, 0, 1) beside one-hot classes: as one number these are -1 and 0, and classes
        count from 1.
        """
        background = num_classes if self.background == "K" else self.background
        ignored = {None: background, "K": num_classes}.get(self.ignored, self.ignored)
        return background, ignored, self.first_class


FIELDS: dict[str, Field] = {
    field.name: field.metadata["field"] for field in dataclasses.fields(Library) if "field" in field.metadata
}
"""Every question by its name, in order."""


def differs(a: Library, b: Library, name: str) -> bool:
    """Whether two libraries answer a question differently; what is not told differs from nothing."""
    return a.tells(name) and b.tells(name) and _compared(a, name) != _compared(b, name)


def _compared(library: Library, name: str) -> Any:
    return library.own[name] if name in library.own else getattr(library, name)


def exchanged(library: Library, other: Library, name: str) -> Library | None:
    """A library with one answer of another's, all else its own: what comes of that convention alone.

    Returns:
      The library, unchanged if both give the same answer; None where its other answers leave no room for it: SSD's
      objects take their one best anchor by rule, and YOLO asks for no IoU.
    """
    ours, theirs, kind = getattr(library, name), getattr(other, name), FIELDS[name].kind
    if kind not in library.kinds or kind not in other.kinds:
        return None
    if ours == theirs:
        return library
    if not FIELDS[name].has_room(library, other):
        return None
    changes = {name: theirs}
    if name == "shared_best":
        changes["rule"] = SHARED_BEST[theirs]
    return replace(library, **changes)
