"""Matrix NMS: all scores fall at once, each by the strongest word of a better box against it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from anchorlab import engine
from anchorlab.catalogue.suppression import scripts
from anchorlab.catalogue.suppression.method import (
    Configured,
    Method,
    Names,
    Question,
    score_question,
    variant,
)
from anchorlab.engine import Detections, Status
from anchorlab.engine.played import Played, taking_part
from anchorlab.export.writing import call, literal
from anchorlab.settings.suppression import MatrixNmsSpec, Suppression

SENTENCES = {
    "answer": "Matrix NMS: no rounds. Every score falls at once, by the strongest word of a better box of its class against "
    "it; what is below <b>{score}</b> then is dropped.",
    "answer_any": "Matrix NMS: no rounds. Every score falls at once, by the strongest word of a better box against it; what "
    "is below <b>{score}</b> then is dropped.",
}

QUESTION = Question(
    "suppression.matrix.sigma",
    (0.5, 4.0),
    "<b>Predict:</b> with σ = {value}, are more boxes kept or fewer? Then drag.",
    "Here σ multiplies: a smaller one makes scores fall more slowly.",
    digits=1,
)


def spec(s: Suppression) -> MatrixNmsSpec:
    return MatrixNmsSpec(kernel=s.matrix.kernel, sigma=s.matrix.sigma, per_class=s.per_class)


def play(found: Detections, s: Suppression) -> Played:
    """Step 1 lowers all scores, step 2 drops what is too low."""
    part, fields = taking_part(found, s)
    index = part.index
    matrix = engine.matrix_suppress(part.boxes, part.scores, part.class_ids, spec(s))
    fields["round"][index] = 2
    fields["final_scores"][index] = matrix.scores
    fields["factor"][index] = matrix.factor
    fields["compensation"][index] = matrix.compensation
    fields["iou"][index] = matrix.iou
    by = matrix.lowered_by
    fields["suppressed_by"][index] = np.where(by >= 0, np.append(index, -1)[by], -1)
    kept = index[matrix.scores >= np.float32(s.score_threshold)]
    fields["status"][kept] = Status.KEPT
    keep = kept[np.argsort(-fields["final_scores"][kept], kind="stable")]
    return Played(**fields, keep=keep, boxes=found.xyxy[keep], steps=2 if len(index) else 0)


def script(s: Suppression, write: Callable[[Any], str], names: Names) -> list[str]:
    """Lines of Python that do it."""
    return [
        *scripts.taking_part(s, names, last_pixel=True),
        call("engine.matrix_suppress", ["*taking", write(spec(s))], "matrix = "),
        f"stays = np.flatnonzero(matrix.scores >= np.float32({literal(s.score_threshold)}))",
        'stays = stays[np.argsort(-matrix.scores[stays], kind="stable")]',
        scripts.counts(names, "stays"),
        "for k in stays:",
        '    print(f"kept {part[k]}: score {matrix.scores[k]:.4f}")',
    ]


METHOD = Method(
    name="matrix",
    title="Matrix",
    term="Matrix NMS",
    spec=spec,
    play=play,
    answer=lambda s: (variant("answer", s, overlap=False),),
    question=lambda s: QUESTION if s.matrix.kernel == "gaussian" else score_question(s),
    script=script,
    mmdetection=lambda s: Configured(
        [], ["Matrix NMS is there for SOLOv2's masks only (mask_matrix_nms): nms is left as it was."]
    ),
    sentences=SENTENCES,
)
