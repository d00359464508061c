"""Counting compilations, to prove that using the laboratory causes none."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import jax

_EVENT = "/jax/core/compile/backend_compile_duration"
_lock = threading.Lock()
_total = 0


def _listen(event: str, duration: float, **details) -> None:
    global _total
    if event == _EVENT:
        with _lock:
            _total += 1


jax.monitoring.register_event_duration_secs_listener(_listen)


class CompileCount:
    """How many programs the whole process has compiled since this was made."""

    def __init__(self):
        self._start = _total

    @property
    def count(self) -> int:
        return _total - self._start


@contextmanager
def count_compiles() -> Iterator[CompileCount]:
    """Counts XLA compilations of the whole process, those of stray eager operations included.

    Example:
      >>> with count_compiles() as compiles:
      ...     anchors = generate_anchors(AnchorSpec(stride=24), 480, 640)
      >>> compiles.count
      0
    """
    yield CompileCount()
