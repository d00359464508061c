"""Non-maximum suppression: which boxes say the same thing twice?"""

import streamlit as st

from anchorlab.canvas import ahead, component
from anchorlab.canvas.views import nms
from anchorlab.catalogue.glossary import explained
from anchorlab.catalogue.suppression import METHODS, play
from anchorlab.draw import charts
from anchorlab.engine import Detections
from anchorlab.engine.played import Played
from anchorlab.session import results, scene, store
from anchorlab.session.scene import Scene
from anchorlab.ui import downloads, layout, prose, widgets
from anchorlab.ui.panels import nms_conventions, own_predictions, showcases

SOURCES = {"simulated": "simulated detector", "book": "d2l’s four boxes", "upload": "upload"}
TITLES = {name: method.title for name, method in METHODS.items()}
THRESHOLDS = {
    "diou": "Suppress above this DIoU",
    "linear": "Lower scores above this IoU",
    "fusion": "Join above this IoU",
}


def controls(here: Scene) -> None:
    app = store.app()
    # The ready example has a place here only while it is shown.
    example = {"simulated": "simulated", "example": "example"} if app.source == "example" else {}
    widgets.segmented(
        "Predictions from", "source", SOURCES | example, alone=False, help=explained("predictions")
    )
    if app.source == "upload":
        own_predictions.upload()
    left, right = st.columns(2, gap="small")
    s = app.suppression
    with left:
        if s.method == "gaussian":
            widgets.slider("σ: larger is softer", "suppression.gaussian.sigma", 0.05, 2.0, 0.05)
        elif s.method == "matrix":
            if s.matrix.kernel == "gaussian":
                widgets.slider("σ: larger is harder", "suppression.matrix.sigma", 0.1, 10.0, 0.1)
        else:
            label = THRESHOLDS.get(s.method, "Suppress above this IoU")
            widgets.slider(label, "suppression.iou_threshold", 0.0, 1.0, 0.01, help=explained(label))
    with right:
        widgets.slider(
            "Score at least", "suppression.score_threshold", 0.0, 1.0, 0.01, help=explained("score")
        )
    left, right = st.columns([1, 1.25], gap="small")
    with left:
        widgets.select("Method", "suppression.method", TITLES, nms.choosing)
    with right:
        widgets.segmented(
            "Who may suppress whom", "suppression.per_class", {True: "the same class", False: "any class"}
        )
    if s.method == "diou":
        widgets.slider("β: smaller weighs the distance more", "suppression.diou.beta", 0.1, 2.0, 0.1)
    if s.method == "matrix":
        kernels = {"gaussian": "Gaussian in the overlap", "linear": "linear in it"}
        widgets.segmented(
            "How overlap counts",
            "suppression.matrix.kernel",
            kernels,
            alone=False,
            label_visibility="collapsed",
        )
    if s.method == "fusion":
        scores = {"avg": "mean of their scores", "max": "best score"}
        widgets.segmented(
            "Score of a fused box", "suppression.fusion.score", scores, label_visibility="collapsed"
        )
    component.slot("readout", min_height=20)


def simulation(here: Scene) -> None:
    component.photo(scene.built_in("dogcat"), key="book_photo")  # of the book's boxes, ahead of need
    if store.app().source != "simulated":
        return
    prose.caption(
        "Simulated: each object's best anchors are decoded with noise on their offsets; the score follows the "
        "true IoU, with noise of its own; false alarms sit on random anchors."
    )
    columns = st.columns(5, gap="small")
    with columns[0]:
        widgets.slider("Noise of place and size", "simulate.localisation_noise", 0.0, 0.5, 0.01)
    with columns[1]:
        widgets.slider("Noise of the score", "simulate.score_noise", 0.0, 0.5, 0.01)
    with columns[2]:
        widgets.slider("False alarms", "simulate.false_alarms", 0, ahead.FALSE_ALARMS, 1)
    with columns[3]:
        widgets.slider("Predictions an object", "simulate.per_object", 1, ahead.PER_OBJECT, 1)
    with columns[4]:
        widgets.number("Seed", "simulate.seed", 0, 9999)


def limit() -> None:
    columns = st.columns(5, gap="small")
    with columns[0]:
        widgets.number("Only the best k take part (empty: all)", "suppression.top_k", 1, 5000, optional=True)


def shown(here: Scene) -> Scene:
    """What the predictions lie on."""
    return scene.predicted_on(here, store.app())


def to_download() -> tuple[Detections, Played, tuple[str, ...]]:
    app = store.app()
    found, classes = results.predictions(shown(scene.current()), app, store.session().predictions)
    return found, play(found, app.suppression), classes


def picture(here: Scene) -> None:
    app = store.app()
    found, played, classes = to_download()
    component.stage(
        "nms",
        shown(here),
        answer=nms.answer(app.suppression),
        **nms.message(app, found, played, classes),
        **(ahead.simulation_data(here, app) if app.source == "simulated" else {}),
        **ahead.source_data(here, app, store.session().predictions),
    )


def details(here: Scene) -> None:
    app = store.app()
    found, played, _ = to_download()
    with layout.expander("Methods side by side", "nms_methods") as e:
        if e.open:
            showcases.offer("methods", showcases.METHODS_PART, here)
            component.slot("methods", min_height=24, given=nms.side_by_side(found, app.suppression))
    with layout.expander("Conventions: what libraries do differently", "nms_conventions") as e:
        if e.open:
            nms_conventions.switches(here)
    limit()
    prose.subheader("Every decision, in order")
    component.slot("decisions", min_height=12)
    if METHODS[app.suppression.method].reads_iou:
        with layout.expander("How many boxes stay, for every threshold", "nms_curve") as e:
            if e.open:
                thresholds, kept = results.kept_by_threshold(found, app.suppression)
                figure = charts.kept_curve(
                    thresholds, kept, app.suppression.iou_threshold, len(played.keep), theme=layout.theme()
                )
                st.plotly_chart(figure, config=charts.CONFIG, key="nms_curve_chart")
    layout.code("nms", shown(here))
    with layout.expander("Download", "nms_download") as e:
        if e.open:
            downloads.row("predictions", to_download, downloads.predictions_csv, downloads.predictions_npz)
            component.slot("picture")


layout.page(
    "nms",
    "Which boxes say the same thing twice?",
    picture=picture,
    controls=controls,
    more=simulation,
    details=details,
    shown=shown,
)
