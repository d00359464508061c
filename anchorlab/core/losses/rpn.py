"""The loss of a region proposal network: is there an object, and where."""

from typing import NamedTuple

import jax
import jax.numpy as jnp

from anchorlab.core.losses.cross_entropy import sigmoid_cross_entropy
from anchorlab.core.losses.regression import smooth_l1


class RpnLoss(NamedTuple):
    """The loss and what it is the sum of; all scalars.

    Attributes:
      total: classification + balance x regression.
      classification: sum of the cross-entropies over `n_cls`.
      regression: sum of the positives' smooth L1 over `n_reg`, before it is weighted.
      n_cls, n_reg: what the sums were divided by.
    """

    total: jax.Array
    classification: jax.Array
    regression: jax.Array
    n_cls: jax.Array
    n_reg: jax.Array


def rpn_loss(
    logits: jax.Array,
    offsets: jax.Array,
    label: jax.Array,
    targets: jax.Array,
    *,
    balance: float = 10.0,
    beta: float = 1.0,
    n_cls: float | None = None,
    n_reg: float | None = None,
) -> RpnLoss:
    """(1 / N_cls) sum L_cls(p, p*) + lambda (1 / N_reg) sum p* L_reg(t, t*).

    An anchor pays for its box only where it is positive: a background has no box to be wrong about. In the paper N_cls is
    the mini-batch, 256, and N_reg the number of places, about 2,400: the boxes' term would count a tenth, and lambda = 10
    weighs it up again. With both divided by the anchors that take part, as in torchvision and detectron2, lambda is 1.

    Args:
      logits: (A,), of there being an object.
      offsets: (A, 4), as predicted.
      label: int (A,); 1 positive, 0 negative, -1 takes no part (ignored, or not in the sample).
      targets: (A, 4), the encoded objects; read where the label is 1.
      balance: lambda.
      beta: of `smooth_l1`.
      n_cls: divides the classification; None: the anchors that take part. May be traced.
      n_reg: divides the regression; None: the same. May be traced.

    Returns:
      `RpnLoss`. All 0 where nothing takes part; a divisor of 0 counts as 1.

    Example:
      One positive at 50 %, half an anchor's width off, and one negative at 80 %: log 2 + 0.2231, and 0.5^2 / 2.

      >>> loss = rpn_loss(
      ...     jnp.array([0.0, -jnp.log(4.0)]), jnp.array([[0.5, 0, 0, 0], [9, 9, 9, 9]]),
      ...     jnp.array([1, 0]), jnp.zeros((2, 4)), n_cls=2, n_reg=10)
      >>> [round(float(part), 4) for part in loss[:3]]
      [0.5831, 0.4581, 0.0125]

    References:
      Ren et al., Faster R-CNN, 2015, Eq. 1.
    """
    part, positive = label >= 0, label == 1
    # What does not count is replaced before it is used: a NaN in it would stay in the gradient.
    entropy = sigmoid_cross_entropy(jnp.where(part, logits, 0), positive)
    offsets, targets = (jnp.where(positive[:, None], four, 0) for four in (offsets, targets))
    boxes = smooth_l1(offsets, targets, beta=beta).sum(axis=1)
    return add_up(entropy, boxes, label, balance=balance, n_cls=n_cls, n_reg=n_reg)


def add_up(
    classification: jax.Array,
    regression: jax.Array,
    label: jax.Array,
    *,
    balance: float = 10.0,
    n_cls: float | None = None,
    n_reg: float | None = None,
) -> RpnLoss:
    """The same sum of any two losses: (1 / N_cls) sum L_cls + lambda (1 / N_reg) sum p* L_reg.

    Args:
      classification: (A,), what the class of each anchor costs; read where the label is 0 or 1.
      regression: (A,), what its box costs; read where the label is 1.
      label, balance, n_cls, n_reg: of `rpn_loss`.

    Returns:
      `RpnLoss`. All 0 where nothing takes part; a divisor of 0 counts as 1.

    Example:
      >>> parts = add_up(jnp.array([0.7, 0.2, 9.0]), jnp.array([0.5, 9.0, 9.0]), jnp.array([1, 0, -1]), n_reg=10)
      >>> [round(float(part), 4) for part in parts]
      [0.95, 0.45, 0.05, 2.0, 10.0]
    """
    part, positive = label >= 0, label == 1
    count = part.sum().astype(classification.dtype)
    n_cls, n_reg = (count if n is None else jnp.asarray(n, count.dtype) for n in (n_cls, n_reg))
    classes = jnp.where(part, classification, 0).sum() / jnp.where(n_cls > 0, n_cls, 1)
    boxes = jnp.where(positive, regression, 0).sum() / jnp.where(n_reg > 0, n_reg, 1)
    return RpnLoss(classes + balance * boxes, classes, boxes, n_cls, n_reg)
