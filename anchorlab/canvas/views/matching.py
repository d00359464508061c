"""What the Matching page's canvas shows, and the page's controls."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from anchorlab.canvas import message
from anchorlab.canvas.views.page import Need, Page
from anchorlab.catalogue.controls import ALL, Choice
from anchorlab.catalogue.matching import RULES
from anchorlab.session import anchor_source, highlights, results, snippets
from anchorlab.session.app_state import AppState
from anchorlab.session.scene import Scene
from anchorlab.settings.matching import Matching
from anchorlab.wording import Sentence

RULE = Choice(
    "matching.rule",
    "Rule",
    tuple((name, rule.title) for name, rule in RULES.items()),
    look="list",
    concerns=ALL,
)
CONTROLS = (RULE, *(control for rule in RULES.values() for control in rule.all_controls))


def answer(matching: Matching, levels: int) -> list[tuple[str, dict[str, Any]]]:
    """The page's answer: a sentence of the rule in force, on so many levels."""
    several = levels > 1 and "answer_levels" in RULES[matching.rule].sentences
    return [(f"rules.{matching.rule}.{'answer_levels' if several else 'answer'}", {})]


SENTENCES: dict[str, Sentence] = {
    "label": "{alt} {objects}; anchors: {positive} positive, {ignored} ignored and {negative} negative.",
    # states
    "state_positive": "positive",
    "state_ignored": "ignored",
    "state_negative": "negative",
    "background": "background",
    "row_positive": "positive: learns class and box",
    "row_ignored": "ignored: adds nothing to the loss",
    "row_negative": "negative: learns “background”",
    "means_row": "anchor {meaning}",
    "means_selected": "selected anchor",
    # several things in a row
    "and": "{several} and {last}",
    "and_more": {
        "one": "{several} and {count} more object",
        "other": "{several} and {count} more objects",
    },
    # keys
    "key_cell": "without a selected object: the anchor of the next cell",
    "key_shape": "the previous / next shape of the same cell",
    "key_rounds": "greedy rounds: back, on, first, last",
    # levels
    "levels_label": "Level looked at, and its positives",
    "all_levels": "all levels",
    "all_levels_told": "All levels.",
    "level_told": "Level {level}.",
    "levels_together": "Labels are decided over all {levels} levels together.",
    # why an anchor has its state
    "why": "Why?",
    "why_this": "Why is anchor #{anchor} {state}?",
    "why_hint": "Click a centre to see why one of its anchors learns, is left out or means background.",
    "anchor_told": "Anchor {anchor}, {width} by {height}: {state}, best IoU {iou}.",
    "no_objects": "There is no object in the picture, so every anchor is background.",
    "outside": "It sticks out of the image, and the border rule leaves such anchors out of training.",
    "overlaps": "It overlaps {object} by {iou}.",
    "why_above": "Its best object is {object} at <b>{best}</b>, at least {high}: it learns to become the {noun}.",
    "why_below": "Even its best object, {object}, reaches only <b>{best}</b>, below {low}: it learns to say “background”.",
    "why_within": "Its best object is {object} at <b>{best}</b>: too much to call it background, too little to teach it the {noun}.",
    "taken": "No anchor overlaps {object} by more than its <b>{iou}</b>, so that object takes it.",
    "last_listed": "It is the best of {objects} too; of objects that want one anchor the last listed gets it.",
    "must_leave": "It overlaps {object} more, by {iou}, and must leave it.",
    # the formula
    "strip_hint": "Click a centre, then a second time for the next shape: its IoU with the object is worked out here.",
    "intersection": "intersection",
    "union": "union",
    "iou_told": "IoU of anchor {anchor} and object {object}: {shared} over {anchor_area} plus {object_area} minus {shared} is {iou}",
    "lit": "The lit patch over all the outlined area.",
    "takes_it": "{object} takes it for itself, so it is {state}.",
    "other_best": "Its best object is {object}, at {iou}.",
    "at_least_high": "{iou} ≥ {high}; it is {state}.",
    "less_than_high": "{iou} &lt; {high}; it is {state}.",
    "above": "{iou} ≥ {high}, so it is {state}.",
    "below": "{iou} &lt; {low}, so it is {state}.",
    "below_yet": "{iou} &lt; {low}; yet it is {state}.",
    "within": "{low} ≤ {iou} &lt; {high}, so it is {state}.",
    "within_yet": "{low} ≤ {iou} &lt; {high}; yet it is {state}.",
    # charts
    "histogram": {
        "one": "Best IoU of the one anchor (log count)",
        "other": "Best IoU of each of the {count} anchors (log count)",
    },
    "histogram_told": {
        "one": "Histogram of the best IoU of {count} anchor",
        "other": "Histogram of the best IoU of {count} anchors",
    },
    "bin": {"one": "IoU {from} to {to}: {count} anchor", "other": "IoU {from} to {to}: {count} anchors"},
    "not_shown": {"one": "{count} more object not shown", "other": "{count} more objects not shown"},
    "ious_told": "IoU with {ious}",
    "corner_told": "Moved to one corner: {lines}",
    # the matrix
    "matrix_empty": "Draw an object and the matrix fills.",
    "matrix": "IoU of objects and their best anchors",
    "matrix_cell": "anchor {anchor}, {object}: IoU {iou}",
    "matrix_cell_taken": "anchor {anchor}, {object}: IoU {iou}, taken in round {round}",
    "matrix_cell_gone": "anchor {anchor}, {object}: IoU {iou}, left the matrix",
    # objects that no anchor learns
    "lost": {"one": "One object no anchor learns.", "other": "{count} objects no anchor learns."},
    "lost_object": "{object} (best {iou})",
    "lost_list": "List them",
    "lost_hide": "Hide the list",
    "lost_label": "Objects no anchor learns",
    "lost_taken": {
        "one": "The best anchor of {objects} was taken by {other}, which is listed later.",
        "other": "The best anchors of {objects} were taken by {other}, which is listed later.",
    },
    "lost_learns": {
        "one": "The best anchor of {objects} learns {other}, which it overlaps more.",
        "other": "The best anchors of {objects} learn {other}, which they overlap more.",
    },
    "lost_untouched": "No anchor touches {objects}.",
    "lost_between": "No anchor lies close enough to {objects}; with a smaller stride one could fit.",
    "lost_smaller": {
        "one": "{objects} is smaller than the smallest anchor.",
        "other": "{objects} are smaller than the smallest anchor.",
    },
    "lost_larger": {
        "one": "{objects} is larger than the largest anchor.",
        "other": "{objects} are larger than the largest anchor.",
    },
    "lost_taller": {
        "one": "{objects} is taller than any ratio offered.",
        "other": "{objects} are taller than any ratio offered.",
    },
    "lost_wider": {
        "one": "{objects} is wider than any ratio offered.",
        "other": "{objects} are wider than any ratio offered.",
    },
    "lost_unlike": {
        "one": "No shape fits {objects}: even in its centre the best would reach {iou}.",
        "other": "No shape fits {objects}: even in their centres the best would reach {iou}.",
    },
    # what is asked
    "draw_first": "<b>Draw</b> a box around something: how many anchors learn it?",
    "ask_lost": "<b>Predict:</b> at “positive from {high}”, which objects does no anchor learn? Then drag.",
    "answer_lost": "<b>{objects}</b>, as low-quality matches are off.",
    "answer_none_lost": "<b>None</b>, as low-quality matches are off.",
    "ask_weak": "<b>Predict:</b> at “positive from {high}”, which objects live on low-quality matches alone? Then drag.",
    "answer_weak": {
        "one": "<b>{objects}</b>: no anchor reaches IoU {high} with it and learns it.",
        "other": "<b>{objects}</b>: no anchor reaches IoU {high} with them and learns them.",
    },
    "answer_none_weak": "<b>None</b>.",
    "answer_none_at_all": "No anchor at all learns {objects}.",
}


