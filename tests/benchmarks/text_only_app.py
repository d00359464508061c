"""The yardstick: the least a Streamlit page can do with a slider."""

import streamlit as st

st.title("Text only")
st.write("value", st.slider("value", 0, 1000, 100))
