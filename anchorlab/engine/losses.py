"""What every anchor costs in training, and what all of them cost together."""

from functools import partial
from typing import NamedTuple

import jax
import numpy as np

from anchorlab.catalogue.losses import LOSSES
from anchorlab.core import simulate
from anchorlab.core.losses import RpnLoss, add_up
from anchorlab.core.rounding import total
from anchorlab.engine import checks
from anchorlab.engine.buckets import ROWS, anchor_bucket, bucket, cut, pad
from anchorlab.settings.losses import LossSpec
from anchorlab.settings.simulation import HeadSpec
from anchorlab.settings.validation import integer


class Heads(NamedTuple):
    """What a pretended network says.

    Attributes:
      logits: float32 (A,), of there being an object.
      offsets: float32 (P, 4), of the anchors whose offsets were given.
    """

    logits: np.ndarray
    offsets: np.ndarray


@partial(jax.jit, static_argnums=0)
def _classify(name, logits, targets, settings):
    return LOSSES[name].function(logits, targets, **settings)


@partial(jax.jit, static_argnums=0)
def _regress(name, predictions, targets, settings):
    loss = LOSSES[name].function(predictions, targets, **settings)
    return total(loss.T) if LOSSES[name].compares == "offsets" else loss


_add_up = jax.jit(add_up)
_logits = jax.jit(simulate.head_logits)
_offsets = jax.jit(simulate.head_offsets)


def head_noise(count: int, seed: int) -> np.ndarray:
    """Standard normals, float32 (count,): by which the logits of a pretended network are scattered."""
    return np.random.default_rng(seed).standard_normal(count, np.float32)


def simulate_heads(best_iou: np.ndarray, targets: np.ndarray, spec: HeadSpec) -> Heads:
    """What a pretended network says on every anchor; the same seed gives the same answer.

    Args:
      best_iou: (A,), with an object: `Matches.best_iou`.
      targets: (P, 4), the true offsets of those anchors whose boxes count: `Targets.offsets`.
      spec: how sure it is, how far off, and the seed.

    References:
      How it goes stands in `core.simulate.head_logits`.
    """
    best_iou = checks.scores(best_iou, "best_iou", len(best_iou))
    targets = checks.numbers(targets, "targets")
    count, rows = len(best_iou), len(targets)
    length = anchor_bucket(count)
    sure = {name: getattr(spec, name) for name in ("background", "objects", "spread")}
    logits = _logits(pad(best_iou, length), pad(head_noise(count, spec.seed), length), **sure)
    offsets = _offsets(pad(targets, bucket(rows, ROWS)), missing=spec.missing)
    return Heads(cut(logits, count), cut(offsets, rows))


def classification_losses(logits: np.ndarray, label: np.ndarray, spec: LossSpec) -> np.ndarray:
    """What the class of every anchor costs.

    Args:
      logits: (A,), of there being an object.
      label: int (A,); 1 positive, 0 negative, -1 ignored: `Matches.label`.
      spec: which loss, and its settings.

    Returns:
      float32 (A,), not negative; 0 for the ignored. Empty for empty input.

    Raises:
      ValueError: an argument is not as said.

    Example:
      A background that is taken for one with 80 %:

      >>> classification_losses(np.array([-np.log(4.0)]), np.array([0]), LossSpec()).round(2)
      array([0.22], dtype=float32)
    """
    label = checks.labels(label)
    count = len(label)
    logits = checks.scores(logits, "logits", count)
    length = anchor_bucket(count)
    loss = LOSSES[spec.classification]
    targets = pad((label == 1).astype(np.float32), length)
    found = cut(_classify(loss.name, pad(logits, length), targets, dict(loss.arguments(spec))), count)
    return np.where(label >= 0, found, np.float32(0))


def regression_losses(predictions: np.ndarray, targets: np.ndarray, spec: LossSpec) -> np.ndarray:
    """What boxes cost, row by row.

    Args:
      predictions, targets: (P, 4); offsets where the loss compares offsets, else boxes as xyxy.
      spec: which loss, and its settings.

    Returns:
      float32 (P,), not negative: of offsets the sum of all four. Empty for empty input.

    Raises:
      ValueError: an argument is not as said.

    Example:
      >>> regression_losses(np.array([[0.5, 0, 0, 2]]), np.zeros((1, 4)), LossSpec())
      array([1.625], dtype=float32)
    """
    predictions, targets = checks.numbers(predictions, "predictions"), checks.numbers(targets, "targets")
    checks.same_length(predictions, "predictions", targets, "targets")
    count = len(predictions)
    length = bucket(count, ROWS)
    loss = LOSSES[spec.regression]
    settings = dict(loss.arguments(spec))
    return cut(_regress(loss.name, pad(predictions, length), pad(targets, length), settings), count)


def total_loss(
    label: np.ndarray, classification: np.ndarray, regression: np.ndarray, spec: LossSpec, *, locations: int
) -> RpnLoss:
    """The loss of a picture and its parts.

    Args:
      label: int (A,); 1 positive, 0 negative, -1 takes no part: ignored, or not in the sample.
      classification: (A,), of `classification_losses`.
      regression: (A,), of `regression_losses` where the label is 1; elsewhere not read.
      spec: what the sums are divided by, and the weight of the boxes.
      locations: cells of all feature maps.

    Returns:
      `RpnLoss` of float32; all parts 0 where nothing takes part.
    """
    label = checks.labels(label)
    count = len(label)
    numbers = {
        "sampled": None,
        "positives": float((label == 1).sum()),
        "locations": float(integer(locations, "locations", "a whole number from 0 on", lambda x: x >= 0)),
    }
    length = anchor_bucket(count)
    padded = np.full(length, -1, np.int32)
    padded[:count] = label
    losses = (("classification", classification), ("regression", regression))
    sums = (pad(checks.scores(values, name, count), length) for name, values in losses)
    divisors = {"n_cls": numbers[spec.n_cls], "n_reg": numbers[spec.n_reg]}
    parts = jax.device_get(_add_up(*sums, padded, balance=spec.box_weight, **divisors))
    return RpnLoss(*(np.float32(part) for part in parts))
