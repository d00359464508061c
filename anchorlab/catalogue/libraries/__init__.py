"""What respected libraries do: their answers to the questions of `fields`, one file a library."""

from collections.abc import Iterable
from typing import Any

from anchorlab.catalogue.libraries import (
    d2l,
    d2l_text,
    detectron2,
    fast_rcnn,
    fizyr,
    keras,
    mmdetection,
    ssd,
    torchvision,
    yolo,
)
from anchorlab.catalogue.libraries.fields import FIELDS, Library, differs, exchanged
from anchorlab.wording import joined

__all__ = [
    "ALL",
    "FIELDS",
    "FURTHER",
    "LIBRARIES",
    "Library",
    "differs",
    "exchanged",
    "named",
    "those",
    "who",
]

LIBRARIES: dict[str, Library] = {
    "d2l": d2l.LIBRARY,
    "torchvision": torchvision.LIBRARY,
    "detectron2": detectron2.LIBRARY,
    "mmdetection": mmdetection.LIBRARY,
    "fizyr": fizyr.LIBRARY,
    "keras": keras.LIBRARY,
    "ssd": ssd.LIBRARY,
    "yolo": yolo.LIBRARY,
}
"""By name."""
FURTHER: dict[str, Library] = {"fast-rcnn": fast_rcnn.LIBRARY, "d2l-text": d2l_text.LIBRARY}
"""Asked only about some of it: they have no column in the table of all."""
ALL = LIBRARIES | FURTHER


def those(**answers: Any) -> tuple[Library, ...]:
    """The libraries that answer so to questions of `FIELDS`: `those(rule="threshold", low_quality="ties")`."""
    return tuple(
        library
        for library in LIBRARIES.values()
        if all(getattr(library, field) == answer for field, answer in answers.items())
    )


def who(**answers: Any) -> str:
    """The same in words, as `named`; "nobody here" if there is none."""
    return named(those(**answers)) or "nobody here"


def named(libraries: Iterable[Library]) -> str:
    """Libraries by their models: "RetinaNet in torchvision and detectron2, ssd.pytorch"."""
    by_model: dict[str, list[str]] = {}
    alone = []
    for library in libraries:
        if library.model:
            by_model.setdefault(library.model, []).append(library.library)
        else:
            alone.append(library.title)
    return ", ".join([f"{model} in {joined(names)}" for model, names in by_model.items()] + alone)
