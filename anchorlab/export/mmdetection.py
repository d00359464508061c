"""For MMDetection 3.3: a configuration of RetinaNet, with anchor generator, coder, assigner and test_cfg."""

from __future__ import annotations

import math

from anchorlab.catalogue.coders import coder_of
from anchorlab.catalogue.matching import rule_of
from anchorlab.catalogue.suppression import METHODS
from anchorlab.export.recipe import Level, Recipe, levels, neat, uneven
from anchorlab.export.training import written
from anchorlab.export.writing import decimal, entry, list_of, literal, nine, note, number, pairs
from anchorlab.settings.pyramids import default_boxes

NO_LIMIT = 100000
ASSIGNER = "MaxIoUAssigner"
"""What the configuration has that is written upon."""


def code(recipe: Recipe) -> str:
    """A configuration file whose `model.bbox_head`, `train_cfg` and `test_cfg` say what can be said."""
    generator, coder = _anchors(recipe), _coder(recipe)
    lines = [
        '_base_ = "mmdet::retinanet/retinanet_r50_fpn_1x_coco.py"',
        "",
        "model = dict(",
        "    bbox_head=dict(",
        f"        num_classes={recipe.num_classes},",
        *_indented(generator, 8),
        *_indented(coder, 8),
        *_indented(_losses(recipe), 8),
        "    ),",
        *_indented(_assigner(recipe), 4),
        *_indented(_suppress(recipe), 4),
        ")",
    ]
    return "\n".join(lines) + "\n"


Part = tuple[list[str], list[str]]
"""Comments, and lines of the configuration."""


def _indented(part: Part, columns: int) -> list[str]:
    """The comments of a part, then its lines."""
    space = " " * columns
    notes = [line for text in part[0] for line in note(text, space).split("\n")]
    return [*notes, *(space + line for line in part[1])]


def _anchors(recipe: Recipe) -> Part:
    spec, all_levels = recipe.anchors, levels(recipe)
    notes = []
    strides = f"strides={list_of([level.stride for level in all_levels])}"
    plain = _proportional(all_levels)
    counts = {len(level.shapes) for level in all_levels}
    if plain:
        scales, ratios, ratio_major = plain
        arguments = [
            "_delete_=True",
            'type="AnchorGenerator"',
            strides,
            f"ratios={list_of(ratios)}",
            f"scales={list_of(map(nine, scales))}",
            f"base_sizes={list_of(nine(level.sizes[0]) for level in all_levels)}",
            f"scale_major={ratio_major}",
        ]
        if spec.center:
            at = [(spec.center * level.stride,) * 2 for level in all_levels]
            arguments.append(f"centers=[{', '.join(pairs(at))}]")
        if not ratio_major and len(scales) > 1 and len(ratios) > 1:
            notes.append("scale_major=False lists all ratios of the first size first, as AnchorLab does.")
        if spec.center:
            notes.append("centers: center_offset would multiply the base size, not the stride.")
    elif spec.center == 0.5 and len(counts) == 1:
        listed = ", ".join(f"[{', '.join(pairs(level.shapes))}]" for level in all_levels)
        arguments = ["_delete_=True", 'type="YOLOAnchorGenerator"', strides, f"base_sizes=[{listed}]"]
        notes.append("YOLOAnchorGenerator takes any list of (width, height), around the middle of each cell.")
    elif spec.center == 0.5 and (default := _default_boxes(all_levels)):
        smallest, largest, ratios = default
        arguments = [
            "_delete_=True",
            'type="SSDAnchorGenerator"',
            strides,
            f"min_sizes={list_of(smallest)}",
            f"max_sizes={list_of(largest)}",
            f"ratios={list_of(ratios)}",
            "scale_major=False",
        ]
        notes.append("With its default, scale_major=True, SSDAnchorGenerator picks other shapes than SSD's.")
    else:
        why = (
            "which YOLOAnchorGenerator would centre on the middle of each cell"
            if len(counts) == 1
            else "a different number on each level"
        )
        notes.append(
            f"MMDetection has no generator for these shapes, {why}. They are (width, height), level by level:"
        )
        notes += [f"stride {number(level.stride)}: {', '.join(pairs(level.shapes))}" for level in all_levels]
        return notes, []
    strides_said = ", ".join(number(level.stride) for level in all_levels)
    notes.append(f"The neck must give a feature map for each stride: {strides_said}.")
    if uneven(recipe) != "keep":
        notes.append(
            "MMDetection always keeps the stride; in AnchorLab cells are image / feature map apart here."
        )
    if spec.border == "clip":
        notes.append("MMDetection does not clip anchors.")
    return notes, entry("anchor_generator", arguments)


