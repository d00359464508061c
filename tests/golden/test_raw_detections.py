"""What torchvision's detectors give their own suppression, as the script writes it, suppressed by ours.

The file of each case was written by the script itself (untrained weights, as none could be had where it ran); `kept` are
the rows that the detector's own `batched_nms` kept. It moves classes apart and compares in pixels of the resized picture;
here classes are compared, in pixels of the photo: no IoU of these rows lies so near the threshold that it matters.
"""

import json

from anchorlab import engine
from anchorlab.scenes.detector_file import picture_in
from anchorlab.scenes.predictions_io import parse_predictions
from anchorlab.scenes.upload import decode_image
from anchorlab.settings.suppression import NmsSpec
from tests.golden.reading import cases


@cases("torchvision_raw_detections")
def test_the_same_rows_are_kept(given, expected, name):
    data = json.dumps(given["file"]).encode()
    photo = decode_image(picture_in(data).data)
    assert (photo.width, photo.height) == (320, 212)
    read = parse_predictions(data, f"{name}-raw.json", (), photo.width, photo.height)
    assert len(read.scores) == 300
    spec = NmsSpec(iou_threshold=given["iou_threshold"], score_threshold=0.0)
    trace = engine.suppress(read.xyxy, read.scores, read.class_ids, spec)
    assert trace.keep.tolist() == expected["kept"]
