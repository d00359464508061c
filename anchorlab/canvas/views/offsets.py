"""What the Offsets page's canvas shows, and the page's controls."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any, TypedDict

import numpy as np

from anchorlab import engine
from anchorlab.canvas import message
from anchorlab.canvas.views.page import Need, Page
from anchorlab.catalogue.controls import ALL, Choice, Slider
from anchorlab.session import anchor_source, highlights, results, snippets
from anchorlab.session.app_state import (
    BOOK_EPS,
    BOOK_STDS,
    CORNER_STDS,
    LARGEST_GROWTH,
    NO_STDS,
    USUAL_STDS,
    AppState,
    put,
)
from anchorlab.session.scene import Scene
from anchorlab.settings.coding import CoderSpec
from anchorlab.wording import Sentence, say

SENTENCES: dict[str, Sentence] = {
    "answer_none": "No anchor is positive here, so there is nothing to encode.",
    "answer_center": "Four numbers: {words}. They are measured in anchors, not in pixels.",
    "answer_corner": "Four numbers, one for each side of the box: {words}. They are measured in anchors, not in pixels.",
    "answer_cell": "Four numbers: where in its cell the centre lies, and how large: {words}.",
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
    "decoded_corner": "Each number moves one side; cross them, and the box turns inside out.",
    "decoded_cell": "The sigmoid keeps its centre in the cell, the exponential its sides above 0.",
    "decoded_center": "The exponential keeps both sides above 0, whatever you ask for.",
    "bounded_above": "The bound holds: no side grows beyond {times} times the anchor’s, so that a wild number cannot "
    "overflow.",
    "bounded_both": "The bound holds: no side grows beyond {times} times the anchor’s, nor shrinks below its inverse, so "
    "that a wild number cannot overflow.",
    "round_trip": "Round trip: decode(encode(object)) misses by {miss} px.",
    "round_trip_eps": "Round trip: decode(encode(object)) misses by {miss} px: the 10⁻⁶ is added, and never taken off.",
    "round_trip_outside": "Round trip: decode(encode(object)) misses by {miss} px: the object’s centre lies outside this "
    "anchor’s cell, and comes back on its border. Under the rule YOLO only the cell of the centre learns.",
    # a question to predict
    "predict_turned": "<b>Drag</b> {name} to {value}. Is the box turned inside out then?",
    "predict_leaves": "<b>Drag</b> {name} to {value}. Does the box’s centre leave the cell then?",
    "turned_left": "<b>Yes</b>: the left side then lies at {moved}, the right one at {other}. Nothing in this coder forbids "
    "it.",
    "turned_right": "<b>Yes</b>: the right side then lies at {moved}, the left one at {other}. Nothing in this coder forbids "
    "it.",
    "not_turned_left": "<b>Not yet</b>: the left side then lies at {moved}, the right one at {other}. They meet at {turn}, "
    "and beyond that nothing in this coder stops it.",
    "not_turned_right": "<b>Not yet</b>: the right side then lies at {moved}, the left one at {other}. They meet at {turn}, "
    "and beyond that nothing in this coder stops it.",
    "never_leaves": "<b>No</b>: it lies {percent} of the way across. The sigmoid of any number lies between 0 and 1.",
    "never_turned_wide": "<b>No</b>: it is {side} · exp({growth}) = <b>{now} px</b> wide. The exponential of any number is "
    "more than 0.",
    "never_turned_tall": "<b>No</b>: it is {side} · exp({growth}) = <b>{now} px</b> tall. The exponential of any number is "
    "more than 0.",
    # what a formula says, spoken and in words
    "spoken_encoded": "t {name} is {value}",
    "spoken_decoded": "{name} is {value}",
    "kept_0": "left side not moved",
    "kept_1": "top not moved",
    "kept_2": "right side not moved",
    "kept_3": "bottom not moved",
    "short_right": "{percent} right",
    "short_left": "{percent} left",
    "short_down": "{percent} down",
    "short_up": "{percent} up",
    "corner_0_right": "left side right by {percent} of its width",
    "corner_0_left": "left side left by {percent} of its width",
    "corner_1_down": "top down by {percent} of its height",
    "corner_1_up": "top up by {percent} of its height",
    "corner_2_right": "right side right by {percent} of its width",
    "corner_2_left": "right side left by {percent} of its width",
    "corner_3_down": "bottom down by {percent} of its height",
    "corner_3_up": "bottom up by {percent} of its height",
    "outside_cell": "centred outside the cell: cannot be said",
    "across_cell": "{percent} of the way across the cell",
    "down_cell": "{percent} of the way down the cell",
    "not_moved": "not moved",
    "by_right": "right by {percent} of its width",
    "by_left": "left by {percent} of its width",
    "by_down": "down by {percent} of its height",
    "by_up": "up by {percent} of its height",
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
KIND = Choice(
    "coder.kind",
    "A box is written as",
    (("center", "centre and log size"), ("corner", "corners"), ("cell", "place in the cell")),
    also={kind: {"coder.stds": stds, "offsets": None} for kind, stds in USUAL_STDS.items()},
    concerns=ALL,
)
STDS = Choice(
    "coder.stds",
    "Divide by",
    ((BOOK_STDS, _stds_words(BOOK_STDS)), (CORNER_STDS, _stds_words(CORNER_STDS)), (NO_STDS, "nothing")),
    other=_stds_words,
    concerns=ALL,
)
CLAMP = Choice(
    ("coder.clamp", "coder.clamp_both"),
    "Decoded log sizes are bounded by ln(1000/16) ≈ 4.14",
    (
        ((None, False), "not at all"),
        ((LARGEST_GROWTH, False), "above"),
        ((LARGEST_GROWTH, True), "on both sides"),
    ),
    other=lambda bound: f"±{bound[0]:g}" if bound[1] else f"above, at {bound[0]:g}",
    concerns=ALL,
)
EPS = Choice("coder.eps", "Inside the logarithm stands", ((0.0, "w′/w"), (BOOK_EPS, "w′/w + 10⁻⁶ (d2l)")))
CONTROLS = (*SLIDERS, KIND, STDS, CLAMP, EPS)


def offered_stds(app: AppState) -> Choice:
    """What a coder's numbers are divided by: what its libraries take, or nothing."""
    usual = (USUAL_STDS[app.coder.kind], NO_STDS)
    return replace(STDS, options=tuple(option for option in STDS.options if option[0] in usual))


