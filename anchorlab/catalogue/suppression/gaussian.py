"""Soft-NMS with a Gaussian kernel: every overlap lowers a score, a large one much."""

from __future__ import annotations

from functools import partial

from anchorlab.catalogue.controls import Slider
from anchorlab.catalogue.suppression import linear
from anchorlab.catalogue.suppression.method import Method, Question, variant
from anchorlab.wording import Sentence

SIGMA = Slider("suppression.gaussian.sigma", "σ: larger is softer", 0.05, 2.0, 0.05)

SENTENCES: dict[str, Sentence] = {
    **linear.SHARED,
    "answer_class": "Soft-NMS: the best-scoring box stays, and every box of its class that overlaps it loses score, the more they "
    "overlap.",
    "answer_any": "Soft-NMS: the best-scoring box stays, and every box that overlaps it loses score, the more they overlap.",
    "answer_dropped": "Who falls below <b>{score}</b> is dropped.",
    "strip_alone": "{name} is kept; nobody left overlaps it.",
    "pair_little": "Their IoU is <b>{overlap}</b>, so little that it costs nothing.",
}

spec = partial(linear.spec, kernel="gaussian")

QUESTION = Question(
    "suppression.gaussian.sigma",
    (0.1, 1.0),
    "<b>Predict:</b> with σ = {value}, are more boxes kept or fewer? Then drag.",
    "A smaller σ makes scores fall faster.",
)

METHOD = Method(
    name="gaussian",
    title="Soft, Gaussian",
    term="soft-NMS",
    main=lambda s: SIGMA,
    changes={"sigma": "sigma"},
    spec=spec,
    play=linear.softening(spec),
    answer=lambda s: (variant("answer", s, overlap=False), "answer_dropped"),
    question=lambda s: QUESTION,
    script=linear.scripted(spec),
    mmdetection=partial(linear.mmdetection, method="gaussian"),
    elsewhere="mmcv.ops.soft_nms does.",
    sentences=SENTENCES,
)
