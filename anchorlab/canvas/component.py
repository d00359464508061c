"""The scene canvas in a page: what it shows goes out, what people do on it comes back."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import streamlit as st

from anchorlab.canvas import bundle, controls, events, message
from anchorlab.canvas.message import Answer
from anchorlab.canvas.payload import pack
from anchorlab.session import link, scene, store
from anchorlab.session.app_state import AppState
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


def of_page(
    page: str,
    of: Scene,
    app: AppState,
    *,
    answer: Answer,
    settings: dict[str, Any] | None = None,
    selection: dict[str, int] | None = None,
    **data: Any,
) -> dict[str, Any]:
    """What a page's canvas shows of an app state.

    Args:
      answer: the page's answer, shown in the slot of that name.
      settings: {path: value} that the view reads besides those of the page's controls.
      selection: what is seen where nothing is selected.
      data: what only this view shows.
    """
    selected = asdict(app.selection)
    step = selected[message.STEPS[page]] if page in message.STEPS else 0
    return {
        "view": page,
        "answer": answer,
        "photo": message.photo_data(of),
        "boxes": of.boxes,
        "class_ids": of.class_ids,
        "classes": list(of.classes),
        "selection": {name: selected[name] for name in message.POINTED} | {"step": step} | (selection or {}),
        "settings": controls.settings(page, app) | (settings or {}),
        **data,
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


def stage(page: str, of: Scene, *, answer: Answer, **data: Any) -> None:
    """Mounts the canvas for a page.

    Args:
      page: its name, which is also that of the view.
      answer: the page's answer, shown in the slot of that name.
      data: what the view shows; see `of_page` and `contract`.
    """
    key = f"{page}_stage"
    s = store.session()
    blob = pack(of_page(page, of, s.app, answer=answer, **data) | of_session(s))

    def heard() -> None:
        events.heard(page, st.session_state[key])

    _stage(key=key, data=blob, on_changes_change=heard, on_pick_change=heard)
