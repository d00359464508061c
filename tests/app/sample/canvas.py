"""A components-v2 component registered when its module is imported, once per process."""

import streamlit as st

canvas = st.components.v2.component("sample_canvas", html="<p></p>", js="export default () => {}\n")
