"""Thresholds as float32 has them: the neighbours of a number."""

from __future__ import annotations

import numpy as np


def just_above(threshold: float) -> float:
    """The next float32: IoU < it is IoU <= threshold, of float32 IoUs."""
    return _step(threshold, 2.0)


def just_below(threshold: float) -> float:
    """The float32 before: IoU > it is IoU >= threshold, of float32 IoUs."""
    return _step(threshold, -1.0)


def _step(threshold: float, towards: float) -> float:
    moved = np.nextafter(np.float32(threshold), np.float32(towards))
    return float(np.format_float_positional(moved, trim="-"))


def in_float64(threshold: float) -> float:
    """What to compare float32 IoUs with in float64, so that it comes out as in float32."""
    return max(threshold, float(np.float32(threshold)))
