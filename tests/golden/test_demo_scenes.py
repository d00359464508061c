"""Every demo scene: what comes out for every library, held against that library's own answers.

Where a library's answer is in `data`, the case's boxes must be those of the stored inputs, moved at most; the
others were measured by running each library on them.
"""

import math

import numpy as np
import pytest

from anchorlab import engine
from anchorlab.canvas.views.rosetta.picture import picture
from anchorlab.catalogue.libraries import ALL, LIBRARIES, as_library
from anchorlab.catalogue.libraries.demo_scenes import DEMO_SCENES
from anchorlab.session import library_answers
from anchorlab.session.app_state import DEFAULT, put
from anchorlab.session.comparison import choose_demo, comparison
from tests.golden.reading import _cases, decode
from tests.unit.session.test_snippets import scene_of

# For each anchor the object it learns, -1 negative, -2 ignored.
LABELS = {
    "low_quality_steals": {
        "d2l": [0, 1], "torchvision": [0, -1], "detectron2": [0, -1], "mmdetection": [1, -1],
        "fizyr": [0, -1], "keras": [0, -1], "ssd": [1, -1],
    },
    "low_quality_steals_reversed": {
        "d2l": [1, 0], "torchvision": [1, -1], "detectron2": [1, -1], "mmdetection": [1, -1],
        "fizyr": [1, -1], "keras": [1, -1], "ssd": [1, -1],
    },
    "two_gts_same_best_anchor": {
        "d2l": [0, 2, -1, 1], "torchvision": [0, 2, -1, -1], "detectron2": [0, 2, -1, -1],
        "mmdetection": [1, 2, -1, -1], "ssd": [1, 2, -1, -1],
    },
    "gt_tied_between_anchors": {
        "d2l": [0, -1, -1], "torchvision": [0, 0, -1], "detectron2": [0, 0, -1], "mmdetection": [0, 0, -1],
        "fizyr": [-1, -1, -1], "keras": [-1, -1, -1], "ssd": [0, -1, -1],
    },
    "anchor_tied_between_gts": {
        "d2l": [0], "torchvision": [0], "detectron2": [0], "mmdetection": [1], "fizyr": [0], "keras": [0],
        "ssd": [1],
    },
    "identical_anchors": {
        "d2l": [0, -1, -1, -1], "torchvision": [0, 0, 0, -1], "detectron2": [0, 0, 0, -1],
        "mmdetection": [0, 0, 0, -1], "fizyr": [-1, -1, -1, -1], "keras": [-2, -2, -2, -1],
        "ssd": [0, -1, -1, -1],
    },
    "gt_overlaps_nothing": {
        "d2l": [0, 1, -1], "torchvision": [0, 0, 0], "detectron2": [0, 0, 0], "mmdetection": [1, 1, 1],
        "fizyr": [0, -1, -1], "keras": [0, -1, -1], "ssd": [1, -1, -1],
    },
    "more_gts_than_anchors": {
        "d2l": [0, 3, 4], "torchvision": [2, 3, 4], "detectron2": [2, 3, 4], "mmdetection": [2, 3, 4],
        "fizyr": [2, 3, 4], "keras": [2, 3, 4], "ssd": [2, 3, 4],
    },
    "exact_thresholds": {
        "torchvision": [0, 1, 2, 3], "detectron2": [0, 1, 2, 3], "d2l": [0, 1, 2, 3], "ssd": [0, 1, 2, 3],
        "fizyr": [0, 1, -1, -1], "keras": [0, 1, -2, -1],
    },
    "points": {
        "d2l": [0, -1], "torchvision": [0, -1], "detectron2": [0, 0], "mmdetection": [0, 0],
        "fizyr": [-1, -1], "keras": [-1, -1], "ssd": [0, -1],
    },
    "outside": {
        "fizyr": [-1, -1, -2, -2, 2], "ssd": [-1, 0, 1, -1, 2],
    },
}  # fmt: skip

