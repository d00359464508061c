"""Non-maximum suppression: the best box stays and drops those that overlap it too much."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from anchorlab import engine
from anchorlab.catalogue.suppression.method import (
    COMMON,
    Configured,
    Method,
    Names,
    limits,
    threshold,
    threshold_question,
    variant,
)
from anchorlab.engine import Detections
from anchorlab.engine.played import Played, undecided
from anchorlab.export.writing import call, number
from anchorlab.settings.suppression import NmsSpec, Suppression
from anchorlab.thresholds import just_below
from anchorlab.wording import Sentence

THRESHOLD = threshold("Suppress above this IoU")

SHARED: dict[str, Sentence] = {
    **COMMON,
    "legend_suppressed": "suppressed so far",
    "funnel": "predicted, above the score, kept at the end",
    "funnel_best": "predicted, take part (the best {most}), kept at the end",
    "cell_suppressed": "× suppressed",
    "stays": "The best box still waiting is {name}: kept.",
    "strip_falls_more": "More than the threshold: the weaker {name} is suppressed.",
    "strip_falls_least": "The threshold or more: the weaker {name} is suppressed.",
    # two boxes
    "pair_enough_more": "Their {measure} is <b>{overlap}</b>, more than {iou}.",
    "pair_enough_least": "Their {measure} is <b>{overlap}</b>, {iou} or more.",
    "pair_little_more": "Their {measure} is <b>{overlap}</b>, not more than {iou}.",
    "pair_little_least": "Their {measure} is <b>{overlap}</b>, less than {iou}.",
    "pair_suppressed": "In round {round} {one} suppresses {other}.",
    "pair_class": "{one} and {other} are of different classes, and only boxes of the same class are compared.",
    "pair_class_enough": "Within one class that would be enough.",
    "pair_gone": "{one} suppresses nobody: it was suppressed itself in round {round}, by {by}.",
    "pair_no_turn": "It never had its turn.",
    "pair_late": "When {one} had its turn, in round {turn}, {other} was gone already: {by} had suppressed it in round "
    "{round}.",
    "pair_passed": "In round {round} {one} lets {other} pass.",
    "pair_kept_later": "It is kept itself in round {later}.",
    "pair_falls_later": "In round {later} {by} suppresses it.",
    "short_suppressed": "Enough: the weaker {weaker} is suppressed.",
    "short_gone": "{one} was suppressed before its turn.",
    "short_passed": "Not enough: {other} passes.",
}
"""What is said of every method whose boxes drop one another."""
SENTENCES: dict[str, Sentence] = {
    **SHARED,
    "answer_class_more": "Non-maximum suppression: the best-scoring box stays and suppresses every box of its class that overlaps it "
    "by more than <b>{iou}</b>.",
    "answer_class_least": "Non-maximum suppression: the best-scoring box stays and suppresses every box of its class that "
    "overlaps it by <b>{iou}</b> or more.",
    "answer_any_more": "Non-maximum suppression: the best-scoring box stays and suppresses every box that overlaps it by more "
    "than <b>{iou}</b>.",
    "answer_any_least": "Non-maximum suppression: the best-scoring box stays and suppresses every box that overlaps it by "
    "<b>{iou}</b> or more.",
    "answer_next": "Then the next one in the queue has its turn.",
    # the player
    "said": "{name} is kept and suppresses {suppressed}.",
    "suppresses_class": {
        "one": "It suppresses <b class=suppressed>{count}</b> box of its class, at {measure} {range}.",
        "other": "It suppresses <b class=suppressed>{count}</b> boxes of its class, at {measure} {range}.",
    },
    "suppresses_any": {
        "one": "It suppresses <b class=suppressed>{count}</b> box, at {measure} {range}.",
        "other": "It suppresses <b class=suppressed>{count}</b> boxes, at {measure} {range}.",
    },
    "spares_class": "It suppresses <b class=suppressed>no</b> boxes of its class.",
    "spares_any": "It suppresses <b class=suppressed>no</b> boxes.",
    "moved_away": "Boxes of other classes were moved out of its reach.",
    "own_class": "Boxes of other classes are not compared.",
    "own_class_same": "Boxes of other classes are not compared (here that changes nothing).",
    "every_class": "Every class is compared.",
    "every_class_same": "Every class is compared, which changes nothing here: no kept boxes of different classes overlap "
    "that much.",
    "met": {
        "one": "<b class=suppressed>{count} of them is of another class:</b> classes were moved apart, and met all the same "
        "(see Conventions).",
        "other": "<b class=suppressed>{count} of them are of other classes:</b> classes were moved apart, and met all the "
        "same (see Conventions).",
    },
    # one box
    "kept_more": "{name} is kept in round {round}: nobody better and left overlapped it by more than {iou}.",
    "kept_least": "{name} is kept in round {round}: nobody better and left overlapped it by {iou} or more.",
    "suppressed_more": "{name} is suppressed in round {round} by {by}: their {measure} is <b>{overlap}</b>, more than {iou}.",
    "suppressed_least": "{name} is suppressed in round {round} by {by}: their {measure} is <b>{overlap}</b>, not less than "
    "{iou}.",
    # the formula
    "strip_before": "Step to the first round: the IoU that decides is worked out here.",
    "strip_alone_more": "{name} is kept; nobody left overlaps it by more than {iou}.",
    "strip_alone_least": "{name} is kept; nobody left overlaps it by {iou} or more.",
    "spoken_more": "IoU of {a} and {b} is {inter} over {union}, {overlap}, more than {iou}",
    "spoken_least": "IoU of {a} and {b} is {inter} over {union}, {overlap}, {iou} or more",
}


def spec(s: Suppression) -> NmsSpec:
    return NmsSpec(**limits(s))


def dropping(spec_of: Callable[[Suppression], NmsSpec]) -> Callable[[Detections, Suppression], Played]:
    """How a method plays whose boxes drop one another."""

    def play(found: Detections, s: Suppression) -> Played:
        trace = engine.suppress(found.xyxy, found.scores, found.class_ids, spec_of(s))
        fields = undecided(found) | trace._asdict()
        return Played(
            **fields, keep=trace.keep, boxes=found.xyxy[trace.keep], steps=int(trace.round.max(initial=0))
        )

    return play


def script(s: NmsSpec, write: Callable[[Any], str], names: Names) -> list[str]:
    """Lines that suppress as an `NmsSpec` says."""
    return [
        call("engine.suppress", [*names, write(s)], "nms = "),
        "above = np.isin(nms.status, (engine.Status.KEPT, engine.Status.SUPPRESSED)).sum()",
        f'print(f"{{len({names.scores})}} predictions, {{above}} above the score, {{len(nms.keep)}} kept")',
        "for k in nms.keep:",
        f'    print(f"kept {{k}}: score {{{names.scores}[k]:.4f}}")',
    ]


def _mmdetection(s: Suppression) -> Configured:
    threshold = just_below(s.iou_threshold) if s.suppress_equal else s.iou_threshold
    notes = []
    if s.suppress_equal:
        notes.append(
            f"The float32 before {number(s.iou_threshold)}: an IoU equal to the threshold suppresses."
        )
    if s.ties == "last":
        notes.append("Of equal scores the first box goes first here, in AnchorLab the last.")
    return Configured(['type="nms"', f"iou_threshold={number(threshold)}"], notes)


METHOD = Method(
    name="hard",
    title="Hard",
    term="NMS",
    main=lambda s: THRESHOLD,
    spec=spec,
    play=dropping(spec),
    answer=lambda s: (variant("answer", s), "answer_next"),
    question=threshold_question,
    script=lambda s, write, names: script(spec(s), write, names),
    mmdetection=_mmdetection,
    reads_iou=True,
    sentences=SENTENCES,
)
