"""The examples in the docstrings run, and answer what they print."""

import doctest

import jax.numpy as jnp
import pytest

from anchorlab import pyramids
from anchorlab.core import anchors, boxes, iou, matching, nms, offsets, simulate


@pytest.mark.parametrize("module", [anchors, boxes, iou, matching, nms, offsets, simulate, pyramids])
def test_examples(module):
    assert doctest.testmod(module, extraglobs={"jnp": jnp}).failed == 0
