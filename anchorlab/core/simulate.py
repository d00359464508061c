"""A pretended detector: plausible predictions for a scene, without a network; and what its heads would say on every anchor.

Every draw has its own key, derived from the seed and from what it is for (this object, its third
best anchor), not from a running stream: moving one slider does not reshuffle the others' noise.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp

from anchorlab.core.boxes import at_least
from anchorlab.core.coders.center import STDS, decode_offsets, encode_offsets
from anchorlab.core.coders.common import MEANS
from anchorlab.core.iou import iou as iou_of
from anchorlab.core.rounding import rounded

LOWEST_SCORE, HIGHEST_SCORE = 0.01, 0.99
# False alarms score evenly from the first number to the second plus the noise of scores: with the usual
# settings below 0.5, so that a score threshold has something to decide.
FALSE_ALARM_SCORES = (0.05, 0.35)
MOST_PER_OBJECT = 256


class Detections(NamedTuple):
    """Predictions, object by object (best anchor first), then the false alarms.

    Attributes:
      xyxy: pixels (N, 4); may leave the image.
      scores: (N,) in [.01, .99].
      class_ids: int32 (N,).
      source: int32 (N,), the object a prediction is for; -1 for a false alarm.
    """

    xyxy: jax.Array
    scores: jax.Array
    class_ids: jax.Array
    source: jax.Array


def _draws(seed: int, ids: jax.Array) -> jax.Array:
    """Standard normals (N, 7): each row from a key of its own, whatever the other rows are."""
    key = jax.random.key(seed)
    return jax.vmap(lambda i: jax.random.normal(jax.random.fold_in(key, i), (7,)))(ids)


def _draw_one(anchors: jax.Array, usable: jax.Array, draws: jax.Array) -> tuple[jax.Array, jax.Array]:
    """A usable anchor (N, 4) for each uniform draw (N,), and whether there was one: bool (N,)."""
    if anchors.shape[0] == 0:
        return jnp.zeros((*draws.shape, 4), anchors.dtype), jnp.zeros(draws.shape, bool)
    running = jnp.cumsum(usable)
    count = running[-1]
    nth = jnp.clip((draws * count).astype(jnp.int32), 0, count - 1)
    # The n-th usable anchor is where their running count reaches n + 1.
    return anchors[jnp.searchsorted(running, nth + 1)], jnp.broadcast_to(count > 0, draws.shape)


class Material(NamedTuple):
    """What the predictions are made from: everything but noise levels and numbers. N rows, padding included.

    Attributes:
      anchors: xyxy (N, 4), the anchor that predicts.
      truth: xyxy (N, 4), what it would predict without noise: its object, or itself for a false alarm.
      noise: standard normals (N, 4), for the offsets.
      luck: (N,), of the score: a standard normal for an object, uniform in [0, 1] for a false alarm.
      class_ids: int32 (N,).
      source: int32 (N,), the object; -1 for a false alarm.
      rank: int32 (N,), from 0: how good an anchor is for its object, or the number of the false alarm.
      real: bool (N,); other rows are padding.
    """

    anchors: jax.Array
    truth: jax.Array
    noise: jax.Array
    luck: jax.Array
    class_ids: jax.Array
    source: jax.Array
    rank: jax.Array
    real: jax.Array


def gather_material(
    anchors: jax.Array,
    gt_boxes: jax.Array,
    gt_class_ids: jax.Array,
    iou: jax.Array,
    *,
    seed: int,
    num_classes: int,
    max_per_object: int,
    max_false_alarms: int,
    anchor_mask: jax.Array | None = None,
    gt_mask: jax.Array | None = None,
) -> Material:
    """Every object's best anchors, the anchors of the false alarms, and all draws.

    Args:
      anchors: xyxy pixels (A, 4).
      gt_boxes: xyxy pixels (G, 4), of positive area.
      gt_class_ids: int (G,).
      iou: (A, G).
      seed: fixes every draw; may be traced.
      num_classes: classes a false alarm is drawn from.
      max_per_object, max_false_alarms: how many rows to make room for; of an object at most 256.
      anchor_mask: bool (A,), the anchors that take part.
      gt_mask: bool (G,), the objects that are real.

    Returns:
      `Material` with N = G min(max_per_object, A) + max_false_alarms rows.
    """
    num_anchors, num_gts = iou.shape
    slots = min(max_per_object, num_anchors)
    usable = at_least(anchors, jnp.finfo(anchors.dtype).tiny)
    usable = usable if anchor_mask is None else usable & anchor_mask
    gt_mask = jnp.ones(num_gts, bool) if gt_mask is None else gt_mask

    # A key per object and rank, and one per false alarm (the negative numbers).
    owner, rank = (jnp.arange(num_gts * slots) // max(slots, 1)), jnp.arange(num_gts * slots) % max(slots, 1)
    alarm = jnp.arange(max_false_alarms)
    draws = _draws(seed, jnp.concatenate([owner * MOST_PER_OBJECT + rank, -1 - alarm]))
    noise, alarm_noise = draws[: owner.size], draws[owner.size :]

    overlap, nearest = jax.lax.top_k(jnp.where(usable[:, None], iou, -1).T, slots)
    loudness, which, what = jax.scipy.stats.norm.cdf(alarm_noise[:, 4:]).T  # uniform in [0, 1]
    chosen, found = _draw_one(anchors, usable, which)
    alarm_classes = jnp.minimum((what * num_classes).astype(jnp.int32), num_classes - 1)

    return Material(
        anchors=jnp.concatenate([anchors[nearest.reshape(-1)], chosen]),
        truth=jnp.concatenate([gt_boxes[owner], chosen]),
        noise=draws[:, :4],
        luck=jnp.concatenate([noise[:, 4], loudness]),
        class_ids=jnp.concatenate([gt_class_ids[owner].astype(jnp.int32), alarm_classes]),
        source=jnp.concatenate([owner.astype(jnp.int32), jnp.full(max_false_alarms, -1, jnp.int32)]),
        rank=jnp.concatenate([rank, alarm]).astype(jnp.int32),
        real=jnp.concatenate([gt_mask[owner] & (overlap.reshape(-1) >= 0), found]),
    )


def detections_from(
    material: Material,
    *,
    localisation_noise: float = 0.1,
    score_noise: float = 0.1,
    per_object: int = 7,
    false_alarms: int = 4,
    means=MEANS,
    stds=STDS,
    clamp: float | None = None,
) -> tuple[Detections, jax.Array]:
    """The predictions of a pretended detector from its material; all numbers may be traced.

    Around every object its `per_object` best anchors predict it: each offset is the true one plus
    noise, and the score is the IoU of the decoded box with the object plus noise. A false alarm is
    an anchor drawn at random, of a random class, with a low score.

    Args:
      material: of `gather_material`, with room for `per_object` and `false_alarms`.
      localisation_noise: standard deviation of the log size, and twice that of the centre in anchor sizes.
      score_noise: standard deviation of the scores.
      per_object, false_alarms: how many predictions.
      means, stds, clamp: those of the coder.

    Returns:
      `Detections`, a row for each of the material's, and bool (N,): which of them are real, not padding.
    """
    anchors, truth = material.anchors, material.truth
    coder = {"means": means, "stds": stds}
    of_object = material.source >= 0
    real = material.real & (material.rank < jnp.where(of_object, per_object, false_alarms))
    raw_spread = localisation_noise * jnp.array([0.5, 0.5, 1.0, 1.0], anchors.dtype)
    spread = raw_spread / jnp.asarray(stds, anchors.dtype)  # offsets are over the stds too
    offsets = encode_offsets(anchors, truth, matched=real, **coder) + rounded(
        spread[None, :] * material.noise
    )
    xyxy = decode_offsets(anchors, offsets, clamp=clamp, **coder)
    lowest, highest = FALSE_ALARM_SCORES
    scores = jnp.where(
        of_object,
        iou_of(xyxy, truth) + rounded(score_noise * material.luck),
        lowest + rounded((highest + score_noise - lowest) * material.luck),
    )
    scores = jnp.clip(scores, LOWEST_SCORE, HIGHEST_SCORE)
    return Detections(xyxy, scores, material.class_ids, material.source), real


def simulate_detections(
    anchors: jax.Array,
    gt_boxes: jax.Array,
    gt_class_ids: jax.Array,
    iou: jax.Array,
    *,
    seed: int,
    num_classes: int,
    per_object: int = 7,
    false_alarms: int = 4,
    max_per_object: int | None = None,
    max_false_alarms: int | None = None,
    anchor_mask: jax.Array | None = None,
    gt_mask: jax.Array | None = None,
    **settings,
) -> tuple[Detections, jax.Array]:
    """Predictions a fair detector might make on a scene, and which of them are real: of `detections_from`.

    Args:
      anchors, gt_boxes, gt_class_ids, iou, seed, num_classes, anchor_mask, gt_mask: of `gather_material`.
      per_object, false_alarms: how many predictions; of an object at most 256.
      max_per_object, max_false_alarms: how many rows to make room for; by default just as many.
      settings: of `detections_from`.
    """
    material = gather_material(
        anchors,
        gt_boxes,
        gt_class_ids,
        iou,
        seed=seed,
        num_classes=num_classes,
        max_per_object=per_object if max_per_object is None else max_per_object,
        max_false_alarms=false_alarms if max_false_alarms is None else max_false_alarms,
        anchor_mask=anchor_mask,
        gt_mask=gt_mask,
    )
    return detections_from(material, per_object=per_object, false_alarms=false_alarms, **settings)


def head_logits(
    overlap: jax.Array, noise: jax.Array, *, background: float, objects: float, spread: float
) -> jax.Array:
    """What a pretended class head says on every anchor: the logit of there being an object.

    It knows how well an anchor fits, and nothing else: the logit goes evenly from that of an empty place to that of a
    perfect fit as the IoU goes from 0 to 1. Anchors near an object are the hard ones, as they are for a network.

    Args:
      overlap: (A,), the best IoU of each anchor with an object.
      noise: (A,), standard normals.
      background: the probability given to "background" at IoU 0, above 0 and below 1.
      objects: the probability given to "object" at IoU 1, above 0 and below 1.
      spread: standard deviation of the logits around that.

    Returns:
      (A,), finite. Empty for empty input.

    Example:
      >>> logits = head_logits(jnp.array([0.0, 1.0]), jnp.zeros(2), background=0.8, objects=0.9, spread=1.0)
      >>> [f"{p:.2f}" for p in jax.nn.sigmoid(logits)]
      ['0.20', '0.90']
    """
    background, objects = (jnp.asarray(p, overlap.dtype) for p in (background, objects))
    low, high = -(jnp.log(background) - jnp.log1p(-background)), jnp.log(objects) - jnp.log1p(-objects)
    return low + rounded((high - low) * overlap) + rounded(spread * noise)


def head_offsets(targets: jax.Array, *, missing: float) -> jax.Array:
    """What a pretended box head says: each offset (..., 4) but for a share that is `missing`; 1: no offset at all, the
    anchor itself; 0: the object.

    Example:
      >>> head_offsets(jnp.array([2.0, -1.0, 0.0, 4.0]), missing=0.25)
      Array([ 1.5 , -0.75,  0.  ,  3.  ], dtype=float32)
    """
    return (1 - jnp.asarray(missing, targets.dtype)) * targets
