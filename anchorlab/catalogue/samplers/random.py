"""So many anchors at random: the sampler of the region proposal network."""

from __future__ import annotations

from anchorlab.catalogue.controls import Number, Slider
from anchorlab.catalogue.samplers.sampler import Sampler
from anchorlab.catalogue.written import Written
from anchorlab.export.writing import number
from anchorlab.settings.sampling import SampleSpec

SIZE = Number("sampling.size", "Anchors of a picture", 1, 4096)
FRACTION = Slider("sampling.positive_fraction", "Positive, at most", 0.0, 1.0, 0.05)


def _mmdetection(spec: SampleSpec) -> Written:
    return Written(
        (
            "sampler=dict(",
            f'    _delete_=True, type="RandomSampler", num={spec.size}, pos_fraction={number(spec.positive_fraction)},',
            "    neg_pos_ub=-1, add_gt_as_proposals=False,",
            "),",
        )
    )


RANDOM = Sampler(
    name="random",
    title="RPN: at random",
    reads=("size", "positive_fraction"),
    controls=(SIZE, FRACTION),
    changes={"size": "size of the sample", "positive_fraction": "share of positives in the sample"},
    used_by="a region proposal network draws 256 anchors of a picture, at most 128 of them positive, and fills up with "
    "negatives: were all of them counted, the thousands of negatives would decide the loss, and “background” everywhere "
    "would be an excellent answer.",
    sentences={
        "rule": "{size} at random, at most {most} of them positive; what is missing is filled up with negatives.",
    },
    exports={
        "torchvision": lambda spec: Written(
            (f"sampler = BalancedPositiveNegativeSampler({spec.size}, {number(spec.positive_fraction)})",),
            imports=(("torchvision.models.detection._utils", "BalancedPositiveNegativeSampler"),),
        ),
        "detectron2": lambda spec: Written(
            (
                f"# cfg.MODEL.RPN.BATCH_SIZE_PER_IMAGE = {spec.size}",
                f"# cfg.MODEL.RPN.POSITIVE_FRACTION = {number(spec.positive_fraction)}",
            ),
            ("RetinaNet takes all anchors; the region proposal network samples:",),
        ),
        "mmdetection": _mmdetection,
    },
)
