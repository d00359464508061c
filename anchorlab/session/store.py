"""The app state of this browser session: read from the link once, changed by widgets and canvas, with undo.

One canonical `AppState` lives in session state. Widgets and canvas are views of it: before a widget is drawn its
value is set from the app state, and its callback writes back. So reset, undo and links need to know no widget.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import replace
from typing import Any

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from anchorlab.scenes import catalogue
from anchorlab.session import anchor_source, change_words, link
from anchorlab.session import app_state as app_states
from anchorlab.session.anchor_source import MAX_ANCHORS, AnchorSource
from anchorlab.session.app_state import AppState
from anchorlab.session.own import Own

HISTORY = 100
# Steps of one slider within this many seconds are one step of undo.
MERGE_SECONDS = 1.2
GRACE = 8.0
"""Seconds without a connection after which a visitor has left."""


class Session:
    """What the session holds besides the app state itself."""

    def __init__(self, app: AppState):
        self.app = app
        self.undo: list[AppState] = []
        self.redo: list[AppState] = []
        self.last_change: tuple[str, float] = ("", 0.0)
        self.travelled = ""  # what was undone or made again last, until something else is changed
        self.errors: dict[str, str] = {}
        self.boxes_read: Any = None  # scene_bar.BoxesRead: what the last file of boxes did
        self.edit = 0
        self.pick = 0
        self.uploads: dict[str, Any] = {}  # scene.Upload by photo id, the latest last
        self.predictions: Any = None  # scenes.predictions_io.Predictions
        self.predictions_file: tuple[bytes, str] = (b"", "")  # what they were read from, and its name
        self.own_set: Any = None  # ui.panels.own_set.OwnSet: a whole set of the visitor's own
        # What the browser tab is to keep of them: {} nothing; None: not known, as this session has not had any.
        self.predictions_kept: dict[str, str] | None = None
        self.trainings: dict[int, Any] = {}  # trainings.Trainings
        self.trainings_seen: Any = {}  # trainings.news, as the page last showed it
        self.name = secrets.token_hex(4)  # tells this session from those before a reload
        self.asked: set[str] = set()  # what the tab has answered for
        self.forgotten = False  # everything was reset: the tab keeps nothing

    @property
    def own(self) -> Own:
        """What this visitor brought along."""
        return Own(self.predictions, self.trainings)


# Whose session is meant where Streamlit does not know: see `for_visitor`.
_visitor: ContextVar[Session | None] = ContextVar("anchorlab_visitor", default=None)


def session() -> Session:
    """This browser session's state; made from the link at the first call."""
    if (of_visitor := _visitor.get()) is not None:
        return of_visitor
    if "anchorlab" not in st.session_state:
        params = st.query_params.to_dict()
        st.session_state["anchorlab"] = Session(_fitting(link.from_query(params)))
        if bad := link.unreadable(params):
            st.toast(f"Parts of this link could not be read and were left out: {', '.join(bad)}.")
    return st.session_state["anchorlab"]


def for_visitor(make: Callable[[], Any]) -> Callable[[], Any]:
    """`make`, to be called later and off the page's script, on behalf of this visitor.

    A download is made at its click, in a thread of the server that belongs to no browser session: there
    `st.session_state` is empty, and `session` would answer with an app state of its own. What is returned here sees the
    session of whoever drew the button, as it is when it is called.
    """
    of_visitor = session()

    def run() -> Any:
        token = _visitor.set(of_visitor)
        try:
            return make()
        finally:
            _visitor.reset(token)

    return run


def app() -> AppState:
    return session().app


def still_here() -> Callable[[], bool]:
    """Whether this visitor is still there, to be asked later and from any thread: for `GRACE` seconds after the browser was
    last connected they are, as connections break and come back."""
    context = get_script_run_ctx()
    last = time.monotonic()

    def ask() -> bool:
        nonlocal last
        # Without a server nobody can leave.
        if (
            context is None
            or not runtime.exists()
            or runtime.get_instance().is_active_session(context.session_id)
        ):
            last = time.monotonic()
        return time.monotonic() - last < GRACE

    return ask


def _fitting(asked: AppState) -> AppState:
    """A link's lab within what a page can show: no more anchors than can be drawn, boxes within the picture, classes
    that have a box."""
    try:
        check_count(asked)
    except ValueError:
        asked = replace(asked, anchors=app_states.DEFAULT.anchors)
    width, height = size_of(asked)
    if anchor_source.pyramid_of(asked, height, width).count(height, width) > MAX_ANCHORS:
        asked = replace(asked, pyramid=app_states.DEFAULT.pyramid, resize=app_states.DEFAULT.resize)
    if asked.objects is None:
        return asked
    boxes, ids = [], []
    for (x1, y1, x2, y2), class_id in zip(asked.objects.boxes, asked.objects.class_ids, strict=True):
        if x1 < min(x2, width) and y1 < min(y2, height):
            boxes.append((x1, y1, min(x2, width), min(y2, height)))
            ids.append(class_id)
    fitting = replace(asked.objects, boxes=tuple(boxes), class_ids=tuple(ids))
    return replace(asked, objects=fitting.without_unused_classes())


