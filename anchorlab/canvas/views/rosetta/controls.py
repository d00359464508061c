"""The lists of the Rosetta page. What they ask for only Python can answer: the browser is not told of them."""

from anchorlab.catalogue.controls import Choice
from anchorlab.catalogue.libraries import ALL, FIELDS
from anchorlab.catalogue.libraries.demo_scenes import DEMO_SCENES
from anchorlab.session.comparison import choose_convention, choose_demo, choose_library


def _library(side: str) -> Choice:
    return Choice(
        f"rosetta.{side}",
        f"Library {side.upper()}",
        tuple((name, library.title) for name, library in ALL.items()),
        look="list",
        changes=lambda app, name: choose_library(side, name),
    )


LIBRARY_A, LIBRARY_B = _library("a"), _library("b")
CONVENTION = Choice(
    "rosetta.convention",
    "Convention",
    tuple((name, field.option) for name, field in FIELDS.items()),
    look="list",
    changes=choose_convention,
)
SCENE = Choice(
    "rosetta.case",
    "Scene",
    (("", "this picture"), *((name, demo.title) for name, demo in DEMO_SCENES.items())),
    look="list",
    changes=lambda app, name: choose_demo(name),
)
