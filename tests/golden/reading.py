"""The stored answers of other libraries, and what comparing with them needs.

Every output in `data` was computed by the library named in the file, on the inputs beside it. How
that library's conventions map to ours is written in each test, as an adapter; the core knows no
peer.
"""

import hashlib
import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest

DATA = Path(__file__).with_name("data")


def decode(x):
    """JSON to arrays: {"dtype", "shape", "data"} records become NumPy arrays."""
    if isinstance(x, dict) and set(x) == {"dtype", "shape", "data"}:
        return np.asarray(x["data"], dtype=x["dtype"]).reshape(x["shape"])
    if isinstance(x, dict):
        return {key: decode(value) for key, value in x.items()}
    return [decode(value) for value in x] if isinstance(x, list) else x


@cache
def _cases(file: str) -> list[dict]:
    return json.loads((DATA / f"{file}.json").read_text())["cases"]


def cases(file: str, prefix: str = "", *, outside: tuple[str, ...] = ()):
    """Parametrises a test by (inputs, outputs, name) of a file's cases whose names start so."""
    chosen = [
        pytest.param(decode(case["inputs"]), decode(case["outputs"]), case["name"], id=case["name"])
        for case in _cases(file)
        if case["name"].startswith(prefix) and case["name"] not in outside
    ]
    assert chosen, f"{file} has no case {prefix}*"
    return pytest.mark.parametrize(("given", "expected", "name"), chosen)


def assert_boxes(boxes, expected, **tolerance) -> None:
    """Boxes equal an array, or a summary of one that was too large to store."""
    boxes = np.asarray(boxes)
    tolerance = {"rtol": 1e-6, "atol": 1e-4} | tolerance
    if isinstance(expected, np.ndarray):
        np.testing.assert_allclose(boxes, expected, **tolerance)
        return
    assert len(boxes) == expected["count"]
    np.testing.assert_allclose(boxes[expected["sample_index"]], expected["sample_rows"], **tolerance)
    np.testing.assert_allclose(boxes.min(axis=0), expected["min_columns"], **tolerance)
    np.testing.assert_allclose(boxes.max(axis=0), expected["max_columns"], **tolerance)
    # A sum over all rows: an error of `atol` in each would be an error of count x atol in it.
    np.testing.assert_allclose(
        boxes.astype(np.float64).sum(axis=0),
        expected["sum_columns_float64"],
        rtol=1e-6,
        atol=tolerance["atol"] * len(boxes),
    )


def sha256(boxes) -> str:
    return hashlib.sha256(np.asarray(boxes).astype("<f4").tobytes()).hexdigest()
