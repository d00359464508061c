"""The app state as a link: short, readable query parameters, and back. Only what differs from the default is
written; what cannot be read is dropped, what is out of range is clamped, so no link can break a page."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from typing import Any, NamedTuple, get_type_hints
from urllib.parse import quote, unquote

from anchorlab.catalogue import libraries
from anchorlab.catalogue.libraries.demo_scenes import DEMO_SCENES
from anchorlab.catalogue.presets import PRESETS
from anchorlab.catalogue.suppression import METHODS
from anchorlab.catalogue.suppression.method import Setting
from anchorlab.scenes.catalogue import IDS
from anchorlab.session.app_state import (
    CODE_TARGETS,
    DEFAULT,
    EXAMPLES,
    UPLOAD,
    AppState,
    Objects,
    Resize,
    get,
    put,
)
from anchorlab.settings.matching import RECORDS
from anchorlab.settings.pyramids import LevelSpec

DECIMALS = 6
MAX_BOXES = 300
MAX_CLASSES = MAX_BOXES  # each may have its own
MAX_LIST = 8
MAX_SIDE = 4096
SIZE_RANGE = (2.0, 4096.0)
RATIO_RANGE = (0.02, 50.0)
STRIDE_RANGE = (2.0, 512.0)
MAX_LEVELS = 8
MAX_SHAPES = 16
MAX_CELLS = 512
RESIZE_RANGE = (0.1, 2.0)
FRAME_RANGE = (32, 2048)


class Field(NamedTuple):
    """One query parameter: its name, the app state's path, and how a value is written and read."""

    name: str
    path: str
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


