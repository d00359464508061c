"""The scene bar: which picture, which boxes; share, reset, keyboard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from anchorlab.canvas import component
from anchorlab.canvas.views.page import Page
from anchorlab.scenes import boxes_io, catalogue
from anchorlab.session import scene, store
from anchorlab.session.app_state import UPLOAD, Objects
from anchorlab.session.scene import Scene
from anchorlab.ui import downloads, widgets
from anchorlab.ui.panels import own_predictions
from anchorlab.ui.text import as_typed
from anchorlab.wording import say

OBJECTS = {"one": "{count} object.", "other": "{count} objects."}
READ = {"one": "Read {count} box.", "other": "Read {count} boxes."}
READ_NONE = "The list is empty: the picture has no boxes now."


@dataclass(frozen=True)
class BoxesRead:
    """What reading a file of boxes did.

    Attributes:
      objects: the boxes as they were set: once others are there, nothing more is to be said.
      notes: for people.
      again: the file, if its coordinates could be meant the other way; else empty.
      fractions: whether they were taken for fractions of the picture.
      classes: those that its class ids were counted into.
    """

    objects: Objects | None
    notes: tuple[str, ...]
    again: str | bytes
    fractions: bool
    classes: tuple[str, ...]


def draw(page: Page, here: Scene, shown: Callable[[], Scene], own: bool) -> None:
    """Draws the bar. Its menus are filled only while they are open.

    Args:
      here: the scene on the table.
      shown: looks up what the page's canvas shows, which may be another picture.
      own: whether it shows the scene on the table, when the page is drawn.
    """
    with st.container(horizontal=True, gap=5, width="content"):
        title = as_typed(here.title if own else f"Yours: {here.title}")
        with st.popover(title, icon=":material/image:", on_change=_forget, key="scene_menu") as menu:
            if menu.open:
                _scene_menu()
        with st.popover("Share", icon=":material/link:", on_change="rerun", key=f"{page.name}_share") as menu:
            if menu.open:
                _share(here, shown)
        with st.popover(
            "Reset", icon=":material/restart_alt:", on_change="rerun", key=f"{page.name}_reset"
        ) as menu:
            if menu.open:
                _reset(page.resets)
        component.keys_button()


def _forget() -> None:
    """The menu opens or closes: its fields are empty again, so what was refused in them is no longer to be seen."""
    for source in ("scene", "upload", "boxes_json"):
        store.session().errors.pop(source, None)


def _scene_menu() -> None:
    pictures, own, boxes = st.tabs(["Pictures", "Your own picture", "Boxes as JSON"])
    with pictures:
        for row in range(0, len(catalogue.IDS), 3):
            ids = catalogue.IDS[row : row + 3]
            for column, scene_id in zip(st.columns(3, gap="small"), ids, strict=False):
                info = catalogue.SCENES[scene_id]
                with column.container(gap=4):
                    st.image(scene.thumbnail(scene_id), width="stretch", alt=info.title)
                    st.button(
                        info.title,
                        key=f"open_{scene_id}",
                        on_click=store.open_scene,
                        args=(scene_id,),
                        width="stretch",
                        disabled=scene_id == store.app().scene and store.app().objects is None,
                        help=f"{say(OBJECTS, count=info.n)} {info.credit}",
                    )
        widgets.complaint("scene")
    with own:
        st.file_uploader(
            "PNG, JPEG, WebP, BMP or GIF, up to 20 MB; or a detector’s file (JSON)",
            type=["png", "jpg", "jpeg", "webp", "bmp", "gif", "json"],
            key="upload",
            on_change=_uploaded,
        )
        widgets.complaint("upload")
        if scene.kept(scene.current()):
            component.kept_line()
        st.caption(
            "Your picture stays in the memory of the server this page runs on, for this session only: it is never "
            "written to disk there and never passed on, and no link contains it. This browser tab keeps a copy, so "
            "that a reload brings it back, until the tab is closed or everything is reset."
        )
    with boxes:
        st.file_uploader("A JSON file", type=["json"], key="boxes_file", on_change=_boxes_file)
        st.text_area(
            "or pasted here (Ctrl+Enter)",
            key="boxes_text",
            height=110,
            placeholder='[{"class": "cup", "xyxy": [173, 18, 406, 306]}]',
            on_change=_boxes_text,
        )
        widgets.complaint("boxes_json")
        _boxes_read()
        st.caption("Share downloads the present boxes in this form. COCO files are read too.")


def _uploaded() -> None:
    file, s = st.session_state.get("upload"), store.session()
    s.errors.pop("upload", None)
    if file is None:
        return
    try:
        if own_predictions.with_picture(file.getvalue(), file.name):
            return
        scene.open_upload(file.getvalue(), boxes_io.clean_name(file.name)[:24] or "Your picture")
    except ValueError as refusal:
        s.errors["upload"] = f"{refusal} The scene stays as it is."


def _boxes_file() -> None:
    file = st.session_state.get("boxes_file")
    _read_boxes(None if file is None else file.getvalue())


def _boxes_text() -> None:
    _read_boxes(st.session_state.get("boxes_text", "").strip() or None)


def _read_boxes(
    text: str | bytes | None, fractions: bool | None = None, classes: tuple[str, ...] | None = None
) -> None:
    """Takes the boxes of a file; None: its field was emptied, and there is no more to be said of what was in it."""
    s, here = store.session(), scene.current()
    s.errors.pop("boxes_json", None)
    s.boxes_read = None
    if text is None:
        return
    width, height = scene.original_size(here)
    classes = here.classes if classes is None else classes
    try:
        read = boxes_io.boxes_from_json(text, width, height, classes, fractions=fractions)
    except boxes_io.BoxesError as refusal:
        s.errors["boxes_json"] = f"{refusal} The boxes stay as they are."
        return
    store.new_step()
    scene.set_objects(read.boxes * here.scale, read.class_ids, read.classes)
    store.select(object=-1, anchor=-1)
    first = say(READ, count=len(read.boxes)) if len(read.boxes) else READ_NONE
    again = text if read.units.doubtful else ""
    s.boxes_read = BoxesRead(store.app().objects, (first, *read.notes), again, read.units.fractions, classes)


def _boxes_read() -> None:
    """What was read, as long as those boxes are there; and a button where their units are in doubt."""
    read = store.session().boxes_read
    if read is None or read.objects != store.app().objects:
        return
    for note in read.notes:
        st.caption(as_typed(note))
    if read.again:
        widgets.units(
            "boxes_units", read.fractions, _read_boxes, read.again, not read.fractions, read.classes
        )


def _share(here: Scene, shown: Callable[[], Scene]) -> None:
    st.markdown("This link opens exactly what you see, boxes and settings included.")
    component.share_link()
    if here.id == UPLOAD:
        st.caption(
            "The uploaded picture itself is not in the link: it never leaves this browser tab and its session."
        )

    def boxes() -> str:
        now = shown()
        width, height = scene.original_size(now)
        return boxes_io.boxes_to_json(now.boxes / now.scale, now.class_ids, now.classes, width, height)

    file_name = f"{shown().id}-boxes.json"
    downloads.button("Boxes (JSON)", boxes, file_name, "application/json", key="download_boxes")
    st.caption(here.credit)


def _reset(fields: tuple[str, ...]) -> None:
    st.button("This page", on_click=store.reset_page, args=fields, width="stretch", key="reset_page")
    st.button("Everything", on_click=store.reset_all, width="stretch", key="reset_all")
    st.caption(
        "Undo (Ctrl+Z on the picture) brings it back. Everything also takes your own picture out of this tab’s memory."
    )
