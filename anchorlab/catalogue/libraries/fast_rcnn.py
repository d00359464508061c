"""Fast R-CNN, whose pixels have a width: the others have left that behind."""

from anchorlab.catalogue.libraries.fields import FIELDS, Library

LIBRARY = Library(
    library="Fast R-CNN",
    source="py-faster-rcnn, lib/nms/cpu_nms.pyx",
    kinds=("nms",),
    silent="Fast R-CNN is told here only for how it measures and suppresses boxes.",
    **{name: None for name, field in FIELDS.items() if field.kind != "nms"},
    inclusive=True,
    zero_over_zero="one",
    suppress_equal=True,
    ties="last",
    classes="each",
)
