"""Deploy: what is left of a trained detector when its weights have fewer bits."""

from collections.abc import Iterator
from functools import partial
from typing import Any, TypedDict

from anchorlab.canvas import message
from anchorlab.canvas.views.page import Need, Page
from anchorlab.catalogue.controls import ALL, Choice
from anchorlab.catalogue.glossary import explained
from anchorlab.detector import quantise, shipped
from anchorlab.detector.predict import Detector
from anchorlab.session import deploying, film, results, snippets
from anchorlab.session.app_state import AppState, put
from anchorlab.session.deploying import Boxes
from anchorlab.session.own import Own
from anchorlab.session.scene import Scene
from anchorlab.settings.deployment import BITS, QUANTISATIONS, Quantisation
from anchorlab.wording import Sentence

SENTENCES: dict[str, Sentence] = {
    "answer": {
        "one": "With <b>{bits} bits</b> a weight the detector takes <b>{size}</b> instead of {whole}; AP50 on held-out scenes is "
        "<b class=kept>{ap}</b> instead of {best}. Here {stay} of {count} box stays, {moved} moved, {lost} lost, {added} new.",
        "other": "With <b>{bits} bits</b> a weight the detector takes <b>{size}</b> instead of {whole}; AP50 on held-out scenes is "
        "<b class=kept>{ap}</b> instead of {best}. Here {stay} of {count} boxes stay, {moved} moved, {lost} lost, {added} new.",
    },
    "answer_unmeasured": {
        "one": "With <b>{bits} bits</b> a weight the detector takes <b>{size}</b> instead of {whole}. Here {stay} of {count} box stays, "
        "{moved} moved, {lost} lost, {added} new.",
        "other": "With <b>{bits} bits</b> a weight the detector takes <b>{size}</b> instead of {whole}. Here {stay} of {count} boxes "
        "stay, {moved} moved, {lost} lost, {added} new.",
    },
    "answer_full": "As trained, each weight is a number of 32 bits: the detector takes <b>{whole}</b>, and AP50 on held-out scenes "
    "is <b class=kept>{best}</b>. Fewer bits take less; what do they cost?",
    "label": "{alt} Twice: with the boxes that 32 bits leave, and with those of {bits} bits. {stay} stay, {moved} moved, {lost} are "
    "lost, {added} are new.",
    "half_full": "32 bits, as trained",
    "half": "{bits} bits",
    "key_walk": "the box before, after",
    # what became of a box
    "fate_stays": "stays",
    "fate_moved": "moved",
    "fate_lost": "lost",
    "fate_new": "new",
    "legend_stays": "stay: IoU {same} or more with what they were",
    "legend_moved": "moved; dashed: where they were",
    "legend_lost": "lost",
    "legend_new": "new",
    "means_kept": "box that suppression keeps, {least} or surer",
    "means_moved": "moved: where it was",
    "means_lost": "lost: kept with 32 bits alone",
    "means_new": "new: kept with fewer bits alone",
    "what": "What happens to this {name}?",
    "why_stays": "It stays: IoU <b>{overlap}</b> with the box of 32 bits. Its score goes from {before} to <b>{now}</b>.",
    "why_moved": "It moved: its IoU with the box of 32 bits is <b>{overlap}</b>. Every weight is a little off, so all four offsets "
    "are. Its score goes from {before} to <b>{now}</b>.",
    "why_lost": "It is lost: the same anchor now says <b>{now}</b> instead of {before}, and from {least} on a box is kept.",
    "why_suppressed": "It is lost, although the same anchor still says <b>{now}</b>: a surer box that came out elsewhere "
    "suppresses it.",
    "why_new": "It is new: its anchor says <b>{now}</b> now and said {before} with 32 bits; from {least} on a box is kept.",
    "why_freed": "It is new, although its anchor said <b>{before}</b> with 32 bits, too: the box that suppressed it there has gone "
    "or moved.",
    "why_full": "With 32 bits this box scores <b>{before}</b>. Choose fewer bits to see what becomes of it.",
    "truth": "{object} stands there, IoU {overlap}.",
    "truth_none": "No {name} stands there: it is a false alarm.",
    "none": "The detector is not sure of anything here: no box scores {least}. It knows ellipses, rectangles and triangles.",
    # the chart
    "curve": "AP50 on {scenes} held-out scenes",
    "curve_none": "This detector knows other classes than the held-out scenes have: there is no AP50 of it.",
    "curve_label": "AP50 for every number of bits; now {ap} with {bits} bits.",
    "per_tensor": "per layer",
    "per_channel": "per channel",
    # the formula
    "strip_full": "{name}: its weight {value} is stored as it is, in 32 bits.",
    "strip_spoken": "{value} is rounded to {code} steps of {step}, which is {left}.",
    "strip_layer": "one weight of {name}: the step is the layer’s largest weight / {most}",
    "strip_channel": "one weight of {name}: the step is its channel’s largest weight / {most}, one of {channels}",
    "round": "round",
    # a question to predict
    "try": "<b>Predict:</b> with {bits} bits the weights take {part} of the space. How many of these {count} boxes stay or only move?",
    "try_told": "{found} of {count}; AP50 on held-out scenes is <b>{ap}</b>.",
    # layers
    "layers": "Layers and what rounding loses of them",
    "column_layer": "layer",
    "column_weights": "weights",
    "column_steps": "steps",
    "column_room": "size",
    "column_error": "error of the weights",
    "bins": "The weights of {name}",
    "bins_label": "How the {weights} weights of {name} are spread from {low} to {high}, and the {codes} values that {bits} bits can say.",
    "bins_label_full": "How the {weights} weights of {name} are spread from {low} to {high}.",
    "codes": "ticks: the {codes} values of {bits} bits",
    "codes_channel": "ticks: the {codes} values of {bits} bits, of the channel of the weight above",
}

