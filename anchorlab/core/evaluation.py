"""Measuring detections: which object each one finds, and how precision falls as recall rises."""

import math
from enum import IntEnum

import jax
import jax.numpy as jnp

from anchorlab.core.iou import coverage, iou


class Outcome(IntEnum):
    """What a detection turned out to be."""

    TRUE_POSITIVE = 1  # it found an object
    DOUBLE = 2  # of an object that a better one found
    MISPLACED = 3  # near an object of its class, but not near enough
    FALSE_ALARM = 4  # nothing of its class is there
    IGNORED = (
        5  # it found an object that does not count, or none, and is itself of a size that does not count
    )
    OVER_MAX = 6  # there were enough of better ones: it was not measured


def overlap_with(detections: jax.Array, objects: jax.Array, crowd: jax.Array) -> jax.Array:
    """How much of an object a detection found: their IoU; of a crowd, how much of the detection lies in it.

    The box of a crowd holds many objects that nobody marked one by one: a detection of one of them cannot fill it.

    Args:
      detections, objects: xyxy, of shapes (..., 4) that broadcast.
      crowd: bool (...).

    Returns:
      (...) in [0, 1]; 0 of boxes that at most touch, and where the union, or the detection, has no area.

    Example:
      >>> detection = jnp.array([0.0, 0.0, 10.0, 10.0])
      >>> picture = jnp.array([0.0, 0.0, 40.0, 10.0])
      >>> [overlap_with(detection, picture, jnp.array(crowd)).item() for crowd in (False, True)]
      [0.25, 1.0]

    References:
      Lin et al., Microsoft COCO, 2014, sec. 7.1; `maskUtils.iou` of its API.
    """
    return jnp.where(crowd, coverage(detections, objects), iou(detections, objects))


def find_objects(
    overlap: jax.Array, threshold: jax.Array | float, *, ignored: jax.Array, absorbs: jax.Array
) -> jax.Array:
    """Which object each detection of one class in one image finds, best score first.

    A detection finds, of the objects that are still free and that it overlaps by `threshold` or more (>=), the
    one it overlaps most; of equal overlaps the last. Objects that are ignored wait behind all that count: one of them
    is found only where no other can be.

    Args:
      overlap: (D, G) in [0, 1]; best score first.
      threshold: what an overlap has to reach; may be traced.
      ignored: bool (G,), objects that do not count.
      absorbs: bool (G,), objects that stay free however often they are found (crowds).

    Returns:
      int32 (D,): the object found, -1 for none. All -1 without objects.

    Example:
      The second detection overlaps object 0 most, but the first has found that one; the third finds nothing left.

      >>> overlap = jnp.array([[0.9, 0.1], [0.8, 0.6], [0.7, 0.7]])
      >>> nobody = jnp.zeros(2, bool)
      >>> find_objects(overlap, 0.5, ignored=nobody, absorbs=nobody).tolist()
      [0, 1, -1]

    References:
      Lin et al., Microsoft COCO, 2014; `COCOeval.evaluateImg` of its API.
    """
    if overlap.shape[1] == 0:
        return jnp.full(overlap.shape[0], -1, jnp.int32)
    place = jnp.arange(overlap.shape[1], dtype=jnp.int32)

    def find(free, row):
        possible = (row >= threshold) & (free | absorbs)
        counting = possible & ~ignored
        possible = jnp.where(jnp.any(counting), counting, possible)
        most = jnp.max(row, where=possible, initial=-1)
        found = jnp.max(place, where=possible & (row == most), initial=-1)
        return free & (place != found), found

    return jax.lax.scan(find, jnp.ones(overlap.shape[1], bool), overlap)[1]


def average_precision(recall: jax.Array, precision: jax.Array, how: str = "coco") -> jax.Array:
    """The precision-recall curve as one number, between 0 and 1.

    All three look at the curve's *envelope*: at a recall r, the best precision at r or beyond.

    * 'voc': its area, from recall 0 to 1 (VOC from 2010 on).
    * 'voc07': its mean at the 11 recalls 0, .1, ... 1 (VOC until 2009).
    * 'coco': its mean at the 101 recalls 0, .01, ... 1.

    A recall equal to a point counts for it (>=). The points are multiples of the step, as VOC's and COCO's code has
    them, and a few of those lie a rounding above the decimal: 3 x .1 is 0.30000000000000004. So a recall of
    exactly .3 (3 of 10) does *not* count for that point, nor do .6 and .7 among the 11 and .35, .41, .47, .57,
    .69, .7, .82, .83, .94 and .95 among the 101. That is so in every dtype: in float32 such a point lies a rounding
    above the float32 decimal.

    Args:
      recall: (N,), any float dtype; not falling, as detections are taken in, best score first. Rows may be left out
        where the recall does not rise: the first of each recall decides.
      precision: (N,), of the same detections.
      how: 'voc07', 'voc' or 'coco'.

    Returns:
      A scalar of their dtype; 0 for empty input.

    Raises:
      ValueError: `how` is none of the three.

    Example:
      Of two objects one is found first, and the other after one false alarm: the envelope is 1 up to a recall of
      1/2, and 2/3 from there on.

      >>> recall, precision = jnp.array([0.5, 0.5, 1.0]), jnp.array([1.0, 0.5, 2 / 3])
      >>> [round(average_precision(recall, precision, how).item(), 4) for how in ("voc", "voc07", "coco")]
      [0.8333, 0.8485, 0.835]

    References:
      Everingham et al., The PASCAL Visual Object Classes Challenge, 2010, sec. 4.2; Lin et al., Microsoft COCO, 2014.
    """
    if how == "voc":
        steps = jnp.diff(recall, prepend=0)
        return jnp.sum(steps * _envelope(precision))
    if how not in POINTS:
        raise ValueError(f"how must be one of 'voc07', 'voc', 'coco', got {how!r}")
    return jnp.mean(precision_at(recall, precision, POINTS[how]))


POINTS = {"voc07": 10, "coco": 100}
"""The steps of recall from 0 to 1."""


def precision_at(recall: jax.Array, precision: jax.Array, steps: int) -> jax.Array:
    """The best precision at or beyond each of `steps` + 1 equally spaced recalls from 0 to 1: (steps + 1,).

    0 at recalls that are never reached; where a recall equals one of them exactly, see `average_precision`.

    Example:
      >>> precision_at(jnp.array([0.5]), jnp.array([1.0]), 4).tolist()
      [1.0, 1.0, 1.0, 0.0, 0.0]
    """
    first = jnp.searchsorted(recall, _recall_points(steps, recall.dtype), side="left")
    return jnp.append(_envelope(precision), 0)[first]


def _envelope(precision: jax.Array) -> jax.Array:
    """At each row the best precision from there on."""
    return jax.lax.cummax(precision, reverse=True)


def _recall_points(steps: int, dtype) -> jax.Array:
    """0, 1 / steps, ... 1; a rounding more where the multiple of the step is, in float64."""
    decimals = jnp.asarray([k / steps for k in range(steps + 1)], dtype)
    above = jnp.asarray([k < steps and k * (1 / steps) > k / steps for k in range(steps + 1)])
    return jnp.where(above, jnp.nextafter(decimals, jnp.asarray(math.inf, dtype)), decimals)
