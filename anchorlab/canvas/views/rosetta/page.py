"""The Rosetta page: what its picture receives for each kind of question, and what else there is to say of it."""

from collections.abc import Iterator
from functools import partial
from typing import Any, NotRequired, TypedDict

from anchorlab.canvas import message
from anchorlab.canvas.views.page import Need, Page
from anchorlab.canvas.views.rosetta import rows
from anchorlab.canvas.views.rosetta.picture import picture
from anchorlab.canvas.views.rosetta.said import SENTENCES
from anchorlab.catalogue.libraries import LIBRARIES
from anchorlab.catalogue.libraries.demo_scenes import DEMO_SCENES
from anchorlab.engine.buckets import buckets
from anchorlab.session import anchor_source, library_answers, library_snippets
from anchorlab.session.app_state import DEFAULT, AppState, put
from anchorlab.session.comparison import choose_demo, comparison
from anchorlab.session.own import Own
from anchorlab.session.scene import Scene, drawing


class Library(TypedDict):
    name: str
    title: str


class Suggestion(TypedDict):
    case: str
    title: str


class Message(message.Common):
    """One question to two libraries: how many answers differ (`counter`), what each says (`sides`, `told`), and where
    else to look. `case`: the demo scene that is open; `region`: the part of the picture that is looked at."""

    kind: str
    convention: str
    libraries: list[Library]
    case: str
    suggest: Suggestion | None
    region: list[float] | None
    sides: list[dict[str, Any]]
    counter: dict[str, Any]
    told: list[str]
    question: str
    documented: list[str]
    try_this: str
    reveal: str
    stride: float


class Anchors(Message):
    """The shapes of a cell as both generate them."""

    cells: NotRequired[dict[str, Any]]
    lattice: bool


class Labels(Message):
    """What each anchor learns in both libraries; `caused`: those on which they part by the one convention alone."""

    codes: bool
    reasons: list[str]
    thresholds: list[Any]
    shapes_per_cell: int
    caused: NotRequired[message.Bits]


class SceneLabels(Labels, message.Generated):
    """Of the scene: the indices and codes of the anchors that are not negative, and the rules by which the browser
    matches while boxes move."""

    cells: dict[str, Any]
    a_at: NotRequired[message.Ints]
    a_code: NotRequired[message.Bytes]
    b_at: NotRequired[message.Ints]
    b_code: NotRequired[message.Bytes]
    rules: list[dict[str, Any] | None]
    outside: list[bool]
    class_codes: list[list[int] | None]


class DemoLabels(Labels):
    """Of a demo scene: its anchors, and the code and the story of each."""

    anchors: message.Boxes
    a_code: NotRequired[message.Ints]
    a_classes: NotRequired[message.Ints]
    a_gt: NotRequired[message.Ints]
    a_iou: NotRequired[message.Floats]
    a_reason: NotRequired[message.Bytes]
    b_code: NotRequired[message.Ints]
    b_classes: NotRequired[message.Ints]
    b_gt: NotRequired[message.Ints]
    b_iou: NotRequired[message.Floats]
    b_reason: NotRequired[message.Bytes]


class Coder(Message):
    """Four numbers for a pair; `given`: the numbers are, and the box is asked for."""

    given: bool
    pair: dict[str, Any] | None


class Nms(Message):
    """What both keep of the same predictions."""

    predictions: message.Boxes
    scores: message.Floats
    prediction_classes: message.Ints
    a_status: message.Bytes
    a_by: message.Ints
    a_iou: message.Floats
    b_status: message.Bytes
    b_by: message.Ints
    b_iou: message.Floats
    differs: message.Bools
    caused: NotRequired[message.Bools]
    threshold: float


def shown(here: Scene, app: AppState, own: Own) -> dict[str, Any]:
    return picture(comparison(app, here, own))


def code(here: Scene, app: AppState, own: Own) -> str:
    return library_snippets.snippet(comparison(app, here, own))


def pictured(here: Scene, app: AppState, own: Own) -> Scene:
    """A demo scene's own drawing, if one is open."""
    return comparison(app, here, own).here


def needs(app: AppState, here: Scene, at: tuple[int, int]) -> Iterator[Need]:
    """Of every library and every demo scene."""
    anchors, objects = anchor_source.grid_of(app).count(here.height, here.width), len(here.boxes)
    if library_answers.compiled(anchors, objects):
        length, count = buckets(anchors, objects)
        for library in LIBRARIES:
            load = partial(library_answers.warm, length, (library,), (max(1, objects),))
            yield ("library", library, length, count), load
    for name in DEMO_SCENES:
        yield ("demo scene", name), partial(load_demo, name)


def load_demo(name: str) -> None:
    """What a demo scene needs: it is small, and each library has its own settings."""
    compared = comparison(put(DEFAULT, **choose_demo(name)), drawing(name))
    picture(compared)
    rows.results(compared)


PAGE = Page(
    name="rosetta",
    title="Rosetta",
    question="Same words, other boxes: which library does what?",
    shown=shown,
    messages={
        "anchors": Anchors,
        "labels": SceneLabels,
        "labels.demo": DemoLabels,
        "coder": Coder,
        "nms": Nms,
    },
    sentences=SENTENCES,
    step="word",
    resets=("rosetta",),
    own_code=code,
    pictured=pictured,
    needs=needs,
)
