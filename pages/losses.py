"""Losses: what does each anchor cost?"""

import streamlit as st

from anchorlab.canvas import component
from anchorlab.canvas.views import losses
from anchorlab.catalogue.controls import Control
from anchorlab.catalogue.losses import CLASSIFICATION, LOSSES
from anchorlab.catalogue.samplers import SAMPLERS
from anchorlab.session import results, scene, store
from anchorlab.session.scene import Scene
from anchorlab.ui import downloads, layout, prose, widgets

FEW = 2
"""Controls of a loss that have a place of their own; the others stand with the conventions."""


def controls_of(name: str, else_of: str) -> tuple[Control, ...]:
    """A loss's controls; of one that has none the other's, which is shown beside it."""
    return (LOSSES[name].controls or LOSSES[else_of].controls)[:FEW]


def controls(here: Scene) -> None:
    component.slot("imbalance", min_height=2.75)
    widgets.draw(losses.CLASS_LOSS)
    widgets.beside(*controls_of(store.app().losses.classification, "focal"))
    component.slot("shares", min_height=8 + 3 * len(CLASSIFICATION))
    widgets.draw(losses.SAMPLER)
    component.slot("readout", min_height=5)


def scores(here: Scene) -> None:
    prose.caption(
        "The scores are those of a pretended network, which sees how well each anchor fits and nothing else. Set how sure "
        "it is of background where nothing is, and of an object where an anchor fits exactly; in between its logit follows "
        "the IoU, scattered by chance. Its boxes are still off by this share of the way from the anchor to the object."
    )
    widgets.beside(*losses.HEADS)


def one_probability(here: Scene) -> None:
    prose.subheader("80 % sure, and still it costs")
    left, right = st.columns([1.5, 1], gap="medium")
    with left:
        component.slot("curve", min_height=17.5)
        widgets.draw(losses.SURE)
    with right:
        widgets.draw(losses.TRUTH)
        component.slot("price", min_height=13.5)


def samplers() -> None:
    with layout.expander("Samplers: which anchors count", "losses_samplers") as e:
        if not e.open:
            return
        chosen = SAMPLERS[store.app().sampling.sampler]
        component.slot("samplers", min_height=9)
        columns = st.columns(3, gap="small", vertical_alignment="bottom")
        for column, control in zip(columns, chosen.controls, strict=False):
            with column:
                widgets.draw(control)
        if chosen.name == "random":
            with columns[2]:
                seed = (store.app().sample_seed + 1) % 10000
                st.button(
                    "Draw again", key="draw_again", on_click=widgets.change, args=({"sample_seed": seed},)
                )
        for sampler in SAMPLERS.values():
            prose.markdown(f"**{sampler.title}**: {sampler.used_by}")


def total() -> None:
    with layout.expander("The whole loss, as a sum: what λ balances", "losses_sum") as e:
        if e.open:
            component.slot("sum", min_height=9)
            widgets.beside(losses.N_CLS, losses.BOX_WEIGHT, losses.N_REG, gap="medium")


def boxes() -> None:
    with layout.expander("The loss of the box: smooth L1, L1, L2, and the IoUs", "losses_box") as e:
        if not e.open:
            return
        left, right = st.columns([1.5, 1], gap="medium")
        with left:
            component.slot("regression", min_height=22)
            widgets.draw(losses.ERROR)
        with right:
            widgets.draw(losses.BOX_LOSS)
            loss = LOSSES[store.app().losses.regression]
            prose.caption(f"**{loss.title}**: {loss.used_by}")
            widgets.beside(*controls_of(loss.name, "smooth_l1"))
            component.slot("ious", min_height=9)


def weights() -> None:
    with layout.expander("Conventions: which losses libraries take", "losses_conventions") as e:
        if e.open:
            for loss in LOSSES.values():
                for control in loss.controls[FEW:]:
                    widgets.draw(control)
                prose.caption(f"**{loss.title}**: {loss.used_by}")


def details(here: Scene) -> None:
    one_probability(here)
    samplers()
    total()
    boxes()
    weights()


def to_download() -> tuple:
    here, app = scene.current(), store.app()
    return *results.matched(here, app), results.costs(here, app)


def files() -> None:
    downloads.row("losses", to_download, downloads.losses_csv, downloads.losses_npz)


layout.page("losses", controls, details, more=scores, files=files)
