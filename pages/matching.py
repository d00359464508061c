"""Matching: which anchors learn from which object?"""

import streamlit as st

from anchorlab.draw import charts
from anchorlab.engine import Matches
from anchorlab.ui import (
    canvas,
    compute,
    downloads,
    laying,
    layout,
    matching_conventions,
    prose,
    readings,
    rules,
    scene,
    state,
    widgets,
)
from anchorlab.ui.glossary import explained
from anchorlab.ui.lab import Lab
from anchorlab.ui.scene import Scene
from anchorlab.ui.who import who


def beside_the_rule(rule: str) -> None:
    """The one setting that the rule reads besides two thresholds."""
    if rule == "threshold":
        widgets.toggle(
            "Low-quality matches",
            "match.low_quality",
            help=explained(
                "low-quality match",
                "An anchor that overlaps some object more than any other anchor does is positive whatever its IoU. It "
                f"learns the object it overlaps most itself. So does {who(rule='threshold', low_quality='ties')}; not "
                f"{who(rule='threshold', low_quality='none')}.",
            ),
        )
    elif rule == "max-iou":
        widgets.toggle(
            "Low-quality matches",
            "match.low_quality",
            help=explained(
                "low-quality match",
                "An object takes all anchors that no other anchor beats, even if they overlap another object more. Of "
                f"objects that share one, the last listed gets it: {who(rule='max-iou', low_quality='ties')}.",
            ),
        )
    elif rule in ("greedy", "ssd"):
        widgets.slider("Positive from IoU", "match.high", 0.0, 1.0, 0.01)
    elif rule == "yolo":
        widgets.slider("Ignored above IoU", "assign.ignore_iou", 0.0, 1.0, 0.01)
    elif rule == "atss":
        widgets.slider("Candidates on each level, k", "assign.top_k", 1, 30, 1)
    elif rule == "yolov5":
        widgets.slider(
            "Sides differ by less than, times", "assign.side_factor", 1.0, 16.0, 0.1, format="%.1f"
        )


def controls(here: Scene) -> None:
    lab = state.lab()
    rule = rules.name(lab.match, lab.assign)
    left, right = st.columns([1, 1.7], gap="small", vertical_alignment="bottom")
    with left:
        widgets.rule("Rule", rules.NAMES)
    with right:
        beside_the_rule(rule)
    canvas.slot("histogram", min_height=7)
    if rule in rules.BANDED:  # on the histogram's axis
        widgets.thresholds(
            "Background below, positive from", "match.low", "match.high", label_visibility="collapsed"
        )
    canvas.slot("readout", min_height=20)


def picture(here: Scene) -> None:
    lab = state.lab()
    rule = rules.name(lab.match, lab.assign)
    how = laying.of(lab, here.height, here.width)
    laid, found = compute.matched(here, lab)
    canvas.stage(
        "matching",
        here,
        answer=rules.ANSWERS[rule],
        **canvas.anchor_data(how, laid, here),
        **canvas.match_data(how, laid, found),
        selection={"anchor": readings.anchor_worth_seeing(found, lab.selection)},
        rule_titles=rules.NAMES,
    )


def best_anchors(lab: Lab, here: Scene, found: Matches) -> None:
    with layout.expander("Each object's best anchor", "matching_best") as e:
        if e.open:
            figure = charts.best_iou_per_object(
                found.best_anchor_iou,
                [here.classes[c] for c in here.class_ids],
                lab.match.high,
                lab.match.low if rules.name(lab.match, lab.assign) in rules.BANDED else lab.match.high,
                states=readings.states_of_best(found),
                theme=layout.theme(),
            )
            st.plotly_chart(figure, config=charts.CONFIG, key="matching_best_chart")


def details(here: Scene) -> None:
    lab = state.lab()
    found = compute.matched(here, lab)[1]
    prose.subheader("The IoU matrix: every object, its best anchors")
    prose.caption(
        "Hover or focus a number and its pair lights up in the picture; the frame marks each object's best."
    )
    canvas.slot("matrix", min_height=8)
    canvas.slot("pairs")
    if lab.assign.kind == "iou":
        best_anchors(lab, here, found)
    layout.boxes_table("matching", here)
    layout.code("matching", here)
    with layout.expander("Download", "matching_download") as e:
        if e.open:
            downloads.row(
                "matches",
                lambda: compute.matched(scene.current(), state.lab()),
                downloads.matches_csv,
                downloads.matches_npz,
            )
            canvas.slot("picture")


layout.page(
    "matching",
    "Which anchors learn from which object?",
    picture=picture,
    controls=controls,
    more=matching_conventions.draw,
    details=details,
)
