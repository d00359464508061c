"""Which libraries do so: the one list that every page's sentences name them from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from anchorlab.catalogue.conventions import LIBRARIES, Conventions, Suppressor
from anchorlab.wording import joined


def those(**answers: Any) -> tuple[Conventions, ...]:
    """The libraries that answer so to questions of `conventions.FIELDS`: `those(rule="threshold", low_quality="ties")`."""
    return tuple(
        library
        for library in LIBRARIES.values()
        if all(getattr(library, field) == answer for field, answer in answers.items())
    )


def who(**answers: Any) -> str:
    """The same in words, as `named`; "nobody here" if there is none."""
    return named(those(**answers)) or "nobody here"


def named(libraries: Iterable[Conventions | Suppressor]) -> str:
    """Libraries by their models: "RetinaNet in torchvision and detectron2, ssd.pytorch"."""
    by_model: dict[str, list[str]] = {}
    alone = []
    for library in libraries:
        if isinstance(library, Conventions) and library.model:
            by_model.setdefault(library.model, []).append(library.library)
        else:
            alone.append(library.title)
    return ", ".join([f"{model} in {joined(names)}" for model, names in by_model.items()] + alone)
