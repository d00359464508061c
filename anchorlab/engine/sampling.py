"""Which labelled anchors count in the loss, drawn by a seed."""

from functools import partial
from typing import NamedTuple

import jax
import numpy as np

from anchorlab.core import sampling as core
from anchorlab.engine import checks
from anchorlab.engine.buckets import anchor_bucket, cut, pad
from anchorlab.settings.sampling import SampleSpec
from anchorlab.settings.validation import integer


class Sample(NamedTuple):
    """Who counts in the loss.

    Attributes:
      taken: bool (A,).
      positives, negatives: int32 (P,) and (N,), the indices of those taken, rising.
    """

    taken: np.ndarray
    positives: np.ndarray
    negatives: np.ndarray


@partial(jax.jit, static_argnums=0)
def _sample(sampler, label, key, settings):
    return sampler(label, key, **settings)


def luck_of(count: int, seed: int) -> np.ndarray:
    """Each anchor's luck, float32 (count,) from 0 to 1: the random sampler takes those that have most."""
    return np.random.default_rng(seed).random(count, np.float32)


def sample_anchors(
    label: np.ndarray, spec: SampleSpec, seed: int = 0, loss: np.ndarray | None = None
) -> Sample:
    """Draws which of the matched anchors count in the loss.

    Args:
      label: int (A,); 1 positive, 0 negative, -1 ignored: `Matches.label`.
      spec: the sampler and its settings.
      seed: of the random sampler; the same seed, labels and settings draw the same anchors. Whole, from 0.
      loss: (A,), what each anchor's class costs now; the sampler of hard negatives needs it.

    Returns:
      `Sample`; empty for empty input. The ignored are never taken.

    Raises:
      ValueError: an argument is not as said.

    References:
      The papers stand with the samplers, in `core.sampling`.
    """
    label = checks.labels(label)
    seed = integer(seed, "seed", "a whole number from 0 on", lambda x: x >= 0)
    count = len(label)
    length = anchor_bucket(count)
    if spec.sampler == "all":
        taken = label >= 0
    elif spec.sampler == "random":
        luck = luck_of(count, seed)
        settings = {"size": spec.size, "most_positive": int(spec.size * spec.positive_fraction)}
        taken = _call(core.sample_at_random, label, luck, settings, length)
    else:
        if loss is None:
            raise ValueError("loss must be given: the hard sampler takes the negatives that cost most")
        loss = checks.scores(loss, "loss", count)
        settings = {"per_positive": spec.negatives_per_positive}
        taken = _call(core.sample_hard_negatives, label, loss, settings, length)
    positives, negatives = (np.flatnonzero(taken & (label == kind)).astype(np.int32) for kind in (1, 0))
    return Sample(taken, positives, negatives)


def _call(sampler, label: np.ndarray, key: np.ndarray, settings: dict, length: int) -> np.ndarray:
    """The sampler on arrays of a bucket's length; padding is ignored anchors."""
    padded = np.full(length, -1, np.int32)
    padded[: len(label)] = label
    return cut(_sample(sampler, padded, pad(key, length), settings), len(label))
