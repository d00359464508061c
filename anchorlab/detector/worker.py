"""The one training at a time that a server has, in a process of its own.

A training keeps both cores busy for a minute. In a thread of the server it would share XLA's pool of threads with the
sessions, whose small programs then wait behind convolutions; and what it took of memory would stay with the server. So it
is a process of its own at the lowest priority, which gets what the sessions leave, and which gives all of it back when
it ends. It talks over two pipes in safetensors (`packing`), never in pickles, and ends when its pipe does: no server,
no training.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from anchorlab.detector.course import Course
from anchorlab.detector.predict import Detector
from anchorlab.settings.training import TrainingSpec

Standing = Literal["waiting", "starting", "running", "paused", "done", "cancelled", "failed"]


@dataclass(frozen=True, eq=False)
class OwnScene:
    """A learner's picture: uint8 (H, W, 3), with xyxy boxes (G, 4) and class ids (G,)."""

    image: np.ndarray
    boxes: np.ndarray
    class_ids: np.ndarray


class Run:
    """One training that was asked for; all of it may be read from any thread at any time.

    Attributes:
      spec: what was asked for.
      standing: where it is.
      course: as far as it has come; None before it runs.
      detector: when it is done, or was cancelled after a while; else None.
      error: what went wrong, in a sentence; "" if nothing did.
    """

    spec: TrainingSpec
    standing: Standing
    course: Course | None
    detector: Detector | None
    error: str

    @property
    def ahead(self) -> int:
        """How many trainings are to end before this one starts; 0 if it is the next, or runs."""
        raise NotImplementedError

    @property
    def seconds_left(self) -> float | None:
        """As long as the last steps took; None if nobody can tell yet."""
        raise NotImplementedError

    def pause(self) -> None:
        """Stops after the steps in hand. The next one does not start while a training is paused."""
        raise NotImplementedError

    def resume(self) -> None:
        """Goes on."""
        raise NotImplementedError

    def cancel(self) -> None:
        """Ends it, or takes it from the queue; what it has learned so far stays."""
        raise NotImplementedError


def submit(spec: TrainingSpec, alive: Callable[[], bool], scene: OwnScene | None = None) -> Run:
    """Asks for a training.

    Args:
      spec: of the training; data 'own scene' needs a scene.
      alive: asked about once a second whether anybody is still interested; a training nobody wants is cancelled.
      scene: to learn by heart.

    Raises:
      ValueError: the scene is missing, or has no objects.
    """
    raise NotImplementedError
