"""What there is to say of a coder of boxes: one record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from anchorlab.catalogue.controls import Control
from anchorlab.catalogue.written import Written
from anchorlab.settings.coding import CoderSpec
from anchorlab.wording import Sentence

Four = tuple[float, float, float, float]


class Number(NamedTuple):
    """One of the four numbers: its symbol, and what it says."""

    symbol: str
    says: str


class Why(NamedTuple):
    """Why a coder writes its numbers as it does."""

    title: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Coder:
    """A way to write a box as four numbers, told from an anchor.

    Attributes:
      name: in links and in `CoderSpec`.
      title: as people choose it.
      encode, decode: the core's functions encode(anchors, boxes, **settings) and decode(anchors, offsets, **settings).
      encode_takes, decode_takes: the names of those settings: fields of `CoderSpec`, and 'stride', the width and height
        (..., 2) of the cells that the anchors are centred in.
      numbers: what each of the four is called.
      usual_stds: what the libraries that write boxes so divide by.
      used_by: who writes boxes so, in Markdown.
      short, means: the same as a library's answer: a few characters, and in words.
      controls: of settings that it alone reads.
      note: what libraries do about them, in Markdown.
      why: given the offsets (P, 4) of all positive anchors, and the settings.
      sentences: what the browser says of it; `answer` is the page's question answered in {words}.
      term: what it writes, said of a library without it.
      exports: the coder in a library, by the library.
    """

    name: str
    title: str
    encode: Callable
    decode: Callable
    encode_takes: tuple[str, ...]
    decode_takes: tuple[str, ...]
    numbers: tuple[Number, Number, Number, Number]
    usual_stds: Four
    used_by: str
    short: str
    means: str
    why: Callable[[np.ndarray, CoderSpec], Why]
    sentences: Mapping[str, Sentence]
    controls: tuple[Control, ...] = ()
    note: str = ""
    term: str = ""
    exports: Mapping[str, Callable[[CoderSpec], Written]] = field(default_factory=dict)

    def takes(self, name: str) -> bool:
        """Whether it reads a setting, or 'stride'."""
        return name in self.encode_takes or name in self.decode_takes

    def encoding(self, spec: CoderSpec, stride: Any) -> dict[str, Any]:
        """What `encode` takes besides anchors and boxes."""
        return _only(self.encode_takes, spec, stride)

    def decoding(self, spec: CoderSpec, stride: Any) -> dict[str, Any]:
        """What `decode` takes besides anchors and offsets."""
        return _only(self.decode_takes, spec, stride)


def _only(names: tuple[str, ...], spec: CoderSpec, stride: Any) -> dict[str, Any]:
    known = vars(spec) | {"stride": stride}
    return {name: known[name] for name in names}
