"""Streamlit alone: the anatomy of a page, its widgets, and what runs again when one moves."""
