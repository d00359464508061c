"""Matrix NMS: all scores are lowered at once, from one matrix of IoUs."""

from typing import NamedTuple

import jax
import jax.numpy as jnp

from anchorlab.core.iou import pairwise
from anchorlab.core.suppression.common import by_score


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
    mask = jnp.ones(n, bool) if mask is None else mask
    order = by_score(jnp.where(mask, scores, -jnp.inf))
    boxes, real = boxes[order], mask[order]
    place = jnp.arange(n, dtype=jnp.int32)
    speaks = (
        (place[:, None] < place[None, :]) & real[:, None] & real[None, :]
    )  # (N, N): row i before column j
    if class_ids is not None:
        speaks &= class_ids[order][:, None] == class_ids[order][None, :]
    overlap = jnp.where(speaks, pairwise(boxes, boxes), 0)
    compensation = overlap.max(axis=0, initial=0)  # (N,)
    if kernel == "gaussian":
        words = jnp.exp(sigma * (compensation[:, None] ** 2 - overlap**2))
    else:
        doubt = 1 - compensation[:, None]
        words = jnp.where(doubt > 0, (1 - overlap) / jnp.where(doubt > 0, doubt, 1), 1)
    factor = words.min(axis=0, where=speaks, initial=1)
    speaker = jnp.min(jnp.where(speaks & (words == factor[None, :]), place[:, None], n), axis=0, initial=n)
    lowered = factor < 1
    speaker = jnp.where(lowered, speaker, 0)
    iou = jnp.where(lowered, overlap[speaker, place], jnp.nan)
    rank = jnp.zeros(n, jnp.int32).at[order].set(place)
    return MatrixSuppression(
        order=order,
        scores=scores * factor[rank],
        factor=factor[rank],
        lowered_by=jnp.where(lowered, order[speaker], -1)[rank],
        iou=iou[rank],
        compensation=compensation[rank],
    )
