"""What cannot be said in a library's configuration, as sentences for comments."""

from __future__ import annotations

from anchorlab.export.writing import number
from anchorlab.settings.suppression import Limits
from anchorlab.thresholds import in_float64


def about_threshold(nms: Limits) -> list[str]:
    """What equality means where the threshold is compared in float64."""
    if nms.suppress_equal:
        return [f"The float32 before {number(nms.iou_threshold)}: an IoU equal to the threshold suppresses."]
    if in_float64(nms.iou_threshold) != nms.iou_threshold:
        return [
            f"It is compared in float64, hence {number(nms.iou_threshold)} as float32 has it: an IoU of exactly that stays."
        ]
    return []