BITS_OF = Choice(
    "deployment.weights.bits",
    "Bits a weight",
    tuple((bits, str(bits)) for bits in BITS),
)
PER = Choice(
    "deployment.weights.per",
    "One step for each",
    (("tensor", "layer"), ("channel", "channel")),
    help=explained(
        "layer or channel",
        "Weights are whole numbers of steps. The step is as large as the largest weight needs: of the whole layer (papers: per "
        "tensor), or of those that make one output channel.",
    ),
)
PICTURE = Choice(
    "deployment.picture",
    "Picture",
    ((6, "1"), (9, "2"), (13, "3"), (-1, "yours")),
    other=lambda number: f"scene {number + 1}",
    concerns=ALL,
)
LAYER = Choice(
    "deployment.layer",
    "Layer",
    tuple(enumerate(layer.name for layer in deploying.layers(shipped.detector()))),
    look="list",
    other=lambda number: f"layer {number}",
)


class Variant(TypedDict):
    """What is left with weights of so many bits: `Boxes` in pixels of the picture, the figures on held-out scenes, and of every
    layer the error of its weights and how its example is rounded."""

    bits: int
    per: str
    size: int
    ap50: float | None
    ap: float | None
    boxes: list[list[float]]
    scores: list[float]
    ids: list[int]
    partner: list[int]
    overlap: list[float]
    before: list[float]
    left: list[float]
    errors: list[float]
    steps: list[float]
    codes: list[int]


class Layer(TypedDict):
    """A layer: how many weights and output channels it has, how its weights are spread from -largest to largest, and one of
    them."""

    name: str
    weights: int
    channels: int
    largest: float
    bins: list[int]
    value: float


class Message(message.Common):
    """Everything for all numbers of bits, the first of them all bits: the choice among them is the browser's."""

    variants: list[Variant]
    layers: list[Layer]
    names: list[str]
    least: float
    same: float
    scenes: int


SAME = 0.9
"""The IoU from which on a box counts as where it was."""


def shown(here: Scene, app: AppState, own: Own) -> dict[str, Any]:
    """What the canvas shows; `here`: the scene on the table."""
    detector = results.detector(app, own)
    of, figures = deploying.on(here, app, detector), deploying.figures(detector)
    return {
        "answer": "",
        "variants": [
            _variant(detector, asked, boxes, figures.of[asked] if figures else {})
            for asked, boxes in zip(QUANTISATIONS, of, strict=True)
        ],
        "layers": [
            {
                "name": layer.name,
                "weights": layer.weights,
                "channels": layer.channels,
                "largest": layer.largest,
                "bins": layer.bins.tolist(),
                "value": layer.value,
            }
            for layer in deploying.layers(detector)
        ],
        "names": list(detector.spec.classes),
        "least": film.SURE,
        "same": SAME,
        "scenes": figures.scenes if figures else 0,
    }


def _variant(detector: Detector, asked: Quantisation, boxes: Boxes, figures: dict[str, float]) -> Variant:
    kept, rounded = boxes.kept, deploying.rounded(detector, asked)
    return {
        "bits": asked.bits,
        "per": asked.per,
        "size": quantise.size(detector.network, asked),
        "ap50": figures.get("AP50"),
        "ap": figures.get("AP"),
        "boxes": kept.xyxy.tolist(),
        "scores": kept.scores.tolist(),
        "ids": kept.class_ids.tolist(),
        "partner": boxes.partner.tolist(),
        "overlap": boxes.overlap.tolist(),
        "before": boxes.before.tolist(),
        "left": boxes.left.tolist(),
        "errors": [layer.error for layer in rounded],
        "steps": [layer.step for layer in rounded],
        "codes": [layer.code for layer in rounded],
    }


def code(here: Scene, app: AppState, own: Own) -> str:
    """The script that rounds the weights and looks at the picture."""
    return snippets.snippet(snippets.deploy, app, deploying.pictured(here, app), own)


def needs(app: AppState, here: Scene, at: tuple[int, int]) -> Iterator[Need]:
    """The other pictures."""
    for number, _ in PICTURE.options:
        yield (
            ("deployed", number),
            partial(deploying.on, here, put(app, deployment__picture=number), shipped.detector()),
        )


PAGE = Page(
    name="deploy",
    title="Deploy",
    question="What is left of the detector on a small machine?",
    shown=shown,
    messages={"": Message},
    sentences=SENTENCES,
    controls=(BITS_OF, PER, LAYER),
    resets=("deployment",),
    own_code=code,
    pictured=lambda here, app, own: deploying.pictured(here, app),
    edits=False,
    needs=needs,
)
