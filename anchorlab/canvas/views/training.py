"""Training: what a detector learns, step by step, and which anchors it learns from."""

from typing import Any, NotRequired, TypedDict

import numpy as np

from anchorlab.canvas import message
from anchorlab.canvas.views import nms
from anchorlab.canvas.views.page import Page
from anchorlab.catalogue.controls import ALL, Choice, Number, Switch
from anchorlab.catalogue.glossary import explained
from anchorlab.catalogue.losses import CLASSIFICATION, REGRESSION
from anchorlab.catalogue.matching import RULES
from anchorlab.catalogue.samplers import SAMPLERS
from anchorlab.session import film, snippets, trainings
from anchorlab.session.app_state import AppState
from anchorlab.session.own import Own
from anchorlab.session.scene import Scene
from anchorlab.session.trainings import Entry, Trainings
from anchorlab.settings.training import MEASURED, TrainingSpec
from anchorlab.settings.training_choices import differences, learns_from
from anchorlab.wording import Sentence

SENTENCES: dict[str, Sentence] = {
    "answer": "After <b>{step} steps</b>, AP50 is <b class=kept>{ap}</b> on pictures it never learned from: it finds "
    "<b>{found} of {objects}</b> here.",
    "answer_own": "After <b>{step} steps</b> on this one picture it finds <b class=kept>{found} of {objects}</b> here, AP50 "
    "{ap}.",
    "answer_tried": "This detector from a file finds <b class=kept>{found} of {objects}</b> here; on all that it is tried on "
    "AP50 is {ap}.",
    "answer_two": "After <b>{step} steps</b>, AP50 is <b class=kept>{ap}</b> ({first}) and <b class=kept>{other_ap}</b> "
    "({second}); of {objects} here they find <b>{found}</b> and <b>{other_found}</b>.",
    "label": "{alt} After {step} steps: {found} of {objects} objects found, {sure} predictions that score {least} or more.",
    # the player
    "to_first": "Before the first step (Home)",
    "to_back": "Earlier (←)",
    "to_next": "Later (→)",
    "to_last": "As far as it has come (End)",
    "range": "Steps of the training",
    "at": "step {step} of {steps}",
    "told": "Step {step} of {steps}: AP50 {ap}, {found} of {objects} objects found.",
    "key_play": "play, pause",
    "key_step": "earlier, later",
    "keys_ends": "Home End",
    "key_ends": "before the first step, as far as it has come",
    # under the picture
    "told_sum": "Loss {total}: positives {positives}, negatives {negatives}, boxes {boxes}",
    "sum_loss": "loss",
    "sum_positives": "positives",
    "sum_negatives": "negatives",
    "sum_boxes": "boxes",
    "sum_before": "Before the first step nothing is learned: every anchor gives every class 2 %.",
    "sum_tried": "A loaded detector: what it says of pictures that nobody trained it on.",
    # curves
    "loss_curve": "Loss, smoothed over 30 steps (log)",
    "loss_label": "The loss over {steps} steps: it falls from {first} to {last}",
    "ap_curve": f"AP50 on {MEASURED} held-out pictures",
    "ap_curve_own": "AP50 on the picture itself",
    "ap_label": "AP50 over {steps} steps, now {last}",
    "no_curve": "The curves begin with the first steps.",
    "other_loss": "Losses of another kind have another scale: compare AP50.",
    # objects
    "objects_label": "Objects of this picture, and whether they are found",
    "column_object": "object",
    "column_reach": "best anchor",
    "column_found": "found",
    "found_at": "IoU {iou}",
    "unseen": "unseen",
    "why_title": "Why is {object} unseen?",
    "why_none": "No anchor learns it: as far as the network is told, there is nothing but background here.",
    "why_far": {
        "one": "Its best anchor overlaps it by {best} only, and {count} anchor learns it: that is far to correct, and seldom "
        "practised.",
        "other": "Its best anchor overlaps it by {best} only, and {count} anchors learn it: that is far to correct, and seldom "
        "practised.",
    },
    "why_yet": {
        "one": "{count} anchor learns it, overlapping it by up to {best}: it can be learned, but not from so few steps, or too much of it is "
        "hidden.",
        "other": "{count} anchors learn it, overlapping it by up to {best}: they can, but not in so few steps, or too much of it "
        "is hidden.",
    },
    "not_same": "The two look at different pictures: this is the first one’s.",
    "try_first": "<b>Predict:</b> which object is found first? Then go back to the start and play.",
    "try_found": "<b>{object}</b>, after {step} steps; its best anchor overlaps it by {best}.",
    # the legend
    "means_kept": "prediction that suppression keeps, {least} or surer",
    "means_waiting": "other predictions, the fainter the less sure",
    "means_light": "light: what the anchors here add to the loss, by its root",
    "means_positive": "positive anchors",
    # the training that was asked for
    "waiting_next": "One training runs on this server; yours is next.",
    "waiting": {
        "one": "One training runs on this server; {count} is before yours.",
        "other": "One training runs on this server; {count} are before yours.",
    },
    "starting": "Starting: the network is compiled, scenes are painted.",
    "running": "Step {step} of {steps}, about {left} left.",
    "running_first": "Step {step} of {steps}.",
    "paused": "Paused at step {step} of {steps}.",
    "done": "Done: {steps} steps in {taken}.",
    "cancelled": "Cancelled after {step} steps: what it has learned stays.",
    "cancelled_before": "Cancelled before it began.",
    "failed": "The training failed. {error}",
    "progress": "Training",
    "pause_training": "Pause training",
    "resume_training": "Resume training",
    "cancel_training": "Cancel training",
    "seconds": {"one": "{count} second", "other": "{count} seconds"},
    "minutes": {"one": "{count} minute", "other": "{count} minutes"},
}

