"""The shipped detector as ONNX files, made when somebody asks, one at a time, each in a process of its own.

What writes them patches JAX while it looks on, and takes a few hundred megabytes: neither is for a server with sessions.
"""

from __future__ import annotations

import atexit
import importlib.util
import json
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from anchorlab import children
from anchorlab.detector.as_onnx import FILE, REPORT, Compared
from anchorlab.settings.deployment import Quantisation

PATIENCE = 600.0
"""Seconds after which one is given up."""


@dataclass(eq=False)
class Export:
    """A file that was asked for; all of it may be read from any thread at any time.

    Attributes:
      asked: how its weights are kept.
      content: the file; None as long as it is not made.
      compared: how it does on the built-in pictures.
      error: what went wrong, in a sentence; "" if nothing did.
    """

    asked: Quantisation
    content: bytes | None = None
    compared: list[Compared] = field(default_factory=list)
    error: str = ""
    _begun: float = field(default_factory=time.monotonic)

    @property
    def running(self) -> bool:
        return self.content is None and not self.error

    @property
    def seconds(self) -> float:
        """Since it was asked for."""
        return time.monotonic() - self._begun


_known: dict[Quantisation, Export] = {}
_lock = threading.Lock()
_turn = threading.Lock()


def available() -> bool:
    """Whether the packages of the extra "onnx" are there."""
    return all([importlib.util.find_spec("jax2onnx"), importlib.util.find_spec("onnxruntime")])


def known(asked: Quantisation) -> Export | None:
    """The file of these weights, if somebody has asked for it."""
    return _known.get(asked)


def ask(asked: Quantisation) -> Export:
    """The file of these weights, which is made if it is not known, or could not be."""
    with _lock:
        before = _known.get(asked)
        if before is not None and not before.error:
            return before
        export = _known[asked] = Export(asked)
    threading.Thread(target=_make, args=(export,), name="anchorlab-onnx", daemon=True).start()
    return export


def _make(export: Export) -> None:
    with _turn, TemporaryDirectory() as folder:
        try:
            _run(export.asked, folder)
            report = json.loads((Path(folder) / REPORT).read_text())
            export.compared = [Compared(**each) for each in report]
            export.content = (Path(folder) / FILE).read_bytes()
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            export.error = f"The file could not be made: {error}."


def _run(asked: Quantisation, folder: str) -> None:
    options = ["--bits", str(asked.bits), "--per", asked.per, "--folder", folder]
    process = subprocess.Popen(
        [sys.executable, "-m", "anchorlab.detector.as_onnx", *options],
        env=children.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    atexit.register(process.kill)
    try:
        _, told = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
        atexit.unregister(process.kill)
    if process.returncode:
        raise OSError(told.strip().splitlines()[-1] if told.strip() else f"status {process.returncode}")
