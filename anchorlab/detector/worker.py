"""The one training at a time that a server has, in a process of its own; the others wait in a queue.

A training keeps both cores busy for a minute. In a thread of the server it would share XLA's threads with the sessions,
whose small programs would wait behind its convolutions; and what it took of memory would stay with the server. So it is a
process of its own at a low priority, which gets what the sessions leave, and gives everything back when it ends. It
talks over two pipes in safetensors (`packing`), never in pickles, and ends when they do: no server, no training.
"""

from __future__ import annotations

import atexit
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from anchorlab import children
from anchorlab.detector import weights
from anchorlab.detector.child import receive, send
from anchorlab.detector.course import Course, Frame, Losses, Report, Stage
from anchorlab.detector.packing import gathered
from anchorlab.detector.predict import Detector
from anchorlab.settings.plain import to_plain
from anchorlab.settings.training import TrainingSpec

Standing = Literal["waiting", "starting", "running", "paused", "done", "cancelled", "failed"]
COMMAND = (sys.executable, "-m", "anchorlab.detector.child")
ENDED = ("done", "cancelled", "failed")
LOOKED_AFTER = 1.0
"""Seconds from one question whether a training is still wanted to the next."""
PATIENCE = 10.0
"""Seconds that a cancelled training has for its last steps and its weights."""


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
      scene: what it learns by heart, or None.
      standing: where it is.
      course: as far as it has come; None before it runs.
      detector: when it is done, or was cancelled after it began; else None.
      error: what went wrong, in a sentence; "" if nothing did.
    """

    def __init__(self, spec: TrainingSpec, alive: Callable[[], bool], scene: OwnScene | None):
        self.spec, self.scene = spec, scene
        self.standing: Standing = "waiting"
        self.course: Course | None = None
        self.detector: Detector | None = None
        self.error = ""
        self._alive = alive
        self._process: subprocess.Popen | None = None
        self._ordered = False
        self._cancelled_at: float | None = None
        self._lock = threading.Lock()

    @property
    def ahead(self) -> int:
        """How many trainings are to end before this one starts; 0 if it is the next, or runs."""
        with _lock:
            return _queue.index(self) if self in _queue else 0

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen."""
        return self.standing in ENDED

    @property
    def seconds_left(self) -> float | None:
        """At the pace so far; None if nobody can tell yet."""
        course = self.course
        if course is None or not course.step:
            return None
        return course.seconds / course.step * (self.spec.steps - course.step)

    def pause(self) -> None:
        """Stops after the steps in hand. A paused training keeps its place: those behind it wait."""
        with self._lock:
            if self.standing == "running":
                self.standing = "paused"
                self._tell("pause")

    def resume(self) -> None:
        """Goes on."""
        with self._lock:
            if self.standing == "paused":
                self.standing = "running"
                self._tell("resume")

    def cancel(self) -> None:
        """Ends it, or takes it from the queue; what it has learned so far stays."""
        with self._lock:
            if not self.ended and self._cancelled_at is None:
                self._cancelled_at = time.monotonic()
                self._tell("cancel")
                if self._process is None:
                    self.standing = "cancelled"

    def _tell(self, what: str) -> None:
        if self._ordered:
            try:
                send(self._process.stdin, what=what)
            except (OSError, ValueError):
                pass  # it has just ended

    def _work(self) -> None:
        """From the start to the end of the process."""
        with self._lock:
            if self.ended:
                return
            self.standing = "starting"
            self._process = process = _start()
        try:
            self._order(process)
            while (message := receive(process.stdout)) is not None:
                self._hear(*message)
        except (OSError, ValueError):
            pass  # what it said last was cut off
        finally:
            _end(process)
        with self._lock:
            if not self.error and self._cancelled_at is not None:
                self.standing = "cancelled"
            elif not self.error and self.detector is not None:
                self.standing = "done"
            else:
                self.error = (
                    self.error or "The training stopped unexpectedly. There may be too little memory."
                )
                self.standing = "failed"

    def _order(self, process: subprocess.Popen) -> None:
        scene = self.scene
        arrays = {name: np.asarray(value) for name, value in vars(scene).items()} if scene else {}
        # Not within the lock: the process reads it when it has started.
        send(process.stdin, arrays, what="order", spec=to_plain(self.spec))
        with self._lock:
            self._ordered = True
            if self._cancelled_at is not None:
                self._tell("cancel")

    def _hear(self, arrays: dict[str, np.ndarray], told: dict[str, Any]) -> None:
        if told["what"] == "stage":
            self.course = Course(self.spec, gathered(Stage, arrays, "stage"))
        elif told["what"] == "report":
            frame = gathered(Frame, arrays, "frame") if "frame.step" in arrays else None
            if frame is not None:
                frame = frame._replace(step=told["step"])  # arrays have at least one axis on their way
            losses = gathered(Losses, arrays, "losses")
            self.course.add(Report(told["step"], told["seconds"], losses, frame, told["ap50"]))
            with self._lock:
                if self.standing == "starting":
                    self.standing = "running"
        elif told["what"] == "weights":
            self.detector = weights.from_bytes(arrays["file"].tobytes())
        else:
            self.error = told["error"]

    def _look_after(self) -> None:
        """Cancels it if nobody wants it, and ends it if it does not end by itself."""
        if not self.ended and not self._alive():
            self.cancel()
        asked, process = self._cancelled_at, self._process
        if asked is not None and process is not None and time.monotonic() > asked + PATIENCE:
            process.kill()