EIGHT = list(LIBRARIES)
KEPT = {
    "one_pixel_more": {**{key: [0, 1] for key in EIGHT}, "fast-rcnn": [0]},
    "equal_to_threshold": {**{key: [0, 1] for key in EIGHT}, "fast-rcnn": [0]},
    "three_tenths": {
        **{key: [0, 1] for key in EIGHT},
        **{key: [0] for key in ("torchvision", "detectron2", "yolo", "fast-rcnn")},
    },
    "equal_scores": {**{key: [0, 2, 6] for key in EIGHT}, "ssd": [7, 6, 5], "fast-rcnn": [7, 6, 5]},
    "equal_points": {
        **{key: [0, 1, 2, 3] for key in ("torchvision", "detectron2", "keras", "yolo")},
        "mmdetection": [2],
        **{key: [0, 2] for key in ("d2l", "ssd")},
    },
    "no_width": {**{key: [0, 1] for key in EIGHT}, "mmdetection": [1]},
    "shift_fails": {
        **{key: [0] for key in ("torchvision", "detectron2", "mmdetection")},
        **{key: [0, 1] for key in ("fizyr", "keras", "ssd", "yolo")},
    },
    "normalised_plus_one": {**{key: [0, 1] for key in EIGHT}, "fast-rcnn": [0]},
}

# (case, file, its case)
STORED = [
    ("low_quality_steals", "torchvision_matcher", "low_quality_steals"),
    ("low_quality_steals_reversed", "torchvision_matcher", "low_quality_steals_reversed_order"),
    ("gt_tied_between_anchors", "torchvision_matcher", "gt_tied_between_anchors"),
    ("anchor_tied_between_gts", "torchvision_matcher", "anchor_tied_between_gts_positive"),
    ("identical_anchors", "torchvision_matcher", "identical_anchors"),
    ("more_gts_than_anchors", "torchvision_matcher", "more_gts_than_anchors_leftover_first"),
    ("gt_overlaps_nothing", "detectron2_matcher", "gt_overlaps_nothing"),
    ("low_quality_steals", "d2l_assign_anchor_to_bbox", "low_quality_steals"),
    ("gt_tied_between_anchors", "d2l_assign_anchor_to_bbox", "gt_tied_between_anchors"),
    ("anchor_tied_between_gts", "d2l_assign_anchor_to_bbox", "anchor_tied_between_gts_positive"),
    ("identical_anchors", "d2l_assign_anchor_to_bbox", "identical_anchors"),
    ("more_gts_than_anchors", "d2l_assign_anchor_to_bbox", "more_gts_than_anchors_leftover_first"),
    ("outside", "fizyr_anchor_targets", "targets_anchors_outside_image"),
    ("points", "fizyr_anchor_targets", "targets_zero_area_both_identical"),
    ("outside", "ssdpytorch_match_coder_nms", "match_anchors_outside_image_thr0.5"),
    ("points", "ssdpytorch_match_coder_nms", "match_zero_area_both_identical_thr0.5"),
    ("gt_overlaps_nothing", "ssdpytorch_match_coder_nms", "match_gt_overlaps_nothing_thr0.5"),
]


def stored(file, name):
    found = next(case for case in _cases(file) if case["name"] == name)
    return decode(found["inputs"]), decode(found["outputs"])


def overlaps(anchors, objects):
    return engine.pairwise_iou(np.asarray(anchors, np.float32), np.asarray(objects, np.float32))


def answers(file, given, expected):
    """(library, the object of every anchor or -1, -2) of a stored case."""
    if file == "torchvision_matcher":
        return "torchvision", expected["retinanet"]
    if file == "detectron2_matcher":
        found = expected["retinanet"]
        labels = np.asarray(found["match_labels"])
        return "detectron2", np.select([labels == 1, labels == 0], [found["matches"], -1], -2)
    if file == "d2l_assign_anchor_to_bbox":
        return "d2l", expected["anchors_bbox_map"]
    if file == "fizyr_anchor_targets":
        labels = np.asarray(expected["labels_batch"])[0]
        own = [list(given["labels"]).index(row[:-1].argmax()) if row[:-1].any() else -1 for row in labels]
        return "fizyr", np.select([labels[:, -1] == 1, labels[:, -1] == 0], [own, -1], -2)
    own = [list(given["labels"]).index(c - 1) if c else -1 for c in np.asarray(expected["conf_t"])]
    return "ssd", own


