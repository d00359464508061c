"""Every library's conventions, held against that library's answers."""

import itertools

import numpy as np
import pytest

from anchorlab import engine
from anchorlab.catalogue.libraries import LIBRARIES, as_library
from anchorlab.catalogue.libraries.as_library import pyramid_spec
from anchorlab.catalogue.presets import PRESETS, RATIOS
from anchorlab.core.boxes import cxcywh_to_xyxy, xyxy_to_cxcywh
from anchorlab.settings.pyramids import octaves
from tests.golden.reading import assert_boxes, cases, decode
from tests.golden.test_torchvision import float32_below

STRIDES = (8, 16, 32, 64, 128)
RETINANET = (STRIDES, [octaves(4 * stride) for stride in STRIDES], [RATIOS] * 5)


def case(file, name):
    from tests.golden.reading import _cases

    found = next(case for case in _cases(file) if case["name"] == name)
    return decode(found["inputs"]), decode(found["outputs"])


# --- generating anchors ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("library", "file", "name", "levels"),
    [
        ("torchvision", "torchvision_anchor_generator", "retinanet_640x832", "levels"),
        ("detectron2", "detectron2_anchor_generator", "retinanet_R_50_FPN_640x832_offset0", "levels"),
        ("fizyr", "yhenon_anchors", "anchors_640x832", "levels"),
        ("keras", "kerasio_anchors", "anchors_640x832", "levels_cxcywh"),
    ],
)
def test_retinanet_on_640_x_832(library, file, name, levels):
    """fizyr's anchors are yhenon's. mmdetection's are fizyr's with the centre at 0."""
    _, expected = case(file, name)
    anchors = as_library.generate_as(library, 640, 832, *RETINANET)
    assert len(anchors.xyxy) == 99765
    for level, stored in enumerate(expected[levels]):
        xyxy = anchors.xyxy[anchors.levels[level].span]
        assert_boxes(xyxy_to_cxcywh(xyxy) if "cxcywh" in levels else xyxy, stored)


def test_mmdetections_first_anchor():
    first = as_library.generate_as("mmdetection", 640, 832, *RETINANET).xyxy[:2]
    np.testing.assert_allclose(first[0], [-22.627417, -11.3137085, 22.627417, 11.3137085], rtol=1e-6)
    assert first[1, 2] > first[0, 2]  # the next size, not the next ratio


def ssd_levels(inputs):
    """Image side in pixels, and the settings of `generate_as`.

    Adapter: a level has one min and one max size in pixels; `clip` of the library is always on in its configurations.
    """
    cfg = inputs.get("cfg", inputs)
    sizes = list(zip(cfg["min_sizes"], cfg["max_sizes"], strict=True))
    maps = [(n, n) for n in cfg["feature_maps"]]
    return cfg["min_dim"], (cfg["steps"], sizes, cfg["aspect_ratios"], maps), cfg["clip"]


@cases("ssdpytorch_prior_box")
def test_ssd_pytorchs_prior_boxes(given, expected, name):
    """Adapter: priors are centres and sides there, as fractions of the image; clamped are all four numbers."""
    side, settings, clip = ssd_levels(given)
    changes = {} if clip else {"clipping": "none", "centers": "keep"}
    anchors = as_library.generate_as("ssd", side, side, *settings, **changes)
    priors = xyxy_to_cxcywh(anchors.xyxy) / np.float32(side)
    if "priors_cxcywh" in expected:
        assert_boxes(priors, expected["priors_cxcywh"], atol=1e-6)
        return
    assert len(priors) == expected["total"] == 8732
    for level, stored in enumerate(expected["levels_cxcywh"]):
        assert_boxes(priors[anchors.levels[level].span], stored, atol=1e-6)


