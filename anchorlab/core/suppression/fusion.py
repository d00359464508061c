"""Weighted boxes fusion: overlapping predictions, of one model or several, become their average."""

from typing import NamedTuple

import jax
import jax.numpy as jnp

from anchorlab.core.iou import columns, iou_of_columns
from anchorlab.core.rounding import divided, rounded
from anchorlab.core.suppression.common import by_score


class Clusters(NamedTuple):
    """Which predictions formed which fused boxes, in order of founding; M models.

    Attributes:
      order: int32 (N,), predictions as they were dealt with, best weighted score first; those that
        took no part last.
      cluster: int32 (N,), the fused box each prediction went into; -1 if it took no part.
      iou: (N,), with that box as it was before; NaN of a prediction that founded its cluster.
      members: int32 (N,), predictions in each cluster, in order of founding; 0 beyond the last.
      boxes: xyxy (N, 4), of clusters: the average of the members by weighted score.
      class_ids: int32 (N,), of clusters.
      mean, best: (N,), mean and largest weighted score of the members.
      weight: (N,), sum of their models' weights.
      models: bool (N, M), which models have a member.
    """

    order: jax.Array
    cluster: jax.Array
    iou: jax.Array
    members: jax.Array
    boxes: jax.Array
    class_ids: jax.Array
    mean: jax.Array
    best: jax.Array
    weight: jax.Array
    models: jax.Array


class Fusion(NamedTuple):
    """Fused boxes, best score first, and which predictions formed them. Rows beyond the last fused box have no members;
    the engine cuts them off.

    Attributes:
      boxes: xyxy (N, 4).
      scores: (N,).
      class_ids: int32 (N,).
      members: int32 (N,), predictions in each.
      cluster: int32 (N,), the row of the fused box each prediction went into; -1 if in none.
      iou: (N,), with that box when it joined; NaN of the founder, and of those in none.
      order: int32 (N,), predictions as they were dealt with; those in none last.
    """

    boxes: jax.Array
    scores: jax.Array
    class_ids: jax.Array
    members: jax.Array
    cluster: jax.Array
    iou: jax.Array
    order: jax.Array


def fuse_boxes(
    boxes: jax.Array,
    scores: jax.Array,
    class_ids: jax.Array,
    model_ids: jax.Array,
    weights: jax.Array,
    *,
    iou_threshold: float = 0.55,
    score_threshold: float = 0.0,
    ties_last: bool = False,
    mask: jax.Array | None = None,
) -> Clusters:
    """Adds predictions, best first, each to the fused box of its class that it overlaps most.

    A prediction joins if that IoU > threshold, and the fused box becomes the average of all its
    members, weighted by score; else it founds a cluster. Unlike suppression nothing is thrown away:
    the coordinates of every prediction count.

    Args:
      boxes: xyxy (N, 4) in any one frame.
      scores: (N,), not negative.
      class_ids: int (N,).
      model_ids: int (N,), from 0 to M - 1.
      weights: positive (M,), of the models; multiply the scores.
      iou_threshold: joins if IoU > this; at equality it founds.
      score_threshold: predictions with score < this, before the weights, take no part.
      ties_last: of equal scores the last prediction first.
      mask: bool (N,); other rows are padding.

    Returns:
      `Clusters`, whose scores `fused_scores` makes, and which `best_first` puts in order.

    Example:
      >>> boxes = jnp.array([[0.0, 0.0, 4.0, 4.0], [0.0, 0.0, 4.0, 3.0]])
      >>> one_class = one_model = jnp.zeros(2, int)
      >>> fused = fuse_boxes(boxes, jnp.array([0.75, 0.25]), one_class, one_model, jnp.ones(1))
      >>> fused.boxes[0].tolist(), fused.members.tolist()  # the lower edge: (0.75 x 4 + 0.25 x 3) / 1
      ([0.0, 0.0, 4.0, 3.75], [2, 0])

    References:
      Solovyev et al., Weighted Boxes Fusion, 2021.
    """
    n, num_models = scores.shape[0], weights.shape[0]
    mask = jnp.ones(n, bool) if mask is None else mask
    takes_part = mask & (scores >= score_threshold)
    weighted = scores * weights[model_ids]
    order = by_score(jnp.where(takes_part, weighted, -jnp.inf), ties_last=ties_last)
    count = takes_part.sum()
    place = jnp.arange(n, dtype=jnp.int32)

    def add(t, state):
        clusters, fused, sums, founded = state
        i = order[t]
        box, score, model = boxes[i], weighted[i], model_ids[i]
        rival = (place < founded) & (clusters.class_ids == class_ids[i])
        overlap = jnp.where(rival, iou_of_columns(columns(box[None, :]), fused), -1)
        best = overlap.max(initial=-1)
        joins = best > iou_threshold
        # The first that has it; a minimum over floats takes a processor a fraction of an argmax.
        first = jnp.where(overlap == best, place.astype(overlap.dtype), n).min(initial=n)
        c = jnp.where(joins, first.astype(jnp.int32), founded)
        members = clusters.members[c] + 1
        sums = sums.at[c].add(jnp.concatenate([rounded(score * box), score[None]]))
        total = sums[c, 4]
        # A box without members before it is itself, also where all scores are 0.
        average = jnp.where(total > 0, divided(sums[c, :4], jnp.where(total > 0, total, 1)), box)
        average = jnp.where(members > 1, average, box)
        fused = jax.tree.map(lambda v, new: v.at[c].set(new), fused, columns(average))
        clusters = Clusters(
            order=order,
            cluster=clusters.cluster.at[i].set(c),
            iou=clusters.iou.at[i].set(jnp.where(joins, best, jnp.nan)),
            members=clusters.members.at[c].set(members),
            boxes=clusters.boxes.at[c].set(average),
            class_ids=clusters.class_ids.at[c].set(class_ids[i].astype(jnp.int32)),
            mean=clusters.mean.at[c].set(total / members),
            best=clusters.best.at[c].max(score),
            weight=clusters.weight.at[c].add(weights[model]),
            models=clusters.models.at[c, model].set(True),
        )
        return clusters, fused, sums, jnp.where(joins, founded, founded + 1)

    zeros = jnp.zeros(n, scores.dtype)
    start = Clusters(
        order=order,
        cluster=jnp.full(n, -1, jnp.int32),
        iou=jnp.full(n, jnp.nan, scores.dtype),
        members=jnp.zeros(n, jnp.int32),
        boxes=jnp.zeros_like(boxes),
        class_ids=jnp.zeros(n, jnp.int32),
        mean=zeros,
        best=zeros,
        weight=zeros,
        models=jnp.zeros((n, num_models), bool),
    )
    # The fused boxes once more as columns: every prediction is held against all of them.
    state = (start, columns(start.boxes), jnp.zeros((n, 5), boxes.dtype), jnp.int32(0))
    return jax.lax.fori_loop(0, count, add, state)[0] if n else start


