"""The trainings that a visitor can look at: those that come with the app, their own, and detectors they loaded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import numpy as np

from anchorlab.detector import data, shipped, weights, worker
from anchorlab.detector.course import Course, Frame, Losses, Stage
from anchorlab.detector.letterbox import letterbox
from anchorlab.detector.predict import AP50, Detector, evaluate, raw
from anchorlab.detector.targets import layout
from anchorlab.detector.worker import OwnScene, Run
from anchorlab.scenes import generated
from anchorlab.scenes.generated import CLASSES, Examples
from anchorlab.session import scene as scenes
from anchorlab.session.app_state import AppState, Objects
from anchorlab.session.scene import Scene
from anchorlab.settings.training import TrainingSpec, by_heart

SHOWN_SIDE = 480
"""Pixels in which people see what the network sees in fewer."""
MOST_KEPT = 6
"""Ended trainings of one visitor; the oldest are forgotten."""
FIRST_OWN = 2
"""The number of a visitor's first; before it are those that come with the app."""


@dataclass(eq=False)
class Entry:
    """A training that can be looked at.

    Attributes:
      run: the visitor's own; None of one that has ended long ago.
      ended: course and detector of such a one.
      loaded: the name of the file it was read from.
      looks_at: the picture that such a one was tried on, if that is the visitor's.
      known: what was made of its frames and pictures.
    """

    run: Run | None = None
    ended: tuple[Course, Detector | None] | None = None
    loaded: str = ""
    looks_at: OwnScene | None = None
    known: dict[Any, Any] = field(default_factory=dict)

    @property
    def course(self) -> Course | None:
        """As far as it has come; None before it has begun."""
        return self.ended[0] if self.run is None else self.run.course

    @property
    def detector(self) -> Detector | None:
        """What it has learned; None while it runs."""
        return self.ended[1] if self.run is None else self.run.detector

    @property
    def spec(self) -> TrainingSpec:
        return self.course.spec if self.run is None else self.run.spec

    @property
    def scene(self) -> OwnScene | None:
        """The picture it learns by heart, or was tried on, if it is the visitor's."""
        return self.run.scene if self.run else self.looks_at


Trainings = dict[int, Entry]
"""A visitor's own, by their numbers; the latest last."""


@cache
def _shipped() -> Trainings:
    detectors = {"good anchors": shipped.detector}
    return {
        k: Entry(ended=(shipped.course(name), detectors[name]() if name in detectors else None))
        for k, name in enumerate(shipped.COURSES)
    }


def everything(own: Trainings) -> Trainings:
    """Those that come with the app and the visitor's own, by their numbers."""
    return _shipped() | own


def shown(own: Trainings, app: AppState) -> tuple[tuple[int, Entry], ...]:
    """The training that is looked at, and the one beside it, if there is one. What is gone, or has not begun, is replaced
    by the first one."""
    known = {
        k: entry for k, entry in everything(own).items() if entry.course is not None and entry.course.frames
    }
    asked = app.training
    first = asked.run if asked.run in known else 0
    numbers = [first, *([asked.beside] if asked.beside in known and asked.beside != first else [])]
    return tuple((k, known[k]) for k in numbers)


def latest(own: Trainings) -> Run | None:
    """The training that was asked for last."""
    runs = [entry.run for entry in own.values() if entry.run is not None]
    return runs[-1] if runs else None


def submit(own: Trainings, app: AppState, here: Scene, alive: Callable[[], bool]) -> int:
    """Asks for the training that was chosen; returns its number.

    Args:
      here: the scene on the table, which it may learn by heart.
      alive: whether the visitor is still there.

    Raises:
      ValueError: one of theirs has not ended yet, or the scene has no objects; in a sentence.
    """
    run = latest(own)
    if run is not None and not run.ended:
        raise ValueError("Your last training has not ended yet: cancel it, or wait.")
    asked = app.training
    if asked.data == "generated":
        return _add(own, Entry(run=worker.submit(asked.spec(), alive)))
    if not len(here.boxes):
        raise ValueError("There is nothing to learn in this scene: draw a box on Home or Matching first.")
    own_scene = OwnScene(scenes.pixels(here.id, here.photo), here.boxes, here.class_ids)
    spec = by_heart(asked.spec(), here.classes, here.boxes.tolist(), here.width, here.height)
    return _add(own, Entry(run=worker.submit(spec, alive, own_scene)))