def change(source: str = "", /, **changes: Any) -> bool:
    """Changes values at paths ('anchors__stride'=16) as one step of undo.

    A refused change leaves the app state as it was; the reason is kept under `source` for the control to show.
    Returns whether the change was taken.
    """
    s = session()
    try:
        new = app_states.put(s.app, **changes)
        check_count(new)
        if (new.pyramid, new.resize) != (s.app.pyramid, s.app.resize):
            check_pyramid(new)
    except ValueError as refusal:
        s.errors[source] = str(refusal)
        return False
    s.errors.pop(source, None)
    if new != s.app:
        remember(source)
        s.app = new
    return True


def remember(source: str = "") -> None:
    """Puts the present app state on the undo stack, unless the same control was just moved."""
    s = session()
    name, at = s.last_change
    now = time.monotonic()
    if not source or source != name or now - at > MERGE_SECONDS:
        s.undo.append(s.app)
        del s.undo[:-HISTORY]
    s.last_change = (source, now)
    s.travelled = ""
    s.redo.clear()


def new_step() -> None:
    """The next change is a step of undo of its own, however quickly it follows the last one."""
    session().last_change = ("", 0.0)


def select(**changes: int) -> None:
    """Changes the selection; no step of undo."""
    s = session()
    s.app = replace(s.app, selection=replace(s.app.selection, **changes))


def error(source: str) -> str | None:
    """Why the last change of a control was refused, or None."""
    return session().errors.get(source)


def undo() -> None:
    """Takes back the last change; `travelled` then says which."""
    s = session()
    s.travelled = "Nothing to undo."
    if s.undo:
        s.travelled = f"Undone: {change_words.describe(s.undo[-1], s.app, now=s.undo[-1])}."
    _travel(s.undo, s.redo)


def redo() -> None:
    """Makes the change again that was undone last; `travelled` then says which."""
    s = session()
    s.travelled = "Nothing to redo."
    if s.redo:
        s.travelled = f"Redone: {change_words.describe(s.app, s.redo[-1], now=s.redo[-1])}."
    _travel(s.redo, s.undo)


def _travel(from_: list[AppState], to: list[AppState]) -> None:
    s = session()
    if from_:
        to.append(s.app)
        s.app = from_.pop()
        s.last_change = ("", 0.0)
        s.errors.clear()


def reset_page(*fields: str) -> None:
    """A page's own fields of the app state are at their defaults again; scene and boxes stay."""
    s = session()
    remember()
    s.app = app_states.reset(s.app, *fields)
    s.errors.clear()


def reset_all() -> None:
    s = session()
    remember()
    s.app = app_states.DEFAULT
    s.forgotten = True
    s.errors.clear()


def open_scene(scene_id: str) -> None:
    """Changes to another built-in scene, with its own boxes and nothing selected."""
    s = session()
    new = replace(
        s.app,
        scene=scene_id,
        upload_size=None,
        upload_id="",
        objects=None,
        offsets=None,
        selection=app_states.DEFAULT.selection,
    )
    try:
        check_count(new)
    except ValueError as refusal:
        s.errors["scene"] = str(refusal)
        return
    remember()
    s.app = new
    s.errors.clear()


def size_of(of: AppState) -> tuple[int, int]:
    """(width, height) of the app state's picture, without loading it."""
    if of.scene == app_states.UPLOAD:
        return of.upload_size
    info = catalogue.SCENES[of.scene]
    return info.width, info.height


def check_count(new: AppState) -> None:
    """Refuses more anchors than can be drawn, before any is made."""
    width, height = size_of(new)
    count = anchor_source.grid_of(new).count(height, width)
    if count > MAX_ANCHORS:
        raise ValueError(
            f"That would be {count:,} anchors, more than the {MAX_ANCHORS:,} this page can draw. "
            "Take a larger stride, or fewer sizes and ratios."
        )


def check_pyramid(new: AppState) -> None:
    """Refuses a pyramid of more anchors than can be drawn. Only what is asked for is refused: another picture
    makes the pyramid's own smaller (`AnchorSource.fitted`)."""
    width, height = size_of(new)
    count = AnchorSource(new.pyramid, new.resize).count(height, width)
    if count > MAX_ANCHORS:
        raise ValueError(
            f"That would be {count:,} anchors, more than the {MAX_ANCHORS:,} this page can draw. "
            "Take larger strides, fewer levels or shapes, or resize the picture."
        )
