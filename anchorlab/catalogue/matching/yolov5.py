"""YOLOv5's matching."""

from __future__ import annotations

from anchorlab.catalogue.controls import Slider
from anchorlab.catalogue.libraries import who
from anchorlab.catalogue.matching.rule import Rule
from anchorlab.core.matching.yolov5 import match_yolov5
from anchorlab.settings.matching import Yolov5Spec

SENTENCES = {
    "answer": "No overlap is asked: in an object’s cell and up to two beside it, every anchor whose sides differ by less "
    "than {factor} times <b class=positive>learns</b> it.",
    "row_positive": {
        "one": "positive: learns class and box ({count} pair)",
        "other": "positive: learns class and box ({count} pairs)",
    },
    # the formula
    "factor_told": "Of the ratios of both sides, either way round, the largest is {factor}",
    "alike": "{anchor} and {object}: {factor} &lt; {limit}, alike.",
    "not_alike": "{anchor} and {object}: {factor} ≥ {limit}, not alike.",
    "by_shape_and_cell": "By shape and cell it is {state}.",
    # the charts
    "chart": "How many times each shape’s worst side differs from the object’s",
    "chart_told": "A shape is alike if that is less than {limit}",
    "side": "{side} {object} : {anchor}, {factor} times",
    # an anchor's cell, from an object's: in sentences, and in the table of pairs
    "where_own": "its own cell",
    "where_left": "the cell left of its own",
    "where_above": "the cell above its own",
    "where_right": "the cell right of its own",
    "where_below": "the cell below its own",
    "cell_own": "own",
    "cell_left": "left",
    "cell_above": "above",
    "cell_right": "right",
    "cell_below": "below",
    # why an anchor has its state
    "why_learns": "It learns {object} (in {where}): the worst side differs <b>{factor}</b> times, less than {limit}.",
    "why_several": "It learns {objects}, too: one anchor, {number} objects.",
    "why_no_centre": "No object’s centre lies in its cell, nor in the nearer half of a cell beside it: background, whatever its "
    "shape and its IoU.",
    "why_differs": "For {object} it lies in {where}, but the worst side differs <b>{factor}</b> times, and {limit} times or more "
    "does not count as alike: background.",
    "why_nor": "Nor is it alike to {objects}.",
    "besides_differs": "For {object} it lies in {where}, but the worst side differs <b>{factor}</b> times.",
    "besides_elsewhere": "The centre of {object} lies neither in its cell nor in the nearer half of one beside it.",
    # why no anchor learns an object
    "lost_unlike": "No shape’s sides are alike enough to those of {objects}.",
    "lost_outside": "No anchor that may take part is alike enough to {objects}.",
    # what is asked
    "ask": "<b>Predict:</b> in how many cells do anchors learn {object}? Then drag its centre over a cell and count.",
    "answer_none": "In <b>none</b>: no shape is alike enough.",
    "found": "In <b>{cells}</b>: its own, and up to two neighbours on the nearer sides.",
    "found_levels": {
        "one": "In <b>{cells}</b> on {count} level: its own, and up to two neighbours on the nearer sides.",
        "other": "In <b>{cells}</b> on {count} levels: its own, and up to two neighbours on the nearer sides.",
    },
    # the table of pairs
    "pairs": "Every pair: one anchor may learn several objects",
    "pairs_label": "Every pair of anchor and object",
    "pair_also": "also {anchor}",
    "column_anchor": "anchor",
    "column_learns": "learns",
    "column_cell": "cell",
    "column_factor": "worst side, times",
    "more_pairs": {"one": "And {count} more pair.", "other": "And {count} more pairs."},
}

YOLOV5 = Rule(
    name="yolov5",
    title="YOLOv5",
    settings=Yolov5Spec,
    match=match_yolov5,
    reads="levels",
    sentences=SENTENCES,
    controls=(
        Slider(
            "matching.yolov5.side_factor", "Sides differ by less than, times", 1.0, 16.0, 0.1, format="%.1f"
        ),
    ),
    used_by=f"all shapes alike enough, in the cell of the centre and up to two beside it: {who(rule='shape')}.",
    changes={"side_factor": "largest factor of YOLOv5"},
    missing="{library} has no YOLOv5 matching. AnchorLab's is engine.match with Yolov5Spec().",
    prints=(
        "for anchor, gt, _, factor in zip(*matches.story):",
        '    print(f"pair of anchor {anchor} and object {gt}: worst side {factor:.3f} times")',
    ),
)
