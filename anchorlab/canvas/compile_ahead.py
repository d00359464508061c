"""Compiling ahead, in a process of its own: `python -m anchorlab.canvas.compile_ahead`, started by the server.

It takes a minute of computing, of the lowest priority and on one core, and leaves the compiled programs on disk, where
the server and its successors find them (`anchorlab.engine.programs`). It ends with the server, however that ends.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import platform
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from anchorlab.engine import Programs

PACKAGE = Path(__file__).resolve().parents[1]
KEPT_LISTS = 8
"""Lists of what versions need; the latest are kept."""
_log = logging.getLogger(__name__)


# --- what has been compiled already -----------------------------------------------------------------------


def complete(programs: Programs) -> bool:
    """Whether everything is on disk that this version needs on this machine."""
    try:
        names = set(json.loads(_list(programs).read_text()))
    except (OSError, ValueError, TypeError):
        return False
    return bool(names) and programs.holds(names)


def _list(programs: Programs) -> Path:
    """Where the names of the programs are that this version needs on this machine: what is compiled hangs on the
    source, on JAX and its settings, and on the processor."""
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        digest.update(path.read_bytes())
    jaxes = {name: value for name, value in os.environ.items() if name.startswith(("JAX_", "XLA_FLAGS"))}
    here = (programs.versions, sys.version, platform.machine(), platform.node())
    digest.update(repr((here, sorted(jaxes.items()))).encode())
    return programs.folder / f"needed-{digest.hexdigest()[:16]}.json"


def _write_list(programs: Programs) -> None:
    path = _list(programs)
    with contextlib.suppress(OSError):  # then it is compiled, or rather loaded, once more next time
        path.with_suffix(".new").write_text(json.dumps(sorted(programs.used)))
        path.with_suffix(".new").replace(path)
        lists = sorted(programs.folder.glob("needed-*.json"), key=lambda p: p.stat().st_mtime)
        for old in lists[:-KEPT_LISTS]:
            old.unlink()


# --- the process --------------------------------------------------------------------------------------------


def main() -> int:
    """Compiles what is missing; the status is 0 if all of it is on disk, and 1 if not."""
    threading.Thread(target=_end_with_server, daemon=True).start()
    logging.basicConfig(format="AnchorLab, compiling ahead: %(message)s")
    if hasattr(os, "nice"):
        os.nice(19)
    from anchorlab.engine import keep_programs

    programs = keep_programs()
    with _alone(programs):
        if programs is not None and complete(programs):  # another server's process has done it meanwhile
            return 0
        return _compile(programs)


def _compile(programs: Programs | None) -> int:
    from anchorlab.canvas import warm_up
    from anchorlab.engine import programs as compiled

    compiled.start()
    _on_one_core()
    failures = 0
    for step in warm_up.steps():
        try:
            step()
        except Exception:  # noqa: BLE001 (of one step: the others are worth as much)
            _log.exception("a step failed; what it would have compiled is compiled when it is needed")
            failures += 1
        if programs is not None and programs.full:
            return 1  # of no use to anyone: what could not be written has been said
        compiled.forget()
    if programs is not None and not failures:
        _write_list(programs)
    return int(failures > 0)


def _end_with_server() -> None:
    # The server holds the other end of this pipe: when it is gone, however it went, there is nothing more to read.
    while os.read(0, 1024):
        pass
    os._exit(0)


def _on_one_core() -> None:
    """Leaves the other cores alone. Only now: how many threads XLA's code runs on was decided when JAX started, and
    must be what the server's JAX decides."""
    if not hasattr(os, "sched_setaffinity"):
        return
    with contextlib.suppress(OSError):
        core = {max(os.sched_getaffinity(0))}
        for thread in os.listdir("/proc/self/task"):
            os.sched_setaffinity(int(thread), core)


@contextlib.contextmanager
def _alone(programs: Programs | None) -> Iterator[None]:
    """One such process at a time compiles into a folder; the others wait, then find the work done."""
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(ImportError, OSError):
            import fcntl  # not on Windows: there two would do the same work

            if programs is not None:
                file = stack.enter_context((programs.folder / "lock").open("w"))
                fcntl.flock(file, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    sys.exit(main())
