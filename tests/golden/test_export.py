"""Settings written for other libraries: what those libraries made of the code, and what the engine makes of the settings.

`data/export.json` holds what torchvision 0.22, detectron2 0.6 and MMDetection 3.3 answered when the code was run in them.
`export_peers` stands in for them here, as far as the code needs, so that the code itself is run in every test, too.
"""

import ast
import json

import numpy as np
import pytest

from anchorlab import engine
from anchorlab.catalogue.matching import rule_of
from anchorlab.catalogue.suppression import hard
from anchorlab.export.recipe import levels
from anchorlab.export.targets import TARGETS
from tests.golden import export_peers
from tests.golden.export_cases import RECIPES, boxes, offsets, predictions
from tests.golden.reading import DATA, decode

STORED = {
    case["name"]: decode(case["outputs"]) for case in json.loads((DATA / "export.json").read_text())["cases"]
}
LIBRARIES = tuple(TARGETS)

# Where a library differs, its code says so, in these words.
SAID = {
    ("torchvision", "match: max-iou"): "the last of these objects takes it",
    ("torchvision", "match: max-iou, one each"): "the last of these objects takes it",
    ("detectron2", "match: max-iou"): "the last of these objects takes it",
    ("detectron2", "match: max-iou, one each"): "the last of these objects takes it",
    ("torchvision", "anchors: left out"): "take no part",
    ("detectron2", "anchors: left out"): "only RPN leaves them out",
    ("detectron2", "anchors: clipped"): "does not clip",
    ("mmdetection", "anchors: clipped"): "does not clip",
    ("torchvision", "anchors: SSD"): "is not the stride of every level",
    ("torchvision", "coder: means"): "subtract (1, 0, -1, 1.5)",
    ("detectron2", "coder: means"): "subtract (1, 0, -1, 1.5)",
    ("torchvision", "coder: both"): "bound is above only",
    ("detectron2", "coder: both"): "bound is above only",
    ("torchvision", "coder: eps"): "adds 1e-06",
    ("detectron2", "coder: eps"): "adds 1e-06",
    ("mmdetection", "coder: eps"): "adds 1e-06",
    ("mmdetection", "coder: default"): "wh_ratio_clip",
    ("mmdetection", "coder: means"): "wh_ratio_clip",
    ("mmdetection", "coder: thirds"): "wh_ratio_clip=0.2231301",
    ("mmdetection", "coder: ones"): "on both sides",
    ("detectron2", "nms: last"): "in AnchorLab the last",
    ("mmdetection", "nms: last"): "in AnchorLab the last",
    ("detectron2", "nms: inclusive"): "x2 - x1 + 1",
    ("detectron2", "nms: any class"): "across classes",
}
# Parts that a library has not are left out, and said.
MISSING = {
    "match: greedy": LIBRARIES,
    "match: yolo": LIBRARIES,
    "match: yolov5": LIBRARIES,
    "match: atss": ("torchvision", "detectron2"),
    "match: ssd": ("detectron2",),
    "coder: corner": LIBRARIES,
    "coder: cell": ("torchvision", "detectron2"),
    "nms: diou": LIBRARIES,
    "nms: linear": ("torchvision", "detectron2"),
    "nms: gaussian": ("torchvision", "detectron2"),
    "nms: matrix": LIBRARIES,
    "nms: fusion": LIBRARIES,
    "anchors: n + m - 1 at the corner": ("mmdetection",),
}


def code(library: str, name: str) -> str:
    return TARGETS[library](RECIPES[name])


def spoken(text: str) -> str:
    """The comments of a piece of code as one line."""
    return " ".join(line.strip().lstrip("# ") for line in text.splitlines() if line.strip().startswith("#"))


def laid(name: str) -> np.ndarray:
    recipe = RECIPES[name]
    return engine.generate_anchors(recipe.anchors, recipe.height, recipe.width).xyxy


def assert_anchors(stored, anchors) -> None:
    if isinstance(stored, dict):
        assert stored["count"] == len(anchors)
        np.testing.assert_allclose(anchors[stored["sample_index"]], stored["sample_rows"], atol=2e-4)
        assert np.float64(anchors).sum() == pytest.approx(stored["sum"], abs=2e-4 * anchors.size)
    else:
        np.testing.assert_allclose(anchors, stored, atol=2e-4)


def named(kind: str) -> list[str]:
    return [name for name in RECIPES if name.startswith(f"{kind}:")]


@pytest.mark.parametrize("name", RECIPES)
@pytest.mark.parametrize("library", LIBRARIES)
def test_the_code_is_python_and_says_what_is_missing(library, name):
    text = code(library, name)
    ast.parse(text)
    assert max(map(len, text.splitlines())) <= 110
    if (library, name) in SAID:
        assert SAID[library, name] in spoken(text)
    if library in MISSING.get(name, ()):
        assert (
            " no " in spoken(text) or "left as it was" in spoken(text) or "not shapes alone" in spoken(text)
        )


@pytest.mark.parametrize("name", named("anchors"))
@pytest.mark.parametrize("library", LIBRARIES)
def test_the_libraries_lay_the_engines_anchors(library, name):
    if library in MISSING.get(name, ()):
        assert "anchors" not in STORED[name][library]
        return
    ran = export_peers.anchors(library, code(library, name), RECIPES[name])
    assert_anchors(STORED[name][library]["anchors"], ran)
    differs = name == "anchors: clipped" and library != "torchvision"
    differs |= (library, name) == ("torchvision", "anchors: SSD")
    if differs:
        assert (library, name) in SAID
        assert not np.allclose(ran, laid(name))
    else:
        np.testing.assert_allclose(ran, laid(name), atol=2e-4)
    shapes = [len(level.shapes) for level in levels(RECIPES[name])]
    assert STORED[name][library]["per_cell"] == shapes


