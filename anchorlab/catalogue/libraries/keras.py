"""The RetinaNet among the examples of Keras."""

from anchorlab.catalogue.libraries.fields import Library

LIBRARY = Library(
    library="Keras",
    model="RetinaNet",
    source="keras-io, examples/vision/retinanet.py, 2020",
    ratio="w/h",
    order="ratio-major",
    center=0.5,
    rule="threshold",
    high=0.5,
    low=0.4,
    at_low="ignored",
    low_quality="none",
    shared_best="own",
    background=-1,
    ignored=-2,
    first_class=0,
    stds=(0.1, 0.1, 0.2, 0.2),
    clamp="none",
    zero_over_zero="zero",
)
