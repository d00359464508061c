"""Evaluation: how good are these detections?"""

import streamlit as st

from anchorlab.canvas import component
from anchorlab.canvas.views import evaluation as view
from anchorlab.canvas.views import nms
from anchorlab.catalogue.suppression import METHODS
from anchorlab.scenes.catalogue import IDS
from anchorlab.session import evaluating, scene, store
from anchorlab.session.evaluating import Picture
from anchorlab.session.scene import Scene
from anchorlab.ui import downloads, layout, prose, widgets
from anchorlab.ui.panels import own_predictions, own_set, trained


def pictures() -> list[Picture]:
    return evaluating.pictures(scene.current(), store.app(), store.session().own)


def controls(here: Scene) -> None:
    app = store.app()
    widgets.draw(view.PICTURES)
    left, right = st.columns(2, gap="small")
    with left:
        if main := METHODS[app.suppression.method].main(app.suppression):
            widgets.draw(main)
        widgets.draw(view.THRESHOLD)
    with right:
        widgets.draw(view.SCORE)
        widgets.draw(view.RULE)
    component.slot("readout", min_height=20)


def more(here: Scene) -> None:
    app = store.app()
    if app.evaluation.pictures == "all":
        for name in IDS:
            if name != here.id:
                component.photo(scene.built_in(name), key=f"photo_{name}")
    component.photo(scene.built_in("dogcat"), key="book_photo")  # of the book's boxes
    source, category, reached = st.columns([1.4, 1, 1.4], gap="medium", vertical_alignment="bottom")
    with source:
        if app.evaluation.pictures == "this":
            widgets.draw(nms.SOURCE)
            if app.source == "upload":
                own_predictions.upload()
            if app.source == "detector":
                trained.weights()
    with category:
        widgets.draw(view.offered_classes(evaluating.names(pictures())))
    with reached:
        widgets.draw(view.ONLY_REACHED)


def details(here: Scene) -> None:
    prose.subheader("One list, several figures")
    component.slot("figures", min_height=14)
    left, right = st.columns([2, 1], gap="large")
    with left:
        prose.subheader("What no training repairs")
        component.slot("reach", min_height=6)
    with right:
        widgets.draw(view.REACH)
    prose.subheader("Every detection, in order")
    component.slot("stories", min_height=12)
    with layout.expander("Class by class", "evaluation_classes") as e:
        if e.open:
            component.slot("classes", min_height=8)
    with layout.expander("COCO’s whole summary: by size, by number of detections", "evaluation_coco") as e:
        if e.open:
            own_set.summary_table(evaluating.summary(pictures(), store.app()))
    with layout.expander("Your own set: COCO annotations and results", "evaluation_set") as e:
        if e.open:
            own_set.panel()


def files() -> None:
    downloads.evaluation(pictures, store.app)


layout.page("evaluation", controls, details, more=more, files=files)
