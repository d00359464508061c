"""The detector as a file that other programs run."""

from __future__ import annotations

import streamlit as st

from anchorlab.detector import as_onnx, exports
from anchorlab.detector.exports import Export
from anchorlab.session import store
from anchorlab.settings.deployment import FULL
from anchorlab.ui import downloads, prose

CONVENTIONS = """
| | our engine | ONNX’s NonMaxSuppression in onnxruntime |
|---|---|---|
| corners of a box | x1, y1, x2, y2 | y1, x1, y2, x2, or centre and size: the same overlaps, as the picture is only turned over |
| who suppresses whom | the same class, or any | the same class, always |
| an IoU equal to the threshold | stays, or suppresses | stays |
| a score equal to the threshold | takes part | takes no part |
| at most | the best k take part | so many are left of each class; none if nothing is said |
| comes out | boxes, best first | places of boxes, class by class |
"""


def draw() -> None:
    """What the file is, and either how to get it or what it takes."""
    prose.markdown(
        "**ONNX** is the format that most engines on small machines read. The file holds the network that comes with the app, "
        "its anchors, their decoding and the suppression: it takes a picture of 96 × 96 pixels (`picture`) and gives `scores`, `boxes` "
        "and `kept`, the places of those that are left. Weights of few bits are stored in 8 bits, from four on down in 4, with their steps."
    )
    asked = store.app().deployment.weights
    export = exports.known(asked)
    if export is not None and export.content is not None:
        _made(export)
    elif export is not None and export.running:
        _wait(export)
    elif exports.available():
        if export is not None:
            st.error(export.error)
        weights = "as trained" if asked.bits == FULL else f"of {asked.bits} bits"
        st.button(f"Write the file, weights {weights}", key="write_onnx", on_click=exports.ask, args=(asked,))
    else:
        prose.markdown(
            "Three packages write and check it, which this server does not have; about 360 MB with what they bring. Install them in "
            "AnchorLab’s folder and start again:"
        )
        st.code("pip install -r requirements-onnx.txt", language="bash")
    prose.markdown(
        "The suppression in the file is ONNX’s own operator, whose conventions differ:" + "\n" + CONVENTIONS
    )
    prose.caption(
        "NNEF, Khronos’s text format for the same purpose, is still at version 1.0 of 2018, last revised in 2022; its tools go on as "
        "SkriptND. Network, anchors and decoding could be written in it. What would be lost is `kept`: it has no operation that "
        "suppresses, nor one that takes rows by their places, so that NMS would be left to whoever reads the file."
    )


@st.fragment(run_every=1.0)
def _wait(export: Export) -> None:
    """Says that it is being made, and looks every second whether it is."""
    if not export.running:
        st.rerun()
    prose.caption(
        f"Writing the file and running it: {export.seconds:.0f} s. The first one takes longest, up to a minute."
    )


def _made(export: Export) -> None:
    scores, boxes = (max(getattr(one, name) for one in export.compared) for name in ("scores", "boxes"))
    same = sum(one.same for one in export.compared)
    left = sum(one.theirs for one in export.compared)
    prose.markdown(
        f"Run in onnxruntime on the {len(export.compared)} built-in pictures: scores differ from JAX’s by **{_short(scores)}** at most, "
        f"boxes by **{_short(boxes)}** of a pixel. NonMaxSuppression (IoU {as_onnx.SUPPRESSION.iou_threshold}, score "
        f"{as_onnx.SUPPRESSION.score_threshold}) leaves {left} boxes, the same as our engine on **{same} of "
        f"{len(export.compared)}** pictures."
    )
    bits = export.asked.bits
    downloads.button(
        f"Detector ({len(export.content) / 1000:.0f} kB, ONNX)",
        lambda: export.content,
        f"anchorlab-detector-{bits}-bits.onnx",
        "application/octet-stream",
        key="download_onnx",
    )


def _short(value: float) -> str:
    """In two digits: 0.000031."""
    return f"{value:.7f}".rstrip("0") if value < 1 else f"{value:.1f}"
