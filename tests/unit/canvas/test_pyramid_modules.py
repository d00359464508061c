"""Grids and pyramids in the browser: every anchor bit for bit, every level's best anchor, as the engine has them."""

import hashlib
from dataclasses import replace

import numpy as np
import pytest

from anchorlab.catalogue.presets import PRESETS
from anchorlab.scenes.catalogue import load_scene
from anchorlab.session import anchor_source, results
from anchorlab.session.anchor_source import AnchorSource
from anchorlab.session.app_state import Objects
from anchorlab.settings.anchors import AnchorSpec
from anchorlab.settings.pyramids import LevelSpec

RETINANET = PRESETS["retinanet"].spec
SPECS = {
    "as it is": [AnchorSource(preset.spec) for preset in PRESETS.values()],
    "resized": [
        AnchorSource(RETINANET, 0.5),
        AnchorSource(RETINANET, 0.85),
        AnchorSource(PRESETS["ssd300"].spec, (300, 300)),
    ],
    "conventions": [
        AnchorSource(replace(RETINANET, center=center, uneven=uneven, border=border), resize)
        for center, uneven, border, resize in [
            (0, "keep", "clip", 1.0),
            (0.5, "floor", "ignore", 0.7),
            (0, "exact", "keep", (512, 320)),
            (0.5, "exact", "ignore", 1.0),
        ]
    ],
    "one grid": [
        AnchorSource(AnchorSpec()),
        AnchorSource(AnchorSpec(combine="first", ratio_means="w/h", aspect_ratios=(2, 0.5, 1))),
        AnchorSource(AnchorSpec(stride=16, center=0, border="clip")),
        AnchorSource(AnchorSpec(stride=8.25, border="ignore")),
        AnchorSource(AnchorSpec(stride=45.3, border="ignore", sizes=(50.5, 97))),
    ],
    "one's own": [
        AnchorSource(
            replace(RETINANET, levels=(LevelSpec(33.3, ((20, 70.5), (81, 12))), LevelSpec(97, ((150, 90),))))
        )
    ],
}


def in_the_browser(source: AnchorSource, height: int, width: int) -> list:
    """A pyramid as the page sends it, with the size of the resized picture."""
    return [anchor_source.spec_data(source.spec), source.frame(height, width)[::-1]]


@pytest.mark.parametrize("kind", SPECS)
@pytest.mark.parametrize("scene", ["coffee", "coins"])
def test_levels_anchors_and_winners_are_the_engines(scene, kind, run):
    here = load_scene(scene)
    objects = Objects(
        tuple(tuple(map(float, b)) for b in here.boxes), tuple(here.class_ids.tolist()), here.classes
    )
    size = (here.height, here.width)
    pyramids = [in_the_browser(source, *size) for source in SPECS[kind]]
    answers = run("pyramids", pyramids=pyramids, boxes=here.boxes, width=here.width, height=here.height)
    for source, got in zip(SPECS[kind], answers, strict=True):
        anchors = results.anchors(source, *size)
        np.testing.assert_array_equal(got["first"], anchors.xyxy.ravel()[:400])
        assert got["bits"] == hashlib.sha256(anchors.xyxy.tobytes()).hexdigest(), source
        assert got["outside"] == int((~anchors.inside).sum())
        for k, (level, want) in enumerate(zip(got["levels"], anchors.levels, strict=True)):
            assert level["name"] == anchor_source.name(source.spec.levels[k].name, k)
            assert (level["start"], level["rows"], level["cols"]) == (want.start, want.rows, want.cols)
            assert (level["stride_y"], level["stride_x"]) == want.stride
            assert level["shapes"] == [list(shape) for shape in want.widths_heights]
        reach = results.level_fit(source, *size, objects)
        np.testing.assert_array_equal(np.asarray(got["iou"]).T, reach.iou)
        np.testing.assert_array_equal(np.asarray(got["anchor"]).T, reach.anchor)
        winner = np.where(reach.iou.max(axis=0) > 0, reach.iou.argmax(axis=0), -1)
        np.testing.assert_array_equal(got["winner"], winner)
