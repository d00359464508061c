"""How an entry of a catalogue is written in a library."""

from __future__ import annotations

from typing import NamedTuple


class Written(NamedTuple):
    """What stands for an entry in a library.

    Attributes:
      lines: of code or of configuration; none where the library has no such thing, which the notes then say.
      notes: what the library does otherwise, in sentences.
      imports: (module, name) of what the lines call.
    """

    lines: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    imports: tuple[tuple[str, str], ...] = ()
