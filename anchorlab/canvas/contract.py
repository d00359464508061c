"""What each view of the canvas receives, declared once.

A message is a mapping of names to JSON data and arrays. Its types stand here, the browser's views read it, and
`check` says where a message is not what is declared: tests ask it of every page's messages, nothing asks it while people
use the pages. `python -m anchorlab.canvas.contract` lists it all.
"""

import types
from collections.abc import Iterator, Mapping
from typing import (
    Annotated,
    Any,
    NotRequired,
    TypedDict,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

import numpy as np


class Array:
    """Of an array: its dtype and how many axes it has."""

    def __init__(self, dtype: str, rank: int):
        self.dtype, self.rank = dtype, rank

    def __repr__(self) -> str:
        return f"{self.dtype}[{', '.join(':' * self.rank)}]"


Boxes = Annotated[np.ndarray, Array("float32", 2)]
Floats = Annotated[np.ndarray, Array("float32", 1)]
Ints = Annotated[np.ndarray, Array("int32", 1)]
Bytes = Annotated[np.ndarray, Array("int8", 1)]
Bools = Annotated[np.ndarray, Array("bool", 1)]
Bits = Annotated[np.ndarray, Array("uint8", 1)]


class Photo(TypedDict):
    """The picture; its bytes travel apart. `squares`: pixels of a square, of squared paper."""

    id: str
    width: int
    height: int
    alt: str
    squares: NotRequired[float]


class Selection(TypedDict):
    """What is pointed at, -1 where nothing is; `step`: of the page's own steps."""

    object: int
    anchor: int
    cell: int
    prediction: int
    partner: int
    level: int
    step: int


class Level(TypedDict):
    name: str
    stride: float
    map_size: list[int] | None
    shapes: list[list[float]]


class Pyramid(TypedDict):
    """Levels of anchors, in pixels of the resized picture; a grid is one level."""

    levels: list[Level]
    center: float
    uneven: str
    border: str


class Common(TypedDict):
    """What every view receives: the scene, the controls' settings by their paths, and where the session stands.

    `edit` and `pick` number the last change and the last selection of the browser that Python knows; `travelled` says what
    undo took back.
    """

    view: str
    answer: str | list[tuple[str, dict[str, Any]]]
    photo: Photo
    boxes: Boxes
    class_ids: Ints
    classes: list[str]
    selection: Selection
    settings: dict[str, Any]
    edit: int
    pick: int
    can_undo: bool
    can_redo: bool
    link: str
    travelled: str


class Generated(TypedDict):
    """Where the anchors come from. They themselves, and which of them may take part, travel only where the browser would
    round otherwise."""

    pyramid: Pyramid
    frame: list[int]
    anchors: NotRequired[Boxes]
    usable: NotRequired[Bools]


class Matched(TypedDict):
    """Every anchor's label, object, best IoU and reason, every object's best anchor, and by which rule."""

    match: dict[str, Any]
    label: Bytes
    gt_index: Ints
    best_iou: Floats
    reason: Bytes
    best_anchor: Ints
    best_anchor_iou: Floats


class Suppressed(TypedDict):
    """Predictions, best first in `order`, and in which round each was kept (status 1) or suppressed (2), by whom."""

    predictions: Boxes
    scores: Floats
    prediction_classes: Ints
    order: Ints
    status: Bytes
    round: Ints
    suppressed_by: Ints
    prediction_iou: Floats


class Home(Common, Generated, Matched, Suppressed):
    """The whole story."""


class Note(TypedDict):
    title: str
    legend: str
    text: str


class Anchors(Common):
    """The grid is made of the settings; `most`: anchors that the page can draw."""

    compare_notes: dict[str, Note]
    most: int


class Matching(Common, Generated, Matched):
    """Labels to explain."""


class Panel(TypedDict):
    title: str
    text: str


class Offsets(Common, Generated, Matched):
    """A pair; `round_trip`: the pixels by which decode(encode(object)) misses it."""

    round_trip: str
    why: Panel


class Coverage(Common, Generated):
    """Each object's best anchor is found by the browser."""


class Shapes(TypedDict):
    sizes: list[float]
    ratios: list[float]
    order: str


class Preset(TypedDict):
    """`fixed`: the only size its maps fit; `usual`: those on which its anchors are counted."""

    name: str
    label: str
    pyramid: Pyramid
    fixed: list[int] | None
    usual: list[list[int]]
    regular: Shapes | None


class PyramidPage(Common):
    """Each object's best anchor of every level, (level, object); `high`: the IoU that reaches it."""

    level_iou: Boxes
    level_anchor: Annotated[np.ndarray, Array("int32", 2)]
    pyramid: Pyramid
    frame: list[int]
    regular: Shapes | None
    most_shapes: int
    presets: list[Preset]
    most: int
    high: float


_MATERIAL = {
    "anchors": Boxes,
    "truth": Boxes,
    "noise": Boxes,
    "luck": Floats,
    "class_ids": Ints,
    "source": Ints,
    "rank": Ints,
}
Made = TypedDict(
    "Made",
    {
        f"{side}_{name}": NotRequired[kind]
        for side in ("made", "next", "last")
        for name, kind in _MATERIAL.items()
    },
)
"""What the simulated predictions are made from: those of the present seed, and of its neighbours."""

_SOURCES = ("simulated", "book", "upload", "example")
OtherSources = TypedDict(
    "OtherSources",
    {
        f"{source}_{name}": NotRequired[kind]
        for source in _SOURCES
        for name, kind in {"predictions": Boxes, "scores": Floats, "prediction_classes": Ints}.items()
    },
)
"""The predictions of the sources that are not shown."""


class OfSource(TypedDict):
    """What they lie on, and the names of their classes."""

    photo: Photo
    classes: list[str]


class Nms(Common, Suppressed, Made, OtherSources):
    """What a method made of the predictions, step by step; of simulated ones also what they are made from, with as many
    rows as `made_for` asks for; and what the page asks to predict."""

    final_scores: Floats
    factor: Floats
    compensation: Floats
    rounds: int
    above: int
    kept: int
    try_this: str
    try_change: dict[str, float]
    try_control: str
    try_reason: str
    source: str
    sources: dict[str, OfSource]
    simulate: NotRequired[dict[str, Any]]
    made_for: NotRequired[dict[str, int]]


class Library(TypedDict):
    name: str
    title: str


class Suggestion(TypedDict):
    case: str
    title: str


class Rosetta(Common):
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


class RosettaAnchors(Rosetta):
    """The shapes of a cell as both generate them."""

    cells: NotRequired[dict[str, Any]]
    lattice: bool


class Labels(Rosetta):
    """What each anchor learns in both libraries; `caused`: those on which they part by the one convention alone."""

    codes: bool
    reasons: list[str]
    thresholds: list[Any]
    shapes_per_cell: int
    caused: NotRequired[Bits]


class RosettaLabels(Labels, Generated):
    """Of the scene: the indices and codes of the anchors that are not negative, and the rules by which the browser
    matches while boxes move."""

    cells: dict[str, Any]
    a_at: NotRequired[Ints]
    a_code: NotRequired[Bytes]
    b_at: NotRequired[Ints]
    b_code: NotRequired[Bytes]
    rules: list[dict[str, Any] | None]
    outside: list[bool]
    class_codes: list[list[int] | None]


class RosettaDemoLabels(Labels):
    """Of a demo scene: its anchors, and the code and the story of each."""

    anchors: Boxes
    a_code: NotRequired[Ints]
    a_classes: NotRequired[Ints]
    a_gt: NotRequired[Ints]
    a_iou: NotRequired[Floats]
    a_reason: NotRequired[Bytes]
    b_code: NotRequired[Ints]
    b_classes: NotRequired[Ints]
    b_gt: NotRequired[Ints]
    b_iou: NotRequired[Floats]
    b_reason: NotRequired[Bytes]


class RosettaCoder(Rosetta):
    """Four numbers for a pair; `given`: the numbers are, and the box is asked for."""

    given: bool
    pair: dict[str, Any] | None


class RosettaNms(Rosetta):
    """What both keep of the same predictions."""

    predictions: Boxes
    scores: Floats
    prediction_classes: Ints
    a_status: Bytes
    a_by: Ints
    a_iou: Floats
    b_status: Bytes
    b_by: Ints
    b_iou: Floats
    differs: Bools
    caused: NotRequired[Bools]
    threshold: float


VIEWS: dict[str, Any] = {
    "home": Home,
    "anchors": Anchors,
    "matching": Matching,
    "offsets": Offsets,
    "coverage": Coverage,
    "nms": Nms,
    "pyramid": PyramidPage,
    "rosetta.anchors": RosettaAnchors,
    "rosetta.labels": RosettaLabels,
    "rosetta.labels.demo": RosettaDemoLabels,
    "rosetta.coder": RosettaCoder,
    "rosetta.nms": RosettaNms,
}
"""What a view receives; Rosetta's by the kind of question, and where that tells them apart for a demo scene."""


def check(message: Mapping[str, Any]) -> list[str]:
    """Where a message is not what its view is declared to receive; empty where it is."""
    name = ".".join(message[part] for part in ("view", "kind") if part in message)
    if message.get("case") and f"{name}.demo" in VIEWS:
        name += ".demo"
    return list(_wrong(message, VIEWS[name], name))


def _wrong(value: Any, declared: Any, where: str) -> Iterator[str]:
    if is_typeddict(declared):
        yield from _wrong_names(value, declared, where)
        return
    if declared is Any:
        return
    if hasattr(declared, "__metadata__"):
        (array,) = declared.__metadata__
        if not isinstance(value, np.ndarray) or (str(value.dtype), value.ndim) != (array.dtype, array.rank):
            yield f"{where}: {_told(value)}, not {array}"
        return
    origin, inner = get_origin(declared), get_args(declared)
    if origin in (Union, types.UnionType):
        if all(list(_wrong(value, one, where)) for one in inner):
            yield f"{where}: {_told(value)}, not {declared}"
    elif origin is tuple:
        if not isinstance(value, (list, tuple)) or len(value) != len(inner):
            yield f"{where}: {_told(value)}, not {declared}"
        else:
            for k, (item, one) in enumerate(zip(value, inner, strict=True)):
                yield from _wrong(item, one, f"{where}[{k}]")
    elif origin is list:
        if not isinstance(value, (list, tuple)):  # JSON has no tuples
            yield f"{where}: {_told(value)}, not {declared}"
        else:
            for k, item in enumerate(value):
                yield from _wrong(item, inner[0], f"{where}[{k}]")
    elif origin is dict:
        if not isinstance(value, Mapping):
            yield f"{where}: {_told(value)}, not {declared}"
        else:
            for name, item in value.items():
                yield from _wrong(item, inner[1], f"{where}.{name}")
    elif declared is float:
        if type(value) not in (int, float):
            yield f"{where}: {_told(value)}, not a number"
    elif type(value) is not declared and value is not declared:
        yield f"{where}: {_told(value)}, not {getattr(declared, '__name__', declared)}"


def _wrong_names(value: Any, declared: Any, where: str) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield f"{where}: {_told(value)}, not {declared.__name__}"
        return
    hints = get_type_hints(declared, include_extras=True)
    for name in sorted(declared.__required_keys__ - set(value)):
        yield f"{where}.{name} is missing"
    for name, item in value.items():
        if name not in hints:
            yield f"{where}.{name} is declared nowhere"
        else:
            yield from _wrong(item, _bare(hints[name]), f"{where}.{name}")


def _bare(hint: Any) -> Any:
    return get_args(hint)[0] if get_origin(hint) is NotRequired else hint


def _told(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return repr(Array(str(value.dtype), value.ndim))
    return type(value).__name__


def listed() -> str:
    """The contract as text: every view, its names and their types."""
    lines = []
    for view, declared in VIEWS.items():
        lines.append(f"{view}: {(declared.__doc__ or '').splitlines()[0]}")
        hints = get_type_hints(declared, include_extras=True)
        for name, hint in hints.items():
            optional = "" if name in declared.__required_keys__ else "?"
            lines.append(f"  {name}{optional}: {_type_words(_bare(hint))}")
    return "\n".join(lines)


def _type_words(hint: Any) -> str:
    if hasattr(hint, "__metadata__"):
        return repr(hint.__metadata__[0])
    if isinstance(hint, type) and not get_args(hint):
        return hint.__name__
    return str(hint).replace(f"{__name__}.", "").replace("typing.", "")


if __name__ == "__main__":
    print(listed())
