"""The anatomy every page shares: question, scene bar, answer, picture and rail, details below."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from anchorlab.canvas import bundle, component
from anchorlab.canvas.pages import PAGES
from anchorlab.canvas.views.page import Page
from anchorlab.catalogue.controls import Choice
from anchorlab.draw.palette import STATES
from anchorlab.scenes import boxes_io
from anchorlab.session import codes, fragments, scene, store, widget_sync
from anchorlab.session.scene import Scene
from anchorlab.ui import keeping, navigation, prose, readiness, scene_bar, widgets

# The only style of the page itself: everything grows on a projector, and pictures get the room. Where the window is
# too narrow for a rail, as on a laptop at twice the size, the rail goes below the picture.
# While a slow answer is awaited the picture says so (browser/streamlit/late.js): nothing else fades, and no icon runs.
# Streamlit's own greys and the colours of its code miss 4.5 : 1 on these grounds: they get the theme's inks.
_STYLE = (
    """<style>
html{font-size:clamp(16px,.72vw + 6px,20px)!important}
[data-testid=stMainBlockContainer]{padding-inline:clamp(1rem,2.4vw,3rem)}
@media (max-width:56rem){.st-key-picture_and_rail>*>[data-testid=stHorizontalBlock]{flex-wrap:wrap}
.st-key-picture_and_rail>*>[data-testid=stHorizontalBlock]>[data-testid=stColumn]{min-width:100%%}}
[data-testid=stCaptionContainer]{color:inherit!important;opacity:.8}
[data-testid=stElementContainer]{opacity:1!important;transition:none!important}
.stApp[data-test-script-state=running] [data-testid=stStatusWidget]{visibility:hidden}
[data-testid=stCode] .token{color:inherit!important}
[data-testid=stCode] .token.keyword{color:%(blue)s!important}
[data-testid=stCode] :is(.token.number,.token.string){color:%(green)s!important}
[data-testid=stCode] .token.comment{color:%(grey)s!important}
.st-key-picture_and_rail [data-testid=stColumn]:first-child>[data-testid=stVerticalBlock]:empty::before{content:"%(wait)s";
padding-block:3rem;opacity:0;animation:seen 0s 1.5s forwards}
@keyframes seen{to{opacity:1}}
%(words)s
"""
    + widget_sync.STYLE
    + "</style>"
)
_WAIT = "The first picture of its kind takes some seconds: what it needs is being compiled."
"""Stands where the picture will, if it has not come after a while."""
_INKS = {"blue": STATES["positive"], "green": STATES["kept"], "grey": STATES["negative"]}


_CODE = Choice("code", "Code for", tuple(codes.TITLES.items()))


def page(
    name: str,
    controls: Callable[[Scene], None],
    *details: Callable[[Scene], None],
    more: Callable[[Scene], None] | None = None,
    files: Callable[[], None] = lambda: None,
) -> None:
    """Draws a page: its question with the scene bar, its answer, its picture, then its other parts, and at the end the
    objects as a table, the code and the downloads.

    Args:
      name: of its entry in `canvas.pages`.
      controls: the rail beside the picture.
      details: what stands below; several where not all of it follows every change.
      more: further controls, under the picture.
      files: buttons that download its numbers; the picture is offered beside them.
    """
    navigation.ensure()
    readiness.keep_programs()
    with readiness.rerun():
        _page(PAGES[name], controls, details, more, files)


def _page(entry: Page, controls, details, more, files) -> None:
    fragments.begin(entry.name)
    st.html(
        _STYLE
        % {
            **{name: getattr(mark, theme()) for name, mark in _INKS.items()},
            "wait": _WAIT,
            "words": bundle.words(),
        }
    )
    here = scene.current()

    def its_own(now: Scene) -> bool:
        return entry.pictured(now, store.app(), store.session().own).id == now.id

    own = its_own(here)

    def picture(now: Scene) -> None:
        component.stage(entry.name, now)

    def rail_of(now: Scene) -> None:
        # A part is a container of its own: the gap of the one around it would not reach what is in it.
        with st.container(gap="xsmall"):
            controls(now)

    def of_now(draw: Callable[[Scene], None]) -> Callable[[], None]:
        def part() -> None:
            now = scene.current()
            # Undo went back to another scene, or the page shows another picture: the scene bar must follow.
            if now.photo.id != here.photo.id or (draw is picture and its_own(now) != own):
                st.rerun()
            with readiness.rerun():
                draw(now)
            if draw is picture:
                readiness.after_picture(entry.name, store.app(), now)

        return part

    def ending(now: Scene) -> None:
        if entry.edits:
            _boxes_table(entry.name, now)
        _code(entry, now)
        with expander("Download", f"{entry.name}_download") as e:
            if e.open:
                files()
                component.slot("picture")

    last = max(len(details) - 1, 0)

    def below(k: int) -> Callable[[Scene], None]:
        def content(now: Scene) -> None:
            if k == 0:
                st.divider()
            if details:
                details[k](now)
            if k == last:
                ending(now)

        return content

    awaited = keeping.ask("page")
    with st.container(gap="xsmall"):
        _header(entry, here, own, awaited)
        if awaited:
            return
        component.slot("answer", min_height=1.6)
        with st.container(key="picture_and_rail"):
            left, rail = st.columns([2.1, 1], gap="medium")
        with left:
            fragments.draw(fragments.PICTURE, of_now(picture))
        with rail:
            fragments.draw(fragments.CONTROLS, of_now(rail_of))
        if more is not None:
            fragments.draw(fragments.MORE, of_now(more))
        for k in range(last + 1):
            fragments.draw(f"{fragments.DETAILS} {k}", of_now(below(k)))
    component.photo(here)
    fragments.draw(fragments.KEPT, keeping.keep)


def _header(entry: Page, here: Scene, own: bool, awaited: bool) -> None:
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", gap="small"
    ):
        prose.title(entry.question, width="content")
        scene_bar.draw(
            entry, here, lambda: entry.pictured(scene.current(), store.app(), store.session().own), own
        )
    if here.lost and not awaited:
        prose.info(
            "The picture of this link was an upload, and uploads never leave the browser tab they were made in. Its "
            "boxes are here; open the scene menu to upload the picture again."
        )


def expander(label: str, key: str) -> st.delta_generator.DeltaGenerator:
    """A detail whose content is made only while it is open: `with layout.expander(...) as e: if e.open:`."""
    place = st.expander(label, key=key, on_change="rerun")
    if place.open:
        fragments.follow()
    return place


def _code(entry: Page, here: Scene) -> None:
    """The library calls that give exactly what the page shows, or the settings as another library's configuration."""
    with expander("Show the code", f"{entry.name}_code") as e:
        if e.open:
            if entry.script:
                widgets.draw(_CODE)
            text = entry.code(store.app(), here, store.session().own)
            st.code(text, language="python")


