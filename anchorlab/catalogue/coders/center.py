"""The shift of the centre and log sizes: R-CNN, and nearly everyone since."""

from __future__ import annotations

import math

import numpy as np

from anchorlab.catalogue.coders.coder import Coder, Number, Why
from anchorlab.catalogue.controls import ALL, Choice
from anchorlab.catalogue.written import Written
from anchorlab.core.coders.center import STDS, decode_offsets, encode_offsets
from anchorlab.export.recipe import weight
from anchorlab.export.writing import call, decimal, entry, number, tuple_of
from anchorlab.settings.coding import CoderSpec
from anchorlab.wording import say

LARGEST_GROWTH = math.log(1000 / 16)
"""Where libraries bound the decoded log sizes."""
LINKED_GROWTH = round(LARGEST_GROWTH, 6)
"""The same to as many digits as a link has."""
BOOK_EPS = 1e-6

CLAMP = Choice(
    ("coder.clamp", "coder.clamp_both"),
    "Decoded log sizes are bounded by ln(1000/16) ≈ 4.14",
    (
        ((None, False), "not at all"),
        ((LINKED_GROWTH, False), "above"),
        ((LINKED_GROWTH, True), "on both sides"),
    ),
    other=lambda bound: f"±{bound[0]:g}" if bound[1] else f"above, at {bound[0]:g}",
    concerns=ALL,
)
EPS = Choice("coder.eps", "Inside the logarithm stands", ((0.0, "w′/w"), (BOOK_EPS, "w′/w + 10⁻⁶ (d2l)")))

SENTENCES = {
    "answer": "Four numbers: {words}. They are measured in anchors, not in pixels.",
    "guard": "The exponential keeps both sides above 0, whatever you ask for.",
    "bounded_above": "The bound holds: no side grows beyond {times} times the anchor’s, so that a wild number cannot "
    "overflow.",
    "bounded_both": "The bound holds: no side grows beyond {times} times the anchor’s, nor shrinks below its inverse, so "
    "that a wild number cannot overflow.",
    "round_trip_eps": "Round trip: decode(encode(object)) misses by {miss} px: the 10⁻⁶ is added, and never taken off.",
    # a question to predict
    "never_turned_wide": "<b>No</b>: it is {side} · exp({growth}) = <b>{now} px</b> wide. The exponential of any number is "
    "more than 0.",
    "never_turned_tall": "<b>No</b>: it is {side} · exp({growth}) = <b>{now} px</b> tall. The exponential of any number is "
    "more than 0.",
    # what a number says
    "not_moved": "not moved",
    "by_right": "right by {percent} of its width",
    "by_left": "left by {percent} of its width",
    "by_down": "down by {percent} of its height",
    "by_up": "up by {percent} of its height",
}

SPREAD = {
    "few": "So that the numbers a network must say spread near 1.",
    "near": "Undivided, the {count} offsets have standard deviations of {low} to {high}. Divided, {divided_low} to "
    "{divided_high}: near 1, where a network learns best.",
    "far": "Undivided, the {count} offsets have standard deviations of {low} to {high}. Divided, {divided_low} to "
    "{divided_high}: still far above 1, because these anchors fit these objects badly.",
}


def why(offsets: np.ndarray, coder: CoderSpec) -> Why:
    """Why the stds: the spread of the positives' offsets without and with them."""
    title = "Why divide by 0.1 and 0.2?"
    if len(offsets) < 2:
        return Why(title, SPREAD["few"])
    spread = (offsets * np.asarray(coder.stds) + np.asarray(coder.means)).std(axis=0)
    divided = spread / np.asarray(STDS)
    told = say(
        SPREAD["near" if float(np.median(divided)) <= 2 else "far"],
        count=len(offsets),
        low=f"{spread.min():.2f}",
        high=f"{spread.max():.2f}",
        divided_low=f"{divided.min():.1f}",
        divided_high=f"{divided.max():.1f}",
    )
    return Why(title, told)


