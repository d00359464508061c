"""Score-free suppression: as hard suppression, but the largest box goes first."""

from __future__ import annotations

import numpy as np

from anchorlab import engine
from anchorlab.catalogue.suppression.method import (
    Configured,
    Method,
    limits,
    threshold,
    threshold_question,
    variant,
)
from anchorlab.engine import Detections
from anchorlab.engine.played import Played, undecided
from anchorlab.export.writing import call
from anchorlab.settings.suppression import NmsSpec, Suppression
from anchorlab.wording import Sentence

THRESHOLD = threshold("Suppress above this IoU")

SENTENCES: dict[str, Sentence] = {
    "answer_class_more": "Score-free: the largest box stays, whatever its score, and suppresses every box of its class that overlaps "
    "it by more than <b>{iou}</b>.",
    "answer_class_least": "Score-free: the largest box stays, whatever its score, and suppresses every box of its class that "
    "overlaps it by <b>{iou}</b> or more.",
    "answer_any_more": "Score-free: the largest box stays, whatever its score, and suppresses every box that overlaps it by more "
    "than <b>{iou}</b>.",
    "answer_any_least": "Score-free: the largest box stays, whatever its score, and suppresses every box that overlaps it by "
    "<b>{iou}</b> or more.",
    # the player
    "stays": "The largest box still waiting is {name}: kept.",
    "kept": "{name} is kept in round {round}: no larger box that stays overlaps it too much.",
}


def spec(s: Suppression) -> NmsSpec:
    """Classes are compared: no box moves."""
    return NmsSpec(**(limits(s) | {"shift_classes": False}))


def play(found: Detections, s: Suppression) -> Played:
    trace = engine.suppress_by_area(found.xyxy, found.scores, found.class_ids, spec(s))
    # They come out best score first, as of any method.
    return Played(
        **(undecided(found) | trace._asdict()),
        keep=trace.keep,
        boxes=found.xyxy[trace.keep],
        steps=int(np.max(trace.round, initial=0)),
    )


METHOD = Method(
    name="score_free",
    title="Score-free",
    term="score-free suppression",
    main=lambda s: THRESHOLD,
    spec=spec,
    play=play,
    answer=lambda s: (variant("answer", s),),
    question=threshold_question,
    script=lambda s, write, names: [
        call("engine.suppress_by_area", [*names, write(spec(s))], "nms = "),
        "above = np.isin(nms.status, (engine.Status.KEPT, engine.Status.SUPPRESSED)).sum()",
        f'print(f"{{len({names.scores})}} predictions, {{above}} above the score, {{len(nms.keep)}} kept")',
        "for k in nms.keep:",
        f'    print(f"kept {{k}}: score {{{names.scores}[k]:.4f}}")',
    ],
    mmdetection=lambda s: Configured([], ["mmcv has no score-free suppression: nms is left as it was."]),
    reads_iou=True,
    sentences=SENTENCES,
)
