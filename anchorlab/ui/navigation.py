"""The pages in the order of the pipeline, and the way to them."""

from __future__ import annotations

import streamlit as st

_SEEN = "anchorlab_entry"


def _navigation():
    return st.navigation(
        [
            st.Page("pages/home.py", title="Home", default=True),
            st.Page("pages/anchors.py", title="Anchors"),
            st.Page("pages/matching.py", title="Matching"),
            st.Page("pages/offsets.py", title="Offsets"),
            st.Page("pages/nms.py", title="NMS"),
            st.Page("pages/pyramid.py", title="Pyramid"),
            st.Page("pages/coverage.py", title="Coverage"),
            st.Page("pages/rosetta.py", title="Rosetta"),
        ],
        position="top",
    )


def run() -> None:
    """Runs the page the visitor asked for, under a title that tells its tab from those of the other pages."""
    page = _navigation()
    st.set_page_config(page_title=f"{page.title} · AnchorLab")
    st.session_state[_SEEN] = True
    page.run()


def ensure() -> None:
    """Sends a run that bypassed app.py back to it.

    A server's very first visitor, if they open a page by its address, gets the page's file alone: Streamlit takes a
    `pages/` folder for its older kind of multipage app until `st.navigation` has been called once.
    """
    if _SEEN not in st.session_state:
        _navigation()
        st.rerun()
