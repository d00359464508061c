"""A script that asks a pretrained detector of torchvision about a photo, and writes its predictions before suppression.

All of torchvision's detectors end in the same function, `batched_nms`. The script listens to what they give it, so what is
written is exactly what their own suppression gets, whatever came before: scores, decoding, cutting at the border.
`scenes/detector_file.py` reads the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Detector(NamedTuple):
    """A detector of torchvision.

    Attributes:
      title: as people call it.
      make: the function that makes it, of `torchvision.models.detection`.
      weights: its pretrained weights, of the same module.
      everything: arguments that let all scores through.
    """

    title: str
    make: str
    weights: str
    everything: str


DETECTORS: Mapping[str, Detector] = MappingProxyType(
    {
        "retinanet": Detector(
            "RetinaNet", "retinanet_resnet50_fpn", "RetinaNet_ResNet50_FPN_Weights", "score_thresh=0.0"
        ),
        "ssd": Detector("SSD", "ssd300_vgg16", "SSD300_VGG16_Weights", "score_thresh=0.0"),
        "faster_rcnn": Detector(
            "Faster R-CNN",
            "fasterrcnn_resnet50_fpn",
            "FasterRCNN_ResNet50_FPN_Weights",
            "box_score_thresh=0.001",
        ),
    }
)

_SCRIPT = '''"""{title} on a photo: its predictions before suppression and the photo, as one file."""

import base64
import io
import json

import torch
from PIL import Image, ImageOps
from torchvision.models import detection
from torchvision.ops import boxes as box_ops
from torchvision.transforms.functional import to_tensor

PHOTO = "photo.jpg"  # put your photo's name here
ROWS = 10_000  # the file has at most so many, those with the highest scores

weights = detection.{weights}.DEFAULT
model = detection.{make}(weights=weights, {everything}).eval()

heard = {{}}
suppress = box_ops.batched_nms


def listen(boxes, scores, labels, iou_threshold):
    """What suppression gets; of several calls the last is the detector's."""
    heard.update(boxes=boxes, scores=scores, labels=labels)
    return suppress(boxes, scores, labels, iou_threshold)


photo = ImageOps.exif_transpose(Image.open(PHOTO)).convert("RGB")
photo.thumbnail((1600, 1600))
jpeg = io.BytesIO()
photo.save(jpeg, "JPEG", quality=90)
photo = Image.open(jpeg)  # as the file has it

box_ops.batched_nms = listen
with torch.inference_mode():
    resized, _ = model.transform([to_tensor(photo)])
    model([to_tensor(photo)])
box_ops.batched_nms = suppress

height, width = resized.image_sizes[0]
best = heard["scores"].argsort(descending=True, stable=True)[:ROWS]
boxes = heard["boxes"][best] * torch.tensor([photo.width / width, photo.height / height] * 2)
names = weights.meta["categories"]
rows = zip(heard["labels"][best].tolist(), heard["scores"][best].tolist(), boxes.tolist())
document = {{
    "picture": {{"name": PHOTO, "data": base64.b64encode(jpeg.getvalue()).decode()}},
    "predictions": [{{"class": names[k], "score": score, "xyxy": box}} for k, score, box in rows],
}}
with open("{file_name}", "w", encoding="utf-8") as file:
    json.dump(document, file)
print(len(best), "predictions written to {file_name}")
'''


def script(name: str) -> str:
    """The script for one of `DETECTORS`, complete."""
    return _SCRIPT.format(**DETECTORS[name]._asdict(), file_name=file_name(name))


def file_name(name: str) -> str:
    """What the script calls its file."""
    return f"{name}-raw.json"
