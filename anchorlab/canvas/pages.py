"""The pages, in the order of the pipeline: everything that is to be said of one stands in its module of `views`."""

from anchorlab.canvas.views import (
    anchors,
    deploy,
    evaluation,
    home,
    losses,
    matching,
    nms,
    offsets,
    pyramid,
    training,
)
from anchorlab.canvas.views.page import Page
from anchorlab.canvas.views.rosetta import page as rosetta

PAGES: dict[str, Page] = {
    view.PAGE.name: view.PAGE
    for view in (
        home,
        anchors,
        matching,
        offsets,
        losses,
        training,
        nms,
        evaluation,
        deploy,
        pyramid,
        rosetta,
    )
}