def _add(own: Trainings, entry: Entry) -> int:
    number = max([FIRST_OWN - 1, *own]) + 1
    own[number] = entry
    for old in [k for k, other in own.items() if other.run is None or other.run.ended][: -MOST_KEPT or None]:
        del own[old]
    return number


def load(own: Trainings, content: bytes, name: str, here: Scene) -> int:
    """Takes a file of weights: the detector is tried, and shown; returns its number. One that knows the classes of the
    generated scenes is tried on some that are held out, another one on the scene on the table.

    Raises:
      ValueError: it is none; in a sentence.
    """
    detector = weights.from_bytes(content)
    side, known, looks_at = detector.spec.side, detector.spec.classes, None
    if known == CLASSES:
        examples = data.held_out(side, 32)
    else:
        names = [here.classes[k] for k in here.class_ids]
        rows = [k for k, name in enumerate(names) if name in known]
        ids = np.array([known.index(names[k]) for k in rows], np.int32)
        looks_at = OwnScene(scenes.pixels(here.id, here.photo), here.boxes[rows], ids)
        examples = data.whole(looks_at.image, looks_at.boxes, looks_at.class_ids, side)
    return _add(own, Entry(ended=(_tried(detector, examples), detector), loaded=name, looks_at=looks_at))


def _tried(detector: Detector, examples: Examples) -> Course:
    """A training of no steps: what the detector says right now."""
    side = detector.spec.side
    watched = Examples(*(column[:2] for column in examples))
    here = layout(detector.spec.pyramid, side, side)
    said = raw(detector, watched.images)
    pictures, count = len(watched.images), len(here.anchors)
    logits = np.log(said.scores / np.maximum(1 - said.scores, 1e-7)).clip(-15, 15)
    frame = Frame(
        0, logits.astype(np.float16), said.boxes.astype(np.float16), np.zeros((pictures, count), np.float16)
    )
    nobody = np.zeros((pictures, count), np.int32)
    stage = Stage(watched, here.anchors, nobody.astype(np.int8), nobody)
    empty = Losses(*(np.zeros(0, np.float32) for _ in Losses._fields))
    ap50 = evaluate(detector, examples, AP50).summary()["AP50"]
    # Of a picture without objects that it knows there is none.
    known = [] if np.isnan(ap50) else [(0, ap50)]
    return Course(replace(TrainingSpec(steps=1), detector=detector.spec), stage, empty, [frame], known)


# ---- pictures


def picture_of(entry: Entry, k: int) -> Scene:
    """A watched picture with its objects, in the size in which people see it."""
    k = min(k, len(entry.course.stage.watched.images) - 1)
    if ("picture", k) not in entry.known:
        entry.known["picture", k] = _picture(entry, k)
    return entry.known["picture", k]


def factor(entry: Entry) -> float:
    """Pixels of that size for one of the network's."""
    return SHOWN_SIDE / entry.spec.detector.side


def _picture(entry: Entry, k: int) -> Scene:
    stage, side = entry.course.stage, entry.spec.detector.side
    if entry.scene is not None:
        image, _ = letterbox(entry.scene.image, SHOWN_SIDE)
        name, alt = "own", "Your scene, as the detector sees it."
    else:
        image = generated.scene(k, SHOWN_SIDE).images[0]
        name, alt = "generated", "A generated scene: shapes before a photograph."
    real = stage.watched.class_ids[k] >= 0
    boxes = stage.watched.boxes[k][real] * (SHOWN_SIDE / side)
    objects = Objects(
        tuple(tuple(map(float, box)) for box in boxes),
        tuple(map(int, stage.watched.class_ids[k][real])),
        entry.spec.detector.classes,
    )
    return Scene(name, alt, alt, "", scenes.encode(image), objects)


def news(own: Trainings) -> Mapping[str, Any]:
    """What, when it changes, concerns more of the page than its picture."""
    run = latest(own)
    return (
        {}
        if run is None
        else {"ended": run.ended, "begun": run.course is not None and bool(run.course.frames)}
    )
