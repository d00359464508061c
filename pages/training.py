"""Training: what does a detector learn from these anchors?"""

from anchorlab.canvas import component
from anchorlab.canvas.views import training as view
from anchorlab.session import store, trainings
from anchorlab.session.scene import Scene
from anchorlab.ui import layout, prose, widgets
from anchorlab.ui.panels import training


def controls(here: Scene) -> None:
    s = store.session()
    ((_, entry), *_) = trainings.shown(s.trainings, s.app)
    widgets.beside(*view.run_choices(s.trainings))
    component.slot("curves", min_height=13.2)
    widgets.beside(view.SHOW, view.PICTURE, widths=[1.1, 1])
    component.slot("readout", min_height=12)
    component.photo(trainings.picture_of(entry, s.app.training.picture), key="watched_photo")


def more(here: Scene) -> None:
    training.draw()


def details(here: Scene) -> None:
    prose.caption(
        "A small network (ten convolutions, 213,000 weights, two levels of features) sees 96 × 96 pixels, more where a scene of "
        "one’s own has small objects; 16 pictures make a step, or fewer larger ones. The pictures that are watched and measured are none that it learns from, unless it learns this one scene. "
        "One training runs at a time on this server, and it ends when its tab is closed."
    )
    with layout.expander("A detector from a file", "training_weights") as e:
        if e.open:
            training.upload()


layout.page("training", controls, details, more=more, files=training.files)
