"""What a visitor brings along."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from anchorlab.scenes.predictions_io import Predictions


class Own(NamedTuple):
    """What a visitor has brought along, which no link can carry.

    Attributes:
      predictions: of the file they uploaded last.
      trainings: those that they ran, and the detectors that they loaded: `trainings.Trainings`.
    """

    predictions: Predictions | None = None
    trainings: Mapping[int, Any] = MappingProxyType({})


NOTHING = Own()
