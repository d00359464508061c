"""A pretended detector."""

from __future__ import annotations

from dataclasses import dataclass

from anchorlab.settings.validation import Checked, integer, is_unit, number


@dataclass(frozen=True)
class SimulateSpec(Checked):
    """A pretended detector: what it would say about a scene, noise and false alarms included.

    Attributes:
      seed: fixes every draw.
      localisation_noise: standard deviation of the log size, and twice that of the centre in anchor sizes.
      score_noise: standard deviation of the scores.
      false_alarms: predictions that belong to no object.
      per_object: predictions around each object.
    """

    seed: int = 0
    localisation_noise: float = 0.1
    score_noise: float = 0.1
    false_alarms: int = 4
    per_object: int = 7

    def __post_init__(self):
        self.store(
            seed=integer(self.seed, "seed", "a whole number from 0 to 2**32 - 1", lambda x: 0 <= x < 2**32),
            localisation_noise=number(self.localisation_noise, "localisation_noise", "from 0 to 1", is_unit),
            score_noise=number(self.score_noise, "score_noise", "from 0 to 1", is_unit),
            false_alarms=integer(
                self.false_alarms, "false_alarms", "a whole number from 0 to 4096", lambda x: 0 <= x <= 4096
            ),
            per_object=integer(
                self.per_object, "per_object", "a whole number from 0 to 256", lambda x: 0 <= x <= 256
            ),
        )
