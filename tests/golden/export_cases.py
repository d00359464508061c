"""Settings that are written as other libraries' configuration, and the boxes on which both are compared."""

import numpy as np

from anchorlab.catalogue.matching import RULES
from anchorlab.catalogue.presets import PRESETS
from anchorlab.catalogue.suppression import METHODS as CATALOGUE
from anchorlab.export.recipe import Recipe
from anchorlab.settings.anchors import AnchorSpec
from anchorlab.settings.coding import CoderSpec
from anchorlab.settings.matching import GreedySpec, MaxIouSpec, SsdSpec, ThresholdSpec
from anchorlab.settings.pyramids import LevelSpec, PyramidSpec, octaves, sized
from anchorlab.settings.suppression import Suppression

HEIGHT, WIDTH = 96, 160

_RETINANET = PyramidSpec(
    tuple(
        LevelSpec(2.0**k, sized(octaves(4 * 2**k), (0.5, 1, 2), order="ratio-major"), name=f"P{k}")
        for k in (4, 5)
    ),
    center=0.0,
)
_YOLO = PyramidSpec(
    (LevelSpec(16, ((10, 13), (16, 30))), LevelSpec(32, ((33, 23), (30, 61)))),
)

ANCHORS = {
    "default": AnchorSpec(sizes=(32, 64)),
    "w/h": AnchorSpec(sizes=(32, 64), aspect_ratios=(0.25, 1, 3), ratio_means="w/h"),
    "n + m - 1": AnchorSpec(sizes=(48, 32), aspect_ratios=(1, 2, 0.5), combine="first", ratio_means="w/h"),
    "n + m - 1 at the corner": AnchorSpec(sizes=(48, 32), combine="first", center=0),
    "corner": AnchorSpec(sizes=(32.5, 50), stride=16, center=0),
    "clipped": AnchorSpec(sizes=(32, 64), border="clip"),
    "left out": AnchorSpec(sizes=(32, 64), border="ignore"),
    "RetinaNet": _RETINANET,
    "YOLO": _YOLO,
    "FPN": PRESETS["fpn"].spec,
    "SSD": PRESETS["ssd300"].spec,
}
MATCHES = {
    "default": ThresholdSpec(),
    "no rescue": ThresholdSpec(low_quality=False, high=0.6, low=0.3),
    "no band": ThresholdSpec(high=0.5, low=0.5),
    "nothing negative": ThresholdSpec(high=0.5, low=0),
    "low is negative": ThresholdSpec(low_negative=True, low=0.25),
    "as torchvision": ThresholdSpec(min_best_iou=-1),
    "max-iou": MaxIouSpec(min_pos_iou=0.1),
    "max-iou, one each": MaxIouSpec(assign_all=False, high=0.7, low=0.3),
    "ssd": SsdSpec(),
    "greedy": GreedySpec(),
}
MATCHES |= {
    rule.name: rule.settings() for rule in RULES.values() if rule.settings not in map(type, MATCHES.values())
}
CODERS = {
    "default": CoderSpec(),
    "ones": CoderSpec(stds=(1, 1, 1, 1), clamp=float(np.log(1000 / 16))),
    "thirds": CoderSpec(stds=(0.3, 0.3, 0.7, 0.7), clamp=1.5),
    "means": CoderSpec(means=(0.1, 0, -0.2, 0.3)),
    "both": CoderSpec(clamp=float(np.log(1000 / 16)), clamp_both=True),
    "eps": CoderSpec(eps=1e-6),
    "corner": CoderSpec(kind="corner"),
    "cell": CoderSpec(kind="cell"),
}
NMS = {
    "default": Suppression(),
    "any class": Suppression(score_threshold=0.05, per_class=False, iou_threshold=0.3),
    "best five": Suppression(score_threshold=0.05, top_k=5, iou_threshold=0.7),
    "equal": Suppression(score_threshold=0.05, suppress_equal=True, iou_threshold=1 / 3),
    "equal at a half": Suppression(suppress_equal=True, score_threshold=0.3),
    "last": Suppression(score_threshold=0.05, ties="last"),
    "inclusive": Suppression(score_threshold=0.05, inclusive=True),
}
METHODS = {name: Suppression(method=name) for name in CATALOGUE if name != "hard"}


def recipe(**changes) -> Recipe:
    """The default recipe on a small picture, changed."""
    plain = Recipe(
        ANCHORS["default"],
        MATCHES["default"],
        CODERS["default"],
        NMS["default"],
        HEIGHT,
        WIDTH,
        3,
    )
    return plain._replace(**changes)


RECIPES: dict[str, Recipe] = {
    **{f"anchors: {name}": recipe(anchors=spec) for name, spec in ANCHORS.items()},
    **{f"match: {name}": recipe(match=spec) for name, spec in MATCHES.items()},
    **{f"coder: {name}": recipe(coder=spec) for name, spec in CODERS.items()},
    **{f"nms: {name}": recipe(suppression=spec) for name, spec in NMS.items()},
    **{f"nms: {name}": recipe(suppression=spec) for name, spec in METHODS.items()},
}
# A picture that every stride divides; torchvision needs that.
RECIPES["anchors: FPN"] = RECIPES["anchors: FPN"]._replace(height=128, width=192)
RECIPES["anchors: SSD"] = RECIPES["anchors: SSD"]._replace(height=300, width=300)


def boxes() -> np.ndarray:
    """Objects: one that fits, one that fits badly, two that share a best anchor, one small."""
    return np.array(
        [[20, 18, 76, 70], [90, 40, 150, 90], [92, 44, 148, 88], [4, 70, 40, 92], [120, 2, 140, 20]],
        np.float32,
    )


def predictions() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Boxes on a grid of 4 pixels, so that IoUs meet thresholds exactly; scores with equals; three classes."""
    draw = np.random.default_rng(5)
    corner = 4 * draw.integers(0, 8, (40, 2))
    found = np.concatenate([corner, corner + 4 * draw.integers(2, 9, (40, 2))], 1).astype(np.float32)
    scores = (draw.integers(2, 19, 40) / 20).astype(np.float32)
    return found, scores, draw.integers(0, 3, 40)


def offsets() -> np.ndarray:
    """Offsets to decode, some beyond any bound."""
    draw = np.random.default_rng(7)
    return draw.normal(0, 3, (12, 4)).astype(np.float32) * np.array([1, 1, 2.5, 2.5], np.float32)
