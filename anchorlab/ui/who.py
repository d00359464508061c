"""Which libraries do so: the one list that every page's sentences name them from."""

from __future__ import annotations

from typing import Any

from anchorlab.conventions import LIBRARIES, Conventions


def those(**answers: Any) -> tuple[Conventions, ...]:
    """The libraries that answer so to questions of `conventions.FIELDS`: `those(rule="threshold", low_quality="ties")`."""
    return tuple(
        library
        for library in LIBRARIES.values()
        if all(getattr(library, field) == answer for field, answer in answers.items())
    )


def who(**answers: Any) -> str:
    """The same in words, by their models: "RetinaNet in torchvision and detectron2, ssd.pytorch"; "nobody here" if none."""
    found = those(**answers)
    by_model: dict[str, list[str]] = {}
    for library in found:
        by_model.setdefault(library.model, []).append(library.library)
    alone = by_model.pop("", [])
    return (
        ", ".join([f"{model} in {joined(names)}" for model, names in by_model.items()] + alone)
        or "nobody here"
    )


def joined(parts: list[str]) -> str:
    """ "a, b and c"."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
