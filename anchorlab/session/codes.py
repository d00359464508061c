"""The present settings as code: this library's calls, or another library's configuration."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from anchorlab.export.recipe import Recipe, Training
from anchorlab.export.targets import TARGETS
from anchorlab.session import anchor_source, snippets
from anchorlab.session.app_state import AppState
from anchorlab.session.own import NOTHING, Own
from anchorlab.session.scene import Scene
from anchorlab.session.snippets import Script

TITLES = {
    "anchorlab": "AnchorLab",
    "torchvision": "torchvision",
    "detectron2": "detectron2",
    "mmdetection": "MMDetection",
}


def recipe(app: AppState, of: Scene, *, trains: bool = False) -> Recipe:
    """What other libraries are asked to express; `trains`: losses and sampler, too."""
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
        Training(app.losses, app.sampling) if trains else None,
    )


def code(
    script: Callable[[Script], None],
    app: AppState,
    of: Scene,
    layout: str = "",
    *,
    trains: bool = False,
    own: Own = NOTHING,
) -> str:
    """The code behind a page for the target that the app state names.

    Args:
      script: writes it for this library.
      layout: whose anchors the page shows, 'grid' or 'pyramid', whatever the app state says; "": as it says.
      trains: whether other libraries are told losses and sampler.
      own: what the visitor brought along.
    """
    if app.code == "anchorlab":
        return snippets.snippet(script, app, of, own)
    return TARGETS[app.code](recipe(replace(app, layout=layout or app.layout), of, trains=trains))
