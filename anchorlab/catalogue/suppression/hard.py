"""Non-maximum suppression: the best box stays and drops those that overlap it too much."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from anchorlab import engine
from anchorlab.catalogue.suppression.method import (
    Configured,
    Method,
    Names,
    limits,
    threshold_question,
    variant,
)
from anchorlab.engine import Detections
from anchorlab.engine.played import Played, undecided
from anchorlab.export.recipe import just_below
from anchorlab.export.writing import call, number
from anchorlab.settings.suppression import NmsSpec, Suppression

SENTENCES = {
    "answer": "Non-maximum suppression: the best-scoring box stays and suppresses every box of its class that overlaps it "
    "by more than <b>{iou}</b>.",
    "answer_equal": "Non-maximum suppression: the best-scoring box stays and suppresses every box of its class that "
    "overlaps it by <b>{iou}</b> or more.",
    "answer_any": "Non-maximum suppression: the best-scoring box stays and suppresses every box that overlaps it by more "
    "than <b>{iou}</b>.",
    "answer_any_equal": "Non-maximum suppression: the best-scoring box stays and suppresses every box that overlaps it by "
    "<b>{iou}</b> or more.",
    "answer_next": "Then the next one in the queue has its turn.",
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
    spec=spec,
    play=dropping(spec),
    answer=lambda s: (variant("answer", s), "answer_next"),
    question=threshold_question,
    script=lambda s, write, names: script(spec(s), write, names),
    mmdetection=_mmdetection,
    reads_iou=True,
    sentences=SENTENCES,
)
