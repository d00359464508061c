"""Finding objects and average precision, by hand."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from anchorlab.core.evaluation import average_precision, find_objects, overlap_with, precision_at
from tests.unit.core import book_nms

FREE = [False, False]
HOWS = ("voc07", "voc", "coco")


def find(overlap, threshold=0.5, *, ignored=FREE, absorbs=FREE):
    found = find_objects(
        jnp.array(overlap), threshold, ignored=jnp.array(ignored), absorbs=jnp.array(absorbs)
    )
    return found.tolist()


@pytest.mark.parametrize(
    ("what", "overlap", "asked", "found"),
    [
        ("the best of what is free", [[0.9, 0.6], [0.9, 0.6], [0.9, 0.6]], {}, [0, 1, -1]),
        ("exactly the threshold", [[0.5, 0.0], [0.0, 0.49]], {}, [0, -1]),
        ("of equals the last", [[0.7, 0.7], [0.7, 0.7]], {}, [1, 0]),
        ("ignored ones wait", [[0.6, 0.9], [0.6, 0.9], [0.6, 0.9]], {"ignored": [False, True]}, [0, 1, -1]),
        (
            "a crowd absorbs any number",
            [[0.9, 0.0]] * 3,
            {"ignored": [True, False], "absorbs": [True, False]},
            [0, 0, 0],
        ),
    ],
)
def test_found(what, overlap, asked, found):
    assert find(overlap, **asked) == found


@pytest.mark.parametrize(("detections", "objects"), [(0, 2), (2, 0), (0, 0)])
def test_nobody_finds_nothing(detections, objects):
    nobody = jnp.zeros(objects, bool)
    found = find_objects(jnp.zeros((detections, objects)), 0.5, ignored=nobody, absorbs=nobody)
    assert found.tolist() == [-1] * detections


def test_a_crowd_is_measured_by_the_detection():
    rng = np.random.default_rng(0)
    corner, side = rng.integers(0, 30, (2, 40, 2)), rng.integers(0, 20, (2, 40, 2))
    detections, objects = np.concatenate([corner, corner + side], axis=2).astype(np.float32)
    crowd = np.arange(40) % 2 == 0
    ours = overlap_with(jnp.array(detections), jnp.array(objects), jnp.array(crowd))
    for d, o, is_crowd, overlap in zip(detections, objects, crowd, ours.tolist(), strict=True):
        inside = np.prod(np.maximum(np.minimum(d[2:], o[2:]) - np.maximum(d[:2], o[:2]), 0))
        area = np.prod(d[2:] - d[:2])
        expected = (inside / area if area else 0) if is_crowd else book_nms.iou(d, o[None])[0]
        assert overlap == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("dtype", [jnp.float16, jnp.float32])
def test_extremes(how, dtype):
    ones, zeros, nothing = (jnp.full(n, v, dtype) for n, v in ((1, 1), (1, 0), (0, 0)))
    for recall, precision, expected in ((ones, ones, 1), (zeros, zeros, 0), (nothing, nothing, 0)):
        ap = average_precision(recall, precision, how)
        assert ap.dtype == dtype and ap.item() == pytest.approx(expected, abs=2e-3)


@pytest.mark.parametrize("x64", [False, True])
def test_a_recall_of_exactly_a_tenth_counts_where_it_counts_for_voc(x64):
    with jax.enable_x64(x64):
        dtype = jnp.float64 if x64 else jnp.float32
        for tenths in range(11):
            reached = precision_at(jnp.array([tenths / 10], dtype), jnp.ones(1, dtype), 10).sum().item()
            theirs = (np.arange(0, 1.1, 0.1) <= tenths / 10).sum()
            assert reached == theirs


def test_the_points_are_those_of_coco():
    with jax.enable_x64(True):
        points = np.linspace(0, 1, 101)
        recalls = np.concatenate([points, np.nextafter(points[1:], 0), np.arange(101) / 100])
        reached = jax.vmap(lambda recall: precision_at(recall, jnp.ones(1), 100))(recalls[:, None])
        np.testing.assert_array_equal(reached, points <= recalls[:, None])


@pytest.mark.parametrize("how", HOWS)
def test_rows_without_a_find_change_nothing(how):
    recall, precision = jnp.array([0.0, 0.25, 0.25, 0.5]), jnp.array([0.0, 0.5, 0.33, 0.5])
    found = jnp.array([1, 3])
    assert average_precision(recall, precision, how) == average_precision(
        recall[found], precision[found], how
    )


def test_an_unknown_way_is_refused():
    with pytest.raises(ValueError, match="^how must"):
        average_precision(jnp.ones(1), jnp.ones(1), "area")
