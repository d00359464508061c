"""What a training makes small: the losses of class and box, of the anchors that count, as the settings say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, Self

import equinox as eqx
import jax
import jax.numpy as jnp

from anchorlab.catalogue.losses import CLASSIFICATION, REGRESSION
from anchorlab.core import sampling
from anchorlab.detector.targets import Layout, Target, decode
from anchorlab.settings.coding import CoderSpec
from anchorlab.settings.losses import Normalizer
from anchorlab.settings.matching import RuleSpec
from anchorlab.settings.training import TrainingSpec


class Objective(eqx.Module):
    """A rule, losses and a sampler as a program takes them: what is static is compiled in, the numbers of the losses and
    of the sampler are arguments, so that other ones need no other program.

    Attributes:
      rule, coder, classes: what anchors are to say, as in `targets.targets_of`.
      classification, regression, sampler: names.
      n_cls, n_reg: what the sums are divided by.
      of_class, of_box, of_sampler: the numbers of each.
      box_weight: lambda.
    """

    rule: RuleSpec = eqx.field(static=True)
    coder: CoderSpec = eqx.field(static=True)
    classes: int = eqx.field(static=True)
    classification: str = eqx.field(static=True)
    regression: str = eqx.field(static=True)
    sampler: str = eqx.field(static=True)
    n_cls: Normalizer = eqx.field(static=True)
    n_reg: Normalizer = eqx.field(static=True)
    of_class: Mapping[str, Any]
    of_box: Mapping[str, Any]
    of_sampler: Mapping[str, Any]
    box_weight: float

    @classmethod
    def of(cls, spec: TrainingSpec) -> Self:
        """That of a training."""
        loss, sample = spec.loss, spec.sampling
        return cls(
            spec.matching.spec,
            spec.detector.coder,
            len(spec.detector.classes),
            loss.classification,
            loss.regression,
            sample.sampler,
            loss.n_cls,
            loss.n_reg,
            CLASSIFICATION[loss.classification].arguments(loss),
            REGRESSION[loss.regression].arguments(loss),
            {
                "all": {},
                "hard": {"per_positive": sample.negatives_per_positive},
                "random": {"size": sample.size, "most_positive": int(sample.size * sample.positive_fraction)},
            }[sample.sampler],
            loss.box_weight,
        )


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
    logits: jax.Array, offsets: jax.Array, target: Target, luck: jax.Array, here: Layout, objective: Objective
) -> Costs:
    """The loss of N pictures.

    Args:
      logits: (N, A, C), of every class by itself.
      offsets: (N, A, 4).
      target: of N pictures.
      luck: (N, A) in [0, 1), by which a random sampler draws.
      here: their anchors.
      objective: the losses and the sampler.
    """
    loss = CLASSIFICATION[objective.classification].function
    classes = loss(logits, target.classes, **objective.of_class).sum(-1)
    taken = jax.vmap(lambda *args: _taken(*args, objective))(
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

    own = jnp.where(taken, classes, 0) * share(objective.n_cls)
    boxes = _boxes(offsets, target, here, objective)
    boxes = jnp.where(positive, boxes, 0) * (objective.box_weight * share(objective.n_reg))
    parts = jnp.where(positive, own, 0).sum(), jnp.where(negative, own, 0).sum(), boxes.sum()
    return Costs(sum(parts), *parts, positive.sum().astype(jnp.float32), own + boxes)


def _boxes(offsets: jax.Array, target: Target, here: Layout, objective: Objective) -> jax.Array:
    """(N, A)."""
    loss = REGRESSION[objective.regression]
    if loss.compares == "offsets":
        return loss.function(offsets, target.offsets, **objective.of_box).sum(-1)
    shape = offsets.shape[:-1]
    anchors, cells = (
        jnp.broadcast_to(jnp.asarray(values)[None], (*shape, values.shape[-1]))
        for values in (here.anchors, here.cell_sides)
    )
    # Of an anchor that does not count nothing wild may be decoded: its gradient would be NaN although it is masked.
    offsets = jnp.where((target.label == 1)[..., None], offsets, target.offsets)
    boxes = decode(anchors, offsets, cells, objective.coder)
    return loss.function(boxes, target.boxes, **objective.of_box)


def _taken(label: jax.Array, loss: jax.Array, luck: jax.Array, objective: Objective) -> jax.Array:
    """Who counts, of one picture: bool (A,)."""
    if objective.sampler == "all":
        return label >= 0
    if objective.sampler == "hard":
        return sampling.sample_hard_negatives(label, loss, **objective.of_sampler)
    return sampling.sample_at_random(label, luck, **objective.of_sampler)
