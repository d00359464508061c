"""The methods of suppression, one file each. What pages offer, draw, compare, export and compile ahead is derived from
`METHODS`; CONTRIBUTING.md has the recipe for another one."""

from __future__ import annotations

from anchorlab.catalogue.suppression import diou, fusion, gaussian, hard, linear, matrix
from anchorlab.catalogue.suppression.method import Method
from anchorlab.engine import Detections
from anchorlab.engine.played import Played
from anchorlab.settings.suppression import Suppression

METHODS: dict[str, Method] = {
    entry.METHOD.name: entry.METHOD for entry in (hard, diou, linear, gaussian, matrix, fusion)
}
"""By name, in the order in which pages list them."""


def play(found: Detections, s: Suppression) -> Played:
    """What the chosen method makes of predictions."""
    return METHODS[s.method].play(found, s)
