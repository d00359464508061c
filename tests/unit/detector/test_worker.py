"""The queue of trainings, with a stand-in for the process that trains: it speaks the same language."""

import os
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest

from anchorlab.detector import predict, worker
from anchorlab.settings.training import DetectorSpec, TrainingSpec

STAND_IN = """
import sys
import numpy as np
from anchorlab.detector.child import _Orders, receive, send
from anchorlab.detector.course import Frame, Losses, Stage
from anchorlab.detector.packing import flat
from anchorlab.detector.network import Network
from anchorlab.detector.predict import Detector
from anchorlab.detector import weights
from anchorlab.scenes.generated import Examples
from anchorlab.settings.plain import from_plain
from anchorlab.settings.training import TrainingSpec
import os, threading, time

spec = from_plain(TrainingSpec, receive(sys.stdin.buffer)[1]["spec"])
if spec.seed == 13:
    os._exit(1)
news, orders = sys.stdout.buffer, _Orders()
threading.Thread(target=orders.listen, args=(sys.stdin.buffer,), daemon=True).start()
if spec.seed == 14:
    send(news, what="failed", error="That is asking too much.")
    os._exit(0)
nothing = np.zeros((0, 0))
send(news, flat(Stage(Examples(nothing, nothing, nothing), *[nothing] * 3), "stage"), what="stage")
for step in range(1, spec.steps + 1):
    time.sleep(0.01)
    found = flat(Losses(*[np.ones(1, np.float32)] * 5), "losses") | flat(Frame(step, *[nothing] * 3), "frame")
    send(news, found, what="report", step=step, seconds=0.01 * step, ap50=None)
    orders.may_run.wait()
    if orders.cancelled:
        break
file = weights.to_bytes(Detector(spec.detector, Network(spec.detector)), np.float32)
send(news, {"file": np.frombuffer(file, np.uint8)}, what="weights")
os._exit(0)
"""
LONG = TrainingSpec(steps=20_000)


COMMAND = worker.COMMAND


@pytest.fixture(autouse=True)
def stand_in(monkeypatch):
    """Every test leaves an empty queue and no process."""
    monkeypatch.setattr(worker, "COMMAND", (sys.executable, "-c", STAND_IN))
    monkeypatch.setattr(worker, "LOOKED_AFTER", 0.05)
    yield
    for run in list(worker._queue):
        run.cancel()
    until(lambda: not worker._queue)
    children = subprocess.check_output(["ps", "-o", "args=", "--ppid", str(os.getpid())], text=True)
    assert not any(sign in children for sign in ("_Orders", "detector.child", "defunct"))


def until(ready, seconds=60):
    end = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < end
        time.sleep(0.01)


def forever() -> bool:
    return True


def test_a_training_runs_to_its_end():
    run = worker.submit(TrainingSpec(steps=5), forever)
    until(lambda: run.ended)
    assert (run.standing, run.error) == ("done", "")
    steps = [frame.step for frame in run.course.frames]
    assert run.course.step == 5 and steps == [1, 2, 3, 4, 5] and all(type(step) is int for step in steps)
    assert run.detector.spec == run.spec.detector and run.seconds_left == 0


def test_one_runs_and_the_others_wait_their_turn():
    first, second, third = (worker.submit(LONG, forever) for _ in range(3))
    assert [run.ahead for run in (first, second, third)] == [0, 1, 2]
    until(lambda: first.standing == "running")
    assert second.standing == third.standing == "waiting"
    second.cancel()
    assert second.standing == "cancelled" and second.course is None
    first.cancel()
    until(lambda: third.standing == "running")
    assert first.standing == "cancelled" and first.detector is not None, "what it has learned stays"
    assert third.ahead == 0


def test_a_paused_training_takes_no_step_until_it_goes_on():
    run = worker.submit(LONG, forever)
    until(lambda: run.standing == "running")
    run.pause()
    time.sleep(0.3)
    step = run.course.step
    time.sleep(0.3)
    assert (run.standing, run.course.step) == ("paused", step)
    run.resume()
    until(lambda: run.course.step > step)
    assert run.standing == "running" and run.seconds_left > 0
    run.pause()
    run.cancel()
    until(lambda: run.ended)
    assert run.standing == "cancelled"


def test_it_ends_with_its_session():
    here = [True]
    first, second = worker.submit(LONG, lambda: here[0]), worker.submit(LONG, lambda: here[0])
    until(lambda: first.standing == "running")
    here[0] = False
    until(lambda: first.ended and second.ended)
    assert first.standing == second.standing == "cancelled"


@pytest.mark.parametrize(("seed", "says"), [(13, "stopped unexpectedly"), (14, "asking too much")])
def test_what_goes_wrong_is_said_and_the_next_one_starts(seed, says):
    run, following = (
        worker.submit(TrainingSpec(seed=seed), forever),
        worker.submit(TrainingSpec(steps=1), forever),
    )
    until(lambda: following.ended)
    assert run.standing == "failed" and says in run.error
    assert following.standing == "done"


def test_a_scene_must_have_objects_to_learn():
    with pytest.raises(ValueError, match="at least one object"):
        worker.submit(TrainingSpec(data="own scene"), forever)


def test_the_real_process_learns_a_picture_by_heart(monkeypatch):
    monkeypatch.setattr(worker, "COMMAND", COMMAND)
    spec = replace(
        TrainingSpec(steps=12, batch=1, data="own scene"), detector=DetectorSpec(side=64, classes=("dot",))
    )
    image = np.zeros((40, 80, 3), np.uint8)
    image[10:30, 20:60] = 255
    run = worker.submit(spec, forever, worker.OwnScene(image, np.array([[20.0, 10, 60, 30]]), np.array([0])))
    until(lambda: run.ended, 120)
    assert (run.standing, run.error) == ("done", "")
    assert run.course.step == 12 and run.course.ap[-1][0] == 12
    watched = run.course.stage.watched
    np.testing.assert_allclose(watched.boxes, [[[16, 24, 48, 40]]])
    assert (run.course.stage.label == 1).any()
    said = predict.raw(run.detector, watched.images)
    np.testing.assert_allclose(said.scores, run.course.frames[-1].scores, atol=1e-3)
