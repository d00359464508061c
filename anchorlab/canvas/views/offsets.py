"""What the Offsets page's canvas shows, and the page's controls."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any, TypedDict

from anchorlab import engine
from anchorlab.canvas import message
from anchorlab.canvas.views.page import Need, Page
from anchorlab.catalogue.coders import CODERS, coder_of
from anchorlab.catalogue.controls import ALL, Choice, Slider
from anchorlab.session import anchor_source, highlights, results, snippets
from anchorlab.session.app_state import AppState, put
from anchorlab.session.scene import Scene
from anchorlab.wording import Sentence

SENTENCES: dict[str, Sentence] = {
    "answer_none": "No anchor is positive here, so there is nothing to encode.",
    "label": "{alt} Anchor {anchor} and object {number}, {class}, with arrows between their corners.",
    # an anchor's offsets without stds
    "move_right": "Move {percent} right.",
    "move_left": "Move {percent} left.",
    "move_down": "Move {percent} down.",
    "move_up": "Move {percent} up.",
    "grow_wider": "Grow {percent} wider.",
    "grow_taller": "Grow {percent} taller.",
    "shrink_width": "Shrink {percent} in width.",
    "shrink_height": "Shrink {percent} in height.",
    # the same at a glance, as a list
    "slightly": "slightly",
    "a_bit": "a bit",
    "clearly": "clearly",
    "far": "far",
    "way_right": "{amount} <b>right</b>",
    "way_left": "{amount} <b>left</b>",
    "way_down": "{amount} <b>down</b>",
    "way_up": "{amount} <b>up</b>",
    "way_wider": "{amount} <b>wider</b>",
    "way_narrower": "{amount} <b>narrower</b>",
    "way_taller": "{amount} <b>taller</b>",
    "way_flatter": "{amount} <b>flatter</b>",
    "nothing": "<b>nothing</b> to change",
    "inside_out": "the box is turned <b>inside out</b>",
    # the picture
    "object": "object {name}",
    "anchor": "anchor #{index}",
    "decoded": "decoded",
    "means_anchor": "anchor",
    "means_arrow": "what the offsets must say",
    "means_arrow_decoded": "from the anchor to what its offsets decode to",
    "means_decoded": "decoded box",
    # the strips of all positives
    "positives": {"one": "The one positive anchor", "other": "All {count} positive anchors"},
    "positives_and": {
        "one": "The one positive anchor; <b class=selected>◎ #{index}</b>",
        "other": "All {count} positive anchors; <b class=selected>◎ #{index}</b>",
    },
    "positives_label": {
        "one": "Offsets of {count} positive anchor between {low} and {high}",
        "other": "Offsets of {count} positive anchors between {low} and {high}",
    },
    # nothing to encode
    "none": "Nothing to encode",
    "none_without_object": "There is no object in this picture. Only anchors that learn an object are encoded.",
    "none_positive": "Only positive anchors are encoded, and none is. The largest IoU of an anchor with an object is "
    "<b>{iou}</b>.",
    "none_from": "Only positive anchors are encoded, and none is. The largest IoU of an anchor with an object is "
    "<b>{iou}</b>; “positive from” is <b>{high}</b>.",
    "none_strip": "As soon as an anchor is positive, its four numbers appear here.",
    "draw": "Draw an object here",
    # what the four numbers make of the anchor
    "decode": "What does the box do now?",
    "reset": "Back to the encoded offsets",
    "decoded_box": "These four numbers decode to a box of <b>{width} × {height}</b> pixels, at most <b>{off}</b> off the "
    "object.",
    "decoded_left": "These four numbers turn the box <b>inside out</b>: its right side lies left of its left one. Nothing in "
    "this coder forbids it.",
    "decoded_above": "These four numbers turn the box <b>inside out</b>: its bottom lies above its top one. Nothing in this "
    "coder forbids it.",
    "round_trip": "Round trip: decode(encode(object)) misses by {miss} px.",
    # a question to predict
    "predict_turned": "<b>Drag</b> {name} to {value}. Is the box turned inside out then?",
    # what a formula says, spoken and in words
    "spoken_encoded": "t {name} is {value}",
    "spoken_decoded": "{name} is {value}",
    "bounded": "bounded: {growth} was asked",
    "times_wide": "{times} times as wide",
    "times_tall": "{times} times as tall",
    # what is heard
    "moved_to": {
        "one": "Decoded box: {width} by {count} pixel.",
        "other": "Decoded box: {width} by {count} pixels.",
    },
    "taken": "Decoded box selected: drag it.",
    "followed": "Object {number}, {class}, with its best anchor {anchor}.",
    # keys
    "key_move": "move the decoded box; Shift: by 10 pixels; Alt: resize",
    "key_cycle": "previous / next object",
    "key_back": "back to the encoded offsets",
}


def _stds_words(stds: tuple[float, ...]) -> str:
    return "stds " + " ".join(f"{v:g}".removeprefix("0") for v in stds)


def _offset(k: int, name: str) -> Slider:
    """One of the four numbers. Where it goes to, and where it stands while nobody has moved it, depends on the pair."""
    return Slider(
        f"offsets.{name}",
        f"t{name}",
        -4.0,
        4.0,
        0.01,
        format="%+.2f",
        hidden_label=True,
        reads=lambda app: app.offsets and app.offsets[k],
    )


SLIDERS = tuple(_offset(k, name) for k, name in enumerate("xywh"))
NO_STDS = (1.0, 1.0, 1.0, 1.0)
KIND = Choice(
    "coder.kind",
    "A box is written as",
    tuple((coder.name, coder.title) for coder in CODERS.values()),
    also={coder.name: {"coder.stds": coder.usual_stds, "offsets": None} for coder in CODERS.values()},
    concerns=ALL,
)
_USUAL = dict.fromkeys(coder.usual_stds for coder in CODERS.values() if coder.usual_stds != NO_STDS)
STDS = Choice(
    "coder.stds",
    "Divide by",
    (*((stds, _stds_words(stds)) for stds in _USUAL), (NO_STDS, "nothing")),
    other=_stds_words,
    concerns=ALL,
)
CONTROLS = (*SLIDERS, KIND, STDS, *(control for coder in CODERS.values() for control in coder.controls))


def offered_stds(app: AppState) -> Choice:
    """What a coder's numbers are divided by: what its libraries take, or nothing."""
    usual = (coder_of(app.coder).usual_stds, NO_STDS)
    return replace(STDS, options=tuple(option for option in STDS.options if option[0] in usual))