def _notes(coder: CoderSpec) -> tuple[str, ...]:
    """What a coder of weights alone cannot say."""
    notes = []
    if any(coder.means):
        shift = ", ".join(number(round(m / s, 9)) for m, s in zip(coder.means, coder.stds, strict=True))
        notes.append(
            f"There are no means: subtract ({shift}) from what it encodes, and add that before it decodes."
        )
    if coder.clamp is not None and coder.clamp_both:
        notes.append(f"The bound is above only: below -{number(coder.clamp)} nothing is cut.")
    return (*notes, *_about_eps(coder))


def _about_eps(coder: CoderSpec) -> tuple[str, ...]:
    if not coder.eps:
        return ()
    return (f"Nothing is added to the ratio before the logarithm, where AnchorLab adds {number(coder.eps)}.",)


def _bound(coder: CoderSpec) -> str:
    return 'float("inf")' if coder.clamp is None else number(coder.clamp)


def _weights(coder: CoderSpec) -> list[str]:
    return [decimal(weight(std)) for std in coder.stds]


def _torchvision(coder: CoderSpec) -> Written:
    arguments = [f"weights={tuple_of(_weights(coder))}", f"bbox_xform_clip={_bound(coder)}"]
    return Written(
        (call("BoxCoder", arguments, "box_coder = "),),
        _notes(coder),
        (("torchvision.models.detection._utils", "BoxCoder"),),
    )


def _detectron2(coder: CoderSpec) -> Written:
    arguments = [f"weights=[{', '.join(_weights(coder))}]", f"scale_clamp={_bound(coder)}"]
    return Written(
        (call("L(Box2BoxTransform)", arguments, "model.box2box_transform = "),),
        _notes(coder),
        (("detectron2.modeling.box_regression", "Box2BoxTransform"),),
    )


def _mmdetection(coder: CoderSpec) -> Written:
    notes = []
    if coder.clamp is None:
        notes.append(
            "decode bounds the log size on both sides by log(1000 / 16) unless it is called with another "
            "wh_ratio_clip; AnchorLab has no bound here."
        )
    else:
        if abs(coder.clamp - LARGEST_GROWTH) > 1e-6:
            notes.append(
                f"Call decode with wh_ratio_clip={number(math.exp(-coder.clamp))}: log of it is the bound."
            )
        if not coder.clamp_both:
            notes.append("MMDetection bounds the log size on both sides, AnchorLab here above only.")
    arguments = [
        'type="DeltaXYWHBBoxCoder"',
        f"target_means=[{', '.join(decimal(m) for m in coder.means)}]",
        f"target_stds=[{', '.join(decimal(s) for s in coder.stds)}]",
        "clip_border=False",
    ]
    return Written(tuple(entry("bbox_coder", arguments)), (*notes, *_about_eps(coder)))


CENTER = Coder(
    name="center",
    title="centre and log size",
    encode=encode_offsets,
    decode=decode_offsets,
    encode_takes=("means", "stds", "eps"),
    decode_takes=("means", "stds", "clamp", "clamp_both"),
    numbers=(
        Number("x", "right +, left −"),
        Number("y", "down +, up −"),
        Number("w", "width"),
        Number("h", "height"),
    ),
    usual_stds=STDS,
    used_by="R-CNN and nearly everyone since: torchvision, detectron2, mmdetection, Keras, SSD, d2l.",
    short="centre, log",
    means="shift of the centre in anchor sizes, log of the sizes",
    controls=(CLAMP, EPS),
    note="Above: torchvision and detectron2. Both sides: mmdetection. d2l adds 10⁻⁶ when it encodes, so a perfect anchor "
    "gets 0.0000048 instead of 0.",
    why=why,
    sentences=SENTENCES,
    exports={"torchvision": _torchvision, "detectron2": _detectron2, "mmdetection": _mmdetection},
)
