"""AnchorLab: run with `streamlit run app.py`. Page configuration and navigation; nothing else."""

import streamlit as st

from anchorlab.ui import navigation

st.set_page_config(
    page_title="AnchorLab", page_icon="assets/icon.svg", layout="wide", initial_sidebar_state="collapsed"
)
navigation.run()
