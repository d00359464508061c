"""Firefox and WebKit, as far as the tests of them need: a page opened, keys held, the mouse dragged, JavaScript asked.

Both are Debian's own packages and speak protocols of their own: Firefox WebDriver BiDi, without any driver between;
WebKitGTK classic WebDriver, through its driver and on a screen of its own (Xvfb). Whatever goes wrong in a page is
written down as in `driver.Lab`: console errors, exceptions, rejected promises. Firefox reports them from the first
line of the page, in WebKit a trap is set once the page has loaded; so a test should go from page to page by links.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from glob import glob
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

from tests.browser.driver import free_port

SIZE = (1366, 900)
# Keys that WebDriver names by code points of their own.
KEYS = {
    "ArrowLeft": "\ue012",
    "ArrowUp": "\ue013",
    "ArrowRight": "\ue014",
    "ArrowDown": "\ue015",
    "End": "\ue010",
    "Home": "\ue011",
    "Escape": "\ue00c",
    "Enter": "\ue007",
}
Point = tuple[float, float]


class Missing(Exception):
    """This browser is not installed; says what to install."""


def until(what: str, found: Callable[[], Any], seconds: float = 60) -> Any:
    """Asks until the answer is true, and returns it; a protocol error counts as not yet."""
    end = time.monotonic() + seconds
    failure: Exception | None = None
    while time.monotonic() < end:
        try:
            if answer := found():
                return answer
        except (OSError, RuntimeError) as error:
            failure = error
        time.sleep(0.05)
    raise AssertionError(f"{what}: not within {seconds} s" + (f" ({failure})" if failure else ""))


def executable(package: str, *names: str) -> str:
    """The first of these programs that is installed.

    Raises:
      Missing: none is.
    """
    for name in names:
        if found := shutil.which(name) or next(iter(sorted(glob(name))), None):
            return found
    raise Missing(f"no {names[0]}: install the package `{package}`")


@contextmanager
def running(*command: str, **how: Any) -> Iterator[subprocess.Popen]:
    """A process that ends with the block."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, **quiet | how)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Visitor:
    """One window of a browser. Subclasses say how it is told."""

    faults: list[str]
    repeats = True
    """Whether a key that is down already repeats when it goes down again; else a held key is many short presses."""

    def open(self, url: str) -> None:
        """Loads a page and waits for its load event."""
        raise NotImplementedError

    def js(self, expression: str) -> Any:
        """The value of a JavaScript expression; JSON data only."""
        raise NotImplementedError

    def act(self, *sources: dict[str, Any]) -> None:
        """Performs WebDriver actions."""
        raise NotImplementedError

    def hear(self) -> None:
        """Adds what has gone wrong since the last call to `faults`."""
        raise NotImplementedError

    # ---- the same for all

    def drag(self, *points: Point) -> None:
        """Presses the mouse at the first point, moves along the others and lets go; of one point alone, a click."""
        move = [{"type": "pointerMove", "x": round(x), "y": round(y), "duration": 20} for x, y in points]
        down, up = ({"type": kind, "button": 0} for kind in ("pointerDown", "pointerUp"))
        actions = [move[0], down, *move[1:], up]
        mouse = {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": actions}
        self.act(mouse)

    def hold(self, key: str, times: int = 1, gap_ms: int = 33) -> None:
        """Holds a key down for as many repetitions as a keyboard would send, then lets go."""
        down, up = ({"type": kind, "value": KEYS.get(key, key)} for kind in ("keyDown", "keyUp"))
        step = [down, *([] if self.repeats else [up]), {"type": "pause", "duration": gap_ms}]
        # A driver answers when all is done: not in one request what takes long.
        for done in range(0, times, 10):
            self.act({"type": "key", "id": "keys", "actions": step * min(10, times - done)})
        self.act({"type": "key", "id": "keys", "actions": [up]})

    def until(self, expression: str, seconds: float = 60) -> Any:
        """Waits until a JavaScript expression is true."""
        return until(expression, lambda: self.js(expression), seconds)

    def check(self) -> None:
        """Fails on anything that went wrong since the window was opened."""
        self.hear()
        assert not self.faults, "\n".join(self.faults)


# ---------------------------------------------------------------------------------------------------- Firefox


class Firefox(Visitor):
    def __init__(self, socket: ClientConnection):
        self._socket = socket
        self._numbers = itertools.count(1)
        self.faults = []
        self._call("session.new", capabilities={})
        self._call("session.subscribe", events=["log.entryAdded"])
        self._tab = self._call("browsingContext.getTree")["contexts"][0]["context"]

    def _call(self, method: str, **params: Any) -> dict[str, Any]:
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while (got := json.loads(self._socket.recv(timeout=120))).get("id") != number:
            self._note(got)
        if got["type"] == "error":
            raise RuntimeError(f"{method}: {got['message']}")
        return got["result"]

    def _note(self, event: dict[str, Any]) -> None:
        entry = event.get("params", {})
        if event.get("method") == "log.entryAdded" and entry["level"] == "error":
            where = (entry.get("stackTrace") or {}).get("callFrames") or [{}]
            self.faults.append(f"{entry['type']} error: {entry['text']} ({where[0].get('url', '')})")

    def open(self, url: str) -> None:
        self._call("browsingContext.navigate", context=self._tab, url=url, wait="complete")

    def js(self, expression: str) -> Any:
        # As text, because BiDi has a notation of its own for objects.
        got = self._call(
            "script.evaluate",
            expression=f"JSON.stringify({expression})",
            target={"context": self._tab},
            awaitPromise=False,
        )
        if got["type"] == "exception":
            raise RuntimeError(got["exceptionDetails"]["text"])
        return json.loads(got["result"].get("value", "null"))

    def act(self, *sources: dict[str, Any]) -> None:
        self._call("input.performActions", context=self._tab, actions=list(sources))

    def hear(self) -> None:
        self._call("session.status")  # what was said before the answer has come before it


@contextmanager
def firefox() -> Iterator[Firefox]:
    """Firefox without a window.

    Raises:
      Missing: it is not installed.
    """
    program = executable("firefox-esr", "firefox-esr", "firefox")
    port = free_port()
    width, height = map(str, SIZE)
    with tempfile.TemporaryDirectory() as profile:
        # Nothing is fetched that the page does not ask for.
        quiet = {
            "app.normandy.enabled": False,
            "browser.safebrowsing.downloads.enabled": False,
            "network.captive-portal-service.enabled": False,
        }
        lines = (f'user_pref("{name}", {json.dumps(value)});' for name, value in quiet.items())
        (Path(profile) / "user.js").write_text("\n".join(lines))
        command = [
            program,
            "--headless",
            "--no-remote",
            "--profile",
            profile,
            "--remote-debugging-port",
            str(port),
        ]
        with running(*command, f"--width={width}", f"--height={height}"):
            address = f"ws://127.0.0.1:{port}/session"
            with until("Firefox", lambda: connect(address, max_size=None)) as socket:
                yield Firefox(socket)


# ----------------------------------------------------------------------------------------------------- WebKit

TRAP = """
if (!window.__faults) {
  window.__faults = [];
  addEventListener("error", (e) => __faults.push(`page error: ${e.message}`));
  addEventListener("unhandledrejection", (e) => __faults.push(`rejected: ${e.reason}`));
  const say = console.error;
  console.error = (...said) => { __faults.push(`console error: ${said.map(String).join(" ")}`); say.apply(console, said); };
}
"""


class WebKit(Visitor):
    repeats = False

    def __init__(self, address: str, browser: str):
        self._address = address
        self.faults = []
        options = {"binary": browser, "args": ["--automation"]}
        wanted = {"alwaysMatch": {"webkitgtk:browserOptions": options}}
        self._session = "/session/" + self._http("POST", "/session", capabilities=wanted)["sessionId"]
        width, height = SIZE
        self._http("POST", f"{self._session}/window/rect", width=width, height=height)

    def _http(self, method: str, path: str, patience: float = 120, **body: Any) -> Any:
        data = json.dumps(body).encode() if method == "POST" else None
        request = urllib.request.Request(self._address + path, data, method=method)
        try:
            with urllib.request.urlopen(request, timeout=patience) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as refusal:
            raise RuntimeError(f"{path}: {refusal.read().decode()[:400]}") from None

    def _run(self, script: str, patience: float = 60) -> Any:
        return self._http("POST", f"{self._session}/execute/sync", patience, script=script, args=[])

    def open(self, url: str) -> None:
        self.hear()
        self._http("POST", f"{self._session}/url", url=url)
        # Asked in the moment when one document gives way to the other, WebKit may never answer.
        until("the page", lambda: self._run(TRAP + "return true", patience=15))

    def js(self, expression: str) -> Any:
        return json.loads(self._run(f"return JSON.stringify({expression})") or "null")

    def act(self, *sources: dict[str, Any]) -> None:
        self._http("POST", f"{self._session}/actions", actions=list(sources))

    def hear(self) -> None:
        self.faults += self._run("return window.__faults ? window.__faults.splice(0) : []")

    def close(self) -> None:
        self._http("DELETE", self._session)


@contextmanager
def screen() -> Iterator[str]:
    """A display that nobody sees; its name.

    Raises:
      Missing: Xvfb is not installed.
    """
    program = executable("xvfb", "Xvfb")
    reading, writing = os.pipe()
    size = f"{SIZE[0] + 40}x{SIZE[1] + 100}x24"
    command = [program, "-displayfd", str(writing), "-screen", "0", size, "-nolisten", "tcp"]
    with os.fdopen(reading) as said, running(*command, pass_fds=[writing]):
        os.close(writing)
        yield f":{said.readline().strip()}"


@contextmanager
def webkit() -> Iterator[WebKit]:
    """WebKitGTK's small browser.

    Raises:
      Missing: it, its driver or Xvfb is not installed.
    """
    driver = executable("webkit2gtk-driver", "WebKitWebDriver")
    browser = executable("webkit2gtk-driver", "/usr/lib/*/webkit2gtk-4.*/MiniBrowser")
    port = free_port()
    with ExitStack() as stack:
        display = stack.enter_context(screen())
        # Its sandbox needs rights that a container does not give; all it opens is this app.
        own = {"DISPLAY": display, "GDK_BACKEND": "x11", "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1"}
        stack.enter_context(running(driver, f"--port={port}", env=os.environ | own))
        address = f"http://127.0.0.1:{port}"
        until("WebKit's driver", lambda: urllib.request.urlopen(f"{address}/status", timeout=5))
        visitor = WebKit(address, browser)
        stack.callback(visitor.close)
        yield visitor


BROWSERS = {"firefox": firefox, "webkit": webkit}
