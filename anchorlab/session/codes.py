"""The present settings as code: this library's calls, or another library's configuration."""

from __future__ import annotations

from dataclasses import replace

from anchorlab.export.recipe import Recipe
from anchorlab.export.targets import TARGETS
from anchorlab.session import anchor_source, snippets
from anchorlab.session.app_state import AppState
from anchorlab.session.scene import Scene

TITLES = {
    "anchorlab": "AnchorLab",
    "torchvision": "torchvision",
    "detectron2": "detectron2",
    "mmdetection": "MMDetection",
}


def recipe(app: AppState, of: Scene) -> Recipe:
    """What other libraries are asked to express."""
    source = anchor_source.of(app, of.height, of.width)
    anchors = app.anchors if app.layout == "grid" else source.spec
    height, width = source.frame(of.height, of.width)
    return Recipe(
        anchors,
        app.matching.spec,
        app.coder,
        app.suppression,
        height,
        width,
        max(1, len(of.classes)),
    )


def code(page: str, app: AppState, of: Scene) -> str:
    """The code of a page for the target that the app state names."""
    if app.code == "anchorlab":
        return snippets.snippet(page, app, of)
    # Two pages show their own anchors, whatever the others use.
    shown = {"anchors": "grid", "pyramid": "pyramid"}.get(page, app.layout)
    return TARGETS[app.code](recipe(replace(app, layout=shown), of))
