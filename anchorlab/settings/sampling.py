"""Which labelled anchors count in the loss."""

from __future__ import annotations

from dataclasses import dataclass

from anchorlab.settings.validation import Checked, choice, integer, is_unit, limited, number

SAMPLERS = ("random", "hard", "all")


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

    sampler: str = "random"
    size: int = limited(256, 1, 4096)
    positive_fraction: float = limited(0.5, 0, 1)
    negatives_per_positive: float = limited(3.0, 0, 100)

    def __post_init__(self):
        self.store(
            sampler=choice(self.sampler, "sampler", SAMPLERS),
            size=integer(self.size, "size", "a whole number of at least 1", lambda x: 1 <= x < 2**31),
            positive_fraction=number(self.positive_fraction, "positive_fraction", "from 0 to 1", is_unit),
            negatives_per_positive=number(
                self.negatives_per_positive, "negatives_per_positive", "at least 0", lambda x: x >= 0
            ),
        )
