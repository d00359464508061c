"""How a box is written as offsets from an anchor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from anchorlab.settings.validation import Checked, limited

CoderKind = Literal["center", "corner", "cell"]
Four = tuple[float, float, float, float]


@dataclass(frozen=True)
class CoderSpec(Checked):
    """How a box is written as offsets from an anchor: ((dx/w, dy/h, log w'/w, log h'/h) - means) / stds.

    Attributes:
      kind: 'center', as above; 'corner', the shift of both corners over the anchor's sides, without
        logarithm (fizyr); or 'cell', the place of the centre in its cell as a logit, and the log sizes,
        without means and stds (YOLO).
      means: subtracted from the four raw offsets.
      stds: divide them. (.1, .1, .2, .2) are SSD's "variances", d2l's factors 10 and 5, and
        torchvision's weights (10, 10, 5, 5).
      clamp: upper bound of the decoded log size, such as log(1000 / 16); None for no bound. Read by
        'center'.
      clamp_both: whether its negative is the lower bound, too (mmdetection); false where there is no bound.
      eps: added to the size ratios before the logarithm; d2l's 1e-6 costs the exact inverse.
    """

    means: Four = limited((0.0, 0.0, 0.0, 0.0), people=(-10, 10), what="a finite number")
    stds: Four = limited((0.1, 0.1, 0.2, 0.2), above=0, people=(0.001, 100))
    clamp: float | None = limited(None, above=0, people=(0.01, 20), what="a log size")
    kind: CoderKind = "center"
    clamp_both: bool = False
    eps: float = limited(0.0, 0, people=(0, 1))

    def __post_init__(self):
        super().__post_init__()
        if self.clamp is None:
            object.__setattr__(self, "clamp_both", False)
