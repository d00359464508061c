"""What the methods of suppression share: what becomes of a prediction, the order of the scores, classes moved apart."""

from enum import IntEnum

import jax
import jax.numpy as jnp


class Status(IntEnum):
    """What non-maximum suppression did with a prediction."""

    KEPT = 1
    SUPPRESSED = 2
    BELOW_SCORE = 3
    OVER_TOP_K = 4


def by_score(scores: jax.Array, *, ties_last: bool = False) -> jax.Array:
    """Indices int32 (N,) by falling score; of equal scores the lowest index first, or the highest.

    `ties_last` is what sorting upwards and reading backwards gives (NumPy's `argsort()[::-1]`).

    Example:
      >>> by_score(jnp.array([0.5, 0.9, 0.5]), ties_last=True).tolist()
      [1, 2, 0]
    """
    first = jnp.argsort(scores, descending=True, stable=True)
    if ties_last is False:
        return first.astype(jnp.int32)
    last = scores.shape[0] - 1 - jnp.argsort(scores[::-1], descending=True, stable=True)
    return jnp.where(ties_last, last, first).astype(jnp.int32)


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
    return boxes + (class_ids.astype(boxes.dtype) * step)[:, None]  # (N, 1) to (N, 4)
