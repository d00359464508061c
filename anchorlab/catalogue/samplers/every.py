"""All anchors: no sampler, as RetinaNet."""

from __future__ import annotations

from anchorlab.catalogue.samplers.sampler import Sampler
from anchorlab.catalogue.written import Written

ALL = Sampler(
    name="all",
    title="All",
    used_by="RetinaNet takes every anchor that is not ignored, and leaves it to the focal loss that the easy ones count "
    "little.",
    sentences={"rule": "Every anchor that is not ignored."},
    exports={
        "torchvision": lambda spec: Written((), ("RetinaNet takes all anchors: it has no sampler.",)),
        "detectron2": lambda spec: Written((), ("RetinaNet takes all anchors: it has no sampler.",)),
        "mmdetection": lambda spec: Written(('sampler=dict(_delete_=True, type="PseudoSampler"),',)),
    },
)
