"""What cannot be said in a library's configuration, as sentences for comments."""

from __future__ import annotations

from anchorlab.export.recipe import Recipe, in_float64, rule
from anchorlab.export.writing import number
from anchorlab.settings.suppression import Limits


def missing_rule(library: str, kind: str) -> str:
    """A rule of matching that torchvision or detectron2 has not."""
    return {
        "greedy": f"{library} has no greedy one-to-one matching (Dive into Deep Learning). In AnchorLab it is "
        "engine.match_anchors with MatchSpec(rule='greedy'), or anchorlab.d2l.assign_anchor_to_bbox.",
        "ssd": f"{library} has no SSD matching, in which every object takes its best anchor, even from others. "
        "torchvision's is SSDMatcher.",
        "atss": f"{library} has no ATSS. MMDetection's is ATSSAssigner, AnchorLab's engine.match_atss.",
        "yolo": f"{library} has no YOLO matching. AnchorLab's is engine.match_yolo.",
        "yolov5": f"{library} has no YOLOv5 matching. AnchorLab's is engine.match_yolov5.",
    }[kind]


def missing_coder(library: str, kind: str) -> str:
    """A way to write boxes that torchvision or detectron2 has not."""
    what = "corner differences (fizyr)" if kind == "corner" else "places within cells (YOLO)"
    return f"{library} writes no {what}: its coder knows centres, sizes and their logarithms only."


def about_matching(recipe: Recipe) -> list[str]:
    """How the Matcher of torchvision and detectron2 differs from the rule in force."""
    match, kind = recipe.match, rule(recipe)
    notes = []
    if kind == "max-iou" and match.low_quality:
        notes.append(
            "An anchor that is the best of several objects stays with the one it overlaps most; in AnchorLab's max-iou, "
            "as in MMDetection, the last of these objects takes it."
        )
        if match.min_pos_iou > 0:
            notes.append(
                f"Objects are not asked for an IoU of {number(match.min_pos_iou)} before they get a low-quality match."
            )
        if not match.assign_all:
            notes.append(
                "All anchors that share an object's best IoU are its low-quality matches, not the first alone."
            )
    if kind == "threshold" and match.low_quality and match.min_best_iou >= 0:
        which = (
            "overlaps no anchor"
            if match.min_best_iou == 0
            else f"overlaps none by more than {number(match.min_best_iou)}"
        )
        notes.append(
            f"An object that {which} has low-quality matches here, even all anchors of IoU 0; in AnchorLab it has none."
        )
    if kind == "threshold" and match.low_negative:
        notes.append("The low threshold is the next float32, so that an IoU equal to it is negative.")
    return notes


def about_coder(recipe: Recipe) -> list[str]:
    """What a coder of weights alone cannot say."""
    coder, notes = recipe.coder, []
    if any(coder.means):
        shift = ", ".join(number(round(m / s, 9)) for m, s in zip(coder.means, coder.stds, strict=True))
        notes.append(
            f"There are no means: subtract ({shift}) from what it encodes, and add that before it decodes."
        )
    if coder.clamp is not None and coder.clamp_both:
        notes.append(f"The bound is above only: below -{number(coder.clamp)} nothing is cut.")
    if coder.eps:
        notes.append(
            f"Nothing is added to the ratio before the logarithm, where AnchorLab adds {number(coder.eps)}."
        )
    return notes


def about_threshold(nms: Limits) -> list[str]:
    """What equality means where the threshold is compared in float64."""
    if nms.suppress_equal:
        return [f"The float32 before {number(nms.iou_threshold)}: an IoU equal to the threshold suppresses."]
    if in_float64(nms.iou_threshold) != nms.iou_threshold:
        return [
            f"It is compared in float64, hence {number(nms.iou_threshold)} as float32 has it: an IoU of exactly that stays."
        ]
    return []
