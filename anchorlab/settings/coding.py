"""How a box is written as offsets from an anchor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from anchorlab.settings.validation import Checked, choice, flag, is_positive, number, numbers

CoderKind = Literal["center", "corner", "cell"]


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

    means: tuple[float, ...] = (0.0, 0.0, 0.0, 0.0)
    stds: tuple[float, ...] = (0.1, 0.1, 0.2, 0.2)
    clamp: float | None = None
    kind: CoderKind = "center"
    clamp_both: bool = False
    eps: float = 0.0

    def __post_init__(self):
        self.store(
            kind=choice(self.kind, "kind", ("center", "corner", "cell")),
            clamp_both=flag(self.clamp_both, "clamp_both") and self.clamp is not None,
            eps=number(self.eps, "eps", "0 or more", lambda x: x >= 0),
            means=numbers(self.means, "means", "finite", lambda x: True, 4),
            stds=numbers(self.stds, "stds", "positive", is_positive, 4),
        )
        if self.clamp is not None:
            self.store(clamp=number(self.clamp, "clamp", "a positive log size or None", is_positive))
