"""Non-maximum suppression: which boxes say the same thing twice?"""

import streamlit as st

from anchorlab.draw import charts
from anchorlab.ui import canvas, compute, downloads, layout, readings, scene, state, widgets
from anchorlab.ui.scene import Scene

SOURCES = {"simulated": "simulated detector", "book": "d2l’s four boxes", "upload": "upload"}
TRY_THIS = "<b>Predict:</b> at threshold 0.80, are more boxes kept or fewer? Then drag."


def controls(here: Scene) -> None:
    widgets.segmented("Predictions from", "source", SOURCES, alone=False)
    if state.lab().source == "upload":
        layout.predictions_upload(here)
    left, right = st.columns(2, gap="small")
    with left:
        widgets.slider("Silence above this IoU", "nms.iou_threshold", 0.0, 1.0, 0.01)
    with right:
        widgets.slider("Score at least", "nms.score_threshold", 0.0, 1.0, 0.01)
    widgets.segmented(
        "Who may silence whom", "nms.per_class", {True: "only the same class", False: "any class"}
    )
    canvas.slot("readout", min_height=20)


def simulation(here: Scene) -> None:
    if state.lab().source != "simulated":
        return
    st.caption(
        "Simulated: each object's best anchors are decoded with noise on their offsets; the score follows the "
        "true IoU, with noise of its own; false alarms sit on random anchors."
    )
    columns = st.columns(5, gap="small")
    with columns[0]:
        widgets.slider("Noise of place and size", "simulate.localisation_noise", 0.0, 0.5, 0.01)
    with columns[1]:
        widgets.slider("Noise of the score", "simulate.score_noise", 0.0, 0.5, 0.01)
    with columns[2]:
        widgets.slider("False alarms", "simulate.false_alarms", 0, 30, 1)
    with columns[3]:
        widgets.slider("Predictions an object", "simulate.per_object", 1, 20, 1)
    with columns[4]:
        widgets.number("Seed", "simulate.seed", 0, 9999)


def limit() -> None:
    columns = st.columns(5, gap="small")
    with columns[0]:
        widgets.number("Only the best k take part (empty: all)", "nms.top_k", 1, 5000, optional=True)


def picture(here: Scene) -> None:
    lab = state.lab()
    if lab.source == "book":
        # The book's four boxes belong to its dog and its cat.
        here = scene.built_in("dogcat")
        canvas.photo(here, key="book_photo")
    found, classes = compute.predictions(here, lab, state.session().predictions)
    trace = compute.suppression(found, lab.nms)
    above = int(((trace.status == 1) | (trace.status == 2)).sum())
    rounds = int(trace.round.max(initial=0))
    whom = "every box of its class" if lab.nms.per_class else "every box"
    answer = (
        f"Non-maximum suppression: the best-scoring box stays and silences {whom} that overlaps it by more than "
        "<b>{iou}</b>. Then the next one in the queue has its turn."
    )
    chosen = lab.selection.nms_round
    canvas.stage(
        "nms",
        here,
        answer=answer,
        **canvas.prediction_data(found, trace),
        selection={"step": readings.round_worth_seeing(trace) if chosen < 0 else chosen},
        source=lab.source,
        classes=list(classes),
        rounds=rounds,
        above=above,
        kept=len(trace.keep),
        nms={
            "iou": lab.nms.iou_threshold,
            "score": lab.nms.score_threshold,
            "per_class": lab.nms.per_class,
            "top_k": lab.nms.top_k,
        },
        try_this=TRY_THIS,
        **(canvas.simulation_data(lab, compute.material(here, lab)) if lab.source == "simulated" else {}),
    )


def details(here: Scene) -> None:
    lab = state.lab()
    here = scene.built_in("dogcat") if lab.source == "book" else here
    found, classes = compute.predictions(here, lab, state.session().predictions)
    trace = compute.suppression(found, lab.nms)
    limit()
    st.subheader("Every decision, in order", anchor=False)
    canvas.slot("decisions", min_height=12)
    with layout.expander("How many boxes stay, for every threshold", "nms_curve") as e:
        if e.open:
            thresholds, kept = compute.kept_by_threshold(found, lab.nms)
            figure = charts.kept_curve(
                thresholds, kept, lab.nms.iou_threshold, len(trace.keep), theme=layout.theme()
            )
            st.plotly_chart(figure, config=charts.CONFIG, key="nms_curve_chart")
    layout.code("nms", here)
    with layout.expander("Download", "nms_download") as e:
        if e.open:
            downloads.download_row(
                "predictions",
                lambda: downloads.predictions_csv(found, trace, classes),
                lambda: downloads.predictions_npz(found, trace),
            )
            canvas.slot("picture")


layout.page(
    "nms",
    "Which boxes say the same thing twice?",
    picture=picture,
    controls=controls,
    more=simulation,
    details=details,
)
