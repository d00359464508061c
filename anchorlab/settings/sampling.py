"""Which labelled anchors count in the loss."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from anchorlab.settings.validation import Checked, limited


@dataclass(frozen=True)
class SampleSpec(Checked):
    """A sampler and its settings.

    Attributes:
      sampler: 'random' (RPN, Faster R-CNN: so many at random, positives first), 'hard' (SSD: all positives, and the
        negatives that cost most), or 'all' (RetinaNet).
      size: of the random sample.
      positive_fraction: of the random sample, at most; size x fraction is rounded down.
      negatives_per_positive: hard negatives for one positive.
    """

    sampler: Literal["random", "hard", "all"] = "random"
    size: int = limited(256, 1, 2**31 - 1, people=(1, 4096))
    positive_fraction: float = limited(0.5, 0, 1)
    negatives_per_positive: float = limited(3.0, 0, people=(0, 100))
