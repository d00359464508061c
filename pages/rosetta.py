"""Rosetta: which library does what?"""

import streamlit as st

from anchorlab.canvas import component
from anchorlab.canvas.views.rosetta.picture import picture
from anchorlab.canvas.views.rosetta.table import table
from anchorlab.catalogue.libraries import ALL, FIELDS
from anchorlab.catalogue.libraries.demo_scenes import DEMO_SCENES
from anchorlab.session import comparison, scene, store
from anchorlab.session.comparison import Comparison
from anchorlab.session.scene import Scene
from anchorlab.ui import layout, prose, widgets
from anchorlab.ui.panels import rosetta_answers

# Their labels stay as they are, whatever is chosen: a list whose labels change counts as chosen anew.
TITLES = {name: library.title for name, library in ALL.items()}
QUESTIONS = {name: field.option for name, field in FIELDS.items()}
SCENES = {"": "this picture"} | {name: demo.title for name, demo in DEMO_SCENES.items()}


def compared(here: Scene) -> Comparison:
    return comparison.comparison(store.app(), here, store.session().predictions)


def controls(here: Scene) -> None:
    for column, side in zip(st.columns(2, gap="small"), "ab", strict=True):
        with column:
            widgets.select(
                f"Library {side.upper()}",
                f"rosetta.{side}",
                TITLES,
                lambda name, side=side: comparison.choose_library(side, name),
                alone=True,
            )
    widgets.select(
        "Convention",
        "rosetta.convention",
        QUESTIONS,
        lambda name: comparison.choose_convention(store.app(), name),
        alone=not store.app().rosetta.case,
    )
    widgets.select("Scene", "rosetta.case", SCENES, comparison.choose_demo)
    component.slot("readout", min_height=18)


def show(here: Scene) -> None:
    now = compared(here)
    component.stage("rosetta", now.here, **picture(now))


def details(here: Scene) -> None:
    now = compared(here)
    prose.subheader("Who does what")
    prose.caption(
        "A row asks its question of the picture; ≠ marks where A and B part. A column’s name makes it B. "
        "K: the number of classes; t: the threshold; W: the image’s width. YOLO: YOLOv5, with the coder of YOLOv3."
    )
    component.slot("conventions", min_height=40, given=table())
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
            rosetta_answers.download_buttons(lambda: compared(scene.current()))
            component.slot("picture")


layout.page(
    "rosetta",
    "Same words, other boxes: which library does what?",
    picture=show,
    controls=controls,
    details=details,
    shown=lambda here: compared(here).here,
)
