"""Weighted boxes fusion: nobody is suppressed, boxes that overlap become their average."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from anchorlab import engine
from anchorlab.catalogue.suppression import scripts
from anchorlab.catalogue.suppression.method import Configured, Method, Names, Question, variant
from anchorlab.engine import Detections, Status
from anchorlab.engine.played import LAST_PIXEL, Played, taking_part
from anchorlab.export.writing import call, number
from anchorlab.settings.suppression import FusionSpec, Suppression

SENTENCES = {
    "answer": "Weighted boxes fusion: nobody is suppressed. Every box joins the fused box of its class that it overlaps "
    "most, if by more than <b>{iou}</b>, and a fused box is the average of its members.",
    "answer_any": "Weighted boxes fusion: nobody is suppressed. Every box joins the fused box that it overlaps most, if by "
    "more than <b>{iou}</b>, and a fused box is the average of its members.",
}

QUESTION = Question(
    "suppression.iou_threshold",
    (0.8, 0.3),
    "<b>Predict:</b> at threshold {value}, are more boxes kept or fewer? Then drag.",
    "A higher threshold asks for more overlap before a box joins another.",
)


def spec(s: Suppression) -> FusionSpec:
    """All predictions are one model's."""
    return FusionSpec(iou_threshold=s.iou_threshold, score=s.fusion.score)


def play(found: Detections, s: Suppression) -> Played:
    """A step is the turn of one box: it joins a fused box, or founds one."""
    part, fields = taking_part(found, s)
    index, one_model = part.index, np.zeros(len(part.index), int)
    class_ids = part.class_ids if s.per_class else np.zeros_like(part.class_ids)
    fusion = engine.fuse_predictions(part.boxes, part.scores, class_ids, one_model, spec(s))
    # Predictions are dealt with in the order of `part`, so the first of each fused box founded it.
    founders = np.full(len(fusion.scores), -1, np.int32)
    founders[fusion.cluster[::-1]] = index[::-1]
    fields["status"][founders] = Status.KEPT
    fields["round"][index] = np.arange(1, len(index) + 1)
    fields["suppressed_by"][index] = founders[fusion.cluster]
    fields["suppressed_by"][founders] = -1
    fields["iou"][index] = fusion.iou
    fields["final_scores"][founders] = fusion.scores
    boxes = fusion.boxes - LAST_PIXEL * s.inclusive
    return Played(**fields, keep=founders, boxes=boxes, steps=len(index))


def first_step(played: Played) -> int:
    """The first that joins a box to another: before it every box is alone."""
    joined = played.round[played.suppressed_by >= 0]
    return int(joined.min()) if len(joined) else min(1, played.steps)


def script(s: Suppression, write: Callable[[Any], str], names: Names) -> list[str]:
    """Lines of Python that do it."""
    lines = scripts.taking_part(s, names, last_pixel=True)
    if not s.per_class:
        lines.append("taking = (*taking[:2], np.zeros(len(part), int))  # of any class")
    models = "np.zeros(len(part), int)"
    boxes = "fusion.boxes - plus" if s.inclusive else "fusion.boxes"
    return [
        *lines,
        call("engine.fuse_predictions", ["*taking", models, write(spec(s))], "fusion = "),
        scripts.counts(names, "fusion.scores"),
        f"for k, (box, score) in enumerate(zip({boxes}, fusion.scores)):",
        "    founder = part[(fusion.cluster == k).argmax()]",
        '    print(f"kept {founder}: score {score:.4f}")',
        '    print("fused {:.2f} {:.2f} {:.2f} {:.2f}".format(*box))',
    ]


def _mmdetection(s: Suppression) -> Configured:
    arguments = (
        f'[boxes], [scores], [labels], iou_thr={number(s.iou_threshold)}, conf_type="{s.fusion.score}"'
    )
    note = f"Fusion is a function there, not a kind of nms: mmdet.models.utils.weighted_boxes_fusion({arguments})."
    return Configured([], [note])


METHOD = Method(
    name="fusion",
    title="Fusion (WBF)",
    term="weighted boxes fusion",
    spec=spec,
    play=play,
    answer=lambda s: (variant("answer", s, overlap=False),),
    question=lambda s: QUESTION,
    script=script,
    mmdetection=_mmdetection,
    elsewhere="ensemble_boxes.weighted_boxes_fusion does.",
    reads_iou=True,
    first_step=first_step,
    sentences=SENTENCES,
)
