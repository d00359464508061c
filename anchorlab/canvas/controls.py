"""The table of all pages' controls: sent to the browser once, and the values of a page's own with every message."""

from __future__ import annotations

from typing import Any

from anchorlab.canvas.views import anchors, coverage, matching, nms, offsets, pyramid
from anchorlab.catalogue import controls
from anchorlab.catalogue.controls import Control
from anchorlab.session.app_state import AppState

OF_PAGE: dict[str, tuple[Control, ...]] = {
    "anchors": anchors.CONTROLS,
    "coverage": coverage.CONTROLS,
    "matching": matching.CONTROLS,
    "nms": nms.CONTROLS,
    "offsets": offsets.CONTROLS,
    "pyramid": pyramid.CONTROLS,
}


def table() -> dict[str, dict[str, Any]]:
    """{page: {key of a widget: what the browser is told of its control}}."""
    return {
        page: {controls.key(control): controls.told(control) for control in of_page}
        for page, of_page in OF_PAGE.items()
    }


def settings(page: str, app: AppState) -> dict[str, Any]:
    """{path: value} of a page's controls."""
    found: dict[str, Any] = {}
    for control in OF_PAGE.get(page, ()):
        found |= controls.settings(control, controls.value(control, app))
    return found
