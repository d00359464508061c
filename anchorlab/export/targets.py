"""The libraries that settings are written for."""

from collections.abc import Callable

from anchorlab.export import detectron2, mmdetection, torchvision
from anchorlab.export.recipe import Recipe

TARGETS: dict[str, Callable[[Recipe], str]] = {
    "torchvision": torchvision.code,
    "detectron2": detectron2.code,
    "mmdetection": mmdetection.code,
}