@pytest.mark.parametrize(("name", "file", "original"), STORED)
def test_a_case_is_the_stored_one_and_so_is_its_answer(name, file, original):
    given, expected = stored(file, original)
    case = DEMO_SCENES[name]
    objects = given.get("gts", given.get("ground_truth", given.get("bboxes", given.get("truths"))))
    if "priors_cxcywh" in given:
        c = given["priors_cxcywh"]
        anchors = np.concatenate([c[:, :2] - c[:, 2:] / 2, c[:, :2] + c[:, 2:] / 2], 1)
    else:
        anchors = given["anchors"]
    # Moved together, or what overlaps nothing drawn nearer: every IoU and every size is the same.
    np.testing.assert_array_equal(overlaps(case.anchors, case.objects), overlaps(anchors, objects))
    library, labels = answers(file, given, expected)
    assert library_answers.demo_labels(library, case).code.tolist() == list(map(int, labels))


@pytest.mark.parametrize("name", LABELS)
def test_labels(name):
    for library, expected in LABELS[name].items():
        assert library_answers.demo_labels(library, DEMO_SCENES[name]).code.tolist() == expected, library


@pytest.mark.parametrize("name", KEPT)
def test_kept(name):
    for library, expected in KEPT[name].items():
        assert library_answers.demo_kept(library, DEMO_SCENES[name])[0].keep.tolist() == expected, library


@pytest.mark.parametrize(
    ("name", "file", "original", "library"),
    [
        ("one_pixel_more", "torchvision_nms", "iou_exact_half_thr0.5", "torchvision"),
        ("one_pixel_more", "ssdpytorch_match_coder_nms", "nms_iou_exact_half_thr0.5", "ssd"),
        ("equal_to_threshold", "ssdpytorch_match_coder_nms", "nms_iou_exact_half_plus1_thr0.5", "ssd"),
        ("three_tenths", "torchvision_nms", "iou_exact_0p3_thr0.3", "torchvision"),
        ("three_tenths", "ssdpytorch_match_coder_nms", "nms_iou_exact_0p3_thr0.3", "ssd"),
        ("equal_scores", "torchvision_nms", "all_scores_equal_thr0.3", "torchvision"),
        ("equal_scores", "d2l_nms", "all_scores_equal_thr0.3", "d2l"),
        ("equal_scores", "ssdpytorch_match_coder_nms", "nms_all_scores_equal_thr0.3", "ssd"),
        ("equal_points", "torchvision_nms", "zero_area_thr0.5", "torchvision"),
        ("equal_points", "d2l_nms", "zero_area_thr0.5", "d2l"),
        ("equal_points", "ssdpytorch_match_coder_nms", "nms_zero_area_thr0.5", "ssd"),
        ("shift_fails", "torchvision_nms", "multiclass_max_coordinate_minus_one_thr0.5", "torchvision"),
    ],
)
def test_a_suppression_is_the_stored_one_and_so_is_its_answer(name, file, original, library):
    given, expected = stored(file, original)
    case = DEMO_SCENES[name]
    boxes = np.asarray(case.predictions, np.float32)
    if name in ("equal_scores", "shift_fails"):
        np.testing.assert_allclose(boxes, given["boxes"], rtol=1e-7)
    else:
        moved = boxes - boxes[:1, [0, 1, 0, 1]]
        origin = np.asarray(given["boxes"])
        np.testing.assert_array_equal(moved, origin - origin[:1, [0, 1, 0, 1]])
    np.testing.assert_allclose(np.float32(case.scores), given["scores"])
    assert case.iou_threshold == given.get("iou_threshold", given.get("overlap"))
    keep = expected["batched_nms"] if name == "shift_fails" else expected.get("nms", expected.get("keep"))
    assert library_answers.demo_kept(library, case)[0].keep.tolist() == list(map(int, keep))


def test_all_other_cases_are_named_below():
    rest = {name for name, case in DEMO_SCENES.items() if case.kind in ("anchors", "coder")}
    assert set(DEMO_SCENES) == rest | set(LABELS) | set(KEPT)
    assert len(DEMO_SCENES) >= 25


# --- anchors -----------------------------------------------------------------------------------------


def first(library, name, count=1):
    case = DEMO_SCENES[name]
    found = library_answers.generated(library, case.spec, int(case.height), int(case.width))
    return library_answers.cell_anchors(found, 0)[:count], found


