"""keras-retinanet by fizyr."""

from anchorlab.catalogue.libraries.fields import Answer, Library

LIBRARY = Library(
    library="fizyr",
    model="RetinaNet",
    source="fizyr/keras-retinanet 1.0.0",
    ratio="h/w",
    order="ratio-major",
    center=0.5,
    rule="threshold",
    high=0.5,
    low=0.4,
    at_low="negative",
    low_quality="none",
    shared_best="own",
    outside="center",
    background=0,
    ignored=-1,
    first_class=1,
    coder="corner",
    stds=(0.2, 0.2, 0.2, 0.2),
    clamp="none",
    zero_over_zero="zero",
    own={
        "background": Answer("state 0", "0 in a column of states, and none of the one-hot classes"),
        "ignored": Answer("state −1", "−1 in a column of states"),
        "first_class": Answer(
            "one-hot, state 1",
            "one-hot, beside a state of 1; as one number it counts from 1 here",
        ),
    },
)
