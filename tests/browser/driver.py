"""Starts the app on a free port and drives it in Chromium: the `AppState` of the browser tests and benchmarks.

How it waits: `wire.js` counts the frames on Streamlit's socket, so `expect_rerun()` cannot miss a rerun and
`settled()` cannot come too early. Nothing here sleeps for a fixed time.

How it judges: a `AppState` writes down every console error, failed request, request to another host (which is
blocked), exception box and server-side traceback; `AppState.check()` (called when a test ends) fails on any of them.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright

from tests.places import APP, PAGES, ROOT

ARTIFACTS = ROOT / "artifacts"
WIRE = (Path(__file__).parent / "wire.js").read_text()
SEEN = (Path(__file__).parent / "seen.js").read_text()
"""A script for the page: what is seen of the canvas, to be compared with what is seen of it later."""

# laptop, projector, phone
VIEWPORTS = {"laptop": (1366, 768), "projector": (1920, 1080), "phone": (390, 844)}

CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Nothing but the app can be reached, whatever a page asks for (and what it asks for is noted below).
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]
BASE_PATH_PROBE = re.compile(r"^http://[^/]+/[^/]+/_stcore/(health|host-config)$")
"""Opened at /page, Streamlit's front end first asks whether the server lives below /page, and is told 404. Chromium
reports that as an error, but it is how Streamlit finds its base path; no setting avoids it."""


def chromium_path() -> str | None:
    """The system's Chromium: $CHROMIUM, or the first of the usual names on the path; None without one. The one that has
    no window and no menus is first: it opens a page in half the time."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    names = (os.environ.get("CHROMIUM"), *names)
    return next((found for name in names if name and (found := shutil.which(name))), None)


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A Streamlit server of this repository, with this repository's .streamlit/config.toml.

    Args:
      script: what `streamlit run` gets.
      options: further command line options.
      environment: variables that differ from this process's; None: it is not there.
    """

    def __init__(self, script: Path = APP, *options: str, **environment: str | None):
        self.url = f"http://127.0.0.1:{free_port()}"
        self.log = Path(tempfile.mkstemp(suffix=".log", prefix="streamlit-")[1])
        port = self.url.rsplit(":", 1)[1]
        command = [sys.executable, "-m", "streamlit", "run", str(script)]
        command += ["--server.port", port, "--server.address", "127.0.0.1", "--server.headless", "true"]
        # As people start it: it keeps all that it compiles.
        unlike = {"PYTHONUNBUFFERED": "1", "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": None, **environment}
        variables = {"JAX_PLATFORMS": "cpu", **os.environ, **unlike}
        variables = {name: value for name, value in variables.items() if value is not None}
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [*command, *options], cwd=ROOT, env=variables, stdout=log, stderr=subprocess.STDOUT
            )
        self._wait_until_healthy()

    def _wait_until_healthy(self, timeout: float = 60) -> None:
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended at once:\n{self.log.read_text()[-3000:]}")
            try:
                with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1):
                    return
            except OSError:
                time.sleep(0.05)
        self.stop()
        raise RuntimeError(f"the server was not healthy after {timeout} s:\n{self.log.read_text()[-3000:]}")

    def resident_bytes(self) -> int:
        """Resident memory of the server process (Linux)."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def stop(self) -> None:
        """Ends the server; its log stays readable until then."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.log.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


@contextmanager
def open_browser(executable: str | None = None) -> Iterator[Chromium]:
    """The system's Chromium, headless."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable or chromium_path(), headless=True, args=CHROMIUM_ARGS
        )
        try:
            yield Chromium(browser)
        finally:
            browser.close()


class Chromium:
    """An open Chromium, and its windows: visitors with the same kind of screen share one, each with a tab of their own.

    What a tab keeps for itself (its session with the server, its storage) is each visitor's own; what has been fetched
    once is there for all, which spares each the greater part of a second.
    """

    def __init__(self, browser: Browser):
        self._browser = browser
        self._windows: dict[str, BrowserContext] = {}

    def tab(self, origin: str, **how: object) -> Page:
        """A new tab, alone in what it remembers: of earlier visitors nothing is left but files that do not change.

        Args:
          origin: where it will go.
          how: what `Browser.new_context` takes of screens.
        """
        window = self._windows.get(repr(how))
        if window is None:
            window = self._windows[repr(how)] = self._browser.new_context(**how)
            window.set_default_timeout(10_000)
            window.set_default_navigation_timeout(30_000)
            window.add_init_script(WIRE)
        alone = not window.pages
        page = window.new_page()
        if alone:
            window.clear_cookies()
            window.clear_permissions()
            forget = {"origin": origin, "storageTypes": "local_storage"}
            window.new_cdp_session(page).send("Storage.clearDataForOrigin", forget)
        return page


