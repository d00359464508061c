"""Rosetta: which library does what?"""

import streamlit as st

from anchorlab.canvas import component
from anchorlab.canvas.rosetta import ahead, picture, words
from anchorlab.canvas.rosetta.asked import Asked, asked
from anchorlab.canvas.rosetta.libraries import TITLES
from anchorlab.session import in_memory, scene, store
from anchorlab.session.scene import Scene
from anchorlab.ui import layout, prose, readiness, widgets
from anchorlab.ui.panels import rosetta_answers


def ask(here: Scene) -> Asked:
    return asked(store.app(), here, store.session().predictions)


def controls(here: Scene) -> None:
    left, right = st.columns(2, gap="small")
    with left:
        widgets.select(
            "Library A", "rosetta.a", TITLES, lambda name: words.choose_library("a", name), alone=True
        )
    with right:
        widgets.select(
            "Library B", "rosetta.b", TITLES, lambda name: words.choose_library("b", name), alone=True
        )
    widgets.select(
        "Convention",
        "rosetta.convention",
        words.QUESTIONS,
        lambda name: words.choose_convention(store.app(), name),
        alone=not store.app().rosetta.case,
    )
    widgets.select("Scene", "rosetta.case", words.SCENES, words.choose_case)
    component.slot("readout", min_height=18)


def show(here: Scene) -> None:
    now = ask(here)
    component.stage("rosetta", now.here, **picture.picture(now))


def details(here: Scene) -> None:
    now = ask(here)
    prose.subheader("Who does what")
    prose.caption(
        "A row asks its question of the picture; ≠ marks where A and B part. A column’s name makes it B. "
        "K: the number of classes; t: the threshold; W: the image’s width. YOLO: YOLOv5, with the coder of YOLOv3."
    )
    component.slot("conventions", min_height=40, given=words.table())
    prose.subheader("What each answers here")
    rosetta_answers.table(now)
    rosetta_answers.adopt(now)
    rosetta_answers.further(now)
    with layout.expander("One box, three frames", "rosetta_frames") as e:
        if e.open:
            component.slot("frames", min_height=10)
    layout.boxes_table("rosetta", here)
    rosetta_answers.code(now)
    with layout.expander("Download", "rosetta_download") as e:
        if e.open:
            rosetta_answers.download_buttons(lambda: ask(scene.current()))
            component.slot("picture")
    component.ahead("choices", ahead.pictures(now, here))


layout.page(
    "rosetta",
    "Same words, other boxes: which library does what?",
    picture=show,
    controls=controls,
    details=details,
    shown=lambda here: ask(here).here,
)
if in_memory.loaded(readiness.CASES):
    component.ahead("cases", ahead.cases())
