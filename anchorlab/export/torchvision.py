"""For torchvision 0.22: `AnchorGenerator`, `Matcher`, `BoxCoder`, `nms`, and a RetinaNet of them.

torchvision rounds the shapes, centres them on the corners of their cells and lists them ratio by ratio; its generator
takes finished shapes as well, and that is how AnchorLab's are handed over, exactly.
"""

from __future__ import annotations

from anchorlab.catalogue.coders import coder_of
from anchorlab.catalogue.matching import rule_of
from anchorlab.catalogue.matching.rule import Part
from anchorlab.catalogue.suppression import METHODS
from anchorlab.export.notes import about_threshold
from anchorlab.export.recipe import Level, Recipe, levels, uneven
from anchorlab.export.training import written
from anchorlab.export.writing import call, literal, nine, note, number, pairs, tuple_of
from anchorlab.settings.anchors import AnchorSpec
from anchorlab.thresholds import in_float64, just_below


def code(recipe: Recipe) -> str:
    """A module with `anchor_generator`, `matcher`, `box_coder`, `suppress` and `retinanet`, as far as there are."""
    imports: dict[str, set[str]] = {}
    body = [
        _anchors(recipe, imports),
        _matcher(recipe, imports),
        _coder(recipe, imports),
        _suppress(recipe, imports),
    ]
    if model := _model(recipe, imports):
        body.append(model)
    if recipe.training:
        body.append(_training(recipe, imports))
    # RetinaNet's own file names no private function, so they come from where they are defined.
    lines = [f"from {module} import {', '.join(sorted(names))}" for module, names in sorted(imports.items())]
    head = ["import torch", *lines]
    return "\n".join(head) + "\n\n" + "\n\n".join(body) + "\n"


def _use(imports: dict[str, set[str]], module: str, *names: str) -> None:
    imports.setdefault(module, set()).update(names)


def _shapes(level: Level) -> str:
    if level.sizes is None:
        return f"[{', '.join(pairs(level.shapes))}]"
    sizes, ratios = (
        tuple_of([number(nine(s)) for s in level.sizes]),
        tuple_of([number(r) for r in level.ratios]),
    )
    order = (
        f"for r in {ratios} for s in {sizes}" if level.ratio_major else f"for s in {sizes} for r in {ratios}"
    )
    return f"[(s / r**0.5, s * r**0.5) {order}]"


def _anchors(recipe: Recipe, imports) -> str:
    _use(imports, "torchvision.models.detection.anchor_utils", "AnchorGenerator")
    spec, all_levels = recipe.anchors, levels(recipe)
    lines = [note("Anchors. Stride and shapes (width, height) of each feature map.")]
    lines.append("levels = [")
    for level in all_levels:
        entry = f"({number(level.stride)}, {_shapes(level)}),"
        if len(entry) <= 88:
            lines.append(f"    {entry}")
        elif level.sizes is not None:
            shapes = _shapes(level)
            at = shapes.index(" for ")
            second = shapes.index(" for ", at + 1)
            lines += [
                f"    ({number(level.stride)}, [",
                f"        {shapes[1:at]}",
                f"        {shapes[at + 1 : second]}",
                f"        {shapes[second + 1 : -1]}",
                "    ]),",
            ]
        else:
            lines.append(f"    ({number(level.stride)}, [")
            lines += [f"        {pair}," for pair in pairs(level.shapes)]
            lines.append("    ]),")
    lines.append("]")
    if spec.border == "clip":
        _use(imports, "torchvision.ops", "clip_boxes_to_image")
        lines += [
            "",
            "",
            "class ClippedAnchorGenerator(AnchorGenerator):",
            "    def forward(self, image_list, feature_maps):",
            "        anchors = super().forward(image_list, feature_maps)",
            "        return [clip_boxes_to_image(a, size) for a, size in zip(anchors, image_list.image_sizes)]",
            "",
            "",
        ]
    name = "ClippedAnchorGenerator" if spec.border == "clip" else "AnchorGenerator"
    lines += [
        note(
            "Only how many sizes and ratios there are is read here: the shapes themselves follow, neither rounded nor "
            "put in another order, as AnchorGenerator would."
        ),
        f"anchor_generator = {name}(",
        "    sizes=tuple(tuple(range(1, 1 + len(shapes))) for _, shapes in levels),",
        "    aspect_ratios=((1.0,),) * len(levels),",
        ")",
        "anchor_generator.cell_anchors = []",
        "for stride, shapes in levels:",
        "    half = torch.tensor(shapes) / 2",
    ]
    center = spec.center
    if center:
        lines.append(
            f"    center = {number(center)} * stride  # torchvision's own is 0, the corner of the cell"
        )
        lines.append("    cell = torch.cat([center - half, center + half], dim=1)")
    else:
        lines.append("    cell = torch.cat([-half, half], dim=1)")
    lines.append("    anchor_generator.cell_anchors.append(cell)")
    for text in _about_strides(recipe, all_levels):
        lines.append(note(text))
    return "\n".join(lines)


