"""What a training makes small: the losses of class and box, of the anchors that count, as the settings say."""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp

from anchorlab.catalogue.losses import CLASSIFICATION, REGRESSION
from anchorlab.core import sampling
from anchorlab.detector.targets import Layout, Target, decode
from anchorlab.settings.losses import Normalizer
from anchorlab.settings.sampling import SampleSpec
from anchorlab.settings.training import TrainingSpec


class Costs(NamedTuple):
    """The loss and what it is the sum of.

    Attributes:
      total: positives + negatives + boxes.
      positives, negatives: what the classes of the positive and of the negative anchors cost, normalised.
      boxes: what the boxes of the positives cost, normalised and weighted.
      count: how many positives there are, in all pictures.
      of_anchor: (N, A), what each anchor adds to the total.
    """

    total: jax.Array
    positives: jax.Array
    negatives: jax.Array
    boxes: jax.Array
    count: jax.Array
    of_anchor: jax.Array


def costs(
    logits: jax.Array, offsets: jax.Array, target: Target, luck: jax.Array, here: Layout, spec: TrainingSpec
) -> Costs:
    """The loss of N pictures.

    Args:
      logits: (N, A, C), of every class by itself.
      offsets: (N, A, 4).
      target: of N pictures.
      luck: (N, A) in [0, 1), by which a random sampler draws.
      here: their anchors.
      spec: the loss and the sampler.
    """
    of_class = CLASSIFICATION[spec.loss.classification]
    classes = of_class.function(logits, target.classes, **of_class.arguments(spec.loss)).sum(-1)
    taken = jax.vmap(lambda *args: _taken(*args, spec.sampling))(
        target.label, jax.lax.stop_gradient(classes), luck
    )
    positive, negative = taken & (target.label == 1), taken & (target.label == 0)
    counts = {
        "sampled": taken.sum(),
        "positives": positive.sum(),
        "locations": jnp.int32(len(logits) * here.places),
    }

    def share(of: Normalizer) -> jax.Array:
        return 1.0 / jnp.maximum(counts[of], 1)

    own = jnp.where(taken, classes, 0) * share(spec.loss.n_cls)
    boxes = _boxes(offsets, target, here, spec)
    boxes = jnp.where(positive, boxes, 0) * (spec.loss.box_weight * share(spec.loss.n_reg))
    parts = jnp.where(positive, own, 0).sum(), jnp.where(negative, own, 0).sum(), boxes.sum()
    return Costs(sum(parts), *parts, positive.sum().astype(jnp.float32), own + boxes)


def _boxes(offsets: jax.Array, target: Target, here: Layout, spec: TrainingSpec) -> jax.Array:
    """(N, A)."""
    loss = REGRESSION[spec.loss.regression]
    settings = loss.arguments(spec.loss)
    if loss.compares == "offsets":
        return loss.function(offsets, target.offsets, **settings).sum(-1)
    shape = offsets.shape[:-1]
    anchors, cells = (
        jnp.broadcast_to(jnp.asarray(values)[None], (*shape, values.shape[-1]))
        for values in (here.anchors, here.cell_sides)
    )
    # Of an anchor that does not count nothing wild may be decoded: its gradient would be NaN although it is masked.
    offsets = jnp.where((target.label == 1)[..., None], offsets, target.offsets)
    boxes = decode(anchors, offsets, cells, spec.detector.coder)
    return loss.function(boxes, target.boxes, **settings)


def _taken(label: jax.Array, loss: jax.Array, luck: jax.Array, spec: SampleSpec) -> jax.Array:
    """Who counts, of one picture: bool (A,)."""
    if spec.sampler == "all":
        return label >= 0
    if spec.sampler == "hard":
        return sampling.sample_hard_negatives(label, loss, per_positive=spec.negatives_per_positive)
    most = int(spec.size * spec.positive_fraction)
    return sampling.sample_at_random(label, luck, size=spec.size, most_positive=most)
