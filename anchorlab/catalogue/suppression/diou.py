"""DIoU-NMS: as hard suppression, but overlap counts less the farther centres are apart."""

from __future__ import annotations

from anchorlab.catalogue.controls import Slider
from anchorlab.catalogue.suppression import hard
from anchorlab.catalogue.suppression.method import (
    Configured,
    Method,
    limits,
    threshold,
    threshold_question,
    variant,
)
from anchorlab.settings.suppression import NmsSpec, Suppression
from anchorlab.wording import Sentence

THRESHOLD = threshold("Suppress above this DIoU")
BETA = Slider("suppression.diou.beta", "β: smaller weighs the distance more", 0.1, 2.0, 0.1)

SENTENCES: dict[str, Sentence] = {
    **hard.SHARED,
    "answer_class_more": "DIoU-NMS: the best-scoring box stays and suppresses every box of its class whose IoU, less the distance of "
    "the centres, is more than <b>{iou}</b>.",
    "answer_class_least": "DIoU-NMS: the best-scoring box stays and suppresses every box of its class whose IoU, less the "
    "distance of the centres, is <b>{iou}</b> or more.",
    "answer_any_more": "DIoU-NMS: the best-scoring box stays and suppresses every box whose IoU, less the distance of the "
    "centres, is more than <b>{iou}</b>.",
    "answer_any_least": "DIoU-NMS: the best-scoring box stays and suppresses every box whose IoU, less the distance of the "
    "centres, is <b>{iou}</b> or more.",
    "answer_survive": "Neighbours around other centres survive.",
    "spoken_more": "DIoU of {a} and {b} is their IoU {plain} less the distance of their centres, {overlap}, more than {iou}",
    "spoken_least": "DIoU of {a} and {b} is their IoU {plain} less the distance of their centres, {overlap}, {iou} or more",
}


def spec(s: Suppression) -> NmsSpec:
    return NmsSpec(**limits(s), overlap="diou", beta=s.diou.beta)


METHOD = Method(
    name="diou",
    title="DIoU",
    term="DIoU-NMS",
    main=lambda s: THRESHOLD,
    more=(BETA,),
    changes={"beta": "power of the distance"},
    spec=spec,
    play=hard.dropping(spec),
    answer=lambda s: (variant("answer", s), "answer_survive"),
    question=threshold_question,
    script=lambda s, write, names: hard.script(spec(s), write, names),
    mmdetection=lambda s: Configured([], ["mmcv has no DIoU-NMS: nms is left as it was."]),
    reads_iou=True,
    sentences=SENTENCES,
)
