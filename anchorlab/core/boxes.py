"""Boxes: three formats, and the plain geometry of one box.

Formats: `xyxy` (two corners; what everything else here takes), `xywh` (corner and size; COCO) and
`cxcywh` (centre and size; YOLO, SSD). Coordinates are continuous: the width of a box is x2 - x1,
without the + 1 of inclusive pixels. The origin is top left.

All functions work on the last axis, shaped (..., 4), and on empty arrays.
"""

import jax
import jax.numpy as jnp

from anchorlab.core.rounding import rounded


def xywh_to_xyxy(boxes: jax.Array) -> jax.Array:
    """(x1, y1, width, height) to (x1, y1, x2, y2); shapes (..., 4)."""
    corner, size = boxes[..., :2], boxes[..., 2:]
    return jnp.concatenate([corner, corner + size], axis=-1)


def xyxy_to_xywh(boxes: jax.Array) -> jax.Array:
    """(x1, y1, x2, y2) to (x1, y1, width, height); shapes (..., 4)."""
    first, last = boxes[..., :2], boxes[..., 2:]
    return jnp.concatenate([first, last - first], axis=-1)


def cxcywh_to_xyxy(boxes: jax.Array) -> jax.Array:
    """(centre x, centre y, width, height) to (x1, y1, x2, y2); shapes (..., 4)."""
    center, half = boxes[..., :2], boxes[..., 2:] / 2
    return jnp.concatenate([center - half, center + half], axis=-1)


def xyxy_to_cxcywh(boxes: jax.Array) -> jax.Array:
    """(x1, y1, x2, y2) to (centre x, centre y, width, height); shapes (..., 4)."""
    first, last = boxes[..., :2], boxes[..., 2:]
    return jnp.concatenate([(first + last) / 2, last - first], axis=-1)


_TO_XYXY = {"xyxy": lambda boxes: boxes, "xywh": xywh_to_xyxy, "cxcywh": cxcywh_to_xyxy}
_FROM_XYXY = {"xyxy": lambda boxes: boxes, "xywh": xyxy_to_xywh, "cxcywh": xyxy_to_cxcywh}


def convert(boxes: jax.Array, source: str, target: str) -> jax.Array:
    """Boxes (..., 4) from one format to another: 'xyxy', 'xywh' or 'cxcywh'.

    Raises:
      ValueError: `source` or `target` is none of the three.
    """
    for name, value in (("source", source), ("target", target)):
        if value not in _TO_XYXY:
            raise ValueError(f"{name} must be one of {', '.join(map(repr, _TO_XYXY))}, got {value!r}")
    return boxes if source == target else _FROM_XYXY[target](_TO_XYXY[source](boxes))


def _per_axis(boxes: jax.Array, x: float, y: float) -> jax.Array:
    """(x, y, x, y), ready to scale `boxes` in any of the three formats."""
    scale = jnp.stack([jnp.asarray(v, boxes.dtype) for v in (x, y, x, y)])
    return scale.reshape((1,) * (boxes.ndim - 1) + (4,))


def sides(boxes: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Width and height, each (...), of xyxy boxes (..., 4)."""
    return boxes[..., 2] - boxes[..., 0], boxes[..., 3] - boxes[..., 1]


def area(boxes: jax.Array) -> jax.Array:
    """Area (...) of xyxy boxes (..., 4), in the square of their unit; 0 for a point or a line."""
    width, height = sides(boxes)
    return rounded(width * height)


def clip_along(edge: jax.Array, extent: float) -> jax.Array:
    """Cuts coordinates (...) of one axis at the image: to [0, extent], both inclusive; NumPy's arrays or JAX's."""
    return edge.clip(0, extent)


def inside_along(low: jax.Array, high: jax.Array, extent: float) -> jax.Array:
    """Whether boxes from `low` to `high` (...) lie wholly in [0, extent] along one axis; NumPy's arrays or JAX's."""
    return (low >= 0) & (high <= extent)


def clip_to_image(boxes: jax.Array, image_height: float, image_width: float) -> jax.Array:
    """Cuts xyxy boxes (..., 4) at the image: x to [0, width], y to [0, height], both inclusive.

    A box wholly outside becomes a line or a point on the border, of area 0.
    """
    extents = (image_width, image_height, image_width, image_height)
    return jnp.stack([clip_along(boxes[..., k], extent) for k, extent in enumerate(extents)], axis=-1)


def inside_image(boxes: jax.Array, image_height: float, image_width: float) -> jax.Array:
    """Whether each xyxy box (..., 4) lies wholly in the image, its border included; bool (...)."""
    across = inside_along(boxes[..., 0], boxes[..., 2], image_width)
    return across & inside_along(boxes[..., 1], boxes[..., 3], image_height)


def at_least(boxes: jax.Array, min_side: float) -> jax.Array:
    """Whether both sides of each xyxy box (..., 4) are `min_side` or longer (>=); bool (...)."""
    width, height = sides(boxes)
    return (width >= min_side) & (height >= min_side)


def inclusive_to_continuous(boxes: jax.Array) -> jax.Array:
    """xyxy boxes (..., 4) whose last pixel belongs to them, of width x2 - x1 + 1, as continuous ones.

    What Fast R-CNN and its heirs compute "with + 1" is what everything here computes for these.
    """
    return boxes + _per_axis(boxes, 0, 0).at[..., 2:].set(1)
