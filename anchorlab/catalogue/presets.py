"""The anchors of well-known detectors, as data.

Each entry is a `PyramidSpec` in continuous pixels. Where libraries differ on one detector the paper's
anchors stand here; `anchorlab.catalogue.libraries` has them of the same detector as a library generates them.
"""

from __future__ import annotations

from typing import NamedTuple

from anchorlab.settings.pyramids import LevelSpec, PyramidSpec, Sides, default_boxes, octaves, sized

RATIOS = (0.5, 1.0, 2.0)


class Preset(NamedTuple):
    """A detector's anchors.

    Attributes:
      title: for people.
      spec: the anchors.
      image: (height, width) on which its anchors are often counted, in pixels.
      source: the paper, or the configuration.
    """

    title: str
    spec: PyramidSpec
    image: tuple[int, int]
    source: str


def _levels(first: int, sizes: tuple[tuple[float, ...], ...], order="size-major") -> tuple[LevelSpec, ...]:
    """Levels P`first`, P`first + 1`, ... of strides 2^first ...: their sizes with the three ratios."""
    return tuple(
        LevelSpec(2.0**level, sized(level_sizes, RATIOS, order=order), name=f"P{level}")
        for level, level_sizes in enumerate(sizes, first)
    )


def _ssd(side: int, maps, strides, sizes, ratios) -> PyramidSpec:
    """Level k has map maps[k], sizes[k] and sizes[k + 1]; sizes are pixels of a `side` x `side` image."""
    return PyramidSpec(
        tuple(
            LevelSpec(stride, default_boxes(size, larger, ratio), (rows, rows), f"{rows} x {rows}")
            for rows, stride, size, larger, ratio in zip(
                maps, strides, sizes[:-1], sizes[1:], ratios, strict=True
            )
        )
    )


def _yolo(levels: dict[int, Sides]) -> PyramidSpec:
    return PyramidSpec(tuple(LevelSpec(stride, sides, name=f"/{stride}") for stride, sides in levels.items()))


_YOLOV3 = {
    8: ((10, 13), (16, 30), (33, 23)),
    16: ((30, 61), (62, 45), (59, 119)),
    32: ((116, 90), (156, 198), (373, 326)),
}

PRESETS: dict[str, Preset] = {
    "retinanet": Preset(
        "RetinaNet",
        # Ratio-major, as in the well-known implementations on one list; size-major is detectron2's.
        PyramidSpec(_levels(3, tuple(octaves(4 * 2**level) for level in range(3, 8)), "ratio-major")),
        (640, 832),
        "Lin et al., Focal Loss for Dense Object Detection, 2017, sec. 4",
    ),
    "fpn": Preset(
        "FPN",
        PyramidSpec(_levels(2, tuple((4 * 2**level,) for level in range(3, 8)))),
        (800, 800),
        "Lin et al., Feature Pyramid Networks, 2017, sec. 4.1: sizes 32 to 512 on P2 to P6; sec. 5.1: anchors that "
        "leave the image take part, other than in Faster R-CNN (some tutorials leave them out here, too)",
    ),
    "faster-rcnn-c4": Preset(
        "Faster R-CNN",
        PyramidSpec((LevelSpec(16, sized((128, 256, 512), RATIOS), name="C4"),), border="ignore"),
        (800, 800),
        "Ren et al., Faster R-CNN, 2015, sec. 3.1.1: 50 x 50 cells and nine anchors on 800 x 800",
    ),
    "py-faster-rcnn": Preset(
        "py-faster-rcnn",
        # Sides were rounded at 16 pixels and then multiplied; inclusive pixels, whose box -84 ... 99
        # is -84 to 100 here, so that the centre of the first cell is (8, 8).
        PyramidSpec(
            (
                LevelSpec(
                    16,
                    tuple((k * w, k * h) for w, h in ((23, 12), (16, 16), (11, 22)) for k in (8, 16, 32)),
                    name="C4",
                ),
            ),
            border="ignore",
        ),
        (800, 800),
        "rbgirshick/py-faster-rcnn, lib/rpn/generate_anchors.py",
    ),
    "ssd300": Preset(
        "SSD300",
        _ssd(
            300,
            (38, 19, 10, 5, 3, 1),
            (8, 16, 32, 64, 100, 300),
            (30, 60, 111, 162, 213, 264, 315),
            ((2,), (2, 3), (2, 3), (2, 3), (2,), (2,)),
        ),
        (300, 300),
        "Liu et al., SSD, 2016; sizes of the VOC configuration",
    ),
    "ssd512": Preset(
        "SSD512",
        _ssd(
            512,
            (64, 32, 16, 8, 4, 2, 1),
            (8, 16, 32, 64, 128, 256, 512),
            (35.84, 76.8, 153.6, 230.4, 307.2, 384.0, 460.8, 537.6),
            ((2,), (2, 3), (2, 3), (2, 3), (2, 3), (2,), (2,)),
        ),
        (512, 512),
        "Liu et al., SSD, 2016; sizes of the VOC configuration",
    ),
    "yolov2": Preset(
        "YOLOv2",
        _yolo(
            {
                32: tuple(
                    (32 * w, 32 * h)
                    for w, h in (
                        (1.3221, 1.73145),
                        (3.19275, 4.00944),
                        (5.05587, 8.09892),
                        (9.47112, 4.84053),
                        (11.2364, 10.0071),
                    )
                )
            }
        ),
        (416, 416),
        "Redmon and Farhadi, YOLO9000, 2017; the five clusters of VOC, given in cells",
    ),
    "yolov3": Preset(
        "YOLOv3, v5",
        _yolo(_YOLOV3),
        (416, 416),
        "Redmon and Farhadi, YOLOv3, 2018, sec. 2.3; clusters of COCO",
    ),
    "yolov5": Preset(
        "YOLOv5", _yolo(_YOLOV3), (640, 640), "ultralytics/yolov5, models/yolov5s.yaml: YOLOv3's clusters"
    ),
}
"""By name. The anchors of a level are in the order of its `widths_heights`."""
