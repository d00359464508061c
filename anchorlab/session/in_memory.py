"""Which programs this server has in memory, so that what they answer can be asked without waiting."""

from __future__ import annotations

from collections.abc import Hashable

from anchorlab.engine.buckets import ANCHORS, bucket, object_bucket

_loaded: set[Hashable] = set()


def add(key: Hashable) -> None:
    """What has this key is in memory from now on."""
    _loaded.add(key)


def loaded(*keys: Hashable) -> bool:
    """Whether these are in memory."""
    return _loaded.issuperset(keys)


def buckets(anchors: int, objects: int) -> tuple[int, int]:
    """The lengths to which so many anchors and objects are padded: programs are made for those."""
    return bucket(anchors, ANCHORS), object_bucket(objects)


def libraries_key(library: str, anchors: int, objects: int) -> Hashable:
    """Of all that a library answers about so many anchors and objects."""
    return ("library", library, *buckets(anchors, objects))
