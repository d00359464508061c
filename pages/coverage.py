"""Coverage: how much of the picture do anchors cover?"""

from anchorlab.canvas import component
from anchorlab.canvas.views import coverage
from anchorlab.session import store
from anchorlab.session.scene import Scene
from anchorlab.ui import layout, widgets


def controls(here: Scene) -> None:
    widgets.draw(coverage.FROM)
    component.slot("readout", min_height=9)


def picture(here: Scene) -> None:
    component.stage("coverage", here, **coverage.shown(here, store.app()))


def details(here: Scene) -> None:
    layout.boxes_table("coverage", here)
    layout.code("coverage", here)
    with layout.expander("Download", "coverage_download") as e:
        if e.open:
            component.slot("picture")


layout.page(
    "coverage",
    "How much of the picture do anchors cover?",
    picture=picture,
    controls=controls,
    details=details,
)
