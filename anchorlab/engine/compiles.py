"""Counting what is compiled, and what is loaded from the disk instead, to prove that using the laboratory waits for
neither."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import jax

# JAX tells the second of a program that was compiled and of one that was loaded alike; of the latter it has told the
# first before, in the same thread.
_HIT = "/jax/compilation_cache/cache_hits"
_EVENT = "/jax/core/compile/backend_compile_duration"
_lock = threading.Lock()
_here = threading.local()
_compiled = 0
_loaded = 0


def _hear(event: str, **details) -> None:
    if event == _HIT:
        _here.hit = True


def _listen(event: str, duration: float, **details) -> None:
    global _compiled, _loaded
    if event == _EVENT:
        with _lock:
            if getattr(_here, "hit", False):
                _loaded += 1
            else:
                _compiled += 1
        _here.hit = False


jax.monitoring.register_event_listener(_hear)
jax.monitoring.register_event_duration_secs_listener(_listen)


class CompileCount:
    """How many programs the whole process has made ready to run since this was made."""

    def __init__(self):
        self._start = _compiled, _loaded

    @property
    def compiled(self) -> int:
        """Those that were compiled: tenths of a second each, some a second."""
        return _compiled - self._start[0]

    @property
    def loaded(self) -> int:
        """Those that an earlier process had compiled: they are traced and loaded from the disk."""
        return _loaded - self._start[1]

    @property
    def count(self) -> int:
        """Both: whatever was not in memory."""
        return self.compiled + self.loaded


@contextmanager
def count_compiles() -> Iterator[CompileCount]:
    """Counts the programs of the whole process, those of stray eager operations included.

    Example:
      >>> with count_compiles() as compiles:
      ...     anchors = generate_anchors(AnchorSpec(stride=24), 480, 640)
      >>> compiles.count
      0
    """
    yield CompileCount()
