"""The app state as a value: reading, changing and resetting it."""

from dataclasses import dataclass

import pytest
from hypothesis import given

from anchorlab.canvas.pages import PAGES
from anchorlab.catalogue.coders import coder_of
from anchorlab.session.app_state import DEFAULT, Objects, get, put, reset
from anchorlab.settings.anchors import AnchorSpec
from anchorlab.settings.matching import GreedySpec, Matching, ThresholdSpec
from tests.unit.app_states import app_states


def test_get_follows_dots():
    assert get(DEFAULT, "scene") == "coffee"
    assert get(DEFAULT, "matching.threshold.high") == 0.5


def test_put_changes_nothing_else_and_not_the_original():
    changed = put(DEFAULT, matching__threshold__high=0.6, scene="cat")
    assert changed == put(put(DEFAULT, scene="cat"), matching__threshold__high=0.6)
    assert DEFAULT.matching.threshold.high == 0.5
    assert changed.matching == Matching(threshold=ThresholdSpec(high=0.6))
    assert changed.anchors == DEFAULT.anchors


def test_a_pair_of_thresholds_may_pass_each_other():
    down = put(DEFAULT, matching__threshold__high=0.3, matching__threshold__low=0.2)
    up = put(DEFAULT, matching__threshold__low=0.8, matching__threshold__high=0.9)
    assert down.matching.threshold == ThresholdSpec(high=0.3, low=0.2)
    assert up.matching.threshold == ThresholdSpec(high=0.9, low=0.8)


def test_a_whole_record_and_a_field_of_it():
    changed = put(DEFAULT, matching=Matching("greedy"), matching__greedy__high=0.7)
    assert changed.matching == Matching("greedy", greedy=GreedySpec(high=0.7))


@dataclass(frozen=True)
class _Inner:
    a: int = 1
    b: int = 2


@dataclass(frozen=True)
class _Middle:
    name: str = "x"
    inner: _Inner = _Inner()


@dataclass(frozen=True)
class _Outer:
    middle: _Middle = _Middle()


def test_paths_reach_to_any_depth():
    changed = put(_Outer(), middle__inner__b=5, middle__name="y")
    assert changed == _Outer(_Middle("y", _Inner(1, 5)))
    assert get(changed, "middle.inner.b") == 5
    assert put(_Outer(), middle__inner=_Inner(7, 7), middle__inner__a=8).middle.inner == _Inner(8, 7)


@pytest.mark.parametrize(
    ("class_ids", "classes", "kept", "names"),
    [
        ((0, 2, 2), ("saucer", "cup", "spoon"), (0, 1, 1), ("saucer", "spoon")),
        ((2, 0), ("saucer", "cup", "spoon"), (1, 0), ("saucer", "spoon")),
        ((0, 1), ("saucer", "cup"), (0, 1), ("saucer", "cup")),
        ((), ("saucer", "cup"), (), ("object",)),
        ((), (), (), ("object",)),
    ],
)
def test_classes_without_a_box_are_left_out(class_ids, classes, kept, names):
    boxes = ((1.0, 2.0, 3.0, 4.0),) * len(class_ids)
    assert Objects(boxes, class_ids, classes).without_unused_classes() == Objects(boxes, kept, names)


@pytest.mark.parametrize(
    "change",
    [
        {"matching__threshold__high": 2},
        {"anchors__sizes": ()},
        {"matching__threshold__low": 0.9},
        {"suppression__top_k": 0},
    ],
)
def test_a_record_refuses_its_new_values(change):
    with pytest.raises(ValueError):
        put(DEFAULT, **change)


@pytest.mark.parametrize("change", [{"nowhere": 1}, {"matching__threshold__nowhere": 1}])
def test_an_unknown_field_is_a_mistake_in_the_program(change):
    with pytest.raises((TypeError, AttributeError)):
        put(DEFAULT, **change)


@given(app_states())
def test_a_lab_is_a_key(app):
    assert hash(app) == hash(put(app))
    assert put(app) == app


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
@given(app=app_states())
def test_reset_brings_back_the_pages_own_and_nothing_else(page, app):
    fresh = reset(app, *page.resets)
    for name in vars(app):
        source = DEFAULT if name in (*page.resets, "selection") else app
        assert getattr(fresh, name) == getattr(source, name)
    assert (fresh.scene, fresh.objects) == (app.scene, app.objects)


def test_every_setting_is_reset_by_some_page():
    travelling = {"scene", "upload_size", "upload_id", "objects", "code"}  # from page to page
    own = {name for page in PAGES.values() for name in page.resets}
    assert own == set(vars(DEFAULT)) - travelling - {"selection"}


def test_the_default_is_the_book_in_brief():
    assert DEFAULT.anchors == AnchorSpec()
    assert DEFAULT.coder.stds == coder_of(DEFAULT.coder).usual_stds
    assert DEFAULT.objects is None
    assert Objects().boxes == ()