def _choice(*options: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in options:
            raise ValueError(f"{text!r} is none of {options}")
        return text

    return read


def _list(read_one: Callable[[str], float], count: int | None = None) -> Callable[[str], tuple[float, ...]]:
    def read(text: str) -> tuple[float, ...]:
        values = tuple(read_one(part) for part in text.split(",")[:MAX_LIST])
        if count is not None and len(values) != count:
            raise ValueError(f"{text!r} does not hold {count} numbers")
        return values

    return read


def _write_list(values) -> str:
    return ",".join(number_text(v) for v in values)


def _flag(text: str) -> bool:
    return {"1": True, "0": False}[text]


def _write_flag(value: bool) -> str:
    return "1" if value else "0"


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
        return _number(*RESIZE_RANGE)(text)
    width, height = (_whole(*FRAME_RANGE)(part) for part in text.split("x"))
    return width, height


def _optional(read: Callable[[str], Any]) -> Callable[[str], Any]:
    return lambda text: None if text == "none" else read(text)


def _write_optional(write: Callable[[Any], str]) -> Callable[[Any], str]:
    return lambda value: "none" if value is None else write(value)


def _fields_of(path: str, record: type) -> Iterator[Field]:
    """A parameter for every setting of a record at this path, named by the path without its first part."""
    kinds = get_type_hints(record)
    for setting in fields(record):
        kind = kinds[setting.name]
        limits = setting.metadata.get("range")
        write, read = {
            bool: lambda _: (_write_flag, _flag),
            int: lambda limits: (str, _whole(*limits)),
            float: lambda limits: (number_text, _number(*limits)),
        }[kind](limits)
        whole = f"{path}.{setting.name}"
        yield Field(whole.partition(".")[2], whole, write, read)


_INDEX = _whole(-1, 10_000_000)
_OFFSET = _number(-50, 50)


def _of_method(setting: Setting) -> Field:
    """A setting that only one method of suppression has: "gaussian.sigma"."""
    name = setting.path.partition(".")[2]
    if setting.options:
        return Field(name, setting.path, str, _choice(*setting.options))
    return Field(name, setting.path, number_text, _number(setting.low, setting.high))


FIELDS = (
    Field("scene", "scene", str, _choice(*IDS, UPLOAD)),
    Field("photo", "upload_id", str, _photo_id),
    Field("size", "upload_size", lambda s: f"{s[0]}x{s[1]}", _read_size),
    Field("boxes", "objects", write_objects, read_objects),
    Field("sizes", "anchors.sizes", _write_list, _list(_number(*SIZE_RANGE))),
    Field("ratios", "anchors.aspect_ratios", _write_list, _list(_number(*RATIO_RANGE))),
    Field("stride", "anchors.stride", number_text, _number(*STRIDE_RANGE)),
    Field("ratio", "anchors.ratio_means", str, _choice("h/w", "w/h")),
    Field("combine", "anchors.combine", str, _choice("all", "first")),
    Field("center", "anchors.center", number_text, lambda t: float(_choice("0", "0.5")(t))),
    Field("border", "anchors.border", str, _choice("keep", "clip", "ignore")),
    Field("show", "show", str, _choice("cell", "density")),
    Field("compare", "compare", str, _choice("none", "ratio", "d2l")),
    Field("layout", "layout", str, _choice("grid", "pyramid")),
    Field("pyramid", "pyramid.levels", write_levels, read_levels),
    Field("pcenter", "pyramid.center", number_text, lambda t: float(_choice("0", "0.5")(t))),
    Field("uneven", "pyramid.uneven", str, _choice("keep", "floor", "exact")),
    Field("pborder", "pyramid.border", str, _choice("keep", "clip", "ignore")),
    Field("resize", "resize", _write_resize, _read_resize),
    Field("versus", "rival", str, _choice(*PRESETS)),
    Field("rule", "matching.rule", str, _choice(*RECORDS)),
    *(f for name, record in RECORDS.items() for f in _fields_of(f"matching.{name}", record)),
    Field("stds", "coder.stds", _write_list, _list(_number(0.001, 100), 4)),
    Field("means", "coder.means", _write_list, _list(_number(-10, 10), 4)),
    Field("clamp", "coder.clamp", _write_optional(number_text), _optional(_number(0.01, 20))),
    Field("below", "coder.clamp_both", _write_flag, _flag),
    Field("coder", "coder.kind", str, _choice("center", "corner", "cell")),
    Field("eps", "coder.eps", number_text, _number(0, 1)),
    Field("covered", "covered_from", number_text, _number(0, 1)),
    Field("t", "offsets", _write_list, _list(_OFFSET, 4)),
    Field("iou_threshold", "suppression.iou_threshold", number_text, _number(0, 1)),
    Field("score_threshold", "suppression.score_threshold", number_text, _number(0, 1)),
    Field("per_class", "suppression.per_class", _write_flag, _flag),
    Field("top_k", "suppression.top_k", _write_optional(str), _optional(_whole(1, 5000))),
    Field("suppress_equal", "suppression.suppress_equal", _write_flag, _flag),
    Field("ties", "suppression.ties", str, _choice("first", "last")),
    Field("inclusive", "suppression.inclusive", _write_flag, _flag),
    Field("shift_classes", "suppression.shift_classes", _write_flag, _flag),
    Field("method", "suppression.method", str, _choice(*METHODS)),
    *(_of_method(setting) for method in METHODS.values() for setting in method.settings),
    Field("from", "source", str, _choice("simulated", "book", "upload", "example")),
    Field("example", "example", str, _choice(*EXAMPLES)),
    Field("seed", "simulate.seed", str, _whole(0, 9999)),
    Field("shift", "simulate.localisation_noise", number_text, _number(0, 1)),
    Field("noise", "simulate.score_noise", number_text, _number(0, 1)),
    Field("alarms", "simulate.false_alarms", str, _whole(0, 100)),
    Field("each", "simulate.per_object", str, _whole(1, 30)),
    Field("code", "code", str, _choice(*CODE_TARGETS)),
    Field("a", "rosetta.a", str, _choice(*libraries.ALL)),
    Field("b", "rosetta.b", str, _choice(*libraries.ALL)),
    Field("ask", "rosetta.convention", str, _choice(*libraries.FIELDS)),
    Field("case", "rosetta.case", str, _choice("", *DEMO_SCENES)),
    Field("object", "selection.object", str, _INDEX),
    Field("anchor", "selection.anchor", str, _INDEX),
    Field("cell", "selection.cell", str, _INDEX),
    Field("pick", "selection.prediction", str, _INDEX),
    Field("with", "selection.partner", str, _INDEX),
    Field("step", "selection.home_step", str, _whole(1, 5)),
    Field("taken", "selection.greedy_step", str, _whole(0, 1000)),
    Field("round", "selection.nms_round", str, _INDEX),
    Field("word", "selection.word", str, _INDEX),
    Field("level", "selection.level", str, _whole(-1, MAX_LEVELS - 1)),
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
