"""Offsets: what must the network say to turn this anchor into that object?"""

import streamlit as st

from anchorlab import engine
from anchorlab.canvas import component
from anchorlab.canvas.views import offsets
from anchorlab.catalogue.coders import coder_of
from anchorlab.draw import charts
from anchorlab.session import highlights, results, scene, store
from anchorlab.session.scene import Scene
from anchorlab.ui import downloads, layout, prose, widgets
from anchorlab.ui.panels import loosening, showcases


def controls(here: Scene) -> None:
    app = store.app()
    pair = highlights.pair(*results.matched(here, app), here.boxes, app)
    if pair is None:
        component.slot("readout", min_height=9)
        loosening.offer(here)
        return
    widgets.offsets(pair.target)
    if coder_of(app.coder).takes("stds"):
        widgets.draw(offsets.offered_stds(app))
    component.slot("strips", min_height=12)
    component.slot("readout", min_height=9)


def conventions(here: Scene) -> None:
    coder = coder_of(store.app().coder)
    with layout.expander("Conventions: how libraries write a box", "offsets_how") as e:
        left, right = st.columns(2, gap="medium")
        with left:
            widgets.draw(offsets.KIND)
            prose.caption(coder.used_by)
        with right:
            for control in coder.controls:
                widgets.draw(control)
                if e.open:
                    showcases.offer_of(control, here)
            prose.caption(coder.note)


def to_download() -> tuple:
    here, app = scene.current(), store.app()
    return *results.matched(here, app), here.boxes, app.coder


def details(here: Scene) -> None:
    app = store.app()
    anchors, found = results.matched(here, app)
    pair = highlights.pair(anchors, found, here.boxes, app)
    targets = engine.encode_matches(anchors, found, here.boxes, app.coder).offsets
    with layout.expander("Type the four numbers", "offsets_type") as e:
        if e.open and pair is not None:
            widgets.typed_offsets(pair.target)
    with layout.expander(
        "Histogram of all positives' offsets, with and without stds", "offsets_histogram"
    ) as e:
        if e.open and len(targets):
            figure = charts.offsets_histogram(targets, app.coder.stds, theme=layout.theme())
            st.plotly_chart(figure, config=charts.CONFIG, key="offsets_histogram_chart")
    with layout.expander("Why the logarithm, and what the stds are called", "offsets_conventions") as e:
        if e.open:
            prose.markdown(
                "- **Centres are divided by the anchor's size**, so that the same shift counts the same for small "
                "and large anchors.\n"
                "- **Sizes are compared by logarithm**: twice as wide and half as wide are equally far from 0, and "
                "decoding by the exponential can never give a negative side.\n"
                "- The stds are called *variances* in SSD; torchvision and detectron2 take their reciprocals as "
                "*weights* (10, 10, 5, 5). Their RetinaNets use none; the Keras and yhenon RetinaNets do."
            )


def files() -> None:
    downloads.row("offsets", to_download, downloads.offsets_csv, downloads.offsets_npz)


layout.page("offsets", controls, details, more=conventions, files=files)
