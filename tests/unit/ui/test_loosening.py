"""The looser rule that Offsets offers: it makes an anchor positive, and no higher threshold of its step would."""

from dataclasses import replace

import pytest

from anchorlab import engine
from anchorlab.scenes.catalogue import IDS
from anchorlab.session import results, scene
from anchorlab.session.app_state import DEFAULT, Objects, put
from anchorlab.settings.anchors import AnchorSpec
from anchorlab.settings.matching import MaxIouSpec, ThresholdSpec, Yolov5Spec, changes_to
from anchorlab.ui.panels import loosening

STRICT = {
    "threshold": ThresholdSpec(high=1, low=0.9, low_quality=False),
    "max_iou": MaxIouSpec(high=1, low=0.9, low_quality=False),
    "max_iou, taking from IoU 1": MaxIouSpec(high=1, min_pos_iou=1),
    "yolov5": Yolov5Spec(side_factor=1),
}


def encodable(here, app) -> int:
    return len(engine.encodable(*results.matched(here, app)))


@pytest.mark.parametrize("border", ["keep", "ignore", "clip"])
@pytest.mark.parametrize("name", STRICT)
@pytest.mark.parametrize("scene_id", IDS)
def test_it_is_the_highest_threshold_that_helps(scene_id, name, border):
    here = scene.built_in(scene_id)
    app = put(DEFAULT, **changes_to(STRICT[name]), anchors__border=border)
    assert encodable(here, app) == 0
    found = loosening.loosened(here, app)
    assert found is not None and found.own == (name != "yolov5")
    looser = put(app, **found.changes)
    rule = looser.matching.spec
    assert encodable(here, looser) > 0 and rule.high == found.high >= rule.low
    assert looser.matching.rule == ("threshold" if name == "yolov5" else app.matching.rule)
    if found.high <= 0.98 and not rule.low_quality:
        higher = replace(rule, high=round(found.high + 0.02, 2))
        assert encodable(here, put(looser, **changes_to(higher))) == 0


def test_where_no_threshold_helps_nothing_is_offered():
    here = scene.built_in("coffee")
    strict = put(DEFAULT, **changes_to(STRICT["threshold"]))
    empty = Objects(classes=("object",))
    none = replace(here, objects=empty)
    assert loosening.loosened(none, strict) is None
    # Between small anchors far apart an object that none overlaps.
    gaps = replace(strict, anchors=AnchorSpec(sizes=(8,), aspect_ratios=(1,), stride=64))
    corner = Objects(((2.0, 2.0, 12.0, 12.0),), (0,), ("object",))
    alone = replace(here, objects=corner)
    assert loosening.loosened(alone, gaps) is None
    # All anchors leave the image and may not take part.
    outside = replace(strict, anchors=AnchorSpec(sizes=(2000,), aspect_ratios=(1,), border="ignore"))
    assert loosening.loosened(here, outside) is None
