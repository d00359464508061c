"""Greedy matching: Dive into Deep Learning."""

from __future__ import annotations

from anchorlab.catalogue.controls import Slider
from anchorlab.catalogue.libraries import who
from anchorlab.catalogue.matching.rule import Rule
from anchorlab.core.matching.greedy import match_greedily
from anchorlab.settings.matching import GreedySpec

SENTENCES = {
    "answer": "Round by round, the largest IoU left gives one object one anchor; then every other anchor from "
    "{high} on <b class=positive>learns</b> too, and the rest <b class=negative>learns “background”</b>.",
    # the rounds, step by step
    "step_first": "First round",
    "step_back": "Round back",
    "step_next": "Next round",
    "step_last": "Last step",
    "round_of": "round {round} of {rounds}",
    "then_threshold": "then the threshold",
    "round_told": "Round {round}: anchor {anchor} takes {object} at IoU {iou}.",
    "last_told": "Last step: every other anchor from IoU {high} is positive too.",
    "row_taken": "taken so far, one a round",
    "row_waiting": "not decided yet",
    # why an anchor has its state
    "why_first": "Round {round} gave it to {object}: <b>{iou}</b> was the largest IoU of the whole matrix. This anchor and this "
    "object then left the matrix.",
    "why_taken": "Round {round} gave it to {object}: <b>{iou}</b> was the largest IoU left in the matrix. This anchor and this "
    "object then left the matrix.",
    "why_above": "No round took it, but its best object, {object}, reaches <b>{best}</b>: from {high} on it learns too.",
    "why_below": "No round took it, and its best IoU, <b>{best}</b> with {object}, is below {high}: background.",
    # what is asked
    "ask_shared": "<b>Predict:</b> {first} and {second} share their best anchor: who gets it, and what does the other take? "
    "Then step.",
    "answer_gets": "<b>{object}</b> gets {anchor}, at IoU {iou}.",
    "answer_takes": "{object} takes {anchor}, at IoU {iou}.",
    "answer_gets_none": "{object} gets none.",
    "ask_order": "<b>Predict:</b> which object gets its anchor first, and which last? Then step.",
    "answer_first": "First <b>{object}</b>: its IoU {iou} is the largest of the matrix.",
    "answer_last": "Last <b>{object}</b>, at IoU {iou}.",
    "ask_more": "<b>Predict:</b> once the object has its anchor, how many others does the threshold add? Then step.",
    "answer_more": "<b>{anchors}</b>: those of IoU {high} or more.",
}

GREEDY = Rule(
    name="greedy",
    title="Greedy",
    settings=GreedySpec,
    match=match_greedily,
    reads="iou",
    sentences=SENTENCES,
    controls=(Slider("matching.greedy.high", "Positive from IoU", 0.0, 1.0, 0.01),),
    used_by="one anchor for each object, round by round, then a threshold: the book *Dive into Deep Learning* "
    f"({who(rule='greedy')}).",
    changes={"high": "threshold for positive"},
    missing="{library} has no greedy one-to-one matching (Dive into Deep Learning). In AnchorLab it is "
    "engine.match with GreedySpec(), or anchorlab.d2l.assign_anchor_to_bbox.",
    snippet_note="# The book's assign_anchor_to_bbox; anchorlab.d2l has it under that name.",
    prints=(
        "for k, (anchor, gt, iou) in enumerate(zip(*matches.story[:3]), 1):",
        '    print(f"round {k}: anchor {anchor}, object {gt}, IoU {iou:.4f}")',
    ),
)
