"""The scene canvas in a page: what it shows goes out, what people do on it comes back."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import streamlit as st

from anchorlab.canvas import bundle, controls
from anchorlab.canvas.payload import pack
from anchorlab.catalogue import rules
from anchorlab.catalogue.controls import Numbers
from anchorlab.catalogue.controls import changes as changes_of
from anchorlab.engine import Anchors, Detections, Matches, Suppression
from anchorlab.session import anchor_source, comparison, fragments, link, results, scene, store
from anchorlab.session.anchor_source import AnchorSource
from anchorlab.session.app_state import Selection
from anchorlab.session.scene import Scene

# Hidden until the library has brought the styles, so that nothing is seen without them.
_UNSTYLED = "<style>[data-unstyled]{visibility:hidden}</style>"


def _component(kind: str, html: str):
    return st.components.v2.component(f"anchorlab_{kind}", html=_UNSTYLED + html, js=bundle.loader(kind))


# The photo brings the library. It is mounted outside the part of a page that reruns when a control moves; the
# others travel with every answer and are a few lines each.
_photo = st.components.v2.component("anchorlab_photo", html="<i hidden></i>", js=bundle.library())
_stage = _component("stage", bundle.markup("stage.html"))
_slot = _component("slot", '<div class="slot anchorlab" data-unstyled></div>')
_bar = _component("bar", bundle.markup("bar.html"))

# Pages whose controls show something of what is done on the canvas: the offsets of the selected pair.
_FOLLOWERS = {"offsets": (fragments.CONTROLS,)}

# What may be pointed at on a canvas.
POINTED = ("object", "anchor", "cell", "prediction", "partner", "level")
Answer = str | Sequence[tuple[str, dict[str, str | int]]]
"""The page's answer: keys of sentences, each with the values that Python knows (the view's `numbers` adds those that a
slider moves); or finished HTML."""
# Which part of the selection a page's steps are.
STEPS = {
    "rosetta": "word",
    "home": "home_step",
    "matching": "greedy_step",
    "nms": "nms_round",
    "pyramid": "level",
}


def photo(of: Scene, key: str = "photo") -> None:
    """Sends the picture, once: the browser keeps it for every canvas that names its id."""
    p = of.photo
    _photo(
        key=key,
        data=pack(
            {"id": p.id, "mime": p.mime, "brightness": p.brightness, "keep": scene.kept(of), "bytes": p.data}
        ),
        height=1,
    )


def photo_data(of: Scene) -> dict[str, Any]:
    """A picture as a stage knows it; its bytes travel apart, once, and of squared paper there are none."""
    paper = {"squares": of.photo.squares} if of.photo.squares else {}
    return {"id": of.photo.id, "width": of.width, "height": of.height, "alt": of.alt, **paper}


def slot(name: str, *, min_height: float = 0, given: dict[str, Any] | None = None) -> None:
    """A place for the canvas's view to write in. `min_height` (rem) keeps the page from jumping; `given` is what
    only this place shows."""
    extra = {} if given is None else {"given": given}
    _slot(key=f"slot_{name}", data={"name": name, "min_height": min_height, **extra})


def share_link() -> None:
    _bar(key="share_link", data={"kind": "link"})


def kept_line() -> None:
    """Says whether this browser tab keeps the uploaded picture."""
    _bar(key="kept_line", data={"kind": "kept"})


def keys_button() -> None:
    _bar(key="keys_button", data={"kind": "keys"}, width="content")


def shown(page: str, of: Scene, selected: Selection, *, answer: Answer, **data: Any) -> dict[str, Any]:
    """What a page's canvas shows, as the browser takes it, without where the session stands. See `stage`."""
    selection = asdict(selected)
    chosen = {k: selection[k] for k in POINTED}
    chosen["step"] = selection[STEPS[page]] if page in STEPS else 0
    chosen |= data.pop("selection", {})
    return {
        "view": page,
        "answer": answer,
        "photo": photo_data(of),
        "boxes": of.boxes,
        "class_ids": of.class_ids,
        "classes": list(of.classes),
        "selection": chosen,
        **data,
    }


def stage(
    page: str,
    of: Scene,
    *,
    answer: Answer,
    settings: dict[str, Any] | None = None,
    **data: Any,
) -> None:
    """Mounts the canvas for a page.

    Args:
      page: its name, which is also that of the view.
      answer: the page's answer, shown in the slot of that name.
      settings: {path: value} that the view reads besides those of the page's controls.
      data: what the view shows (see `browser/views/<page>.js`).
    """
    key = f"{page}_stage"
    s = store.session()
    blob = pack(
        {
            **shown(page, of, s.app.selection, answer=answer, **data),
            "settings": controls.settings(page, s.app) | (settings or {}),
            "edit": s.edit,
            "pick": s.pick,
            "can_undo": bool(s.undo),
            "can_redo": bool(s.redo),
            "link": link.to_query(s.app),
            **({"travelled": s.travelled} if s.travelled else {}),
        }
    )

    def heard() -> None:
        _heard(key, page)

    _stage(key=key, data=blob, on_changes_change=heard, on_pick_change=heard)


