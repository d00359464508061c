"""Losses and sampler as the catalogues write them for a library."""

from __future__ import annotations

from anchorlab.catalogue.losses import LOSSES
from anchorlab.catalogue.samplers import SAMPLERS
from anchorlab.catalogue.written import Written
from anchorlab.export.recipe import Training


def written(training: Training, library: str) -> tuple[Written, Written, Written]:
    """The loss of the class, that of the box, and the sampler."""
    losses, sampling = training
    return (
        LOSSES[losses.classification].exports[library](losses),
        LOSSES[losses.regression].exports[library](losses),
        SAMPLERS[sampling.sampler].exports[library](sampling),
    )
