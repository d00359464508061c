"""Products that are rounded before they are added, so that every program gives the same bits.

A processor can multiply and add in one step (a fused multiply-add), which rounds once where two steps round
twice, and XLA does so wherever a product feeds an addition; which of two products of a sum it takes differs
from one compiled program to the next. An IoU would then differ in its last bit between two of our own programs,
from torchvision's, and from JavaScript's, and whether it *equals* a threshold or another IoU would rest on luck.
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
    return jnp.maximum(product, jnp.finfo(product.dtype).min)
