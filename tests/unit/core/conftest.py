"""The core is tested strictly: no silent broadcast of different ranks."""

import jax
import pytest


@pytest.fixture(autouse=True)
def no_rank_promotion():
    with jax.numpy_rank_promotion("raise"):
        yield


@pytest.fixture
def no_nans():
    """Raises where a NaN first appears."""
    with jax.debug_nans(True):
        yield
