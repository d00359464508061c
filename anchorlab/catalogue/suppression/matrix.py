"""Matrix NMS: all scores fall at once, each by the strongest word of a better box against it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from anchorlab import engine
from anchorlab.catalogue.controls import ALL, Choice, Slider
from anchorlab.catalogue.suppression import linear, scripts
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
from anchorlab.wording import Sentence

SIGMA = Slider("suppression.matrix.sigma", "σ: larger is harder", 0.1, 10.0, 0.1)
KERNEL = Choice(
    "suppression.matrix.kernel",
    "How overlap counts",
    (("gaussian", "Gaussian in the overlap"), ("linear", "linear in it")),
    hidden_label=True,
    concerns=ALL,
)

SENTENCES: dict[str, Sentence] = {
    **linear.LOWERING,
    "answer_class": "Matrix NMS: no rounds. Every score falls at once, by the strongest word of a better box of its class against "
    "it; what is below <b>{score}</b> then is dropped.",
    "answer_any": "Matrix NMS: no rounds. Every score falls at once, by the strongest word of a better box against it; what "
    "is below <b>{score}</b> then is dropped.",
    # the player
    "said_lowered": "All scores are lowered at once: {lowered} fall.",
    "said_dropped": {
        "one": "{count} box below {score} dropped, {kept} kept.",
        "other": "{count} boxes below {score} dropped, {kept} kept.",
    },
    "at_once": "All scores are multiplied at once.",
    "lowered": "<b>{fallen}</b> of {all} fall, to {range} of what they were.",
    "none_lowered": "<b>{fallen}</b> of {all} fall.",
    "strongest_class": "The strongest word of a better box of its class counts: overlap makes it louder, doubt softer.",
    "strongest_any": "The strongest word of a better box counts: overlap makes it louder, doubt softer.",
    "dropped": "What is left below {score} is dropped: <b class=suppressed>{dropped}</b>.",
    "kept": {
        "one": "<b class=kept>{count}</b> is kept, with lower scores.",
        "other": "<b class=kept>{count}</b> are kept, with lower scores.",
    },
    # one box
    "unopposed_class": "Nothing speaks against {name}: no better box of its class overlaps it.",
    "unopposed_any": "Nothing speaks against {name}: no better box overlaps it.",
    "falls": "{name} falls to {score}.",
    "decides": "{name} decides: IoU {overlap}.",
    "decides_doubted": "{name} decides: IoU {overlap}, itself overlapped by {doubt} and heard less.",
    "end_kept": "At least {score}: kept.",
    "end_dropped": "Less than {score}: dropped.",
    # the formula
    "strip_before": "Step on: what each score is multiplied by is worked out here.",
    "strip_none": "No box overlaps a better one: all scores stay.",
    "strip_discounted": "{name} decides: IoU {overlap}, discounted by its own {doubt} with a better box.",
    "spoken": "The score of {name} becomes {score}, decided by {by}",
    # two boxes
    "pair_class": "{one} and {other} are of different classes: neither has a word against the other.",
    "pair_decides": "{one} decides: IoU <b>{overlap}</b>, so the score of {other} is multiplied by {word}.",
    "pair_doubted": "{one} is itself overlapped by {doubt}, and heard less.",
    "pair_strongest": "No better box has a stronger word.",
    "pair_weaker": "IoU <b>{overlap}</b>: {one} would multiply the score of {other} by {word}.",
    "pair_stronger": "{by} has the strongest word, {factor}, and that alone counts.",
    "pair_silent": "IoU <b>{overlap}</b>, but a better box overlaps {one} by as much or more ({doubt}): its word against "
    "{other} counts for nothing.",
    "pair_apart": "They do not overlap: {one} has nothing to say against {other}.",
    "short_decides": "The strongest word: × {word}.",
    "short_weaker": "A word of × {word}; another’s is stronger.",
    "short_silent": "Its word counts for nothing.",
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
    main=lambda s: SIGMA if s.matrix.kernel == "gaussian" else None,
    more=(KERNEL,),
    changes={"kernel": "convention of the method", "sigma": "sigma of Matrix NMS"},
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
