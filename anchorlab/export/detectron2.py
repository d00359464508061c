"""For detectron2 0.6: a LazyConfig of RetinaNet, with `DefaultAnchorGenerator`, `Matcher` and `Box2BoxTransform`."""

from __future__ import annotations

from anchorlab.catalogue.coders import coder_of
from anchorlab.catalogue.matching import rule_of
from anchorlab.catalogue.suppression import METHODS
from anchorlab.export.notes import about_threshold
from anchorlab.export.recipe import Level, Recipe, levels, neat, uneven
from anchorlab.export.training import written
from anchorlab.export.writing import call, decimal, list_of, literal, note, number, rows
from anchorlab.thresholds import in_float64, just_below


def code(recipe: Recipe) -> str:
    """A LazyConfig file: `model` is RetinaNet's, with what it can be told."""
    imports = {"detectron2": {"model_zoo"}, "detectron2.config": {"LazyCall as L"}}
    body = [_anchors(recipe, imports), _matcher(recipe, imports), _coder(recipe, imports), _suppress(recipe)]
    if recipe.training:
        body.append(_training(recipe))
    lines = [f"from {module} import {', '.join(sorted(names))}" for module, names in sorted(imports.items())]
    head = ["import torch", ""] if any("torch." in part for part in body) else []
    model = f'model = model_zoo.get_config("common/models/retinanet.py").model\nmodel.num_classes = {recipe.num_classes}'
    return "\n".join([*head, *lines]) + "\n\n" + "\n\n".join([model, *body]) + "\n"


def _plain(all_levels: tuple[Level, ...]) -> bool:
    """Whether every level is all sizes with all ratios, size by size, as DefaultAnchorGenerator makes them."""
    return all(level.sizes is not None and not level.ratio_major for level in all_levels)


def _anchors(recipe: Recipe, imports) -> str:
    imports["detectron2.modeling.anchor_generator"] = {"DefaultAnchorGenerator"}
    spec, all_levels = recipe.anchors, levels(recipe)
    lines = ["# Anchors. A ratio is height / width."]
    name = "DefaultAnchorGenerator"
    # One map may be one size each of several ratios in any order: both orders are one then.
    if _plain(all_levels) or all(
        level.sizes and 1 in (len(level.sizes), len(level.ratios)) for level in all_levels
    ):
        sizes = [list(level.sizes) for level in all_levels]
        ratios = [list(level.ratios) for level in all_levels]
    else:
        name = "PairedAnchorGenerator"
        sizes = [[neat((w * h) ** 0.5) for w, h in level.shapes] for level in all_levels]
        ratios = [[neat(h / w) for w, h in level.shapes] for level in all_levels]
        lines = [
            "class PairedAnchorGenerator(DefaultAnchorGenerator):",
            '    """Takes the first size with the first ratio, the second with the second, not all with all."""',
            "",
            "    def generate_cell_anchors(self, sizes, aspect_ratios):",
            "        pairs = zip(sizes, aspect_ratios)",
            "        halves = torch.tensor([(s / r**0.5 / 2, s * r**0.5 / 2) for s, r in pairs])",
            "        return torch.cat([-halves, halves], dim=1)",
            "",
            "",
            *lines,
        ]
    if all(r == ratios[0] for r in ratios):
        ratios = ratios[:1]
    lines.append(
        call(
            f"L({name})",
            [
                rows("sizes", sizes),
                rows("aspect_ratios", ratios),
                f"strides={list_of([level.stride for level in all_levels])}",
                f"offset={decimal(spec.center)}",
            ],
            "model.anchor_generator = ",
        )
    )
    counts = {len(level.shapes) for level in all_levels}
    if len(counts) == 1:
        lines.append(f"model.head.num_anchors = {counts.pop()}")
    else:
        lines.append(note("RetinaNet's head has as many anchors on every level; these levels differ."))
    strides = ", ".join(number(level.stride) for level in all_levels)
    lines.append(note(f"head_in_features must name a feature map for each stride: {strides}."))
    if uneven(recipe) != "keep":
        lines.append(
            note(
                "detectron2 always keeps the stride; in AnchorLab cells are image / feature map apart here"
                + (", in whole pixels." if uneven(recipe) == "floor" else ".")
            )
        )
    if spec.border == "clip":
        lines.append(
            note("detectron2 does not clip anchors: call Boxes.clip(image_size) on what the generator gives.")
        )
    if spec.border == "ignore":
        lines.append(
            note(
                "RetinaNet matches anchors that leave the image, too; only RPN leaves them out: "
                "cfg.MODEL.RPN.BOUNDARY_THRESH = 0."
            )
        )
    return "\n".join(lines)


