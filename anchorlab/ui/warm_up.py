"""Compiling ahead, in a process of its own: `python -m anchorlab.ui.warm_up`, started by the server.

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
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from anchorlab.engine import Programs

PACKAGE = Path(__file__).resolve().parents[1]
KEPT_LISTS = 8
"""Lists of what versions need; the latest are kept."""
_log = logging.getLogger(__name__)


def steps() -> Iterator[Callable[[], None]]:
    """What is compiled ahead: first what every page does with a usual scene, then size by size what settings can ask
    for."""
    from anchorlab import engine
    from anchorlab.session import library_answers, results
    from anchorlab.session.anchor_source import MAX_ANCHORS

    yield usual
    yield partial(pyramids, 2**16)  # RetinaNet's on the first picture
    for power in range(10, 17):
        yield partial(pyramids, 2**power)
        yield partial(suppressions, 2 ** (power - 4))
        yield partial(
            engine.warm_up,
            min_anchors=2**power,
            max_anchors=2**power,
            max_predictions=results.WARM_PREDICTIONS,
            # Scenes of many objects have few anchors for each, as a rule.
            cell_rule_objects=64 if power <= 13 else 1,
        )
    for power in range(10, library_answers.WARM.bit_length()):
        yield partial(library_answers.warm, 2**power)
    yield demo_scenes
    for length in (2**17, MAX_ANCHORS):
        yield partial(pyramids, length, rules=True)


def usual() -> None:
    """What pages do with a usual scene."""
    import numpy as np

    from anchorlab import engine
    from anchorlab.catalogue.matching import RULES
    from anchorlab.settings.anchors import AnchorSpec
    from anchorlab.settings.coding import CoderSpec
    from anchorlab.settings.simulation import SimulateSpec

    box = np.array([[8, 8, 72, 72]], np.float32)
    anchors = engine.generate_anchors(AnchorSpec(), 400, 600)
    for rule in RULES.values():
        found = engine.match(anchors, box, rule.settings())
    predicted = engine.simulate_detections(
        anchors, found, box, np.zeros(1, int), 1, SimulateSpec(), CoderSpec()
    )
    suppressions(len(predicted.scores))
    engine.decode(box, engine.encode(box, box, CoderSpec()), CoderSpec())


def suppressions(count: int) -> None:
    """What the methods need for so many predictions, as far as they take so many."""
    import numpy as np

    from anchorlab.catalogue.suppression import METHODS
    from anchorlab.engine import MAX_TRACED, Detections
    from anchorlab.settings.suppression import Suppression

    if count > MAX_TRACED // 2:
        return
    box, ones = np.array([[0, 0, 8, 8]], np.float32), np.ones(count, np.float32)
    found = Detections(np.repeat(box, count, 0), ones, ones.astype(np.int32), ones.astype(np.int32))
    for method in METHODS.values():
        method.play(found, Suppression())


def demo_scenes() -> None:
    """What Rosetta's demo scenes need: they are small, and each library has its own settings."""
    from anchorlab.canvas.views.rosetta import rows
    from anchorlab.canvas.views.rosetta.picture import picture
    from anchorlab.catalogue.libraries.demo_scenes import DEMO_SCENES
    from anchorlab.session.app_state import DEFAULT, put
    from anchorlab.session.comparison import choose_demo, comparison
    from anchorlab.session.scene import drawing

    for name in DEMO_SCENES:
        compared = comparison(put(DEFAULT, **choose_demo(name)), drawing(name))
        picture(compared)
        rows.results(compared)


def pyramids(count: int, *, rules: bool = False) -> None:
    """What pyramids of so many anchors need; with `rules` also the usual matching, which smaller ones share with
    grids."""
    import numpy as np

    from anchorlab import engine
    from anchorlab.settings.matching import ThresholdSpec
    from anchorlab.settings.pyramids import LevelSpec, PyramidSpec

    spec = PyramidSpec((LevelSpec(8, ((8, 8),), (1, count)),))
    for objects in (1, 64):
        boxes = np.tile(np.array([[0, 0, 8, 8]], np.float32), (objects, 1))
        anchors = engine.generate_anchors(spec, 8, 8 * count)
        engine.pairwise_iou(anchors.xyxy, boxes)
        if rules:
            engine.match(anchors, boxes, ThresholdSpec())


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
    import jax

    jax.devices()
    _on_one_core()
    failures = 0
    for step in steps():
        try:
            step()
        except Exception:  # noqa: BLE001 (of one step: the others are worth as much)
            _log.exception("a step failed; what it would have compiled is compiled when it is needed")
            failures += 1
        if programs is not None and programs.full:
            return 1  # of no use to anyone: what could not be written has been said
        jax.clear_caches()  # it is on disk
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