SPREAD = {
    "corner": (
        "Why no logarithm?",
        "Each number moves one side, in the anchor’s width or height. But a wild prediction can turn the box inside out.",
    ),
    "cell": (
        "Why a place in the cell?",
        (
            "The sigmoid keeps the decoded centre in the anchor’s own cell, so that cells never compete. So only the cell in "
            "which an object is centred can say where it is; YOLO matches accordingly."
        ),
    ),
    "few": ("Why divide by 0.1 and 0.2?", "So that the numbers a network must say spread near 1."),
    "near": (
        "Why divide by 0.1 and 0.2?",
        (
            "Undivided, the {count} offsets have standard deviations of {low} to {high}. Divided, {divided_low} to "
            "{divided_high}: near 1, where a network learns best."
        ),
    ),
    "far": (
        "Why divide by 0.1 and 0.2?",
        (
            "Undivided, the {count} offsets have standard deviations of {low} to {high}. Divided, {divided_low} to "
            "{divided_high}: still far above 1, because these anchors fit these objects badly."
        ),
    ),
}
"""Why the coder writes its numbers as it does: a title and the answer."""


def spread_in_words(offsets: np.ndarray, coder: CoderSpec) -> dict[str, str]:
    """Why the stds: the spread of the positives' offsets without and with them."""
    if coder.kind != "center" or len(offsets) < 2:
        title, text = SPREAD["few" if coder.kind == "center" else coder.kind]
        return {"title": title, "text": text}
    raw = offsets * np.asarray(coder.stds) + np.asarray(coder.means)
    spread = raw.std(axis=0)
    divided = spread / np.asarray(BOOK_STDS)
    title, text = SPREAD["near" if float(np.median(divided)) <= 2 else "far"]
    told = say(
        text,
        count=len(offsets),
        low=f"{spread.min():.2f}",
        high=f"{spread.max():.2f}",
        divided_low=f"{divided.min():.1f}",
        divided_high=f"{divided.max():.1f}",
    )
    return {"title": title, "text": told}


class Panel(TypedDict):
    title: str
    text: str


class Message(message.Common, message.Generated, message.Matched):
    """A pair; `round_trip`: the pixels by which decode(encode(object)) misses it."""

    round_trip: str
    why: Panel


def shown(here: Scene, app: AppState, uploaded: object) -> dict[str, Any]:
    """What the canvas shows: an anchor, its object, and the four numbers between them."""
    anchors, found = results.matched(here, app)
    pair = highlights.pair(anchors, found, here.boxes, app)
    targets = engine.encode_matches(anchors, found, here.boxes, app.coder).offsets
    return {
        "answer": [(f"offsets.answer_{app.coder.kind}" if pair else "offsets.answer_none", {})],
        **message.anchor_data(anchor_source.of(app, here.height, here.width), here),
        **message.match_data(found),
        "selection": {"object": pair.gt if pair else -1, "anchor": pair.anchor if pair else -1},
        "settings": message.rule_settings(app.matching)
        | {"coder.means": app.coder.means, "offsets": app.offsets},
        "round_trip": pair.round_trip if pair else "0",
        "why": spread_in_words(targets, app.coder),
    }


def load(here: Scene, app: AppState) -> None:
    """What the page computes, not remembered."""
    anchors, found = results.matched(here, app)
    highlights.pair(anchors, found, here.boxes, app)
    engine.encode_matches(anchors, found, here.boxes, app.coder)


def needs(app: AppState, here: Scene, at: tuple[int, int]) -> Iterator[Need]:
    """Of every coder."""
    for kind, stds in USUAL_STDS.items():
        yield ("coded", kind, at), partial(load, here, put(app, coder__kind=kind, coder__stds=stds))


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
