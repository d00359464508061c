"""What the Losses page's canvas shows, and the page's controls."""

from typing import Any

from anchorlab import engine
from anchorlab.canvas import message
from anchorlab.canvas.views.page import Page
from anchorlab.catalogue.controls import Choice, Number, Slider
from anchorlab.catalogue.glossary import explained
from anchorlab.catalogue.losses import CLASSIFICATION, LOSSES, REGRESSION
from anchorlab.catalogue.samplers import SAMPLERS
from anchorlab.session import anchor_source, highlights, results, snippets
from anchorlab.session.app_state import AppState
from anchorlab.session.scene import Scene
from anchorlab.wording import Sentence

CLASS_LOSS = Choice(
    "losses.classification",
    "Loss of the class",
    tuple((name, loss.title) for name, loss in CLASSIFICATION.items()),
)
BOX_LOSS = Choice(
    "losses.regression",
    "Loss of the box",
    tuple((name, loss.title) for name, loss in REGRESSION.items()),
    look="list",
)
SAMPLER = Choice(
    "sampling.sampler",
    "Which anchors count",
    tuple((name, sampler.title) for name, sampler in SAMPLERS.items()),
)
BOX_WEIGHT = Slider("losses.box_weight", "λ, weight of the boxes", 0.0, 20.0, 0.5, format="%.1f")
_DIVISORS = (("sampled", "anchors that count"), ("positives", "positives"), ("locations", "cells"))
N_CLS = Choice("losses.n_cls", "The classes’ sum is divided by the number of", _DIVISORS)
N_REG = Choice("losses.n_reg", "The boxes’ sum is divided by the number of", _DIVISORS)
HEADS = (
    Slider("heads.background", "Sure of background", 0.5, 0.99, 0.01),
    Slider("heads.objects", "Sure of objects", 0.5, 0.99, 0.01),
    Slider("heads.spread", "Spread of the logits", 0.0, 3.0, 0.1, format="%.1f"),
    Slider("heads.missing", "Boxes still off by", 0.0, 1.0, 0.05),
    Number("heads.seed", "Seed", 0, 9999),
)
TRUTH = Choice("probe.truth", "The anchor is", (("background", "background"), ("object", "an object")))
SURE = Slider("probe.sure", "The network is so sure of that", 0.01, 0.99, 0.01)
ERROR = Slider("probe.error", "Error of one offset", -3.0, 3.0, 0.05, help=explained("Error of one offset"))
CONTROLS = (
    *(CLASS_LOSS, BOX_LOSS, SAMPLER, BOX_WEIGHT, N_CLS, N_REG, TRUTH, SURE, ERROR, *HEADS),
    *(control for loss in LOSSES.values() for control in loss.controls),
    *(control for sampler in SAMPLERS.values() for control in sampler.controls),
)

