"""The samplers: everything that is to be said of one stands in its file."""

from __future__ import annotations

from anchorlab.catalogue.samplers.every import ALL
from anchorlab.catalogue.samplers.hard import HARD
from anchorlab.catalogue.samplers.random import RANDOM
from anchorlab.catalogue.samplers.sampler import Sampler

SAMPLERS: dict[str, Sampler] = {sampler.name: sampler for sampler in (ALL, RANDOM, HARD)}
"""In the order in which pages show them."""