def _about_strides(recipe: Recipe, all_levels: tuple[Level, ...]) -> list[str]:
    """What torchvision's stride, image // feature map, needs in order to be AnchorLab's."""
    notes = []
    if uneven(recipe) == "floor":
        return notes
    if uneven(recipe) == "exact":
        notes.append(
            "Cells are image / feature map apart in AnchorLab; torchvision cuts that to whole pixels. Where it does "
            "not divide, resize the image."
        )
        return notes
    fractions = [level.stride for level in all_levels if level.stride != int(level.stride)]
    if fractions:
        notes.append(
            f"A stride of {', '.join(number(s) for s in fractions)} cannot be had: torchvision's is image // feature "
            "map, in whole pixels."
        )
        return notes
    largest = max(level.stride for level in all_levels)
    height, width = (int(-(-side // largest) * largest) for side in (recipe.height, recipe.width))
    whole = all(height % level.stride == width % level.stride == 0 for level in all_levels)
    whole &= isinstance(recipe.anchors, AnchorSpec) or all(v.map_size is None for v in recipe.anchors.levels)
    padded = (recipe.height, recipe.width) != (height, width)
    if padded and whole:
        more = any(level.grid != (height // level.stride, width // level.stride) for level in all_levels)
        notes.append(
            f"torchvision takes image // feature map for the stride: pad {recipe.height} x {recipe.width} to "
            f"{height} x {width} (size_divisible={int(largest)}) and it is "
            f"{', '.join(number(level.stride) for level in all_levels)}."
            + (" The finer maps then reach beyond the picture." if more else "")
        )
    elif not whole:
        notes.append(
            "torchvision takes image // feature map for the stride, which here is not the stride of every level."
        )
    return notes


def _part(recipe: Recipe) -> Part:
    """The rule of matching."""
    return rule_of(recipe.match).export("torchvision", "torchvision", recipe.match)


def _matcher(recipe: Recipe, imports) -> str:
    part = _part(recipe)
    lines = ["# Matching."]
    if part.name:
        _use(imports, "torchvision.models.detection._utils", part.name)
        arguments = [f"{name}={literal(v)}" if name else literal(v) for name, v in part.arguments]
        lines.append(call(part.name, arguments, "matcher = "))
    lines += [note(text) for text in part.notes]
    if recipe.anchors.border == "ignore":
        lines.append(
            note(
                "Anchors that leave the image take no part in AnchorLab; torchvision's RetinaNet matches them all. "
                "Match only `anchors[inside]`, and give the others -2 (Matcher.BETWEEN_THRESHOLDS)."
            )
        )
    return "\n".join(lines)


def _coder(recipe: Recipe, imports) -> str:
    coder = coder_of(recipe.coder)
    head = "# Offsets. weights = 1 / stds."
    if "torchvision" not in coder.exports:
        missing = (
            f"torchvision writes no {coder.term}: its coder knows centres, sizes and their logarithms only."
        )
        return "\n".join([head, note(missing)])
    part = coder.exports["torchvision"](recipe.coder)
    for module, name in part.imports:
        _use(imports, module, name)
    return "\n".join([head, *part.lines, *map(note, part.notes)])


def _suppress(recipe: Recipe, imports) -> str:
    nms = recipe.suppression
    if nms.method != "hard":
        method = METHODS[nms.method]
        return note(f"Suppression. torchvision has no {method.term}. {method.elsewhere}".rstrip())
    function = "batched_nms" if nms.per_class else "nms"
    _use(imports, "torchvision.ops", function)
    threshold = just_below(nms.iou_threshold) if nms.suppress_equal else in_float64(nms.iou_threshold)
    lines = ["def suppress(boxes, scores, labels):", '    """Indices of the boxes that stay, best first."""']
    if nms.ties == "last":
        lines += [
            "    order = len(scores) - 1 - scores.flip(0).argsort(descending=True, stable=True)  # ties: last first"
        ]
    else:
        lines.append("    order = scores.argsort(descending=True, stable=True)")
    cut = f"[:{nms.top_k}]" if nms.top_k is not None else ""
    lines.append(f"    part = order[scores[order] >= {number(nms.score_threshold)}]{cut}")
    area = "boxes[part]"
    if nms.inclusive:
        lines.append("    plus = boxes.new_tensor([0, 0, 1, 1])  # the last pixel belongs to a box")
        area = "boxes[part] + plus"
    arguments = [area, "scores[part]", *(["labels[part]"] if nms.per_class else []), number(threshold)]
    lines.append(f"    return part[{function}({', '.join(arguments)})]")
    for text in about_threshold(nms):
        lines.append(note(text))
    return "\n".join(["# Suppression.", *lines, ""])


def _training(recipe: Recipe, imports) -> str:
    """Losses and sampler; models call their own, so these are functions to put in their place."""
    parts = written(recipe.training, "torchvision")
    lines = [note("Training. Models call losses of their own; these take their place in `compute_loss`.")]
    for part in parts:
        lines += [note(text) for text in part.notes]
        lines += [*part.lines, ""]
        for module, name in part.imports:
            _use(imports, module, name)
    losses = recipe.training.losses
    weight = note(
        f"The loss is classification / {_DIVISORS[losses.n_cls]} + {number(losses.box_weight)} x regression / "
        f"{_DIVISORS[losses.n_reg]}."
    )
    return "\n".join([*lines[:-1], weight])


_DIVISORS = {
    "sampled": "number of anchors that count",
    "positives": "number of positives",
    "locations": "number of cells",
}


def _model(recipe: Recipe, imports) -> str:
    """RetinaNet with these parts; nothing where a part is missing, or its head cannot have them."""
    if not _part(recipe).name or "torchvision" not in coder_of(recipe.coder).exports:
        return ""
    if len({len(level.shapes) for level in levels(recipe)}) > 1:
        return note("RetinaNet's head has as many anchors on every level; these levels differ.")
    _use(imports, "torchvision.models.detection", "RetinaNet")
    nms = recipe.suppression
    arguments = [
        "backbone",
        f"num_classes={recipe.num_classes}",
        "anchor_generator=anchor_generator",
        "proposal_matcher=matcher",
        f"score_thresh={number(nms.score_threshold)}",
        f"nms_thresh={number(nms.iou_threshold)}",
    ]
    if nms.top_k is not None:
        arguments.append(f"topk_candidates={nms.top_k}")
    built = call("RetinaNet", arguments, "model = ").replace("\n", "\n    ")
    strides = ", ".join(number(level.stride) for level in levels(recipe))
    lines = [
        "def retinanet(backbone):",
        f'    """A RetinaNet of these parts; the backbone gives a feature map for each stride: {strides}."""',
        f"    {built}",
        "    model.box_coder = model.head.regression_head.box_coder = box_coder",
        "    return model",
    ]
    if (nms.method, nms.per_class, nms.inclusive, nms.ties, nms.suppress_equal) != (
        "hard",
        True,
        False,
        "first",
        False,
    ):
        lines.append(note("RetinaNet suppresses in its own way, class by class; `suppress` is AnchorLab's."))
    return "\n".join(lines)
