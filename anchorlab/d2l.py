"""The eight functions of *Dive into Deep Learning*, section 14.4, on this laboratory's core.

Same names, same arguments, same numbers: a reader of the book changes one import.

Where the book's code answers with NaN or by accident, this answers by rule:

* the IoU of two boxes without area is 0, not NaN; `nms` therefore keeps both;
* an image without objects, or without anchors, gives background instead of an IndexError;
* label rows of class -1, with which data sets pad, are no objects (in the book they take anchors);
* the offsets of unmatched anchors are +0, and their gradients 0, never NaN.

References:
  Zhang, Lipton, Li, Smola: Dive into Deep Learning, section 14.4, Anchor Boxes.
"""

import jax
import jax.numpy as jnp
import numpy as np

from anchorlab.core import anchors as core_anchors
from anchorlab.core import iou as core_iou
from anchorlab.core.boxes import at_least
from anchorlab.core.coders.center import decode_offsets, encode_offsets
from anchorlab.core.matching.blocks import overlaps
from anchorlab.core.matching.greedy import match_greedily
from anchorlab.core.suppression.common import Status
from anchorlab.core.suppression.hard import suppress

_box_iou = jax.jit(core_iou.pairwise)
_encode = jax.jit(encode_offsets)
_decode = jax.jit(decode_offsets)
_multibox_prior = jax.jit(core_anchors.multibox_prior, static_argnums=(0, 1))
_suppress = jax.jit(suppress)


def multibox_prior(data, sizes, ratios) -> jax.Array:
    """Anchors around every pixel: normalised xyxy (1, height * width * (n + m - 1), 4).

    Args:
      data: anything with `.shape` (..., height, width).
      sizes: n fractions of the height.
      ratios: m values of width / height, in pixels. The first goes with every size.
    """
    height, width = data.shape[-2:]
    if height < 1 or width < 1:
        raise ValueError(f"data must have at least one pixel, got shape {tuple(data.shape)}")
    sizes, ratios = jnp.asarray(sizes, jnp.float32), jnp.asarray(ratios, jnp.float32)
    for name, values in (("sizes", sizes), ("ratios", ratios)):
        if values.ndim != 1 or values.size == 0 or not bool(jnp.all((values > 0) & jnp.isfinite(values))):
            raise ValueError(f"{name} must be one or more positive numbers, got {values}")
    return _multibox_prior(height, width, sizes, ratios)[None]


def box_iou(boxes1, boxes2) -> jax.Array:
    """IoU of every box of `boxes1` (A, 4) with every box of `boxes2` (G, 4): (A, G)."""
    return _box_iou(jnp.asarray(boxes1), jnp.asarray(boxes2))


def _assign(ground_truth, anchors, iou_threshold, gt_mask=None) -> jax.Array:
    num_anchors, num_gts = anchors.shape[0], ground_truth.shape[0]
    gt_mask = jnp.ones(num_gts, bool) if gt_mask is None else gt_mask
    matches, _ = match_greedily(overlaps(anchors, ground_truth), high=iou_threshold, gt_mask=gt_mask)
    assigned = jnp.where(matches.label == 1, matches.gt_index, -1)
    # The book's loop plays a round for every object. Once the anchors have run out, the largest entry
    # of the struck-out matrix is its first, so anchor 0 goes to object 0 after all.
    ran_out = (gt_mask.sum() > num_anchors) & (jnp.arange(num_anchors) == 0)
    return jnp.where(ran_out, 0, assigned)


_assign_jit = jax.jit(_assign)


def assign_anchor_to_bbox(ground_truth, anchors, device=None, iou_threshold=0.5) -> jax.Array:
    """The object (index) of every anchor, -1 for none: int32 (A,).

    Args:
      ground_truth: xyxy (G, 4).
      anchors: xyxy (A, 4).
      device: not used; JAX places arrays itself.
      iou_threshold: an anchor that no object took as its own is assigned if its best IoU >= this.
    """
    return _assign_jit(jnp.asarray(ground_truth), jnp.asarray(anchors), iou_threshold)


def offset_boxes(anchors, assigned_bb, eps=1e-6) -> jax.Array:
    """Offsets (N, 4) of the boxes from their anchors; `eps` keeps the log of a point finite."""
    return _encode(jnp.asarray(anchors), jnp.asarray(assigned_bb), eps=eps)


