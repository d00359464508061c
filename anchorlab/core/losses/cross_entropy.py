"""Cross-entropy: what a probability costs, by the logarithm of what it left to the truth.

Both forms take logits and never form the probability first: of a logit of 100 the probability is exactly 1 in float32,
and the logarithm of what is left to it would be -inf.
"""

import jax
import jax.numpy as jnp


def sigmoid_cross_entropy(logits: jax.Array, targets: jax.Array) -> jax.Array:
    """-t log p - (1 - t) log(1 - p) with p = sigmoid(logit): every class is a question of its own, yes or no.

    Args:
      logits: (...), finite.
      targets: (...), broadcasting with `logits`, in [0, 1]; 1 for the class that is there.

    Returns:
      (...), not negative; 0 only in the limit. The gradient is p - t. Empty for empty input.

    Example:
      A background that is predicted as background with 80 % costs -log 0.8 = 0.22.

      >>> f"{sigmoid_cross_entropy(-jnp.log(4.0), 0.0):.4f}"
      '0.2231'

    References:
      Girshick, Fast R-CNN, 2015, sec. 2.3; Ren et al., Faster R-CNN, 2015, sec. 3.1.2.
    """
    # log(1 + e^x) = max(x, 0) + log(1 + e^-|x|), where no exponential overflows; |x| as a minimum, of slope 0 at 0.
    return jnp.maximum(logits, 0) - logits * targets + jnp.log1p(jnp.exp(jnp.minimum(logits, -logits)))


def softmax_cross_entropy(logits: jax.Array, class_ids: jax.Array) -> jax.Array:
    """-log p of the true class with p = softmax(logits): the classes, background among them, share one probability.

    Args:
      logits: (..., C), finite, C at least 1.
      class_ids: int (...), from 0 to C - 1; NaN comes back for any other.

    Returns:
      (...), not negative. The gradient is p, less 1 at the true class. Empty for empty input.

    Example:
      >>> f"{softmax_cross_entropy(jnp.log(jnp.array([0.8, 0.15, 0.05])), jnp.array(0)):.4f}"
      '0.2231'

    References:
      Girshick, Fast R-CNN, 2015, sec. 2.3; Liu et al., SSD, 2016, Eq. 3.
    """
    own = jnp.take_along_axis(logits, class_ids[..., None], axis=-1, mode="fill", fill_value=jnp.nan)
    return jax.nn.logsumexp(logits, axis=-1) - own[..., 0]