_ANCHORS = {
    "good": "good: three ratios, 14 to 50 px",
    "large": "too large: 60 to 92 px",
    "small": "too small: 5 to 12 px",
    "one shape": "one square a cell",
}
_LOSSES = {name: loss.title for name, loss in CLASSIFICATION.items()}
_BOXES = {name: loss.title for name, loss in REGRESSION.items()}
_SAMPLERS = {name: sampler.title for name, sampler in SAMPLERS.items()}
_DATA = {"generated": "generated scenes", "own scene": "this scene"}
_STARTS = {"scratch": "from scratch", "shipped": "from the shipped weights"}
_NAMES = {
    "anchors": {
        "large": "anchors too large",
        "small": "anchors too small",
        "one shape": "one shape",
        None: "own anchors",
    },
    "low_quality": {False: "no low-quality matches"},
    "classification": _LOSSES,
    "regression": _BOXES,
    "sampler": _SAMPLERS,
    "data": {"own scene": "this scene"},
    "start": {"shipped": "shipped start"},
}
"""What titles of trainings call what is not as usual."""

SHOW = Choice(
    "training.show",
    "The picture shows",
    (("predictions", "predictions"), ("loss", "losses")),
    hidden_label=True,
)
PICTURE = Choice(
    "training.picture",
    "Picture",
    tuple((k, f"picture {k + 1}") for k in range(2)),
    other=lambda k: f"picture {k + 1}",
    concerns=ALL,
    hidden_label=True,
)
ANCHORS = Choice("training.anchors", "Anchors", tuple(_ANCHORS.items()), look="list", concerns=ALL)
RULE = Choice(
    "training.rule",
    "Matching rule",
    tuple((name, rule.title) for name, rule in RULES.items()),
    look="list",
    concerns=ALL,
    help=explained("Matching rule"),
)
CLASS_LOSS = Choice("training.classification", "Loss of the class", tuple(_LOSSES.items()))
SAMPLER = Choice("training.sampler", "Which anchors count", tuple(_SAMPLERS.items()), look="list")
DATA = Choice(
    "training.data",
    "Learns from",
    tuple(_DATA.items()),
    changes=lambda app, value: {f"training.{name}": each for name, each in learns_from(value).items()},
    concerns=ALL,
)
LOW_QUALITY = Switch(
    "training.low_quality",
    "Low-quality matches",
    help=explained("Low-quality matches"),
)
BOX_LOSS = Choice("training.regression", "Loss of the box", tuple(_BOXES.items()), look="list")
START = Choice("training.start", "Starts", tuple(_STARTS.items()))
STEPS = Number("training.steps", "Steps", 10, 4000, concerns=ALL)
SEED = Number("training.seed", "Seed", 0, 999)


