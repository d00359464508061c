"""Pyramid: which level finds which object?"""

import streamlit as st

from anchorlab.canvas import component
from anchorlab.canvas.views import pyramid as view
from anchorlab.engine import Anchors
from anchorlab.session import anchor_source, results, scene, store
from anchorlab.session.scene import Scene
from anchorlab.ui import downloads, layout, prose, widgets
from anchorlab.ui.panels import pyramid, showcases


def controls(here: Scene) -> None:
    widgets.draw(view.PRESET)
    component.slot("levels", min_height=pyramid.list_height(store.app().pyramid))
    component.slot("readout", min_height=9)


def more(here: Scene) -> None:
    left, right = st.columns([2, 1], gap="large")
    with left:
        pyramid.resize_controls(here)
        component.slot("usual", min_height=1.5)
    with right:
        widgets.draw(view.LAYOUT)
    with layout.expander("Adjust the pyramid", "pyramid_adjust") as e:
        if e.open:
            with st.container(horizontal=True, gap="medium"):
                pyramid.level_chips()
                for control in (view.CENTER, view.UNEVEN, view.BORDER):
                    widgets.draw(control)
            showcases.offer_of(view.UNEVEN, here, named=True)
            pyramid.shape_lists()
            pyramid.table()


def to_download() -> tuple[Anchors]:
    here = scene.current()
    size = (here.height, here.width)
    return (results.anchors(anchor_source.pyramid_of(store.app(), *size), *size),)


def details(here: Scene) -> None:
    left, right = st.columns(2, gap="large")
    with left:
        prose.subheader("What the head puts out")
        component.slot("heads", min_height=10)
    with right:
        prose.subheader("Three ways to many scales")
        component.slot("costs", min_height=10)
    prose.subheader("Two pyramids on this picture")
    with st.columns([1, 2])[0]:
        widgets.draw(view.RIVAL)
    component.slot("rivals", min_height=8)


def files() -> None:
    downloads.row("anchors", to_download, downloads.anchors_csv, downloads.anchors_npz)


layout.page("pyramid", controls, details, more=more, files=files)
