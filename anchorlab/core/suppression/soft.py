"""Soft-NMS: overlapping predictions lower each other's scores instead of being dropped."""

from typing import NamedTuple

import jax
import jax.numpy as jnp

from anchorlab.core.iou import columns, iou_of_columns
from anchorlab.core.rounding import divided
from anchorlab.core.suppression.common import Status


class SoftSuppression(NamedTuple):
    """What became of every prediction, and who lowered whose score in which round.

    Round r (from 1) picks the box with the highest score that is left; it lowers the scores of
    others, and those that fall too low are dropped.

    Attributes:
      picked: int32 (N,), the box each round picked; -1 after the last round. The engine cuts it to the
        rounds there were.
      status: int8 (N,), a `Status`: KEPT if picked, SUPPRESSED if dropped; masked rows BELOW_SCORE.
      round: int32 (N,), in which a box was picked or dropped; 0 if it took no part.
      scores: (N,), as lowered until then. What lowered them in one round is `decay_factor` of the overlap with
        the box that it picked: N numbers, which a round makes and forgets.
    """

    picked: jax.Array
    status: jax.Array
    round: jax.Array
    scores: jax.Array

    @property
    def keep(self) -> jax.Array:
        """The boxes kept (K,), as picked; not within compiled code, where K must be known."""
        return self.picked[self.picked >= 0]


def decay_factor(
    overlap: jax.Array,
    *,
    kernel: str = "linear",
    iou_threshold: float = 0.3,
    sigma: float = 0.5,
    decay_equal: bool = True,
) -> jax.Array:
    """What an IoU (...) with a better box multiplies a score by.

    Args:
      overlap: IoU (...).
      kernel: 'linear', 1 - IoU from the threshold on; 'gaussian', exp(-IoU^2 / sigma); 'hard', 0 from
        the threshold on.
      iou_threshold: read by 'linear' and 'hard'.
      sigma: the paper's. TensorFlow divides by 2 sigma, Matrix NMS multiplies: 1 / sigma.
      decay_equal: whether an IoU equal to the threshold lowers (>=); may be traced. An IoU of 0
        lowers nothing, also where the threshold is 0.

    Example:
      >>> decay_factor(jnp.array([0.2, 0.5]), iou_threshold=0.3).tolist()
      [1.0, 0.5]

    Raises:
      ValueError: `kernel` is none of the three.
    """
    above = (overlap > iou_threshold) | (decay_equal & (overlap == iou_threshold) & (overlap > 0))
    if kernel == "linear":
        return jnp.where(above, 1 - overlap, 1)
    if kernel == "gaussian":
        return jnp.exp(divided(-(overlap**2), sigma))
    if kernel == "hard":
        return jnp.where(above, 0, jnp.ones_like(overlap))
    raise ValueError(f"kernel must be 'linear', 'gaussian' or 'hard', got {kernel!r}")


def soft_suppress(
    boxes: jax.Array,
    scores: jax.Array,
    class_ids: jax.Array | None = None,
    *,
    kernel: str = "linear",
    iou_threshold: float = 0.3,
    sigma: float = 0.5,
    score_threshold: float = 0.001,
    decay_equal: bool = True,
    drop_all: bool = True,
    mask: jax.Array | None = None,
) -> SoftSuppression:
    """Picks the best box, lowers the scores of those that overlap it, and repeats.

    Args:
      boxes: xyxy (N, 4).
      scores: (N,), not negative.
      class_ids: int (N,); only boxes of one class lower each other. None: any do.
      kernel, iou_threshold, sigma, decay_equal: of `decay_factor`.
      score_threshold: after each round, boxes whose score < this are dropped. The picked box itself
        is never tested, so the best box is kept however low it is (of all classes, not of each).
      drop_all: True: all boxes that are left are tested (mmcv); False: only those that overlap the
        picked box (the paper's code), so a box that overlaps none is kept however low. May be traced.
      mask: bool (N,); other rows are padding.

    Returns:
      `SoftSuppression`; of equal scores the lowest index is picked first. Empty for empty input.

    Example:
      >>> boxes = jnp.array([[0.0, 0.0, 4.0, 4.0], [0.0, 0.0, 4.0, 3.0], [6.0, 0.0, 8.0, 2.0]])
      >>> record = soft_suppress(boxes, jnp.array([0.9, 0.8, 0.7]), score_threshold=0.1)
      >>> record.keep.tolist(), [round(score, 3) for score in record.scores.tolist()]  # the IoU of 0 and 1 is 0.75
      ([0, 2, 1], [0.9, 0.2, 0.7])

    References:
      Bodla et al., Soft-NMS, 2017.
    """
    n = scores.shape[0]
    mask = jnp.ones(n, bool) if mask is None else mask
    nothing = jnp.zeros(n, jnp.int32)
    if n == 0:
        return SoftSuppression(nothing, nothing.astype(jnp.int8), nothing, scores)
    every = columns(boxes)

    def play(state):
        r, waiting, scores, picked, rounds = state
        best = jnp.argmax(jnp.where(waiting, scores, -jnp.inf)).astype(jnp.int32)
        left = waiting.at[best].set(False)
        overlap = iou_of_columns(jax.tree.map(lambda v: v[best], every), every)  # (N,)
        if class_ids is not None:
            overlap = jnp.where(class_ids == class_ids[best], overlap, 0)
        factor = decay_factor(
            overlap, kernel=kernel, iou_threshold=iou_threshold, sigma=sigma, decay_equal=decay_equal
        )
        scores = jnp.where(left, scores * factor, scores)
        tested = left & (drop_all | (overlap > 0))
        still = left & ~(tested & (scores < score_threshold))
        rounds = jnp.where(waiting & ~still, r + 1, rounds)
        return r + 1, still, scores, picked.at[r].set(best), rounds

    start = (jnp.int32(0), mask, scores, jnp.full(n, -1, jnp.int32), nothing)
    _, _, scores, picked, rounds = jax.lax.while_loop(lambda state: jnp.any(state[1]), play, start)

    # Rounds that were not played point past the end, where an update is dropped.
    kept = jnp.zeros(n, bool).at[jnp.where(picked >= 0, picked, n)].set(True, mode="drop")
    status = jnp.select([kept, mask], [jnp.int8(Status.KEPT), jnp.int8(Status.SUPPRESSED)], jnp.int8(3))
    return SoftSuppression(picked, status, rounds, scores)
