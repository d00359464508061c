"""The photographs that come with scikit-image: no picture is copied into this repository."""

import importlib.util
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image


@cache
def folder() -> Path:
    """Where they lie.

    Raises:
      FileNotFoundError: scikit-image is not installed.
    """
    # `find_spec` finds the package without running it: importing scikit-image takes a second.
    spec = importlib.util.find_spec("skimage")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("The photographs come with scikit-image: pip install scikit-image")
    return Path(spec.origin).parent / "data"


def read_photo(file_name: str) -> np.ndarray:
    """One of them: uint8 (H, W, 3)."""
    with Image.open(folder() / file_name) as photo:
        return np.array(photo.convert("RGB"))
