"""The way to the pages."""

from __future__ import annotations

import streamlit as st

from anchorlab.canvas.pages import PAGES

_SEEN = "anchorlab_entry"


def _navigation():
    return st.navigation(
        [
            st.Page(f"pages/{page.name}.py", title=page.title, default=page.name == "home")
            for page in PAGES.values()
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