def _heard(key: str, page: str) -> None:
    """What the browser changed and selected, in the order in which people did it.

    Changes come oldest first, and those without an answer come again: numbers tell what is new. A selection says
    after which change it was made; both may arrive in one run, so whichever comes first hears the other, too.
    """
    s = store.session()
    heard = st.session_state[key]
    sent = heard.get("changes")
    new = [c for c in sent if int(c["number"]) > s.edit] if isinstance(sent, list) else []
    pick = heard.get("pick")
    pick = pick if isinstance(pick, dict) and int(pick["pick"]) > s.pick else None
    concerned = {fragments.PICTURE, *_FOLLOWERS.get(page, ())}
    # One that does not say follows all.
    before = [c for c in new if pick and int(c["number"]) <= pick.get("edit", math.inf)]
    for change in before:
        concerned |= _changed(change, page)
    if pick:
        _picked(pick, page)
    for change in new[len(before) :]:
        concerned |= _changed(change, page)
    fragments.redraw(*concerned)


def _changed(change: dict[str, Any], page: str) -> set[str]:
    """Makes one change that the browser asks for; returns the parts that it concerns besides the picture."""
    store.session().edit = int(change["number"])
    name = change["name"]
    if name == "boxes":
        _edited(change)
    elif name in ("undo", "redo"):
        store.undo() if name == "undo" else store.redo()
        return {fragments.CONTROLS, fragments.MORE}
    elif name == "rosetta":
        store.new_step()
        store.change("rosetta", **comparison.chosen(store.app(), change))
        return {fragments.CONTROLS}
    elif name == "lists":
        if not change["held"]:
            store.new_step()
        changes, concerned = _listed(change["lists"], page)
        store.change("lists", **changes)
        return concerned
    elif name == "offsets":
        values = change["offsets"]
        if not change["held"]:
            store.new_step()
        if values is not None:
            values = tuple(float(np.clip(v, -50, 50)) for v in values)
        store.change("offsets", offsets=values)
    return set()


def _listed(sent: dict[str, list[float]], page: str) -> tuple[dict[str, Any], set[str]]:
    """What lists of numbers change in the app state, and the parts that show it: with no more numbers than a list may
    have, and none out of range."""
    changes: dict[str, Any] = {}
    concerned: set[str] = set()
    for control in controls.OF_PAGE.get(page, ()):
        if isinstance(control, Numbers) and (values := sent.get(control.path)):
            bounded = tuple(float(np.clip(v, control.low, control.high)) for v in values[: control.most])
            changes |= changes_of(control, store.app(), bounded)
            concerned |= set(control.concerns)
    return changes, concerned


def _edited(sent: dict[str, Any]) -> None:
    """Boxes were drawn, moved, named or deleted on the canvas."""
    held = bool(sent["held"])
    if not held:
        store.new_step()
    source = "nudge" if held else "boxes"
    scene.set_objects(sent["boxes"], sent["class_ids"], sent["classes"], source)
    store.select(object=min(int(sent["object"]), len(sent["boxes"]) - 1))


def _picked(sent: dict[str, Any], page: str) -> None:
    """Something was selected on the canvas, or a step was taken."""
    s = store.session()
    s.pick = int(sent["pick"])
    changes = {k: int(sent[k]) for k in POINTED if k in sent}
    if page in STEPS:
        changes[STEPS[page]] = int(sent.get("step", 0))
    if page == "offsets" and changes.get("anchor") != s.app.selection.anchor and s.app.offsets is not None:
        store.change("offsets", offsets=None)
    store.select(**changes)


def anchor_data(source: AnchorSource, anchors: Anchors, here: Scene) -> dict[str, Any]:
    """Where the anchors come from, for the browser to generate them by itself: a hundred thousand of them travel
    only where rounding could tell."""
    size = (here.height, here.width)
    height, width = source.frame(*size)
    data = {
        "pyramid": anchor_source.spec_data(source.spec),
        "frame": [width, height],
    }
    if source.exact(*size):
        return data
    usable = results.usable(source, anchors)
    return data | {"anchors": anchors.xyxy} | ({} if usable is None else {"usable": usable})


def match_data(found: Matches) -> dict[str, Any]:
    """The labels of a matching, with what the browser needs to repeat it while boxes move."""
    app = store.app()
    return {
        "match": rules.settings(app.match, app.assign),
        "label": found.label,
        "gt_index": found.gt_index,
        "best_iou": found.best_iou,
        "reason": found.reason,
        "best_anchor": found.best_anchor,
        "best_anchor_iou": found.best_anchor_iou,
        "round_anchor": np.array([r.anchor for r in found.rounds], np.int32),
        "round_gt": np.array([r.gt for r in found.rounds], np.int32),
        "round_iou": np.array([r.iou for r in found.rounds], np.float32),
    }


def prediction_data(found: Detections, trace: Suppression) -> dict[str, Any]:
    """Predictions and the trace of their suppression, for the player."""
    return {
        "predictions": found.xyxy,
        "scores": found.scores,
        "prediction_classes": found.class_ids,
        "order": trace.order,
        "status": trace.status,
        "round": trace.round,
        "suppressed_by": trace.suppressed_by,
        "prediction_iou": np.nan_to_num(trace.iou).astype(np.float32),
    }