_lock = threading.Lock()
_queue: list[Run] = []
"""The first one is worked on."""


def submit(spec: TrainingSpec, alive: Callable[[], bool], scene: OwnScene | None = None) -> Run:
    """Asks for a training.

    Args:
      spec: of the training; data 'own scene' needs a scene.
      alive: asked about once a second, from a thread of its own, whether anybody still wants it; if not it is cancelled.
      scene: to learn by heart; its class ids index `spec.detector.classes`.

    Raises:
      ValueError: the scene is missing, has no objects, or classes that the detector has not.
    """
    if spec.data == "own scene":
        if scene is None or not len(scene.boxes):
            raise ValueError("scene must have at least one object to learn by heart")
        ids = np.asarray(scene.class_ids)
        if len(ids) != len(scene.boxes) or ids.min() < 0 or ids.max() >= len(spec.detector.classes):
            raise ValueError(f"class_ids of the scene must be from 0 to {len(spec.detector.classes) - 1}")
    run = Run(spec, alive, scene if spec.data == "own scene" else None)
    with _lock:
        _queue.append(run)
        if len(_queue) == 1:
            threading.Thread(target=_work, name="trainings", daemon=True).start()
    return run


def _work() -> None:
    """One training after the other, until the queue is empty."""
    over = threading.Event()
    threading.Thread(target=_look_after, args=(over,), name="trainings: wanted", daemon=True).start()
    while True:
        _queue[0]._work()
        with _lock:
            del _queue[0]
            if not _queue:
                over.set()
                return


def _look_after(over: threading.Event) -> None:
    while not over.wait(LOOKED_AFTER):
        with _lock:
            runs = list(_queue)
        for run in runs:
            run._look_after()


def _start() -> subprocess.Popen:
    return subprocess.Popen(
        COMMAND,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        # Few arenas: what compiling took is given back, and found again.
        env=children.environment(MALLOC_ARENA_MAX="2"),
        # Ctrl-C is for the server, and that ends it.
        start_new_session=True,
    )


def _end(process: subprocess.Popen) -> None:
    """Waits until it is gone, so that nothing of it stays."""
    for pipe in (process.stdin, process.stdout):
        try:
            pipe.close()
        except OSError:
            pass  # what was still to be written has no reader
    try:
        process.wait(2)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@atexit.register
def _end_all() -> None:
    with _lock:
        runs = list(_queue)
    for run in runs:
        if run._process is not None:
            run._process.kill()
            run._process.wait()
