"""Matching by thresholds: each anchor by the object it overlaps most."""

import jax

from anchorlab.core.matching.blocks import Overlaps, look_over, takers
from anchorlab.core.matching.common import Matches, Reason, decide, masks_or_all


def match_by_threshold(
    iou: jax.Array | Overlaps,
    *,
    high: float = 0.5,
    low: float = 0.4,
    low_quality: bool = True,
    min_best_iou: float = 0.0,
    low_negative: bool = False,
    anchor_mask: jax.Array | None = None,
    gt_mask: jax.Array | None = None,
) -> Matches:
    """Labels every anchor by its best IoU: positive from `high` on, negative below `low`.

    Low-quality matches: an object may overlap every anchor by less than `high` and would teach
    nothing. So every anchor whose IoU with some object *equals* that object's best is positive too;
    all of them on a tie. Such an anchor keeps its own best object, which need not be the one whose
    best it is (as in torchvision and detectron2).

    Args:
      iou: (A, G), in [0, 1]; a matrix, or `Overlaps` of boxes, which never are one.
      high: positive if best IoU >= high.
      low: negative if best IoU < low; ignored from `low` to `high`.
      low_quality: whether there are low-quality matches; may be traced.
      min_best_iou: an object has low-quality matches only if its best IoU is more (>) than this. At 0 an
        object that overlaps no anchor has none; torchvision and detectron2 have no such bound (-1) and
        there make every anchor of IoU 0 positive.
      low_negative: whether an IoU equal to `low` is negative (fizyr/keras-retinanet), not ignored;
        may be traced.
      anchor_mask: bool (A,); other anchors are ignored and are no object's best.
      gt_mask: bool (G,); other columns are padding.

    Returns:
      `Matches`. Without objects every anchor that takes part is negative.

    Example:
      Two anchors and two objects; the second object's best anchor is a low-quality match.

      >>> matches = match_by_threshold(jnp.array([[0.7, 0.1], [0.2, 0.3]]))
      >>> matches.label.tolist(), [Reason(r).name for r in matches.reason]
      ([1, 1], ['ABOVE_HIGH', 'LOW_QUALITY'])

    References:
      Ren et al., Faster R-CNN, 2015, sec. 3.1.2; Lin et al., Focal Loss, 2017, sec. 4.
    """
    anchor_mask, gt_mask = masks_or_all(iou.shape, anchor_mask, gt_mask)
    blocks, best = look_over(iou, anchor_mask, gt_mask)
    best_of_some = takers(blocks, best, (best.anchor_iou > min_best_iou) & low_quality) >= 0
    return decide(
        best,
        anchor_mask,
        [
            (best.iou >= high, Reason.ABOVE_HIGH, 1),
            (best_of_some, Reason.LOW_QUALITY, 1),
            ((best.iou < low) | (low_negative & (best.iou == low)), Reason.BELOW_LOW, 0),
        ],
        default=(Reason.BETWEEN, -1),
    )
