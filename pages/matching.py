"""Matching: which anchors learn from which object?"""

import streamlit as st

from anchorlab.canvas import component
from anchorlab.canvas.views import matching
from anchorlab.catalogue.matching import RULES
from anchorlab.draw import charts
from anchorlab.engine import Matches
from anchorlab.session import highlights, results, scene, store
from anchorlab.session.app_state import AppState
from anchorlab.session.scene import Scene
from anchorlab.ui import downloads, layout, prose, widgets
from anchorlab.ui.panels import matching_conventions


def controls(here: Scene) -> None:
    rule = RULES[store.app().matching.rule]
    left, right = st.columns([1, 1.7], gap="small", vertical_alignment="bottom")
    with left:
        widgets.draw(matching.RULE)
    with right:
        for control in rule.controls:
            widgets.draw(control)
    component.slot("histogram", min_height=7)
    if rule.thresholds:  # on the histogram's axis
        widgets.draw(rule.thresholds)
    component.slot("readout", min_height=20)


def best_anchors(app: AppState, here: Scene, found: Matches) -> None:
    with layout.expander("Each object's best anchor", "matching_best") as e:
        if e.open:
            rule = app.matching.spec
            figure = charts.best_iou_per_object(
                found.best_anchor_iou,
                [here.classes[c] for c in here.class_ids],
                rule.high,
                getattr(rule, "low", rule.high),
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
    if RULES[app.matching.rule].reads == "iou":
        best_anchors(app, here, found)


def files() -> None:
    to_download = lambda: results.matched(scene.current(), store.app())
    downloads.row("matches", to_download, downloads.matches_csv, downloads.matches_npz)


layout.page("matching", controls, details, more=matching_conventions.draw, files=files)
