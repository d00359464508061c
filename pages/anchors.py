"""Anchors: which boxes does every cell try?"""

import streamlit as st

from anchorlab.canvas import component
from anchorlab.canvas.views import anchors
from anchorlab.engine import Anchors
from anchorlab.session import anchor_source, fragments, results, scene, store
from anchorlab.session.scene import Scene
from anchorlab.ui import downloads, layout, prose, widgets
from anchorlab.ui.panels import showcases


def controls(here: Scene) -> None:
    widgets.draw(anchors.SIZES)
    widgets.draw(anchors.RATIOS)
    widgets.beside(anchors.STRIDE, anchors.COMBINE)
    component.slot("shapes", min_height=12)
    component.slot("readout", min_height=9)


def in_use(here: Scene) -> None:
    """While other pages use the pyramid, this page says so and offers the way back."""
    with st.container(horizontal=True, gap="medium", vertical_alignment="center"):
        prose.info(
            "Home, Matching, Offsets and NMS use the pyramid’s anchors now, not this grid’s.", width="stretch"
        )
        widgets.draw(anchors.LAYOUT)


def conventions(here: Scene) -> None:
    if store.app().layout == "pyramid":
        in_use(here)
    with st.container(horizontal=True, gap="medium"):
        for control in (anchors.RATIO_MEANS, anchors.CENTER, anchors.BORDER, anchors.SHOW, anchors.COMPARE):
            widgets.draw(control)
    fragments.follow()
    for control in (anchors.RATIO_MEANS, anchors.BORDER):
        showcases.offer_of(control, here, named=True)


def to_download() -> tuple[Anchors]:
    here = scene.current()
    return (results.anchors(anchor_source.grid_of(store.app()), here.height, here.width),)


def files() -> None:
    downloads.row("anchors", to_download, downloads.anchors_csv, downloads.anchors_npz)


layout.page("anchors", controls, more=conventions, files=files)
