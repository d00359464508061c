"""Streamlit's text, with the field's terms marked: `prose.caption(text)` for `st.caption(text)`, and so on."""

from __future__ import annotations

from typing import Any

import streamlit as st

from anchorlab.catalogue.glossary import marked


def title(text: str, **kwargs: Any) -> None:
    st.title(marked(text), anchor=False, **kwargs)


def subheader(text: str, **kwargs: Any) -> None:
    st.subheader(marked(text), anchor=False, **kwargs)


def markdown(text: str) -> None:
    st.markdown(marked(text))


def caption(text: str) -> None:
    st.caption(marked(text))


def info(text: str, **kwargs: Any) -> None:
    st.info(marked(text), **kwargs)
