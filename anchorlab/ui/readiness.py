"""Ready before anyone asks: after a picture the server loads, while nobody waits, what the page's controls ask for next.

What is loaded was compiled before, by the process of `anchorlab.canvas.compile_ahead` that the first page starts. Only what is
asked for, and what is near, comes into memory: a program takes two to three megabytes there.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Hashable, Iterator
from functools import partial

from anchorlab import children, engine
from anchorlab.canvas import compile_ahead
from anchorlab.canvas.pages import PAGES
from anchorlab.canvas.views import nms, offsets
from anchorlab.canvas.views.page import Need
from anchorlab.engine.buckets import buckets
from anchorlab.session import anchor_source, results
from anchorlab.session.app_state import AppState
from anchorlab.session.scene import Scene

QUIET = 0.2
"""Seconds without a rerun: then nobody waits."""
_log = logging.getLogger(__name__)
_lock = threading.Lock()
_asked: dict[Hashable, Callable[[], object]] = {}
_known: set[Hashable] = set()
_seen: dict[str, Hashable] = {}
_thread: threading.Thread | None = None
_compiling: subprocess.Popen | None = None
_begun = False
_reruns = 0
_last_rerun = 0.0


@contextlib.contextmanager
def rerun() -> Iterator[None]:
    """Around what a visitor waits for: nothing is loaded ahead meanwhile."""
    global _reruns, _last_rerun
    with _lock:
        _reruns += 1
    try:
        yield
    finally:
        with _lock:
            _reruns -= 1
            _last_rerun = time.monotonic()


def keep_programs() -> None:
    """To be called before anything is computed: programs are looked for on disk."""
    engine.keep_programs()


def after_picture(page: str, app: AppState, here: Scene) -> None:
    """A page has shown its picture: what it may be asked next is loaded once nobody waits."""
    global _thread
    size = (here.height, here.width)
    place = (anchor_source.of(app, *size), app.resize, size, len(here.boxes), app.coder.kind)
    if _seen.get(page) == place:
        return
    _seen[page] = place
    try:
        wanted = list(needs(page, app, here))
    except ValueError:
        return  # settings that the engine refuses
    with _lock:
        for key, load in wanted:
            if key not in _known:
                _known.add(key)
                _asked[key] = load
        if _asked and _thread is None:
            # Not a daemon: what XLA does must not be cut off in the middle. Between two programs it looks whether the
            # server is to end.
            _thread = threading.Thread(target=_work, name="anchorlab-readiness", daemon=False)
            with contextlib.suppress(RuntimeError):  # the server is ending
                _thread.start()


# --- what is near -------------------------------------------------------------------------------------------


def needs(page: str, app: AppState, here: Scene) -> Iterator[Need]:
    """What this page's controls, and other pages' first pictures, ask for next; the same needs have the same keys."""
    size = (here.height, here.width)
    at = buckets(len(results.anchors(anchor_source.of(app, *size), *size).xyxy), len(here.boxes))
    yield ("matched", at), partial(results.matched, here, app)
    yield ("simulated", at), partial(results.simulated, here, app)
    yield ("suppressed", at), partial(nms.load, here, app)
    yield ("coded", app.coder.kind, at), partial(offsets.load, here, app)
    yield from PAGES[page].needs(app, here, at)


# --- the thread ---------------------------------------------------------------------------------------------


def _work() -> None:
    global _thread
    _compile_ahead()
    while True:
        with _lock:
            if not _asked or _ending():
                _thread = None
                break
            key = next(iter(_asked))
            load = _asked.pop(key)
        if not _wait_until_quiet():
            continue
        try:
            load()
        except ValueError:
            continue  # the engine refuses such settings: the page says so when somebody asks for them
        except Exception:  # noqa: BLE001 (whatever it is, the page tries again, and shows it)
            _log.exception("could not load %s ahead; it is loaded when it is needed", key)
            with _lock:
                _known.discard(key)
                _seen.clear()
            continue
    _tidy()


def _ending() -> bool:
    return not threading.main_thread().is_alive()


def _wait_until_quiet() -> bool:
    """False if the server is to end."""
    while not _ending():
        with _lock:
            wait = QUIET if _reruns else QUIET - (time.monotonic() - _last_rerun)
        if wait <= 0:
            return True
        time.sleep(wait)
    return False


def _compile_ahead() -> None:
    """Starts, once per server, the process that compiles what is missing on disk, and waits for its end: what is being
    compiled there would be compiled here as well."""
    global _begun, _compiling
    if _begun:
        return
    _begun = True
    programs = engine.keep_programs()
    if programs is None and not engine.caches_programs():
        return  # it could hand nothing over
    if programs is not None and compile_ahead.complete(programs):
        return
    low = {"creationflags": subprocess.IDLE_PRIORITY_CLASS} if sys.platform == "win32" else {}
    try:
        # Its standard input tells it when the server has gone; Ctrl-C in the terminal is the server's alone.
        _compiling = subprocess.Popen(
            [sys.executable, "-m", "anchorlab.canvas.compile_ahead"],
            env=children.environment(XLA_PYTHON_CLIENT_PREALLOCATE="false"),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
            **low,
        )
    except OSError as error:
        _log.warning("nothing is compiled ahead: %s", error)
        return
    while _compiling.poll() is None:
        if _ending():
            return
        time.sleep(0.1)
    if _compiling.returncode:
        _log.warning(
            "compiling ahead ended with status %d: what is missing is compiled when it is needed",
            _compiling.returncode,
        )


def _tidy() -> None:
    """Gives back the memory that loading took, and keeps what is left out of the collector's way: JAX keeps a few
    hundred thousand objects for good, and without them a collection takes milliseconds, not a third of a second in
    the middle of somebody's key press."""
    if not _wait_until_quiet():
        return
    gc.collect()
    gc.freeze()
    with contextlib.suppress(
        OSError, AttributeError
    ):  # the C library of Linux; others give back by themselves
        ctypes.CDLL("libc.so.6").malloc_trim(0)
