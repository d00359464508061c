"""Sampling: which of the labelled anchors count in the loss.

Of a picture's anchors a few dozen are positive and thousands are not. Were all counted alike, "background" everywhere would be
an excellent answer. The focal loss is made for taking all of them (Lin et al., 2017); the others take a part.
"""

import jax
import jax.numpy as jnp

from anchorlab.core.suppression.common import by_score


def _first(candidates: jax.Array, key: jax.Array, count: jax.Array) -> jax.Array:
    """The `count` candidates of the highest keys (of equal ones the lowest index first): bool (A,)."""
    order = by_score(jnp.where(candidates, key, -jnp.inf))
    rank = (
        jnp.zeros_like(order)
        .at[order]
        .set(jnp.arange(order.shape[0], dtype=order.dtype), unique_indices=True)
    )
    return candidates & (rank < count)


def sample_at_random(label: jax.Array, luck: jax.Array, *, size: int, most_positive: int) -> jax.Array:
    """At most `most_positive` positives, and negatives up to `size` in all.

    Positives that are missing are made up for by negatives, never the other way round: with 43 positives a sample of 256
    holds 213 negatives.

    Args:
      label: int (A,); 1 positive, 0 negative, -1 ignored.
      luck: float32 (A,); those of the highest luck are taken.
      size, most_positive: whole numbers from 0; may be traced.

    Returns:
      bool (A,): who is in the sample; of the ignored nobody. Empty for empty input.

    Example:
      >>> label = jnp.array([1, 1, 0, 0, 0, -1])
      >>> sample_at_random(label, jnp.array([0.1, 0.9, 0.3, 0.8, 0.7, 1.0]), size=3, most_positive=1).tolist()
      [False, True, False, True, True, False]

    References:
      Girshick, Fast R-CNN, 2015, sec. 2.3; Ren et al., Faster R-CNN, 2015, sec. 3.1.3.
    """
    positive, negative = label == 1, label == 0
    positives = jnp.minimum(positive.sum(), most_positive)
    return _first(positive, luck, positives) | _first(negative, luck, size - positives)


def sample_hard_negatives(label: jax.Array, loss: jax.Array, *, per_positive: float) -> jax.Array:
    """All positives, and for each so many of the negatives that cost most.

    Args:
      label: int (A,); 1 positive, 0 negative, -1 ignored.
      loss: float32 (A,), what each anchor's class costs now; of equal ones the lowest index is taken first.
      per_positive: negatives for one positive, rounded down in all; may be traced.

    Returns:
      bool (A,): who is in the sample. Without positives nobody: such a picture teaches nothing (as in SSD).

    Example:
      >>> label = jnp.array([1, 0, 0, 0, 0, -1])
      >>> sample_hard_negatives(label, jnp.array([0.0, 0.1, 2.0, 0.3, 0.2, 9.0]), per_positive=2).tolist()
      [True, False, True, True, False, False]

    References:
      Liu et al., SSD, 2016, sec. 2.2 (hard negative mining).
    """
    positive = label == 1
    return positive | _first(label == 0, loss, jnp.floor(per_positive * positive.sum()))
