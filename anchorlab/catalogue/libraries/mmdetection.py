"""MMDetection's RetinaNet."""

from anchorlab.catalogue.libraries.fields import Library

LIBRARY = Library(
    library="MMDetection",
    model="RetinaNet",
    source="mmdet 3.3.0, RetinaNet",
    ratio="h/w",
    order="ratio-major",
    center=0.0,
    rule="max-iou",
    high=0.5,
    low=0.4,
    at_low="ignored",
    low_quality="ties",
    shared_best="last",
    background="K",
    ignored="K",
    first_class=0,
    stds=(1.0, 1.0, 1.0, 1.0),
    clamp="both",
    zero_over_zero="zero",
    drops_empty=True,
    classes="shift",
)
