import streamlit as st

st.title("First")
st.slider("a", 0, 10, 3, key="first_a", bind="query-params")
