"""The Training page in every state that a training goes through, with a stand-in for the one that trains."""

import json
import struct

import pytest

from anchorlab.detector import shipped, worker
from anchorlab.detector.course import Course
from tests.app.conftest import run, send


@pytest.fixture
def trained(monkeypatch):
    """Trainings that do what the test says; returns those that were asked for."""
    asked: list[worker.Run] = []

    def submit(spec, alive, scene=None):
        one = worker.Run(spec, alive, scene)
        asked.append(one)
        return one

    monkeypatch.setattr(worker, "submit", submit)
    return asked


def message(at) -> dict:
    """The header of what the canvas is sent."""
    stage = next(c for c in at.get("bidi_component") if c.key == "training_stage")
    blob = stage.proto.bytes
    (length,) = struct.unpack("<I", blob[:4])
    return json.loads(blob[4 : 4 + length])["data"]


def look(at, do="look"):
    number = at.session_state["anchorlab"].edit + 1
    send(at, "training_stage", state={"changes": [{"number": number, "name": "training", "do": do}]})
    return message(at)


def test_a_training_from_its_button_to_its_end(open_page, trained):
    at = open_page("training")
    first = message(at)
    assert first["sides"][0]["title"] and "job" not in first
    run(at.button(key="train").click())
    (one,) = trained
    assert one.spec == at.session_state["anchorlab"].app.training.spec() and one._alive()
    assert message(at)["job"]["standing"] == "waiting"
    assert message(at)["sides"] == first["sides"]  # as long as it has nothing to show

    chosen = at.selectbox(key="training_run")
    assert chosen.value == 2 and len(chosen.options) == 3  # and it keeps its words when it has begun
    words = chosen.options

    run(at.button(key="train").click())
    assert "has not ended yet" in "".join(e.value for e in at.error) and len(trained) == 1

    known = shipped.course()
    one.course = Course(one.spec, known.stage, known.losses, known.frames[:3], known.ap[:1])
    one.standing = "running"
    assert look(at)["job"]["step"] == known.step
    assert message(at)["sides"][0]["ap"] == [list(known.ap[0])]
    assert at.selectbox(key="training_run").options == words

    assert look(at, "pause")["job"]["standing"] == "paused"
    assert look(at, "resume")["job"]["standing"] == "running"
    one.standing, one.error = "failed", "There is too little memory."
    job = look(at)["job"]
    assert (job["standing"], job["error"]) == ("failed", one.error)


def test_lessons_set_the_choices(open_page, trained):
    at = open_page("training", **{"train.steps": "40"})
    run(at.button(key="lesson_anchors").click())
    assert [side["title"] for side in message(at)["sides"]] == [
        "good anchors, focal",
        "anchors too large",
    ]
    run(at.button(key="lesson_focal").click())
    assert len(message(at)["sides"]) == 1
    run(at.button(key="train").click())
    assert trained[0].spec.loss.classification == "cross_entropy" and trained[0].spec.steps == 40
    trained[0].course, trained[0].standing = shipped.course(), "done"
    look(at)
    assert len(message(at)["sides"]) == 2


def test_this_scene_is_learned_with_its_boxes(open_page, trained):
    at = open_page("training", scene="cat", **{"train.data": "own scene"})
    run(at.button(key="train").click())
    own = trained[0].scene
    assert own.image.shape[2] == 3 and len(own.boxes) == len(own.class_ids) > 0
