"""Matching: which anchors learn from which object?"""

import streamlit as st

from anchorlab.draw import charts
from anchorlab.ui import canvas, compute, downloads, laying, layout, readings, rules, state, widgets
from anchorlab.ui.scene import Scene

RULES = {
    "threshold": "Thresholds",
    "greedy": "Greedy",
    "max-iou": "Max IoU",
    "ssd": "SSD",
    "atss": "ATSS",
    "yolo": "YOLO",
    "yolov5": "YOLOv5",
}
WHO = {
    "threshold": "Each anchor by its best IoU: Faster R-CNN, RetinaNet.",
    "greedy": "Round by round one anchor an object: the book d2l.",
    "max-iou": "Objects take their best anchors: mmdetection.",
    "ssd": "Each object takes its one best anchor: SSD.",
    "atss": "Each object finds a threshold of its own: ATSS.",
    "yolo": "The cell says where, the shape which: YOLOv2, YOLOv3.",
    "yolov5": "All shapes alike enough, in up to three cells: YOLOv5.",
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
    "atss": "Of the {k} anchors nearest to an object, those that overlap it clearly more than the others do "
    "<b class=positive>learn</b> it; all the rest <b class=negative>learns “background”</b>.",
    "yolo": "An object’s centre says which cell, its shape alone says which anchor there <b class=positive>learns</b> it; "
    "others that overlap it by more than {ignore} <b class=ignored>are left out</b>.",
    "yolov5": "No overlap is asked: in an object’s cell and up to two beside it, every anchor whose sides differ by less "
    "than {factor} times <b class=positive>learns</b> it.",
}
TRY_THIS = {
    "threshold": "<b>Predict:</b> at “positive from 0.60”, which object must live on its rescued anchor? Then drag.",
    "greedy": "<b>Predict:</b> two objects, one best anchor: who gets it, and what does the other take? Draw them, then step.",
    "max-iou": "<b>Predict:</b> two objects share their best anchor. Does the first listed learn from it, or the last?",
    "ssd": "<b>Predict:</b> at “positive from 1.00”, how many anchors still learn? Then drag.",
    "atss": "<b>Predict:</b> with more candidates for each object, does its threshold rise or fall? Then drag.",
    "yolo": "<b>Predict:</b> drag an object by less than a cell: when does its anchor change? Then drag.",
    "yolov5": "<b>Predict:</b> how many cells can teach one object? Drag its centre over a cell and count.",
}


def parameters(rule: str) -> None:
    """The settings that the rule reads, and no others."""
    if rule in rules.BANDED:
        widgets.thresholds(
            "Background below, positive from", "match.low", "match.high", label_visibility="collapsed"
        )
    elif rule in ("greedy", "ssd"):
        widgets.slider("Positive from", "match.high", 0.0, 1.0, 0.01, label_visibility="collapsed")
    elif rule == "atss":
        widgets.slider("Candidates on each level, k", "assign.top_k", 1, 30, 1)
    elif rule == "yolo":
        widgets.slider("Ignored above", "assign.ignore_iou", 0.0, 1.0, 0.01, label_visibility="collapsed")
    else:
        widgets.slider(
            "Sides may differ by less than, times", "assign.side_factor", 1.0, 16.0, 0.1, format="%.1f"
        )
    if rule == "threshold":
        widgets.toggle(
            "Each object also keeps its best anchor (low quality)",
            "match.low_quality",
            help="An anchor that overlaps some object more than any other anchor does is positive whatever its IoU. It "
            "learns the object it overlaps most itself, as in torchvision and detectron2.",
        )
    elif rule == "max-iou":
        widgets.toggle(
            "Each object takes its best anchors (low quality)",
            "match.low_quality",
            help="It learns from all anchors that no other anchor beats, even if they overlap another object more. Of "
            "objects that share one, the last listed gets it, as in mmdetection.",
        )


def controls(here: Scene) -> None:
    lab = state.lab()
    rule = rules.name(lab.match, lab.assign)
    widgets.rule("Rule", RULES, label_visibility="collapsed")
    canvas.slot("histogram", min_height=7)
    parameters(rule)
    canvas.slot("readout", min_height=22)


def picture(here: Scene) -> None:
    lab = state.lab()
    rule = rules.name(lab.match, lab.assign)
    how = laying.of(lab, here.height, here.width)
    laid, found = compute.matched(here, lab)
    canvas.stage(
        "matching",
        here,
        answer=ANSWERS[rule],
        **canvas.anchor_data(how, laid, here),
        **canvas.match_data(how, laid, found),
        selection={"anchor": readings.anchor_worth_seeing(found, lab.selection)},
        try_this=TRY_THIS[rule],
    )


def details(here: Scene) -> None:
    lab = state.lab()
    laid, found = compute.matched(here, lab)
    st.subheader("The IoU matrix: every object, its best anchors", anchor=False)
    st.caption(
        "Hover or focus a cell and its pair lights up in the picture; the frame marks each object's best."
    )
    canvas.slot("matrix", min_height=8)
    with layout.expander("Each object's best anchor", "matching_best") as e:
        if e.open:
            figure = charts.best_iou_per_object(
                found.best_anchor_iou,
                [here.classes[c] for c in here.class_ids],
                lab.match.high,
                lab.match.low if lab.match.rule == "threshold" else lab.match.high,
                states=readings.states_of_best(found),
                theme=layout.theme(),
            )
            st.plotly_chart(figure, config=charts.CONFIG, key="matching_best_chart")
    layout.boxes_table("matching", here)
    layout.code("matching", here)
    with layout.expander("Download", "matching_download") as e:
        if e.open:
            downloads.download_row(
                "matches",
                lambda: downloads.matches_csv(laid, found),
                lambda: downloads.matches_npz(laid, found),
            )
            canvas.slot("picture")


layout.page(
    "matching", "Which anchors learn from which object?", picture=picture, controls=controls, details=details
)
