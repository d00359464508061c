"""Detectors as files: their weights, and in the metadata what they are weights of."""

from __future__ import annotations

from typing import Any

import jax
import numpy as np

from anchorlab.detector.network import Network
from anchorlab.detector.packing import pack, unpack
from anchorlab.detector.predict import Detector
from anchorlab.settings.plain import from_plain, to_plain
from anchorlab.settings.training import DetectorSpec

_KIND = "AnchorLab detector"


def to_bytes(detector: Detector, dtype: type = np.float16) -> bytes:
    """A detector as a safetensors file; in float16 it takes half, and finds the same objects."""
    arrays = {name: np.asarray(array, dtype) for name, array in named(detector.network).items()}
    return pack(_KIND, arrays, spec=to_plain(detector.spec))


def from_bytes(content: bytes) -> Detector:
    """The detector of a file, of whatever origin.

    Raises:
      ValueError: what is wrong with it, in a sentence.
    """
    arrays, told = unpack(_KIND, content)
    spec = from_plain(DetectorSpec, told.get("spec"))
    return Detector(spec, with_arrays(spec, arrays))


def with_arrays(spec: DetectorSpec, arrays: dict[str, np.ndarray]) -> Network:
    """A network of this spec with these weights, by name.

    Raises:
      ValueError: one is missing, too many, of another shape, or not finite.
    """
    template = Network(spec)
    wanted = named(template)
    if arrays.keys() != wanted.keys():
        other = ", ".join(sorted(arrays.keys() ^ wanted.keys())[:3])
        raise ValueError(f"The file has other weights than its detector: {other}.")
    for name, like in wanted.items():
        array = arrays[name]
        if array.shape != like.shape:
            raise ValueError(f"{name} must be of shape {like.shape}, got {array.shape}.")
        if array.dtype.kind != "f" or not np.isfinite(array).all():
            raise ValueError(f"{name} must hold finite numbers.")
    leaves = [np.array(arrays[name], np.float32) for name in wanted]
    return jax.tree.unflatten(jax.tree.structure(template), leaves)


def named(network: Network) -> dict[str, Any]:
    """Its arrays by their names: "stem.0.weight"."""
    return {
        jax.tree_util.keystr(path, simple=True, separator="."): leaf
        for path, leaf in jax.tree_util.tree_leaves_with_path(network)
    }
