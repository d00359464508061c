"""A small app the driver's own tests drive: fast and slow reruns, a fragment, a page, an exception on demand."""

import time

import streamlit as st


def first() -> None:
    st.title("First")
    st.write("value", st.slider("fast", 0, 1000, 3, key="fast"))
    if st.toggle("slow", key="slow"):
        time.sleep(0.3)
        st.write("slow done")
    fragment()
    if st.button("fail"):
        raise ValueError("asked for")
    if st.button("rerun twice"):
        st.session_state.left = 2
    if st.session_state.get("left", 0):
        st.session_state.left -= 1
        st.rerun()
    st.write("left", st.session_state.get("left", 0))


@st.fragment
def fragment() -> None:
    st.write("inner", st.slider("inner", 0, 1000, 3, key="inner"))


def second() -> None:
    st.title("Second")


st.set_page_config(page_title="Stub", page_icon="assets/icon.svg", layout="wide")
pages = [st.Page(first, title="First", default=True), st.Page(second, title="Second", url_path="second")]
st.navigation(pages, position="top").run()