def test_ssd_pytorch_moves_the_last_row_and_column_of_one_map():
    """Of 10 x 10 cells, 32 pixels apart, the last are centred at 304 of 300: 19 cells of 6 shapes."""
    given, _ = case("ssdpytorch_prior_box", "ssd300_voc")
    side, settings, _ = ssd_levels(given)
    clamped, kept = (
        as_library.generate_as("ssd", side, side, *settings, **how) for how in ({}, {"centers": "keep"})
    )
    shift = clamped.xyxy - kept.xyxy
    moved = np.flatnonzero(np.abs(shift).max(axis=1) > 1e-3)
    assert len(moved) == 114 and set(clamped.level[moved]) == {2}
    cells = clamped.cell[moved]
    assert ((cells // 10 == 9) | (cells % 10 == 9)).all()
    np.testing.assert_allclose(shift.min(), -4, atol=1e-4)
    np.testing.assert_array_equal(np.abs(shift[moved]).max(axis=1).round(3), 4)
    # Whether an anchor lies within the image is told of where it was moved to.
    x1, y1, x2, y2 = clamped.xyxy.T
    np.testing.assert_array_equal(clamped.inside, (x1 >= 0) & (y1 >= 0) & (x2 <= side) & (y2 <= side))


def test_torchvisions_default_boxes():
    """torchvision's SSD300 on the scales that are there times 300 pixels: its clip leaves the centres alone."""
    given, expected = case("torchvision_default_box_generator", "ssd300_vgg16")
    settings = given["kwargs"]
    sizes = [300 * scale for scale in settings["scales"]]
    anchors = as_library.generate_as(
        "ssd",
        300,
        300,
        settings["steps"],
        list(itertools.pairwise(sizes)),
        settings["aspect_ratios"],
        given["grid_sizes_hw"],
        centers="keep",
    )
    for level, stored in enumerate(expected["levels_xyxy"]):
        assert_boxes(anchors.xyxy[anchors.levels[level].span], stored)


@cases("d2l_multibox_prior", outside=("book_561x728",))
def test_d2ls_anchors(given, expected, name):
    """Adapter: sizes are fractions of the image height there, and boxes are normalised."""
    height, width = 100.0 * given["in_height"], 100.0 * given["in_width"]
    sizes = [[height * size for size in given["sizes"]]]
    grid = (given["in_height"], given["in_width"])
    anchors = as_library.generate_as("d2l", height, width, [100], sizes, [given["ratios"]], [grid]).xyxy
    stored = expected["anchors"][0] if "anchors" in expected else expected["summary"]
    assert_boxes(anchors / np.float32([width, height, width, height]), stored, atol=3e-6)


# --- matching and targets ------------------------------------------------------------------------------


DETECTRON2_CLASSES = 3  # so that 3 is the background


def coded(matches):
    return np.select([matches.label == 1, matches.label == 0], [matches.gt_index, -1], -2)


@cases("torchvision_matcher")
def test_torchvisions_matches(given, expected, name):
    matches = as_library.match_as("torchvision", given["anchors"], given["gts"])
    if "raises" in expected["retinanet"] or name == "zero_area_both_identical":
        return  # documented in test_torchvision
    np.testing.assert_array_equal(coded(matches), expected["retinanet"])


@cases("detectron2_matcher")
def test_detectron2s_matches(given, expected, name):
    matches = as_library.match_as("detectron2", given["anchors"], given["gts"])
    np.testing.assert_array_equal(matches.label, expected["retinanet"]["match_labels"])
    if not len(given["gts"]) or "retinanet_label_anchors" not in expected:
        return
    targets = expected["retinanet_label_anchors"]
    if not isinstance(targets, dict) or "gt_labels" not in targets:
        return
    classes = np.asarray(given["gt_classes"])
    ours = as_library.classes_as("detectron2", matches, classes, DETECTRON2_CLASSES)
    np.testing.assert_array_equal(ours, targets["gt_labels"])


@cases("fizyr_anchor_targets", "targets")
def test_fizyrs_matches(given, expected, name):
    image = tuple(given["image_shape"][:2])
    matches = as_library.match_as("fizyr", given["anchors"], given["bboxes"], image=image)
    labels = expected["labels_batch"][0]
    np.testing.assert_array_equal(matches.label, labels[:, -1])
    # Adapter: classes are one-hot there, all zeros for background and ignored.
    one_hot = np.where(labels[:, :-1].any(axis=1), labels[:, :-1].argmax(axis=1) + 1, labels[:, -1])
    ours = as_library.classes_as("fizyr", matches, given["labels"], 3)
    np.testing.assert_array_equal(ours, one_hot)


@cases("d2l_assign_anchor_to_bbox")
def test_d2ls_matches(given, expected, name):
    if "raises" in expected or "leftover" in name:
        return  # documented in test_d2l
    spec = {"high": given["iou_threshold"], "low": 0}
    matches = as_library.match_as("d2l", given["anchors"], given["ground_truth"], **spec)
    stored = np.asarray(expected["anchors_bbox_map"])
    if len(given["ground_truth"]) > len(given["anchors"]):
        assert (matches.label == 1).all() and (stored >= 0).all()
        return
    np.testing.assert_array_equal(np.where(matches.label == 1, matches.gt_index, -1), stored)


@cases("ssdpytorch_match_coder_nms", "match")
def test_ssds_matches(given, expected, name):
    anchors = np.asarray(cxcywh_to_xyxy(given["priors_cxcywh"]))
    matches = as_library.match_as("ssd", anchors, given["truths"], high=given["threshold"])
    classes = as_library.classes_as("ssd", matches, given["labels"], 3)
    np.testing.assert_array_equal(classes, expected["conf_t"])


@cases("yolov5_build_targets")
def test_yolos_matches(given, expected, name):
    height, width = given["image_hw"]
    sides = [np.reshape(level, (-1, 2)).tolist() for level in given["anchors_px"]]
    spec = pyramid_spec(LIBRARIES["yolo"], given["strides"], sides, [()] * 3)
    anchors = engine.generate_anchors(spec, height, width)
    targets = given["targets_img_cls_xywh_norm"].reshape(-1, 6)
    for image in (0, 1):
        boxes = targets[targets[:, 0] == image][:, 2:] * np.float32([width, height, width, height])
        boxes = np.asarray(cxcywh_to_xyxy(boxes))
        matches = as_library.match_as(
            "yolo", None, boxes, image=(height, width), pyramid=spec, side_factor=given["anchor_t"]
        )
        stored = []
        for level, found in enumerate(expected):
            here = found["image"] == image
            own = anchors.levels[level]
            cell = found["grid_y"][here] * own.cols + found["grid_x"][here]
            stored += (own.start + cell * 3 + found["anchor"][here]).tolist()
        assert sorted(set(stored)) == np.flatnonzero(matches.label == 1).tolist()


# --- coders ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("library", "file", "name", "given_key", "expected_key"),
    [
        ("d2l", "d2l_offset_coder", "encode_random_16", "assigned_bb", "offset"),
        ("d2l", "d2l_offset_coder", "encode_identity", "assigned_bb", "offset"),
        ("torchvision", "torchvision_box_coder", "encode_random_16_w1_1", "gts", "deltas"),
        ("detectron2", "torchvision_box_coder", "encode_random_16_w1_1", "gts", "deltas"),
        ("fizyr", "fizyr_anchor_targets", "bbox_transform", "gts", "targets"),
    ],
)
def test_encoding(library, file, name, given_key, expected_key):
    given, expected = case(file, name)
    ours = as_library.encode_as(library, given["anchors"], given[given_key])
    np.testing.assert_allclose(ours, expected[expected_key], rtol=2e-4, atol=2e-4)


@pytest.mark.parametrize("library", ["torchvision", "detectron2"])
def test_decoding_is_clamped_above(library):
    given, expected = case("torchvision_box_coder", "decode_huge_dw_dh_w1_1")
    ours = as_library.decode_as(library, given["anchors"], given["deltas"])
    np.testing.assert_allclose(ours, expected["boxes"], rtol=1e-5, atol=1e-3)


def test_ssds_coder():
    given, expected = case("ssdpytorch_match_coder_nms", "decode_random_12")
    anchors = np.asarray(cxcywh_to_xyxy(given["priors_cxcywh"]))
    boxes = as_library.decode_as("ssd", anchors, given["loc"])
    np.testing.assert_allclose(boxes, next(iter(expected.values())), rtol=1e-5, atol=1e-3)
    np.testing.assert_allclose(as_library.encode_as("ssd", anchors, boxes), given["loc"], atol=1e-3)


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_box_comes_back(library):
    spec = PRESETS["yolov3"].spec
    anchors = engine.generate_anchors(spec, 64, 64)
    boxes = anchors.xyxy + np.float32([1, 2, 3, 1])
    stride = np.array([level.stride for level in spec.levels])[anchors.level]
    settings = {"stride": stride} if LIBRARIES[library].coder == "cell" else {}
    offsets = as_library.encode_as(library, anchors.xyxy, boxes, **settings)
    np.testing.assert_allclose(
        as_library.decode_as(library, anchors.xyxy, offsets, **settings), boxes, rtol=1e-5, atol=1e-3
    )


# --- suppression ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("library", "file", "threshold"),
    [
        ("torchvision", "torchvision_nms", float32_below),
        ("detectron2", "torchvision_nms", float32_below),
        ("d2l", "d2l_nms", float),
        ("ssd", "ssdpytorch_match_coder_nms", float),
    ],
)
def test_suppression(library, file, threshold):
    from tests.golden.reading import _cases

    compared = 0
    for stored in _cases(file):
        given, expected = decode(stored["inputs"]), decode(stored["outputs"])
        name = stored["name"]
        keep = expected.get("nms", expected.get("keep")) if "raises" not in expected else None
        # Two points of 0 / 0, and float64 boxes, are in the tests of each library.
        if keep is None or "zero_area" in name or "float64" in name or not len(given["boxes"]):
            continue
        settings = {
            "iou_threshold": threshold(given.get("iou_threshold", given.get("overlap"))),
            "score_threshold": 0,
            "per_class": False,
        }
        boxes = given["boxes"]
        record = as_library.suppress_as(library, boxes, given["scores"], np.zeros(len(boxes)), **settings)
        np.testing.assert_array_equal(record.keep, keep, err_msg=name)
        compared += 1
    assert compared > 20
