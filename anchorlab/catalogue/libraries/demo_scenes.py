"""Demo scenes on which libraries part, as data: one small drawing for each difference.

A scene gives what every library is asked (anchors, objects, predictions, settings) and never what comes out: that is
computed by the functions of `as_library`. Where a library's own answer is known to be another, because 0 / 0 and a few
accidents are data here, it stands in `documented`.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from anchorlab.catalogue.libraries.fields import FIELDS, Kind
from anchorlab.catalogue.presets import RATIOS
from anchorlab.settings.anchors import AnchorSpec
from anchorlab.settings.pyramids import octaves
from anchorlab.wording import Sentence

Box = tuple[float, float, float, float]
NEGATIVE, IGNORED = -1, -2


@dataclass(frozen=True)
class DemoScene:
    """What is asked, and where to look.

    Attributes:
      title: for people.
      convention: the field of `FIELDS` that makes the difference.
      look: one sentence that says what to look at.
      predict: a question to answer before reading on.
      a, b: the two libraries that show it best, by name.
      width, height: of the drawing; pixels, or 1 x 1 for normalised boxes.
      spec: the settings of the anchors, where these are the question; every library reads its ratios its own way.
      anchors, objects: xyxy; of a question about matching all, of one about coding the pair.
      offsets: four numbers to decode; None: those that encode the pair.
      predictions, scores, class_ids: of a question about suppression.
      iou_threshold: of suppression.
      stride: of the cell in which YOLO writes the pair.
      view: the part of the drawing that is shown at first; None: all.
      documented: (library, its own answer) where that is not the computed one: for matching an object, or
        NEGATIVE, or IGNORED for every anchor; for suppression the kept boxes.
      why_documented: the reason.
      sentences: the forms of the answer to what is asked to predict.
    """

    title: str
    convention: str
    look: str
    predict: str
    a: str
    b: str
    width: float = 60
    height: float = 40
    spec: AnchorSpec | None = None
    anchors: tuple[Box, ...] = ()
    objects: tuple[Box, ...] = ()
    offsets: Box | None = None
    predictions: tuple[Box, ...] = ()
    scores: tuple[float, ...] = ()
    class_ids: tuple[int, ...] = ()
    iou_threshold: float = 0.5
    stride: float = 32
    view: Box | None = None
    documented: tuple[tuple[str, tuple[int, ...]], ...] = ()
    why_documented: str = ""
    sentences: Mapping[str, Sentence] = dataclasses.field(default_factory=dict, hash=False, compare=False)

    @property
    def kind(self) -> Kind:
        """What is compared."""
        if self.spec is not None:
            return "anchors"
        if self.predictions:
            return "nms"
        return "coder" if FIELDS[self.convention].kind == "coder" else "labels"


_LEARNS_ANCHORS = {
    "none": "<b>None</b>: {who}.",
    "some": {"one": "<b>Anchor {anchors}</b>: {who}.", "other": "<b>Anchors {anchors}</b>: {who}."},
}
_LEARN = {"learn": {"one": "<b>{count} anchor</b>: {who}.", "other": "<b>{count} anchors</b>: {who}."}}
_LABELLED = {
    "negative": "<b>Negative</b>: {who}.",
    "ignored": "<b>Ignored</b>: {who}.",
    "positive": "<b>It learns {object}</b>: {who}.",
}
_STAY = {"both": "<b>Both stay</b>: {who}.", "one": "<b>One falls</b>: {who}."}


def _drawn(*boxes: tuple[Box, ...]) -> dict[str, Any]:
    """Groups of boxes moved together, by whole pixels, to the middle of a drawing with room around them.

    No IoU changes with that, so the numbers below stay those that one finds in the libraries' tests.
    """
    lows = [min(box[k] for group in boxes for box in group) for k in (0, 1)]
    highs = [max(box[k] for group in boxes for box in group) for k in (2, 3)]
    wide, tall = (high - low for low, high in zip(lows, highs, strict=True))
    width = height = math.ceil(1.25 * max(wide, tall))
    right, down = round((width - wide) / 2 - lows[0]), round((height - tall) / 2 - lows[1])
    moved = [
        tuple((x1 + right, y1 + down, x2 + right, y2 + down) for x1, y1, x2, y2 in group) for group in boxes
    ]
    return {"width": width, "height": height, "moved": moved}


def _matched(*words: str, anchors: tuple[Box, ...], objects: tuple[Box, ...], **more: Any) -> DemoScene:
    place = _drawn(anchors, objects)
    anchors, objects = place.pop("moved")
    return DemoScene(*words, **place, anchors=anchors, objects=objects, **more)


def _suppressed(
    *words: str, predictions: tuple[Box, ...], scores: tuple[float, ...], **more: Any
) -> DemoScene:
    place = _drawn(predictions)
    (predictions,) = place.pop("moved")
    ids = more.pop("class_ids", (0,) * len(scores))
    return DemoScene(*words, **place, predictions=predictions, scores=scores, class_ids=ids, **more)


_TEN = (0.0, 0.0, 10.0, 10.0)
_THREE = (_TEN, (20.0, 0.0, 30.0, 10.0), (0.0, 20.0, 10.0, 30.0))
_EQUAL_SCORES = (
    (1.2926059961318970, 24.330760955810547, 18.738744735717773, 42.530204772949219),
    (1.2778705358505249, 21.648017883300781, 25.767795562744141, 49.272678375244141),
    (19.650817871093750, 7.4892811775207520, 54.383811950683594, 33.003120422363281),
    (8.8926305770874023, 6.5043258666992188, 36.380615234375000, 33.167793273925781),
    (1.5246244668960571, 16.401666641235352, 30.874807357788086, 45.719112396240234),
    (4.0525917053222656, 14.377032279968262, 20.318565368652344, 42.527347564697266),
    (17.860816955566406, 37.035900115966797, 41.304332733154297, 57.557579040527344),
    (22.723783493041992, 3.7753942012786865, 45.082790374755859, 35.693695068359375),
)
_FAR_LEFT = (-11.0, -11.0, -1.0, -1.0)

DEMO_SCENES: dict[str, DemoScene] = {
    # --- anchors
    "ratio_quarter": DemoScene(
        "Ratio ¼, read both ways",
        "ratio",
        "The list ¼, 1 has no reciprocals, so a mix-up shows: every ¼ lies in one and stands in the other.",
        "with the ratios ½, 1, 2 instead, would anyone notice?",
        "fizyr",
        "keras",
        384,
        256,
        spec=AnchorSpec((64.0, 96.0), (0.25, 1.0), stride=64),
        sentences={
            "nobody": {
                "one": "<b>Nobody</b>: both then make the same {count} box, in another order.",
                "other": "<b>Nobody</b>: both then make the same {count} boxes, in another order.",
            },
            "some": "<b>Yes</b>: only {alike} of {total} boxes are then the same.",
        },
    ),
    "order": DemoScene(
        "The same boxes, numbered otherwise",
        "order",
        "Both generate the same boxes, but box 2 is the next ratio here and the next size there: weights do not "
        "carry over.",
        "which numbers keep their box?",
        "detectron2",
        "mmdetection",
        128,
        96,
        spec=AnchorSpec(octaves(32), RATIOS, stride=32),
        sentences={"some": "<b>{numbers}</b> of {total}.", "none": "<b>None</b> of {total}."},
    ),
    "rounding": DemoScene(
        "Rounded corners, cut sizes",
        "rounding",
        "torchvision’s RetinaNet cuts 40.32 and 50.80 to 40 and 50 and rounds the corners: its first anchor is −23 −11 "
        "23 11.",
        "by how many pixels does rounding move an edge at most?",
        "torchvision",
        "mmdetection",
        128,
        96,
        spec=AnchorSpec(octaves(32), RATIOS, stride=32),
        sentences={
            "neither": "Neither of these two rounds.",
            "moved": "By up to <b>{pixels}</b> here; never by more than ½, as the nearest whole number is that near.",
        },
    ),
    "stride_118": DemoScene(
        "832 pixels, 7 columns",
        "uneven",
        "7 columns of 128 need 896 pixels. torchvision steps by 832 // 7 = 118, so its columns crowd to the "
        "left.",
        "how far apart are the two last columns?",
        "torchvision",
        "detectron2",
        832,
        640,
        spec=AnchorSpec(octaves(512), RATIOS, stride=128),
        sentences={"apart": "<b>{pixels} px</b>: {who}."},
    ),
    "center": DemoScene(
        "Corner or middle of the cell",
        "center",
        "One centres its anchors on the cell's corner, the other in its middle: every box moves by half a "
        "stride.",
        "which of the two centres anchors on the border of the image?",
        "detectron2",
        "fizyr",
        96,
        64,
        spec=AnchorSpec((24.0,), (0.5, 1.0, 2.0), stride=16),
        sentences={
            "on": "<b>On the border, the first at {x}, {y}</b>: {who}.",
            "off": "<b>Not on the border, the first at {x}, {y}</b>: {who}.",
        },
    ),
    "default_boxes": DemoScene(
        "Sides cut at the image",
        "clipping",
        "SSD cuts widths and heights, not corners, at its 300 pixels: 373 × 187 becomes 300 × 187, and "
        "still sticks out.",
        "can a box whose sides were cut still leave the image?",
        "ssd",
        "keras",
        300,
        300,
        spec=AnchorSpec((213.0, 264.0), (1.0, 2.0), stride=100),
        view=(-130.0, -130.0, 430.0, 430.0),
        sentences={
            "neither": "Neither of these two cuts.",
            "none": "<b>No</b>, none here does.",
            "some": {
                "one": "<b>Yes</b>: {out} of the {count} box with a side of {side} px, as it is centred elsewhere.",
                "other": "<b>Yes</b>: {out} of the {count} boxes with a side of {side} px, as it is centred elsewhere.",
            },
        },
    ),
    "centers_clipped": DemoScene(
        "A centre beyond the image",
        "centers",
        "SSD300’s third map has 10 × 10 cells of 32 pixels: 320 on an image of 300. The last row and column are "
        "centred at 304; ssd.pytorch moves them to 300.",
        "which libraries centre the last cell beyond the image?",
        "ssd",
        "keras",
        300,
        300,
        spec=AnchorSpec((111.0, 162.0), (1.0, 2.0, 3.0), stride=32),
        view=(130.0, 130.0, 400.0, 400.0),
        sentences={
            "beyond": "<b>Beyond, at {x}</b>: {who}.",
            "within": "<b>Not beyond, at {x}</b>: {who}.",
        },
    ),
    "d2l_text": DemoScene(
        "The book’s text and its code",
        "ratio",
        "For s = 0.75 and r = 1 on 561 × 728 the text promises w·s·√r = 546 × 421; the code measures both "
        "sides in image heights: 421 × 421.",
        "on which pictures do the two agree?",
        "d2l",
        "d2l-text",
        728,
        561,
        spec=AnchorSpec((0.75 * 561,), (1.0,), stride=100),
        view=(-40.0, -30.0, 768.0, 591.0),
        sentences={
            "square": "On <b>square</b> ones: at {side} × {side} both make {w} × {h}; at {width} × {height} they do not agree.",
            "any": "On <b>square</b> ones: at {side} × {side} both make {w} × {h}.",
            "none": "Not even on square ones: {w_a} and {w_b} px wide.",
        },
    ),
    # --- matching
    "low_quality_steals": _matched(
        "A perfect fit, stolen",
        "shared_best",
        "Anchor 0 fits object ① exactly, and is also the best of ②, at IoU 0.30. In some libraries ② takes "
        "it.",
        "which object goes without a good anchor?",
        "torchvision",
        "mmdetection",
        anchors=(_TEN, (16.0, 0.0, 26.0, 10.0)),
        objects=(_TEN, (0.0, 0.0, 10.0, 3.0)),
        sentences={
            "without": "<b>{object}, without any</b>: {who}.",
            "worst": "<b>{object}, its best at IoU {iou}</b>: {who}.",
        },
    ),
    "low_quality_steals_reversed": _matched(
        "The same, objects listed the other way",
        "shared_best",
        "Where the last object wins, the order of the list decides: now the perfect fit stays. d2l gives "
        "the other object an anchor that does not touch it.",
        "which libraries changed their answer?",
        "torchvision",
        "d2l",
        anchors=(_TEN, (16.0, 0.0, 26.0, 10.0)),
        objects=((0.0, 0.0, 10.0, 3.0), _TEN),
        sentences={"another": "<b>Another answer</b>: {who}.", "same": "<b>The same</b>: {who}."},
    ),
    "two_gts_same_best_anchor": _matched(
        "Two objects, one best anchor",
        "shared_best",
        "Anchor 0 is the best of ① and of ②. One library keeps ①, one lets ② overwrite it, one gives ② "
        "anchor 3.",
        "who learns ②?",
        "d2l",
        "ssd",
        anchors=(_TEN, (14.0, 0.0, 24.0, 10.0), (28.0, 0.0, 38.0, 10.0), (0.0, 4.0, 10.0, 14.0)),
        objects=((0.0, 0.0, 10.0, 9.0), (0.0, 0.0, 10.0, 5.0), (14.0, 0.0, 24.0, 8.0)),
        sentences=_LEARNS_ANCHORS,
    ),
    "gt_tied_between_anchors": _matched(
        "One object between two anchors",
        "low_quality",
        "The object overlaps two anchors by exactly one third. To some both are low-quality "
        "matches, to some the first, to some neither.",
        "how many anchors learn it?",
        "torchvision",
        "d2l",
        anchors=(_TEN, (10.0, 0.0, 20.0, 10.0), (24.0, 0.0, 34.0, 10.0)),
        objects=((5.0, 0.0, 15.0, 10.0),),
        sentences=_LEARN,
    ),
    "anchor_tied_between_gts": _matched(
        "One anchor between two objects",
        "shared_best",
        "The anchor overlaps both objects by 0.75. The first is kept, or the last overwrites it.",
        "what does the anchor learn?",
        "torchvision",
        "mmdetection",
        anchors=((0.0, 0.0, 8.0, 8.0),),
        objects=((0.0, 0.0, 8.0, 6.0), (0.0, 2.0, 8.0, 8.0)),
        sentences=_LABELLED,
    ),
    "identical_anchors": _matched(
        "Three equal anchors",
        "low_quality",
        "Three equal anchors at IoU 0.40, exactly the low threshold: all low-quality matches, or "
        "the first alone, or all ignored, or all negative.",
        "which of the three learns?",
        "torchvision",
        "keras",
        anchors=(_TEN, _TEN, _TEN, (16.0, 0.0, 26.0, 10.0)),
        objects=((0.0, 0.0, 10.0, 4.0),),
        sentences=_LEARNS_ANCHORS,
    ),
    "gt_overlaps_nothing": _matched(
        "An object nothing overlaps",
        "low_quality",
        "No anchor touches ②: its best IoU is 0, and so is everyone's. Where all ties are low-quality "
        "matches, every anchor is one.",
        "how many anchors become positive?",
        "torchvision",
        "keras",
        anchors=_THREE,
        objects=((0.0, 0.0, 10.0, 8.0), (36.0, 20.0, 48.0, 32.0)),
        sentences=_LEARN,
    ),
    "more_gts_than_anchors": _matched(
        "More objects than anchors",
        "rule",
        "Five objects, three anchors. d2l’s rounds run on after every pair is taken, and hand anchor 0 to "
        "object ①.",
        "which objects get nothing?",
        "d2l",
        "torchvision",
        anchors=_THREE,
        objects=(
            (1.0, 1.0, 9.0, 9.0),
            (21.0, 1.0, 29.0, 9.0),
            (0.0, 0.0, 10.0, 9.0),
            (20.0, 0.0, 30.0, 8.0),
            (0.0, 20.0, 10.0, 27.0),
        ),
        documented=(("d2l", (0, 3, 4)),),
        why_documented="after the third round every entry is −1, and the largest of those is entry 0",
        sentences={
            "all": "<b>Every object has an anchor</b>: {who}.",
            "some": "<b>{objects}</b>: {who}.",
        },
    ),
    "exact_thresholds": _matched(
        "IoU exactly .50 and exactly .40",
        "at_low",
        "At exactly 0.50 all say positive. At exactly 0.40 most ignore the anchor; fizyr calls it "
        "background.",
        "is an IoU of 0.40 below 0.40? What is anchor 2 then?",
        "keras",
        "fizyr",
        anchors=(_TEN, (14.0, 0.0, 24.0, 10.0), (28.0, 0.0, 38.0, 10.0), (42.0, 0.0, 52.0, 10.0)),
        objects=(
            (0.0, 0.0, 10.0, 7.0),
            (14.0, 0.0, 24.0, 5.0),
            (28.0, 0.0, 38.0, 4.0),
            (42.0, 0.0, 52.0, 3.0),
        ),
        sentences=_LABELLED,
    ),
    "points": _matched(
        "0 / 0: a point on a point",
        "zero_over_zero",
        "Anchor 0 and the object are the same point: intersection 0, union 0. NaN is below no threshold, 0 "
        "is below all.",
        "does a point overlap itself? What is anchor 0 then?",
        "torchvision",
        "detectron2",
        anchors=((5.0, 5.0, 5.0, 5.0), _TEN),
        objects=((5.0, 5.0, 5.0, 5.0),),
        documented=(("torchvision", (0, NEGATIVE)),),
        why_documented="its 0 / 0 is NaN: below no threshold, and as an object’s best IoU equal to none",
        sentences=_LABELLED,
    ),
    "outside": DemoScene(
        "Anchors centred outside",
        "outside",
        "fizyr leaves out anchors centred right of or below the image, but keeps those left of or above it.",
        "what of an anchor centred exactly on the right border?",
        "fizyr",
        "keras",
        96,
        64,
        anchors=(
            (-20.0, -20.0, -4.0, -4.0),
            (-6.0, -6.0, 6.0, 6.0),
            (58.0, 58.0, 74.0, 74.0),
            (90.0, 10.0, 110.0, 30.0),
            (20.0, 20.0, 36.0, 36.0),
        ),
        objects=((0.0, 0.0, 6.0, 6.0), (60.0, 60.0, 64.0, 64.0), (18.0, 20.0, 34.0, 36.0)),
        view=(-24.0, -24.0, 114.0, 80.0),
        sentences=_LABELLED | {"positive": "<b>It takes part</b>: {who}."},
    ),
    # --- targets
    "corner_coder": DemoScene(
        "Corners, not centre and size",
        "coder",
        "fizyr says how far each corner moves; the others move the centre and take logs of the sizes. Read "
        "by the wrong library, the same four numbers are another box.",
        "for a box that only moved, do the two write the same numbers?",
        "fizyr",
        "ssd",
        300,
        200,
        anchors=((60.0, 50.0, 140.0, 130.0),),
        objects=((90.0, 60.0, 230.0, 120.0),),
        stride=160,
        sentences={
            "same": "<b>Yes</b>: 30 px right and 10 px down is {a} {numbers_a}; {b} {numbers_b}.",
            "other": "<b>No</b>: 30 px right and 10 px down is {a} {numbers_a}; {b} {numbers_b}.",
        },
    ),
    "stds": DemoScene(
        "Divided by 0.1 and 0.2, or not",
        "stds",
        "ssd.pytorch divides its numbers by 0.1 and 0.2, torchvision’s RetinaNet by nothing. Read by the "
        "wrong one, the box moves ten times as far and grows to the fifth power.",
        "which way does the box miss: too large or too small?",
        "ssd",
        "torchvision",
        300,
        200,
        anchors=((100.0, 60.0, 180.0, 140.0),),
        objects=((108.0, 64.0, 200.0, 128.0),),
        stride=160,
    ),
    "identity": DemoScene(
        "A box equal to its anchor",
        "eps",
        "Nothing to correct, so all four numbers are 0. d2l adds 10⁻⁶ inside the logarithm and says "
        "4.77·10⁻⁶.",
        "does the box come back exactly?",
        "d2l",
        "ssd",
        60,
        120,
        anchors=((10.0, 20.0, 50.0, 100.0),),
        objects=((10.0, 20.0, 50.0, 100.0),),
        stride=64,
        view=(-30.0, 10.0, 90.0, 110.0),
        sentences={"exact": "<b>Exactly</b>: {who}.", "off": "<b>{pixels} px off</b>: {who}."},
    ),
    "clamp": DemoScene(
        "An exponential without a bound",
        "clamp",
        "The network says 10 for the width. exp(10) turns 16 pixels into 352,000; bounded by log(1000 / 16) "
        "they become 1,000.",
        "how large is the largest box that can be decoded from this anchor?",
        "torchvision",
        "yolo",
        1200,
        800,
        anchors=((592.0, 392.0, 608.0, 408.0),),
        offsets=(0.0, 0.0, 10.0, 2.0),
        stride=16,
        view=(-100.0, -60.0, 1300.0, 860.0),
        sentences={"bounded": "<b>{w} × {h}</b>: {who}.", "free": "<b>There is no largest</b>: {who}."},
    ),
    "clamp_both": DemoScene(
        "Clamped on both sides",
        "clamp",
        "t = −6 shrinks 1,000 pixels to 2.5. MMDetection bounds the shrinking too: never below a 62.5th, 16 "
        "pixels.",
        "can a box thinner than a pixel be decoded?",
        "mmdetection",
        "torchvision",
        1100,
        1100,
        anchors=((50.0, 50.0, 1050.0, 1050.0),),
        offsets=(0.0, 0.0, -6.0, -6.0),
        stride=1100,
        view=(530.0, 535.0, 570.0, 565.0),
        sentences={
            "thinner": "<b>Yes, −10 gives {pixels} px</b>: {who}.",
            "not": "<b>No, −10 gives {pixels} px</b>: {who}.",
        },
    ),
    # --- suppression
    "one_pixel_more": _suppressed(
        "IoU ½, with and without + 1",
        "inclusive",
        "The IoU is exactly the threshold, ½. Counted with inclusive pixels, as Fast R-CNN did, it is "
        "0.545: suppressed.",
        "does a box 10 pixels wide have 10 or 11 pixels?",
        "torchvision",
        "fast-rcnn",
        predictions=(_TEN, (0.0, 0.0, 10.0, 5.0)),
        scores=(0.9, 0.8),
        sentences={"pixels": "<b>{pixels}</b>: {who}."},
    ),
    "equal_to_threshold": _suppressed(
        "IoU equal to the threshold",
        "suppress_equal",
        "With inclusive pixels this IoU is exactly ½. Fast R-CNN suppresses from the threshold on (≥); the "
        "others only above it (>).",
        "who keeps both?",
        "torchvision",
        "fast-rcnn",
        predictions=((0.0, 0.0, 9.0, 9.0), (0.0, 0.0, 9.0, 4.0)),
        scores=(0.9, 0.8),
        sentences=_STAY,
    ),
    "three_tenths": _suppressed(
        "IoU 3/10 and the threshold .3",
        "suppress_equal",
        "float32 has no 0.3: its nearest number is a little larger. torchvision compares it with the true "
        "0.3, and suppresses at “equality”.",
        "is 0.3 larger than 0.3?",
        "torchvision",
        "mmdetection",
        predictions=(_TEN, (0.0, 0.0, 10.0, 3.0)),
        scores=(0.9, 0.8),
        iou_threshold=0.3,
        documented=(("torchvision", (0,)), ("detectron2", (0,)), ("yolo", (0,))),
        why_documented="torchvision compares the float32 IoU with a float64 threshold",
        sentences={
            "larger": "<b>Yes</b>, if one of them is a float32: {rounded} {sign} {limit}.",
            "not_larger": "<b>No</b>, if one of them is a float32: {rounded} {sign} {limit}.",
        }
        | _STAY,
    ),
    "equal_scores": DemoScene(
        "All scores equal",
        "ties",
        "Eight boxes of one score. Most start from the first of the list; ssd.pytorch sorts upwards and "
        "starts from the last, and keeps three others.",
        "do the kept boxes depend on the order of the list?",
        "torchvision",
        "ssd",
        60,
        60,
        predictions=_EQUAL_SCORES,
        scores=(0.5,) * 8,
        class_ids=(0,) * 8,
        iou_threshold=0.3,
        view=(-8.0, -4.0, 66.0, 62.0),
        sentences={
            "same": "<b>No</b>: {who}.",
            "others": "<b>Yes: of the list turned round it keeps {after}, not {before}</b>: {who}.",
        },
    ),
    "equal_points": _suppressed(
        "Two predictions on one point",
        "zero_over_zero",
        "Boxes 0 and 1 are the same point. Their IoU is 0 / 0: where that is NaN, “IoU ≤ threshold” fails "
        "and the second falls.",
        "is a point a double of itself?",
        "detectron2",
        "d2l",
        predictions=((5.0, 5.0, 5.0, 5.0), (5.0, 5.0, 5.0, 5.0), _TEN, (3.0, 3.0, 3.0, 8.0)),
        scores=(0.9, 0.8, 0.7, 0.6),
        documented=(("d2l", (0, 2)), ("ssd", (0, 2))),
        why_documented="the IoU of a point with a point, or with a line, is NaN",
        sentences={"both": "<b>No, both stay</b>: {who}.", "one": "<b>Yes, the second falls</b>: {who}."},
    ),
    "no_width": _suppressed(
        "A prediction without width",
        "drops_empty",
        "Box 0 has no width and overlaps nothing, so suppression keeps it. MMDetection’s RetinaNet drops it before.",
        "does the box without width stay?",
        "torchvision",
        "mmdetection",
        predictions=((5.0, 0.0, 5.0, 10.0), _TEN),
        scores=(0.9, 0.8),
        sentences={"stays": "<b>It stays</b>: {who}.", "dropped": "<b>It is dropped</b>: {who}."},
    ),
    "shift_fails": DemoScene(
        "The shift that shifts by nothing",
        "classes",
        "Batched NMS moves class c by c · (largest coordinate + 1). All boxes end at −1, so the shift is 0, "
        "and the second class falls to the first.",
        "how large is the shift for these boxes?",
        "torchvision",
        "ssd",
        14,
        14,
        predictions=(_FAR_LEFT, _FAR_LEFT, _FAR_LEFT),
        scores=(0.9, 0.8, 0.7),
        class_ids=(0, 1, 0),
        view=(-17.0, -14.0, 7.0, 3.0),
        sentences={"shift": "<b>{shift}</b> pixels for each class: the largest coordinate is {largest}."},
    ),
    "normalised_plus_one": DemoScene(
        "+ 1 on boxes from 0 to 1",
        "inclusive",
        "These boxes do not touch. In normalised coordinates + 1 is the whole image: each grows to 1.1 × "
        "1.1, and they overlap by half.",
        "what IoU do two boxes have that do not touch?",
        "torchvision",
        "fast-rcnn",
        1,
        1,
        predictions=((0.1, 0.1, 0.2, 0.2), (0.3, 0.3, 0.4, 0.4)),
        scores=(0.9, 0.8),
        class_ids=(0, 0),
        view=(-0.25, 0.0, 0.75, 0.5),
        sentences={"iou": "<b>{iou}</b>: {who}."},
    ),
}
"""By name."""
