"""Arrays and what there is to say of them as bytes: safetensors, which hold numbers and nothing that runs."""

from __future__ import annotations

import json
from typing import Any, get_type_hints

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

LARGEST = 256 * 2**20
"""Bytes that are read at most."""


def pack(kind: str, arrays: dict[str, np.ndarray], **told: Any) -> bytes:
    """Arrays by name; `told` is anything that JSON can say."""
    plain = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    return save(plain, {"kind": kind, "told": json.dumps(told)})


def unpack(kind: str, content: bytes) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """What `pack` was given; the arrays may not be written to.

    Raises:
      ValueError: the content is something else, or of another kind; in a sentence.
    """
    if len(content) > LARGEST:
        raise ValueError(f"The file is larger than {LARGEST // 2**20} MB.")
    try:
        arrays = load(content)
        # They are sound, so this is how they begin.
        length = int.from_bytes(content[:8], "little")
        metadata = json.loads(content[8 : 8 + length]).get("__metadata__") or {}
    except (SafetensorError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"The file is no safetensors file: {error}") from None
    if metadata.get("kind") != kind:
        raise ValueError(f"The file is not of the kind “{kind}”.")
    try:
        told = json.loads(metadata.get("told", ""))
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise ValueError(f"The file does not say which {kind} it holds.")  # noqa: TRY004 (as of all wrong values)
    return arrays, told


def flat(record: Any, name: str) -> dict[str, np.ndarray]:
    """A NamedTuple of arrays, or of such records, as arrays by name: "stage.watched.boxes"."""
    if not hasattr(record, "_fields"):
        return {name: np.asarray(record)}
    parts = (flat(value, f"{name}.{field}") for field, value in record._asdict().items())
    return {path: array for part in parts for path, array in part.items()}


def gathered(kind: type, arrays: dict[str, np.ndarray], name: str) -> Any:
    """The record of this kind that `flat` took apart.

    Raises:
      KeyError: a part is missing.
    """
    if not hasattr(kind, "_fields"):
        return arrays[name]
    hints = get_type_hints(kind)
    return kind(*(gathered(hints[field], arrays, f"{name}.{field}") for field in kind._fields))