def _matcher(recipe: Recipe, imports) -> str:
    part = rule_of(recipe.match).export("detectron2", "detectron2", recipe.match)
    notes = [note(text) for text in part.notes]
    if not part.name:
        return "\n".join(["# Matching.", *notes])
    imports["detectron2.modeling.matcher"] = {part.name}
    head = "# Matching: IoU below the first threshold 0, negative; between -1, ignored; above 1, positive."
    arguments = [
        f"{name}={list_of(value) if isinstance(value, list) else literal(value)}"
        for name, value in part.arguments
    ]
    return "\n".join([head, call(f"L({part.name})", arguments, "model.anchor_matcher = "), *notes])


def _coder(recipe: Recipe, imports) -> str:
    coder = coder_of(recipe.coder)
    head = "# Offsets. weights = 1 / stds."
    if "detectron2" not in coder.exports:
        missing = f"detectron2 writes no {coder.term}: Box2BoxTransform knows centres and sizes."
        return "\n".join([head, note(missing)])
    part = coder.exports["detectron2"](recipe.coder)
    for module, name in part.imports:
        imports[module] = {name}
    return "\n".join([head, *part.lines, *map(note, part.notes)])


def _training(recipe: Recipe) -> str:
    lines = ["# Training."]
    for part in written(recipe.training, "detectron2"):
        lines += [*(note(text) for text in part.notes), *part.lines]
    losses = recipe.training.losses
    if losses.box_weight != 1 or (losses.n_cls, losses.n_reg) != ("positives", "positives"):
        lines.append(
            note(
                "RetinaNet divides both sums by a running mean of the number of positives, and adds them up as they are; "
                f"in the region proposal network the boxes' weight is LOSS_WEIGHT, here {number(losses.box_weight)}."
            )
        )
    return "\n".join(lines)


def _suppress(recipe: Recipe) -> str:
    nms = recipe.suppression
    hard = nms.method == "hard"
    lines = ["# Suppression."]
    threshold = just_below(nms.iou_threshold) if nms.suppress_equal else in_float64(nms.iou_threshold)
    lines.append(f"model.test_score_thresh = {number(nms.score_threshold)}")
    if hard:
        lines.append(f"model.test_nms_thresh = {number(threshold)}")
    else:
        lines.append(note(f"detectron2 has no {METHODS[nms.method].term}: what follows is left out."))
    lines.append(
        f"model.test_topk_candidates = {nms.top_k if nms.top_k is not None else 100000}  # of each level"
    )
    lines.append("model.max_detections_per_image = 100000  # AnchorLab keeps all")
    notes = []
    if hard:
        if not nms.per_class:
            notes.append(
                "RetinaNet suppresses class by class; across classes it is detectron2.layers.nms(boxes, scores, "
                f"{number(threshold)})."
            )
        notes += about_threshold(nms)
        if nms.ties == "last":
            notes.append("Of equal scores the first box goes first here, in AnchorLab the last.")
        if nms.inclusive:
            notes.append("A box is x2 - x1 wide here, in AnchorLab x2 - x1 + 1.")
    return "\n".join([*lines, *(note(text) for text in notes)])
