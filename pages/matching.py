"""Matching: which anchors learn from which object?"""

import streamlit as st

from anchorlab.draw import charts
from anchorlab.ui import canvas, compute, downloads, laying, layout, readings, state, widgets
from anchorlab.ui.scene import Scene

TRY_THIS = {
    "threshold": "<b>Predict:</b> at “positive from 0.60”, which object must live on its rescued anchor? Then drag.",
    "greedy": "<b>Predict:</b> two objects, one best anchor: who gets it, and what does the other take? Draw them, then step.",
}


def controls(here: Scene) -> None:
    widgets.segmented(
        "Rule",
        "match.rule",
        {"threshold": "Thresholds", "greedy": "Greedy (d2l)"},
        alone=False,
        help="Thresholds: Faster R-CNN and RetinaNet. Greedy: the rule of the book Dive into Deep Learning (d2l).",
    )
    canvas.slot("histogram", min_height=7)
    if state.lab().match.rule == "threshold":
        widgets.thresholds(
            "Background below, positive from", "match.low", "match.high", label_visibility="collapsed"
        )
        widgets.toggle(
            "Each object also keeps its best anchor (low quality)",
            "match.low_quality",
            help="An anchor that overlaps some object more than any other anchor does is positive whatever its IoU. It "
            "learns the object it overlaps most itself, as in torchvision and detectron2.",
        )
    else:
        widgets.slider("Positive from", "match.high", 0.0, 1.0, 0.01, label_visibility="collapsed")
    canvas.slot("readout", min_height=22)


def picture(here: Scene) -> None:
    lab = state.lab()
    how = laying.of(lab, here.height, here.width)
    laid, found = compute.matched(here, lab)
    if lab.match.rule == "threshold":
        answer = (
            "Each anchor goes to the object it overlaps most; how much it overlaps decides whether it "
            "<b class=positive>learns</b>, <b class=ignored>is left out</b> or <b class=negative>learns “background”</b>."
        )
    else:
        answer = (
            "Round by round, the largest IoU left gives one object one anchor; then every other anchor from "
            "{high} on <b class=positive>learns</b> too, and the rest <b class=negative>learns “background”</b>."
        )
    canvas.stage(
        "matching",
        here,
        answer=answer,
        **canvas.anchor_data(how, laid, here),
        **canvas.match_data(how, laid, found),
        selection={"anchor": readings.anchor_worth_seeing(found, lab.selection)},
        try_this=TRY_THIS[lab.match.rule],
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
