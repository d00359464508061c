"""As much of torchvision, detectron2 and MMDetection as the code written for them uses, in NumPy.

Each is written from what the library's documentation and golden answers say it does: how anchors are generated on feature
maps, how a matcher reads an IoU matrix, how a coder bounds what it decodes. `test_export` holds them against the
libraries' own answers.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from types import ModuleType, SimpleNamespace

import numpy as np

from anchorlab import engine
from anchorlab.export.recipe import Recipe, levels
from anchorlab.settings.anchors import AnchorSpec

NEGATIVE, IGNORED = -1, -2
LARGEST_GROWTH = float(np.log(1000 / 16))


class Tensor(np.ndarray):
    """An array with the few methods of a tensor that are called."""

    def argsort(self, descending=False, stable=False):
        return np.argsort(-self if descending else self, kind="stable").view(Tensor)

    def flip(self, axis):
        return np.flip(self, axis)

    def new_tensor(self, values):
        return tensor(values)


def tensor(values) -> Tensor:
    return np.asarray(values, np.float32).view(Tensor)


def _lay(cells, grids, strides) -> np.ndarray:
    """Every cell's boxes moved by the (y, x) strides, rows first."""
    laid = []
    for boxes, (rows, cols), (down, across) in zip(cells, grids, strides, strict=True):
        y, x = np.meshgrid(np.arange(rows) * down, np.arange(cols) * across, indexing="ij")
        shift = np.stack([x, y, x, y], -1).reshape(-1, 1, 4)
        laid.append((shift + np.asarray(boxes)[None]).reshape(-1, 4))
    return np.concatenate(laid).astype(np.float32)


def _around(widths_heights, center=(0.0, 0.0)) -> np.ndarray:
    half = np.asarray(widths_heights, np.float64) / 2
    return np.concatenate([center - half, center + half], 1)


# ---- torchvision


