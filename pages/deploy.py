"""Deploy: what is left of a detector on a small machine?"""

import streamlit as st

from anchorlab.canvas import component
from anchorlab.canvas.views import deploy as view
from anchorlab.session import deploying, results, store
from anchorlab.session.scene import Scene
from anchorlab.ui import downloads, layout, prose, widgets
from anchorlab.ui.panels import as_onnx, trained


def controls(here: Scene) -> None:
    widgets.draw(view.BITS_OF)
    widgets.beside(view.PER, view.PICTURE, widths=[1, 1.25])
    component.slot("curve", min_height=10)
    component.slot("readout", min_height=16)
    component.photo(deploying.pictured(here, store.app()), key="deployed_photo")


def more(here: Scene) -> None:
    trained.weights()


def details(here: Scene) -> None:
    prose.subheader("Layer by layer")
    prose.caption(
        "Weights are rounded to whole numbers of steps, symmetrically about zero and to the nearest, each midway value to the even "
        "one; a step is a float32. Biases, which are few, and everything that is computed stay in 32 bits: fewer bits save room "
        "and its traffic. Arithmetic with 8-bit integers would have to quantise what passes from layer to layer, too. "
        "A step for each channel loses less of every layer’s weights, and usually keeps more of a detector. Of the one that comes with "
        "the app it keeps less at 4 and 3 bits, because of the stem, where all features begin."
    )
    left, right = st.columns([1.4, 1], gap="large")
    with left:
        component.slot("layers", min_height=26)
    with right:
        widgets.draw(view.LAYER)
        component.slot("bins", min_height=12)


def elsewhere(here: Scene) -> None:
    with layout.expander("As an ONNX file: network, anchors, decoding and NMS", "deploy_onnx") as e:
        if e.open:
            as_onnx.draw()


def files() -> None:
    downloads.button(
        "Figures (CSV)",
        lambda: downloads.quantisations_csv(results.detector(store.app(), store.session().own)),
        "anchorlab-quantised.csv",
        "text/csv",
        key="download_quantised_csv",
    )


layout.page("deploy", controls, details, elsewhere, more=more, files=files)