class Message(message.Common, message.Generated, message.Matched):
    """Labels to explain."""


def shown(here: Scene, app: AppState, own: object) -> dict[str, Any]:
    """What the canvas shows: every anchor's label, and one worth explaining."""
    anchors, found = results.matched(here, app)
    return {
        "answer": answer(app.matching, len(anchors.levels)),
        **message.anchor_data(anchor_source.of(app, here.height, here.width), here),
        **message.match_data(found),
        "settings": message.rule_settings(app.matching),
        "selection": highlights.selected(found, app.selection, highlights.anchor_worth_seeing),
    }


def needs(app: AppState, here: Scene, at: tuple[int, int]) -> Iterator[Need]:
    """Of every rule. Not remembered: it must not push out what sessions are using."""
    size = (here.height, here.width)
    source = anchor_source.of(app, *size)
    for name in RULES:
        settings = getattr(app.matching, name)
        yield ("rule", name, at), partial(results.match, source, *size, here.objects, settings)


PAGE = Page(
    name="matching",
    title="Matching",
    question="Which anchors learn from which object?",
    shown=shown,
    messages={"": Message},
    sentences=SENTENCES,
    controls=CONTROLS,
    step="greedy_step",
    resets=("matching",),
    script=snippets.matching,
    needs=needs,
)
