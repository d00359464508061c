"""What the Rosetta page sends ahead of need: the pictures that its lists can ask for next, so that the browser
shows them before the server is asked."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from anchorlab.canvas import component
from anchorlab.canvas.payload import pack
from anchorlab.canvas.rosetta import libraries
from anchorlab.canvas.rosetta.asked import Asked, asked, drawing
from anchorlab.canvas.rosetta.libraries import TITLES
from anchorlab.canvas.rosetta.picture import chosen, picture
from anchorlab.canvas.rosetta.words import QUESTIONS, SCENES, choose_case, choose_convention, choose_library
from anchorlab.catalogue.cases import CASES, Kind, kind_of
from anchorlab.session import in_memory, results
from anchorlab.session.anchor_source import AnchorSource
from anchorlab.session.app_state import DEFAULT, put
from anchorlab.session.scene import Scene

HEAVY = 150_000
"""Bytes of a picture: anchors that the browser cannot generate exactly, or thousands of predictions, are sent when asked for."""


def shown(ask: Asked) -> dict[str, Any]:
    """The picture of a question with the scene it is asked about."""
    return component.shown("rosetta", ask.here, ask.app.selection, **picture(ask))


def pictures(ask: Asked, here: Scene) -> bytes:
    """The pictures one choice away from this one, packed, by the list and the option's words.

    Another kind of question is left out while answering it could mean compiling; and what is heavier than `HEAVY`.

    Args:
      here: the app state's scene, whatever case is open.
    """
    found = {
        f"{key}:{words}": pack(shown(asked(put(ask.app, **changes), here, ask.uploaded)))
        for key, words, changes in _choices(ask, here)
    }
    light = {name: packed for name, packed in found.items() if len(packed) <= HEAVY}
    return pack({"name": "rosetta", "of": chosen(ask), **light})


def _choices(ask: Asked, here: Scene) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(list, option, what it changes) of every choice but those that are made, and but the cases."""
    for side, taken in (("a", ask.a), ("b", ask.b)):
        for name, title in TITLES.items():
            if name != taken:
                yield f"rosetta_{side}", title, choose_library(side, name)
    ready = _ready(ask, here)
    for name, option in QUESTIONS.items():
        if name != ask.convention and kind_of(name) in (*ready, ask.kind):
            yield "rosetta_convention", option, choose_convention(ask.app, name)
    if ask.case and kind_of(ask.convention) in (*ready, "anchors"):
        yield "rosetta_case", SCENES[""], choose_case("")


def _ready(ask: Asked, here: Scene) -> tuple[Kind, ...]:
    """What can be asked about the app state's scene without compiling or loading anything."""
    anchors, objects = AnchorSource(ask.anchors).count(here.height, here.width), len(here.boxes)
    if not in_memory.loaded(*(in_memory.libraries_key(name, anchors, objects) for name in libraries.EIGHT)):
        return ()
    few = len(results.predictions(here, ask.app, ask.uploaded)[0].scores) <= results.WARM_PREDICTIONS
    return ("anchors", "labels", "coder", "nms") if few else ("anchors", "labels", "coder")


@lru_cache(maxsize=1)
def cases() -> bytes:
    """The pictures of all ready cases, each with the two libraries that show it best; the same in every session."""
    found = {}
    for name in CASES:
        app = put(DEFAULT, **choose_case(name))
        found[f"rosetta_case:{SCENES[name]}"] = pack(shown(asked(app, drawing(name))))
    return pack({"name": "cases", **found})