class Panel(TypedDict):
    title: str
    text: str


class Message(message.Common, message.Generated, message.Matched):
    """A pair; `round_trip`: the pixels by which decode(encode(object)) misses it."""

    round_trip: str
    why: Panel


def shown(here: Scene, app: AppState, own: object) -> dict[str, Any]:
    """What the canvas shows: an anchor, its object, and the four numbers between them."""
    anchors, found = results.matched(here, app)
    pair = highlights.pair(anchors, found, here.boxes, app)
    targets = engine.encode_matches(anchors, found, here.boxes, app.coder).offsets
    return {
        "answer": [(f"coders.{app.coder.kind}.answer" if pair else "offsets.answer_none", {})],
        **message.anchor_data(anchor_source.of(app, here.height, here.width), here),
        **message.match_data(found),
        "selection": {"object": pair.gt if pair else -1, "anchor": pair.anchor if pair else -1},
        "settings": message.rule_settings(app.matching)
        | {"coder.means": app.coder.means, "offsets": app.offsets},
        "round_trip": pair.round_trip if pair else "0",
        "why": coder_of(app.coder).why(targets, app.coder)._asdict(),
    }


def load(here: Scene, app: AppState) -> None:
    """What the page computes, not remembered."""
    anchors, found = results.matched(here, app)
    highlights.pair(anchors, found, here.boxes, app)
    engine.encode_matches(anchors, found, here.boxes, app.coder)


def needs(app: AppState, here: Scene, at: tuple[int, int]) -> Iterator[Need]:
    """Of every coder."""
    for coder in CODERS.values():
        chosen = put(app, coder__kind=coder.name, coder__stds=coder.usual_stds)
        yield ("coded", coder.name, at), partial(load, here, chosen)


PAGE = Page(
    name="offsets",
    title="Offsets",
    question="What must the network say to turn an anchor into an object?",
    shown=shown,
    messages={"": Message},
    sentences=SENTENCES,
    controls=CONTROLS,
    resets=("coder", "offsets"),
    script=snippets.offsets,
    controls_follow=True,
    needs=needs,
)
