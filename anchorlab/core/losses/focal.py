"""Focal loss: cross-entropy that counts what is already known the less, the better it is known."""

import jax
import jax.numpy as jnp

from anchorlab.core.losses.cross_entropy import sigmoid_cross_entropy


def sigmoid_focal_loss(
    logits: jax.Array, targets: jax.Array, *, alpha: float | None = 0.25, gamma: float = 2.0
) -> jax.Array:
    """alpha_t (1 - p_t)^gamma times the cross-entropy, where p_t is the probability given to the truth.

    A hundred thousand easy negatives, each at a cost of 0.01, outweigh forty positives at a cost of 2. With gamma 2 an
    anchor that is 90 % sure costs a hundredth of its cross-entropy, one that is wrong nearly all of it.

    Args:
      logits: (...), finite.
      targets: (...), broadcasting with `logits`, in [0, 1].
      alpha: weight of the positives, 1 - alpha that of the negatives; None: neither is weighted (torchvision: below 0).
      gamma: from 0 on; 0 is the weighted cross-entropy. May be traced.

    Returns:
      (...), not negative, at most the weighted cross-entropy. Empty for empty input.

    Example:
      A background predicted as background with 80 %: (1 - 0.8)^2 of 0.2231.

      >>> f"{sigmoid_focal_loss(-jnp.log(4.0), 0.0, alpha=None):.4f}"
      '0.0089'

    References:
      Lin et al., Focal Loss for Dense Object Detection, 2017, Eq. 5.
    """
    # 1 - p_t, without subtracting from 1 what is nearly 1.
    missing = targets * jax.nn.sigmoid(-logits) + (1 - targets) * jax.nn.sigmoid(logits)
    # The power by its logarithm, of a number above 0: for a gamma below 1 the power has no gradient at 0.
    known = jnp.exp(gamma * jnp.log(jnp.maximum(missing, jnp.finfo(missing.dtype).tiny)))
    loss = known * sigmoid_cross_entropy(logits, targets)
    return loss if alpha is None else (alpha * targets + (1 - alpha) * (1 - targets)) * loss
