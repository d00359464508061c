"""What the methods of suppression share: what becomes of a prediction, the order of the scores, classes moved apart."""

from enum import IntEnum

import jax
import jax.numpy as jnp

from anchorlab.core.rounding import rounded


class Status(IntEnum):
    """What non-maximum suppression did with a prediction."""

    KEPT = 1
    SUPPRESSED = 2
    BELOW_SCORE = 3
    OVER_TOP_K = 4


def by_score(scores: jax.Array, *, ties_last: bool = False) -> jax.Array:
    """Indices int32 (N,) of float32 scores, falling; of equal scores the lowest index first, or the highest.

    `ties_last` is what sorting upwards and reading backwards gives (NumPy's `argsort()[::-1]`); may be traced.
    Score and index are packed into one 64-bit number, so that one sort of plain numbers does it: several times
    faster on a processor than sorting indices by what they point at.

    Example:
      >>> by_score(jnp.array([0.5, 0.9, 0.5]), ties_last=True).tolist()
      [1, 2, 0]
    """
    n = scores.shape[0]
    with jax.enable_x64(True):
        scores = jnp.where(scores == 0, jnp.float32(0), scores)  # -0 and 0 are equal
        bits = jax.lax.bitcast_convert_type(scores, jnp.int32)
        # As unsigned numbers these rise with the score: negative floats count downwards in their bits.
        rising = jnp.where(bits < 0, ~bits, bits | jnp.int32(-(2**31)))
        falling = jax.lax.bitcast_convert_type(~rising, jnp.uint32).astype(jnp.uint64)
        place = jax.lax.iota(jnp.uint32, n)
        place = jnp.where(ties_last, jnp.uint32(max(n - 1, 0)) - place, place)
        place = jax.lax.sort((falling << jnp.uint64(32)) | place.astype(jnp.uint64)).astype(jnp.uint32)
        place = place.astype(jnp.int32)
        return jnp.where(ties_last, jnp.int32(n - 1) - place, place)


def shift_by_class(boxes: jax.Array, class_ids: jax.Array, *, mask: jax.Array | None = None) -> jax.Array:
    """The coordinate trick of batched NMS: boxes of class c moved by c (largest coordinate + 1).

    Suppression across all shifted boxes is suppression within each class, as long as boxes of
    different classes end up apart. It fails where the largest coordinate is -1 (the shift is 0) or
    less (classes move into each other), and with many classes float32 has no digits left for the IoU.

    Args:
      boxes: xyxy (N, 4).
      class_ids: int (N,), from 0.
      mask: bool (N,); other rows are padding, whose coordinates do not count.

    Example:
      >>> boxes = jnp.array([[0.0, 0.0, 2.0, 2.0], [0.0, 0.0, 3.0, 2.0]])
      >>> shift_by_class(boxes, jnp.array([0, 1])).tolist()  # the largest coordinate is 3
      [[0.0, 0.0, 2.0, 2.0], [4.0, 4.0, 7.0, 6.0]]

    References:
      torchvision `batched_nms`, mmcv `batched_nms`.
    """
    real = boxes if mask is None else jnp.where(mask[:, None], boxes, -jnp.inf)
    step = jnp.maximum(real.max(initial=-jnp.inf) + 1, jnp.finfo(boxes.dtype).min)  # finite, also if empty
    return boxes + rounded(class_ids.astype(boxes.dtype) * step)[:, None]  # (N, 1) to (N, 4)
