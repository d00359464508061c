"""The app state as a link: short, readable query parameters, and back. Only what differs from the default is
written; what cannot be read is dropped, what is out of range is clamped, so no link can break a page."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from typing import Any, Literal, NamedTuple, get_args, get_origin
from urllib.parse import quote, unquote

from anchorlab.catalogue import libraries
from anchorlab.catalogue.libraries.demo_scenes import DEMO_SCENES
from anchorlab.catalogue.losses import LOSSES
from anchorlab.catalogue.matching import RULES
from anchorlab.catalogue.presets import PRESETS
from anchorlab.catalogue.samplers import SAMPLERS
from anchorlab.catalogue.suppression import METHODS
from anchorlab.scenes.catalogue import IDS
from anchorlab.session.anchor_source import RESIZE_LEAST, RESIZE_MOST
from anchorlab.session.app_state import DEFAULT, UPLOAD, AppState, Objects, Resize, get, put
from anchorlab.settings.anchors import SIZE_RANGE, STRIDE_RANGE
from anchorlab.settings.pyramids import LevelSpec
from anchorlab.settings.validation import Limits, kinds_of

DECIMALS = 6
MAX_BOXES = 300
MAX_CLASSES = MAX_BOXES  # each may have its own
MAX_LIST = 8
MAX_SIDE = 4096
MAX_LEVELS = 8
MAX_SHAPES = 16
MAX_CELLS = 512
FRAME_RANGE = (32, 2048)


class Field(NamedTuple):
    """One query parameter.

    Attributes:
      name: in the link.
      path: in the app state.
      words: what it is called when a change of it is undone; "" of what is no setting.
      write, read: a value as text, and back; `read` raises ValueError or KeyError where the text makes no sense.
    """

    name: str
    path: str
    words: str
    write: Callable[[Any], str]
    read: Callable[[str], Any]


def number_text(value: float) -> str:
    """The shortest text that reads back as the same number to so many decimals."""
    return f"{value:.{DECIMALS}f}".rstrip("0").rstrip(".") or "0"


def _number(low: float, high: float) -> Callable[[str], float]:
    def read(text: str) -> float:
        value = float(text)
        if not math.isfinite(value):
            raise ValueError(f"{text} is not a finite number")
        # To what a link can write, so that an app state from a link gives the same link again.
        return round(min(max(value, low), high), DECIMALS)

    return read


def _whole(low: int, high: int) -> Callable[[str], int]:
    return lambda text: int(_number(low, high)(text))


def _choice(options: Iterable[Any]) -> Callable[[str], Any]:
    known = {_written(option): option for option in options}

    def read(text: str) -> Any:
        if text not in known:
            raise ValueError(f"{text!r} is none of {', '.join(known)}")
        return known[text]

    return read


def _list(read_one: Callable[[str], float], count: int | None) -> Callable[[str], tuple[float, ...]]:
    def read(text: str) -> tuple[float, ...]:
        values = tuple(read_one(part) for part in text.split(",")[:MAX_LIST])
        if count is not None and len(values) != count:
            raise ValueError(f"{text!r} does not hold {count} numbers")
        return values

    return read


def _optional(read_one: Callable[[str], Any]) -> Callable[[str], Any]:
    return lambda text: None if text == "none" else read_one(text)


def _written(value: Any) -> str:
    """Any value whose field's annotation says how it is read: names, numbers, lists of numbers, yes or no, none."""
    match value:
        case None:
            return "none"
        case bool():
            return str(int(value))
        case tuple():
            return ",".join(map(number_text, value))
        case str():
            return value
    return number_text(value)


def _reader(kind: Any, optional: bool, limits: Limits) -> Callable[[str], Any]:
    """Reads what an annotation and its limits say."""
    if optional:
        return _optional(_reader(kind, False, limits))
    if limits.offered:
        return _choice(limits.offered)
    if get_origin(kind) is Literal:
        return _choice(get_args(kind))
    if get_origin(kind) is tuple:
        first, *rest = get_args(kind)
        return _list(_reader(first, False, limits), None if Ellipsis in rest else 1 + len(rest))
    if kind is bool:
        return _choice((False, True))
    return (_whole if kind is int else _number)(*limits.range)


def _read_size(text: str) -> tuple[int, int]:
    width, height = (int(part) for part in text.split("x"))
    return min(max(width, 1), MAX_SIDE), min(max(height, 1), MAX_SIDE)


def _photo_id(text: str) -> str:
    if not re.fullmatch(r"|[0-9a-f]{16}", text):
        raise ValueError(f"{text!r} names no picture")
    return text


