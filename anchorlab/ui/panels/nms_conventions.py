"""The conventions of suppression as switches, with the libraries that do so, and where moving classes apart fails."""

from __future__ import annotations

from typing import Any

import streamlit as st

from anchorlab.canvas import component
from anchorlab.canvas.views import nms
from anchorlab.catalogue.controls import Choice
from anchorlab.catalogue.libraries import ALL, FIELDS
from anchorlab.session.scene import Scene
from anchorlab.ui import prose, widgets
from anchorlab.ui.panels import showcases


def who(field: str) -> dict[Any, str]:
    """For each answer to a question of suppression, the libraries that give it."""
    answers: dict[Any, list[str]] = {}
    known = [library for library in ALL.values() if FIELDS[field].kind in library.kinds]
    for library in known:
        answers.setdefault(getattr(library, field), []).append(library.title)
    return {value: ", ".join(dict.fromkeys(names)) for value, names in answers.items()}


def _switch(here: Scene, control: Choice, field: str, means: dict[Any, Any]) -> None:
    """A choice; under it, for each option, who does so, and a scene where it matters if here it does not. `means`: the
    answer of a library that an option stands for."""
    widgets.draw(control)
    named = who(field)
    words = dict(control.options)
    lines = [f"{words[value]}: {named[answer]}" for value, answer in means.items() if answer in named]
    # What libraries do that is no option here.
    other = [answer for answer in named if answer not in means.values()]
    lines += [f"{FIELDS[field].answers[answer].means}: {named[answer]}" for answer in other]
    prose.caption("  \n".join(lines))
    showcases.offer_of(control, here)


def switches(here: Scene) -> None:
    """All switches; `here`: the session's scene."""
    left, right = st.columns(2, gap="large")
    same = {False: False, True: True}
    with left:
        _switch(here, nms.SUPPRESS_EQUAL, "suppress_equal", same)
        _switch(here, nms.TIES, "ties", {"first": "first", "last": "last"})
    with right:
        _switch(here, nms.INCLUSIVE, "inclusive", same)
        _switch(here, nms.SHIFT_CLASSES, "classes", {False: "each", True: "shift"})
    prose.markdown("**Moving boxes instead of comparing classes**")
    component.slot("shift", min_height=17)
