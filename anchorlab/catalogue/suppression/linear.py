"""Soft-NMS with a linear kernel: from a threshold on, overlap takes its share of the score."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from anchorlab import engine
from anchorlab.catalogue.suppression import scripts
from anchorlab.catalogue.suppression.method import (
    COMMON,
    Configured,
    Method,
    Names,
    score_question,
    threshold,
    variant,
)
from anchorlab.engine import Detections, Status
from anchorlab.engine.played import Played, overlaps, taking_part
from anchorlab.export.writing import call, number
from anchorlab.settings.suppression import SoftKernel, SoftNmsSpec, Suppression
from anchorlab.thresholds import just_above
from anchorlab.wording import Sentence

THRESHOLD = threshold("Lower scores above this IoU")

LOWERING: dict[str, Sentence] = {
    **COMMON,
    "legend_suppressed": "dropped so far",
    "funnel": "predicted, above the score, kept",
    "funnel_best": "predicted, take part (the best {most}), kept",
    "cell_suppressed": "× dropped",
}
"""What is said wherever overlap lowers scores."""
SHARED: dict[str, Sentence] = {
    **LOWERING,
    # two boxes
    "pair_class": "{one} and {other} are of different classes: they do not lower each other’s scores.",
    "pair_neither": "{one} and {other} were both dropped. Only a box that is kept lowers the scores of others.",
    "pair_late": "When {actor} had its turn, in round {turn}, {other} was gone already: dropped in round {round}, below "
    "{score} after {by}.",
    "pair_apart": "They do not overlap.",
    "pair_passed": "In round {round} {actor} leaves the score of {other} as it is.",
    "pair_lowered": "In round {round} {actor} lowers the score of {other}: IoU <b>{overlap}</b>, so {product}.",
    "pair_waits": "It waits on.",
    "pair_dropped": "That is below {score}: dropped.",
    "short_neither": "Both were dropped: neither acted.",
    "short_passed": "Not enough: {other} keeps its score.",
    "short_lowered": "The score falls: {product}.",
    "short_dropped": "The score falls: {product}, below {score}.",
}
"""What is said of soft-NMS with either kernel."""
SENTENCES: dict[str, Sentence] = {
    **SHARED,
    "answer_class_more": "Soft-NMS: the best-scoring box stays, and every box of its class that overlaps it by more than "
    "<b>{iou}</b> keeps 1 − IoU of its score.",
    "answer_class_least": "Soft-NMS: the best-scoring box stays, and every box of its class that overlaps it by <b>{iou}</b> or "
    "more keeps 1 − IoU of its score.",
    "answer_any_more": "Soft-NMS: the best-scoring box stays, and every box that overlaps it by more than <b>{iou}</b> keeps 1 − "
    "IoU of its score.",
    "answer_any_least": "Soft-NMS: the best-scoring box stays, and every box that overlaps it by <b>{iou}</b> or more keeps "
    "1 − IoU of its score.",
    "answer_dropped": "Who falls below <b>{score}</b> is dropped.",
    # the player, with either kernel
    "said": "{name} is kept and lowers {lowered}; {dropped} are dropped.",
    "stays": "The highest score left is {name}: kept.",
    "lowers_class": {
        "one": "It lowers {count} box of its class, to {range} of its score.",
        "other": "It lowers {count} boxes of its class, to {range} of their scores.",
    },
    "lowers_any": {
        "one": "It lowers {count} box, to {range} of its score.",
        "other": "It lowers {count} boxes, to {range} of their scores.",
    },
    "nobody_lowered": "It lowers nobody.",
    "fall": {
        "one": "<b class=suppressed>{count}</b> falls below {score} and is dropped.",
        "other": "<b class=suppressed>{count}</b> fall below {score} and are dropped.",
    },
    "none_falls": "<b class=suppressed>None</b> falls below {score}.",
    # one box
    "loses": {
        "one": "{name} loses score in round {rounds}: {product}.",
        "other": "{name} loses score in rounds {rounds}: {product}.",
    },
    "loses_nothing": "Nobody lowers {name}.",
    "kept": "In round {round} it has the highest score left and is kept.",
    "dropped": "That is less than {score}: dropped in round {round}.",
    # the formula
    "strip_before": "Step to the first round: what an overlap costs is worked out here.",
    "strip_alone_more": "{name} is kept; nobody left overlaps it by more than {iou}.",
    "strip_alone_least": "{name} is kept; nobody left overlaps it by {iou} or more.",
    "strip_dropped": "Less than {score}: dropped.",
    "strip_waits": "Still {score} or more: it waits on.",
    "spoken": "{name} overlaps {by} by {overlap}: its score becomes {after}",
    # two boxes
    "pair_little_more": "Their IoU is <b>{overlap}</b>, not more than {iou}.",
    "pair_little_least": "Their IoU is <b>{overlap}</b>, less than {iou}.",
}


def spec(s: Suppression, kernel: SoftKernel = "linear") -> SoftNmsSpec:
    """Of either kernel."""
    return SoftNmsSpec(
        kernel=kernel,
        iou_threshold=s.iou_threshold,
        sigma=s.gaussian.sigma,
        score_threshold=s.score_threshold,
        per_class=s.per_class,
        decay_equal=s.suppress_equal,
        inclusive=s.inclusive,
    )


def softening(spec_of: Callable[[Suppression], SoftNmsSpec]) -> Callable[[Detections, Suppression], Played]:
    """How soft-NMS plays with a kernel."""

    def play(found: Detections, s: Suppression) -> Played:
        part, fields = taking_part(found, s)
        index = part.index
        soft = engine.soft_suppress(found.xyxy[index], part.scores, part.class_ids, spec_of(s))
        fields["status"][index] = soft.status
        fields["round"][index] = soft.round
        fields["final_scores"][index] = soft.scores
        dropped = np.flatnonzero(soft.status == Status.SUPPRESSED)
        by = soft.keep[soft.round[dropped] - 1]
        fields["suppressed_by"][index[dropped]] = index[by]
        fields["iou"][index[dropped]] = overlaps(part.boxes[by], part.boxes[dropped])
        keep = index[soft.keep]
        return Played(**fields, keep=keep, boxes=found.xyxy[keep], steps=len(keep))

    return play


def scripted(
    spec_of: Callable[[Suppression], SoftNmsSpec],
) -> Callable[[Suppression, Callable[[Any], str], Names], list[str]]:
    """The lines of Python of soft-NMS with a kernel."""
    return lambda s, write, names: [
        *scripts.taking_part(s, names, last_pixel=False),
        call("engine.soft_suppress", ["*taking", write(spec_of(s))], "soft = "),
        scripts.counts(names, "soft.keep"),
        "for k in soft.keep:",
        '    print(f"kept {part[k]}: score {soft.scores[k]:.4f}")',
    ]


def mmdetection(s: Suppression, method: str) -> Configured:
    """mmcv's soft-NMS with a kernel."""
    from_on = s.iou_threshold if s.suppress_equal else just_above(s.iou_threshold)
    keys = [
        'type="soft_nms"',
        f'method="{method}"',
        f"iou_threshold={number(from_on)}",
        f"sigma={number(s.gaussian.sigma)}",
        f"min_score={number(s.score_threshold)}",
    ]
    return Configured(keys, [])


def _mmdetection(s: Suppression) -> Configured:
    configured = mmdetection(s, "linear")
    if s.suppress_equal:
        return configured
    note = "mmcv lowers scores from the threshold on (>=): the next float32 stands for more than it."
    return configured._replace(notes=[note])


METHOD = Method(
    name="linear",
    title="Soft, linear",
    term="soft-NMS",
    main=lambda s: THRESHOLD,
    spec=spec,
    play=softening(spec),
    answer=lambda s: (variant("answer", s), "answer_dropped"),
    question=score_question,
    script=scripted(spec),
    mmdetection=_mmdetection,
    elsewhere="mmcv.ops.soft_nms does.",
    reads_iou=True,
    sentences=SENTENCES,
)
