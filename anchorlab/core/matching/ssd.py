"""SSD's matching: one best anchor for every object, then a threshold."""

import jax

from anchorlab.core.matching.blocks import Overlaps
from anchorlab.core.matching.common import Matches
from anchorlab.core.matching.max_iou import match_by_max_iou


def match_ssd(
    iou: jax.Array | Overlaps,
    *,
    high: float = 0.5,
    anchor_mask: jax.Array | None = None,
    gt_mask: jax.Array | None = None,
) -> Matches:
    """Gives every object its one best anchor, then a threshold for all the others.

    Objects that share a best anchor are not served one after the other, as in `match_greedily`: the
    last gets it, and the others may get none.

    Args:
      iou: (A, G), in [0, 1]; a matrix, or `Overlaps` of boxes, which never are one.
      high: any other anchor is positive if best IoU >= high; there is no ignored band.
      anchor_mask: bool (A,); other anchors are ignored and never taken.
      gt_mask: bool (G,); other columns are padding.

    Returns:
      `Matches`; anchors taken have the reason FORCED.

    Example:
      >>> matches = match_ssd(jnp.array([[0.3, 0.1], [0.2, 0.1], [0.6, 0.2]]))
      >>> matches.label.tolist(), matches.gt_index.tolist()
      ([0, 0, 1], [0, 0, 1])

    References:
      Liu et al., SSD, 2016, sec. 2.2, as ssd.pytorch and torchvision have it.
    """
    return match_by_max_iou(
        iou, high=high, low=high, assign_all=False, anchor_mask=anchor_mask, gt_mask=gt_mask
    )
