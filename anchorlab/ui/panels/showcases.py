"""Where a choice shows: questions of convention to which every answer may be the same on a scene, whether it is, and
ready scenes on which answers part.

Nothing here is claimed: what a page shows is computed for every answer, on the scene and on what is offered instead.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from anchorlab import engine
from anchorlab.canvas.views import anchors, nms, pyramid
from anchorlab.catalogue import controls
from anchorlab.catalogue.coders.center import CLAMP, EPS
from anchorlab.catalogue.controls import Choice, Control
from anchorlab.catalogue.matching import bands
from anchorlab.catalogue.matching.rule import Convention, Rule
from anchorlab.catalogue.suppression import play
from anchorlab.session import anchor_source, highlights, results, scene, store
from anchorlab.session.app_state import DEFAULT, AppState, Objects, get, put
from anchorlab.session.scene import Scene
from anchorlab.ui import prose, widgets
from anchorlab.wording import say

SAME = "On this scene nothing changes: {same}."
SAME_ABOUT = "**{about}**: on this scene nothing changes: {same}."

Changes = dict[str, Any]
"""Values at paths of an app state, as `lab.put` takes them."""

# What a ready scene brings with it, so that nothing chosen elsewhere stands in its way.
_FRESH = (
    "scene", "upload_size", "upload_id", "objects", "anchors", "layout", "pyramid", "resize", "matching",
    "coder", "suppression", "simulate", "source", "example", "offsets", "selection",
)  # fmt: skip


class Question(NamedTuple):
    """A question of convention.

    Attributes:
      answers: what each answer changes in an app state.
      outcome: what comes of an app state on a scene, as values that can be compared.
      same: what is the same where no answer makes a difference, in words.
      scenes: what leads to ready scenes on which answers part, from `_FRESH` settings; the first that does is offered.
    """

    answers: tuple[Changes, ...]
    outcome: Callable[[Scene, AppState], Any]
    same: str
    scenes: tuple[Changes, ...]


def parts(question: Question, here: Scene, app: AppState) -> bool:
    """Whether two answers to the question have different outcomes."""
    outcomes = (question.outcome(here, put(app, **answer)) for answer in question.answers)
    first = next(outcomes)
    return any(other != first for other in outcomes)


def offered(question: Question, app: AppState) -> Changes | None:
    """What leads to a scene on which answers part; the app state's own answer stays. None if there is none.

    Raises nothing: a scene on which, after all, nothing parts is not offered.
    """
    own = next((answer for answer in question.answers if _agrees(app, answer)), {})
    fresh = replace(app, **{name: getattr(DEFAULT, name) for name in _FRESH})
    for changes in question.scenes:
        ready = put(fresh, **changes | own)
        if parts(question, scene.built_in(ready.scene, ready.objects), ready):
            return {name: getattr(ready, name) for name in _FRESH}
    return None


def _agrees(app: AppState, answer: Changes) -> bool:
    return all(get(app, path.replace("__", ".")) == value for path, value in answer.items())


def offer(key: str, question: Question, here: Scene, *, about: str = "") -> None:
    """Under a choice: where no answer makes a difference, says so and offers a scene on which one does.

    Any change of the app state may concern it: the part of the page it is drawn in must follow (`fragments.follow`).

    Args:
      key: of the button.
      here: the session's scene.
      about: which choice, where that is not plain from the place.
    """
    app = store.app()
    if parts(question, here, app):
        return
    same = {"same": question.same}
    prose.caption(say(SAME_ABOUT, about=about, **same) if about else say(SAME, **same))
    changes = offered(question, app)
    if changes is not None:
        st.button(
            "Show a scene where it does",
            key=f"parting_{key}",
            help="One step of undo brings back what you have now.",
            on_click=widgets.change,
            args=(changes,),
        )


def offer_of(control: Control, here: Scene, *, named: bool = False) -> None:
    """The same under a control that one of `QUESTIONS` is about; `named`: says which it is."""
    key = controls.key(control)
    offer(key, QUESTIONS[key], here, about=control.label if named else "")


# ---- outcomes


def _kept(here: Scene, app: AppState) -> Any:
    """Which predictions come out."""
    found, _ = results.predictions(scene.predicted_on(here, app), app, store.session().own)
    return tuple(np.sort(play(found, app.suppression).keep).tolist())


def _labels(here: Scene, app: AppState) -> Any:
    """What every anchor learns."""
    _, found = results.matched(here, app)
    return found.label.tobytes(), found.gt_index.tobytes()


def _numbers(here: Scene, app: AppState) -> Any:
    """The four numbers of the pair, as they are shown."""
    pair = highlights.pair(*results.matched(here, app), here.boxes, app)
    return pair and tuple(round(value, 2) for value in pair.target)


def _decoded(here: Scene, app: AppState) -> Any:
    """The box that the four numbers say, to a tenth of a pixel."""
    laid, found = results.matched(here, app)
    pair = highlights.pair(laid, found, here.boxes, app)
    if pair is None:
        return None
    numbers = np.array([app.offsets or pair.target], np.float32)
    stride = laid.cell_sides[[pair.anchor]]
    box = engine.decode(laid.xyxy[[pair.anchor]], numbers, app.coder, stride=stride)
    return np.round(box, 1).tobytes()


def _shapes(here: Scene, app: AppState) -> Any:
    """The shapes of a cell, in whatever order."""
    return sorted((round(w, 3), round(h, 3)) for w, h in app.anchors.widths_heights)


def _taking_part(here: Scene, app: AppState) -> Any:
    """The grid's anchors, and which of them take part."""
    source = anchor_source.grid_of(app)
    laid = results.anchors(source, here.height, here.width)
    usable = results.usable(source, laid)
    return laid.xyxy.tobytes(), None if usable is None or usable.all() else usable.tobytes()


