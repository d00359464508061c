"""Anchors: which boxes does every cell try?"""

import streamlit as st

from anchorlab.canvas import component
from anchorlab.catalogue.glossary import explained
from anchorlab.engine import Anchors
from anchorlab.session import anchor_source, fragments, highlights, link, results, scene, store
from anchorlab.session.scene import Scene
from anchorlab.settings.anchors import AnchorSpec
from anchorlab.ui import downloads, layout, prose, widgets
from anchorlab.ui.panels import showcases

COMPARE = {"none": "nothing", "ratio": "the ratio turned", "d2l": "d2l's text"}


STRIDES = (8.0, 16.0, 32.0, 64.0)


def strides(spec: AnchorSpec) -> list[float]:
    """The strides on offer, the present one among them."""
    return sorted({*STRIDES, spec.stride})


def controls(here: Scene) -> None:
    spec = store.app().anchors
    component.slot("sizes", min_height=3.6)
    component.slot("ratios", min_height=3.6)
    left, right = st.columns(2, gap="small")
    with left:
        options = {s: f"{s:g}" for s in strides(spec)}
        widgets.segmented(
            "Stride (px)", "anchors.stride", options, alone=spec.stride in STRIDES, help=explained("stride")
        )
    with right:
        widgets.segmented(
            "Sizes × ratios",
            "anchors.combine",
            {"all": "all n · m", "first": "n + m − 1"},
            help="All pairs of n sizes and m ratios, or, as in Dive into Deep Learning, only those with the first "
            "size or the first ratio.",
        )
    component.slot("shapes", min_height=12)
    component.slot("readout", min_height=9)


def in_use(here: Scene) -> None:
    """While other pages use the pyramid, this page says so and offers the way back."""
    with st.container(horizontal=True, gap="medium", vertical_alignment="center"):
        prose.info(
            "Home, Matching, Offsets and NMS use the pyramid’s anchors now, not this grid’s.", width="stretch"
        )
        widgets.segmented(
            "Other pages use", "layout", {"grid": "this grid", "pyramid": "the pyramid"}, alone=False
        )


def conventions(here: Scene) -> None:
    if store.app().layout == "pyramid":
        in_use(here)
    with st.container(horizontal=True, gap="medium"):
        widgets.segmented(
            "A ratio means",
            "anchors.ratio_means",
            {"h/w": "h / w", "w/h": "w / h"},
            alone=False,
            help="torchvision, detectron2 and mmdetection: height / width. d2l, SSD and Keras: width / height.",
        )
        widgets.segmented(
            "Centre of a cell",
            "anchors.center",
            {0.5: "½", 0.0: "0"},
            help="Where in its cell an anchor is centred, in strides: ½ the middle, 0 the corner (torchvision).",
        )
        widgets.segmented(
            "At the border", "anchors.border", {"keep": "keep", "clip": "clip", "ignore": "ignore"}
        )
        widgets.segmented("Show", "show", {"cell": "one cell", "density": "all, as density"})
        widgets.segmented("Compare with", "compare", COMPARE)
    fragments.follow()
    for name, about in (("ratio_means", "A ratio means"), ("border", "At the border")):
        showcases.offer(f"anchors_{name}", showcases.ANCHORS[name], here, about=about)


LISTS = component.Lists(
    {"sizes": link.SIZE_RANGE, "ratios": link.RATIO_RANGE},
    lambda lists: {
        path: lists[name]
        for name, path in (("sizes", "anchors__sizes"), ("ratios", "anchors__aspect_ratios"))
        if name in lists
    },
)


def picture(here: Scene) -> None:
    app = store.app()
    spec = app.anchors
    source = anchor_source.grid_of(app)
    anchors = results.anchors(source, here.height, here.width)
    (level,) = anchors.levels
    answer = [("anchors.answer", {})]
    if app.layout == "pyramid":
        answer.append(("anchors.elsewhere", {}))
    chosen = (
        app.selection.cell
        if 0 <= app.selection.cell < level.rows * level.cols
        else highlights.middle_cell(level)
    )
    component.stage(
        "anchors",
        here,
        answer=answer,
        **component.anchor_data(source, anchors, here),
        **highlights.shape_table(spec, app.compare, here.height, here.width),
        selection={"cell": chosen},
        size_ranks=highlights.size_ranks(spec),
        size_count=len(set(spec.sizes)),
        sizes=list(spec.sizes),
        ratios=list(spec.aspect_ratios),
        ratio_means=spec.ratio_means,
        combine=spec.combine,
        count=len(anchors.xyxy),
        outside=int((~anchors.inside).sum()),
        border=spec.border,
        stride=spec.stride,
        centre=spec.center,
        strides=strides(spec),
        any_cell=app.selection.cell < 0,
        most=store.MAX_ANCHORS,
        bytes=anchors.xyxy.nbytes,
        show=app.show,
        lists=LISTS,
    )


def to_download() -> tuple[Anchors]:
    here = scene.current()
    return (results.anchors(anchor_source.grid_of(store.app()), here.height, here.width),)


def details(here: Scene) -> None:
    layout.boxes_table("anchors", here)
    layout.code("anchors", here)
    with layout.expander("Download", "anchors_download") as e:
        if e.open:
            downloads.row("anchors", to_download, downloads.anchors_csv, downloads.anchors_npz)
            component.slot("picture")


layout.page(
    "anchors",
    "Which boxes does every cell try?",
    picture=picture,
    controls=controls,
    more=conventions,
    details=details,
)
