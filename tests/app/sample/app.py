"""A two-page app for test_apptest.py."""

import streamlit as st

pages = [
    st.Page("pages/first.py", title="First", default=True),
    st.Page("pages/second.py", title="Second", url_path="renamed"),
]
st.navigation(pages, position="top").run()
