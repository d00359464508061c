"""What a detector learns from: generated scenes, or one picture seen in many ways."""

from __future__ import annotations

import numpy as np
from PIL import Image

from anchorlab.detector.letterbox import GREY, letterbox
from anchorlab.scenes.generated import SHOWN, Examples, generate

POOL = 3000
"""Generated scenes of a training; each is seen as it is and mirrored."""
VIEWS = 400
"""Of one picture."""
_LEAST_SEEN = 0.5
"""Of an object, for it to stay in a crop."""


def pool(seed: int, side: int, count: int = POOL) -> Examples:
    """Generated scenes to learn from."""
    return generate(count, seed, side)


def held_out(side: int, count: int) -> Examples:
    """Generated scenes to measure with: the same for all trainings."""
    return generate(count, SHOWN, side)


def whole(image: np.ndarray, boxes: np.ndarray, class_ids: np.ndarray, side: int) -> Examples:
    """One picture with its objects, letterboxed: one example.

    Args:
      image: uint8 (H, W, 3).
      boxes: xyxy pixels (G, 4); class_ids: (G,).
      side: pixels of the square.
    """
    square, where = letterbox(image, side)
    return Examples(square[None], where.boxes(np.asarray(boxes))[None], np.asarray(class_ids, np.int32)[None])


def views(
    image: np.ndarray,
    boxes: np.ndarray,
    class_ids: np.ndarray,
    side: int,
    *,
    seed: int,
    count: int = VIEWS,
) -> Examples:
    """One picture in many ways: crops of it and more than all of it, darker and lighter. (Training mirrors them.)

    An object of which less than half is in a crop is none of its objects. Every second view shows all of the picture.

    Args:
      image, boxes, class_ids, side: of `whole`.
      seed: of the crops.
      count: of views.
    """
    rng = np.random.default_rng(seed)
    height, width = image.shape[:2]
    picture, longer = Image.fromarray(np.asarray(image)), max(height, width)
    boxes, class_ids = np.asarray(boxes, np.float32).reshape(-1, 4), np.asarray(class_ids, np.int32)
    images = np.empty((count, side, side, 3), np.uint8)
    found = np.zeros((count, len(boxes), 4), np.float32)
    ids = np.full((count, len(boxes)), -1, np.int32)
    for k in range(count):
        window = longer * (rng.uniform(1, 1.2) if k % 2 else rng.uniform(0.6, 1))
        x, y = ((length - window) * rng.random() for length in (width, height))
        crop = picture.transform(
            (side, side),
            Image.Transform.EXTENT,
            (x, y, x + window, y + window),
            Image.Resampling.BILINEAR,
            fillcolor=(GREY,) * 3,
        )
        images[k] = (np.asarray(crop, np.float32) * rng.uniform(0.75, 1.25)).clip(0, 255)
        moved = (boxes - [x, y, x, y]) * (side / window)
        seen = moved.clip(0, side)
        share = (seen[:, 2:] - seen[:, :2]).prod(1) / np.maximum((moved[:, 2:] - moved[:, :2]).prod(1), 1e-9)
        kept = share >= _LEAST_SEEN
        found[k, kept], ids[k, kept] = seen[kept], class_ids[kept]
    return Examples(images, found, ids)
