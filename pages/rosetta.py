"""Rosetta: which library does what?"""

import streamlit as st

from anchorlab.canvas import component
from anchorlab.canvas.views.rosetta.controls import CONVENTION, LIBRARY_A, LIBRARY_B, SCENE
from anchorlab.canvas.views.rosetta.table import table
from anchorlab.session import comparison, scene, store
from anchorlab.session.comparison import Comparison
from anchorlab.session.scene import Scene
from anchorlab.ui import layout, prose, widgets
from anchorlab.ui.panels import rosetta_answers


def compared(here: Scene) -> Comparison:
    return comparison.comparison(store.app(), here, store.session().own)


def lists(here: Scene) -> None:
    widgets.beside(LIBRARY_A, LIBRARY_B)
    widgets.draw(CONVENTION)
    widgets.draw(SCENE)
    component.slot("readout", min_height=18)


def conventions(here: Scene) -> None:
    st.divider()
    prose.subheader("Who does what")
    prose.caption(
        "A row asks its question of the picture; ≠ marks where A and B part. A column’s name makes it B. "
        "K: the number of classes; t: the threshold; W: the image’s width. YOLO: YOLOv5, with the coder of YOLOv3."
    )
    component.slot("conventions", min_height=40, given=table())


def answers(here: Scene) -> None:
    now = compared(here)
    prose.subheader("What each answers here")
    rosetta_answers.table(now)
    rosetta_answers.adopt(now)
    rosetta_answers.further(now)


def details(here: Scene) -> None:
    with layout.expander("One box, three frames", "rosetta_frames") as e:
        if e.open:
            component.slot("frames", min_height=10)


def files() -> None:
    rosetta_answers.download_buttons(lambda: compared(scene.current()))


layout.page("rosetta", lists, conventions, answers, details, files=files)
