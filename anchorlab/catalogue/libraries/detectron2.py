"""detectron2's RetinaNet."""

from anchorlab.catalogue.libraries.fields import Library

LIBRARY = Library(
    library="detectron2",
    model="RetinaNet",
    source="detectron2 0.6, RetinaNet",
    ratio="h/w",
    order="size-major",
    center=0.0,
    rule="threshold",
    high=0.5,
    low=0.4,
    at_low="ignored",
    low_quality="ties",
    shared_best="own",
    background="K",
    ignored=-1,
    first_class=0,
    stds=(1.0, 1.0, 1.0, 1.0),
    clamp="above",
    zero_over_zero="zero",
    classes="shift",
)
