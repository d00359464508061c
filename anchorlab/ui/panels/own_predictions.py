"""The visitor's own predictions: a file of them is read, and what it was taken for is said."""

from __future__ import annotations

import streamlit as st

from anchorlab.scenes import detector_file, predictions_io
from anchorlab.scenes import upload as upload_io
from anchorlab.session import fragments, scene, store
from anchorlab.ui import keeping, widgets
from anchorlab.ui.text import as_typed
from anchorlab.wording import say

READ = {"one": "Read {count} prediction.", "other": "Read {count} predictions."}
KEPT = "The predictions stay as they are."

FIELD = "predictions_file"
_CONCERNED = (fragments.PICTURE, fragments.CONTROLS, fragments.KEPT)


def upload() -> None:
    """The field for the file, and what came of it. A file that cannot be read changes nothing."""
    st.file_uploader(
        "Predictions: COCO results (JSON), CSV with class, score, x1, y1, x2, y2, or a detector’s file with its photo",
        type=["json", "csv", "txt"],
        key=FIELD,
        on_change=_chosen,
    )
    keeping.ask("predictions", *_CONCERNED)
    if message := store.error("predictions"):
        st.error(as_typed(message))
    elif (read := store.session().predictions) is not None:
        if len(read.scores):
            st.caption(say(READ, count=len(read.scores)))
        for note in read.notes:
            st.caption(as_typed(note))
        with st.container(horizontal=True, gap="small"):
            if read.units.doubtful:
                widgets.units(
                    "predictions_units", read.units.fractions, _read_again, not read.units.fractions
                )
            st.button("Remove them", key="predictions_remove", on_click=_remove)


def _chosen() -> None:
    # Before another file comes, the field is empty for a moment: that takes nothing away.
    file = st.session_state.get(FIELD)
    store.session().errors.pop("predictions", None)
    if file is not None:
        _read(file.getvalue(), file.name)
    fragments.redraw(*_CONCERNED)


def _remove() -> None:
    keeping.drop_predictions()
    fragments.redraw(*_CONCERNED)


def _read_again(fractions: bool) -> None:
    _read(*store.session().predictions_file, fractions)
    fragments.redraw(*_CONCERNED)


def _read(data: bytes, name: str, fractions: bool | None = None) -> None:
    s, here = store.session(), scene.current()
    try:
        if with_picture(data, name):
            return
        # A file speaks of the original picture's pixels; a large upload is shown smaller.
        read = predictions_io.parse_predictions(
            data, name, here.classes, *scene.original_size(here), fractions=fractions
        )
    except ValueError as refusal:
        kept = [KEPT] if s.predictions is not None else []
        s.errors["predictions"] = " ".join([str(refusal), *kept])
        return
    keeping.take(read)
    s.predictions_file = (data, name) if read.units.doubtful else (b"", "")


def with_picture(data: bytes, name: str) -> bool:
    """Takes a file that brings its picture: that becomes the scene, with these predictions. Both are taken, or neither.

    Returns whether it brings one; other files are left to who reads them.

    Raises:
      ValueError: its picture or its predictions cannot be read; the text says why.
    """
    sent = detector_file.picture_in(data)
    if sent is None:
        return False
    size = upload_io.decode_image(sent.data)
    read = predictions_io.parse_predictions(data, name, (), size.width, size.height)
    scene.open_upload(sent.data, sent.name[:24] or "A detector’s picture", source="upload")
    keeping.take(read)
    return True
