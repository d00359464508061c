"""Matching: which anchors learn from which object?"""

import streamlit as st

from anchorlab.canvas import component
from anchorlab.catalogue import rules
from anchorlab.catalogue.glossary import explained
from anchorlab.catalogue.libraries import who
from anchorlab.draw import charts
from anchorlab.engine import Matches
from anchorlab.session import anchor_source, highlights, results, scene, store
from anchorlab.session.app_state import AppState
from anchorlab.session.scene import Scene
from anchorlab.ui import downloads, layout, prose, widgets
from anchorlab.ui.panels import matching_conventions


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
    app = store.app()
    rule = rules.name(app.match, app.assign)
    left, right = st.columns([1, 1.7], gap="small", vertical_alignment="bottom")
    with left:
        widgets.rule("Rule", rules.NAMES)
    with right:
        beside_the_rule(rule)
    component.slot("histogram", min_height=7)
    if rule in rules.BANDED:  # on the histogram's axis
        widgets.thresholds(
            "Background below, positive from", "match.low", "match.high", label_visibility="collapsed"
        )
    component.slot("readout", min_height=20)


def picture(here: Scene) -> None:
    app = store.app()
    rule = rules.name(app.match, app.assign)
    source = anchor_source.of(app, here.height, here.width)
    anchors, found = results.matched(here, app)
    component.stage(
        "matching",
        here,
        answer=rules.ANSWERS[rule],
        **component.anchor_data(source, anchors, here),
        **component.match_data(found),
        selection={"anchor": highlights.anchor_worth_seeing(found, app.selection)},
        rule_titles=rules.NAMES,
    )


def best_anchors(app: AppState, here: Scene, found: Matches) -> None:
    with layout.expander("Each object's best anchor", "matching_best") as e:
        if e.open:
            figure = charts.best_iou_per_object(
                found.best_anchor_iou,
                [here.classes[c] for c in here.class_ids],
                app.match.high,
                app.match.low if rules.name(app.match, app.assign) in rules.BANDED else app.match.high,
                states=highlights.states_of_best(found),
                theme=layout.theme(),
            )
            st.plotly_chart(figure, config=charts.CONFIG, key="matching_best_chart")


def details(here: Scene) -> None:
    app = store.app()
    found = results.matched(here, app)[1]
    prose.subheader("The IoU matrix: every object, its best anchors")
    prose.caption(
        "Hover or focus a number and its pair lights up in the picture; the frame marks each object's best."
    )
    component.slot("matrix", min_height=8)
    component.slot("pairs")
    if app.assign.kind == "iou":
        best_anchors(app, here, found)
    layout.boxes_table("matching", here)
    layout.code("matching", here)
    with layout.expander("Download", "matching_download") as e:
        if e.open:
            downloads.row(
                "matches",
                lambda: results.matched(scene.current(), store.app()),
                downloads.matches_csv,
                downloads.matches_npz,
            )
            component.slot("picture")


layout.page(
    "matching",
    "Which anchors learn from which object?",
    picture=picture,
    controls=controls,
    more=matching_conventions.draw,
    details=details,
)
