"""Weighted boxes fusion: nobody is suppressed, boxes that overlap become their average."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from anchorlab import engine
from anchorlab.catalogue.controls import Choice
from anchorlab.catalogue.suppression import scripts
from anchorlab.catalogue.suppression.method import (
    COMMON,
    Configured,
    Method,
    Names,
    Question,
    threshold,
    variant,
)
from anchorlab.engine import Detections, Status
from anchorlab.engine.played import LAST_PIXEL, Played, taking_part
from anchorlab.export.writing import call, number
from anchorlab.settings.suppression import FusionSpec, Suppression
from anchorlab.wording import Sentence

THRESHOLD = threshold("Join above this IoU")
SCORE = Choice(
    "suppression.fusion.score",
    "Score of a fused box",
    (("avg", "mean of their scores"), ("max", "best score")),
    hidden_label=True,
)

SENTENCES: dict[str, Sentence] = {
    **COMMON,
    "answer_class": "Weighted boxes fusion: nobody is suppressed. Every box joins the fused box of its class that it overlaps "
    "most, if by more than <b>{iou}</b>, and a fused box is the average of its members.",
    "answer_any": "Weighted boxes fusion: nobody is suppressed. Every box joins the fused box that it overlaps most, if by "
    "more than <b>{iou}</b>, and a fused box is the average of its members.",
    # the player
    "legend_kept": "fused boxes so far",
    "legend_joined": "joined one of them",
    "said_joins": "{name} joins {into}: {members} members.",
    "said_founds": "{name} founds a fused box.",
    "next": "The best box still waiting is {name}.",
    "founds_class": "It overlaps no fused box of its class by more than {iou}: it founds one.",
    "founds_any": "It overlaps no fused box by more than {iou}: it founds one.",
    "joins": "{name} overlaps the fused {into} by {overlap}, more than {iou}: it joins.",
    "averages": "The fused box is now the average of <b class=kept>{members}</b>, each weighing as much as its score; an edge "
    "moved by up to {moved} pixels.",
    "funnel": "predicted, above the score, fused",
    "funnel_best": "predicted, take part (the best {most}), fused",
    "cell_kept": "✓ founds one",
    "cell_joined": "+ joins",
    # one box
    "joined": "{name} joins in turn {turn}: its IoU with the fused box was <b>{overlap}</b>.",
    "founded_class": "{name} founds a fused box in turn {turn}: it overlapped none of its class by more than {iou}.",
    "founded_any": "{name} founds a fused box in turn {turn}: it overlapped none by more than {iou}.",
    "end_alone": "In the end the fused box averages 1 prediction and scores {score}.",
    "end_mean": {
        "one": "In the end the fused box averages {count} prediction and scores {score}, their mean.",
        "other": "In the end the fused box averages {count} predictions and scores {score}, their mean.",
    },
    "end_best": {
        "one": "In the end the fused box averages {count} prediction and scores {score}, their best.",
        "other": "In the end the fused box averages {count} predictions and scores {score}, their best.",
    },
    # the formula
    "strip_before": "Step to the first box: how the fused box is averaged is worked out here.",
    "strip_empty": "No box takes part: there is nothing to fuse.",
    "strip_alone": "{name} is alone so far: the fused box is the box itself.",
    "strip_edge": "The left edge of the fused {name}: the mean of {members} members, weighted by their scores. The other "
    "edges alike.",
    "spoken": "The left edge of the fused box is the mean of its {members} members, weighted by their scores: {edge}",
    # two boxes
    "pair_class": "{one} and {other} are of different classes: only boxes of the same class are fused.",
    "pair_joined": "{other} joined the fused box that {one} founded: its IoU with it was <b>{most}</b> then.",
    "pair_averaged": "Both are averaged.",
    "pair_together": "Both joined the fused box that {founder} founded, and are averaged in it.",
    "pair_turn": "In its turn {other} was compared with fused boxes.",
    "pair_reached": "With that of {one} its IoU was <b>{reached}</b>.",
    "pair_founded": "That is not more than {iou}: it founded one of its own.",
    "pair_elsewhere": "It joined the one it overlapped most, that of {into}, at {most}.",
    "short_together": "In one fused box.",
    "short_apart": "In different fused boxes.",
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
    main=lambda s: THRESHOLD,
    more=(SCORE,),
    changes={"score": "convention of the method"},
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
