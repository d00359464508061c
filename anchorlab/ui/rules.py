"""The rules of matching as people choose them: one list of names for what two records of settings say."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from anchorlab.specs import AssignSpec, MatchSpec

RULES = ("threshold", "greedy", "max-iou", "ssd", "atss", "yolo", "yolov5")
"""In the order in which pages show them; the first four read the IoU matrix alone."""

BANDED = ("threshold", "max-iou")
"""Those with two thresholds and an ignored band between them."""


def name(match: MatchSpec, assign: AssignSpec) -> str:
    """The rule that is in force."""
    return match.rule if assign.kind == "iou" else assign.kind


def changes(rule: str, match: MatchSpec) -> dict[str, Any]:
    """What to change in a lab so that this rule is in force."""
    if rule not in RULES[:4]:
        return {"assign__kind": rule}
    asked: dict[str, Any] = {"assign__kind": "iou", "match__rule": rule}
    if rule in BANDED and match.low > match.high:
        asked["match__low"] = match.high  # rules without a band let the two thresholds pass each other
    return asked


def settings(match: MatchSpec, assign: AssignSpec) -> dict[str, Any]:
    """Everything a rule reads, as the browser takes it: the fields of both records under one `rule`."""
    fields = asdict(match) | asdict(assign) | {"rule": name(match, assign)}
    del fields["kind"]
    return fields
