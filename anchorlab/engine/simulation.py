"""The pretended detector on a whole scene."""

import math
from functools import partial

import jax
import numpy as np

from anchorlab.core import simulate as core
from anchorlab.core.iou import pairwise
from anchorlab.core.matching.common import Reason
from anchorlab.core.simulate import Detections, Material
from anchorlab.engine import checks
from anchorlab.engine.anchors import Anchors
from anchorlab.engine.buckets import ROWS, bucket, buckets, pad, real
from anchorlab.engine.matching import Matches
from anchorlab.settings.coding import CoderSpec
from anchorlab.settings.simulation import SimulateSpec

PER_OBJECT = 32
"""The smallest bucket of predictions of one object."""


@partial(jax.jit, static_argnames=("max_per_object", "max_false_alarms"))
def _gather(anchors, gt_boxes, gt_class_ids, **settings):
    return core.gather_material(anchors, gt_boxes, gt_class_ids, pairwise(anchors, gt_boxes), **settings)


@jax.jit
def _detect(material, **settings):
    return core.detections_from(material, **settings)


def simulation_material(
    anchors: Anchors,
    matches: Matches,
    gt_boxes: np.ndarray,
    gt_class_ids: np.ndarray,
    num_classes: int,
    spec: SimulateSpec,
) -> Material:
    """Everything that the noises and numbers of `spec` do not change, with room for more than they ask for.

    Args:
      anchors, matches, gt_boxes, gt_class_ids, num_classes: of `simulate_detections`.
      spec: the seed; `per_object` and `false_alarms` say how much room is needed at least.
    """
    gt_boxes = checks.boxes(gt_boxes, "gt_boxes", with_area=True)
    gt_class_ids = checks.integers(gt_class_ids, "gt_class_ids", len(gt_boxes))
    if not (isinstance(num_classes, int | np.integer) and num_classes >= 1):
        raise ValueError(f"num_classes must be a whole number from 1 on, got {num_classes!r}")
    if gt_class_ids.size and not (gt_class_ids.min() >= 0 and gt_class_ids.max() < num_classes):
        raise ValueError(f"gt_class_ids must be from 0 to num_classes - 1 = {num_classes - 1}")
    xyxy = checks.boxes(anchors.xyxy, "anchors")
    compared = len(matches.label), len(matches.best_anchor)
    if compared != (len(xyxy), len(gt_boxes)):
        raise ValueError(
            f"matches must be of these anchors and gt_boxes, {len(xyxy)} x {len(gt_boxes)}, "
            f"got {' x '.join(map(str, compared))}"
        )
    rows, cols = buckets(len(xyxy), len(gt_boxes))
    return jax.device_get(
        _gather(
            pad(xyxy, rows),
            pad(gt_boxes, cols),
            pad(gt_class_ids, cols),
            seed=np.uint32(spec.seed),
            num_classes=int(num_classes),
            max_per_object=bucket(spec.per_object, PER_OBJECT),
            max_false_alarms=bucket(spec.false_alarms, ROWS),
            anchor_mask=pad(matches.reason != Reason.OUTSIDE, rows),
            gt_mask=real(len(gt_boxes), cols),
        )
    )


def detections_from(material: Material, spec: SimulateSpec, coder: CoderSpec) -> Detections:
    """The predictions that a material gives; arguments as of `simulate_detections`.

    Args:
      material: of `simulation_material`, for this seed and for as many predictions at least.
      spec: noises and numbers.
      coder: matters only through its clamp.
    """
    detections, real_rows = jax.device_get(
        _detect(
            material,
            localisation_noise=spec.localisation_noise,
            score_noise=spec.score_noise,
            per_object=spec.per_object,
            false_alarms=spec.false_alarms,
            means=np.asarray(coder.means, np.float32),
            stds=np.asarray(coder.stds, np.float32),
            clamp=math.inf if coder.clamp is None else coder.clamp,
        )
    )
    return Detections(*(values[real_rows] for values in detections))


def simulate_detections(
    anchors: Anchors,
    matches: Matches,
    gt_boxes: np.ndarray,
    gt_class_ids: np.ndarray,
    num_classes: int,
    spec: SimulateSpec,
    coder: CoderSpec,
) -> Detections:
    """What a fair detector might answer on a scene; the same seed gives the same answer.

    Args:
      anchors: of the scene.
      matches: of these anchors with `gt_boxes`; unusable anchors predict nothing.
      gt_boxes: xyxy pixels (G, 4), of positive area; may be empty.
      gt_class_ids: (G,), from 0 to num_classes - 1.
      num_classes: classes a false alarm is drawn from.
      spec: seed, noise and numbers.
      coder: how offsets are written; matters only through its clamp.
    """
    material = simulation_material(anchors, matches, gt_boxes, gt_class_ids, num_classes, spec)
    return detections_from(material, spec, coder)
