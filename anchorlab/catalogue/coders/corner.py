"""The shift of both corners, without a logarithm: fizyr."""

from __future__ import annotations

from anchorlab.catalogue.coders.coder import Coder, Number, Why
from anchorlab.core.coders.corner import CORNER_STDS, decode_corners, encode_corners

WHY = Why(
    "Why no logarithm?",
    "Each number moves one side, in the anchor’s width or height. But a wild prediction can turn the box inside out.",
)

SENTENCES = {
    "answer": "Four numbers, one for each side of the box: {words}. They are measured in anchors, not in pixels.",
    "guard": "Each number moves one side; cross them, and the box turns inside out.",
    # a question to predict
    "turned_left": "<b>Yes</b>: the left side then lies at {moved}, the right one at {other}. Nothing in this coder forbids "
    "it.",
    "turned_right": "<b>Yes</b>: the right side then lies at {moved}, the left one at {other}. Nothing in this coder forbids "
    "it.",
    "not_turned_left": "<b>Not yet</b>: the left side then lies at {moved}, the right one at {other}. They meet at {turn}, "
    "and beyond that nothing in this coder stops it.",
    "not_turned_right": "<b>Not yet</b>: the right side then lies at {moved}, the left one at {other}. They meet at {turn}, "
    "and beyond that nothing in this coder stops it.",
    # what each number says
    "kept_0": "left side not moved",
    "kept_1": "top not moved",
    "kept_2": "right side not moved",
    "kept_3": "bottom not moved",
    "short_right": "{percent} right",
    "short_left": "{percent} left",
    "short_down": "{percent} down",
    "short_up": "{percent} up",
    "side_0_right": "left side right by {percent} of its width",
    "side_0_left": "left side left by {percent} of its width",
    "side_1_down": "top down by {percent} of its height",
    "side_1_up": "top up by {percent} of its height",
    "side_2_right": "right side right by {percent} of its width",
    "side_2_left": "right side left by {percent} of its width",
    "side_3_down": "bottom down by {percent} of its height",
    "side_3_up": "bottom up by {percent} of its height",
}

CORNER = Coder(
    name="corner",
    title="corners",
    encode=encode_corners,
    decode=decode_corners,
    encode_takes=("means", "stds"),
    decode_takes=("means", "stds"),
    numbers=(
        Number("x1", "left side"),
        Number("y1", "top"),
        Number("x2", "right side"),
        Number("y2", "bottom"),
    ),
    usual_stds=CORNER_STDS,
    used_by="fizyr’s Keras RetinaNet: how far each side moves, in widths and heights of the anchor.",
    short="corners",
    means="shift of both corners in anchor sizes",
    note="Without a logarithm there is nothing to bound.",
    why=lambda offsets, spec: WHY,
    sentences=SENTENCES,
    term="corner differences (fizyr)",
)
