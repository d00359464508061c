"""The present settings as code: this library's calls, or another library's configuration."""

from __future__ import annotations

from dataclasses import replace

from anchorlab import export
from anchorlab.export import Recipe, Suppression
from anchorlab.specs import AnchorSpec
from anchorlab.ui import laying, snippets
from anchorlab.ui.lab import Lab
from anchorlab.ui.scene import Scene

TITLES = {
    "anchorlab": "AnchorLab",
    "torchvision": "torchvision",
    "detectron2": "detectron2",
    "mmdetection": "MMDetection",
}


def recipe(lab: Lab, of: Scene) -> Recipe:
    """What other libraries are asked to express."""
    how = laying.of(lab, of.height, of.width)
    if isinstance(how, AnchorSpec):
        anchors, (height, width) = how, (of.height, of.width)
    else:
        anchors, (height, width) = how.spec, how.frame(of.height, of.width)
    method = lab.method
    suppression = Suppression(method.name, method.sigma, method.kernel, method.matrix_sigma, method.score)
    return Recipe(
        anchors,
        lab.match,
        lab.assign,
        lab.coder,
        lab.nms,
        suppression,
        height,
        width,
        max(1, len(of.classes)),
    )


def code(page: str, lab: Lab, of: Scene) -> str:
    """The code of a page for the target that the lab names."""
    if lab.code == "anchorlab":
        return snippets.snippet(page, lab, of)
    # Two pages show their own anchors, whatever the others use.
    shown = {"anchors": "grid", "pyramid": "pyramid"}.get(page, lab.layout)
    return export.TARGETS[lab.code](recipe(replace(lab, layout=shown), of))
