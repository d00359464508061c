"""Centre inside: FCOS's rule, asked of anchors."""

from __future__ import annotations

from anchorlab.catalogue.controls import Slider
from anchorlab.catalogue.matching.rule import Rule
from anchorlab.core.matching.center_inside import match_center_inside
from anchorlab.settings.matching import CenterInsideSpec

SENTENCES = {
    "answer": "No overlap is asked: an anchor whose centre lies inside an object <b class=positive>learns</b> it, of several the "
    "smallest; every other anchor <b class=negative>learns “background”</b>.",
    # the formula
    "room_told": "From the centre of anchor {anchor} to the left, top, right and bottom side of object {object} it is {left}, {top}, "
    "{right} and {bottom}; the least is {room}",
    "inside": "{room} &gt; 0: its centre lies inside {object}.",
    "not_inside": "{room} ≤ 0: its centre lies outside {object}.",
    "so_it_is": "It is {state}.",
    # the charts
    "chart": "Areas of the objects, and how many anchors learn each",
    "chart_told": "Anchors that learn them: {objects}",
    "learners": {"one": "{count} anchor", "other": "{count} anchors"},
    "figure_told": "The centre of the anchor, beside or within {object}",
    # why an anchor has its state
    "why_learns": "Its centre lies inside {object}: it learns the {noun}, whatever its IoU (<b>{iou}</b>).",
    "why_smallest": "It lies inside {objects}, too; of several the smallest counts.",
    "why_far": "Its centre lies inside {object}, but farther from the middle than {radius} strides: background.",
    "why_none": "Its centre lies inside no object: background, whatever its IoU (<b>{iou}</b> with {object}).",
    "besides_inside": "Its centre lies inside {object}.",
    "besides_outside": "Its centre lies outside {object}.",
    # why no anchor learns an object
    "lost_none": "no anchor is centred inside it",
    "lost_far": "no anchor is centred near enough to its middle",
    "lost_smaller": "all anchors centred inside it learn smaller objects",
    # what is asked
    "ask": "<b>Predict:</b> within {then} strides of the middle, how many anchors learn {object}? Then drag.",
    "found": {"one": "<b>{count}</b> anchor; now {now}.", "other": "<b>{count}</b> anchors; now {now}."},
}

CENTER_INSIDE = Rule(
    name="center_inside",
    title="Centre inside",
    settings=CenterInsideSpec,
    match=match_center_inside,
    reads="levels",
    sentences=SENTENCES,
    controls=(
        Slider(
            "matching.center_inside.radius",
            "Strides from the object’s middle (0: anywhere inside)",
            0.0,
            8.0,
            0.5,
            format="%.1f",
        ),
    ),
    used_by="each anchor by the smallest object its centre lies in: FCOS, which has points instead of anchors.",
    changes={"radius": "radius of centre inside"},
    missing="{library} has no rule for centres alone. AnchorLab's is engine.match with CenterInsideSpec().",
)
