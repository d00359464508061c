"""What is trained next: lessons, choices and the button; and detectors as files."""

from __future__ import annotations

from typing import Any

import streamlit as st

from anchorlab.canvas import component
from anchorlab.canvas.views import training as view
from anchorlab.detector import weights
from anchorlab.session import fragments, results, scene, store, trainings
from anchorlab.settings.matching import Matching
from anchorlab.settings.training_choices import TrainingChoices, asks_low_quality
from anchorlab.ui import downloads, layout, prose, widgets
from anchorlab.ui.panels import trained

LESSONS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "anchors": (
        "Good anchors, bad anchors",
        "Both are trained already: with anchors of 60 to 92 pixels the smallest object stays unseen, whatever the network.",
        {"run": 0, "beside": 1, "picture": 1},
    ),
    "focal": (
        "Focal loss or plain cross-entropy",
        (
            "Chosen below is the plain cross-entropy over all anchors. Train, and it stands beside the focal loss. Among about 1,000 "
            "anchors both learn alike (AP50 .86 and .85 after 600 steps); the focal loss was made for 100,000."
        ),
        {"run": 0, "beside": 0, "classification": "cross_entropy"},
    ),
    "low_quality": (
        "Without low-quality matches",
        (
            "Chosen below are large anchors without low-quality matches, so that no anchor learns a small object. Train, and "
            "they stand beside the same anchors with them (AP50 .17 instead of .33 after 600 steps)."
        ),
        {"run": 1, "beside": 1, "picture": 1, "anchors": "large", "low_quality": False},
    ),
}
"""Ready comparisons: their button, what they show, and what is chosen; what is not named is as usual."""


def draw() -> None:
    """The choices of the next training, its button, and how it goes."""
    app = store.app()
    prose.subheader("Train your own")
    with st.container(horizontal=True, gap="small"):
        for name, (label, help_, _) in LESSONS.items():
            st.button(label, key=f"lesson_{name}", help=help_, on_click=_lesson, args=(name,))
    columns = st.columns([1.3, 1.1, 1.2, 1.2, 0.7, 0.6], gap="small", vertical_alignment="bottom")
    controls = (view.ANCHORS, view.RULE, view.CLASS_LOSS, view.DATA, view.STEPS)
    for column, control in zip(columns, controls, strict=False):
        with column:
            widgets.draw(control)
    with columns[-1]:
        st.button("Train", key="train", on_click=_train, width="stretch")
    widgets.complaint("train")
    component.slot("job", min_height=2)
    ((number, entry), *_) = trainings.shown(store.session().trainings, app)
    if number >= trainings.FIRST_OWN and entry.detector is not None:
        used = app.source == "detector" and app.weights == number
        st.button(
            "NMS and Evaluation show its predictions"
            if used
            else "Show its predictions on NMS and Evaluation",
            key="use_weights",
            disabled=used,
            on_click=trained.use,
            args=(number,),
        )
    with layout.expander("More choices", "training_more") as e:
        if e.open:
            for column, control in zip(st.columns(4, gap="small"), _more(app.training), strict=False):
                with column:
                    widgets.draw(control)
                    if control is view.SAMPLER:
                        widgets.draw(view.SEED)


def _more(asked: TrainingChoices) -> list:
    low_quality = [view.LOW_QUALITY] if asks_low_quality(Matching(rule=asked.rule)) else []
    return [view.SAMPLER, view.BOX_LOSS, view.START, *low_quality]


def _lesson(name: str) -> None:
    usual, app = TrainingChoices(), store.app().training
    chosen = vars(usual) | {k: getattr(app, k) for k in ("steps", "picture", "show")} | LESSONS[name][2]
    widgets.change({"training": TrainingChoices(**chosen), "selection__training_step": -1})


def _train() -> None:
    s = store.session()
    s.errors.pop("train", None)
    try:
        number = trainings.submit(s.trainings, s.app, scene.current(), store.still_here())
    except ValueError as refusal:
        s.errors["train"] = str(refusal)
        fragments.redraw(fragments.PICTURE, fragments.MORE)
        return
    s.trainings_seen = trainings.news(s.trainings)
    widgets.change({"training__run": number, "selection__training_step": -1})


def files() -> None:
    """The weights of the training that is shown, to keep; and a file of them, to see again."""
    s = store.session()
    ((_, entry), *_) = trainings.shown(s.trainings, s.app)
    if entry.detector is None:
        st.caption(
            "The weights of this training are not here: it goes on, or only its course comes with the app."
        )
    else:
        downloads.button(
            "Weights (safetensors)",
            lambda: weights.to_bytes(entry.detector),
            results.WEIGHTS,
            "application/octet-stream",
            key="download_weights",
        )


def upload() -> None:
    """A detector that was downloaded here before."""
    st.file_uploader(
        "Weights that were downloaded here (safetensors)",
        type=["safetensors"],
        key="weights_file",
        on_change=_loaded,
    )
    widgets.complaint("weights")


def _loaded() -> None:
    s, file = store.session(), st.session_state.get("weights_file")
    s.errors.pop("weights", None)
    if file is None:
        fragments.redraw(fragments.PICTURE, fragments.DETAILS)
        return
    try:
        number = trainings.load(s.trainings, file.getvalue(), file.name, scene.current())
    except ValueError as refusal:
        s.errors["weights"] = str(refusal)
        fragments.redraw(fragments.PICTURE, fragments.DETAILS)
        return
    widgets.change({"training__run": number, "selection__training_step": -1})
