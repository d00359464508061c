"""The conventions of matching that libraries do not share: asked under the picture of the Matching page."""

from __future__ import annotations

import streamlit as st

from anchorlab.canvas.views import things
from anchorlab.catalogue.matching import RULES
from anchorlab.catalogue.matching.rule import Convention
from anchorlab.session import anchor_source, results, store
from anchorlab.session.app_state import AppState
from anchorlab.session.scene import Scene
from anchorlab.ui import layout, prose, widgets
from anchorlab.ui.panels import showcases
from anchorlab.wording import Sentence, say

OUTSIDE: dict[str, Sentence] = {
    "keep": {
        "one": "{count} of {anchors} leaves the image and takes part all the same, as in RetinaNet and SSD. The {page} page "
        "decides that.",
        "other": "{count} of {anchors} leave the image and take part all the same, as in RetinaNet and SSD. The {page} page "
        "decides that.",
    },
    "clip": {
        "one": "{count} of {anchors} left the image and is cut at it; what is left takes part. The {page} page decides that.",
        "other": "{count} of {anchors} left the image and are cut at it; what is left takes part. The {page} page decides "
        "that.",
    },
    "ignore": {
        "one": "{count} of {anchors} leaves the image and is ignored, as in Faster R-CNN: no object’s best anchor either. The "
        "{page} page decides that.",
        "other": "{count} of {anchors} leave the image and are ignored, as in Faster R-CNN: no object’s best anchor either. "
        "The {page} page decides that.",
    },
}


def draw(here: Scene) -> None:
    """An expander with the switches that the chosen rule reads."""
    with layout.expander("Conventions: what libraries do differently", "matching_conventions") as e:
        _switches(here, is_open=e.open)


def _switches(here: Scene, *, is_open: bool) -> None:
    """Whether a switch changes anything is asked only while they are looked at."""
    app = store.app()
    rule = RULES[app.matching.rule]
    prose.caption(f"**{rule.title}**: {rule.used_by}")
    columns = dict(zip(("left", "right"), st.columns(2, gap="medium"), strict=True))
    for convention in rule.conventions:
        with columns[convention.column]:
            _ask(convention)
            if is_open:
                showcases.offer(f"match_{convention.name}", showcases.of_matching(rule, convention), here)
    _outside(app, here)


def _ask(convention: Convention) -> None:
    if convention.intro:
        prose.caption(convention.intro)
    if convention.heading:
        st.markdown(convention.heading)
    if convention.control:
        widgets.draw(convention.control)
    if convention.caption:
        prose.caption(convention.caption)
    if other := convention.other_rule:
        st.button(
            f"Switch the rule to {RULES[other].title}",
            key="other_rule",
            on_click=widgets.change,
            args=({"matching__rule": other},),
        )


def _outside(app: AppState, here: Scene) -> None:
    """What the border rule, chosen elsewhere, does to matching."""
    anchors, _ = results.matched(here, app)
    leaving, count = int((~anchors.inside).sum()), len(anchors.inside)
    prose.caption(
        say(
            OUTSIDE[anchor_source.of(app, here.height, here.width).border],
            count=leaving,
            anchors=say(things.SENTENCES["anchors"], count=count),
            page="Pyramid" if app.layout == "pyramid" else "Anchors",
        )
    )
