"""The script with which somebody asks a real detector, where torchvision is."""

import streamlit as st

from anchorlab.canvas.views import nms
from anchorlab.export.pretrained import file_name, script
from anchorlab.session import store
from anchorlab.ui import prose, widgets


def draw() -> None:
    """Which detector, its script, and what becomes of its file."""
    name = store.app().pretrained
    prose.markdown(
        f"Run this where torchvision is installed. It writes **{file_name(name)}**: your photo, and every box that the "
        "detector gives its own suppression. Drop that file where predictions or pictures are uploaded: the photo "
        "becomes the scene, and its thousands of boxes are played here."
    )
    widgets.draw(nms.PRETRAINED)
    st.code(script(name), language="python")