def write_objects(objects: Objects) -> str:
    """Boxes as `x1,y1,x2,y2,class` joined by `_`, then `~` and the class names."""
    boxes = "_".join(
        ",".join([*(number_text(round(v, 2)) for v in box), str(class_id)])
        for box, class_id in zip(objects.boxes, objects.class_ids, strict=True)
    )
    # Within the names only the comma needs cover; all else is covered with the whole query.
    names = (name.replace("%", "%25").replace(",", "%2C") for name in objects.classes)
    return boxes + "~" + ",".join(names)


def _class_name(text: str) -> str:
    """A name without halves of characters, which no page can show; never empty, as ids count the names."""
    whole = unquote(text).encode("utf-8", "ignore").decode()
    return whole.strip()[:40].strip() or "object"


def read_objects(text: str) -> Objects:
    """The inverse of `write_objects`; broken boxes are left out, the rest stays.

    Raises:
      ValueError: there is something where boxes should be, but not one box.
    """
    body, _, names = text.partition("~")
    classes = [_class_name(name) for name in names.split(",")[:MAX_CLASSES]]
    boxes, class_ids = [], []
    for part in body.split("_")[:MAX_BOXES]:
        try:
            *corners, class_id = part.split(",")
            x1, y1, x2, y2 = (_number(0, MAX_SIDE)(v) for v in corners)
            class_id = int(class_id)
        except (ValueError, TypeError):
            continue
        if x2 > x1 and y2 > y1:
            boxes.append((x1, y1, x2, y2))
            class_ids.append(class_id if 0 <= class_id < len(classes) else 0)
    if body and not boxes:
        raise ValueError("none of the boxes can be read")
    return Objects(tuple(boxes), tuple(class_ids), tuple(classes))


def write_levels(levels: tuple[LevelSpec, ...]) -> str:
    """The name of the preset that has these levels; `name/245` for its second, fourth and fifth; or all of them
    joined by `~`: `stride`, then `@rows x columns` if the map's size is given, `!name`, and after `:` the widths x
    heights of the shapes."""
    for name, preset in PRESETS.items():
        known = preset.spec.levels
        if known == levels:
            return name
        some = [k for k, level in enumerate(known) if level in levels]
        if tuple(known[k] for k in some) == levels:
            return f"{name}/{''.join(str(k + 1) for k in some)}"
    return "~".join(_write_level(level) for level in levels)


def _write_level(level: LevelSpec) -> str:
    cells = f"@{level.map_size[0]}x{level.map_size[1]}" if level.map_size else ""
    name = f"!{quote(level.name, safe='')}" if level.name else ""
    shapes = ",".join(f"{number_text(w)}x{number_text(h)}" for w, h in level.widths_heights)
    return f"{number_text(level.stride)}{cells}{name}:{shapes}"


def read_levels(text: str) -> tuple[LevelSpec, ...]:
    """The inverse of `write_levels`, within limits; what is beyond them is left out.

    Raises:
      ValueError: it is neither a preset's name nor levels.
    """
    name, _, some = text.partition("/")
    if name in PRESETS:
        known = PRESETS[name].spec.levels
        return tuple(level for k, level in enumerate(known) if not some or str(k + 1) in some) or known
    return tuple(_read_level(part) for part in text.split("~")[:MAX_LEVELS])


def _read_level(text: str) -> LevelSpec:
    head, _, shapes = text.partition(":")
    head, _, name = head.partition("!")
    stride, _, cells = head.partition("@")
    size = tuple(_whole(1, MAX_CELLS)(n) for n in cells.split("x")) if cells else None
    side = _number(*SIZE_RANGE)
    pairs = (pair.split("x") for pair in shapes.split(",")[:MAX_SHAPES])
    sides = tuple((side(width), side(height)) for width, height in pairs)
    return LevelSpec(_number(*STRIDE_RANGE)(stride), sides, size, level_name(unquote(name)))


def level_name(text: str) -> str:
    """A short name of plain characters, as papers use them: P3, C4, /32, 38 x 38."""
    plain = "".join(c for c in text if c.isascii() and (c.isalnum() or c in " /._-"))
    return plain.strip()[:12].strip()


def _write_resize(resize: Resize) -> str:
    return f"{resize[0]}x{resize[1]}" if isinstance(resize, tuple) else number_text(resize)


def _read_resize(text: str) -> Resize:
    if "x" not in text:
        return _number(RESIZE_LEAST, RESIZE_MOST)(text)
    width, height = (_whole(*FRAME_RANGE)(part) for part in text.split("x"))
    return width, height


def _optional(read: Callable[[str], Any]) -> Callable[[str], Any]:
    return lambda text: None if text == "none" else read(text)


def _field(name: str, path: str, words: str = "") -> Field:
    """A parameter whose values are as their field in the app state says."""
    *above, last = path.split(".")
    record = type(get(DEFAULT, ".".join(above)) if above else DEFAULT)
    return Field(name, path, words, _written, _reader(*kinds_of(record)[last]))


