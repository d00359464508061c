"""DIoU-NMS: as hard suppression, but overlap counts less the farther centres are apart."""

from __future__ import annotations

from anchorlab.catalogue.suppression import hard
from anchorlab.catalogue.suppression.method import Configured, Method, limits, threshold_question, variant
from anchorlab.settings.suppression import NmsSpec, Suppression

SENTENCES = {
    "answer": "DIoU-NMS: the best-scoring box stays and suppresses every box of its class whose IoU, less the distance of "
    "the centres, is more than <b>{iou}</b>.",
    "answer_equal": "DIoU-NMS: the best-scoring box stays and suppresses every box of its class whose IoU, less the "
    "distance of the centres, is <b>{iou}</b> or more.",
    "answer_any": "DIoU-NMS: the best-scoring box stays and suppresses every box whose IoU, less the distance of the "
    "centres, is more than <b>{iou}</b>.",
    "answer_any_equal": "DIoU-NMS: the best-scoring box stays and suppresses every box whose IoU, less the distance of the "
    "centres, is <b>{iou}</b> or more.",
    "answer_survive": "Neighbours around other centres survive.",
}


def spec(s: Suppression) -> NmsSpec:
    return NmsSpec(**limits(s), overlap="diou", beta=s.diou.beta)


METHOD = Method(
    name="diou",
    title="DIoU",
    term="DIoU-NMS",
    spec=spec,
    play=hard.dropping(spec),
    answer=lambda s: (variant("answer", s), "answer_survive"),
    question=threshold_question,
    script=lambda s, write, names: hard.script(spec(s), write, names),
    mmdetection=lambda s: Configured([], ["mmcv has no DIoU-NMS: nms is left as it was."]),
    reads_iou=True,
    sentences=SENTENCES,
)
