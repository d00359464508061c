"""What becomes of a detector on a small machine."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from anchorlab.settings.validation import Checked, choice, limited

FULL = 32
"""Bits of a weight that is left as it was trained: a float32."""
BITS = (FULL, 8, 6, 5, 4, 3, 2)
Per = Literal["tensor", "channel"]


@dataclass(frozen=True)
class Quantisation(Checked):
    """In how many bits weights are kept.

    Attributes:
      bits: of each weight, one of `BITS`; `FULL`: as it is.
      per: which weights share a step: all of a layer ('tensor'), or those of one output channel ('channel').
    """

    bits: int = limited(8, min(BITS), FULL, offered=BITS)
    per: Per = "tensor"

    def __post_init__(self) -> None:
        super().__post_init__()
        choice(self.bits, "bits", BITS)


QUANTISATIONS = (
    Quantisation(FULL),
    *(Quantisation(bits, per) for per in ("tensor", "channel") for bits in BITS[1:]),
)
"""All that differ: of whole weights there is no step to share."""


@dataclass(frozen=True)
class Deployment(Checked):
    """What the Deploy page shows.

    Attributes:
      weights: in how many bits.
      picture: which generated scene that no training has seen; -1: the scene on the table.
      layer: the layer that is looked into, by its place in the network.
    """

    weights: Quantisation = field(default_factory=lambda: Quantisation(4))
    picture: int = limited(6, -1, 10_000, people=(-1, 15))
    layer: int = limited(0, 0, 99, people=(0, 14))
