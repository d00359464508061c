"""Offsets: what must the network say to turn this anchor into that object?"""

import streamlit as st

from anchorlab.draw import charts
from anchorlab.ui import canvas, compute, downloads, laying, layout, readings, state, widgets
from anchorlab.ui.lab import BOOK_STDS, NO_STDS
from anchorlab.ui.scene import Scene

TRY_THIS = "<b>Drag</b> <i>t<sub>w</sub></i> to −4. Can the box ever turn inside out?"


def controls(here: Scene) -> None:
    lab = state.lab()
    pair = readings.pair(*compute.matched(here, lab), here.boxes, lab)
    if pair is not None:
        widgets.offsets(pair.target)
    widgets.segmented(
        "Divide by", "coder.stds", {BOOK_STDS: "stds .1 .1 .2 .2", NO_STDS: "nothing"}, alone=False
    )
    canvas.slot("strips", min_height=12)
    canvas.slot("readout", min_height=9)


def picture(here: Scene) -> None:
    lab = state.lab()
    how = laying.of(lab, here.height, here.width)
    laid, found = compute.matched(here, lab)
    pair = readings.pair(laid, found, here.boxes, lab)
    targets = readings.targets(laid, found, here.boxes, lab.coder)
    if pair is None:
        answer = (
            "No anchor is positive here, so there is nothing to encode. Draw an object, or loosen the rule."
        )
    else:
        answer = "Four numbers: {words}. They are measured in anchors, not in pixels."
    canvas.stage(
        "offsets",
        here,
        answer=answer,
        **canvas.anchor_data(how, laid, here),
        **canvas.match_data(how, laid, found),
        selection={"object": pair.gt if pair else -1, "anchor": pair.anchor if pair else -1},
        means=list(lab.coder.means),
        stds=list(lab.coder.stds),
        offsets=list(lab.offsets) if lab.offsets else None,
        round_trip=pair.round_trip if pair else "0",
        why=readings.spread_in_words(targets, lab.coder),
        try_this=TRY_THIS,
    )


def details(here: Scene) -> None:
    lab = state.lab()
    laid, found = compute.matched(here, lab)
    pair = readings.pair(laid, found, here.boxes, lab)
    targets = readings.targets(laid, found, here.boxes, lab.coder)
    with layout.expander("Type the four numbers", "offsets_type") as e:
        if e.open and pair is not None:
            widgets.typed_offsets(pair.target)
    with layout.expander(
        "Histogram of all positives' offsets, with and without stds", "offsets_histogram"
    ) as e:
        if e.open and len(targets):
            figure = charts.offsets_histogram(targets, lab.coder.stds, theme=layout.theme())
            st.plotly_chart(figure, config=charts.CONFIG, key="offsets_histogram_chart")
    with layout.expander("Why the logarithm, and what else libraries do", "offsets_conventions") as e:
        if e.open:
            st.markdown(
                "- **Centres are divided by the anchor's size**, so that the same shift counts the same for small "
                "and large anchors.\n"
                "- **Sizes are compared by logarithm**: twice as wide and half as wide are equally far from 0, and "
                "decoding by the exponential can never give a negative side.\n"
                "- The stds are called *variances* in SSD; torchvision and detectron2 take their reciprocals as "
                "*weights* (10, 10, 5, 5). Their RetinaNets use none; the Keras and yhenon RetinaNets do.\n"
                "- d2l adds 10⁻⁶ inside the logarithm when it encodes, so that a perfect anchor gets 0.0000048 "
                "instead of 0. `anchorlab.d2l` does the same; this page does not.\n"
                "- torchvision and detectron2 bound the decoded log sizes by ln(1000/16) ≈ 4.14 from above."
            )
    layout.boxes_table("offsets", here)
    layout.code("offsets", here)
    with layout.expander("Download", "offsets_download") as e:
        if e.open:
            downloads.download_row(
                "offsets",
                lambda: downloads.offsets_csv(laid, found, here.boxes, lab.coder),
                lambda: downloads.offsets_npz(laid, found, here.boxes, lab.coder),
            )
            canvas.slot("picture")


layout.page(
    "offsets",
    "What must the network say to turn an anchor into an object?",
    picture=picture,
    controls=controls,
    details=details,
)
