"""The place of the centre in its cell, and log sizes: YOLO."""

from __future__ import annotations

from anchorlab.catalogue.coders.coder import Coder, Number, Why
from anchorlab.catalogue.written import Written
from anchorlab.core.coders.cell import decode_in_cell, encode_in_cell
from anchorlab.export.writing import entry

WHY = Why(
    "Why a place in the cell?",
    "The sigmoid keeps the decoded centre in the anchor’s own cell, so that cells never compete. So only the cell in "
    "which an object is centred can say where it is; YOLO matches accordingly.",
)

SENTENCES = {
    "answer": "Four numbers: where in its cell the centre lies, and how large: {words}.",
    "guard": "The sigmoid keeps its centre in the cell, the exponential its sides above 0.",
    "round_trip_outside": "Round trip: decode(encode(object)) misses by {miss} px: the object’s centre lies outside this "
    "anchor’s cell, and comes back on its border. Under the rule YOLO only the cell of the centre learns.",
    "predict": "<b>Drag</b> {name} to {value}. Does the box’s centre leave the cell then?",
    "never_leaves": "<b>No</b>: it lies {percent} of the way across. The sigmoid of any number lies between 0 and 1.",
    "outside": "centred outside the cell: cannot be said",
    "across": "{percent} of the way across the cell",
    "down": "{percent} of the way down the cell",
}

CELL = Coder(
    name="cell",
    title="place in the cell",
    encode=encode_in_cell,
    decode=decode_in_cell,
    encode_takes=("stride",),
    decode_takes=("stride",),
    numbers=(
        Number("x", "place across"),
        Number("y", "place down"),
        Number("w", "width"),
        Number("h", "height"),
    ),
    usual_stds=(1.0, 1.0, 1.0, 1.0),
    used_by="YOLOv2 and YOLOv3: a sigmoid for the centre, an exponential for the size.",
    short="in the cell",
    means="place of the centre in its cell, log of the sizes",
    note="A place on the very border of the cell would need an infinite number: YOLO keeps 10⁻⁶ away from it. No library "
    "bounds the sizes here.",
    why=lambda offsets, spec: WHY,
    sentences=SENTENCES,
    term="places within cells (YOLO)",
    exports={
        "mmdetection": lambda spec: Written(
            tuple(entry("bbox_coder", ["_delete_=True", 'type="YOLOBBoxCoder"']))
        )
    },
)
