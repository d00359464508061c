"""What the Offsets page's canvas shows, and the page's controls."""

from __future__ import annotations

from dataclasses import replace

from anchorlab.catalogue.controls import ALL, Choice, Slider
from anchorlab.session.app_state import (
    BOOK_EPS,
    BOOK_STDS,
    CORNER_STDS,
    LARGEST_GROWTH,
    NO_STDS,
    USUAL_STDS,
    AppState,
)
from anchorlab.wording import Sentence

SENTENCES: dict[str, Sentence] = {
    # an anchor's offsets without stds
    "move_right": "Move {percent} right.",
    "move_left": "Move {percent} left.",
    "move_down": "Move {percent} down.",
    "move_up": "Move {percent} up.",
    "grow_wider": "Grow {percent} wider.",
    "grow_taller": "Grow {percent} taller.",
    "shrink_width": "Shrink {percent} in width.",
    "shrink_height": "Shrink {percent} in height.",
}

LARGEST_OFFSET = 50.0
"""What a link can say."""


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
