"""The settings of the laboratory as working configuration of other libraries, one module for each.

A setting that a library has not is converted where that is exact (a ratio meant as width / height becomes 1 / r, a
threshold that must be met becomes the next float32); else the code says so in a comment.
"""

from collections.abc import Callable

from anchorlab.export import detectron2, mmdetection, torchvision
from anchorlab.export.recipe import Recipe, Suppression

TARGETS: dict[str, Callable[[Recipe], str]] = {
    "torchvision": torchvision.code,
    "detectron2": detectron2.code,
    "mmdetection": mmdetection.code,
}

__all__ = ["TARGETS", "Recipe", "Suppression"]
