"""The scene canvas as a test sees it: points of the picture instead of the screen, and both sides' boxes.

The browser's side is read from `anchorlabBus.stage`, the mounted canvas. Python's side is read from the address
bar: Python writes the link to its own state into every answer.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import numpy as np
from playwright.sync_api import Locator

from anchorlab import engine
from anchorlab.scenes import catalogue
from anchorlab.session import anchor_source, link, results
from anchorlab.session.app_state import AppState as State
from anchorlab.session.app_state import Objects
from tests.browser.driver import Lab

_STATE = """() => {
  const s = anchorlabBus.stage, { object, anchor, cell, prediction, partner, step, tool, stale, classes, edit, pick } = s;
  return { boxes: s.boxes.map((b) => [...b]), class_ids: [...s.boxClasses], classes, object, anchor, cell, prediction,
           partner, step, tool, stale, zoom: s.viewport.zoom, offsets: s.offsets ?? null, playing: !!s.playing, edit, pick,
           answered: s.data.edit, moved: s.viewport.moved };
}"""
_TO_SCREEN = """([x, y]) => {
  const s = anchorlabBus.stage, r = s.frame.getBoundingClientRect();
  return [r.left + s.viewport.x(x), r.top + s.viewport.y(y)];
}"""
_LABELS = """() => {
  const { labels, match, boxes, anchors, generated } = anchorlabBus.stage;
  const plain = (a) => (a ? Array.from(a) : a);
  return { boxes: boxes.map((b) => [...b]), anchors: plain(anchors), usable: plain(generated?.usable) ?? null,
           match, stale: anchorlabBus.stage.stale, rounds: labels.rounds ?? null,
           ...Object.fromEntries(["label", "gt_index", "best_iou", "reason", "best_anchor", "best_anchor_iou"]
             .map((name) => [name, plain(labels[name])])) };
}"""


class Canvas:
    """The canvas on the page of a `AppState`."""

    def __init__(self, lab: Lab):
        self.lab = lab
        self.page = lab.page

    # ---- both sides

    def seen(self) -> dict[str, Any]:
        """What the browser holds right now."""
        return self.page.evaluate(_STATE)

    def boxes(self) -> np.ndarray:
        return np.asarray(self.seen()["boxes"], np.float32).reshape(-1, 4)

    def python(self) -> State:
        """The app state as Python wrote it into the address bar, once it has answered."""
        self.answered()
        return state_of(self.page.url)

    def python_boxes(self) -> np.ndarray:
        """The boxes Python works with."""
        state = self.python()
        if state.objects is None:
            return catalogue.load_scene(state.scene).boxes
        return np.asarray(state.objects.boxes, np.float32).reshape(-1, 4)

    def labels(self) -> dict[str, Any]:
        """Labels of every anchor as they are painted, with the boxes and anchors they belong to."""
        return self.page.evaluate(_LABELS)

    def agree(self) -> np.ndarray:
        """Asserts that both sides hold the same boxes, once Python has answered; returns them."""
        self.answered()
        mine, theirs = self.boxes(), self.python_boxes()
        assert mine.shape == theirs.shape, f"browser {mine.tolist()}, Python {theirs.tolist()}"
        np.testing.assert_allclose(mine, theirs, atol=0.051)
        return mine

    # ---- acting

    @property
    def frame(self) -> Locator:
        return self.page.locator(".frame")

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the picture is on the screen."""
        return tuple(self.page.evaluate(_TO_SCREEN, [float(x), float(y)]))

    def focus(self) -> None:
        self.frame.focus()

    def press(self, *keys: str) -> None:
        """Presses keys on the canvas."""
        for key in keys:
            self.frame.press(key)

    def show(self) -> None:
        """Scrolls the picture into view."""
        self.page.evaluate("anchorlabBus.stage.frame.scrollIntoView({ block: 'center' })")

    def click(self, x: float, y: float) -> None:
        self.show()
        self.page.mouse.click(*self.at(x, y))

    def hold(self, start: tuple[float, float], *path: tuple[float, float]) -> None:
        """Presses the mouse button at a point of the picture and moves along a path, without letting go."""
        self.show()
        mouse = self.page.mouse
        mouse.move(*self.at(*start))
        mouse.down()
        for point in path:
            mouse.move(*self.at(*point), steps=3)

    def drag(self, start: tuple[float, float], *path: tuple[float, float]) -> None:
        self.hold(start, *path)
        self.page.mouse.up()

    def draw(self, x1: float, y1: float, x2: float, y2: float) -> None:
        """Draws a box with the draw tool."""
        self.tool("draw")
        self.drag((x1, y1), ((x1 + x2) / 2, (y1 + y2) / 2), (x2, y2))

    def tool(self, name: str) -> None:
        self.page.locator(f'.tools [data-tool="{name}"]').click()

    def select(self, index: int) -> None:
        """Selects an object with the keys, as `[` and `]` do."""
        self.focus()
        for _ in range(len(self.boxes()) + 1):
            if self.seen()["object"] == index:
                break
            self.press("]")
        assert self.seen()["object"] == index
        self.answered()

    def wait(self, condition: str, arg: Any = None) -> None:
        """Waits until a JavaScript expression of `s`, the canvas, and `arg` holds."""
        self.page.wait_for_function(
            f"arg => {{ const s = globalThis.anchorlabBus?.stage; return s && ({condition}); }}", arg=arg
        )

    def focused(self) -> str | None:
        """Class of the element of the canvas component that has the focus."""
        return self.page.evaluate("anchorlabBus.stage.frame.getRootNode().activeElement?.className")

    def drawn(self) -> None:
        """Waits until what changed has been painted, on the picture and beside it."""
        self.wait("s.quiet")

    def answered(self) -> None:
        """Waits until every change was sent and answered."""
        self.wait("!s.timers.size && s.data.edit >= s.edit && s.data.pick >= s.pick")
        self.lab.settled()

    def spoken(self) -> str:
        """The last words of the live region."""
        return self.page.locator(".live[role=status]").inner_text()


def state_of(url: str) -> State:
    """The app state a link describes."""
    return link.from_query(dict(parse_qsl(urlsplit(url).query, keep_blank_values=True)))


def matched(state: State, boxes: np.ndarray, width: int, height: int) -> engine.Matches:
    """The engine's labels for these boxes under an app state's settings."""
    corners = np.asarray(boxes, np.float32).reshape(-1, 4).tolist()
    objects = Objects(tuple(map(tuple, corners)), (0,) * len(corners), ("object",))
    how = anchor_source.of(state, height, width)
    return results.matches(how, height, width, objects, state.matching.spec)