def _targets(anchors, label):
    classes, boxes = label[:, 0], label[:, 1:]
    assigned = _assign(boxes, anchors, 0.5, classes >= 0)
    matched = assigned >= 0
    if label.shape[0] == 0:
        boxes, classes = jnp.zeros((1, 4), label.dtype), jnp.zeros(1, label.dtype)
    target = boxes[jnp.maximum(assigned, 0)]
    # An anchor without area can be the last one left for an object; it has no offsets.
    encodable = matched & at_least(anchors, jnp.finfo(anchors.dtype).tiny)
    offset = encode_offsets(anchors, target, matched=encodable, eps=1e-6)
    mask = jnp.broadcast_to(matched[:, None], offset.shape).astype(offset.dtype)
    class_labels = jnp.where(matched, classes[jnp.maximum(assigned, 0)].astype(jnp.int32) + 1, 0)
    return offset.reshape(-1), mask.reshape(-1), class_labels


@jax.jit
def _batched_targets(anchors, labels):
    """Image by image, so that a batch has the numbers of its images to the last bit."""
    return jax.lax.map(lambda label: _targets(anchors, label), labels)


def multibox_target(anchors, labels) -> tuple[jax.Array, jax.Array, jax.Array]:
    """What every anchor has to learn.

    Args:
      anchors: (1, A, 4).
      labels: (B, G, 5), rows (class, x1, y1, x2, y2). Rows of class -1 are padding.

    Returns:
      Offsets (B, 4A), 0 where unmatched; their mask (B, 4A) of zeros and ones; and the classes
      (B, A), 0 for background, object classes from 1.
    """
    return _batched_targets(jnp.asarray(anchors).squeeze(0), jnp.asarray(labels))


def offset_inverse(anchors, offset_preds) -> jax.Array:
    """Boxes (N, 4) from anchors and predicted offsets; undoes `offset_boxes`, but for its `eps`."""
    return _decode(jnp.asarray(anchors), jnp.asarray(offset_preds, jnp.float32))


def nms(boxes, scores, iou_threshold) -> jax.Array:
    """Indices of the boxes to keep, best score first: int32 (K,). Equal scores: lowest index first."""
    record = _suppress(jnp.asarray(boxes), jnp.asarray(scores), iou_threshold=iou_threshold)
    # By NumPy: JAX would compile a selection for every number of boxes that stay.
    order, status = np.asarray(record.order), np.asarray(record.status)
    return jnp.asarray(order[status[order] == Status.KEPT])


def _detect(cls_prob, offset_pred, anchors, nms_threshold, pos_threshold):
    confidence, class_id = cls_prob[1:].max(0), jnp.argmax(cls_prob[1:], 0).astype(jnp.int32)
    boxes = decode_offsets(anchors, offset_pred.reshape(-1, 4))
    record = suppress(boxes, confidence, iou_threshold=nms_threshold)
    kept = record.status == Status.KEPT
    # Kept boxes in score order (their rounds), then the others in the order of the anchors.
    order = jnp.argsort(jnp.where(kept, record.round, confidence.shape[0] + 1), stable=True)
    below = confidence < pos_threshold
    class_id = jnp.where(kept & ~below, class_id, -1).astype(boxes.dtype)
    confidence = jnp.where(below, 1 - confidence, confidence)
    return jnp.concatenate([class_id[:, None], confidence[:, None], boxes], axis=1)[order]


_batched_detect = jax.jit(jax.vmap(_detect, in_axes=(0, 0, None, None, None)))


def multibox_detection(
    cls_probs, offset_preds, anchors, nms_threshold=0.5, pos_threshold=0.009999999
) -> jax.Array:
    """Predictions of every image: (B, A, 6), rows (class, confidence, x1, y1, x2, y2).

    Args:
      cls_probs: (B, C + 1, A); row 0 is background.
      offset_preds: (B, 4A).
      anchors: (1, A, 4).
      nms_threshold: suppressed if IoU > this, across classes.
      pos_threshold: below it (<) a row gets class -1 and the confidence of being background.

    Returns:
      Kept boxes by falling score, then the others by index with class -1; classes from 0.
    """
    cls_probs, offset_preds = jnp.asarray(cls_probs, jnp.float32), jnp.asarray(offset_preds, jnp.float32)
    return _batched_detect(
        cls_probs, offset_preds, jnp.asarray(anchors).squeeze(0), nms_threshold, pos_threshold
    )
