"""Streamlit glue: the scene canvas, session state and links, widgets bound to settings, page layout."""
