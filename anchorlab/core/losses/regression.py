"""What a box costs that is not quite where it should be: by its offsets, or by how much it overlaps."""

import jax
import jax.numpy as jnp

from anchorlab.core import iou


def l1(prediction: jax.Array, target: jax.Array) -> jax.Array:
    """|prediction - target|, elementwise; shapes broadcast. The gradient is the sign, 0 at 0.

    Example:
      >>> l1(jnp.array([0.5, -2.0]), jnp.array([0.0, 0.0]))
      Array([0.5, 2. ], dtype=float32)
    """
    difference = prediction - target
    # `abs` has slope 1 at 0 in JAX: a box that is exactly right would be pushed.
    return jnp.maximum(difference, -difference)


def smooth_l1(prediction: jax.Array, target: jax.Array, *, beta: float = 1.0) -> jax.Array:
    """A parabola near 0 and a straight line beyond: d^2 / (2 beta) where |d| < beta, else |d| - beta / 2.

    The parabola lets the gradient fade as the error does; the line keeps one wild box from deciding the step. Both
    have the same value and slope at beta.

    Args:
      prediction, target: (...), whose shapes broadcast; d is their difference.
      beta: where the one becomes the other, in the unit of the offsets; 0 is `l1`. May be traced. detectron2's RPN takes 0,
        the code of Faster R-CNN 1/9 (there sigma = 3, beta = 1 / sigma^2).

    Returns:
      (...), not negative, of slope at most 1. Empty for empty input.

    Example:
      >>> smooth_l1(jnp.array([0.5, -2.0]), jnp.array([0.0, 0.0]))
      Array([0.125, 1.5  ], dtype=float32)

    References:
      Girshick, Fast R-CNN, 2015, Eq. 3.
    """
    distance = l1(prediction, target)
    # Both branches have a gradient, and the one not taken must not divide by 0.
    parabola = 0.5 * distance**2 / jnp.where(beta > 0, beta, 1)
    return jnp.where(distance < beta, parabola, distance - 0.5 * beta)


def iou_loss(boxes: jax.Array, targets: jax.Array, *, kind: str = "iou") -> jax.Array:
    """1 - IoU, or one of its relatives: all four corners together, and the same for large boxes and small ones.

    Args:
      boxes, targets: xyxy (..., 4), whose leading axes broadcast.
      kind: 'iou', whose gradient is 0 where the boxes do not touch; 'giou', 'diou' and 'ciou' pull even then.

    Returns:
      (...): 0 for equal boxes of some area; up to 1, for 'giou' and 'diou' 2, for 'ciou' 3.

    Raises:
      ValueError: `kind` is none of the four.

    Example:
      >>> iou_loss(jnp.array([0.0, 0.0, 10.0, 10.0]), jnp.array([0.0, 0.0, 10.0, 5.0]))
      Array(0.5, dtype=float32)

    References:
      Rezatofighi et al., Generalized Intersection over Union, 2019; Zheng et al., Distance-IoU Loss, 2020.
    """
    if kind not in iou.KINDS:
        raise ValueError(f"kind must be one of {', '.join(map(repr, iou.KINDS))}, got {kind!r}")
    return 1 - iou.KINDS[kind](boxes, targets)