def _boxes_table(page_name: str, of: Scene) -> None:
    """The objects as an editable table."""
    with expander("The objects as a table", f"{page_name}_boxes") as e:
        if e.open:
            _editor(page_name, of)


def _editor(page_name: str, of: Scene) -> None:
    rows = {
        "class": [of.classes[c] for c in of.class_ids],
        **{
            name: [round(float(v), 1) for v in of.boxes[:, k]]
            for k, name in enumerate(("x1", "y1", "x2", "y2"))
        },
    }
    # A new key whenever the boxes change elsewhere: the editor then starts from them.
    key = f"{page_name}_editor_{hash(of.objects) & 0xFFFFFF}"
    limits = {"x1": of.width, "x2": of.width, "y1": of.height, "y2": of.height}
    edited = st.data_editor(
        rows,
        key=key,
        num_rows="dynamic",
        width="stretch",
        alt="Objects of the scene, editable",
        column_config={
            "class": st.column_config.TextColumn("class", required=True, max_chars=40, default="object"),
            **{
                name: st.column_config.NumberColumn(
                    name, required=True, min_value=0, max_value=limit, default=0
                )
                for name, limit in limits.items()
            },
        },
    )
    if edited == rows:
        return
    classes = list(of.classes)
    boxes, ids, wrong = [], [], []
    for n, values in enumerate(zip(*(edited[k] for k in ("class", "x1", "y1", "x2", "y2")), strict=True), 1):
        name, *box = values
        if not any(box):
            continue  # a row just begun
        if any(v is None for v in box) or box[2] <= box[0] or box[3] <= box[1]:
            wrong.append(n)
            continue
        name = boxes_io.clean_name(str(name or "object")) or "object"
        if name not in classes:
            classes.append(name)
        boxes.append(box)
        ids.append(classes.index(name))
    if wrong:
        st.error(
            f"Row {', '.join(map(str, wrong))}: x2 must be larger than x1, and y2 larger than y1. The picture waits."
        )
        return
    if len(boxes) == len(of.boxes) and all(
        list(map(float, box)) == [round(float(v), 1) for v in old] and of.classes[c] == classes[i]
        for box, old, c, i in zip(boxes, of.boxes, of.class_ids, ids, strict=True)
    ):
        return  # only rows just begun
    scene.set_objects(boxes, ids, classes)
    st.rerun()


def theme() -> str:
    """ "light" or "dark", as the visitor sees the page."""
    return st.context.theme.type or "light"
