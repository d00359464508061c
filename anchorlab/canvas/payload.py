"""What the canvas receives: one block of bytes. A JSON header names the arrays that follow it, so that no
array is ever turned into text and the browser reads each one in place."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

_DTYPES = {"float32": "f4", "int32": "i4", "int8": "i1", "uint8": "u1", "bool": "u1"}
_ALIGN = 8


def pack(data: Mapping[str, Any]) -> bytes:
    """Packs a mapping whose values are JSON data or arrays (float32, int32, int8, uint8, bool; any shape).

    Layout: uint32 length of the header, the header (JSON), then the arrays, row-major, each at a multiple of
    8 bytes from the start.

    Raises:
      ValueError: NaN or infinity outside the arrays, which JSON cannot say.
    """
    plain: dict[str, Any] = {}
    arrays: dict[str, np.ndarray] = {}
    for name, value in data.items():
        if isinstance(value, np.ndarray):
            arrays[name] = np.ascontiguousarray(value)
        elif isinstance(value, bytes):
            arrays[name] = np.frombuffer(value, np.uint8)
        else:
            plain[name] = value

    def header(start: int) -> tuple[bytes, list[int]]:
        offsets, at = [], start
        for array in arrays.values():
            offsets.append(at)
            at += -(-array.nbytes // _ALIGN) * _ALIGN
        places = {
            name: (_DTYPES[str(array.dtype)], array.size, offset)
            for (name, array), offset in zip(arrays.items(), offsets, strict=True)
        }
        text = json.dumps({"data": plain, "arrays": places}, separators=(",", ":"), allow_nan=False)
        return text.encode(), [*offsets, at]

    # The header holds the offsets and their digits change its length: leave room, then fill with spaces.
    rough = len(header(10**9)[0])
    start = -(-(4 + rough) // _ALIGN) * _ALIGN
    text, offsets = header(start)
    out = bytearray(offsets[-1])
    out[:4] = (start - 4).to_bytes(4, "little")
    out[4:start] = text.ljust(start - 4)
    for array, offset in zip(arrays.values(), offsets[:-1], strict=True):
        out[offset : offset + array.nbytes] = array.tobytes()
    return bytes(out)