def _fields_of(path: str, changes: Mapping[str, str]) -> Iterator[Field]:
    """A parameter for every setting of a rule's or a method's record, named by the path without its first part.

    Args:
      changes: what undo calls each; "": any other.
    """
    if changes:
        for setting in fields(get(DEFAULT, path)):
            whole = f"{path}.{setting.name}"
            words = changes[setting.name if setting.name in changes else ""]
            yield _field(whole.partition(".")[2], whole, words)


_CODER = "convention of the coder"
_SUPPRESSION = "convention of the suppression"
_ROSETTA = "question to the libraries"
FIELDS = (
    Field("scene", "scene", "", str, _choice((*IDS, UPLOAD))),
    Field("photo", "upload_id", "", str, _photo_id),
    Field("size", "upload_size", "", lambda s: f"{s[0]}x{s[1]}", _read_size),
    Field("boxes", "objects", "", write_objects, read_objects),
    _field("sizes", "anchors.sizes", "sizes of the anchors"),
    _field("ratios", "anchors.aspect_ratios", "aspect ratios of the anchors"),
    _field("stride", "anchors.stride", "stride of the grid"),
    _field("ratio", "anchors.ratio_means", "meaning of the ratio"),
    _field("combine", "anchors.combine", "combination of sizes and ratios"),
    _field("center", "anchors.center", "centre of a cell"),
    _field("border", "anchors.border", "anchors at the border"),
    _field("show", "show", "what the picture shows"),
    _field("compare", "compare", "comparison of anchors"),
    _field("layout", "layout", "one grid or a pyramid"),
    Field("pyramid", "pyramid.levels", "levels of the pyramid", write_levels, read_levels),
    _field("pcenter", "pyramid.center", "centre of a cell of the pyramid"),
    _field("uneven", "pyramid.uneven", "uneven maps of the pyramid"),
    _field("pborder", "pyramid.border", "anchors of the pyramid at the border"),
    Field("resize", "resize", "resized picture", _write_resize, _read_resize),
    Field("versus", "rival", "pyramid to compare with", str, _choice(PRESETS)),
    Field("rule", "matching.rule", "matching rule", str, _choice(RULES)),
    *(f for rule in RULES.values() for f in _fields_of(f"matching.{rule.name}", rule.changes)),
    _field("stds", "coder.stds", _CODER),
    _field("means", "coder.means", _CODER),
    _field("clamp", "coder.clamp", _CODER),
    _field("below", "coder.clamp_both", _CODER),
    _field("coder", "coder.kind", _CODER),
    _field("eps", "coder.eps", _CODER),
    _field("t", "offsets", "the four offsets"),
    _field("classification", "losses.classification", "loss of the class"),
    _field("regression", "losses.regression", "loss of the box"),
    *(f for loss in LOSSES.values() for f in _fields_of(f"losses.{loss.name}", loss.changes)),
    _field("box_weight", "losses.box_weight", "weight of the boxes"),
    _field("n_cls", "losses.n_cls", "what the class losses are divided by"),
    _field("n_reg", "losses.n_reg", "what the box losses are divided by"),
    _field("sampler", "sampling.sampler", "sampler"),
    *(
        _field(f"sampling.{setting}", f"sampling.{setting}", words)
        for sampler in SAMPLERS.values()
        for setting, words in sampler.changes.items()
    ),
    _field("draw", "sample_seed", "draw of the sample"),
    _field("weights", "weights", "weights of the trained detector"),
    _field("background", "heads.background", "how sure the network is of the background"),
    _field("objects", "heads.objects", "how sure the network is of objects"),
    _field("spread", "heads.spread", "spread of the logits"),
    _field("missing", "heads.missing", "error of the boxes"),
    _field("heads", "heads.seed", "seed of the network"),
    _field("truth", "probe.truth", "truth of the example"),
    _field("sure", "probe.sure", "probability in the example"),
    _field("error", "probe.error", "error in the example"),
    _field("train", "training.anchors", "anchors to train with"),
    Field("train.rule", "training.rule", "matching rule of the training", str, _choice(RULES)),
    _field("train.low_quality", "training.low_quality", "low-quality matches of the training"),
    _field("train.classification", "training.classification", "class loss of the training"),
    _field("train.regression", "training.regression", "box loss of the training"),
    _field("train.sampler", "training.sampler", "sampler of the training"),
    _field("train.data", "training.data", "what is learned from"),
    _field("train.start", "training.start", "weights to start from"),
    _field("train.steps", "training.steps", "steps of the training"),
    _field("train.seed", "training.seed", "seed of the training"),
    _field("run", "training.run", "training that is shown"),
    _field("beside", "training.beside", "training beside it"),
    _field("watched", "training.picture", "watched picture"),
    _field("learned", "training.show", "what the picture shows"),
    _field("iou_threshold", "suppression.iou_threshold", "IoU threshold"),
    _field("score_threshold", "suppression.score_threshold", "score threshold"),
    _field("per_class", "suppression.per_class", "which classes suppress each other"),
    _field("top_k", "suppression.top_k", "how many predictions take part"),
    _field("suppress_equal", "suppression.suppress_equal", _SUPPRESSION),
    _field("ties", "suppression.ties", _SUPPRESSION),
    _field("inclusive", "suppression.inclusive", _SUPPRESSION),
    _field("shift_classes", "suppression.shift_classes", _SUPPRESSION),
    _field("method", "suppression.method", "method"),
    *(f for method in METHODS.values() for f in _fields_of(f"suppression.{method.name}", method.changes)),
    _field("from", "source", "source of the predictions"),
    _field("example", "example", "ready example"),
    _field("seed", "simulate.seed", "seed of the detector"),
    _field("shift", "simulate.localisation_noise", "noise of the boxes"),
    _field("noise", "simulate.score_noise", "noise of the scores"),
    _field("alarms", "simulate.false_alarms", "false alarms"),
    _field("each", "simulate.per_object", "predictions for each object"),
    _field("on", "evaluation.pictures", "pictures that are evaluated"),
    _field("counted_from", "evaluation.score_threshold", "score from which detections are counted"),
    _field("found_from", "evaluation.iou_threshold", "IoU from which an object is found"),
    _field("ap", "evaluation.rule", "rule of the evaluation"),
    _field("category", "evaluation.category", "class of the curve"),
    _field("reach", "evaluation.reach", "IoU from which an anchor reaches an object"),
    _field(
        "only_reached", "evaluation.only_reached", "whether only objects that an anchor reaches are predicted"
    ),
    _field("bits", "deployment.weights.bits", "bits of a weight"),
    _field("per", "deployment.weights.per", "weights that share a step"),
    _field("deployed", "deployment.picture", "picture of the deployed detector"),
    _field("layer", "deployment.layer", "layer that is looked into"),
    _field("code", "code", "library of the code"),
    _field("pretrained", "pretrained", "detector that the script asks"),
    Field("a", "rosetta.a", _ROSETTA, str, _choice(libraries.ALL)),
    Field("b", "rosetta.b", _ROSETTA, str, _choice(libraries.ALL)),
    Field("ask", "rosetta.convention", _ROSETTA, str, _choice(libraries.FIELDS)),
    Field("case", "rosetta.case", _ROSETTA, str, _choice(("", *DEMO_SCENES))),
    _field("object", "selection.object"),
    _field("anchor", "selection.anchor"),
    _field("cell", "selection.cell"),
    _field("pick", "selection.prediction"),
    _field("with", "selection.partner"),
    _field("step", "selection.home_step"),
    _field("taken", "selection.greedy_step"),
    _field("round", "selection.nms_round"),
    _field("counted", "selection.counted"),
    _field("after", "selection.training_step"),
    _field("word", "selection.word"),
    _field("level", "selection.level"),
)