def sides(boxes):
    return boxes[:, 2:] - boxes[:, :2]


def test_the_ratio_a_quarter_lies_or_stands():
    for library in ("torchvision", "detectron2", "mmdetection", "fizyr"):
        box = sides(first(library, "ratio_quarter")[0])[0]
        assert box.tolist() == [128, 32], library
    for library in ("d2l", "keras"):
        assert sides(first(library, "ratio_quarter")[0])[0].tolist() == [32, 128], library


def test_the_order_is_each_librarys_own():
    _, expected = stored("detectron2_anchor_generator", "retinanet_R_50_FPN_640x832_offset0")
    np.testing.assert_allclose(first("detectron2", "order", 9)[0], expected["cell_anchors"][0], rtol=1e-5)
    _, expected = stored("torchvision_anchor_generator", "retinanet_640x832")
    np.testing.assert_array_equal(first("torchvision", "rounding", 9)[0], expected["cell_anchors"][0])
    # mmdetection: by ratio, exact, centre 0.
    np.testing.assert_allclose(
        first("mmdetection", "order", 3)[0][:2],
        [[-22.627417, -11.3137085, 22.627417, 11.3137085], [-28.508759, -14.254379, 28.508759, 14.254379]],
        rtol=1e-6,
    )
    _, expected = stored("kerasio_anchors", "anchor_dims")
    dims = np.asarray(expected["anchor_dims"][0]).reshape(-1, 2)
    np.testing.assert_allclose(sides(first("keras", "order", 9)[0]), dims, rtol=1e-5)


def test_the_steps_of_seven_columns():
    steps = {
        "torchvision": 118,
        "d2l": 832 / 7,
        "detectron2": 128,
        "mmdetection": 128,
        "fizyr": 128,
        "keras": 128,
    }
    for library, step in steps.items():
        found = first(library, "stride_118")[1]
        assert found.levels[0][1:3] == (5, 7)
        centres = library_answers.centres(found).reshape(5, 7, 2)
        np.testing.assert_allclose(np.diff(centres[0, :, 0]), step, rtol=1e-4, err_msg=library)
        np.testing.assert_allclose(np.diff(centres[:, 0, 1]), 128, rtol=1e-5)


def test_the_first_centre():
    for library, conventions in LIBRARIES.items():
        centre = library_answers.centres(first(library, "center")[1])[0]
        np.testing.assert_allclose(centre, 16 * conventions.center, atol=1e-5, err_msg=library)


def test_ssd_pytorch_moves_centres_to_the_border():
    """The third map of SSD300, as its own code answers: `ssdpytorch_prior_box`, clamped to 1."""
    _, expected = stored("ssdpytorch_prior_box", "ssd300_voc")
    assert expected["levels_cxcywh"][2]["max_columns"][:2].tolist() == [1, 1]
    centres = {
        name: library_answers.centres(first(name, "centers_clipped")[1]) for name in ("ssd", "keras", "fizyr")
    }
    assert centres["ssd"].max() == 300 and centres["keras"].max() == centres["fizyr"].max() == 304
    moved = np.abs(centres["ssd"] - centres["keras"]).max(axis=1) > 1e-3
    assert moved.sum() == 19
    app = put(DEFAULT, **choose_demo("centers_clipped"))
    shown = picture(comparison(app, scene_of(app)))
    assert shown["counter"] | {"text": ""} == {
        "same": 81,
        "differ": 19,
        "alone": 19,
        "total": 100,
        "noun": "cells",
        "text": "",
    }
    assert "<b>19</b> of 100 cells" in shown["counter"]["text"] and "because" not in shown["counter"]["text"]
    assert shown["sides"][0]["within"] == [300, 300] and shown["sides"][1]["within"] is None
    assert "<b>Not beyond, at 300</b>: ssd.pytorch." in shown["reveal"]


def test_ssd_cuts_sides():
    """SSD300's sixth map has the size 264: of ratio 2 the box would be 373 pixels wide."""
    boxes = sides(first("ssd", "default_boxes", 8)[0])
    np.testing.assert_allclose(boxes[6], [300, 264 / 2**0.5], rtol=1e-6)
    assert boxes.max() == 300
    assert sides(first("keras", "default_boxes", 4)[0]).max() > 373


