"""Ready before anyone asks: after a picture the server loads, while nobody waits, what the page's controls ask for next.

What is loaded was compiled before, by the process of `anchorlab.canvas.compile_ahead` that the first page starts. Only what is
asked for, and what is near, comes into memory: a program takes two to three megabytes there.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Hashable, Iterator
from dataclasses import replace
from functools import partial

from anchorlab import engine
from anchorlab.canvas import compile_ahead, warm_up
from anchorlab.canvas.views import nms
from anchorlab.catalogue.libraries import LIBRARIES
from anchorlab.catalogue.matching import RULES
from anchorlab.catalogue.presets import PRESETS
from anchorlab.catalogue.suppression import METHODS, play
from anchorlab.engine.buckets import ANCHORS, ROWS, bucket, object_bucket
from anchorlab.session import anchor_source, highlights, library_answers, results
from anchorlab.session.anchor_source import AnchorSource
from anchorlab.session.app_state import USUAL_STDS, AppState, get, put
from anchorlab.session.scene import Scene
from anchorlab.settings.matching import RuleSpec

Need = tuple[Hashable, Callable[[], object]]
"""What it is, and what loads it."""
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
    count = len(results.anchors(anchor_source.of(app, *size), *size).xyxy)
    at = _buckets(count, len(here.boxes))
    yield ("matched", at), partial(results.matched, here, app)
    yield ("simulated", at), partial(results.simulated, here, app)
    yield ("suppressed", at), partial(_suppressed, here, app)
    yield ("coded", app.coder.kind, at), partial(_coded, here, app)
    yield from {
        "anchors": _of_anchors,
        "matching": _of_matching,
        "offsets": _of_offsets,
        "nms": _of_nms,
        "pyramid": _of_pyramid,
        "rosetta": _of_rosetta,
    }.get(page, _of_home)(app, here, at)


def _buckets(anchors: int, objects: int) -> tuple[int, int]:
    """The lengths to which so many anchors and objects are padded: programs are made for those."""
    return bucket(anchors, ANCHORS), object_bucket(objects)


def _of_home(app: AppState, here: Scene, at: Hashable) -> Iterator[Need]:
    yield from ()


def _of_anchors(app: AppState, here: Scene, at: Hashable) -> Iterator[Need]:
    size, spec = (here.height, here.width), app.anchors
    count = anchor_source.grid_of(app).count(*size)
    for factor in (1, 2, 0.5):  # a slider's next steps: half as many anchors, or twice as many
        near = replace(spec, stride=spec.stride * factor**-0.5)
        if count * factor < engine.MAX_ANCHORS:
            yield (
                ("grid", bucket(int(count * factor), ANCHORS)),
                partial(engine.generate_anchors, near, *size),
            )


def _of_matching(app: AppState, here: Scene, at: Hashable) -> Iterator[Need]:
    for rule in RULES:
        yield ("rule", rule, at), partial(_matched, app, here, getattr(app.matching, rule))


def _of_offsets(app: AppState, here: Scene, at: Hashable) -> Iterator[Need]:
    for kind, stds in USUAL_STDS.items():
        other = put(app, coder__kind=kind, coder__stds=stds)
        yield ("coded", kind, at), partial(_coded, here, other)


def _of_nms(app: AppState, here: Scene, at: Hashable) -> Iterator[Need]:
    most = {control.path: control.high for control in (nms.PER_OBJECT, nms.FALSE_ALARMS)}
    many = put(app, **{path: int(max(high, get(app, path))) for path, high in most.items()})
    for of in (app, many):
        rows = of.simulate.per_object * len(here.boxes) + of.simulate.false_alarms
        for name in METHODS:
            other = put(of, suppression__method=name)
            yield ("method", name, bucket(rows, ROWS)), partial(_suppressed, here, other)


def _of_pyramid(app: AppState, here: Scene, at: Hashable) -> Iterator[Need]:
    size = (here.height, here.width)
    for preset in PRESETS.values():
        source = AnchorSource(preset.spec, app.resize).fitted(*size)
        key = ("pyramid", *_buckets(source.count(*size), len(here.boxes)))
        yield key, partial(_overlaps, source, here)


def _of_rosetta(app: AppState, here: Scene, at: Hashable) -> Iterator[Need]:
    anchors, objects = anchor_source.grid_of(app).count(here.height, here.width), len(here.boxes)
    if library_answers.compiled(anchors, objects):
        length, count = _buckets(anchors, objects)
        for library in LIBRARIES:
            load = partial(library_answers.warm, length, (library,), (max(1, objects),))
            yield ("library", library, length, count), load
    yield "demo scenes", warm_up.demo_scenes


def _matched(app: AppState, here: Scene, spec: RuleSpec) -> None:
    # Not remembered: it must not push out what sessions are using.
    size = (here.height, here.width)
    results.match(anchor_source.of(app, *size), *size, here.objects, spec)


def _coded(here: Scene, app: AppState) -> None:
    anchors, found = results.matched(here, app)
    highlights.pair(anchors, found, here.boxes, app)
    engine.encode_matches(anchors, found, here.boxes, app.coder)


def _suppressed(here: Scene, app: AppState) -> None:
    play(results.simulated(here, app), app.suppression)


def _overlaps(source: AnchorSource, here: Scene) -> None:
    engine.pairwise_iou(source.generate(here.height, here.width).xyxy, here.boxes)


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
    root = str(compile_ahead.PACKAGE.parent)
    path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
    low = {"creationflags": subprocess.IDLE_PRIORITY_CLASS} if sys.platform == "win32" else {}
    try:
        # Its standard input tells it when the server has gone; Ctrl-C in the terminal is the server's alone.
        _compiling = subprocess.Popen(
            [sys.executable, "-m", "anchorlab.canvas.compile_ahead"],
            env={**os.environ, "PYTHONPATH": path, "XLA_PYTHON_CLIENT_PREALLOCATE": "false"},
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
