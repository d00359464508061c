"""The yardstick: the least a Streamlit page can do with a control. `?kind=` says which; it writes its value."""

import streamlit as st

CONTROLS = {
    "slider": lambda: st.slider("value", 0, 1000, 100),
    "number": lambda: st.number_input("value", 0, 1000, 100, step=1),
    "list": lambda: st.multiselect("value", ["1", "2"], ["1"], accept_new_options=True),
    "switch": lambda: st.toggle("value"),
    "buttons": lambda: st.segmented_control("value", ["one", "two", "three"], default="one", required=True),
    "choice": lambda: st.selectbox("value", ["one", "two", "three"]),
}

st.title("Text only")
st.write(f"value {CONTROLS[st.query_params.get('kind', 'slider')]()}")
