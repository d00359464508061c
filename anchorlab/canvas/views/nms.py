"""NMS: what is done with predictions that say the same thing twice."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from functools import partial
from typing import Any, NotRequired, TypedDict, get_args

import numpy as np

from anchorlab.canvas import message
from anchorlab.canvas.views.page import Need, Page
from anchorlab.catalogue.controls import ALL, Choice, Number, Slider
from anchorlab.catalogue.glossary import explained
from anchorlab.catalogue.suppression import METHODS, play
from anchorlab.engine import Detections, Material
from anchorlab.engine.buckets import ROWS, bucket
from anchorlab.engine.played import Played, taking_part
from anchorlab.export.pretrained import DETECTORS
from anchorlab.session import results, scene, snippets
from anchorlab.session.app_state import AppState, Source, put
from anchorlab.session.own import Own
from anchorlab.session.scene import Scene
from anchorlab.settings.suppression import Suppression
from anchorlab.wording import Sentence, say

SENTENCES: dict[str, Sentence] = {
    # a prediction, and why it takes no part
    "below_score": "{name} scores less than {score}: it is left out before the first step.",
    "below_score_short": "below the score",
    "beyond_best": "{name} is not among the best {most}: it is left out before the first step.",
    "beyond_best_short": "not in the best k",
    "no_score": "No prediction reaches a score of {score}. Lower “Score at least”.",
    "no_file": "Load a file beside the picture.",
    "no_predictions": "There are no predictions.",
    "no_objects": "There are no objects to predict: draw one on Matching or Home.",
    "waiting": {
        "one": "{count} prediction reaches the score of {score}, best first. Press Space or →. Pick a box to ask about it, "
        "two for their IoU.",
        "other": "{count} predictions reach the score of {score}, best first. Press Space or →. Pick a box to ask about it, "
        "two for their IoU.",
    },
    "range": "{low} to {high}",
    "more_classes": {"one": "and {count} more class", "other": "and {count} more classes"},
    # the player, whose steps are rounds, steps or boxes
    "round.to_first": "Before the first round (Home)",
    "round.to_back": "One round back (←)",
    "round.to_next": "Next round (→)",
    "round.to_last": "Last round (End)",
    "round.range": "Round",
    "round.at": "round {step} of {steps}",
    "round.told": "Round {step} of {steps}: {told}",
    "round.waiting": {
        "one": "Before the first round: {count} prediction waiting.",
        "other": "Before the first round: {count} predictions waiting.",
    },
    "round.before": "Before the first round",
    "round.during": "What happens in round {step}?",
    "round.label": {
        "one": "{alt} {count} prediction, round {step} of {steps}, with their queue, best score first.",
        "other": "{alt} {count} predictions, round {step} of {steps}, with their queue, best score first.",
    },
    "step.to_first": "Before the first step (Home)",
    "step.to_back": "One step back (←)",
    "step.to_next": "Next step (→)",
    "step.to_last": "Last step (End)",
    "step.range": "Step",
    "step.at": "step {step} of {steps}",
    "step.told": "Step {step} of {steps}: {told}",
    "step.waiting": {
        "one": "Before the first step: {count} prediction waiting.",
        "other": "Before the first step: {count} predictions waiting.",
    },
    "step.before": "Before the first step",
    "step.during": "What happens in step {step}?",
    "step.label": {
        "one": "{alt} {count} prediction, step {step} of {steps}, with their queue, best score first.",
        "other": "{alt} {count} predictions, step {step} of {steps}, with their queue, best score first.",
    },
    "box.to_first": "Before the first box (Home)",
    "box.to_back": "One box back (←)",
    "box.to_next": "Next box (→)",
    "box.to_last": "Last box (End)",
    "box.range": "Box",
    "box.at": "box {step} of {steps}",
    "box.told": "Box {step} of {steps}: {told}",
    "box.waiting": {
        "one": "Before the first box: {count} prediction waiting.",
        "other": "Before the first box: {count} predictions waiting.",
    },
    "box.before": "Before the first box",
    "box.during": "What happens with box {step}?",
    "box.label": {
        "one": "{alt} {count} prediction, box {step} of {steps}, with their queue, best score first.",
        "other": "{alt} {count} predictions, box {step} of {steps}, with their queue, best score first.",
    },
    "key_play": "play, pause",
    "key_step": "one round back, on",
    "keys_ends": "Home End",
    "key_ends": "before the first round, last round",
    "key_walk": "walk through the queue",
    "key_hold": "hold the picked box against the others",
    "key_release": "let go of the picked box",
    # beside the picture
    "what_happens": "What happens to {name}?",
    "pick_another": "Pick another box to see their IoU.",
    "tried_more": "More: {kept} instead of {now}.",
    "tried_fewer": "Fewer: {kept} instead of {now}.",
    "tried_same": "As many: {kept} instead of {now}.",
    "strip_empty": "No box takes part: there is nothing to compare.",
    # the queue
    "fold_below": "{number} below {score}",
    "fold_beyond": "{number} not in best {most}",
    "fold_more": "+ {number} more",
    "queue": {
        "one": "{count} box, best first; wide: this round’s and the next",
        "other": "{count} boxes, best first; wide: this round’s and the next",
    },
    # two predictions
    "pair_title": "{one} and {other}",
    "pair_never": "So the two are never compared.",
    "pair_moved": "Their classes were moved apart first.",
    "pair_spoken": "IoU of {one} and {other} is {inter} over {union}, {overlap}.",
    "pair_spoken_far": "DIoU of {one} and {other} is {inter} over {union} less the distance of their centres, {overlap}.",
    "pair_spoken_enough_more": "That is more than {limit}.",
    "pair_spoken_enough_least": "That is {limit} or more.",
    "pair_spoken_little_more": "That is not more than {limit}.",
    "pair_spoken_little_least": "That is less than {limit}.",
    "short_out": "{name}: {why}.",
    # every decision
    "decisions": "Every decision",
    "columns.rank": "rank",
    "columns.class": "class",
    "columns.score": "score",
    "columns.lowered_to": "lowered to",
    "columns.round": "round",
    "columns.turn": "turn",
    "columns.decision": "decision",
    "columns.by_whom": "by whom",
    "columns.dropped_by": "dropped by",
    "columns.decided_by": "decided by",
    "columns.into": "into",
    "columns.prediction": "prediction",
    # methods side by side
    "methods_table": "Methods side by side",
    "no_part": "No prediction takes part.",
    "count_kept": "<b>{number}</b> kept",
    "count_fused": "<b>{number}</b> fused",
    "method_first": "what the others are held against",
    "method_differs": {"one": "≠ {first} at {count} prediction", "other": "≠ {first} at {count} predictions"},
    "method_same": "the same boxes as {first}",
    "method_same_averaged": "as many as {first}, averaged",
    "method_kept": "{title}: kept, {score}",
    "method_joined": "{title}: joined another",
    "method_dropped": "{title}: dropped",
    "method_parts": "Unlike {first}.",
    # classes that are moved apart
    "shift_empty": "No prediction takes part: there is nothing to move.",
    "shift_before": "as predicted",
    "shift_after": "as compared",
    "shift_boxes": {"one": "{count} box of {names}", "other": "{count} boxes of {names}"},
    "shift_apart": "The largest coordinate is {largest}, so class <i>c</i> moves by <i>c</i> × {step}, right and down: no two "
    "classes meet, and one suppression over all boxes is one within each class.",
    "shift_rest": "Drawn are {drawn} of {classes} classes.",
    "shift_nothing": "The largest coordinate is {largest}, so class <i>c</i> moves by <i>c</i> × {step}: <b class=suppressed>"
    "nothing moves</b>, and boxes of different classes suppress each other.",
    "shift_into": "The largest coordinate is {largest}, so class <i>c</i> moves by <i>c</i> × {step}: <b class=suppressed>"
    "classes move into each other</b>, and boxes of different classes suppress each other.",
}

MAX_ROWS = 300
"""Predictions that the comparison lists."""
MAX_ROWS_AHEAD = 300
"""Of more predictions nothing is sent ahead: it would outweigh everything else."""


def anew(path: str) -> Callable[[AppState, Any], dict[str, Any]]:
    """What a choice changes after which the player begins where something is to be seen."""
    selected = ("nms_round", "prediction", "partner")
    return lambda app, value: {path: value} | {f"selection.{name}": -1 for name in selected}


SOURCE = Choice(
    "source",
    "Predictions from",
    (("simulated", "simulated"), ("detector", "trained"), ("book", "d2l’s four"), ("upload", "upload")),
    help=explained("predictions"),
    other=lambda value: "example",  # it has a place here only while it is shown
    changes=anew("source"),
    concerns=ALL,
)
METHOD = Choice(
    "suppression.method",
    "Method",
    tuple((name, method.title) for name, method in METHODS.items()),
    look="list",
    changes=anew("suppression.method"),
    concerns=ALL,
)
SCORE = Slider("suppression.score_threshold", "Score at least", 0.0, 1.0, 0.01, help=explained("score"))
PER_CLASS = Choice(
    "suppression.per_class", "Who may suppress whom", ((True, "the same class"), (False, "any class"))
)
TOP_K = Number("suppression.top_k", "Only the best k take part (empty: all)", 1, 5000, optional=True)
SUPPRESS_EQUAL = Choice(
    "suppression.suppress_equal",
    "An overlap equal to the threshold",
    ((False, "stays"), (True, "suppresses")),
)
TIES = Choice(
    "suppression.ties", "Of equal scores goes first", (("first", "the first box"), ("last", "the last box"))
)
INCLUSIVE = Choice("suppression.inclusive", "The width of a box", ((False, "x2 − x1"), (True, "x2 − x1 + 1")))
SHIFT_CLASSES = Choice(
    "suppression.shift_classes",
    "Hard and DIoU keep classes apart by",
    ((False, "comparing them"), (True, "moving their boxes")),
)
FALSE_ALARMS = Slider("simulate.false_alarms", "False alarms", 0, 30, 1)
PER_OBJECT = Slider("simulate.per_object", "Predictions an object", 1, 20, 1)
SIMULATION = (
    Slider("simulate.localisation_noise", "Noise of place and size", 0.0, 0.5, 0.01),
    Slider("simulate.score_noise", "Noise of the score", 0.0, 0.5, 0.01),
    FALSE_ALARMS,
    PER_OBJECT,
    Number("simulate.seed", "Seed", 0, 9999),
)
PRETRAINED = Choice(
    "pretrained", "Detector", tuple((name, detector.title) for name, detector in DETECTORS.items())
)
OF_METHODS = tuple(
    control
    for method in METHODS.values()
    for control in (method.main(Suppression()), *method.more)
    if control is not None
)
CONTROLS = (
    SOURCE,
    METHOD,
    SCORE,
    PER_CLASS,
    TOP_K,
    *(SUPPRESS_EQUAL, TIES, INCLUSIVE, SHIFT_CLASSES),
    *SIMULATION,
    PRETRAINED,
    *OF_METHODS,
)


def answer(s: Suppression) -> list[tuple[str, dict[str, str | int]]]:
    """What the method does, as it is set; the browser knows what a slider moves."""
    return [(f"methods.{s.method}.{key}", {}) for key in METHODS[s.method].answer(s)]


_MATERIAL = {
    "anchors": message.Boxes,
    "truth": message.Boxes,
    "noise": message.Boxes,
    "luck": message.Floats,
    "class_ids": message.Ints,
    "source": message.Ints,
    "rank": message.Ints,
}
Made = TypedDict(
    "Made",
    {
        f"{side}_{name}": NotRequired[kind]
        for side in ("made", "next", "last")
        for name, kind in _MATERIAL.items()
    },
)
"""What the simulated predictions are made from: those of the present seed, and of its neighbours."""

OtherSources = TypedDict(
    "OtherSources",
    {
        f"{source}_{name}": NotRequired[kind]
        for source in get_args(Source)
        for name, kind in {
            "predictions": message.Boxes,
            "scores": message.Floats,
            "prediction_classes": message.Ints,
        }.items()
    },
)
"""The predictions of the sources that are not shown."""


class OfSource(TypedDict):
    """What they lie on, and the names of their classes."""

    photo: message.Photo
    classes: list[str]


class Message(message.Common, message.Suppressed, Made, OtherSources):
    """What a method made of the predictions, step by step; of simulated ones also what they are made from, with as many
    rows as `made_for` asks for; and what the page asks to predict."""

    final_scores: message.Floats
    factor: message.Floats
    compensation: message.Floats
    rounds: int
    above: int
    kept: int
    try_this: str
    try_change: dict[str, float]
    try_control: str
    try_reason: str
    source: str
    sources: dict[str, OfSource]
    simulate: NotRequired[dict[str, Any]]
    made_for: NotRequired[dict[str, int]]


def shown(here: Scene, app: AppState, own: Own) -> dict[str, Any]:
    """What the canvas shows: predictions, what was made of them, of simulated ones what they are made from, and what is
    sent ahead of need.

    Args:
      here: the app state's scene, whatever the predictions lie on.
    """
    found, classes = results.predictions(scene.predicted_on(here, app), app, own)
    played = play(found, app.suppression)
    material = results.material(here, app) if app.source == "simulated" else None
    return {
        "answer": answer(app.suppression),
        **stage_data(found, played),
        **question(app.suppression),
        **({} if material is None else simulation_data(app, material)),
        "selection": {"step": step_shown(played, app)},
        "source": app.source,
        "classes": list(classes),
        **(_of_seeds(here, app) if app.source == "simulated" else {}),
        **_of_sources(here, app, own),
    }


def simulation_data(app: AppState, material: Material) -> dict[str, Any]:
    """What the browser needs to simulate by itself while a slider moves."""
    settings = {**asdict(app.simulate), "clamp": app.coder.clamp}
    return {"simulate": settings, "made_for": _most(app), **material_data(app, material, "made")}


def material_data(app: AppState, material: Material, side: str) -> dict[str, np.ndarray]:
    """As many rows of the material as the sliders can ask for; `side` goes before their names."""
    most = _most(app)
    limit = np.where(material.source >= 0, most["per_object"], most["false_alarms"])
    rows = material.real & (material.rank < limit)
    return {f"{side}_{name}": values[rows] for name, values in material._asdict().items() if name != "real"}


def _most(app: AppState) -> dict[str, int]:
    return {
        "per_object": int(max(PER_OBJECT.high, app.simulate.per_object)),
        "false_alarms": int(max(FALSE_ALARMS.high, app.simulate.false_alarms)),
    }


def step_shown(played: Played, app: AppState) -> int:
    """The step that was chosen, or else the one where the story begins."""
    chosen = app.selection.nms_round
    return METHODS[app.suppression.method].first_step(played) if chosen < 0 else chosen


def question(s: Suppression) -> dict[str, Any]:
    """What the page asks to predict: the text, the change it asks for (another value than is set, of which control),
    and why its answer is what it is."""
    path, (first, second), text, reason, digits = METHODS[s.method].question(s)
    now: Any = s
    for name in path.split(".")[1:]:
        now = getattr(now, name)
    value = second if abs(now - first) < 0.005 else first
    return {
        "try_this": say(text, value=f"{value:.{digits}f}"),
        "try_change": {path: value},
        "try_control": path.replace(".", "_"),
        "try_reason": reason,
    }


def stage_data(found: Detections, played: Played) -> dict[str, Any]:
    """Predictions and what a method made of them, for the player."""
    return message.prediction_data(found, played) | {
        "final_scores": played.final_scores,
        "factor": played.factor,
        "compensation": played.compensation,
        "rounds": played.steps,
        "above": played.above,
        "kept": len(played.keep),
    }


def side_by_side(found: Detections, s: Suppression) -> dict[str, Any]:
    """Every method on the same predictions, with the same thresholds and conventions, as the page shows them.

    Returns:
      `rows`, the predictions that take part, best first and at most MAX_ROWS; `methods`, for each its name and title,
      how many boxes come out (`count`), which they are (`keep`) and where (`boxes`), best first and at most MAX_ROWS,
      and for each of the rows its `state` (1 comes out, 2 does not) and final score.
    """
    part, _ = taking_part(found, s)
    rows = part.index[:MAX_ROWS]
    methods = []
    for name, method in METHODS.items():
        played = play(found, replace(s, method=name))
        methods.append(
            {
                "name": name,
                "title": method.title,
                "count": len(played.keep),
                "keep": played.keep[:MAX_ROWS].tolist(),
                "boxes": np.round(played.boxes[:MAX_ROWS].astype(float), 3).tolist(),
                "state": played.status[rows].tolist(),
                "scores": np.round(played.final_scores[rows].astype(float), 4).tolist(),
            }
        )
    return {"rows": rows.tolist(), "methods": methods}


# ---- ahead of need: without it a step of the seed takes more than four times as long as the same step on a page of text
# alone, and another source six times; a choice may take three


def _of_seeds(here: Scene, app: AppState) -> dict[str, Any]:
    """The material of the seeds on either side, as `material_data` names it, but "next_" and "last_"."""
    data: dict[str, Any] = {}
    for side, seed in (("next", app.simulate.seed + 1), ("last", app.simulate.seed - 1)):
        if seed >= 0:
            data |= material_data(app, results.material(here, put(app, simulate__seed=seed)), side)
    return data if all(len(rows) <= MAX_ROWS_AHEAD for rows in data.values()) else {}


def _of_sources(here: Scene, app: AppState, own: Own) -> dict[str, Any]:
    """The predictions of the sources that are not shown, each with its picture; `here`: the app state's scene."""
    data: dict[str, Any] = {"sources": {}}
    for source, _ in SOURCE.options:
        if source in (app.source, "detector"):  # of a detector there are too many rows
            continue
        other = replace(app, source=source)
        of = scene.predicted_on(here, other)
        found, classes = results.predictions(of, other, own)
        if len(found.scores) <= MAX_ROWS_AHEAD:
            data["sources"][source] = {"photo": message.photo_data(of), "classes": list(classes)}
            data |= {
                f"{source}_predictions": found.xyxy,
                f"{source}_scores": found.scores,
                f"{source}_prediction_classes": found.class_ids,
            }
    return data


