"""torchvision's RetinaNet."""

from anchorlab.catalogue.libraries.fields import Library

LIBRARY = Library(
    library="torchvision",
    model="RetinaNet",
    source="torchvision 0.22, RetinaNet",
    ratio="h/w",
    order="ratio-major",
    rounding="half-even",
    whole_sizes=True,
    center=0.0,
    uneven="floor",
    rule="threshold",
    high=0.5,
    low=0.4,
    at_low="ignored",
    low_quality="ties",
    shared_best="own",
    background=-1,
    ignored=-2,
    first_class=0,
    stds=(1.0, 1.0, 1.0, 1.0),
    clamp="above",
    zero_over_zero="nan",
    classes="shift",
)
