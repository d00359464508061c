"""Dive into Deep Learning: the book's own functions."""

from anchorlab.catalogue.libraries.fields import Library

LIBRARY = Library(
    library="d2l",
    source="d2l 1.0.3, chapter 14.4",
    ratio="w/h",
    order="first",
    center=0.5,
    uneven="exact",
    rule="greedy",
    high=0.5,
    low=0.5,
    at_low="none",
    low_quality="one",
    shared_best="each its own",
    background=0,
    ignored=None,
    first_class=1,
    stds=(0.1, 0.1, 0.2, 0.2),
    eps=1e-06,
    clamp="none",
    zero_over_zero="nan",
    classes="none",
)
