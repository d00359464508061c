"""Matching by thresholds: Faster R-CNN, RetinaNet."""

from __future__ import annotations

from anchorlab.catalogue.controls import Choice, Switch
from anchorlab.catalogue.glossary import explained
from anchorlab.catalogue.libraries import who
from anchorlab.catalogue.matching import bands
from anchorlab.catalogue.matching.rule import Convention, Part, Rule
from anchorlab.core.matching.threshold import match_by_threshold
from anchorlab.settings.matching import ThresholdSpec
from anchorlab.thresholds import just_above

_KEEPS = who(rule="threshold", low_quality="ties")
_LOSES = who(rule="threshold", low_quality="none")

SENTENCES = {
    "answer": "Each anchor goes to the object it overlaps most; how much it overlaps decides whether it "
    "<b class=positive>learns</b>, <b class=ignored>is left out</b> or <b class=negative>learns “background”</b>.",
    "equal_to_low": "Its best object, {object}, reaches just <b>{best}</b>, and an IoU equal to {low} counts as background here.",
    "low_quality": "At <b>{iou}</b> it misses {high}, but no anchor overlaps {object} more: a low-quality match.",
    "low_quality_alone": "At <b>{iou}</b> it misses {high}, but no anchor overlaps {object} more: a low-quality match, without "
    "which that object would have none.",
    "low_quality_of_nothing": "It overlaps {object} by nothing, but so does every anchor: all share its best IoU, <b>0</b>, and "
    "are low-quality matches.",
    "never_reassigns": "It still learns {other}, which it overlaps more: this rule never reassigns.",
    "never_reassigns_none": "It still learns {other}, which it overlaps more: this rule never reassigns, and {object} has none.",
}


def _low(spec: ThresholdSpec) -> float:
    """Below this IoU an anchor is negative."""
    return just_above(spec.low) if spec.low_negative else spec.low


def _in_a_matcher(spec: ThresholdSpec) -> list[str]:
    """How the Matcher of torchvision and detectron2 differs."""
    notes = []
    if spec.low_quality and spec.min_best_iou == 0:
        notes.append(
            "An object that overlaps no anchor has low-quality matches here, even all anchors of IoU 0; in AnchorLab it "
            "has none."
        )
    elif spec.low_quality and spec.min_best_iou > 0:
        notes.append(
            f"An object that overlaps none by more than {spec.min_best_iou:g} has low-quality matches here, even all "
            "anchors of IoU 0; in AnchorLab it has none."
        )
    if spec.low_negative:
        notes.append("The low threshold is the next float32, so that an IoU equal to it is negative.")
    return notes


def _mmdetection(spec: ThresholdSpec) -> Part:
    # AnchorLab asks for more than the number: the next float32; -1 asks for nothing.
    least = 0.0 if spec.min_best_iou < 0 else just_above(spec.min_best_iou) if spec.min_best_iou else 1e-12
    notes = []
    if spec.low_quality:
        notes.append(
            "An anchor that is the best of several objects goes to the last of them here; in AnchorLab, torchvision "
            "and detectron2 it stays with the one it overlaps most."
        )
    if spec.low_negative:
        notes.append(
            "neg_iou_thr is the next float32, so that an IoU equal to the low threshold is negative."
        )
    if spec.low_quality and spec.min_best_iou == 0:
        notes.append(
            "min_pos_iou is next to nothing, so that an object that overlaps no anchor has no low-quality match."
        )
    return bands.mmdetection(spec, _low(spec), least, True, notes)


THRESHOLD = Rule(
    name="threshold",
    title="Thresholds",
    settings=ThresholdSpec,
    match=match_by_threshold,
    reads="iou",
    sentences=SENTENCES,
    controls=(
        Switch(
            "matching.threshold.low_quality",
            "Low-quality matches",
            help=explained(
                "low-quality match",
                "An anchor that overlaps some object more than any other anchor does is positive whatever its IoU. It "
                f"learns the object it overlaps most itself. So does {_KEEPS}; not {_LOSES}.",
            ),
        ),
    ),
    thresholds=bands.thresholds("threshold"),
    conventions=(
        bands.shared_best("max_iou"),
        Convention(
            name="low_negative",
            control=Choice(
                "matching.threshold.low_negative",
                "An IoU equal to the low threshold is",
                ((False, "ignored"), (True, "background")),
            ),
            caption=f"Ignored: {who(at_low='ignored')}. Background: {who(at_low='negative')}.",
            # IoU 48 / 192 = 1/4 with an anchor that is not the object's best one.
            scene={**bands.TILES, "matching__threshold__low": 0.25, "boxes": ((128, 208, 256, 320),)},
        ),
        Convention(
            name="min_best_iou",
            column="right",
            intro=f"Low-quality matches: {_KEEPS}. None: {_LOSES}.",
            control=Choice(
                "matching.threshold.min_best_iou",
                "Low-quality matches of an object that overlaps nothing",
                ((0.0, "none"), (-1.0, "all anchors, at IoU 0")),
            ),
            caption=f"All anchors: {_KEEPS}; a box far from all anchors then turns thousands positive. "
            "Read only while low-quality matches are on.",
            # An object between anchors that are half as large as their cells.
            scene={**bands.grid(64, 128), "boxes": ((32, 32, 96, 88), (104, 104, 152, 152))},
        ),
    ),
    used_by=f"each anchor by its best IoU, as in Faster R-CNN: {who(rule='threshold')}.",
    changes=bands.BANDS,
    exports={
        "torchvision": lambda spec: bands.torchvision(spec, _low(spec), _in_a_matcher(spec)),
        "detectron2": lambda spec: bands.detectron2(spec, _low(spec), _in_a_matcher(spec)),
        "mmdetection": _mmdetection,
    },
)
