"""SSD's matching."""

from __future__ import annotations

from anchorlab.catalogue.controls import Slider
from anchorlab.catalogue.libraries import who
from anchorlab.catalogue.matching.rule import Part, Rule
from anchorlab.core.matching.ssd import match_ssd
from anchorlab.settings.matching import SsdSpec

SENTENCES = {
    "answer": "Every object takes its one best anchor, from another object if need be; any other anchor "
    "<b class=positive>learns</b> from {high} on, and the rest <b class=negative>learns “background”</b>.",
    "why_above": "No object took it, but its best one, {object}, reaches <b>{best}</b>: from {high} on it learns too.",
    "ask": "<b>Predict:</b> at “positive from {high}”, how many anchors learn? Then drag.",
    "answer_learn": {
        "one": "<b>{anchors}</b>: {taken} that the object takes for itself, and {others} by IoU.",
        "other": "<b>{anchors}</b>: {taken} that {count} objects take for themselves, and {others} by IoU.",
    },
    "answer_some_share": {
        "one": "<b>{anchors}</b>: {taken} that the object takes for itself, as some objects share theirs, and {others} by IoU.",
        "other": "<b>{anchors}</b>: {taken} that {count} objects take for themselves, as some objects share theirs, and {others} "
        "by IoU.",
    },
    "answer_none_takes": {
        "one": "<b>{anchors}</b>: {taken} that the object takes for itself, as none takes part, and {others} by IoU.",
        "other": "<b>{anchors}</b>: {taken} that {count} objects take for themselves, as none takes part, and {others} by IoU.",
    },
}


def _mmdetection(spec: SsdSpec) -> Part:
    arguments = (
        ("pos_iou_thr", spec.high),
        ("neg_iou_thr", spec.high),
        ("min_pos_iou", 0.0),
        ("gt_max_assign_all", False),
    )
    return Part("MaxIoUAssigner", arguments)


SSD = Rule(
    name="ssd",
    title="SSD",
    settings=SsdSpec,
    match=match_ssd,
    reads="iou",
    sentences=SENTENCES,
    controls=(Slider("matching.ssd.high", "Positive from IoU", 0.0, 1.0, 0.01),),
    used_by=f"each object takes its one best anchor, then a threshold: {who(rule='ssd')}, SSD in torchvision.",
    changes={"high": "threshold for positive"},
    missing="{library} has no SSD matching, in which every object takes its best anchor, even from others. "
    "torchvision's is SSDMatcher.",
    exports={
        "torchvision": lambda spec: Part("SSDMatcher", (("", spec.high),)),
        "mmdetection": _mmdetection,
    },
)
