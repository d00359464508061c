"""What the browser tab keeps over a reload: an uploaded picture, and predictions.

The server stores nothing. The tab's own storage has a copy (`browser/streamlit/keeping.js`), which goes with the tab and with
"Reset: everything". A new session whose link speaks of an upload asks the tab for it; what comes back is read as
distrustfully as any upload.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

import streamlit as st

from anchorlab.canvas import bundle
from anchorlab.scenes import boxes_io, predictions_io
from anchorlab.session import fragments, scene, store
from anchorlab.session.app_state import UPLOAD, AppState

# Characters that are read of what a tab sends back; none keeps as many.
MOST = 6_000_000
NOTE = "This tab kept them while the page was loaded anew."

# The first speaks before the library is there, so that a picture is back before anything is drawn.
_ask = st.components.v2.component("anchorlab_ask", html="<i hidden></i>", js=bundle.script("asking.js"))
_keep = st.components.v2.component("anchorlab_keep", html="<i hidden></i>", js=bundle.loader("keep"))


def _named(app: AppState) -> str:
    """The picture that predictions belong to."""
    return f"{app.scene} {app.upload_id}".strip()


def _wanted() -> tuple[str, str]:
    """The picture, and the picture whose predictions, this session could still ask the tab for; '' where it has them
    or has asked."""
    s = store.session()
    photo, of = s.app.upload_id, _named(s.app)
    lost = s.app.scene == UPLOAD and photo not in s.uploads and f"photo {photo}" not in s.asked
    unread = s.app.source == UPLOAD and s.predictions is None and f"predictions {of}" not in s.asked
    return photo if lost else "", of if unread else ""


def ask(place: str, *redraws: str) -> bool:
    """Asks the tab for what the app state speaks of and this session does not have. Returns whether a picture is awaited:
    until the tab has answered there is nothing to draw.

    Args:
      place: where it is asked, as each place has its own component.
      redraws: parts of the page that an answer concerns; without them the whole page.
    """
    photo, predictions = _wanted()
    if not photo and not predictions:
        return False
    key = f"ask_{place}"
    question = f"{store.session().name} {photo} {predictions}"
    data = {"ask": question, "photo": photo, "predictions": predictions}
    _ask(key=key, data=data, on_answer_change=lambda: _answered(key, photo, predictions, redraws), height=1)
    return bool(photo)


def _answered(key: str, photo: str, predictions: str, redraws: tuple[str, ...]) -> None:
    store.session().asked |= {f"photo {photo}", f"predictions {predictions}"}
    answer = st.session_state[key].get("answer")
    if isinstance(answer, dict) and photo:
        _picture(answer.get("picture"))
    if isinstance(answer, dict) and predictions and store.session().predictions is None:
        _predictions(answer.get("predictions"))
    if redraws:  # else the whole page runs
        fragments.redraw(*redraws)


def _picture(sent: Any) -> None:
    if not isinstance(sent, dict):
        return
    data, title, width, height = (sent.get(name) for name in ("data", "title", "width", "height"))
    if not isinstance(data, str) or len(data) > MOST or not isinstance(title, str):
        return
    if type(width) is not int or type(height) is not int:
        return
    try:
        picture = base64.b64decode(data, validate=True)
        scene.bring_back(picture, boxes_io.clean_name(title[:24]) or "Your picture", width, height)
    except (binascii.Error, ValueError):
        pass  # it is not there: the page says so


def _predictions(sent: Any) -> None:
    if not isinstance(sent, str) or len(sent) > MOST:
        return
    here = scene.current()
    size = scene.original_size(here)
    try:
        read = predictions_io.parse_predictions(sent, "kept.json", here.classes, *size, fractions=False)
    except predictions_io.PredictionsError:
        return
    take(read._replace(notes=(NOTE,), units=boxes_io.Units(False, False)))


def take(read: predictions_io.Predictions) -> None:
    """Makes these the visitor's predictions, in pixels of the original picture, and has the tab keep them."""
    s, here = store.session(), scene.current()
    s.predictions = read._replace(xyxy=(read.xyxy * here.scale).astype("float32"))
    s.predictions_kept = {"picture": _named(s.app), "text": predictions_io.predictions_to_json(read)}
    s.forgotten = False


def drop_predictions() -> None:
    s = store.session()
    s.predictions, s.predictions_file, s.predictions_kept = None, (b"", ""), {}


def keep() -> None:
    """Tells the tab what to keep, besides the picture, which is kept where it arrives."""
    s = store.session()
    if UPLOAD in (s.app.scene, s.app.source):
        s.forgotten = False  # undo has brought it back
    predictions = None if s.forgotten else s.predictions_kept
    _keep(key="keep", data={"forget": s.forgotten, "predictions": predictions}, height=1)
