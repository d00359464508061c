"""What the text of Dive into Deep Learning means, where its code does something else."""

from dataclasses import replace

from anchorlab.catalogue.libraries import d2l

LIBRARY = replace(
    d2l.LIBRARY,
    library="d2l’s text",
    source="the book’s section 14.4.1",
    kinds=("anchors",),
    silent="The book’s text differs from its code only in the width of an anchor.",
    ratio="w/h-of-image",
)