class Lab:
    """One visitor: a tab on a server.

    Args:
      browser: an open Chromium.
      server: what it visits.
      scheme: "light" or "dark", what the visitor's system prefers.
      viewport: (width, height) in CSS pixels, or a key of VIEWPORTS.
      motion: "no-preference" or "reduce".
      touch: a touch screen (and a mobile browser) instead of a mouse.
      zoom: device pixels per CSS pixel.
    """

    def __init__(
        self,
        browser: Chromium,
        server: Server,
        *,
        scheme: str = "light",
        viewport: str | tuple[int, int] = "laptop",
        motion: str = "no-preference",
        touch: bool = False,
        zoom: float = 1,
    ):
        width, height = _size(viewport)
        self.server = server
        self.problems: list[str] = []
        self._allowed: list[re.Pattern[str]] = []
        self._log_start = server.log.stat().st_size
        self.page: Page = browser.tab(
            server.url,
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            reduced_motion=motion,
            has_touch=touch,
            is_mobile=touch,
            device_scale_factor=zoom,
        )
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self._note(f"page error: {error}"))
        self.page.on("request", self._on_request)
        self.page.on("requestfailed", self._on_request_failed)
        self.page.on("websocket", lambda ws: self._is_foreign(ws.url) and self._note(f"foreign: {ws.url}"))

    # ---- going somewhere and waiting ----

    def goto(self, page: str = "home", query: str = "", *, canvas: bool = False) -> Lab:
        """Opens a page (a key of PAGES, or a path) by its address and waits until it has settled.

        Args:
          query: the query string, without "?".
          canvas: also wait until the canvas has painted.
        """
        path = PAGES.get(page, page)
        self.page.goto(f"{self.server.url}{path}{'?' + query if query else ''}")
        self.settled()
        if canvas:
            self.painted()
        return self

    def turn_to(self, page: str) -> Lab:
        """Goes on to another page by its link at the top, with the exercise as it is, and waits for its picture."""
        turn = """address => {
          if (location.pathname === address) return false;
          [...document.querySelectorAll('a[href]')].find((a) => new URL(a.href).pathname === address).click();
          return true;
        }"""
        paints, before = self.paints(), self.reruns()
        if self.page.evaluate(turn, PAGES[page]):  # on a phone the link is in the menu
            self.page.wait_for_function("n => window.__wire.sent > n", arg=before)
            self.settled()
            self.painted(more_than=paints)
        return self

    def resize(self, viewport: str | tuple[int, int]) -> None:
        """Makes the window of another size, as for `AppState`, and waits until the page has settled in it."""
        width, height = _size(viewport)
        self.page.set_viewport_size({"width": width, "height": height})
        self.settled()

    def settled(self, *, quiet: int = 80, timeout: int = 30_000) -> None:
        """Waits until every request for a rerun is answered, nothing is stale and all was quiet for `quiet` ms."""
        self.page.wait_for_function("quiet => window.__settled?.(quiet)", arg=quiet, timeout=timeout)
        self._written(timeout)

    def _written(self, timeout: int) -> None:
        """Waits until the canvas has also written what follows its picture: legend, tables, address."""
        self.page.wait_for_function(
            "() => !window.anchorlabBus?.stage || anchorlabBus.stage.quiet !== false", timeout=timeout
        )

    @contextmanager
    def expect_rerun(self, *, quiet: int = 80, timeout: int = 30_000) -> Iterator[None]:
        """Around an action that must make Python run: waits for the request, then until it has settled."""
        before = self.reruns()
        yield
        self.page.wait_for_function("n => window.__wire.sent > n", arg=before, timeout=timeout)
        self.settled(quiet=quiet, timeout=timeout)

    @contextmanager
    def expect_no_rerun(self, *, wait: int = 400) -> Iterator[None]:
        """Around an action the browser must answer alone: fails if it made Python run within `wait` ms."""
        before = self.reruns()
        yield
        self.page.wait_for_timeout(wait)
        assert self.reruns() == before, f"{self.reruns() - before} rerun(s) where none was expected"

    def reruns(self) -> int:
        """How many reruns this page has asked for since it was loaded."""
        return self.page.evaluate("window.__wire.sent")

    def rerun_ms(self) -> float:
        """Of the last rerun: request sent to "script finished" received, in ms of the page's clock."""
        return self.page.evaluate("window.__wire.runs.at(-1)")

    def painted(self, *, more_than: int = 0, timeout: int = 30_000) -> dict:
        """Waits until the canvas has painted more than that many times; its last event: page, serial, at (ms)."""
        self.page.wait_for_function("n => window.__wire.painted.length > n", arg=more_than, timeout=timeout)
        self._written(timeout)
        return self.page.evaluate("window.__wire.painted.at(-1)")

    def paints(self) -> int:
        """How many times the canvas has painted news from Python since the page was loaded."""
        return self.page.evaluate("window.__wire.painted.length")

    # ---- looking ----

    def axe(
        self, *, impact: tuple[str, ...] = ("serious", "critical"), exclude: tuple[str, ...] = ()
    ) -> list[str]:
        """Violations axe-core finds in the page, open shadow roots included, as "impact rule: help (where)".

        The script comes from the installed package, not from the network.
        """
        from axe_playwright_python.sync_playwright import Axe

        context = {"exclude": [[css] for css in exclude]} if exclude else None
        found = Axe().run(self.page, context=context).response["violations"]
        return [
            f"{v['impact']} {v['id']}: {v['help']} ({'; '.join(str(n['target']) for n in v['nodes'][:4])})"
            for v in found
            if v["impact"] in impact
        ]

    def overflowing(self) -> list[str]:
        """What makes the page scroll sideways: the document, Streamlit's main area, or the widest elements in it."""
        return self.page.evaluate(
            """() => {
              const name = e => e.tagName.toLowerCase() + (e.dataset.testid ? `[${e.dataset.testid}]` : '');
              const areas = [document.documentElement, ...document.querySelectorAll('[data-testid="stMain"]')];
              const wide = areas.filter(e => e.scrollWidth > e.clientWidth + 1);
              if (!wide.length) return [];
              const inside = [...document.querySelectorAll('[data-testid="stMain"] *')]
                .filter(e => e.getBoundingClientRect().right > innerWidth + 1).slice(0, 8);
              return [...wide, ...inside].map(
                e => `${name(e)} ${Math.round(e.getBoundingClientRect().right)} > ${innerWidth}, scrolls ${e.scrollWidth}`);
            }"""
        )

    def shot(self, name: str) -> Path:
        """Saves a picture of the page under artifacts/ and returns where."""
        ARTIFACTS.mkdir(exist_ok=True)
        path = ARTIFACTS / f"{re.sub(r'[^A-Za-z0-9_.-]+', '-', name)}.png"
        self.page.screenshot(path=path)
        return path

    # ---- judging ----

    def allow(self, pattern: str) -> None:
        """This test provokes problems whose text matches `pattern` (a regular expression): do not fail on them."""
        self._allowed.append(re.compile(pattern))

    def check(self) -> None:
        """Fails on anything that went wrong since this visitor came."""
        if not self.page.is_closed():
            boxes = self.page.locator('[data-testid="stException"], .stException')
            self.problems += [f"exception box: {text[:500]}" for text in boxes.all_inner_texts()]
        with self.server.log.open() as log:
            log.seek(self._log_start)
            said = log.read()
        if "Traceback (most recent call last)" in said or "Uncaught app" in said:
            self.problems.append(f"the server logged an exception:\n{said[-4000:]}")
        left = [p for p in self.problems if not any(a.search(p) for a in self._allowed)]
        assert not left, "\n".join(left)

    def close(self) -> None:
        if not self.page.is_closed():
            self.page.close()

    def _is_foreign(self, url: str) -> bool:
        here = self.server.url.split("://", 1)[1]
        scheme, _, rest = url.partition("://")
        return scheme in ("http", "https", "ws", "wss") and rest.partition("/")[0] != here

    def _note(self, problem: str) -> None:
        self.problems.append(problem)

    def _on_console(self, message: ConsoleMessage) -> None:
        where = message.location.get("url", "")
        if message.type == "error" and not BASE_PATH_PROBE.search(where):
            self._note(f"console error: {message.text} ({where})")

    def _on_request(self, request: Request) -> None:
        if self._is_foreign(request.url):
            self._note(f"foreign: {request.method} {request.url}")

    def _on_request_failed(self, request: Request) -> None:
        # Leaving a page aborts what it was still loading: that is no failure.
        if request.failure != "net::ERR_ABORTED" and not self._is_foreign(request.url):
            self._note(f"request failed: {request.url} ({request.failure})")


def _size(viewport: str | tuple[int, int]) -> tuple[int, int]:
    return VIEWPORTS[viewport] if isinstance(viewport, str) else viewport


def median(values: list[float]) -> float:
    """The middle value (lower of two)."""
    return sorted(values)[(len(values) - 1) // 2]


Opener = Callable[..., Lab]
