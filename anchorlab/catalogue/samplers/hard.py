"""Hard negatives: the sampler of SSD."""

from __future__ import annotations

from anchorlab.catalogue.controls import Slider
from anchorlab.catalogue.samplers.sampler import Sampler
from anchorlab.catalogue.written import Written
from anchorlab.export.writing import number

PER_POSITIVE = Slider(
    "sampling.negatives_per_positive", "Negatives for one positive", 0.0, 20.0, 0.5, format="%.1f"
)

HARD = Sampler(
    name="hard",
    title="SSD: hard negatives",
    reads=("negatives_per_positive",),
    controls=(PER_POSITIVE,),
    changes={"negatives_per_positive": "negatives for one positive"},
    used_by="SSD takes all positives, and for each of them the three negatives that cost most: the easy ones, of which there "
    "are so many, do not count at all.",
    sentences={"rule": "All positives, and for each of them the {number} negatives that cost most."},
    exports={
        "torchvision": lambda spec: Written(
            (f"neg_to_pos_ratio = {number(spec.negatives_per_positive)}  # as in torchvision's SSD",),
            (
                "SSD's own compute_loss sorts the negatives by their loss; its ratio is self.neg_to_pos_ratio.",
            ),
        ),
        "detectron2": lambda spec: Written((), ("detectron2 mines no hard negatives.",)),
        "mmdetection": lambda spec: Written(
            (),
            (
                (
                    f"Hard negatives are SSDHead's own: train_cfg=dict(neg_pos_ratio={number(spec.negatives_per_positive)}). "
                    "The head here takes what its sampler says."
                ),
            ),
        ),
    },
)
