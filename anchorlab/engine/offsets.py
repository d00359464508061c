"""Boxes to offsets and back."""

import math
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from anchorlab.catalogue.coders import CODERS, coder_of
from anchorlab.catalogue.coders.coder import Coder
from anchorlab.engine import checks
from anchorlab.engine.anchors import Anchors
from anchorlab.engine.buckets import ROWS, bucket, pad, real
from anchorlab.engine.matching import Matches
from anchorlab.settings.coding import CoderSpec


@partial(jax.jit, static_argnames="kind")
def _encode(anchors, gt_boxes, mask, settings, *, kind):
    # Rows of padding become the unit square: nothing divides by 0.
    unit = jnp.array([0.0, 0.0, 1.0, 1.0])[None, :]
    anchors, gt_boxes = (jnp.where(mask[:, None], boxes, unit) for boxes in (anchors, gt_boxes))
    return CODERS[kind].encode(anchors, gt_boxes, **settings)


@partial(jax.jit, static_argnames="kind")
def _decode(anchors, offsets, settings, *, kind):
    return CODERS[kind].decode(anchors, offsets, **settings)


def _traced(settings: dict[str, Any]) -> dict[str, Any]:
    """Settings as a program takes them that is compiled once for all their values; a bound of None is infinite."""
    numbers = {name: np.asarray(v, np.float32) for name, v in settings.items() if isinstance(v, tuple)}
    return settings | numbers | {name: math.inf for name, v in settings.items() if v is None}


def encode(
    anchors: np.ndarray,
    gt_boxes: np.ndarray,
    spec: CoderSpec,
    *,
    stride: np.ndarray | float | None = None,
) -> np.ndarray:
    """The offsets (N, 4) that tell each box from its anchor, row by row; both need an area.

    Args:
      stride: pixels of the cells in whose middle the anchors lie, needed by a coder that takes it (kind 'cell'): of all
        cells, of each (N,), or the width and height of each (N, 2).
    """
    anchors = checks.boxes(anchors, "anchors", with_area=True)
    gt_boxes = checks.boxes(gt_boxes, "gt_boxes", with_area=True)
    checks.same_length(anchors, "anchors", gt_boxes, "gt_boxes")
    coder, count = coder_of(spec), len(anchors)
    length = bucket(count, ROWS)
    boxes, mask = (pad(anchors, length), pad(gt_boxes, length)), real(count, length)
    settings = _traced(coder.encoding(spec, _strides(coder, stride, count, length)))
    found = _encode(*boxes, mask, settings, kind=spec.kind)
    offsets = jax.device_get(found)[:count].copy()
    if not np.isfinite(offsets).all():
        raise ValueError("gt_boxes are too far from, or too unlike, their anchors: the offsets overflow")
    return offsets


def decode(
    anchors: np.ndarray,
    offsets: np.ndarray,
    spec: CoderSpec,
    *,
    stride: np.ndarray | float | None = None,
) -> np.ndarray:
    """The boxes (N, 4) that offsets tell from their anchors; the inverse of `encode`. Not clipped."""
    anchors, offsets = checks.boxes(anchors, "anchors"), checks.numbers(offsets, "offsets")
    checks.same_length(anchors, "anchors", offsets, "offsets")
    coder, count = coder_of(spec), len(anchors)
    length = bucket(count, ROWS)
    rows = pad(anchors, length), pad(offsets, length)
    settings = _traced(coder.decoding(spec, _strides(coder, stride, count, length)))
    found = _decode(*rows, settings, kind=spec.kind)
    boxes = jax.device_get(found)[:count].copy()
    if not np.isfinite(boxes).all():
        hint = "; set clamp, for instance to log(1000 / 16)" if coder.takes("clamp") else ""
        raise ValueError(f"offsets are so large that the boxes overflow{hint}")
    return boxes


class Targets(NamedTuple):
    """What the network is to say of an image: P positive anchors, in order.

    Attributes:
      anchor: int32 (P,), index of the anchor.
      gt_index: int32 (P,), its object.
      offsets: float32 (P, 4), which tell the one from the other.
    """

    anchor: np.ndarray
    gt_index: np.ndarray
    offsets: np.ndarray


def encodable(anchors: Anchors, matches: Matches) -> np.ndarray:
    """Indices (P,) of the anchors that have offsets: positive ones with an area."""
    return np.flatnonzero((matches.label == 1) & anchors.has_area).astype(np.int32)


def encode_matches(anchors: Anchors, matches: Matches, gt_boxes: np.ndarray, spec: CoderSpec) -> Targets:
    """The offsets of every positive anchor with an area.

    Args:
      anchors: of all levels, with their cells.
      matches: of these anchors with `gt_boxes`.
      gt_boxes: xyxy pixels (G, 4), of positive area.
      spec: how offsets are written.
    """
    gt_boxes = checks.boxes(gt_boxes, "gt_boxes")
    rows = encodable(anchors, matches)
    gt_index = matches.gt_index[rows]
    offsets = encode(anchors.xyxy[rows], gt_boxes[gt_index], spec, stride=anchors.cell_sides[rows])
    return Targets(rows, gt_index, offsets)


def _strides(coder: Coder, stride: np.ndarray | float | None, count: int, length: int) -> np.ndarray | None:
    """Width and height of each cell, padded with ones; None for a coder that takes none."""
    if not coder.takes("stride"):
        return None
    if stride is None:
        raise ValueError(f"stride must be given with the coder kind {coder.name!r}")
    stride = np.asarray(stride, np.float32)
    if stride.ndim == 1:
        stride = stride[:, None]
    if stride.ndim > 2 or stride.shape not in ((), (count, 1), (count, 2)):
        raise ValueError("stride must be one number, one per anchor, or a width and a height per anchor")
    if not (np.isfinite(stride).all() and (stride > 0).all()):
        raise ValueError("stride must be positive pixels")
    sides = np.ones((length, 2), np.float32)
    sides[:count] = stride
    return sides
