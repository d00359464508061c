"""What a method of suppression is made of: one such record says all that pages, links, code and tests know of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple

from anchorlab.catalogue.controls import Control, Slider
from anchorlab.catalogue.glossary import explained
from anchorlab.engine import Detections
from anchorlab.engine.played import Played
from anchorlab.settings.suppression import Limits, Suppression
from anchorlab.wording import Sentence


class Question(NamedTuple):
    """What the page asks to predict before a control is moved.

    Attributes:
      path: of the setting to change.
      values: two of them; the second is asked for where the first is set already.
      text: asks for {value}.
      reason: why the answer is what it is.
      digits: after the point of the value.
    """

    path: str
    values: tuple[float, float]
    text: str
    reason: str
    digits: int = 2


class Names(NamedTuple):
    """What a script calls its predictions: three expressions, as in "found.xyxy"."""

    boxes: str
    scores: str
    class_ids: str


class Configured(NamedTuple):
    """A method in a library's configuration.

    Attributes:
      keys: `name=value`; none where the library has no such method.
      notes: what it says otherwise, or not at all.
    """

    keys: list[str]
    notes: list[str]


@dataclass(frozen=True)
class Method:
    """A method of suppression.

    Attributes:
      name: in links and in the browser's tables.
      title: in the list of methods.
      term: what papers call it.
      main: the control that matters most, as it is set; None if there is none.
      more: the controls that no other method has, besides.
      changes: what undo calls a change of each setting of its own record, if it has one.
      spec: what the engine is told.
      play: what the method makes of predictions.
      answer: the keys, among `sentences`, of what it does as it is set; {iou} and {score} move with their sliders.
      question: what the page asks to predict.
      script: lines of Python that play it and print what comes out; asked for the text of a settings record.
      mmdetection: its place in a configuration of MMDetection.
      elsewhere: who has it, where torchvision has not; a sentence after "torchvision has no <term>."
      reads_iou: whether the threshold of overlap counts.
      first_step: the step shown at first, where the story begins.
      sentences: what the page says of it.
    """

    name: str
    title: str
    term: str
    main: Callable[[Suppression], Slider | None]
    spec: Callable[[Suppression], Any]
    play: Callable[[Detections, Suppression], Played]
    answer: Callable[[Suppression], tuple[str, ...]]
    question: Callable[[Suppression], Question]
    script: Callable[[Suppression, Callable[[Any], str], Names], list[str]]
    mmdetection: Callable[[Suppression], Configured]
    elsewhere: str = ""
    more: tuple[Control, ...] = ()
    changes: Mapping[str, str] = field(default_factory=dict)
    reads_iou: bool = False
    first_step: Callable[[Played], int] = lambda played: min(1, played.steps)
    sentences: Mapping[str, Sentence] = field(default_factory=dict)


COMMON: dict[str, Sentence] = {
    "legend_kept": "kept so far",
    "legend_waiting": "still waiting",
    "cell_kept": "✓ kept",
    "cell_waiting": "… waiting",
    "short_class": "Different classes: not compared.",
    "short_late": "{other} was gone before.",
}
"""What most methods say alike. The browser asks a method for these, and for all of two predictions, by its name: the state
of one, and the kind of reason why one did or did not act on the other."""


def limits(s: Suppression) -> dict[str, Any]:
    """The thresholds and conventions alone, by name, as an `NmsSpec` takes them."""
    return {f.name: getattr(s, f.name) for f in fields(Limits)}


def threshold(label: str) -> Slider:
    """The threshold of overlap, by what it does in a method."""
    return Slider("suppression.iou_threshold", label, 0.0, 1.0, 0.01, help=explained(label))


def variant(key: str, s: Suppression, *, overlap: bool = True) -> str:
    """The key of a sentence that says who is compared, and (with `overlap`) how much overlap is too much.

    Example:
      >>> variant("answer", Suppression(per_class=False, suppress_equal=True))
      'answer_any_least'
    """
    whom = "class" if s.per_class else "any"
    limit = "least" if s.suppress_equal else "more"
    return f"{key}_{whom}_{limit}" if overlap else f"{key}_{whom}"


def score_question(s: Suppression) -> Question:
    """Where scores are lowered, the score alone decides."""
    return Question(
        "suppression.score_threshold",
        (0.2, 0.6),
        "<b>Predict:</b> if a score of {value} is enough, are more boxes kept or fewer? Then drag.",
        "Of a box whose score was lowered, the score alone decides whether it stays.",
    )


def threshold_question(s: Suppression) -> Question:
    """Where overlap decides."""
    return Question(
        "suppression.iou_threshold",
        (0.8, 0.3),
        "<b>Predict:</b> at threshold {value}, are more boxes kept or fewer? Then drag.",
        "A higher threshold asks for more overlap before a box is suppressed.",
    )
