"""The coders of boxes: everything that is to be said of one stands in its file."""

from __future__ import annotations

from anchorlab.catalogue.coders.cell import CELL
from anchorlab.catalogue.coders.center import CENTER
from anchorlab.catalogue.coders.coder import Coder
from anchorlab.catalogue.coders.corner import CORNER
from anchorlab.settings.coding import CoderSpec

CODERS: dict[str, Coder] = {coder.name: coder for coder in (CENTER, CORNER, CELL)}
"""In the order in which pages show them."""


def coder_of(spec: CoderSpec) -> Coder:
    """The coder that these settings choose."""
    return CODERS[spec.kind]