class AnchorGenerator:
    def __init__(self, sizes, aspect_ratios):
        self.sizes, self.aspect_ratios, self.cell_anchors = sizes, aspect_ratios, None

    def num_anchors_per_location(self):
        return [len(s) * len(a) for s, a in zip(self.sizes, self.aspect_ratios, strict=True)]

    def forward(self, image_list, feature_maps):
        height, width = image_list.tensors.shape[-2:]
        grids = [one.shape[-2:] for one in feature_maps]
        strides = [(height // rows, width // cols) for rows, cols in grids]
        return [_lay(self.cell_anchors, grids, strides)]


def _clip(boxes, size):
    height, width = size
    return np.clip(boxes, 0, np.array([width, height, width, height], np.float32))


def _best(iou):
    return iou.max(axis=0), iou.argmax(axis=0)


class TorchvisionMatcher:
    def __init__(self, high_threshold, low_threshold, allow_low_quality_matches=False):
        self.high, self.low = np.float32(high_threshold), np.float32(low_threshold)
        self.rescues = allow_low_quality_matches

    def __call__(self, iou):
        best, own = _best(iou)
        found = np.where(best >= self.high, own, np.where(best < self.low, NEGATIVE, IGNORED))
        if self.rescues:
            rescued = (iou == iou.max(axis=1, keepdims=True)).any(axis=0)
            found = np.where(rescued, own, found)
        return found


class SSDMatcher(TorchvisionMatcher):
    def __init__(self, threshold):
        super().__init__(threshold, threshold)

    def __call__(self, iou):
        found = super().__call__(iou)
        for row, column in enumerate(iou.argmax(axis=1)):
            found[column] = row
        return found


class BoxCoder:
    """torchvision's, and detectron2's under other names."""

    def __init__(self, weights, bbox_xform_clip=LARGEST_GROWTH):
        self.weights, self.most, self.least = np.asarray(weights), bbox_xform_clip, -np.inf
        self.means = np.zeros(4)

    def encode(self, anchors, boxes):
        a, b = _centred(anchors), _centred(boxes)
        raw = np.concatenate([(b[:, :2] - a[:, :2]) / a[:, 2:], np.log(b[:, 2:] / a[:, 2:])], 1)
        return (raw - self.means) * self.weights

    def decode(self, anchors, offsets):
        a, raw = _centred(anchors), offsets / self.weights + self.means
        center = a[:, :2] + raw[:, :2] * a[:, 2:]
        half = a[:, 2:] * np.exp(np.clip(raw[:, 2:], self.least, self.most)) / 2
        return np.concatenate([center - half, center + half], 1)


def _centred(boxes):
    boxes = np.asarray(boxes, np.float64)
    size = boxes[:, 2:] - boxes[:, :2]
    return np.concatenate([boxes[:, :2] + size / 2, size], 1)


def _nms(boxes, scores, iou_threshold, labels=None):
    """Suppresses an IoU, as float32, above the threshold, as float64."""
    order = np.argsort(-np.asarray(scores), kind="stable")
    iou = engine.pairwise_iou(boxes, boxes).astype(np.float64)
    same = np.ones_like(iou, bool) if labels is None else labels[:, None] == labels[None, :]
    keep = []
    for i in order:
        if not any(iou[j, i] > iou_threshold and same[j, i] for j in keep):
            keep.append(i)
    return np.array(keep, int)


class RetinaNet:
    def __init__(self, backbone, num_classes, **settings):
        self.settings = settings
        self.head = SimpleNamespace(regression_head=SimpleNamespace(box_coder=None))
        self.box_coder = None


def _torchvision() -> dict[str, ModuleType]:
    detection = {"RetinaNet": RetinaNet}
    utils = {"Matcher": TorchvisionMatcher, "SSDMatcher": SSDMatcher, "BoxCoder": BoxCoder}
    return {
        "torchvision": _module(),
        "torchvision.models": _module(),
        "torchvision.models.detection": _module(**detection),
        "torchvision.models.detection._utils": _module(**utils),
        "torchvision.models.detection.anchor_utils": _module(AnchorGenerator=AnchorGenerator),
        "torchvision.ops": _module(
            clip_boxes_to_image=_clip,
            nms=lambda boxes, scores, threshold: _nms(boxes, scores, threshold),
            batched_nms=lambda boxes, scores, labels, threshold: _nms(boxes, scores, threshold, labels),
        ),
    }


# ---- detectron2


class DefaultAnchorGenerator:
    def __init__(self, *, sizes, aspect_ratios, strides, offset):
        assert 0 <= offset < 1
        ratios = aspect_ratios * len(strides) if len(aspect_ratios) == 1 else aspect_ratios
        cells = [self.generate_cell_anchors(s, a) for s, a in zip(sizes, ratios, strict=True)]
        self.cells, self.strides, self.offset = cells, strides, offset

    def generate_cell_anchors(self, sizes, aspect_ratios):
        return _around([((s * s / r) ** 0.5, r * (s * s / r) ** 0.5) for s in sizes for r in aspect_ratios])

    def lay(self, grids):
        moved = [cell + self.offset * stride for cell, stride in zip(self.cells, self.strides, strict=True)]
        return _lay(moved, grids, [(stride, stride) for stride in self.strides])


class Detectron2Matcher:
    def __init__(self, thresholds, labels, allow_low_quality_matches=False):
        assert thresholds[0] > 0
        assert len(labels) == len(thresholds) + 1
        self.bounds = np.float32([-np.inf, *thresholds, np.inf])
        self.labels, self.rescues = labels, allow_low_quality_matches

    def __call__(self, iou):
        best, own = _best(iou)
        label = np.zeros(len(best), int)
        for value, low, high in zip(self.labels, self.bounds[:-1], self.bounds[1:], strict=True):
            label[(best >= low) & (best < high)] = value
        if self.rescues:
            label[(iou == iou.max(axis=1, keepdims=True)).any(axis=0)] = 1
        return np.where(label == 1, own, np.where(label == 0, NEGATIVE, IGNORED))


class Box2BoxTransform(BoxCoder):
    def __init__(self, weights, scale_clamp=LARGEST_GROWTH):
        super().__init__(weights, scale_clamp)


def _lazy(kind):
    return lambda **settings: (kind, settings)


def _detectron2() -> dict[str, ModuleType]:
    zoo = _module(
        get_config=lambda path: SimpleNamespace(model=SimpleNamespace(head=SimpleNamespace(), path=path))
    )
    modeling = "detectron2.modeling"
    return {
        "detectron2": _module(model_zoo=zoo),
        "detectron2.model_zoo": zoo,
        "detectron2.config": _module(LazyCall=_lazy),
        modeling: _module(),
        f"{modeling}.anchor_generator": _module(DefaultAnchorGenerator=DefaultAnchorGenerator),
        f"{modeling}.matcher": _module(Matcher=Detectron2Matcher),
        f"{modeling}.box_regression": _module(Box2BoxTransform=Box2BoxTransform),
    }


# ---- MMDetection


def _mm_anchors(config: dict, grids) -> np.ndarray:
    strides, kind = config["strides"], config["type"]
    middle = [(stride / 2, stride / 2) for stride in strides]
    if kind == "YOLOAnchorGenerator":
        assert len({len(shapes) for shapes in config["base_sizes"]}) == 1
        cells = [_around(shapes, np.array(c)) for shapes, c in zip(config["base_sizes"], middle, strict=True)]
    elif kind == "SSDAnchorGenerator":
        assert not config["scale_major"]
        cells = []
        for low, high, ratios, c in zip(
            config["min_sizes"], config["max_sizes"], config["ratios"], middle, strict=True
        ):
            between = (low * high) ** 0.5
            sides = [(low, low), (between, between)]
            for r in ratios:
                sides += [(low * r**0.5, low / r**0.5), (low / r**0.5, low * r**0.5)]
            cells.append(_around(sides, np.array(c)))
    else:
        assert kind == "AnchorGenerator"
        centers = config.get("centers") or [(0, 0)] * len(strides)
        scales, ratios = config["scales"], config["ratios"]
        pairs = (
            [(s, r) for r in ratios for s in scales]
            if config["scale_major"]
            else [(s, r) for s in scales for r in ratios]
        )
        cells = [
            _around([(base * s / r**0.5, base * s * r**0.5) for s, r in pairs], np.array(c))
            for base, c in zip(config["base_sizes"], centers, strict=True)
        ]
    return _lay(cells, grids, [(stride, stride) for stride in strides])


def _mm_assign(config: dict, iou) -> np.ndarray:
    best, own = _best(iou)
    assert isinstance(config["neg_iou_thr"], float)
    found = np.full(len(best), IGNORED)
    found[best < np.float32(config["neg_iou_thr"])] = NEGATIVE
    positive = best >= np.float32(config["pos_iou_thr"])
    found[positive] = own[positive]
    if config.get("match_low_quality", True):
        for row, most in enumerate(iou.max(axis=1)):
            if most >= np.float32(config["min_pos_iou"]):
                found[iou[row] == most if config["gt_max_assign_all"] else iou[row].argmax()] = row
    return found


# ---- running code


def _module(**names) -> ModuleType:
    module = ModuleType("stand_in")
    module.__path__ = []
    module.__dict__.update(names)
    return module


@contextmanager
def _in_place_of(modules: dict[str, ModuleType]):
    torch = _module(tensor=tensor, cat=lambda parts, dim=0: np.concatenate(parts, axis=dim).view(Tensor))
    modules = {"torch": torch, **modules}
    before = {name: sys.modules.get(name) for name in modules}
    sys.modules.update(modules)
    try:
        yield
    finally:
        for name, module in before.items():
            if module is None:
                del sys.modules[name]
            else:
                sys.modules[name] = module


def run(library: str, code: str) -> dict:
    """The names that the code leaves."""
    modules = {"torchvision": _torchvision, "detectron2": _detectron2, "mmdetection": dict}[library]()
    space: dict = {"__name__": "exported"}
    with _in_place_of(modules):
        exec(compile(code, f"for {library}", "exec"), space)  # noqa: S102 (it is what is tested)
        if "retinanet" in space:
            model = space["retinanet"](None)
            assert model.box_coder is model.head.regression_head.box_coder is space["box_coder"]
            assert model.settings["anchor_generator"] is space["anchor_generator"]
    return space


def anchors(library: str, code: str, recipe: Recipe) -> np.ndarray:
    """All anchors that the library would generate over the recipe's picture."""
    space, grids = run(library, code), [level.grid for level in levels(recipe)]
    if library == "detectron2":
        kind, settings = space["model"].anchor_generator
        return kind(**settings).lay(grids)
    if library == "mmdetection":
        return _mm_anchors(space["model"]["bbox_head"]["anchor_generator"], grids)
    fixed = not isinstance(recipe.anchors, AnchorSpec) and recipe.anchors.levels[0].map_size
    largest = max(level.stride for level in levels(recipe))
    size = [side if fixed else int(-(-side // largest) * largest) for side in (recipe.height, recipe.width)]
    images = SimpleNamespace(tensors=np.empty((1, 3, *size)), image_sizes=[(recipe.height, recipe.width)])
    maps = [np.empty((1, 1, *grid)) for grid in grids]
    return np.asarray(space["anchor_generator"].forward(images, maps)[0])


def match(library: str, code: str, recipe: Recipe, boxes: np.ndarray) -> np.ndarray:
    """For every anchor its object, -1 or -2."""
    space, laid = run(library, code), anchors(library, code, recipe)
    iou = engine.pairwise_iou(laid, boxes).T
    if library == "torchvision":
        return space["matcher"](iou)
    if library == "detectron2":
        kind, settings = space["model"].anchor_matcher
        return kind(**settings)(iou)
    train = space["model"]["train_cfg"]
    inside = np.ones(len(laid), bool)
    if (border := train["allowed_border"]) >= 0:
        most = np.array([recipe.width + border, recipe.height + border])
        inside = (laid[:, :2] >= -border).all(axis=1) & (laid[:, 2:] < most).all(axis=1)
    found = np.full(len(laid), IGNORED)
    found[inside] = _mm_assign(train["assigner"], iou[:, inside])
    return found


def code_boxes(library: str, code: str, anchors_, boxes, offsets) -> tuple[np.ndarray, np.ndarray]:
    """What the coder writes for the boxes, and which boxes it reads from the offsets."""
    space = run(library, code)
    if library == "torchvision":
        coder = space["box_coder"]
    elif library == "detectron2":
        kind, settings = space["model"].box2box_transform
        coder = kind(**settings)
    else:
        config = space["model"]["bbox_head"]["bbox_coder"]
        coder = BoxCoder(1 / np.asarray(config["target_stds"]))
        coder.means, coder.least = np.asarray(config["target_means"]), -coder.most
    return coder.encode(anchors_, boxes), coder.decode(anchors_, offsets)


def suppress(code: str, boxes, scores, labels) -> np.ndarray:
    """What torchvision's `suppress` keeps."""
    return np.asarray(run("torchvision", code)["suppress"](tensor(boxes), tensor(scores), np.asarray(labels)))
