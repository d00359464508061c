"""ATSS: every object finds its own threshold."""

from __future__ import annotations

from anchorlab.catalogue.controls import Slider
from anchorlab.catalogue.matching.rule import Part, Rule
from anchorlab.core.matching.atss import match_atss_on_levels
from anchorlab.settings.matching import AtssSpec

_REST = (
    "nearest to an object, those that overlap it clearly more than the others do <b class=positive>learn</b> it; all the "
    "rest <b class=negative>learns “background”</b>."
)
SENTENCES = {
    "answer": {"one": f"Of the {{count}} anchor {_REST}", "other": f"Of the {{count}} anchors {_REST}"},
    "answer_levels": {
        "one": f"Of the {{count}} anchor of each level {_REST}",
        "other": f"Of the {{count}} anchors of each level {_REST}",
    },
    "levels_together": "Labels are decided over all {levels} levels together; candidates come from each.",
    # the formula
    "threshold_of": "threshold({object})",
    "mean_and_deviation": "mean + deviation",
    "threshold_told": "Threshold of object {object}: mean {mean} plus deviation {deviation} is {threshold}",
    "no_candidate": {
        "one": "{anchor} is not among its {count} candidate.",
        "other": "{anchor} is not among its {count} candidates.",
    },
    "below": "{anchor}: IoU {iou} &lt; {threshold}.",
    "centred_outside": "{anchor}: IoU {iou} ≥ {threshold}, but centred outside.",
    "centred_inside": "{anchor}: IoU {iou} ≥ {threshold}, centred inside.",
    "overlaps_more": "{anchor}: IoU {iou} ≥ {threshold}, centred inside; it overlaps {other} more.",
    "it_is": "It is {state}.",
    "so_it_is": "So it is {state}.",
    # the chart
    "chart": "IoUs of each object’s candidates (white rings); bar: mean + deviation",
    "chart_told": "Thresholds: {thresholds}",
    # why an anchor has its state
    "nearest": "the {count} nearest",
    "nearest_on_level": "the {count} nearest on its level",
    "why_not_nearest": "It is not among {nearest} to any object: background, whatever its IoU (<b>{iou}</b> with {object}).",
    "why_one_of": "It is one of {nearest} to {object}.",
    "why_threshold": "Their IoUs have mean + deviation = {mean} + {deviation} = <b>{threshold}</b>.",
    "own_learns": "Its own is <b>{iou}</b>, no less, and its centre lies inside: it learns the {noun}.",
    "own_less": "Its own is <b>{iou}</b>, less: background.",
    "own_outside": "Its own is <b>{iou}</b>, no less, but its centre lies outside the object: background.",
    "own_enough": "Its own is <b>{iou}</b>.",
    "besides_none": "It is no candidate of {object}.",
    "besides_reaches": "It is a candidate of {object}, at IoU {iou}, no less than the threshold of {threshold}.",
    "besides_less": "It is a candidate of {object}, at IoU {iou}, less than the threshold of {threshold}.",
    # why no anchor learns an object
    "lost_none": "No anchor takes part, so none learns {objects}.",
    "lost_below": {
        "one": "No candidate of {objects} reaches its threshold of {threshold}.",
        "other": "No candidate of {objects} reaches their threshold of {threshold}.",
    },
    "lost_outside": "No candidate of enough IoU is centred inside {objects}.",
    "lost_others": "The candidates of {objects} learn {others}, which they overlap more.",
    # what is asked
    "ask": "<b>Predict:</b> with {then} candidates instead of {now}, does the threshold of {object} rise or fall? Then drag.",
    "answer_stays": "It <b>stays</b>, at {from}.",
    "answer_rises": "It <b>rises</b>, from {from} to {to}.",
    "answer_rises_with_more": "It <b>rises</b>, from {from} to {to}: the IoUs now differ more, and the deviation counts, too.",
    "answer_falls": "It <b>falls</b>, from {from} to {to}.",
    "answer_falls_with_more": "It <b>falls</b>, from {from} to {to}: farther anchors overlap less and pull the mean down.",
}

ATSS = Rule(
    name="atss",
    title="ATSS",
    settings=AtssSpec,
    match=match_atss_on_levels,
    reads="levels",
    sentences=SENTENCES,
    controls=(Slider("matching.atss.top_k", "Candidates on each level, k", 1, 30, 1),),
    used_by="a threshold for each object, mean + deviation of its nearest anchors’ IoUs: ATSS in MMDetection.",
    changes={"top_k": "candidates of ATSS"},
    missing="{library} has no ATSS. MMDetection's is ATSSAssigner, AnchorLab's engine.match with AtssSpec().",
    exports={"mmdetection": lambda spec: Part("ATSSAssigner", (("topk", spec.top_k),))},
    prints=(
        "for k, (mean, std) in enumerate(zip(matches.story.mean, matches.story.std)):",
        '    print(f"threshold {k}: {mean:.4f} + {std:.4f}")',
    ),
)