def test_the_books_text_and_code():
    np.testing.assert_allclose(sides(first("d2l", "d2l_text")[0])[0], [420.75, 420.75], rtol=1e-6)
    np.testing.assert_allclose(sides(first("d2l-text", "d2l_text")[0])[0], [546, 420.75], rtol=1e-6)


# --- coders ------------------------------------------------------------------------------------------


def written(library, name):
    case = DEMO_SCENES[name]
    anchor, box = np.float32(case.anchors[0]), np.float32(case.objects[0])
    return library_answers.encoded(library, anchor, box, case.stride)


def read(library, name):
    case = DEMO_SCENES[name]
    return library_answers.decoded(
        library, np.float32(case.anchors[0]), np.float32(case.offsets), case.stride
    )


def test_a_box_equal_to_its_anchor():
    given, expected = stored("d2l_offset_coder", "encode_identity")
    case = DEMO_SCENES["identity"]
    assert [list(case.anchors[0]), list(case.objects[0])] == [
        given["anchors"][0].tolist(),
        given["assigned_bb"][0].tolist(),
    ]
    np.testing.assert_allclose(written("d2l", "identity"), expected["offset"][0], rtol=1e-5)
    for library in set(LIBRARIES) - {"d2l"}:
        assert not written(library, "identity").any(), library


def test_corners():
    """The corners' shifts over 80 pixels and 0.2, as fizyr's stored targets are made."""
    np.testing.assert_allclose(written("fizyr", "corner_coder"), [30 / 16, 10 / 16, 90 / 16, -10 / 16])
    centre = [0.75, 0, math.log(140 / 80), math.log(60 / 80)]
    for library in ("torchvision", "detectron2", "mmdetection"):
        np.testing.assert_allclose(written(library, "corner_coder"), centre, rtol=1e-5, atol=1e-7)
    given, expected = stored("fizyr_anchor_targets", "targets_gt_tied_between_anchors")
    ours = as_library.encode_as("fizyr", given["anchors"][:1], given["bboxes"])
    np.testing.assert_allclose(ours[0], np.asarray(expected["regression_batch"])[0, 0, :4], rtol=1e-6)


def test_stds():
    ratio = written("ssd", "stds") / written("torchvision", "stds")
    np.testing.assert_allclose(ratio, [10, 10, 5, 5], rtol=1e-4)
    np.testing.assert_allclose(written("keras", "stds"), written("ssd", "stds"))


def test_the_clamp_is_the_stored_one():
    _, expected = stored("torchvision_box_coder", "decode_huge_dw_dh_w1_1")
    widest = np.asarray(expected["boxes"])[2]  # dw = 10
    for library in ("torchvision", "detectron2", "mmdetection"):
        box = read(library, "clamp")
        np.testing.assert_allclose(box[2] - box[0], widest[2] - widest[0], rtol=1e-5)
    box = read("yolo", "clamp")
    np.testing.assert_allclose(box[2] - box[0], 16 * math.exp(10), rtol=1e-5)


def test_only_mmdetection_bounds_the_shrinking():
    for library, width in {
        "mmdetection": 16,
        "torchvision": 1000 * math.exp(-6),
        "detectron2": 1000 * math.exp(-6),
    }.items():
        box = read(library, "clamp_both")
        np.testing.assert_allclose(box[2] - box[0], width, rtol=1e-3, err_msg=library)


# --- what every case promises --------------------------------------------------------------------------


@pytest.mark.parametrize("name", DEMO_SCENES)
def test_a_case_bites(name):
    """Its two libraries part on it, and its words are in order."""
    case = DEMO_SCENES[name]
    assert case.look.endswith(".") and case.predict.endswith("?") and len(case.look) < 260
    assert {case.a, case.b} <= set(ALL)
    app = put(DEFAULT, **choose_demo(name))
    shown = picture(comparison(app, scene_of(app)))
    assert not any(side["problem"] for side in shown["sides"])
    assert shown["counter"]["differ"] > 0
    documented = dict(case.documented)
    assert bool(documented) == bool(case.why_documented)
    assert set(documented) <= set(LIBRARIES)
