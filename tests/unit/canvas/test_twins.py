"""The mathematics is written once in Python, and once more in JavaScript only where a finger waits for it: in a file of
the same name. What has a twin, and why the rest has none, is listed here, whole."""

import ast
import re
from pathlib import Path

import pytest

from anchorlab.canvas.bundle import FOLDER
from tests.places import ROOT

CORE = ROOT / "anchorlab/core"
TWINS = FOLDER / "core"

SERVER = "only asked on the server"

WITH_TWIN: dict[str, dict[str, str]] = {
    "boxes": {
        "sides": "width",
        "area": "boxArea",
        "xyxy_to_cxcywh": "toCentreAndSides",
        "cxcywh_to_xyxy": "fromCentreAndSides",
    },
    "rounding": {"rounded": "f32", "total": "total"},
    "iou": {
        "iou": "boxIou",
        "center_distance": "centreDistance",
        **{name: name for name in ("giou", "diou", "ciou")},
    },
    "anchors": {
        "pair_sizes_with_ratios": "pairsOf",
        "shape_sides": "sidesOf",
        "anchors_at": "generateAnchors",
    },
    "coders/center": {"encode_offsets": "encodeOffsets", "decode_offsets": "decodeOffsets"},
    "coders/corner": {"encode_corners": "encodeCorners", "decode_corners": "decodeCorners"},
    "coders/cell": {"encode_in_cell": "encodeInCell", "decode_in_cell": "decodeInCell"},
    "evaluation": {
        "overlap_with": "overlapWith",
        "find_objects": "findObjects",
        "average_precision": "averagePrecision",
        "precision_at": "precisionAt",
    },
    "simulate": {
        "detections_from": "detectionsFrom",
        "head_logits": "headLogits",
        "head_offsets": "headOffsets",
    },
    "losses/cross_entropy": {"sigmoid_cross_entropy": "sigmoidCrossEntropy"},
    "losses/focal": {"sigmoid_focal_loss": "sigmoidFocalLoss"},
    "losses/regression": {"l1": "l1", "smooth_l1": "smoothL1", "iou_loss": "iouLoss"},
    "losses/rpn": {"add_up": "addUp"},
    "sampling": {"sample_at_random": "sampleAtRandom", "sample_hard_negatives": "sampleHardNegatives"},
    "suppression/common": {"by_score": "byScore", "shift_by_class": "shiftByClass"},
    "suppression/hard": {"distance_overlap": "distanceOverlap", "suppress": "suppress"},
    "suppression/soft": {"soft_suppress": "softSuppress"},
    "suppression/matrix": {"matrix_suppress": "matrixSuppress"},
    "suppression/fusion": {"fuse_boxes": "fuseBoxes"},
    "matching/threshold": {"match_by_threshold": "labelByThreshold"},
    "matching/greedy": {"match_greedily": "labelGreedily"},
    "matching/max_iou": {"match_by_max_iou": "labelByMaxIou"},
    "matching/ssd": {"match_ssd": "labelBySsd"},
    "matching/atss": {"match_atss": "labelByAtss"},
    "matching/shapes": {"shape_iou": "shapeIou", "worst_factor": "worstFactor"},
    "matching/yolo": {"match_yolo": "labelByYolo"},
    "matching/yolov5": {"match_yolov5": "labelByYolov5", "assign_by_shape": "pairsByShape"},
}
WITHOUT_TWIN: dict[str, dict[str, str]] = {
    "boxes": dict.fromkeys(
        (
            *("xywh_to_xyxy", "xyxy_to_xywh", "convert"),
            *("clip_along", "inside_along", "clip_to_image", "inside_image", "at_least"),
            "inclusive_to_continuous",
        ),
        SERVER,
    ),
    "rounding": {"divided": "JavaScript does divide"},
    "iou": {
        **dict.fromkeys(("pairwise", "coverage"), SERVER),
        "columns": "four numbers have no columns",
        "iou_of_columns": "`iou`, box by box",
    },
    "anchors": {
        **dict.fromkeys(
            ("cell_centers", "edges", "around", "around_each"), "part of the loop over all anchors"
        ),
        "grid_anchors": "a pyramid of one level",
        "places": "model/cells.js numbers the cells without arrays",
        "index_of": "model/cells.js numbers the cells without arrays",
        "multibox_prior": SERVER,
    },
    "coders/common": {"row_of": "arrays do not broadcast in JavaScript"},
    "matching/common": {
        "masks_or_all": "a mask that is not given is null",
        "decide": "every anchor is decided on by itself: `decide`",
    },
    "losses/cross_entropy": {"softmax_cross_entropy": SERVER},
    "losses/rpn": {"rpn_loss": "`add_up` of the losses that are chosen"},
    "suppression/tiles": {"suppressors": "few boxes, one after the other"},
    "matching/blocks": dict.fromkeys(
        ("overlaps", "cut", "look_over", "first_of", "takers"),
        "the browser keeps the columns of its few objects: `columnsOf`, `tiesOf`",
    ),
    "matching/greedy": {"greedy_rounds": "part of `labelGreedily`"},
    "matching/atss": {
        "nearest_per_level": "part of `adaptive`",
        "match_atss_on_levels": "the browser's levels say in which one an anchor lies",
    },
    "matching/shapes": dict.fromkeys(("shape_fit", "fit_summary"), SERVER),
    "simulate": {"gather_material": SERVER, "simulate_detections": SERVER},
    "suppression/soft": {"decay_factor": "linearDecay and gaussianDecay: a kernel is a function here"},
    "suppression/fusion": {
        "fused_scores": "of one model, within fuseBoxes",
        "best_first": "the view lists predictions in their own order",
    },
}
ONLY_IN_THE_BROWSER: dict[str, dict[str, str]] = {
    "boxes": {
        "boxAt": "a row of an array",
        "middle": "a step of `xyxy_to_cxcywh`",
        "height": "the second of `sides`",
        "centreX": "the first of `xyxy_to_cxcywh`",
        "centreY": "the second of `xyxy_to_cxcywh`",
        "clamp": "jnp.clip",
    },
    "rounding": {
        **dict.fromkeys(("sqrt", "exp", "log", "log1p", "atan2"), "of jnp, rounded"),
        "power": "jnp.power, rounded",
        "sigmoid": "jax.nn.sigmoid",
    },
    "iou": {"iouOf": "`iou` of two boxes by themselves", "intersectionOf": "the box that `iou` measures"},
    "anchors": {
        "levelsOver": "the tables that the engine makes of a PyramidSpec",
        "countOf": "PyramidSpec's count of its anchors",
    },
    "coders/common": {
        "standardised": "(x - mean) / std",
        "undivided": "x · std + mean",
        "PLAIN": "no means and stds",
    },
    "coders/center": {"bounded": "the clip within `decode_offsets`"},
    "coders/cell": {
        "placeInCell": "the first step of `encode_in_cell`",
        "logit": "the second one",
    },
    "matching/common": {
        "REASON": "the enumeration's numbers, as Python sends them",
        "matchAnchors": "what the engine does around every rule",
        "decide": "of one anchor",
        "labelByBands": "what two rules begin with",
        "tiesOf": "the rows of a column that equal its largest",
        "shapeCount": "the length of a table",
        "anchorCount": "the length of a level",
        "limited": "jnp.clip",
        "placeOf": "`places` of one anchor",
        "sideOf": "a row of a table",
    },
    "matching/atss": {
        "adaptive": "the `Adaptive` of one object",
        "isCentredIn": "a step of `match_atss`",
    },
    "matching/yolo": {"responsible": "a step of `match_yolo`"},
    "matching/yolov5": {"cellsOf": "the cells of `assign_by_shape`"},
    "evaluation": {
        "OUTCOME": "the enumeration's numbers, as Python sends them",
        "POINTS": "the table of the same name",
        "envelope": "a step of `average_precision`",
        "recallPoints": "a step of `precision_at`",
        "evaluateList": "what the engine does of one list",
        "curveOf": "the `Curve` of a list",
    },
    "simulate": {"hasRoom": "whether Python has sent enough material"},
    "suppression/common": {
        "STATUS": "Status",
        "takingPart": "`taking_part` of the engine",
        "undecided": "`undecided` of the engine",
        "measured": "`measured` of the engine",
        "classStep": "the step of `shift_by_class`",
        "rivals": "the comparison of classes",
        "overlapOf": "`pairwise`, one at a time",
        "isEnough": "the comparison with the threshold",
    },
    "suppression/hard": {
        "plainOverlap": "core.iou.iou, as hard suppression asks it",
    },
    "suppression/soft": {
        "linearDecay": "`decay_factor` with its kernel",
        "gaussianDecay": "`decay_factor` with its kernel",
        "scoresByRound": "the products of `factor`",
    },
    "suppression/matrix": {"wordOf": "an entry of the matrix of words"},
    "suppression/fusion": {"fusedAfter": "the clusters as they were at a step"},
}


