"""The rules of matching as people choose them: one list of names for what two records of settings say."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from anchorlab.catalogue.libraries import who
from anchorlab.settings.matching import AssignSpec, MatchSpec

RULES = ("threshold", "greedy", "max-iou", "ssd", "atss", "yolo", "yolov5")
"""In the order in which pages show them; the first four read the IoU matrix alone."""

BANDED = ("threshold", "max-iou")
"""Those with two thresholds and an ignored band between them."""

NAMES = {
    "threshold": "Thresholds",
    "greedy": "Greedy",
    "max-iou": "Max IoU",
    "ssd": "SSD",
    "atss": "ATSS",
    "yolo": "YOLO",
    "yolov5": "YOLOv5",
}
WHO = {
    "threshold": f"each anchor by its best IoU, as in Faster R-CNN: {who(rule='threshold')}.",
    "greedy": "one anchor for each object, round by round, then a threshold: the book *Dive into Deep Learning* "
    f"({who(rule='greedy')}).",
    "max-iou": f"two thresholds, then objects take their best anchors: {who(rule='max-iou')}.",
    "ssd": f"each object takes its one best anchor, then a threshold: {who(rule='ssd')}, SSD in torchvision.",
    "atss": "a threshold for each object, mean + deviation of its nearest anchors’ IoUs: ATSS in MMDetection.",
    "yolo": "the cell of the centre says where, the shape alone which anchor: YOLOv2 and YOLOv3 (darknet). The paper asks "
    "the IoU of the *predicted* box before it ignores one; without a network the anchor stands in for it.",
    "yolov5": f"all shapes alike enough, in the cell of the centre and up to two beside it: {who(rule='shape')}.",
}
ANSWERS = {
    "threshold": "Each anchor goes to the object it overlaps most; how much it overlaps decides whether it "
    "<b class=positive>learns</b>, <b class=ignored>is left out</b> or <b class=negative>learns “background”</b>.",
    "greedy": "Round by round, the largest IoU left gives one object one anchor; then every other anchor from "
    "{high} on <b class=positive>learns</b> too, and the rest <b class=negative>learns “background”</b>.",
    "max-iou": "Two thresholds decide first; then every object takes the anchors that fit it best, from another object "
    "if need be: they <b class=positive>learn</b> it, however little they overlap.",
    "ssd": "Every object takes its one best anchor, from another object if need be; any other anchor "
    "<b class=positive>learns</b> from {high} on, and the rest <b class=negative>learns “background”</b>.",
    "atss": "Of the {k} nearest to an object, those that overlap it clearly more than the others do "
    "<b class=positive>learn</b> it; all the rest <b class=negative>learns “background”</b>.",
    "yolo": "An object’s centre says which cell, its shape alone says which anchor there <b class=positive>learns</b> it; "
    "others that overlap it by more than {ignore} <b class=ignored>are left out</b>.",
    "yolov5": "No overlap is asked: in an object’s cell and up to two beside it, every anchor whose sides differ by less "
    "than {factor} times <b class=positive>learns</b> it.",
}


def name(match: MatchSpec, assign: AssignSpec) -> str:
    """The rule that is in force."""
    return match.rule if assign.kind == "iou" else assign.kind


def changes(rule: str, match: MatchSpec) -> dict[str, Any]:
    """What to change in an app state so that this rule is in force."""
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
