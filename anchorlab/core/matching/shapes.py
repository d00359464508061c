"""How alike two boxes are in shape, wherever they lie: what YOLO asks instead of overlap."""

import jax
import jax.numpy as jnp

from anchorlab.core.iou import iou as iou_of
from anchorlab.core.rounding import divided


def shape_iou(sides: jax.Array, shapes: jax.Array) -> jax.Array:
    """IoU of boxes moved to one corner, (G, K): of sides (G, 2) with shapes (K, 2), (width, height).

    Example:
      >>> shape_iou(jnp.array([[8., 8]]), jnp.array([[8., 16], [4, 4]])).tolist()
      [[0.5, 0.25]]

    References:
      Redmon and Farhadi, YOLO9000, 2017, sec. 2 (one minus this is the distance of its clusters).
    """

    def at_corner(wh):
        return jnp.concatenate([jnp.zeros_like(wh), wh], axis=-1)

    return iou_of(at_corner(sides)[:, None, :], at_corner(shapes)[None, :, :])


def worst_factor(sides: jax.Array, shapes: jax.Array) -> jax.Array:
    """By which factor two boxes differ on their worst side, at least 1: max(w/w', w'/w, h/h', h'/h).

    Of sides (G, 2) with shapes (K, 2), all positive: (G, K).

    Example:
      >>> worst_factor(jnp.array([[8., 8]]), jnp.array([[8., 16], [4, 4]])).tolist()
      [[2.0, 2.0]]

    References:
      Jocher, YOLOv5, `ComputeLoss.build_targets`.
    """
    ratio = divided(sides[:, None, :], shapes[None, :, :])
    return jnp.maximum(ratio, divided(jnp.ones_like(ratio), ratio)).max(-1)


def shape_fit(sides: jax.Array, shapes: jax.Array) -> jax.Array:
    """How alike two boxes are on their worst side, at most 1: one over `worst_factor`; (G, K).

    Example:
      >>> shape_fit(jnp.array([[8., 8]]), jnp.array([[8., 16], [2, 4]])).tolist()
      [[0.5, 0.25]]

    References:
      Jocher, YOLOv5, `utils/autoanchor.py`, `metric`.
    """
    ratio = divided(sides[:, None, :], shapes[None, :, :])
    return jnp.minimum(ratio, divided(jnp.ones_like(ratio), ratio)).min(-1)


def fit_summary(fit: jax.Array, anchor_t: float = 4.0) -> tuple[jax.Array, jax.Array]:
    """How well anchors suit a set of boxes, as YOLOv5 reports it; from `shape_fit` (G, K).

    Args:
      fit: (G, K), both at least 1.
      anchor_t: the factor from which on (>=) an anchor does not fit: fits if fit > 1 / anchor_t.

    Returns:
      Best possible recall, the share of boxes that some anchor fits; and how many anchors fit a box
      on average.

    Example:
      >>> recall, many = fit_summary(jnp.array([[0.5, 0.2], [0.1, 0.1]]))
      >>> float(recall), float(many)
      (0.5, 0.5)

    References:
      Jocher, YOLOv5, `check_anchors`.
    """
    fits = fit > 1 / anchor_t
    return fits.any(axis=1).mean(), fits.sum(axis=1).astype(fit.dtype).mean()
