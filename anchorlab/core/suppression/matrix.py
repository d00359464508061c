"""Matrix NMS: all scores are lowered at once, by what a matrix of IoUs says; it is read in blocks of rows."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import lax

from anchorlab.core.iou import columns, iou_of_columns
from anchorlab.core.rounding import divided, rounded
from anchorlab.core.suppression.common import by_score

BLOCK = 32
"""Rows of the matrix that are there at a time."""


class MatrixSuppression(NamedTuple):
    """How Matrix NMS lowered every score, at once; all fields (N,).

    Attributes:
      order: int32, indices by falling score before lowering; masked rows last.
      scores: as lowered.
      factor: what the score was multiplied by, in [0, 1].
      lowered_by: int32, the better box whose overlap decided the factor; -1 where that is 1.
      iou: with that box; NaN if there is none.
      compensation: the largest IoU of a box with any better one of its class; how far its own word
        against others is discounted.
    """

    order: jax.Array
    scores: jax.Array
    factor: jax.Array
    lowered_by: jax.Array
    iou: jax.Array
    compensation: jax.Array


def matrix_suppress(
    boxes: jax.Array,
    scores: jax.Array,
    class_ids: jax.Array | None = None,
    *,
    kernel: str = "gaussian",
    sigma: float = 2.0,
    mask: jax.Array | None = None,
) -> MatrixSuppression:
    """Lowers every score by what all better boxes have against it, without going round by round.

    A better box i of IoU o_ij speaks against j with f(o_ij); but if i is itself doubtful, because a
    better box overlaps it by c_i, its word counts less: f(o_ij) / f(c_i). The strongest word counts.

    Args:
      boxes: xyxy (N, 4).
      scores: (N,).
      class_ids: int (N,); only boxes of one class speak against each other. None: any do.
      kernel: 'gaussian', f(o) = exp(-sigma o^2), or 'linear', f(o) = 1 - o.
      sigma: multiplies, unlike that of soft-NMS.
      mask: bool (N,); other rows are padding.

    Returns:
      `MatrixSuppression`. A linear f(c_i) = 0, of an exact duplicate, makes that box silent (the box
      that it duplicates still speaks); the authors' code divides by it.

    Example:
      >>> boxes = jnp.array([[0.0, 0.0, 4.0, 4.0], [0.0, 0.0, 4.0, 3.0], [6.0, 0.0, 8.0, 2.0]])
      >>> record = matrix_suppress(boxes, jnp.array([0.9, 0.8, 0.7]), kernel="linear")
      >>> record.factor.tolist(), record.lowered_by.tolist()
      ([1.0, 0.25, 1.0], [-1, 0, -1])

    Raises:
      ValueError: `kernel` is neither.

    References:
      Wang et al., SOLOv2, 2020, sec. 3.3.
    """
    if kernel not in ("gaussian", "linear"):
        raise ValueError(f"kernel must be 'gaussian' or 'linear', got {kernel!r}")
    n = scores.shape[0]
    if n == 0:
        nobody = jnp.zeros(0, jnp.int32)
        return MatrixSuppression(nobody, scores, scores, nobody, scores, scores)
    mask = jnp.ones(n, bool) if mask is None else mask
    order = by_score(jnp.where(mask, scores, -jnp.inf))
    # From here on in score order: row 0 is the best prediction.
    ranked, real = columns(boxes[order]), mask[order]
    class_ids = jnp.zeros(n, jnp.int32) if class_ids is None else class_ids[order]
    place = jnp.arange(n, dtype=jnp.int32)

    def speakers(k):
        """Block k of better boxes: their places (B, 1), and whether they speak against each box, and their IoU,
        else 0; both (B, N)."""
        better = k * BLOCK + jnp.arange(BLOCK, dtype=jnp.int32)[:, None]
        at = jnp.minimum(better, n - 1)
        speaks = (better < place[None, :]) & real[at] & real[None, :] & (class_ids[at] == class_ids[None, :])
        theirs, others = (jax.tree.map(lambda v, row=row: v[row], ranked) for row in (at, None))
        return better, speaks, jnp.where(speaks, iou_of_columns(theirs, others), 0)

    def compare(k, compensation):
        return jnp.maximum(compensation, speakers(k)[2].max(axis=0))

    def speak(k, state):
        factor, lowered_by = state
        better, speaks, overlap = speakers(k)
        comp = compensation[jnp.minimum(better, n - 1)]
        if kernel == "gaussian":
            words = jnp.exp(sigma * (rounded(comp**2) - rounded(overlap**2)))
        else:
            doubt = 1 - comp
            words = jnp.where(doubt > 0, divided(1 - overlap, jnp.where(doubt > 0, doubt, 1)), 1)
        words = jnp.where(speaks, words, 1)
        strongest = words.min(axis=0)
        by = jnp.where(words == strongest[None, :], better, n).min(
            axis=0
        )  # of equal words that of the best box
        return jnp.minimum(factor, strongest), jnp.where(strongest < factor, by, lowered_by)

    blocks = (jnp.sum(mask, dtype=jnp.int32) + BLOCK - 1) // BLOCK  # padding is behind
    compensation = lax.fori_loop(0, blocks, compare, jnp.zeros(n, boxes.dtype))
    nobody = (jnp.ones(n, boxes.dtype), jnp.full(n, -1, jnp.int32))
    factor, lowered_by = lax.fori_loop(0, blocks, speak, nobody)
    theirs = jax.tree.map(lambda v: v[lowered_by], ranked)
    iou = jnp.where(lowered_by >= 0, iou_of_columns(theirs, ranked), jnp.nan)
    rank = jnp.zeros(n, jnp.int32).at[order].set(place)
    return MatrixSuppression(
        order=order,
        scores=scores * factor[rank],
        factor=factor[rank],
        lowered_by=jnp.where(lowered_by >= 0, order[lowered_by], -1)[rank],
        iou=iou[rank],
        compensation=compensation[rank],
    )
