"""What people do on the canvas, as the browser tells it: changes, each made by the handler of its name, and what is
selected."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from anchorlab.canvas.message import POINTED
from anchorlab.canvas.pages import PAGES
from anchorlab.catalogue.controls import Numbers, Slider
from anchorlab.catalogue.controls import changes as changes_of
from anchorlab.session import comparison, fragments, scene, store, trainings
from anchorlab.session.app_state import LARGEST_OFFSET
from anchorlab.session.trainings import Run

Handler = Callable[[str, dict[str, Any]], set[str]]
"""Given a page and a change, makes the change; returns the parts of the page that it concerns besides the picture."""


def heard(page: str, sent: dict[str, Any]) -> None:
    """Takes what the browser changed and selected, in the order in which people did it; the last thing a callback does.

    Changes come oldest first, and those without an answer come again: numbers tell what is new. A selection says
    after which change it was made; both may arrive in one run, so whichever comes first hears the other, too.
    """
    s = store.session()
    changes = sent.get("changes")
    new = [c for c in changes if int(c["number"]) > s.edit] if isinstance(changes, list) else []
    pick = sent.get("pick")
    pick = pick if isinstance(pick, dict) and int(pick["pick"]) > s.pick else None
    concerned = {fragments.PICTURE} | ({fragments.CONTROLS} if PAGES[page].controls_follow else set())
    # One that does not say follows all.
    before = [c for c in new if pick and int(c["number"]) <= pick.get("edit", math.inf)]
    for change in before:
        concerned |= _made(page, change)
    if pick:
        _picked(page, pick)
    for change in new[len(before) :]:
        concerned |= _made(page, change)
    fragments.redraw(*concerned)


def _made(page: str, change: dict[str, Any]) -> set[str]:
    store.session().edit = int(change["number"])
    handler = HANDLERS.get(change["name"])
    return handler(page, change) if handler else set()


def _picked(page: str, sent: dict[str, Any]) -> None:
    """Something was selected, or a step was taken."""
    s = store.session()
    s.pick = int(sent["pick"])
    changes = {k: int(sent[k]) for k in POINTED if k in sent}
    if step := PAGES[page].step:
        changes[step] = int(sent.get("step", 0))
    if page == "offsets" and changes.get("anchor") != s.app.selection.anchor and s.app.offsets is not None:
        store.change("offsets", offsets=None)
    store.select(**changes)


def _boxes(page: str, change: dict[str, Any]) -> set[str]:
    """Boxes were drawn, moved, named or deleted."""
    held = bool(change["held"])
    if not held:
        store.new_step()
    source = "nudge" if held else "boxes"
    scene.set_objects(change["boxes"], change["class_ids"], change["classes"], source)
    store.select(object=min(int(change["object"]), len(change["boxes"]) - 1))
    return set()


def _undo(page: str, change: dict[str, Any]) -> set[str]:
    store.undo()
    return {fragments.CONTROLS, fragments.MORE}


def _redo(page: str, change: dict[str, Any]) -> set[str]:
    store.redo()
    return {fragments.CONTROLS, fragments.MORE}


def _lists(page: str, change: dict[str, Any]) -> set[str]:
    """Lists of numbers have other ones: no more than each may have, and none out of range."""
    changes: dict[str, Any] = {}
    concerned: set[str] = set()
    for control in PAGES[page].controls:
        if isinstance(control, Numbers) and (values := change["lists"].get(control.path)):
            bounded = tuple(float(np.clip(v, control.low, control.high)) for v in values[: control.most])
            changes |= changes_of(control, store.app(), bounded)
            concerned |= set(control.concerns)
    if not change["held"]:
        store.new_step()
    store.change("lists", **changes)
    return concerned


def _offsets(page: str, change: dict[str, Any]) -> set[str]:
    """The decoded box was dragged or pushed; None: back to the encoded offsets."""
    values = change["offsets"]
    if not change["held"]:
        store.new_step()
    if values is not None:
        values = tuple(float(np.clip(v, -LARGEST_OFFSET, LARGEST_OFFSET)) for v in values)
    store.change("offsets", offsets=values)
    return set()


def _settings(page: str, change: dict[str, Any]) -> set[str]:
    """What sliders say was dragged on a chart: no further than they go."""
    changes: dict[str, Any] = {}
    concerned: set[str] = set()
    for control in PAGES[page].controls:
        if isinstance(control, Slider) and control.path in change["settings"]:
            value = float(np.clip(change["settings"][control.path], control.low, control.high))
            changes |= changes_of(control, store.app(), value)
            concerned |= set(control.concerns)
    if not change["held"]:
        store.new_step()
    store.change("settings", **changes)
    return concerned


def _rosetta(page: str, change: dict[str, Any]) -> set[str]:
    """The table or the picture asks for another question, library or scene."""
    store.new_step()
    store.change("rosetta", **comparison.chosen(store.app(), change))
    return {fragments.CONTROLS}


def _training(page: str, change: dict[str, Any]) -> set[str]:
    """The last training is paused, resumed or cancelled, or only looked after."""
    s = store.session()
    run = trainings.latest(s.trainings)
    act = {"pause": Run.pause, "resume": Run.resume, "cancel": Run.cancel}.get(change["do"])
    if run is not None and act is not None:
        act(run)
    seen, s.trainings_seen = s.trainings_seen, trainings.news(s.trainings)
    return set() if s.trainings_seen == seen else {fragments.CONTROLS, fragments.MORE}


HANDLERS: dict[str, Handler] = {
    "boxes": _boxes,
    "undo": _undo,
    "redo": _redo,
    "lists": _lists,
    "offsets": _offsets,
    "settings": _settings,
    "rosetta": _rosetta,
    "training": _training,
}
