"""What there is to say of a loss: one record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from anchorlab.catalogue.controls import Control
from anchorlab.catalogue.written import Written
from anchorlab.settings.losses import LossSpec
from anchorlab.wording import Sentence


@dataclass(frozen=True, kw_only=True)
class Loss:
    """A loss of an anchor's class or of its box.

    Attributes:
      name: in links and in code.
      title: as people choose it.
      compares: what its two arguments are: 'logits' with targets of 0 and 1, 'offsets' with offsets (four numbers,
        whose losses are added up), or 'boxes' with boxes.
      function: the core's: function(prediction, target, **settings).
      arguments: those settings; may be traced.
      settings: its own record in `settings.losses`, under its name in `LossSpec`; None if it has none.
      controls: of its settings.
      changes: what undo calls a change of each setting.
      used_by: what it does and who uses it, in Markdown.
      sentences: what the browser says of it.
      exports: the loss in a library, by the library, given all settings.
    """

    name: str
    title: str
    compares: Literal["logits", "offsets", "boxes"]
    function: Callable
    used_by: str
    arguments: Callable[[LossSpec], Mapping[str, Any]] = lambda spec: {}
    settings: type | None = None
    controls: tuple[Control, ...] = ()
    changes: Mapping[str, str] = field(default_factory=dict)
    sentences: Mapping[str, Sentence] = field(default_factory=dict)
    exports: Mapping[str, Callable[[LossSpec], Written]] = field(default_factory=dict)
