"""YOLO's matching, as darknet has it."""

from __future__ import annotations

from anchorlab.catalogue.controls import Slider
from anchorlab.catalogue.matching.rule import Part, Rule
from anchorlab.core.matching.yolo import match_yolo
from anchorlab.settings.matching import YoloSpec

SENTENCES = {
    "answer": "An object’s centre says which cell, its shape alone says which anchor there <b class=positive>learns</b> it; "
    "others that overlap it by more than {ignore} <b class=ignored>are left out</b>.",
    # the formula
    "shape_iou": "shape IoU",
    "shape_iou_told": "Shape IoU of anchor {anchor} and object {object}: {shared} over {anchor_area} plus {object_area} minus "
    "{shared} is {iou}",
    "to_one_corner": "Both moved to one corner.",
    "most_like": "No shape is more like {object}, and this is its cell.",
    "other_most_like": "The most like {object} has {iou}: {anchor}.",
    "so_it_is": "So it is {state}.",
    # the charts
    "if_not_responsible": "ignored, if not responsible",
    "shared": "shared {width} × {height}",
    # why an anchor has its state
    "why_only": "The centre of {object} lies in its cell, and it has the only shape: shape IoU <b>{shape_iou}</b>. Their IoU in "
    "place, {iou}, plays no part.",
    "why_most_like": "The centre of {object} lies in its cell, and of all {shapes} shapes this one is most like it: shape IoU "
    "<b>{shape_iou}</b>. Their IoU in place, {iou}, plays no part.",
    "why_last_listed": "{objects} would have it too, but the last listed gets it.",
    "why_equal": "The centre of {object} lies in its cell, but the shape {sides} is just as much like it (shape IoU {iou}), and "
    "listed first.",
    "why_equal_on": "The centre of {object} lies in its cell, but the shape {sides} on {level} is just as much like it (shape IoU "
    "{iou}), and listed first.",
    "why_more_like": "The centre of {object} lies in its cell, but the shape {sides} is more like it: shape IoU {theirs}, not {its}.",
    "why_more_like_on": "The centre of {object} lies in its cell, but the shape {sides} on {level} is more like it: shape IoU "
    "{theirs}, not {its}.",
    "why_no_centre": "No object’s centre lies in its cell, so it is not responsible for any.",
    "why_ignored": "Yet it overlaps {object} by <b>{iou}</b>, more than {ignore}: too much to call it background.",
    "why_background": "It overlaps none by more than {ignore}: background.",
    "besides_elsewhere": "The centre of {object} lies in another cell.",
    "besides_most_like": "The centre of {object} lies in its cell, too, and no shape is more like it.",
    "besides_other": "The centre of {object} lies in its cell, too, but {anchor} is more like it.",
    # why no anchor learns an object
    "lost_outside": {
        "one": "The responsible anchor of {objects} sticks out of the image and is left out.",
        "other": "The responsible anchors of {objects} stick out of the image and are left out.",
    },
    "lost_taken": {
        "one": "The anchor of the cell and shape of {objects} is taken by {other}, which is listed later.",
        "other": "The anchors of the cells and shapes of {objects} are taken by {other}, which is listed later.",
    },
    # what is asked
    "ask_right": "<b>Predict:</b> half a cell ({pixels} px) further right, does {object} keep its anchor? Then drag.",
    "ask_left": "<b>Predict:</b> half a cell ({pixels} px) further left, does {object} keep its anchor? Then drag.",
    "answer_keeps": "<b>Yes</b>, {anchor}: its centre stays in the same cell, and its shape is the same, though every IoU changes.",
    "answer_changes": "<b>No</b>: its centre crosses a line between cells, and {next} follows on {anchor}.",
}

YOLO = Rule(
    name="yolo",
    title="YOLO",
    settings=YoloSpec,
    match=match_yolo,
    reads="levels",
    sentences=SENTENCES,
    controls=(Slider("matching.yolo.ignore_iou", "Ignored above IoU", 0.0, 1.0, 0.01),),
    used_by="the cell of the centre says where, the shape alone which anchor: YOLOv2 and YOLOv3 (darknet). The paper asks "
    "the IoU of the *predicted* box before it ignores one; without a network the anchor stands in for it.",
    changes={"ignore_iou": "threshold of YOLO"},
    missing="{library} has no YOLO matching. AnchorLab's is engine.match with YoloSpec().",
    exports={
        "mmdetection": lambda spec: Part(
            "",
            notes=(
                (
                    "MMDetection's GridAssigner reads IoUs, not shapes alone. AnchorLab's YOLO rule is engine.match with "
                    "YoloSpec()."
                ),
            ),
        )
    },
)
