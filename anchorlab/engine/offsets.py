"""Boxes to offsets and back."""

import math

import jax
import numpy as np

from anchorlab.core.offsets import decode_offsets, encode_offsets
from anchorlab.engine import checks
from anchorlab.engine.buckets import ROWS, bucket, pad, real
from anchorlab.specs import CoderSpec


@jax.jit
def _encode(anchors, gt_boxes, mask, means, stds):
    return encode_offsets(anchors, gt_boxes, means=means, stds=stds, matched=mask)


@jax.jit
def _decode(anchors, offsets, means, stds, clamp):
    return decode_offsets(anchors, offsets, means=means, stds=stds, clamp=clamp)


def _numbers(spec: CoderSpec) -> tuple[np.ndarray, np.ndarray]:
    return np.asarray(spec.means, np.float32), np.asarray(spec.stds, np.float32)


def encode(anchors: np.ndarray, gt_boxes: np.ndarray, spec: CoderSpec) -> np.ndarray:
    """The offsets (N, 4) that tell each box from its anchor, row by row; both need an area."""
    anchors = checks.boxes(anchors, "anchors", with_area=True)
    gt_boxes = checks.boxes(gt_boxes, "gt_boxes", with_area=True)
    checks.same_length(anchors, "anchors", gt_boxes, "gt_boxes")
    count = len(anchors)
    length = bucket(count, ROWS)
    offsets = jax.device_get(
        _encode(pad(anchors, length), pad(gt_boxes, length), real(count, length), *_numbers(spec))
    )[:count].copy()
    if not np.isfinite(offsets).all():
        raise ValueError("gt_boxes are too far from, or too unlike, their anchors: the offsets overflow")
    return offsets


def decode(anchors: np.ndarray, offsets: np.ndarray, spec: CoderSpec) -> np.ndarray:
    """The boxes (N, 4) that offsets tell from their anchors; the inverse of `encode`. Not clipped."""
    anchors, offsets = checks.boxes(anchors, "anchors"), checks.numbers(offsets, "offsets")
    checks.same_length(anchors, "anchors", offsets, "offsets")
    count = len(anchors)
    length = bucket(count, ROWS)
    clamp = math.inf if spec.clamp is None else spec.clamp
    boxes = jax.device_get(_decode(pad(anchors, length), pad(offsets, length), *_numbers(spec), clamp))
    boxes = boxes[:count].copy()
    if not np.isfinite(boxes).all():
        raise ValueError(
            "offsets are so large that the boxes overflow; set clamp, for instance to log(1000 / 16)"
        )
    return boxes
