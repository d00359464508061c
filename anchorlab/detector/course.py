"""The course of a training: its losses step by step, and what the detector said of a few pictures as it learned."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from anchorlab.detector.packing import flat, gathered, pack, unpack
from anchorlab.scenes.generated import Examples
from anchorlab.settings.plain import from_plain, to_plain
from anchorlab.settings.training import TrainingSpec

MOST_FRAMES = 64
"""Of one course; when there are more, the most superfluous one is dropped. A frame of one picture of 96 pixels, three classes and
1,080 anchors takes 17 kB, so that a course of four pictures stays below 4.4 MB."""


class Losses(NamedTuple):
    """Of some steps, all float32 (K,): `objective.Costs`."""

    total: np.ndarray
    positives: np.ndarray
    negatives: np.ndarray
    boxes: np.ndarray
    count: np.ndarray


class Frame(NamedTuple):
    """What the detector said of the watched pictures after a step; float16, boxes to a sixteenth of a pixel or better up
    to a side of 128.

    Attributes:
      step: steps taken.
      logits: (W, A, C).
      boxes: (W, A, 4), xyxy pixels of the pictures.
      cost: (W, A), what each anchor adds to the loss.
    """

    step: int
    logits: np.ndarray
    boxes: np.ndarray
    cost: np.ndarray

    @property
    def scores(self) -> np.ndarray:
        """float32 (W, A, C) in (0, 1)."""
        return 1 / (1 + np.exp(-self.logits.astype(np.float32)))


class Report(NamedTuple):
    """News of a training, some steps after the last.

    Attributes:
      step: steps taken by now.
      seconds: of training by now.
      losses: of the steps since the last report.
      frame: what the detector says now, or None.
      ap50: on pictures it does not learn from (its own picture, where it learns one by heart), or None.
    """

    step: int
    seconds: float
    losses: Losses
    frame: Frame | None = None
    ap50: float | None = None


class Stage(NamedTuple):
    """What stays the same during a training.

    Attributes:
      watched: the pictures that are watched, with their objects.
      anchors: float32 (A, 4), xyxy pixels of these pictures.
      label: int8 (W, A), what each anchor learns there: 1 positive, 0 negative, -1 ignored.
      gt_index: int32 (W, A), which object a positive has.
    """

    watched: Examples
    anchors: np.ndarray
    label: np.ndarray
    gt_index: np.ndarray


@dataclass
class Course:
    """A training as far as it has come; reports are added while it runs.

    Attributes:
      spec: what was asked for.
      stage: what stays the same.
      losses: of every step so far.
      frames: in order of their steps, from 0 on; at most `MOST_FRAMES`.
      ap: (step, AP50), in order.
      seconds: of training so far.
    """

    spec: TrainingSpec
    stage: Stage
    losses: Losses = field(default_factory=lambda: Losses(*(np.zeros(0, np.float32) for _ in Losses._fields)))
    frames: list[Frame] = field(default_factory=list)
    ap: list[tuple[int, float]] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def step(self) -> int:
        """Steps taken."""
        return len(self.losses.total)

    def add(self, report: Report) -> None:
        """Takes up what is new."""
        pairs = zip(self.losses, report.losses, strict=True)
        self.losses = Losses(*(np.concatenate(pair) for pair in pairs))
        self.seconds = report.seconds
        if report.ap50 is not None:
            self.ap = [*self.ap, (report.step, report.ap50)]
        if report.frame is not None:
            # Assigned at once: others may be reading.
            self.frames = _thinned([*self.frames, report.frame])


def _thinned(frames: list[Frame]) -> list[Frame]:
    """At most `MOST_FRAMES`, the first and the last among them: one goes that leaves the smallest gap."""
    if len(frames) <= MOST_FRAMES:
        return frames
    gone = min(range(1, len(frames) - 1), key=lambda k: frames[k + 1].step - frames[k - 1].step)
    return [*frames[:gone], *frames[gone + 1 :]]


_KIND = "AnchorLab training"


def to_bytes(course: Course) -> bytes:
    """A course as a safetensors file."""
    columns = Frame(*(np.array(column) for column in zip(*course.frames, strict=True)))
    arrays = flat(course.stage, "stage") | flat(course.losses, "losses") | flat(columns, "frames")
    return pack(_KIND, arrays, spec=to_plain(course.spec), ap=course.ap, seconds=course.seconds)


def from_bytes(content: bytes) -> Course:
    """The course of a file that `to_bytes` wrote.

    Raises:
      ValueError: it is none.
    """
    arrays, told = unpack(_KIND, content)
    try:
        columns = Frame(*(arrays[f"frames.{name}"] for name in Frame._fields))
        return Course(
            from_plain(TrainingSpec, told["spec"]),
            gathered(Stage, arrays, "stage"),
            gathered(Losses, arrays, "losses"),
            [Frame(int(step), *rest) for step, *rest in zip(*columns, strict=True)],
            [(int(step), float(ap)) for step, ap in told["ap"]],
            float(told["seconds"]),
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"The file lacks a part of the training: {error}") from None
