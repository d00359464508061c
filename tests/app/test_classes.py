"""A class lives as long as a box has it: in what is predicted, in the link, and undo brings it back."""

import numpy as np
import pytest

from anchorlab.session import link, results, scene
from anchorlab.session.app_state import Objects
from tests.app.conftest import run, send

BOXES = [[10, 10, 90, 90], [100, 100, 200, 220], [300, 80, 420, 330]]


def app(at):
    return at.session_state["anchorlab"].app


def draw(at, boxes, class_ids, classes):
    """The canvas sends its boxes, with every class name it knows."""
    number = at.session_state["anchorlab"].edit + 1
    change = {"number": number, "name": "boxes", "boxes": boxes, "class_ids": class_ids, "classes": classes}
    send(at, "home_stage", state={"changes": [change | {"object": -1, "held": False}]})
    return run(at)


def predicted(at) -> set[str]:
    """The class names of all simulated predictions."""
    found, classes = results.predictions(scene.built_in("coffee", app(at).objects), app(at))
    assert len(found.scores) and found.class_ids.max() < len(classes)
    return {classes[c] for c in np.unique(found.class_ids)}


def test_a_class_goes_with_its_last_box_and_comes_back_with_undo(open_page):
    at = open_page("home", alarms="60")
    names = ["saucer", "cup", "spoon"]
    draw(at, BOXES, [0, 1, 2], names)
    before = app(at).objects
    assert before.classes == ("saucer", "cup", "spoon") and predicted(at) == set(names)
    draw(at, BOXES[1:], [1, 2], names)
    assert app(at).objects == Objects(tuple(map(tuple, BOXES[1:])), (0, 1), ("cup", "spoon"))
    assert predicted(at) == {"cup", "spoon"}
    assert "saucer" not in link.to_query(app(at))
    number = at.session_state["anchorlab"].edit + 1
    send(at, "home_stage", state={"changes": [{"number": number, "name": "undo"}]})
    assert app(at).objects == before


def test_a_class_goes_when_its_last_box_is_renamed(open_page):
    at = open_page("home")
    draw(at, BOXES, [0, 3, 2], ["saucer", "cup", "spoon", "mug"])
    assert app(at).objects.classes == ("saucer", "spoon", "mug") and app(at).objects.class_ids == (0, 2, 1)


@pytest.mark.parametrize(
    ("boxes", "names"),
    [
        ("10,10,90,90,2~saucer,cup,spoon", ("spoon",)),
        ("10,10,90,90,1_900,10,990,90,0~saucer,cup", ("cup",)),  # the other one lies outside the picture
        ("~saucer,cup", ("object",)),
    ],
)
def test_a_link_brings_no_class_without_a_box(open_page, boxes, names):
    assert app(open_page("home", boxes=boxes)).objects.classes == names
