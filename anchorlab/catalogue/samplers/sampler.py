"""What there is to say of a sampler: one record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from anchorlab.catalogue.controls import Control
from anchorlab.catalogue.written import Written
from anchorlab.settings.sampling import SampleSpec
from anchorlab.wording import Sentence


@dataclass(frozen=True, kw_only=True)
class Sampler:
    """Which of the labelled anchors count in the loss.

    Attributes:
      name: in links and in `SampleSpec`.
      title: as people choose it.
      used_by: how it goes, who uses it and why, in Markdown.
      reads: the fields of `SampleSpec` that it reads.
      controls: of these.
      changes: what undo calls a change of each.
      sentences: what the browser says of it.
      exports: the sampler in a library, by the library.
    """

    name: str
    title: str
    used_by: str
    reads: tuple[str, ...] = ()
    controls: tuple[Control, ...] = ()
    changes: Mapping[str, str] = field(default_factory=dict)
    sentences: Mapping[str, Sentence] = field(default_factory=dict)
    exports: Mapping[str, Callable[[SampleSpec], Written]] = field(default_factory=dict)
