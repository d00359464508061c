"""Processes of this package beside the server."""

from __future__ import annotations

import os
from pathlib import Path


def environment(**more: str) -> dict[str, str]:
    """The environment of a Python process that finds this package where it lies: it need not be installed.

    Args:
      more: further variables.
    """
    paths = [str(Path(__file__).resolve().parents[1]), os.environ.get("PYTHONPATH")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths)), **more}
