import streamlit as st

from tests.app.sample.canvas import canvas


def on_boxes() -> None:
    st.session_state.saved = st.session_state.second_canvas["boxes"]


def on_selected() -> None:
    st.session_state.chosen = st.session_state.second_canvas["selected"]


@st.fragment
def fragment() -> None:
    result = canvas(
        key="second_canvas",
        data={"n": st.slider("n", 0, 10, 3, key="second_n")},
        default={"boxes": [1, 2]},
        on_boxes_change=on_boxes,
        on_selected_change=on_selected,
    )
    st.text(f"boxes {result.boxes} selected {result.selected}")


st.title("Second")
fragment()
if st.button("fail"):
    raise ValueError("asked for")
