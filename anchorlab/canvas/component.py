"""The scene canvas in a page: what it shows goes out, what people do on it comes back."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import streamlit as st

from anchorlab.canvas import bundle, controls, events
from anchorlab.canvas.message import POINTED, photo_data
from anchorlab.canvas.pages import PAGES
from anchorlab.canvas.payload import pack
from anchorlab.session import link, scene, store
from anchorlab.session.app_state import AppState
from anchorlab.session.own import NOTHING, Own
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


def of_page(page: str, here: Scene, app: AppState, own: Own = NOTHING) -> dict[str, Any]:
    """What a page's canvas shows.

    Args:
      here: the scene on the table; the page may show another.
      own: what the visitor brought along.
    """
    entry = PAGES[page]
    of, shown = entry.pictured(here, app, own), entry.shown(here, app, own)
    selected = asdict(app.selection)
    selection = {name: selected[name] for name in POINTED} | {
        "step": selected.get(entry.step, 0),
        "suggested": False,
    }
    return {
        "view": page,
        "photo": photo_data(of),
        "boxes": of.boxes,
        "class_ids": of.class_ids,
        "classes": list(of.classes),
        **shown,
        "selection": selection | shown.get("selection", {}),
        "settings": controls.settings(page, app) | shown.get("settings", {}),
    }


def of_session(s: store.Session) -> dict[str, Any]:
    """Where a session stands: what of the browser's changes it knows, and what else there is besides the picture."""
    return {
        "edit": s.edit,
        "pick": s.pick,
        "can_undo": bool(s.undo),
        "can_redo": bool(s.redo),
        "link": link.to_query(s.app),
        "travelled": s.travelled,
    }


def stage(page: str, here: Scene) -> None:
    """Mounts the canvas of a page, given the scene on the table."""
    key, s = f"{page}_stage", store.session()
    blob = pack(of_page(page, here, s.app, s.own) | of_session(s))

    def heard() -> None:
        events.heard(page, st.session_state[key])

    _stage(key=key, data=blob, on_changes_change=heard, on_pick_change=heard)