SENTENCES: dict[str, Sentence] = {
    "answer": "For one anchor that <b class=positive>learns an object</b> there are <b>{ratio}</b> that say "
    "<b class=negative>background</b>. Under cross-entropy the background makes <b>{share}</b> of the loss, under the focal "
    "loss <b>{focal}</b>.",
    "answer_none": "No anchor learns an object here: all there is to learn is “background”.",
    "label": "{alt} {objects}; {positive} positive and {negative} negative anchors, {taken} of them count. The picture is lit "
    "where their loss is.",
    # what lines and light mean
    "means_light": "light: the loss of the class here, by its square root",
    "means_taken": "positive anchors that count",
    "means_selected": "selected anchor",
    # keys
    "key_cell": "without a selected object: the anchor of the next cell",
    "key_shape": "the previous / next shape of the same cell",
    # imbalance
    "ratio": "1 : {negatives}",
    "ratio_none": "0 : {negatives}",
    "imbalance": {
        "one": "<b class=positive>{count}</b> anchor learns an object, <b class=negative>{negative}</b> learn “background”.",
        "other": "<b class=positive>{count}</b> anchors learn an object, <b class=negative>{negative}</b> learn “background”.",
    },
    "imbalance_taken": {
        "one": "Of these count {count}: <b class=positive>{positive}</b> and <b class=negative>{negative}</b>.",
        "other": "Of these count {count}: <b class=positive>{positive}</b> and <b class=negative>{negative}</b>.",
    },
    # who pays
    "shares": "Who pays? Shares of the class loss",
    "shares_label": "Shares of the class loss",
    **{f"row_{name}": loss.title.lower() for name, loss in CLASSIFICATION.items()},
    **{f"row_{name}_all": f"{loss.title}, all anchors" for name, loss in CLASSIFICATION.items()},
    "row_taken": "in the sample",
    "row_taken_all": "What counts now",
    "bar_told": "{row}: {parts}; sum {sum}",
    "bar_part": "{group} {share}",
    "bar_sum": "sum {sum}",
    "group_easy_negative": "easy background",
    "group_hard_negative": "hard background",
    "group_hard_positive": "hard objects",
    "group_easy_positive": "easy objects",
    "column_group": "anchors",
    "column_count": "how many",
    "count_of": "{taken} of {count}",
    "easy": "Easy: more than 50 % is given to the truth.",
    "nothing": "nothing to pay",
    # one anchor
    "strip_hint": "Click a centre: what its anchor costs is worked out here.",
    "strip_ignored": "Anchor {anchor} is ignored: it adds nothing to the loss.",
    "strip_negative": "Anchor {anchor} is background, and the network is {sure} sure of that.",
    "strip_positive": "Anchor {anchor} learns {object}, and the network is {sure} sure of it.",
    "strip_box": "Its box costs {loss} ({name}).",
    "strip_untaken": "It is not in the sample, so it does not count.",
    "class_told": "Loss of the class {loss}",
    "tag": "#{anchor} {sure} sure: {loss}",
    "predicted": "predicted",
    "means_predicted": "the box that is predicted from it",
    "anchor_told": "Anchor {anchor}, {state}: {sure} sure, costs {loss}.",
    "state_positive": "positive",
    "state_ignored": "ignored",
    "state_negative": "background",
    # one probability
    "curve": "What {sure} sure costs",
    "curve_label": "Loss against the probability given to the truth: at {sure} the cross-entropy is {entropy}, the focal loss "
    "{focal}",
    "curve_axis": "probability given to the truth",
    "price_entropy": "Cross-entropy",
    "price_focal": "Focal, γ = {gamma}",
    "price_weighted": "weighted by α",
    "price_told": "{name} is {loss}",
    "price_background": "A background that is taken for background with {sure} still costs <b>{entropy}</b> under "
    "cross-entropy: {count} such backgrounds cost as much as one object that is given only 1 %.",
    "price_object": "An object that is taken for one with {sure} costs <b>{entropy}</b> under cross-entropy.",
    "price_times": "The focal loss makes it <b>{times} times</b> less, before α.",
    "price_same": "At γ = 0 the focal loss makes nothing less.",
    # samplers
    "samplers_sampler": "sampler",
    "samplers_positive": "positive",
    "samplers_negative": "negative",
    "samplers_ratio": "ratio",
    "samplers_label": "What each sampler takes of this picture",
    "drawn": "The picture shows those that count: a disc where positives do, a ring where they do not, a dot for background.",
    # the sum
    "sum_of": "What this picture costs",
    "sum_told": "Loss {total}: classes {classes} over {n_cls}, plus {balance} times boxes {boxes} over {n_reg}",
    "sum_classes": "classes of {taken} that count",
    "sum_boxes": "boxes of {positive} positive",
    "sum_share": "The boxes make <b>{share}</b> of the total; with λ = 1 they would make {plain}.",
    "sum_here": "Here the classes’ sum is divided by {n_cls} and the boxes’ by {n_reg}: λ = <b>{even}</b> would make up for that.",
    "sum_paper": "In the paper N<sub>cls</sub> is the sample, 256, and N<sub>reg</sub> the number of cells, about 2,400: the "
    "boxes’ sum is divided by nine times as much, and λ = 10 brings it back to about the weight of the classes’. Where "
    "both are divided by the same number, as in torchvision and detectron2, λ is 1.",
    # the box
    "box_loss": "Loss of an error of {error}",
    "box_slope": "Its slope: how hard it pulls",
    "box_label": "Losses of an error from −3 to 3; at {error}: L1 {l1}, smooth L1 {smooth}, L2 {l2}",
    "slope_label": "Slopes of the losses; at {error}: L1 {l1}, smooth L1 {smooth}, L2 {l2}",
    "column_loss": "loss",
    "column_at": "at {error}",
    "column_slope": "slope",
    "name_l1": "L1",
    "name_smooth_l1": "smooth L1",
    "name_l2": "L2 (½ d²)",
    "name_whole": "of the whole box",
    "box_parabola": "An error of {error} is less than β = {beta}: smooth L1 is on its parabola, and its pull fades with the "
    "error.",
    "box_line": "An error of {error} is β = {beta} or more: smooth L1 is on its straight line and pulls no harder for a wilder "
    "box, where L2 would.",
    "ious": "The four losses of whole boxes, of anchor {anchor} and {object}",
    "ious_told": "The box that is predicted overlaps {object} by {iou}. Move “Boxes still off by” and all "
    "four follow, and so does the violet box in the picture.",
    "ious_none": "Select a positive anchor, and the losses of its whole box are here.",
    # what is asked
    "ask": "<b>Predict:</b> at γ = {gamma}, does the background still make more than half of the focal loss? Then drag.",
    "answer_yes": "<b>Yes</b>, {share}: there are so many of them.",
    "answer_no": "<b>No</b>, only {share}: what is easy hardly counts any more.",
}


class Message(message.Common, message.Generated, message.Matched):
    """Labels, and what scores and samples are drawn from: the browser works out what each anchor costs.

    `noise`: by which the logits are scattered; `luck`: of each anchor, which the random sampler asks.
    """

    noise: message.Floats
    luck: message.Floats


def shown(here: Scene, app: AppState, own: object) -> dict[str, Any]:
    """What the canvas shows: every anchor's label, and what its loss is worked out from."""
    _, found = results.matched(here, app)
    count = len(found.label)
    records = {name: getattr(app, name) for name in ("losses", "sampling", "heads", "probe", "coder")}
    return {
        "answer": [("losses.answer" if (found.label == 1).any() else "losses.answer_none", {})],
        **message.anchor_data(anchor_source.of(app, here.height, here.width), here),
        **message.match_data(found),
        "noise": engine.head_noise(count, app.heads.seed),
        "luck": engine.luck_of(count, app.sample_seed),
        "settings": message.rule_settings(app.matching)
        | {k: v for name, record in records.items() for k, v in message.settings_of(name, record).items()},
        "selection": highlights.selected(found, app.selection, highlights.anchor_that_costs),
    }


PAGE = Page(
    name="losses",
    title="Losses",
    question="What does each anchor cost?",
    shown=shown,
    messages={"": Message},
    sentences=SENTENCES,
    controls=CONTROLS,
    resets=("losses", "sampling", "sample_seed", "heads", "probe"),
    script=snippets.losses,
    trains=True,
)
