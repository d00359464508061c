"""What there is to say of a page: one record."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from anchorlab.catalogue.controls import Control
from anchorlab.session import codes
from anchorlab.session.app_state import AppState
from anchorlab.session.own import NOTHING, Own
from anchorlab.session.scene import Scene
from anchorlab.session.snippets import Script
from anchorlab.wording import Sentence

Need = tuple[Hashable, Callable[[], object]]
"""What is loaded ahead of need: what it is, and what loads it; the same needs have the same names."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page. Its widgets and prose stand in `pages/<name>.py`, the browser's half in `browser/views/<name>.js`.

    Attributes:
      name: of its file, its address and its view.
      title: as the navigation has it.
      question: at its top.
      shown: what its canvas shows, given the scene on the table, the app state and what the visitor brought along;
        besides what `component.of_page` adds.
      messages: the type of what its view receives; by kinds where it has several, else "".
      sentences: what the browser says on it.
      controls: those that the browser is told of.
      step: which part of the selection its steps are; "" where it has none.
      resets: fields of the app state that "Reset this page" brings back, besides the selection.
      script: writes the code behind it; None where `own_code` does.
      elsewhere: the code for another library, where that is not a configuration of anchors, matching and suppression;
        given what `shown` is given.
      own_code: the code behind it, given what `shown` is given.
      layout: whose anchors it shows, 'grid' or 'pyramid', where that is not what the app state says.
      trains: whether its code for other libraries says losses and sampler.
      pictured: the scene that its canvas shows, given what `shown` is given.
      edits: whether its objects are offered as a table to edit.
      needs: what its controls ask for next, given the app state, the scene on the table, and the lengths to which its
        anchors and objects are padded.
      controls_follow: whether its controls show something of what is done on the canvas.
    """

    name: str
    title: str
    question: str
    shown: Callable[[Scene, AppState, Own], dict[str, Any]]
    messages: Mapping[str, type]
    sentences: Mapping[str, Sentence]
    controls: tuple[Control, ...] = ()
    step: str = ""
    resets: tuple[str, ...] = ()
    script: Callable[[Script], None] | None = None
    elsewhere: Callable[[Scene, AppState, Own], str] | None = None
    own_code: Callable[[Scene, AppState, Own], str] | None = None
    layout: str = ""
    trains: bool = False
    pictured: Callable[[Scene, AppState, Own], Scene] = lambda here, app, own: here
    edits: bool = True
    needs: Callable[[AppState, Scene, tuple[int, int]], Iterable[Need]] = lambda app, here, at: ()
    controls_follow: bool = False

    def code(self, app: AppState, here: Scene, own: Own = NOTHING) -> str:
        """The code behind it, for the library that the app state names; `here`: the scene on the table."""
        if self.script is None:
            return self.own_code(here, app, own)
        if self.elsewhere and app.code != "anchorlab":
            return self.elsewhere(here, app, own)
        return codes.code(
            self.script, app, self.pictured(here, app, own), self.layout, trains=self.trains, own=own
        )
