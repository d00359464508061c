"""What cannot be said in a library's configuration, as sentences for comments."""

from __future__ import annotations

from anchorlab.export.recipe import Recipe
from anchorlab.export.writing import number
from anchorlab.settings.suppression import Limits
from anchorlab.thresholds import in_float64


def missing_coder(library: str, kind: str) -> str:
    """A way to write boxes that torchvision or detectron2 has not."""
    what = "corner differences (fizyr)" if kind == "corner" else "places within cells (YOLO)"
    return f"{library} writes no {what}: its coder knows centres, sizes and their logarithms only."


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
