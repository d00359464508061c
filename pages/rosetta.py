"""Rosetta: which library does what?"""

import streamlit as st

from anchorlab.ui import canvas, layout, rosetta, rosetta_answers, rosetta_words, state, widgets
from anchorlab.ui.libraries import TITLES
from anchorlab.ui.scene import Scene


def ask(here: Scene) -> rosetta.Asked:
    return rosetta.asked(state.lab(), here, state.session().predictions)


def controls(here: Scene) -> None:
    left, right = st.columns(2, gap="small")
    with left:
        widgets.select(
            "Library A", "rosetta.a", TITLES, lambda name: rosetta_words.choose_library("a", name), alone=True
        )
    with right:
        widgets.select(
            "Library B", "rosetta.b", TITLES, lambda name: rosetta_words.choose_library("b", name), alone=True
        )
    widgets.select(
        "Convention",
        "rosetta.convention",
        rosetta_words.QUESTIONS,
        lambda name: rosetta_words.choose_convention(state.lab(), name),
        alone=not state.lab().rosetta.case,
    )
    widgets.select("Scene", "rosetta.case", rosetta_words.SCENES, rosetta_words.choose_case)
    canvas.slot("readout", min_height=14)


def picture(here: Scene) -> None:
    asked = ask(here)
    if asked.case:
        canvas.photo(asked.here, key="case_photo")
    canvas.stage("rosetta", asked.here, **rosetta.picture(asked))


def details(here: Scene) -> None:
    asked = ask(here)
    st.subheader("Who does what", anchor=False)
    st.caption(
        "A row asks its question of the picture; ≠ marks where A and B part. A column’s name makes it B. "
        "K: the number of classes; t: the threshold; W: the image’s width."
    )
    canvas.slot("conventions", min_height=40)
    st.subheader("What each answers here", anchor=False)
    rosetta_answers.table(asked)
    rosetta_answers.adopt(asked)
    rosetta_answers.further(asked)
    with layout.expander("One box, three frames", "rosetta_frames") as e:
        if e.open:
            canvas.slot("frames", min_height=10)
    layout.boxes_table("rosetta", here)
    rosetta_answers.code(asked)
    with layout.expander("Download", "rosetta_download") as e:
        if e.open:
            rosetta_answers.downloads(asked)
            canvas.slot("picture")


layout.page(
    "rosetta",
    "Same words, other boxes: which library does what?",
    picture=picture,
    controls=controls,
    details=details,
)
