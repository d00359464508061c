"""Rosetta: which library does what?"""

import streamlit as st

from anchorlab.ui import canvas, layout, prose, readiness, scene, state, widgets
from anchorlab.ui.rosetta import ahead, answers, picture, words
from anchorlab.ui.rosetta.asked import Asked, asked
from anchorlab.ui.rosetta.libraries import TITLES
from anchorlab.ui.scene import Scene


def ask(here: Scene) -> Asked:
    return asked(state.lab(), here, state.session().predictions)


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
        lambda name: words.choose_convention(state.lab(), name),
        alone=not state.lab().rosetta.case,
    )
    widgets.select("Scene", "rosetta.case", words.SCENES, words.choose_case)
    canvas.slot("readout", min_height=18)


def show(here: Scene) -> None:
    now = ask(here)
    canvas.stage("rosetta", now.here, **picture.picture(now))


def details(here: Scene) -> None:
    now = ask(here)
    prose.subheader("Who does what")
    prose.caption(
        "A row asks its question of the picture; ≠ marks where A and B part. A column’s name makes it B. "
        "K: the number of classes; t: the threshold; W: the image’s width. YOLO: YOLOv5, with the coder of YOLOv3."
    )
    canvas.slot("conventions", min_height=40, given=words.table())
    prose.subheader("What each answers here")
    answers.table(now)
    answers.adopt(now)
    answers.further(now)
    with layout.expander("One box, three frames", "rosetta_frames") as e:
        if e.open:
            canvas.slot("frames", min_height=10)
    layout.boxes_table("rosetta", here)
    answers.code(now)
    with layout.expander("Download", "rosetta_download") as e:
        if e.open:
            answers.download_buttons(lambda: ask(scene.current()))
            canvas.slot("picture")
    canvas.ahead("choices", ahead.pictures(now, here))


layout.page(
    "rosetta",
    "Same words, other boxes: which library does what?",
    picture=show,
    controls=controls,
    details=details,
    shown=lambda here: ask(here).here,
)
if readiness.loaded(readiness.CASES):
    canvas.ahead("cases", ahead.cases())
