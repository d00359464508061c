"""Arithmetic that does not depend on the program it is compiled into, so that every one gives the same bits.

A processor can multiply and add in one step (a fused multiply-add), which rounds once where two steps round
twice, and XLA does so wherever a product feeds an addition; which of two products of a sum it takes differs
from one compiled program to the next. An IoU would then differ in its last bit between two of our own programs,
from torchvision's, and from JavaScript's, and whether it *equals* a threshold or another IoU would rest on luck.

Nor is a quotient always divided: XLA multiplies by the reciprocal where many numbers are divided by one, and makes
one division of two. And in which order it adds many numbers changes with their shape.
"""

import jax
import jax.numpy as jnp


def rounded(product: jax.Array) -> jax.Array:
    """`product`, rounded to its dtype: whatever is added to it afterwards is a step of its own.

    The maximum with the lowest finite number changes no finite value, and stands between the two operations,
    where a compiler will not fuse over it. (A barrier or `reduce_precision` does not last so long in XLA.)
    The gradient is that of the identity.

    Example:
      >>> x = jnp.float32(1 + 2**-12)
      >>> float(rounded(x * x) - (1 + 2**-11))  # the last bit of the square, 2**-24, is rounded away
      0.0
    """
    xp = (
        product.__array_namespace__()
    )  # NumPy rounds at each step; what is written for both goes through here, too
    return xp.maximum(product, xp.finfo(product.dtype).min)


def divided(numerator: jax.Array, denominator: jax.Array) -> jax.Array:
    """numerator / denominator, whose shapes broadcast, each divided and rounded once.

    Needed where the denominator is broadcast, or where either is a quotient itself.

    Example:
      >>> parts = jax.jit(divided)(jnp.array([3.0, 5.0, 7.0]), jnp.array(49.0))
      >>> bool((parts == jnp.array([3 / 49, 5 / 49, 7 / 49])).all())
      True
    """
    shape = jnp.broadcast_shapes(jnp.shape(numerator), jnp.shape(denominator))
    over, under = (jnp.broadcast_to(values, shape) for values in (numerator, denominator))
    return jnp.divide(*jax.lax.optimization_barrier((over, under)))


def total(values: jax.Array) -> jax.Array:
    """The sum over the first axis (N, ...), neighbours first: (v0 + v1) + (v2 + v3), and so on; 0 of nothing.

    What order XLA's own sum takes nobody says. Zeros behind the last number change nothing, so a padded array
    gives the same.

    Example:
      >>> float(total(jnp.array([2.0**24, 1.0, 1.0])))  # 2**24 + 1 is no float32, and 1 + 0 comes first
      16777216.0
    """
    folds = max(values.shape[0] - 1, 0).bit_length()
    values = jnp.pad(values, [(0, 2**folds - values.shape[0]), *[(0, 0)] * (values.ndim - 1)])
    for _ in range(folds):
        values = values.reshape(len(values) // 2, 2, *values.shape[1:])
        values = values[:, 0] + values[:, 1]
    return values[0]
