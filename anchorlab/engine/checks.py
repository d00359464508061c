"""Arguments, checked before anything is computed: a ValueError names the argument and the way out."""

import numpy as np

LARGEST_COORDINATE = 1e8
"""Beyond it the area of a box would leave the digits of float32."""


def _array(value, name: str, dtype) -> np.ndarray:
    try:
        with np.errstate(over="ignore"):
            return np.asarray(value, dtype)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be an array of numbers of equal rows") from None


def numbers(value, name: str, columns: int = 4, *, dtype=np.float32) -> np.ndarray:
    """Finite (N, columns); an empty list is (0, columns)."""
    array = _array(value, name, dtype)
    if array.size == 0 and array.ndim <= 2:
        array = array.reshape(0, columns)
    if array.ndim != 2 or array.shape[1] != columns:
        raise ValueError(f"{name} must have shape (N, {columns}), got {array.shape}")
    finite = np.isfinite(array)
    if not finite.all():
        row = int(np.argmin(finite.all(axis=1)))
        raise ValueError(f"{name} must be finite, but row {row} is {array[row].tolist()}")
    return array


def boxes(value, name: str, *, with_area: bool = False, dtype=np.float32) -> np.ndarray:
    """xyxy (N, 4) of ordered corners, if asked for of positive width and height."""
    array = _array(value, name, dtype)
    if array.ndim == 2 and array.shape[1] == 4 and len(array) and _are_boxes(array, with_area):
        return array
    # Something is wrong, or nothing is there: slower, and with words.
    array = numbers(array, name, dtype=dtype)
    if array.size and np.abs(array).max() > LARGEST_COORDINATE:
        row = int(np.argmax(np.abs(array).max(axis=1)))
        raise ValueError(
            f"{name} must stay within {LARGEST_COORDINATE:g} pixels, but row {row} is {array[row].tolist()}"
        )
    extent = array[:, 2:] - array[:, :2]
    wrong = (extent <= 0 if with_area else extent < 0).any(axis=1)
    if wrong.any():
        row = int(np.argmax(wrong))
        must = "x1 < x2 and y1 < y2" if with_area else "x1 <= x2 and y1 <= y2"
        raise ValueError(f"{name} must be xyxy with {must}, but row {row} is {array[row].tolist()}")
    return array


def _are_boxes(array: np.ndarray, with_area: bool) -> bool:
    """Whether rows (N, 4), N > 0, are all as `boxes` asks: no comparison with NaN holds, so it needs no test of its own."""
    columns = np.ascontiguousarray(array.T)  # copied in less time than it takes to read it strided
    low, high = columns[:2], columns[2:]
    ordered = (low < high) if with_area else (low <= high)
    return bool(ordered.all() and low.min() >= -LARGEST_COORDINATE and high.max() <= LARGEST_COORDINATE)


def scores(value, name: str, length: int, *, dtype=np.float32) -> np.ndarray:
    """Finite numbers (length,)."""
    array = _array(value, name, dtype)
    if array.shape != (length,):
        raise ValueError(f"{name} must hold one number per box, {length}, got shape {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite, but entry {int(np.argmin(np.isfinite(array)))} is not")
    return array


def integers(value, name: str, length: int) -> np.ndarray:
    """int32 (length,); whole floats pass."""
    array = _array(value, name, None)
    if array.dtype.kind in "iu" and array.shape == (length,) and np.can_cast(array.dtype, np.int32):
        return array.astype(np.int32, copy=False)
    array = _array(array, name, np.float64)
    if array.shape != (length,):
        raise ValueError(f"{name} must hold one whole number per box, {length}, got shape {array.shape}")
    if not (np.isfinite(array).all() and (array == np.floor(array)).all() and (np.abs(array) < 2**31).all()):
        raise ValueError(f"{name} must hold whole numbers")
    return array.astype(np.int32)


def labels(value) -> np.ndarray:
    """int32 (A,) of 1, 0 and -1."""
    label = np.asarray(value)
    label = integers(label, "label", label.size)
    if not np.isin(label, (-1, 0, 1)).all():
        raise ValueError("label must hold 1 (positive), 0 (negative) and -1 (ignored) only")
    return label


def mask(value, name: str, length: int) -> np.ndarray:
    """bool (length,); None is all True."""
    if value is None:
        return np.ones(length, bool)
    array = np.asarray(value)
    if array.dtype != bool or array.shape != (length,):
        raise ValueError(
            f"{name} must be bool of shape ({length},), got {array.dtype} of shape {array.shape}"
        )
    return array


def same_length(first: np.ndarray, name: str, second: np.ndarray, other: str) -> None:
    """Both must have one row per pair."""
    if len(first) != len(second):
        raise ValueError(f"{name} and {other} must have as many rows, got {len(first)} and {len(second)}")
