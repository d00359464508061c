"""Matching in which objects take their best anchors: MMDetection's MaxIoUAssigner."""

from __future__ import annotations

from anchorlab.catalogue.controls import Choice, Slider, Switch
from anchorlab.catalogue.glossary import explained
from anchorlab.catalogue.libraries import who
from anchorlab.catalogue.matching import bands
from anchorlab.catalogue.matching.rule import Convention, Rule
from anchorlab.core.matching.max_iou import match_by_max_iou
from anchorlab.settings.matching import MaxIouSpec

SENTENCES = {
    "answer": "Two thresholds decide first; then every object takes the anchors that fit it best, from another object "
    "if need be: they <b class=positive>learn</b> it, however little they overlap.",
    "ask_shared": "<b>Predict:</b> {first} and {second} share their best anchor. Which of them learns from it?",
    "answer_shared": "<b>{object}</b> learns from anchor {anchor}: of objects that want one anchor the last listed gets it.",
    "answer_neither": "Neither: anchor {anchor} is {state}, as its IoU is less than objects take.",
}
_OWN = {"matching__rule": "max_iou"}


def _in_a_matcher(spec: MaxIouSpec) -> list[str]:
    """How the Matcher of torchvision and detectron2 differs."""
    if not spec.low_quality:
        return []
    notes = [
        (
            "An anchor that is the best of several objects stays with the one it overlaps most; in AnchorLab's max_iou, "
            "as in MMDetection, the last of these objects takes it."
        )
    ]
    if spec.min_pos_iou > 0:
        notes.append(
            f"Objects are not asked for an IoU of {spec.min_pos_iou:g} before they get a low-quality match."
        )
    if not spec.assign_all:
        notes.append(
            "All anchors that share an object's best IoU are its low-quality matches, not the first alone."
        )
    return notes


MAX_IOU = Rule(
    name="max_iou",
    title="Max IoU",
    settings=MaxIouSpec,
    match=match_by_max_iou,
    reads="iou",
    sentences=SENTENCES,
    controls=(
        Switch(
            "matching.max_iou.low_quality",
            "Low-quality matches",
            help=explained(
                "low-quality match",
                "An object takes all anchors that no other anchor beats, even if they overlap another object more. Of "
                f"objects that share one, the last listed gets it: {who(rule='max-iou', low_quality='ties')}.",
            ),
        ),
    ),
    thresholds=bands.thresholds("max_iou"),
    conventions=(
        bands.shared_best("threshold"),
        Convention(
            name="min_pos_iou",
            column="right",
            control=Slider(
                "matching.max_iou.min_pos_iou",
                "An object takes its best anchors from this IoU on",
                0.0,
                1.0,
                0.01,
            ),
            caption="MMDetection’s `min_pos_iou`: 0 in RetinaNet, 0.3 in the region proposal network.",
            # The best IoU of the second object is 1/4.
            scene={**_OWN, **bands.TILES, "boxes": ((128, 128, 256, 240), (256, 128, 384, 160))},
        ),
        Convention(
            name="assign_all",
            column="right",
            control=Choice(
                "matching.max_iou.assign_all",
                "Of anchors that share its best IoU it takes",
                ((True, "all"), (False, "the first")),
            ),
            # Half on one anchor, half on the next.
            scene={**_OWN, **bands.TILES, "boxes": ((128, 192, 256, 320),)},
        ),
    ),
    used_by=f"two thresholds, then objects take their best anchors: {who(rule='max-iou')}.",
    changes=bands.BANDS,
    exports={
        "torchvision": lambda spec: bands.torchvision(spec, spec.low, _in_a_matcher(spec)),
        "detectron2": lambda spec: bands.detectron2(spec, spec.low, _in_a_matcher(spec)),
        "mmdetection": lambda spec: bands.mmdetection(spec, spec.low, spec.min_pos_iou, spec.assign_all, []),
    },
)