def weights_choice(own: Trainings) -> Choice:
    """Whose weights the trained detector has: those that come with the app, or the visitor's own."""
    mine = (k for k, entry in own.items() if entry.detector is not None)
    return Choice(
        "weights",
        "Weights of the trained detector",
        ((0, "those that come with the app"), *((k, _numbered(k, own[k])) for k in mine)),
        look="list",
        changes=nms.anew("weights"),
        other=lambda k: f"no. {k - 1}, not here",
        concerns=ALL,
    )


def _numbered(k: int, entry: Entry) -> str:
    return f"{title(entry)}{f' (no. {k - 1})' if k >= trainings.FIRST_OWN else ''}"


def run_choices(own: Trainings) -> tuple[Choice, Choice]:
    """Which training is shown, and which beside it; one that has not begun is among them, as words must not change."""
    words = tuple((k, _numbered(k, entry)) for k, entry in trainings.everything(own).items())
    gone = {"other": lambda k: f"no. {k - 1}, not here any more", "look": "list", "concerns": ALL}
    return (
        Choice("training.run", "Training", words, **gone),
        Choice("training.beside", "Beside it", ((-1, "none"), *words), **gone),
    )


def title(entry: Entry) -> str:
    """A training by what is not usual about it."""
    if entry.loaded:
        return entry.loaded
    return title_of(entry.spec)


def title_of(spec: TrainingSpec) -> str:
    odd = differences(spec)
    parts = [
        RULES[value].title if name == "rule" else _NAMES[name][value]
        for name, value in odd.items()
        if name != "data"
    ]
    if "data" in odd:
        parts.append(_NAMES["data"]["own scene"])
    return ", ".join(parts) or "good anchors, focal"


class Side(TypedDict):
    """A training: its title, all of its steps, (step, AP50), of every object the best IoU with an anchor and how many anchors
    learn it; `levels`: of every level the side of a cell, its anchors, columns and rows; `loss`: of which kind the class's is; `own`: whether it learns one picture by heart; `same`: whether it looks at
    the picture that is shown."""

    title: str
    steps: int
    ap: list[list[float]]
    best: list[float]
    learning: list[int]
    levels: list[list[float]]
    loss: str
    own: bool
    tried: bool
    same: bool


class Job(TypedDict):
    """The training that was asked for last: what it stands at, and how many are before it."""

    standing: str
    step: int
    steps: int
    ahead: int
    taken: float
    left: float | None
    error: str


_ROWS = {
    "steps": message.Ints,
    "boxes": message.Boxes,
    "scores": message.Floats,
    "ids": message.Ints,
    "kept": message.Bools,
    "cost": message.Bits,
    "found": message.Floats,
    "anchors": message.Boxes,
    "label": message.Bytes,
    "curve_at": message.Floats,
    "curve_raw": message.Floats,
    "curve_total": message.Floats,
    "curve_positives": message.Floats,
    "curve_negatives": message.Floats,
    "curve_boxes": message.Floats,
}
Films = TypedDict(
    "Films", {f"{side}_{name}": NotRequired[kind] for side in "ab" for name, kind in _ROWS.items()}
)
"""`film.Film` and `film.Curves` of both, in pixels of the picture, frame after frame."""


class Message(message.Common, Films):
    """One training or two: what they said of one picture as they learned, and their curves."""

    sides: list[Side]
    least: float
    job: NotRequired[Job]


def pictured(here: Scene, app: AppState, own: Own) -> Scene:
    """The watched picture, not the scene on the table."""
    (_, first), *_ = trainings.shown(own.trainings, app)
    return trainings.picture_of(first, app.training.picture)


def shown(here: Scene, app: AppState, own: Own) -> dict[str, Any]:
    """What the canvas shows: everything that its player needs."""
    entries = trainings.shown(own.trainings, app)
    watched = pictured(here, app, own).photo
    found: dict[str, Any] = {
        "answer": "",
        "sides": [],
        "least": film.SURE,
        "selection": {"object": -1, "anchor": -1, "cell": -1},
    }
    for name, (_, entry) in zip("ab", entries, strict=False):
        same = trainings.picture_of(entry, app.training.picture).photo.id == watched.id
        found["sides"].append(_side(entry, app.training.picture, same))
        found |= {f"{name}_{key}": value for key, value in _film(entry, app.training.picture).items()}
    run = trainings.latest(own.trainings)
    return found if run is None else found | {"job": _job(run)}


def _at(entry: Entry, picture: int) -> int:
    return min(picture, len(entry.course.stage.watched.images) - 1)


