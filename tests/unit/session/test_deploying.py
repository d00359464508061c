"""What is left on a picture when weights have fewer bits, as the page and its script say it."""

import contextlib
import io
from dataclasses import replace

import numpy as np
import pytest

from anchorlab import engine
from anchorlab.canvas.pages import PAGES
from anchorlab.detector import predict, quantise, shipped
from anchorlab.session import deploying, scene
from anchorlab.session.app_state import DEFAULT, put
from anchorlab.session.own import Own
from anchorlab.session.trainings import Entry
from anchorlab.settings.deployment import FULL, QUANTISATIONS, Quantisation

HERE = scene.built_in("coffee")
DETECTOR = shipped.detector()


def test_each_box_is_one_of_all_bits_or_none():
    whole, *others = deploying.on(HERE, DEFAULT, DETECTOR)
    count = len(whole.kept.scores)
    assert count == 6 and whole.partner.tolist() == list(range(count)) and (whole.overlap == 1).all()
    for left in others:
        same = left.partner >= 0
        assert len(set(left.partner[same])) == same.sum(), "no box is two"
        assert (left.kept.class_ids[same] == whole.kept.class_ids[left.partner[same]]).all()
        iou = engine.pairwise_iou(left.kept.xyxy, whole.kept.xyxy)
        np.testing.assert_allclose(iou[np.flatnonzero(same), left.partner[same]], left.overlap[same])
        assert (left.overlap[same] >= deploying.SAME).all()
        # What is new or lost had no partner that was free.
        lost = np.setdiff1d(np.arange(count), left.partner)
        alike = left.kept.class_ids[~same][:, None] == whole.kept.class_ids[lost]
        assert (iou[~same][:, lost] * alike < deploying.SAME).all()
    for scores in (whole.before, whole.left):
        np.testing.assert_array_equal(scores, whole.kept.scores)


def test_a_black_picture_leaves_nothing():
    nothing = deploying._left(DETECTOR, np.zeros((50, 40, 3), np.uint8))[0]
    assert not len(nothing.kept.scores) and not len(nothing.partner) and not len(nothing.left)


@pytest.mark.parametrize("asked", [Quantisation(FULL), Quantisation(4), Quantisation(3, "channel")], ids=str)
@pytest.mark.parametrize("picture", [6, -1])
def test_the_script_prints_what_the_page_shows(asked, picture):
    app = put(DEFAULT, deployment__weights=asked, deployment__picture=picture)
    here = scene.built_in("shapes") if picture < 0 else HERE
    code = PAGES["deploy"].code(app, here)
    compile(code, "script", "exec")
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(code, {})  # noqa: S102 (that is what is tested)
    size, *lines = out.getvalue().splitlines()
    assert size == f"{quantise.size(DETECTOR.network, asked)} bytes"
    errors, boxes = (
        [line for line in lines if "error" in line],
        [line for line in lines if "error" not in line],
    )
    assert errors == [
        f"{layer.name}: error {left.error:.4f}"
        for layer, left in zip(deploying.layers(DETECTOR), deploying.rounded(DETECTOR, asked), strict=True)
    ]
    left = deploying.on(here, app, DETECTOR)[QUANTISATIONS.index(asked)].kept
    told = [line.split(" ")[:2] for line in boxes]
    names = ("ellipse", "rectangle", "triangle")
    assert told == [
        [names[class_id], f"{score:.4f}"] for class_id, score in zip(left.class_ids, left.scores, strict=True)
    ]


def test_a_detector_of_ones_own_is_measured_then(monkeypatch):
    monkeypatch.setattr(deploying, "MEASURED", 3)
    own = predict.Detector(DETECTOR.spec, DETECTOR.network)
    scenes, of = deploying.figures(own)
    assert scenes == 3 and list(of) == list(QUANTISATIONS) and of[QUANTISATIONS[0]]["AP50"] > 0.5
    other = predict.Detector(replace(DETECTOR.spec, classes=("a", "b", "c")), DETECTOR.network)
    assert deploying.figures(other) is None
    mine = Own(trainings={2: Entry(loaded="mine", ended=(None, other))})
    message = PAGES["deploy"].shown(HERE, put(DEFAULT, weights=2), mine)
    assert message["names"] == ["a", "b", "c"] and message["variants"][0]["ap50"] is None
    assert "weights.from_bytes" in PAGES["deploy"].code(put(DEFAULT, weights=2), HERE, mine)
