"""A pretended detector."""

from __future__ import annotations

from dataclasses import dataclass

from anchorlab.settings.validation import Checked, limited


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

    seed: int = limited(0, 0, 2**32 - 1, people=(0, 9999))
    localisation_noise: float = limited(0.1, 0, 1)
    score_noise: float = limited(0.1, 0, 1)
    false_alarms: int = limited(4, 0, 4096, people=(0, 100))
    per_object: int = limited(7, 0, 256, people=(1, 30))


@dataclass(frozen=True)
class HeadSpec(Checked):
    """The two heads of a pretended network on every anchor: how sure it is of the class, and how far its box is off.

    Attributes:
      background: the probability it gives to "background" where an anchor overlaps nothing.
      objects: the probability it gives to "object" where an anchor fits one exactly; in between the logit goes with
        the IoU.
      spread: standard deviation of the logits around that.
      missing: the share of its offsets that a box is still wrong by; 1: it is the anchor itself, 0: the object.
      seed: fixes every draw.
    """

    background: float = limited(0.95, 0.5, 0.999)
    objects: float = limited(0.8, 0.5, 0.999)
    spread: float = limited(0.5, 0, 4)
    missing: float = limited(0.5, 0, 1)
    seed: int = limited(0, 0, 2**32 - 1, people=(0, 9999))
