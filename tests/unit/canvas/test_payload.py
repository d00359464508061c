"""What the canvas receives, read back by a second reader that knows only the documented layout."""

import json
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anchorlab.canvas.payload import pack

DTYPES = {"f4": np.float32, "i4": np.int32, "i1": np.int8, "u1": np.uint8}


def unpack(blob: bytes) -> tuple[dict, dict[str, tuple[np.ndarray, int]]]:
    """The plain data, and each array with where it starts."""
    (size,) = struct.unpack_from("<I", blob)
    header = json.loads(blob[4 : 4 + size].decode())
    arrays = {}
    for name, (kind, count, start) in header["arrays"].items():
        array = np.frombuffer(blob, np.dtype(DTYPES[kind]).newbyteorder("<"), count, start)
        assert start >= 4 + size
        arrays[name] = array, start
    return header["data"], arrays


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False, width=32)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)
arrays = st.builds(
    lambda kind, shape: np.arange(np.prod(shape, dtype=int)).reshape(shape).astype(kind),
    st.sampled_from([np.float32, np.int32, np.int8, np.uint8, bool]),
    st.lists(st.integers(0, 5), max_size=3).map(tuple),
)


@given(st.dictionaries(st.text(), plain, max_size=5), st.dictionaries(st.text(), arrays, max_size=6))
def test_everything_comes_back(data, given_arrays):
    data = {name: value for name, value in data.items() if name not in given_arrays}
    got, found = unpack(pack(data | given_arrays))
    assert got == data
    assert set(found) == set(given_arrays)
    for name, array in given_arrays.items():
        np.testing.assert_array_equal(found[name][0], array.ravel())


@given(st.dictionaries(st.text(max_size=3), arrays, max_size=8))
def test_arrays_are_aligned_and_do_not_overlap(given_arrays):
    blob = pack(given_arrays)
    end = 0
    for array, start in sorted(unpack(blob)[1].values(), key=lambda pair: pair[1]):
        assert start % 8 == 0
        assert start >= end
        end = start + array.nbytes
    assert end <= len(blob)
    assert len(blob) % 8 == 0


def test_a_header_whose_length_hangs_on_its_offsets():
    # Lengths around which an offset gains a digit: the header must still end before the first array.
    for length in range(60, 130):
        blob = pack({"text": "x" * length, "a": np.arange(3, dtype=np.int32), "b": np.ones(9, np.float32)})
        data, found = unpack(blob)
        assert data["text"] == "x" * length
        assert found["a"][0].tolist() == [0, 1, 2]
        assert found["b"][0].tolist() == [1] * 9


def test_layouts_of_memory_do_not_matter():
    grid = np.arange(12, dtype=np.float32).reshape(3, 4)
    _, found = unpack(pack({"turned": grid.T, "part": grid[:, ::2], "fortran": np.asfortranarray(grid)}))
    assert found["turned"][0].tolist() == grid.T.ravel().tolist()
    assert found["part"][0].tolist() == grid[:, ::2].ravel().tolist()
    assert found["fortran"][0].tolist() == grid.ravel().tolist()


def test_bytes_are_an_array_of_bytes():
    _, found = unpack(pack({"photo": b"\x00\xff\x10"}))
    assert found["photo"][0].tolist() == [0, 255, 16]


def test_nothing_is_a_header_alone():
    assert unpack(pack({})) == ({}, {})


def test_names_and_texts_of_any_script():
    data, _ = unpack(pack({"猫": "🐱 </script>\u2028\x00", "half": "\ud83d"}))
    assert data == {"猫": "🐱 </script>\u2028\x00", "half": "\ud83d"}


@pytest.mark.parametrize("kind", [np.float64, np.int64, object, complex])
def test_other_kinds_of_numbers_are_refused(kind):
    with pytest.raises(KeyError):
        pack({"a": np.zeros(3, kind)})


def test_the_same_data_is_the_same_block():
    data = {"a": np.arange(5, dtype=np.int32), "b": [1, 2]}
    assert pack(data) == pack(data)


def test_nan_outside_arrays_is_refused():
    """JSON has no NaN: the browser could not read the block."""
    for value in (float("nan"), float("inf"), [1.0, float("-inf")]):
        with pytest.raises(ValueError):
            pack({"x": value})
