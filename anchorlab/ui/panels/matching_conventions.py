"""The conventions of matching that libraries do not share: asked under the picture of the Matching page."""

from __future__ import annotations

import streamlit as st

from anchorlab.catalogue import rules
from anchorlab.catalogue.libraries import who
from anchorlab.session import anchor_source, results, store
from anchorlab.session.app_state import AppState
from anchorlab.session.scene import Scene
from anchorlab.ui import layout, prose, widgets
from anchorlab.ui.panels import showcases
from anchorlab.wording import counted


def draw(here: Scene) -> None:
    """An expander with the switches that the chosen rule reads."""
    with layout.expander("Conventions: what libraries do differently", "matching_conventions") as e:
        _switches(here, is_open=e.open)


def _switches(here: Scene, *, is_open: bool) -> None:
    """Whether a switch changes anything is asked only while they are looked at."""
    offer = _offer if is_open else lambda name, here: None
    app = store.app()
    rule = rules.name(app.match, app.assign)
    prose.caption(f"**{rules.NAMES[rule]}**: {rules.WHO[rule]}")
    left, right = st.columns(2, gap="medium")
    if rule in rules.BANDED:
        with left:
            _shared_best(rule)
            offer("shared", here)
    if rule == "threshold":
        with left:
            widgets.segmented(
                "An IoU equal to the low threshold is",
                "match.low_negative",
                {False: "ignored", True: "background"},
            )
            prose.caption(f"Ignored: {who(at_low='ignored')}. Background: {who(at_low='negative')}.")
            offer("low_negative", here)
        with right:
            keeps, loses = (
                who(rule="threshold", low_quality="ties"),
                who(rule="threshold", low_quality="none"),
            )
            prose.caption(f"Low-quality matches: {keeps}. None: {loses}.")
            widgets.segmented(
                "Low-quality matches of an object that overlaps nothing",
                "match.min_best_iou",
                {0.0: "none", -1.0: "all anchors, at IoU 0"},
            )
            prose.caption(
                f"All anchors: {keeps}; a box far from all anchors then turns thousands positive. "
                "Read only while low-quality matches are on."
            )
            offer("min_best_iou", here)
    elif rule == "max-iou":
        with right:
            widgets.slider(
                "An object takes its best anchors from this IoU on", "match.min_pos_iou", 0.0, 1.0, 0.01
            )
            prose.caption("MMDetection’s `min_pos_iou`: 0 in RetinaNet, 0.3 in the region proposal network.")
            offer("min_pos_iou", here)
            widgets.segmented(
                "Of anchors that share its best IoU it takes",
                "match.assign_all",
                {True: "all", False: "the first"},
            )
            offer("assign_all", here)
    _outside(app, here)


def _offer(name: str, here: Scene) -> None:
    showcases.offer(f"match_{name}", showcases.MATCHING[name], here)


def _shared_best(rule: str) -> None:
    """Whose anchor it is that two objects want: no switch of this rule but another rule, and said so."""
    own, last = (who(rule=name, shared_best=answer) for name, answer in _SHARED.items())
    other = "max-iou" if rule == "threshold" else "threshold"
    st.markdown("Two objects share their best anchor: who gets it?")
    prose.caption(
        f"**{rules.NAMES['threshold']}**: the one that the anchor overlaps most ({own}).  \n"
        f"**{rules.NAMES['max-iou']}**: the one listed last ({last})."
    )
    widgets.other_rule(f"Switch the rule to {rules.NAMES[other]}", other)


_SHARED = {"threshold": "own", "max-iou": "last"}


def _outside(app: AppState, here: Scene) -> None:
    """What the border rule, chosen elsewhere, does to matching."""
    source = anchor_source.of(app, here.height, here.width)
    anchors, _ = results.matched(here, app)
    leaving, count = int((~anchors.inside).sum()), len(anchors.inside)
    leaves = f"{leaving:,} of {counted(count, 'anchor')} {'leaves' if leaving == 1 else 'leave'}"
    takes = "takes" if leaving == 1 else "take"
    where = "Pyramid" if app.layout == "pyramid" else "Anchors"
    said = {
        "keep": f"{leaves} the image and {takes} part all the same, as in RetinaNet and SSD.",
        "clip": f"{leaving:,} of {counted(count, 'anchor')} left the image and {'is' if leaving == 1 else 'are'} cut at it; what is left takes part.",
        "ignore": f"{leaves} the image and {'is' if leaving == 1 else 'are'} ignored, as in Faster R-CNN: no object’s best anchor "
        "either.",
    }[source.border]
    prose.caption(f"{said} The {where} page decides that.")
