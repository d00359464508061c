"""ssd.pytorch: SSD300 as in the paper."""

from anchorlab.catalogue.libraries.fields import Library

LIBRARY = Library(
    library="ssd.pytorch",
    source="amdegroot/ssd.pytorch, SSD300",
    ratio="w/h",
    order="default boxes",
    center=0.5,
    clipping="sides",
    centers="clip",
    rule="ssd",
    high=0.5,
    low=0.5,
    at_low="none",
    low_quality="one",
    shared_best="last",
    background=0,
    ignored=None,
    first_class=1,
    stds=(0.1, 0.1, 0.2, 0.2),
    clamp="none",
    zero_over_zero="nan",
    ties="last",
)