def modules(folder: Path, ending: str) -> dict[str, Path]:
    return {
        p.relative_to(folder).with_suffix("").as_posix(): p
        for p in sorted(folder.rglob(f"*{ending}"))
        if p.stem != "__init__"
    }


PYTHON = modules(CORE, ".py")
BROWSER = modules(TWINS, ".js")


def functions(path: Path) -> set[str]:
    """The public functions of a Python module."""
    body = ast.parse(path.read_text()).body
    return {n.name for n in body if isinstance(n, ast.FunctionDef) and not n.name.startswith("_")}


def exports(path: Path) -> set[str]:
    """What a module of the browser exports."""
    return set(re.findall(r"^export (?:function\*?|const|class) (\w+)", path.read_text(), re.MULTILINE))


@pytest.mark.parametrize("name", PYTHON)
def test_every_function_has_its_twin_or_a_reason(name):
    twins, reasons = WITH_TWIN.get(name, {}), WITHOUT_TWIN.get(name, {})
    assert not set(twins) & set(reasons)
    assert functions(PYTHON[name]) == set(twins) | set(reasons)
    assert all(reasons.values())
    if twins:
        assert name in BROWSER, f"the twins of {name} are not in a file of its name"
        assert set(twins.values()) <= exports(BROWSER[name])


