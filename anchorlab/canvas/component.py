"""The scene canvas in a page: what it shows goes out, what people do on it comes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import streamlit as st

from anchorlab.canvas import bundle, controls, events
from anchorlab.canvas.payload import pack
from anchorlab.canvas.views.matching import rule_data
from anchorlab.engine import Anchors, Detections, Matches, Suppression
from anchorlab.session import anchor_source, link, results, scene, store
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

Answer = str | Sequence[tuple[str, dict[str, str | int]]]
"""The page's answer: keys of sentences, each with the values that Python knows (the view's `numbers` adds those that a
slider moves); or finished HTML."""


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
    chosen = {k: selection[k] for k in events.POINTED}
    chosen["step"] = selection[events.STEPS[page]] if page in events.STEPS else 0
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
        events.heard(page, st.session_state[key])

    _stage(key=key, data=blob, on_changes_change=heard, on_pick_change=heard)


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
        "match": rule_data(app.matching),
        "label": found.label,
        "gt_index": found.gt_index,
        "best_iou": found.best_iou,
        "reason": found.reason,
        "best_anchor": found.best_anchor,
        "best_anchor_iou": found.best_anchor_iou,
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
