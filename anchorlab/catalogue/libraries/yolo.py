"""YOLOv5, which matches shapes, not IoUs."""

from anchorlab.catalogue.libraries.fields import Answer, Library

LIBRARY = Library(
    library="YOLOv5",
    source="ultralytics/yolov5 7.0; the coder of YOLOv3, which 7.0 stretches: 2 sigmoid(t) - 1/2, (2 sigmoid(t))^2",
    ratio="none",
    order="listed",
    center=0.5,
    rule="shape",
    high=None,
    low=None,
    at_low="none",
    low_quality="none",
    shared_best="both",
    background=-1,
    ignored=None,
    first_class=0,
    coder="cell",
    stds=(1.0, 1.0, 1.0, 1.0),
    clamp="none",
    zero_over_zero="zero",
    classes="far",
    own={
        "coder": Answer(
            "in the cell (v3)",
            "place of the centre in its cell, log of the sizes (YOLOv3; v5 stretches and bounds both)",
        )
    },
)
