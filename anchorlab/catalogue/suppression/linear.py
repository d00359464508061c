"""Soft-NMS with a linear kernel: from a threshold on, overlap takes its share of the score."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from anchorlab import engine
from anchorlab.catalogue.suppression import scripts
from anchorlab.catalogue.suppression.method import Configured, Method, Names, score_question, variant
from anchorlab.engine import Detections, Status
from anchorlab.engine.played import Played, overlaps, taking_part
from anchorlab.export.recipe import just_above
from anchorlab.export.writing import call, number
from anchorlab.settings.suppression import SoftKernel, SoftNmsSpec, Suppression

SENTENCES = {
    "answer": "Soft-NMS: the best-scoring box stays, and every box of its class that overlaps it by more than "
    "<b>{iou}</b> keeps 1 − IoU of its score.",
    "answer_equal": "Soft-NMS: the best-scoring box stays, and every box of its class that overlaps it by <b>{iou}</b> or "
    "more keeps 1 − IoU of its score.",
    "answer_any": "Soft-NMS: the best-scoring box stays, and every box that overlaps it by more than <b>{iou}</b> keeps 1 − "
    "IoU of its score.",
    "answer_any_equal": "Soft-NMS: the best-scoring box stays, and every box that overlaps it by <b>{iou}</b> or more keeps "
    "1 − IoU of its score.",
    "answer_dropped": "Who falls below <b>{score}</b> is dropped.",
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
