"""Home: the whole story on one picture in five small steps, computed from the current scene."""

import streamlit as st

from anchorlab.canvas import component
from anchorlab.canvas.views import home
from anchorlab.catalogue import glossary
from anchorlab.session import store
from anchorlab.session.scene import Scene
from anchorlab.ui import layout, prose, widgets
from anchorlab.ui.panels import trained


def controls(here: Scene) -> None:
    component.slot("steps", min_height=36)


def details(here: Scene) -> None:
    first, second, third = st.columns(3, gap="medium")
    with first:
        prose.subheader("What is an anchor?")
        prose.markdown(
            "A box of fixed size and shape, generated at every cell of a grid before anything is seen. A detector "
            "never invents a box: it scores these and corrects the good ones."
        )
        st.page_link("pages/anchors.py", label="Which boxes does every cell try?")
    with second:
        prose.subheader("What does the network learn?")
        prose.markdown(
            "Matching tells each anchor what to say: this object, “background”, or nothing. Offsets turn “this "
            "object” into four numbers near zero."
        )
        st.page_link("pages/matching.py", label="Which anchors learn from which object?")
        st.page_link("pages/offsets.py", label="What must the network say?")
    with third:
        prose.subheader("Why so many, then so few?")
        prose.markdown(
            "Many anchors find the same object, and each predicts it. Suppression keeps the best and suppresses "
            "its doubles, round by round."
        )
        st.page_link("pages/nms.py", label="Which boxes say the same thing twice?")
        widgets.draw(home.PREDICTIONS)
        if home.trained(store.app()):
            trained.weights()
    prose.caption(
        "Everything here is computed from the picture above. Predictions are simulated, from the anchors that fit; or "
        "a small detector looks at the picture, which was trained to find ellipses, rectangles and triangles."
    )
    with layout.expander("Words: what the terms mean", "home_words") as e:
        if e.open:
            st.markdown(glossary.listed())


layout.page("home", controls, details)
