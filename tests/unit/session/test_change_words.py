"""What an undone change is called."""

from dataclasses import replace

import pytest

from anchorlab.scenes import catalogue
from anchorlab.session import app_state as app_states
from anchorlab.session import link, store
from anchorlab.session.app_state import DEFAULT, Objects
from anchorlab.session.change_words import describe

OWN = catalogue.load_scene(DEFAULT.scene)
BOXES = tuple(tuple(map(float, box)) for box in OWN.boxes)
IDS = tuple(map(int, OWN.class_ids))
NAMES = tuple(OWN.classes)


def with_boxes(boxes=BOXES, ids=IDS, names=NAMES):
    return replace(DEFAULT, objects=Objects(tuple(boxes), tuple(ids), tuple(names)))


def moved(k, dx=0.0, dy=0.0, dw=0.0):
    x1, y1, x2, y2 = BOXES[k]
    return (*BOXES[:k], (x1 + dx, y1 + dy, x2 + dx + dw, y2 + dy), *BOXES[k + 1 :])


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (with_boxes(moved(1, dx=3, dy=-2)), "moved cup"),
        (with_boxes(moved(1, dw=5)), "resized cup"),
        (with_boxes(ids=(0, 3, 2), names=(*NAMES, "mug")), "renamed cup to mug"),
        (with_boxes([*BOXES, (1.0, 2.0, 30.0, 40.0)], [*IDS, 0]), "added saucer"),
        (with_boxes(BOXES[:2], IDS[:2]), "deleted spoon"),
        (with_boxes((), ()), "deleted 3 objects"),
        (with_boxes([(1.0, 1.0, 9.0, 9.0)] * 5, [0] * 5), "replaced the objects"),
        (with_boxes([(b[0] + 1, *b[1:]) for b in BOXES]), "changed 3 objects"),
        (replace(DEFAULT, scene="cat"), f"opened {catalogue.SCENES['cat'].title}"),
        (app_states.put(DEFAULT, matching__threshold__high=0.62), "threshold for positive, now 0.62"),
        (app_states.put(DEFAULT, matching__threshold__low_quality=False), "convention of the matching"),
        (app_states.put(DEFAULT, anchors__sizes=(32.0,)), "sizes of the anchors"),
        (
            app_states.put(DEFAULT, matching__threshold__high=0.7, matching__threshold__low=0.3),
            "threshold for positive, threshold for negative",
        ),
        (app_states.put(DEFAULT, selection__anchor=7), "selection"),
    ],
)
def test_a_change_in_words(after, said):
    assert describe(DEFAULT, after, now=after) == said


def test_the_value_is_the_one_that_is_shown():
    after = app_states.put(DEFAULT, suppression__iou_threshold=0.3)
    assert describe(DEFAULT, after, now=DEFAULT) == "IoU threshold, now 0.5"


def test_many_changes_are_counted():
    after = app_states.put(
        DEFAULT,
        matching__threshold__high=0.7,
        suppression__diou__beta=2.0,
        code="torchvision",
        coder__eps=1e-6,
        show="density",
    )
    assert describe(DEFAULT, after, now=after) == "5 changes at once"


def test_every_setting_has_words():
    for field in link.FIELDS:
        assert bool(field.words) != field.path.startswith(("selection.", "scene", "upload", "objects"))


def test_undo_and_redo_say_what_they_did(monkeypatch):
    session = store.Session(DEFAULT)
    monkeypatch.setattr(store, "session", lambda: session)
    store.undo()
    assert session.travelled == "Nothing to undo."
    store.change("high", matching__threshold__high=0.6)
    assert session.travelled == ""
    store.undo()
    assert session.travelled == "Undone: threshold for positive, now 0.5."
    store.redo()
    assert session.travelled == "Redone: threshold for positive, now 0.6."
    store.redo()
    assert session.travelled == "Nothing to redo."
    store.change("low", matching__threshold__low=0.3)
    assert session.travelled == ""