def _centres(here: Scene, app: AppState) -> Any:
    """How far apart the centres of a pyramid are on every level."""
    source = anchor_source.pyramid_of(app, here.height, here.width)
    return source.spec.strides(*source.frame(here.height, here.width))


# ---- questions


def answers(control: Control) -> tuple[Changes, ...]:
    """What each answer of a control changes; of a slider its ends: whatever lies between changes less."""
    values = (
        [value for value, _ in control.options]
        if isinstance(control, Choice)
        else [control.low, control.high]
    )
    return tuple(controls.settings(control, value) for value in values)


def of_matching(rule: Rule, convention: Convention) -> Question:
    """A convention of a rule of matching."""
    scene = dict(convention.scene)
    ready = {"objects": _objects(*scene.pop("boxes")), **scene}
    rules = tuple({"matching.rule": name} for name in (rule.name, convention.other_rule))
    asked = answers(convention.control) if convention.control else rules
    return Question(asked, _labels, "every anchor has the same label and the same object", (ready,))


def _objects(*boxes: tuple[float, float, float, float]) -> Objects:
    return Objects(tuple(boxes), (0,) * len(boxes), ("object",))


_SAME_KEPT = "the same boxes are kept"
_ONE_PIXEL = {"source": "example", "example": "one_pixel_more", "suppression__iou_threshold": 0.5}
_EQUAL_SCORES = {"source": "example", "example": "equal_scores", "suppression__iou_threshold": 0.3}
_SHIFT = {"source": "example", "example": "shift"}
# A detector that places its boxes three times as badly.
_BAD = {
    "simulate__localisation_noise": 0.3,
    "suppression__iou_threshold": 0.4,
    "suppression__score_threshold": 0.3,
}
# exp(5) is 148: numbers that no bound of 62.5 lets pass, for the width upwards, for the height downwards.
_BEYOND = {"offsets": (0.0, 0.0, 25.0, -25.0)}
# An object five thousand times narrower than its anchor.
_NARROW = {**bands.grid(512, 128), "objects": _objects((300, 200, 300.1, 200.1))}

QUESTIONS = {
    controls.key(control): Question(answers(control), outcome, same, (ready,))
    for control, outcome, same, ready in (
        (nms.SUPPRESS_EQUAL, _kept, _SAME_KEPT, _ONE_PIXEL),
        (nms.TIES, _kept, _SAME_KEPT, _EQUAL_SCORES),
        (nms.INCLUSIVE, _kept, _SAME_KEPT, _ONE_PIXEL),
        (nms.SHIFT_CLASSES, _kept, _SAME_KEPT, _SHIFT),
        (nms.METHOD, _kept, "all methods keep the same boxes", _BAD),
        (
            CLAMP,
            _decoded,
            "these four numbers stay within the bound, and decode to the same box",
            _BEYOND,
        ),
        (EPS, _numbers, "the four numbers are the same to two decimals", _NARROW),
        (
            anchors.RATIO_MEANS,
            _shapes,
            "every ratio has its reciprocal in the list, so the same boxes are generated in another order",
            {"anchors__aspect_ratios": (0.25, 1.0)},
        ),
        (anchors.BORDER, _taking_part, "no anchor leaves the image", {}),
        (pyramid.UNEVEN, _centres, "on every level the grid divides the image evenly", {}),
    )
}
"""By the key of the control that each is about."""
