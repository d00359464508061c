"""The table of all pages' controls: sent to the browser once, and the values of a page's own with every message."""

from __future__ import annotations

from typing import Any

from anchorlab.canvas.pages import PAGES
from anchorlab.catalogue import controls
from anchorlab.session.app_state import AppState


def table() -> dict[str, dict[str, Any]]:
    """{page: {key of a widget: what the browser is told of its control}}."""
    return {
        page.name: {controls.key(control): controls.told(control) for control in page.controls}
        for page in PAGES.values()
        if page.controls
    }


def settings(page: str, app: AppState) -> dict[str, Any]:
    """{path: value} of a page's controls."""
    found: dict[str, Any] = {}
    for control in PAGES[page].controls:
        found |= controls.settings(control, controls.value(control, app))
    return found
