"""A pretended detector: plausible predictions for a scene, without a network.

Every draw has its own key, derived from the seed and from what it is for (this object, its third
best anchor), not from a running stream: moving one slider does not reshuffle the others' noise.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp

from anchorlab.core.boxes import at_least
from anchorlab.core.iou import iou as iou_of
from anchorlab.core.offsets import MEANS, STDS, decode_offsets, encode_offsets

LOWEST_SCORE, HIGHEST_SCORE = 0.01, 0.99
# A false alarm's score without noise. Noise adds a tenth of its strength: with the usual settings
# false alarms stay under the usual score threshold of 0.05.
FALSE_ALARM_SCORE = 0.02


class Detections(NamedTuple):
    """Predictions, object by object (best anchor first), then the false alarms.

    Attributes:
      xyxy: pixels (N, 4).
      scores: (N,) in [.01, .99].
      class_ids: int32 (N,).
      source: int32 (N,), the object a prediction is for; -1 for a false alarm.
      real: bool (N,); other rows are padding.
    """

    xyxy: jax.Array
    scores: jax.Array
    class_ids: jax.Array
    source: jax.Array
    real: jax.Array


def _draws(key: jax.Array, rows: int, cols: int) -> jax.Array:
    """Standard normals (rows, cols, 5), each row of five from a key of its own."""

    def one(row, col):
        return jax.random.normal(jax.random.fold_in(jax.random.fold_in(key, row), col), (5,))

    return jax.vmap(lambda row: jax.vmap(lambda col: one(row, col))(jnp.arange(cols)))(jnp.arange(rows))


def simulate_detections(
    anchors: jax.Array,
    gt_boxes: jax.Array,
    gt_class_ids: jax.Array,
    iou: jax.Array,
    *,
    seed: int,
    num_classes: int,
    localisation_noise: float = 0.1,
    score_noise: float = 0.1,
    per_object: int = 7,
    false_alarms: int = 4,
    max_per_object: int | None = None,
    max_false_alarms: int | None = None,
    anchor_mask: jax.Array | None = None,
    gt_mask: jax.Array | None = None,
    means=MEANS,
    stds=STDS,
    clamp: float | None = None,
) -> Detections:
    """Predictions a fair detector might make on a scene.

    Around every object its `per_object` best anchors predict it: each offset is the true one plus
    noise, and the score is the IoU of the decoded box with the object plus noise. A false alarm is
    an anchor drawn at random, of a random class, with a score near 0.

    Args:
      anchors: xyxy pixels (A, 4).
      gt_boxes: xyxy pixels (G, 4), of positive area.
      gt_class_ids: int (G,).
      iou: (A, G).
      seed: fixes every draw; may be traced, as may all the numbers below but the two maxima.
      num_classes: classes a false alarm is drawn from.
      localisation_noise: standard deviation of the centre, in anchor sizes, and of the log size.
      score_noise: standard deviation of the scores.
      per_object, false_alarms: how many predictions.
      max_per_object, max_false_alarms: how many rows to make room for; by default just as many.
      anchor_mask: bool (A,), the anchors that take part.
      gt_mask: bool (G,), the objects that are real.
      means, stds, clamp: those of the coder.

    Returns:
      `Detections` with N = G min(max_per_object, A) + max_false_alarms rows.
    """
    num_anchors, num_gts = iou.shape
    slots = min(per_object if max_per_object is None else max_per_object, num_anchors)
    alarm_slots = false_alarms if max_false_alarms is None else max_false_alarms
    usable = at_least(anchors, jnp.finfo(anchors.dtype).tiny)
    usable = usable if anchor_mask is None else usable & anchor_mask
    gt_mask = jnp.ones(num_gts, bool) if gt_mask is None else gt_mask
    object_key, alarm_key = jax.random.split(jax.random.key(seed))
    coder = {"means": means, "stds": stds}

    # Objects: (G, slots).
    overlap, nearest = jax.lax.top_k(jnp.where(usable[:, None], iou, -1).T, slots)
    real = gt_mask[:, None] & (overlap >= 0) & (jnp.arange(slots) < per_object)[None, :]
    truth = jnp.broadcast_to(gt_boxes[:, None, :], (num_gts, slots, 4))
    chosen = anchors[nearest]
    noise = _draws(object_key, num_gts, slots)
    # Noise is added in raw offsets, so it must be divided by the stds like they are.
    spread = localisation_noise / jnp.asarray(stds, anchors.dtype)[None, None, :]
    offsets = encode_offsets(chosen, truth, matched=real, **coder) + spread * noise[..., :4]
    xyxy = decode_offsets(chosen, offsets, clamp=clamp, **coder)
    scores = iou_of(xyxy, truth) + score_noise * noise[..., 4]
    owner = jnp.broadcast_to(jnp.arange(num_gts, dtype=jnp.int32)[:, None], real.shape)

    # False alarms: (alarm_slots,). The n-th usable anchor is where their running count reaches n + 1.
    alarm_noise = _draws(alarm_key, 1, alarm_slots)[0]
    where_and_what = jax.vmap(lambda i: jax.random.uniform(jax.random.fold_in(alarm_key, -1 - i), (2,)))(
        jnp.arange(alarm_slots)
    )
    running = jnp.cumsum(usable)
    count = running[-1] if num_anchors else jnp.int32(0)
    nth = jnp.minimum((where_and_what[:, 0] * count).astype(jnp.int32), count - 1)
    alarm_anchors = (
        anchors[jnp.searchsorted(running, nth + 1)] if num_anchors else jnp.zeros((alarm_slots, 4))
    )
    alarm_offsets = (
        localisation_noise * alarm_noise[:, :4] - jnp.asarray(means, anchors.dtype)[None, :]
    ) / jnp.asarray(stds, anchors.dtype)[None, :]
    alarm_xyxy = decode_offsets(alarm_anchors, alarm_offsets, clamp=clamp, **coder)
    alarm_scores = FALSE_ALARM_SCORE + 0.1 * score_noise * jnp.abs(alarm_noise[:, 4])
    alarm_classes = jnp.minimum((where_and_what[:, 1] * num_classes).astype(jnp.int32), num_classes - 1)
    alarm_real = (jnp.arange(alarm_slots) < false_alarms) & (count > 0)

    return Detections(
        xyxy=jnp.concatenate([xyxy.reshape(-1, 4), alarm_xyxy]),
        scores=jnp.clip(jnp.concatenate([scores.reshape(-1), alarm_scores]), LOWEST_SCORE, HIGHEST_SCORE),
        class_ids=jnp.concatenate([gt_class_ids[owner].reshape(-1).astype(jnp.int32), alarm_classes]),
        source=jnp.concatenate([owner.reshape(-1), jnp.full(alarm_slots, -1, jnp.int32)]),
        real=jnp.concatenate([real.reshape(-1), alarm_real]),
    )
