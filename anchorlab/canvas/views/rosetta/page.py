"""The Rosetta page: what its picture receives for each kind of question, and what else there is to say of it."""

from typing import Any, NotRequired, TypedDict

from anchorlab.canvas import message
from anchorlab.canvas.views.page import Page
from anchorlab.canvas.views.rosetta.picture import picture
from anchorlab.canvas.views.rosetta.said import SENTENCES
from anchorlab.session.app_state import AppState
from anchorlab.session.comparison import comparison
from anchorlab.session.scene import Scene


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


def shown(here: Scene, app: AppState, uploaded: Any) -> dict[str, Any]:
    return picture(comparison(app, here, uploaded))


def pictured(here: Scene, app: AppState) -> Scene:
    """A demo scene's own drawing, if one is open."""
    return comparison(app, here).here


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
    pictured=pictured,
)