def _side(entry: Entry, picture: int, same: bool) -> Side:
    course = entry.course
    reach = film.reach(course, _at(entry, picture))
    return {
        "title": title(entry),
        "steps": course.spec.steps,
        "ap": [[step, ap] for step, ap in course.ap],
        "best": reach.best.tolist(),
        "learning": reach.learning.tolist(),
        "levels": _levels(entry),
        "loss": course.spec.loss.classification,
        "own": course.spec.data == "own scene",
        "tried": bool(entry.loaded),
        "same": same,
    }


def _levels(entry: Entry) -> list[list[float]]:
    spec, factor = entry.spec.detector, trainings.factor(entry)
    cells = [spec.side / level.stride for level in spec.pyramid.levels]
    return [
        [level.stride * factor, level.shapes_per_cell, count, count]
        for level, count in zip(spec.pyramid.levels, cells, strict=True)
    ]


def _film(entry: Entry, picture: int) -> dict[str, np.ndarray]:
    course, k, factor = entry.course, _at(entry, picture), np.float32(trainings.factor(entry))
    frames = film.of(course, k, entry.known)
    curves = film.curves(course.losses)
    return {
        "steps": frames.steps,
        "boxes": frames.boxes.reshape(-1, 4) * factor,
        "scores": frames.scores.ravel(),
        "ids": frames.class_ids.ravel(),
        "kept": frames.kept.ravel(),
        "cost": frames.cost.ravel(),
        "found": frames.found.ravel(),
        "anchors": course.stage.anchors * factor,
        "label": course.stage.label[k].astype(np.int8),
        **{f"curve_{name}": values for name, values in curves._asdict().items()},
    }


def _job(run: trainings.Run) -> Job:
    course = run.course
    left = run.seconds_left
    return {
        "standing": run.standing,
        "step": 0 if course is None else course.step,
        "steps": run.spec.steps,
        "ahead": run.ahead,
        "taken": 0.0 if course is None else float(course.seconds),
        "left": None if left is None else float(left),
        "error": run.error,
    }


def code(here: Scene, app: AppState, own: Own) -> str:
    """The script that trains what is chosen."""
    asked = app.training
    scene = asked.data == "own scene"
    lines = [
        snippets.INSTALL,
        "",
        *(["import numpy as np", "from PIL import Image", ""] if scene else []),
        "from anchorlab.detector import weights",
        "from anchorlab.detector.training import Training" + (", own_material" if scene else ""),
        *(["from anchorlab.detector import shipped"] if asked.start == "shipped" else []),
        *(["from anchorlab.settings.training import by_heart"] if scene else []),
        "from anchorlab.settings.training_choices import TrainingChoices",
        "",
        f"spec = {_told(app)}.spec()",
        *(
            [
                'image = np.asarray(Image.open("picture.png").convert("RGB"))  # the scene',
                f"boxes = np.array({np.round(here.boxes, 1).tolist()}, np.float32)",
                f"class_ids = np.array({here.class_ids.tolist()})",
                f"spec = by_heart(spec, {here.classes!r}, boxes.tolist(), image.shape[1], image.shape[0])",
            ]
            if scene
            else []
        ),
        "training = Training(",
        "    spec,",
        *(["    own_material(spec, image, boxes, class_ids),"] if scene else []),
        *(["    network=shipped.network_for(spec.detector),"] if asked.start == "shipped" else []),
        ")",
        "for report in training.reports():",
        "    if report.ap50 is not None:",
        '        print(f"step {report.step}: AP50 {report.ap50:.2f}")',
        'open("detector.safetensors", "wb").write(weights.to_bytes(training.detector))',
    ]
    return "\n".join(lines)


def _told(app: AppState) -> str:
    asked, looks = app.training, ("run", "beside", "picture", "show")
    usual = type(asked)()
    changed = [
        f"{name}={value!r}"
        for name, value in vars(asked).items()
        if name not in looks and (value != getattr(usual, name) or name == "steps")
    ]
    return f"TrainingChoices({', '.join(changed)})"


PAGE = Page(
    name="training",
    title="Training",
    question="What does a detector learn from these anchors?",
    shown=shown,
    messages={"": Message},
    sentences=SENTENCES,
    controls=(SHOW,),
    step="training_step",
    resets=("training",),
    own_code=code,
    pictured=pictured,
    edits=False,
)
