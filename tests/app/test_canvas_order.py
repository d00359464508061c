"""What the canvas sends in one run is taken in the order in which people did it."""

import pytest

from tests.app.conftest import send

BOXES = [[173, 18, 406, 306], [20, 20, 80, 90]]


def app(at):
    return at.session_state["anchorlab"].app


def boxes(number, *corners, selected):
    return {
        "number": number,
        "name": "boxes",
        "boxes": list(corners),
        "class_ids": [0] * len(corners),
        "classes": ["cup"],
        "object": selected,
        "held": False,
    }


def pick(number, after, **selected):
    return {
        "pick": number,
        "edit": after,
        "object": -1,
        "anchor": -1,
        "cell": -1,
        "prediction": -1,
        "step": 0,
    } | selected


@pytest.mark.parametrize(
    ("picked", "selected"),
    [
        (pick(1, 0), 1),  # let go of, then a box was added: it is selected
        (pick(1, 1), -1),  # added, then let go of
        (pick(1, 1, object=0, anchor=7), 0),
    ],
)
def test_a_selection_and_a_new_box_in_one_run(open_page, picked, selected):
    at = open_page("matching")
    send(at, "matching_stage", state={"pick": picked, "changes": [boxes(1, *BOXES, selected=1)]})
    assert app(at).selection.object == selected
    assert app(at).selection.anchor == picked["anchor"]
    assert len(app(at).objects.boxes) == 2


def test_a_selection_between_two_changes(open_page):
    at = open_page("matching")
    changes = [boxes(1, BOXES[0], selected=0), boxes(2, *BOXES, selected=1)]
    send(at, "matching_stage", state={"pick": pick(1, 1, anchor=3), "changes": changes})
    assert (app(at).selection.object, app(at).selection.anchor) == (1, 3)
    # What was heard once is not heard again, in whatever company it comes.
    send(at, "matching_stage", state={"pick": pick(2, 2), "changes": changes})
    third = boxes(3, BOXES[0], selected=0)
    send(at, "matching_stage", state={"pick": pick(2, 2), "changes": [*changes, third]})
    assert app(at).selection.object == 0 and len(at.session_state["anchorlab"].undo) == 3


def test_what_was_let_go_of_before_an_undo_is_selected_by_the_undone_state(open_page):
    at = open_page("matching")
    send(at, "matching_stage", state={"changes": [boxes(1, *BOXES, selected=1)]})
    send(at, "matching_stage", state={"changes": [boxes(2, BOXES[0], selected=0)]})
    send(at, "matching_stage", state={"pick": pick(1, 2), "changes": [{"number": 3, "name": "undo"}]})
    assert app(at).selection.object == 1 and len(app(at).objects.boxes) == 2
