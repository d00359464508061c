"""Formats, frames and the geometry of one box."""

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anchorlab.core import boxes as core
from tests.unit.strategies import boxes

FORMATS = ("xyxy", "xywh", "cxcywh")


def test_one_box_in_three_formats():
    box = jnp.array([[10.0, 20.0, 30.0, 60.0]])
    assert core.convert(box, "xyxy", "xywh").tolist() == [[10, 20, 20, 40]]
    assert core.convert(box, "xyxy", "cxcywh").tolist() == [[20, 40, 20, 40]]


@given(boxes((0, 6)), st.sampled_from(FORMATS), st.sampled_from(FORMATS))
def test_there_and_back(array, source, target):
    array = core.convert(jnp.asarray(array), "xyxy", source)
    back = core.convert(core.convert(array, source, target), target, source)
    np.testing.assert_array_equal(back, array)


@pytest.mark.parametrize(("source", "target", "named"), [("yxyx", "xyxy", "source"), ("xyxy", "", "target")])
def test_an_unknown_format_is_named(source, target, named):
    with pytest.raises(ValueError, match=f"^{named} must"):
        core.convert(jnp.zeros((1, 4)), source, target)


def test_area_of_a_box_a_line_and_a_point():
    assert core.area(jnp.array([[0, 0, 2, 3.0], [0, 0, 5, 0], [1, 1, 1, 1]])).tolist() == [6, 0, 0]


def test_clip_and_inside():
    array = jnp.array([[0, 0, 10, 5.0], [-1, 0, 3, 3], [8, 4, 12, 9], [20, 20, 30, 30]])
    clipped = core.clip_to_image(array, 5, 10)
    assert clipped.tolist() == [[0, 0, 10, 5], [0, 0, 3, 3], [8, 4, 10, 5], [10, 5, 10, 5]]
    assert core.inside_image(array, 5, 10).tolist() == [True, False, False, False]
    assert core.inside_image(clipped, 5, 10).all()


def test_at_least_includes_equality():
    assert core.at_least(jnp.array([[0, 0, 2, 2.0], [0, 0, 2, 1.9]]), 2).tolist() == [True, False]