def fused_scores(
    clusters: Clusters,
    weights: jax.Array,
    *,
    kind: str = "avg",
    allow_overflow: bool = False,
    model_mask: jax.Array | None = None,
) -> jax.Array:
    """The score (N,) of each fused box; 0 of rows without members.

    Args:
      clusters: of `fuse_boxes`.
      weights: (M,), the same.
      kind: 'avg', the mean weighted score, times min(members, models) / sum of weights, so that a box
        that few models saw scores less; 'max', the largest over the largest weight;
        'box_and_model_avg', the mean over boxes, times the share of the weights that saw it;
        'absent_model_aware_avg', the sum of scores over the weights of the members and of all models
        without one.
      allow_overflow: with 'avg', times members, even when a model has several. May be traced.
      model_mask: bool (M,); other weights are padding.

    Example:
      >>> boxes = jnp.array([[0.0, 0.0, 4.0, 4.0], [0.0, 0.0, 4.0, 3.0]])
      >>> zeros, weights = jnp.zeros(2, int), jnp.ones(2)
      >>> both = fuse_boxes(boxes, jnp.array([0.75, 0.25]), zeros, jnp.array([0, 1]), weights)
      >>> one = fuse_boxes(boxes[:1], jnp.array([0.75]), zeros[:1], zeros[:1], weights)
      >>> float(fused_scores(both, weights)[0]), float(fused_scores(one, weights)[0])
      (0.5, 0.375)

    Raises:
      ValueError: `kind` is none of the four.

    References:
      Solovyev et al., Weighted Boxes Fusion, 2021, Eq. 1 to 5; its package for the other kinds.
    """
    model_mask = jnp.ones(weights.shape[0], bool) if model_mask is None else model_mask
    weights = jnp.where(model_mask, weights, 0)
    seen = (clusters.models * weights[None, :]).sum(axis=1)
    everything = jnp.maximum(weights.sum(), jnp.finfo(weights.dtype).tiny)
    total = clusters.mean * clusters.members
    own_weight = jnp.where(clusters.members > 0, clusters.weight, 1)
    if kind == "avg":
        counted = jnp.minimum(clusters.members, model_mask.sum())
        return clusters.mean * jnp.where(allow_overflow, clusters.members, counted) / everything
    if kind == "max":
        return clusters.best / jnp.maximum(weights.max(initial=0), jnp.finfo(weights.dtype).tiny)
    if kind == "box_and_model_avg":
        return total / own_weight * seen / everything
    if kind == "absent_model_aware_avg":
        return jnp.where(clusters.members > 0, total / (own_weight + everything - seen), 0)
    raise ValueError(
        f"kind must be one of 'avg', 'max', 'box_and_model_avg', 'absent_model_aware_avg', got {kind!r}"
    )


def best_first(clusters: Clusters, scores: jax.Array) -> Fusion:
    """The clusters in the order of their scores (N,), which `fused_scores` made; of equal ones the first founded.

    Example:
      >>> boxes = jnp.array([[0.0, 0.0, 4.0, 4.0], [6.0, 0.0, 8.0, 2.0]])
      >>> zeros = jnp.zeros(2, int)
      >>> clusters = fuse_boxes(boxes, jnp.array([0.75, 0.25]), zeros, zeros, jnp.ones(1))
      >>> fusion = best_first(clusters, jnp.array([0.25, 0.5]))
      >>> fusion.boxes[:, 0].tolist(), fusion.cluster.tolist()
      ([6.0, 0.0], [1, 0])
    """
    n = scores.shape[0]
    order = by_score(jnp.where(clusters.members > 0, scores, -jnp.inf))
    row = jnp.zeros(n, jnp.int32).at[order].set(jnp.arange(n, dtype=jnp.int32))
    in_one = clusters.cluster >= 0
    return Fusion(
        boxes=clusters.boxes[order],
        scores=scores[order],
        class_ids=clusters.class_ids[order],
        members=clusters.members[order],
        cluster=jnp.where(in_one, row[jnp.where(in_one, clusters.cluster, 0)], -1) if n else clusters.cluster,
        iou=clusters.iou,
        order=clusters.order,
    )
