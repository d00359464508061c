"""Boxes to offsets and back."""

import math
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from anchorlab.core.coders.cell import decode_in_cell, encode_in_cell
from anchorlab.core.coders.center import decode_offsets, encode_offsets
from anchorlab.core.coders.corner import decode_corners, encode_corners
from anchorlab.engine import checks
from anchorlab.engine.anchors import Anchors
from anchorlab.engine.buckets import ROWS, bucket, pad, real
from anchorlab.engine.matching import Matches
from anchorlab.settings.coding import CoderSpec


@partial(jax.jit, static_argnames="kind")
def _encode(anchors, gt_boxes, mask, means, stds, eps, *, kind):
    if kind == "corner":
        # Rows of padding become the unit square: nothing divides by 0.
        unit = jnp.array([0.0, 0.0, 1.0, 1.0])
        anchors = jnp.where(mask[:, None], anchors, unit[None, :])
        return encode_corners(anchors, gt_boxes, means=means, stds=stds)
    return encode_offsets(anchors, gt_boxes, means=means, stds=stds, matched=mask, eps=eps)


@partial(jax.jit, static_argnames="kind")
def _decode(anchors, offsets, means, stds, clamp, clamp_both, *, kind):
    if kind == "corner":
        return decode_corners(anchors, offsets, means=means, stds=stds)
    return decode_offsets(anchors, offsets, means=means, stds=stds, clamp=clamp, clamp_both=clamp_both)


@jax.jit
def _encode_in_cell(anchors, gt_boxes, stride, mask):
    unit = jnp.array([0.0, 0.0, 1.0, 1.0])[None, :]
    real = mask[:, None]
    return encode_in_cell(
        jnp.where(real, anchors, unit), jnp.where(real, gt_boxes, unit), jnp.where(real, stride, 1)
    )


_decode_in_cell = jax.jit(decode_in_cell)


def _numbers(spec: CoderSpec) -> tuple[np.ndarray, np.ndarray]:
    return np.asarray(spec.means, np.float32), np.asarray(spec.stds, np.float32)


def encode(
    anchors: np.ndarray,
    gt_boxes: np.ndarray,
    spec: CoderSpec,
    *,
    stride: np.ndarray | float | None = None,
) -> np.ndarray:
    """The offsets (N, 4) that tell each box from its anchor, row by row; both need an area.

    Args:
      stride: pixels of the cells in whose middle the anchors lie, needed by kind 'cell': of all cells, of each (N,), or the
        width and height of each (N, 2).
    """
    anchors = checks.boxes(anchors, "anchors", with_area=True)
    gt_boxes = checks.boxes(gt_boxes, "gt_boxes", with_area=True)
    checks.same_length(anchors, "anchors", gt_boxes, "gt_boxes")
    count = len(anchors)
    length = bucket(count, ROWS)
    boxes, mask = (pad(anchors, length), pad(gt_boxes, length)), real(count, length)
    if spec.kind == "cell":
        return jax.device_get(_encode_in_cell(*boxes, _strides(stride, count, length), mask))[:count].copy()
    found = _encode(*boxes, mask, *_numbers(spec), spec.eps, kind=spec.kind)
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
    count = len(anchors)
    length = bucket(count, ROWS)
    rows = pad(anchors, length), pad(offsets, length)
    if spec.kind == "cell":
        found, hint = _decode_in_cell(*rows, _strides(stride, count, length)), ""
    else:
        clamp = math.inf if spec.clamp is None else spec.clamp
        found = _decode(*rows, *_numbers(spec), clamp, spec.clamp_both, kind=spec.kind)
        hint = "; set clamp, for instance to log(1000 / 16)"
    boxes = jax.device_get(found)[:count].copy()
    if not np.isfinite(boxes).all():
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
      anchors: of all levels; their cells matter to kind 'cell'.
      matches: of these anchors with `gt_boxes`.
      gt_boxes: xyxy pixels (G, 4), of positive area.
      spec: how offsets are written.
    """
    gt_boxes = checks.boxes(gt_boxes, "gt_boxes")
    rows = encodable(anchors, matches)
    gt_index = matches.gt_index[rows]
    offsets = encode(anchors.xyxy[rows], gt_boxes[gt_index], spec, stride=anchors.cell_sides[rows])
    return Targets(rows, gt_index, offsets)


def _strides(stride: np.ndarray | float | None, count: int, length: int) -> np.ndarray:
    """Width and height of each cell, padded."""
    if stride is None:
        raise ValueError("stride must be given with the coder kind 'cell'")
    stride = np.asarray(stride, np.float32)
    if stride.ndim == 1:
        stride = stride[:, None]
    if stride.ndim > 2 or stride.shape not in ((), (count, 1), (count, 2)):
        raise ValueError("stride must be one number, one per anchor, or a width and a height per anchor")
    if not (np.isfinite(stride).all() and (stride > 0).all()):
        raise ValueError("stride must be positive pixels")
    return pad(np.broadcast_to(stride, (count, 2)), length)
