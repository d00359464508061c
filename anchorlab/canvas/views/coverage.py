"""Coverage: which objects does some anchor overlap by enough?"""

from typing import Any

from anchorlab.canvas import message
from anchorlab.catalogue.controls import Slider
from anchorlab.session import anchor_source, results
from anchorlab.session.app_state import AppState
from anchorlab.session.scene import Scene
from anchorlab.wording import Sentence

FROM = Slider(
    "covered_from",
    "Covered from IoU",
    0.0,
    1.0,
    0.01,
    help="An object whose best anchor overlaps it by less counts as not covered.",
)
CONTROLS = (FROM,)

SENTENCES: dict[str, Sentence] = {
    "answer": {
        "one": "<b>{count} of {objects}</b> has no anchor that overlaps it by {threshold} or more.",
        "other": "<b>{count} of {objects}</b> have no anchor that overlaps them by {threshold} or more.",
    },
    "label": "{alt} Best anchors: {told}.",
    "best": "Each object’s best anchor",
    "none": "Draw a box around something.",
    "reaches": "{object} reaches <b>{iou}</b>",
    "means_uncovered": "object that no anchor overlaps by {threshold}",
}


def shown(here: Scene, app: AppState) -> dict[str, Any]:
    """What the canvas shows: where the anchors come from; the browser finds each object's best by itself."""
    size = (here.height, here.width)
    source = anchor_source.of(app, *size)
    return {
        "answer": [("coverage.answer", {})],
        **message.anchor_data(source, results.anchors(source, *size), here),
    }