def load(here: Scene, app: AppState) -> None:
    """What the page computes of predictions, not remembered."""
    play(results.predictions(here, app)[0], app.suppression)


def needs(app: AppState, here: Scene, at: tuple[int, int]) -> Iterator[Need]:
    """Of every method, of so many predictions and of as many as the sliders can ask for."""
    app = put(app, source="simulated")
    many = put(app, **{f"simulate__{name}": most for name, most in _most(app).items()})
    for of in (app, many):
        rows = of.simulate.per_object * len(here.boxes) + of.simulate.false_alarms
        for name in METHODS:
            yield ("method", name, bucket(rows, ROWS)), partial(load, here, put(of, suppression__method=name))
    trained = put(app, source="detector")
    for name in METHODS:
        yield ("trained", name), partial(load, here, put(trained, suppression__method=name))


PAGE = Page(
    name="nms",
    title="NMS",
    question="Which boxes say the same thing twice?",
    shown=shown,
    messages={"": Message},
    sentences=SENTENCES,
    controls=CONTROLS,
    step="nms_round",
    resets=("suppression", "simulate", "source", "weights", "example", "pretrained"),
    script=snippets.nms,
    pictured=lambda here, app, own: scene.predicted_on(here, app),
    edits=False,
    needs=needs,
)
