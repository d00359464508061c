"""The tiles answer what the book's loop answers, to the last bit: thousands of made-up sets of predictions."""

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anchorlab.core.suppression.hard import suppress
from tests.unit.core import book_nms

compiled = jax.jit(suppress)
LENGTHS = (40, 250, 1000, 4500)
"""One small tile, one that is not full; several tiles of either length, and several chunks."""


def made_up(seed: int, n: int, kind: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Boxes (N, 4), scores (N,) and class_ids (N,) of one of several kinds."""
    rng = np.random.default_rng(seed)
    area = 60 * np.sqrt(n)
    center, side = rng.uniform(0, area, (n, 2)), rng.uniform(1, 90, (n, 2))
    scores = rng.uniform(0, 1, n)
    if kind == "clustered":
        center = rng.uniform(0, area, (max(1, n // 25), 2))[rng.integers(0, max(1, n // 25), n)]
        center, side = center + rng.normal(0, 6, (n, 2)), rng.uniform(50, 70, (n, 2))
    elif kind == "one cluster":
        center, side = rng.normal(500, 5, (n, 2)), rng.uniform(50, 70, (n, 2))
    elif kind == "as wide as the picture":
        center[:, 0], side[:, 0] = 500, 1000
    elif kind == "ties":  # few scores, few places: equal, touching, nested boxes, points and lines
        center, side = rng.integers(0, 30, (n, 2)) * 8.0, rng.integers(0, 5, (n, 2)) * 8.0
        scores = rng.integers(0, 4, n) / 4
    elif kind == "chain":  # every box falls or stands with the one before
        center = np.stack([np.arange(n) * 4.0, np.zeros(n)], axis=1)
        side, scores = np.full((n, 2), 10.0), np.linspace(1, 0, n)
    elif kind == "far from the origin":
        center = center + 1e6
    elif kind == "corners in any order":  # such boxes overlap nobody
        side *= rng.choice([-1, 0, 1, 1], (n, 2))
    boxes = np.concatenate([center - side / 2, center + side / 2], axis=1)
    return boxes.astype(np.float32), scores.astype(np.float32), rng.integers(-1, 3, n).astype(np.int32)


KINDS = (
    "spread",
    "clustered",
    "one cluster",
    "as wide as the picture",
    "ties",
    "chain",
    "far from the origin",
    "corners in any order",
)


def same(predictions, per_class=True, **settings):
    boxes, scores, class_ids = predictions
    class_ids = class_ids if per_class else np.zeros_like(class_ids)
    ours = compiled(boxes, scores, class_ids, **settings)._asdict()
    theirs = book_nms.suppress(boxes, scores, class_ids, **settings)
    for name, value in theirs.items():
        np.testing.assert_array_equal(ours[name], value, err_msg=name)


@given(
    seed=st.integers(0, 2**31),
    n=st.sampled_from(LENGTHS),
    kind=st.sampled_from(KINDS),
    per_class=st.booleans(),
    iou_threshold=st.sampled_from([0.0, 0.1, 1 / 3, 0.5, 0.7, 1.0]),
    score_threshold=st.sampled_from([0.0, 0.25, 0.6, 2.0]),
    share=st.sampled_from([0.0, 0.1, 0.5, 1.0]),
    suppress_equal=st.booleans(),
    ties_last=st.booleans(),
    masked=st.booleans(),
)
def test_tiles_are_the_book(
    seed, n, kind, per_class, iou_threshold, score_threshold, share, suppress_equal, ties_last, masked
):
    same(
        made_up(seed, n, kind),
        per_class,
        iou_threshold=iou_threshold,
        score_threshold=score_threshold,
        top_k=round(share * n),
        suppress_equal=suppress_equal,
        ties_last=ties_last,
        mask=np.random.default_rng(seed).random(n) < (0.7 if masked else 2),
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("suppress_equal", [False, True])
def test_ten_thousand_boxes(kind, suppress_equal):
    same(made_up(7, 10_000, kind), iou_threshold=0.5, suppress_equal=suppress_equal)


def test_fifty_thousand_boxes():
    same(made_up(8, 50_000, "clustered"), iou_threshold=0.5)
