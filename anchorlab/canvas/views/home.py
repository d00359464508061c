"""Home: the whole story on one picture in five small steps."""

from typing import Any

from anchorlab.canvas import message
from anchorlab.canvas.views.page import Page
from anchorlab.catalogue.controls import Choice
from anchorlab.catalogue.suppression import METHODS
from anchorlab.session import anchor_source, results, snippets
from anchorlab.session.app_state import AppState
from anchorlab.session.own import Own
from anchorlab.session.scene import Scene
from anchorlab.wording import Sentence

SENTENCES: dict[str, Sentence] = {
    "answer": {
        "one": "It generates <b>{count} anchor</b> everywhere, learns to correct the <b class=positive>{positive}</b> "
        "matched to an object, and suppresses the doubles.",
        "other": "It generates <b>{count} anchors</b> everywhere, learns to correct the <b class=positive>{positive}</b> "
        "matched to an object, and suppresses the doubles.",
    },
    "steps": "Five steps",
    "step": "STEP {step}",
    "step_told": "Step {step}: {title}. {text}",
    "label": "{alt} Step {step} of {steps}: {title}. {text}",
    # 1: the objects
    "image": {"one": "An image, {count} object", "other": "An image, {count} objects"},
    "drag": "Drag any white box: all five steps follow.",
    "drag_trained": "Drag any white box: all steps but the last follow.",
    # 2: the anchors
    "one_shape": "The one shape in each of {rows} × {cols} cells.",
    "shapes": "The same {shapes} shapes in each of {rows} × {cols} cells.",
    "grids": {
        "one": "{grids} grids, from {rows} × {cols} cells to {last_rows} × {last_cols}, {count} shape a cell.",
        "other": "{grids} grids, from {rows} × {cols} cells to {last_rows} × {last_cols}, {count} shapes a cell.",
    },
    "grids_differ": "{grids} grids, from {rows} × {cols} cells to {last_rows} × {last_cols}, {low} to {high} shapes a cell.",
    # 3: who learns
    "matching": {"one": "{count} of them matches", "other": "{count} of them match"},
    "learning": {"one": "{count} learns", "other": "{count} learn"},
    "learn": {
        "one": "<b class=positive>{count} learns.</b>",
        "other": "<b class=positive>{count} learn.</b>",
    },
    "fit": {"one": "<b class=positive>{count} fits.</b>", "other": "<b class=positive>{count} fit.</b>"},
    "low_quality": {
        "one": "{count} more is a low-quality match: nothing fits better.",
        "other": "{count} more are low-quality matches: nothing fits better.",
    },
    "left_out": {
        "one": "<b class=ignored>{count} is left out.</b>",
        "other": "<b class=ignored>{count} are left out.</b>",
    },
    "background": {"one": "{count} is background.", "other": "{count} are background."},
    # 4: the offsets
    "four": "4 numbers each",
    "four_told": "<span class=four>{numbers}</span>, not yet divided, turn an anchor into {object}: “{told}”",
    "four_mean": "Right, down, wider, taller: they turn an anchor into an object.",
    # 5: the predictions
    "kept": {"one": "{count} prediction, {kept} kept", "other": "{count} predictions, {kept} kept"},
    "doubles": "The best boxes suppress their doubles.",
    "remaining": "{objects}, {boxes} kept: doubles and false alarms remain.",
    "missed": "{objects}, {boxes} kept: some objects are missed.",
    "means_kept": "prediction kept",
    "means_suppressed": "prediction suppressed",
    # the strip: what a number counts
    "funnel_anchors": {"one": "anchor", "other": "anchors"},
    "funnel_learn": {"one": "learns", "other": "learn"},
    "funnel_offsets": "offsets",
    "funnel_predictions": {"one": "prediction (simulated)", "other": "predictions (simulated)"},
    "funnel_detected": {"one": "prediction (trained)", "other": "predictions (trained)"},
    "funnel_kept": {"one": "box kept", "other": "boxes kept"},
    # keys
    "key_next": "next step",
    "key_arrows": "step back, on (without a selected object)",
    "key_numbers": "go to a step",
}


def trained(app: AppState) -> bool:
    """Whether the predictions are the trained detector's; here all others are simulated."""
    return app.source == "detector"


PREDICTIONS = Choice(
    "source",
    "Predictions",
    (("simulated", "simulated"), ("detector", "of a trained detector")),
    reads=lambda app: "detector" if trained(app) else "simulated",
)


class Message(message.Common, message.Generated, message.Matched, message.Suppressed):
    """The whole story. `predicted_classes`: names of the predictions' classes; `trained`: a trained detector says them."""

    predicted_classes: list[str]
    trained: bool


def shown(here: Scene, app: AppState, own: Own) -> dict[str, Any]:
    """What the canvas shows: every step of the story at once."""
    anchors, found = results.matched(here, app)
    predicted, names = (
        results.detected(here, app, own) if trained(app) else (results.simulated(here, app), here.classes)
    )
    positive = int((found.label == 1).sum())
    return {
        "answer": [("home.answer", {"count": len(anchors.xyxy), "positive": positive})],
        **message.anchor_data(anchor_source.of(app, here.height, here.width), here),
        **message.match_data(found),
        "settings": message.rule_settings(app.matching),
        **message.prediction_data(predicted, METHODS["hard"].play(predicted, app.suppression)),
        "predicted_classes": list(names),
        "trained": trained(app),
    }


PAGE = Page(
    name="home",
    title="Home",
    question="How does a detector find things without knowing where to look?",
    shown=shown,
    messages={"": Message},
    sentences=SENTENCES,
    controls=(PREDICTIONS,),
    step="home_step",
    script=snippets.home,
)