def _proportional(all_levels: tuple[Level, ...]) -> tuple[list[float], list[float], bool] | None:
    """(scales, ratios, ratio-major) if they are one for all levels, whose sizes are multiples of their first one."""
    if any(level.sizes is None for level in all_levels):
        return None
    first = all_levels[0]
    scales = [_neat(size / first.sizes[0]) for size in first.sizes]
    for level in all_levels[1:]:
        own = [_neat(size / level.sizes[0]) for size in level.sizes]
        if (
            len(own) != len(scales)
            or any(not math.isclose(a, b, rel_tol=1e-9) for a, b in zip(own, scales, strict=True))
            or level.ratios != first.ratios
            or level.ratio_major != first.ratio_major
        ):
            return None
    return scales, list(first.ratios), first.ratio_major


def _default_boxes(all_levels: tuple[Level, ...]) -> tuple[list, list, list] | None:
    """(min_sizes, max_sizes, ratios) if every level is SSD's: a square, a larger one, each ratio lying and standing."""
    smallest, largest, ratios = [], [], []
    for level in all_levels:
        if len(level.shapes) < 4 or len(level.shapes) % 2:
            return None
        (size, _), (between, _), *rest = level.shapes
        own = [neat(w / h) for w, h in rest[::2]]
        if (
            any(
                not math.isclose(a, b, rel_tol=1e-9)
                for r, s in zip(default_boxes(size, between**2 / size, own), level.shapes, strict=True)
                for a, b in zip(r, s, strict=True)
            )
            or between <= size
        ):
            return None
        smallest.append(size)
        largest.append(neat(between**2 / size))
        ratios.append(own)
    return smallest, largest, ratios


def _neat(value: float) -> float:
    rounded = round(value, 9)
    return rounded if math.isclose(rounded, value, rel_tol=1e-12) else value


def _coder(recipe: Recipe) -> Part:
    coder = coder_of(recipe.coder)
    if "mmdetection" not in coder.exports:
        return [f"MMDetection writes no {coder.term}; the coder below is left as it was."], []
    part = coder.exports["mmdetection"](recipe.coder)
    return list(part.notes), list(part.lines)


def _losses(recipe: Recipe) -> Part:
    if not recipe.training:
        return [], []
    classes, boxes, _ = written(recipe.training, "mmdetection")
    losses = recipe.training.losses
    notes = [*classes.notes, *boxes.notes]
    if losses.box_weight != 1 or losses.n_cls != losses.n_reg:
        notes.append(
            "Both sums are divided by the same number here; the weight of the boxes is the loss_weight of loss_bbox, in "
            f"AnchorLab {number(losses.box_weight)} beside its own divisors."
        )
    return notes, [*classes.lines, *boxes.lines]


def _sampler(recipe: Recipe) -> Part:
    if not recipe.training:
        return [], []
    sampler = written(recipe.training, "mmdetection")[2]
    return list(sampler.notes), list(sampler.lines)


def _assigner(recipe: Recipe) -> Part:
    sampler_notes, sampler = _sampler(recipe)
    part = rule_of(recipe.match).export("mmdetection", "MMDetection", recipe.match)
    if not part.name:
        notes = [f"{text} The assigner is left as it was." for text in part.notes]
        return [*notes, *sampler_notes], [
            "train_cfg=dict(",
            *(f"    {line}" for line in sampler),
            "),",
        ] if sampler else []
    arguments = [f'type="{part.name}"', *(f"{name}={_literal(value)}" for name, value in part.arguments)]
    if part.name != ASSIGNER:
        arguments.insert(0, "_delete_=True")
    border, notes = "-1", [*part.notes, *sampler_notes]
    if recipe.anchors.border == "ignore":
        border = "0.001"
        notes.append(
            "allowed_border=0 would ignore anchors that end exactly at the right or lower border, too."
        )
    inner = entry("assigner", arguments)
    return notes, [
        "train_cfg=dict(",
        *(f"    {line}" for line in inner),
        *(f"    {line}" for line in sampler),
        f"    allowed_border={border},",
        "),",
    ]


def _literal(value: float | bool) -> str:
    return decimal(value) if isinstance(value, float) else literal(value)


def _suppress(recipe: Recipe) -> Part:
    nms = recipe.suppression
    keys, notes = METHODS[nms.method].mmdetection(nms)
    own = []
    if keys:
        if nms.inclusive:
            keys = [*keys, "offset=1"]
        if not nms.per_class:
            keys = [*keys, "class_agnostic=True"]
        own = [f"    {line}" for line in entry("nms", ["_delete_=True", *keys])]
    notes = [*notes, "Scores must be above score_thr, in AnchorLab at least; nms_pre counts on each level."]
    return notes, [
        "test_cfg=dict(",
        f"    nms_pre={nms.top_k if nms.top_k is not None else NO_LIMIT},",
        "    min_bbox_size=0,",
        f"    score_thr={number(nms.score_threshold)},",
        *own,
        f"    max_per_img={NO_LIMIT},",
        "),",
    ]
