"""Pictures as the browser gets them."""

import io

import numpy as np
import pytest
from PIL import Image

from anchorlab.session import scene


def test_an_upload_is_small_enough_to_be_kept_by_the_tab():
    """Noise is what compresses worst."""
    noise = np.random.default_rng(0).integers(0, 256, (1600, 1600, 3), np.uint8)
    assert len(scene.encode(noise).data) > scene.KEPT_BYTES
    photo = scene.encode(noise, most=scene.KEPT_BYTES)
    assert len(photo.data) <= scene.KEPT_BYTES
    assert Image.open(io.BytesIO(photo.data)).size == (1600, 1600)
    assert photo.mime == "image/jpeg"


@pytest.mark.parametrize("drawn", [False, True])
def test_what_fits_is_as_good_as_without_a_limit(drawn):
    x, y = np.meshgrid(np.arange(300), np.arange(200))
    rgb = np.stack([x % 256, y % 256, (x + y) % 256], -1).astype(np.uint8)
    assert scene.encode(rgb, drawn=drawn, most=scene.KEPT_BYTES).data == scene.encode(rgb, drawn=drawn).data