def wanted(name: str) -> np.ndarray:
    """The engine's answer as torchvision codes it: the object, -1 negative, -2 ignored."""
    recipe = RECIPES[name]
    found = engine.generate_anchors(recipe.anchors, recipe.height, recipe.width)
    usable = found.inside if recipe.anchors.border == "ignore" else None
    matches = engine.match(found.xyxy, boxes(), recipe.match, usable=usable)
    return np.where(matches.label == 1, matches.gt_index, np.where(matches.label == 0, -1, -2))


@pytest.mark.parametrize("name", [*named("match"), "anchors: default", "anchors: left out"])
@pytest.mark.parametrize("library", LIBRARIES)
def test_the_libraries_match_as_the_engine_does(library, name):
    if library in MISSING.get(name, ()) or rule_of(RECIPES[name].match).name == "atss":
        return
    ran = export_peers.match(library, code(library, name), RECIPES[name], boxes())
    np.testing.assert_array_equal(ran, STORED[name][library]["match"])
    want = wanted(name)
    if (library, name) in SAID:
        return
    if (
        library == "mmdetection"
        and rule_of(RECIPES[name].match).name == "threshold"
        and RECIPES[name].match.low_quality
    ):
        # It says so: the last of two objects takes the best anchor that they share.
        assert "goes to the last of them here" in spoken(code(library, name))
        np.testing.assert_array_equal(ran >= 0, want >= 0)
        return
    np.testing.assert_array_equal(ran, want)


@pytest.mark.parametrize("name", named("coder"))
@pytest.mark.parametrize("library", LIBRARIES)
def test_the_libraries_write_offsets_as_the_engine_does(library, name):
    if library in MISSING.get(name, ()) or RECIPES[name].coder.kind == "cell":
        return
    anchors = np.array([[8, 8, 40, 40]], np.float32) + np.arange(12, dtype=np.float32)[:, None]
    moved = anchors + np.array([2, -3, 9, 14], np.float32)
    encoded, decoded = export_peers.code_boxes(library, code(library, name), anchors, moved, offsets())
    stored = STORED[name][library]
    np.testing.assert_allclose(encoded, stored["encoded"], rtol=2e-5, atol=1e-5)
    np.testing.assert_allclose(decoded, stored["decoded"], rtol=1e-4, atol=1e-2)
    spec = RECIPES[name].coder
    if (library, name) in SAID:
        return
    np.testing.assert_allclose(encoded, engine.encode(anchors, moved, spec), rtol=2e-5, atol=1e-5)
    np.testing.assert_allclose(decoded, engine.decode(anchors, offsets(), spec), rtol=1e-4, atol=1e-2)


@pytest.mark.parametrize("name", named("nms"))
def test_torchvision_keeps_what_the_engine_keeps(name):
    recipe = RECIPES[name]
    if "torchvision" in MISSING.get(name, ()):
        assert "def suppress" not in code("torchvision", name)
        return
    ran = export_peers.suppress(code("torchvision", name), *predictions())
    np.testing.assert_array_equal(ran, STORED[name]["torchvision"]["keep"])
    np.testing.assert_array_equal(ran, engine.suppress(*predictions(), hard.spec(recipe.suppression)).keep)


@pytest.mark.parametrize("name", named("nms"))
def test_thresholds_of_suppression_arrive(name):
    nms = RECIPES[name].suppression
    own = STORED[name]["detectron2"]["model"]
    assert own["test_score_thresh"] == nms.score_threshold
    test = STORED[name]["mmdetection"]["test_cfg"]
    assert test["score_thr"] == nms.score_threshold
    assert test["nms_pre"] == (nms.top_k or 100000)
    if nms.method == "hard":
        for threshold in (own["test_nms_thresh"], test["nms"]["iou_threshold"]):
            assert threshold == pytest.approx(nms.iou_threshold, abs=1e-7)
        if nms.suppress_equal:
            assert np.float32(own["test_nms_thresh"]) < np.float32(nms.iou_threshold)
            assert np.float32(test["nms"]["iou_threshold"]) < np.float32(nms.iou_threshold)
        assert test["nms"].get("class_agnostic", False) == (not nms.per_class)
        assert test["nms"].get("offset", 0) == int(nms.inclusive)
    elif nms.method in ("linear", "gaussian"):
        assert test["nms"]["type"] == "soft_nms"
        assert test["nms"]["method"] == nms.method
        assert test["nms"]["min_score"] == nms.score_threshold


def test_mmdetection_builds_the_generator_that_fits():
    kinds = {name: STORED[name]["mmdetection"].get("generator") for name in named("anchors")}
    assert kinds["anchors: default"] == kinds["anchors: RetinaNet"] == "AnchorGenerator"
    assert kinds["anchors: n + m - 1"] == kinds["anchors: YOLO"] == "YOLOAnchorGenerator"
    assert kinds["anchors: SSD"] == "SSDAnchorGenerator"
    assert kinds["anchors: n + m - 1 at the corner"] is None
    assert STORED["match: atss"]["mmdetection"]["assigner"] == {"type": "ATSSAssigner", "topk": 9}


def test_a_ratio_of_width_and_height_is_inverted():
    assert "aspect_ratios=[[4, 1, 0.333333333]]" in code("detectron2", "anchors: w/h")
    assert "ratios=[4, 1, 0.333" in code("mmdetection", "anchors: w/h")
