"""Padding to a few fixed lengths, so that compiled programs are found again."""

import numpy as np

ANCHORS, OBJECTS, ROWS = 1024, 64, 64
"""The smallest bucket of anchors, of many objects, and of predictions or pairs."""
COARSE = 2**14
"""Up to here buckets of anchors are powers of four: fewer programs to compile, for one to six milliseconds at most."""
FEW_OBJECTS = 8


def bucket(length: int, smallest: int) -> int:
    """The next power of two that holds `length` rows, and `smallest` at least."""
    return max(smallest, 1 << (int(length) - 1).bit_length() if length > 0 else 0)


def anchor_bucket(count: int) -> int:
    """The bucket of `count` anchors: 1,024, 4,096, 16,384, and from there on the next power of two."""
    length = bucket(count, ANCHORS)
    odd = (length // ANCHORS).bit_length() % 2 == 0
    return 2 * length if odd and length < COARSE else length


def object_bucket(count: int) -> int:
    """The bucket of `count` objects: few (8), or from `OBJECTS` on the next power of two.

    Most scenes hold a handful of objects, and 8 columns cost half of what 64 do (a quarter where a rule marks every
    pair). Steps of 16 and 32 would save a quarter to a third of the time at 20 objects, but make somebody who draws
    them wait for two more programs of every rule.
    """
    return FEW_OBJECTS if count <= FEW_OBJECTS else bucket(count, OBJECTS)


def pad(array: np.ndarray, length: int) -> np.ndarray:
    """`array` with rows of zeros (False) appended up to `length`."""
    if len(array) == length:
        return array
    padded = np.zeros((length, *array.shape[1:]), array.dtype)
    padded[: len(array)] = array
    return padded


def real(count: int, length: int) -> np.ndarray:
    """The mask of `count` real rows among `length`."""
    return np.arange(length) < count


def buckets(anchors: int, objects: int) -> tuple[int, int]:
    """Those of so many anchors and objects: programs are made for them."""
    return anchor_bucket(anchors), object_bucket(objects)


def cut(values, length: int) -> np.ndarray:
    """The first `length` rows of what a program gave, as an array of its own.

    JAX holds a result where NumPy can read it; asking `jax.device_get` for several costs more than a small program.
    """
    return np.asarray(values)[:length].copy()