def to_query(app: AppState) -> str:
    """The query string (without '?') that restores the app state; empty for the default lab."""
    parts = []
    for f in FIELDS:
        value = get(app, f.path)
        if value != get(DEFAULT, f.path):
            text = f.write(value).encode("utf-8", "replace")
            parts.append(f"{f.name}={quote(text, safe=',~/._-')}")
    return "&".join(parts)


def unreadable(params: Mapping[str, str]) -> list[str]:
    """The names of the parameters that a link has but that make no sense."""
    bad = []
    for f in FIELDS:
        if f.name in params:
            try:
                f.read(params[f.name])
            except (ValueError, KeyError, OverflowError):
                bad.append(f.name)
    return bad


def from_query(params: Mapping[str, str]) -> AppState:
    """The app state a link describes. Parameters that make no sense, alone or together, are dropped."""
    app = DEFAULT
    values: dict[str, Any] = {}
    for f in FIELDS:
        if f.name in params:
            try:
                values[f.path.replace(".", "__")] = f.read(params[f.name])
            except (ValueError, KeyError, OverflowError):
                continue
    try:
        app = put(app, **values)
    except ValueError:
        # Together they are refused (low above high, say): take record by record what fits.
        groups: dict[str, dict[str, Any]] = {}
        for path, value in values.items():
            groups.setdefault(path.rpartition("__")[0] or path, {})[path] = value
        for group in groups.values():
            try:
                app = put(app, **group)
            except ValueError:
                continue
    if app.scene == UPLOAD and app.upload_size is None:
        app = put(app, scene=DEFAULT.scene)
    if app.scene != UPLOAD:
        app = put(app, upload_id="")
    return app