@pytest.mark.parametrize("name", BROWSER)
def test_nothing_in_the_browser_lacks_an_original(name):
    assert name in PYTHON, f"core/{name}.js has no original"
    own = ONLY_IN_THE_BROWSER.get(name, {})
    assert exports(BROWSER[name]) == set(WITH_TWIN.get(name, {}).values()) | set(own)
    assert all(own.values())


def test_the_tables_name_modules_that_are():
    assert set(WITH_TWIN) | set(WITHOUT_TWIN) <= set(PYTHON)
    assert set(ONLY_IN_THE_BROWSER) <= set(BROWSER)


@pytest.mark.parametrize(
    "path",
    [p for folder in ("core", "model") for p in sorted((FOLDER / folder).rglob("*.js"))],
    ids=lambda path: path.relative_to(FOLDER).as_posix(),
)
def test_numbers_and_models_know_no_page(path):
    assert not re.search(
        r"\b(document|window|querySelector\w*|innerHTML|addEventListener)\b", path.read_text()
    )


@pytest.mark.parametrize("folder", ["core", "model"])
def test_numbers_stand_on_numbers(folder):
    allowed = {"core": {"core"}, "model": {"core", "model"}}[folder]
    for path in (FOLDER / folder).rglob("*.js"):
        for source in re.findall(r'from "([^"]+)"', path.read_text()):
            target = (path.parent / source).resolve().relative_to(FOLDER.resolve())
            assert target.parts[0] in allowed, f"{path.name} imports {target}"
