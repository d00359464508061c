"""Non-maximum suppression: which boxes say the same thing twice?"""

import streamlit as st

from anchorlab.canvas import component
from anchorlab.canvas.views import nms
from anchorlab.catalogue.suppression import METHODS, play
from anchorlab.draw import charts
from anchorlab.engine import Detections
from anchorlab.engine.played import Played
from anchorlab.scenes import catalogue
from anchorlab.session import results, scene, store
from anchorlab.session.scene import Scene
from anchorlab.ui import downloads, layout, prose, widgets
from anchorlab.ui.panels import nms_conventions, own_predictions, pretrained, showcases, trained


def controls(here: Scene) -> None:
    app = store.app()
    widgets.draw(nms.SOURCE)
    if app.source == "upload":
        own_predictions.upload()
    if app.source == "detector":
        trained.weights()
    method = METHODS[app.suppression.method]
    left, right = st.columns(2, gap="small")
    with left:
        if main := method.main(app.suppression):
            widgets.draw(main)
    with right:
        widgets.draw(nms.SCORE)
    widgets.beside(nms.METHOD, nms.PER_CLASS, widths=[1, 1.25])
    for control in method.more:
        widgets.draw(control)
    component.slot("readout", min_height=20)


def simulation(here: Scene) -> None:
    app = store.app()
    component.photo(scene.built_in("dogcat"), key="book_photo")  # of the book's boxes, ahead of need
    if app.source == "detector":
        of_detector()
    if app.source != "simulated":
        return
    prose.caption(
        "Simulated: each object's best anchors are decoded with noise on their offsets; the score follows the "
        "true IoU, with noise of its own; false alarms sit on random anchors."
    )
    widgets.beside(*nms.SIMULATION)


def of_detector() -> None:
    prose.caption(
        "A small network that looks at the picture in 96 × 96 pixels or some more; the Training page shows how it learned. These are all "
        "its predictions, of every anchor and class, before any threshold. The one that comes with the app knows painted "
        "ellipses, rectangles and triangles: in a photograph it is sure of little."
    )
    if store.app().scene != catalogue.GENERATED:
        title = catalogue.SCENES[catalogue.GENERATED].title
        st.button(
            f"Open “{title}”", key="open_generated", on_click=store.open_scene, args=(catalogue.GENERATED,)
        )


def limit() -> None:
    with st.columns(5, gap="small")[0]:
        widgets.draw(nms.TOP_K)


def to_download() -> tuple[Detections, Played, tuple[str, ...]]:
    app = store.app()
    found, classes = results.predictions(scene.predicted_on(scene.current(), app), app, store.session().own)
    return found, play(found, app.suppression), classes


def details(here: Scene) -> None:
    app = store.app()
    found, played, _ = to_download()
    with layout.expander("Methods side by side", "nms_methods") as e:
        if e.open:
            showcases.offer_of(nms.METHOD, here)
            component.slot("methods", min_height=24, given=nms.side_by_side(found, app.suppression))
    with layout.expander("Conventions: what libraries do differently", "nms_conventions") as e:
        if e.open:
            nms_conventions.switches(here)
    with layout.expander("From a real detector", "nms_pretrained") as e:
        if e.open:
            pretrained.draw()
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


def files() -> None:
    downloads.row("predictions", to_download, downloads.predictions_csv, downloads.predictions_npz)


layout.page("nms", controls, details, more=simulation, files=files)
