"""Ground-truth boxes as JSON, out and in.

Written is `{"image": {"width", "height"}, "boxes": [{"class", "xyxy"}, ...]}`. Read is that, a list of
`[x1, y1, x2, y2]` or of objects, and a COCO file with `annotations`. What comes in is not trusted: it is
checked entry by entry, and a `BoxesError` says which entry is wrong and what to do.
"""

import json
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

MAX_BOXES = 300
MAX_CHARACTERS = 2_000_000
MAX_NAME = 40
DEFAULT_CLASS = "object"

_CLASS_KEYS = ("class", "label", "class_name", "category", "name")
_CORNER_KEYS = (("x1", "y1", "x2", "y2"), ("xmin", "ymin", "xmax", "ymax"))


class BoxesError(ValueError):
    """The boxes cannot be read; the text names the entry and says what to do."""


class Units(NamedTuple):
    """What the coordinates of a file were taken for.

    Attributes:
      fractions: they were multiplied by the picture's width and height.
      doubtful: they could be meant the other way; somebody who knows should be asked.
    """

    fractions: bool
    doubtful: bool


class BoxList(NamedTuple):
    """Boxes that were read.

    Attributes:
      boxes: (G, 4) float32, xyxy, pixels of the picture, inside it, with a positive area.
      class_ids: (G,) int32, indices into `classes`.
      classes: the known classes, followed by those that the file adds.
      notes: what was changed or assumed on the way in, one sentence each, for people.
      units: what the coordinates were taken for.
    """

    boxes: np.ndarray
    class_ids: np.ndarray
    classes: tuple[str, ...]
    notes: tuple[str, ...]
    units: Units


def clean_name(name: str) -> str:
    """A class name as one line of visible text.

    Control characters, those that turn the direction of what follows, and what no font shows become
    spaces; runs of spaces become one. Signs of markup stay: who shows a name shows it as text. May
    return an empty string.
    """
    # The joiner (U+200D) is a format character, but holds a family or a black cat together.
    kept = (c if c == "\u200d" or unicodedata.category(c)[0] != "C" else " " for c in name)
    return " ".join("".join(kept).split()).strip("\u200d")


def find_class(name: str, classes: list[str]) -> int:
    """The index of a class, whatever its capitals; a new one is appended to `classes`."""
    folded = [c.casefold() for c in classes]
    if name.casefold() not in folded:
        classes.append(name)
        return len(classes) - 1
    return classes.index(name) if name in classes else folded.index(name.casefold())


def load_json(text: str, error: type[ValueError]) -> Any:
    """Parses JSON; `error` with a line number if it is none."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as e:
        raise error(f"This is not valid JSON: line {e.lineno}, column {e.colno}: {e.msg}.") from None
    except (ValueError, RecursionError):
        raise error("This JSON is nested too deeply or has a number that is too long.") from None


def finite(value: Any) -> float:
    """`value` as a float; ValueError unless it is a JSON number of a sensible size (no pixel is 1e9)."""
    # The comparison is also false for NaN.
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= 1e9:
        raise ValueError
    return float(value)


def corners(entry: Any, fail: Callable[[str], Exception]) -> tuple[float, float, float, float]:
    """The corners in one entry: a list, or an object with `xyxy`, `bbox` (x, y, w, h) or x1 ... y2.

    Raises:
      Whatever `fail` makes of a message, unless there are four ordinary numbers and a positive size.
    """
    if isinstance(entry, dict):
        if "xyxy" in entry:
            key, values = "xyxy", entry["xyxy"]
        elif "bbox" in entry:
            key, values = "bbox", entry["bbox"]
        else:
            for keys in _CORNER_KEYS:
                if all(k in entry for k in keys):
                    key, values = "x1, y1, x2, y2", [entry[k] for k in keys]
                    break
            else:
                raise fail('there is no box; give "xyxy": [x1, y1, x2, y2].')
    else:
        key, values = "box", entry
    if not isinstance(values, list | tuple) or len(values) != 4:
        raise fail(f"{key} must be a list of four numbers.")
    try:
        x1, y1, x2, y2 = (finite(v) for v in values)
    except ValueError:
        raise fail(f"{key} must hold four ordinary numbers.") from None
    if key == "bbox":
        if x2 <= 0 or y2 <= 0:
            raise fail(f"bbox is [x, y, width, height]; its width {x2:g} and height {y2:g} must be positive.")
        x2, y2 = x1 + x2, y1 + y2
    if x2 <= x1:
        raise fail(f"x2 ({x2:g}) must be greater than x1 ({x1:g}).")
    if y2 <= y1:
        raise fail(f"y2 ({y2:g}) must be greater than y1 ({y1:g}).")
    return x1, y1, x2, y2


def clamp(box: Sequence[float], width: int, height: int) -> np.ndarray:
    """A box cut at the border of the picture, (4,) float32; it may come out empty."""
    limits = np.array([width, height, width, height], np.float64)
    return np.clip(np.array(box, np.float64), 0, limits).astype(np.float32)


def units(boxes: np.ndarray, width: int, height: int, fractions: bool | None, notes: list[str]) -> Units:
    """Tells fractions of the picture from pixels, and says in `notes` what was found.

    The objects of a picture do not all lie within two pixels of its corner: such numbers are fractions, and a
    detector's may reach a little beyond the border. Only those that stay within 0..1 are taken for fractions
    unasked.

    Args:
      boxes: (N, 4), xyxy as the file gives them.
      width, height: of the picture, in pixels.
      fractions: what the file or a person says; None where nobody does.
    """
    if not len(boxes) or max(width, height) <= 8:
        return Units(bool(fractions), False)
    low, high = float(boxes.min()), float(boxes.max())
    near = low >= -1 and high <= 2
    if fractions is not None:
        if fractions:
            notes.append("The coordinates were read as fractions of the picture.")
        elif near:
            notes.append("The coordinates were read as pixels.")
        return Units(fractions, near)
    if low >= 0 and high <= 1 + 1e-6:
        notes.append("No coordinate is above 1: the boxes were read as fractions of the picture.")
        return Units(True, True)
    if near:
        notes.append(
            f"All coordinates lie between {low:.2f} and {high:.2f}, as fractions of a picture do, but they were read "
            "as pixels."
        )
    return Units(False, near)


def some_of(names: Mapping[int, str]) -> str:
    """'1 is “cup”, 2 is “spoon”', the first three of them."""
    said = [f"{number} is “{names[number]}”" for number in sorted(names)[:3]]
    return ", ".join([*said, "…"] if len(names) > 3 else said)


def _image_size(entry: Any) -> tuple[float, float] | None:
    """(width, height) in an `image` entry; None if it gives neither."""
    if entry is None:
        return None
    if not isinstance(entry, dict):
        raise BoxesError('"image" must be an object: {"width": 600, "height": 400}.')
    if "width" not in entry and "height" not in entry:
        return None
    try:
        width, height = finite(entry.get("width")), finite(entry.get("height"))
    except ValueError:
        width = height = 0.0
    if not (1 <= width <= 1e6 and 1 <= height <= 1e6):
        raise BoxesError('The "width" and "height" of the image must be positive numbers of pixels.')
    return width, height


def category_names(categories: Any) -> dict[int, str]:
    """COCO's `categories` as {id: name}; entries that are none are left out."""
    names = {}
    for c in categories if isinstance(categories, list) else []:
        if isinstance(c, dict) and isinstance(c.get("name"), str) and type(c.get("id")) is int:
            names[c["id"]] = clean_name(c["name"])[:MAX_NAME].strip()
    return {number: name for number, name in names.items() if name}


def _coco(document: dict, notes: list[str]) -> tuple[list, Any, dict[int, str]]:
    """The annotations of one image of a COCO file: (entries, image entry, category names)."""
    entries = document["annotations"]
    if not isinstance(entries, list):
        raise BoxesError('"annotations" must be a list.')
    image_ids = [e["image_id"] for e in entries if isinstance(e, dict) and e.get("image_id") is not None]
    images = document.get("images")
    images = [i for i in images if isinstance(i, dict)] if isinstance(images, list) else []
    image_id = image_ids[0] if image_ids else images[0].get("id") if images else None
    if any(i != image_id for i in image_ids):
        # An entry that names no image is kept: if it is no annotation at all, that is reported.
        entries = [e for e in entries if not isinstance(e, dict) or e.get("image_id") in (None, image_id)]
        notes.append("The file describes several images; the boxes of the first one were read.")
    image = next((i for i in images if i.get("id") == image_id), None)
    return entries, image, category_names(document.get("categories"))


def _class_name(
    entry: Any, names: dict[int, str], classes: list[str], assumed: dict[str, dict[int, str]], fail
) -> str | None:
    """The class of one entry; None if it has none. What a number was taken for is added to `assumed`, by its key."""
    if not isinstance(entry, dict):
        return None
    for key in _CLASS_KEYS:
        if key in entry:
            if not isinstance(entry[key], str):
                raise fail(f'"{key}" must be a text such as "cup".')
            name = clean_name(entry[key])
            if not name:
                raise fail(f'"{key}" is empty; give the class a name.')
            if len(name) > MAX_NAME:
                raise fail(f'"{key}" is longer than {MAX_NAME} characters; shorten it.')
            return name
    for key in ("category_id", "class_id"):
        if key in entry:
            number = entry[key]
            if type(number) is not int or not 0 <= number < 1_000_000:
                raise fail(f'"{key}" must be a whole number from 0 up.')
            if number in names:
                return names[number]
            known = key == "class_id" and number < len(classes)
            name = classes[number] if known else f"category {number}"
            assumed.setdefault("known" if known else "new", {})[number] = name
            return name
    return None


def boxes_to_json(
    boxes: np.ndarray, class_ids: np.ndarray, classes: Sequence[str], width: int, height: int
) -> str:
    """Writes boxes as JSON, one a line; `boxes_from_json` reads back the same float32 numbers.

    Args:
      boxes: (G, 4), xyxy, pixels; may be empty.
      class_ids: (G,), indices into `classes`.
      classes: class names.
      width, height: of the picture, in pixels.

    Raises:
      BoxesError: shapes do not fit, a class id has no name, or a number is not finite.
    """
    boxes = np.asarray(boxes, np.float32).reshape(-1, 4)
    class_ids = np.asarray(class_ids).reshape(-1)
    if len(boxes) != len(class_ids):
        raise BoxesError(f"boxes and class_ids must have one length, not {len(boxes)} and {len(class_ids)}.")
    if not np.isfinite(boxes).all():
        raise BoxesError("boxes must be finite numbers.")
    if len(class_ids) and not (0 <= class_ids.min() and class_ids.max() < len(classes)):
        raise BoxesError(f"class_ids must lie in 0..{len(classes) - 1}, the classes there are.")
    lines = []
    for box, class_id in zip(boxes, class_ids, strict=True):
        # The shortest decimal that is this float32, and an integer where it is one.
        numbers = [int(v) if v == int(v) else float(str(v)) for v in box]
        entry = {"class": classes[int(class_id)], "xyxy": numbers}
        lines.append("    " + json.dumps(entry, ensure_ascii=False))
    size = json.dumps({"width": int(width), "height": int(height)})
    body = "[\n" + ",\n".join(lines) + "\n  ]" if lines else "[]"
    return f'{{\n  "image": {size},\n  "boxes": {body}\n}}\n'


def boxes_from_json(
    text: str | bytes, width: int, height: int, classes: Sequence[str] = (), *, fractions: bool | None = None
) -> BoxList:
    """Reads boxes from JSON and fits them to a picture.

    Understood are the format of `boxes_to_json`; a list of `[x1, y1, x2, y2]`; a list of objects with
    `xyxy`, `bbox` (COCO's x, y, width, height) or `x1` ... `y2`; and a COCO file with `annotations`.
    `"normalized": true` beside the boxes says that they are fractions of the picture; where nothing is said, they
    are taken for that if no coordinate is outside 0..1 (see `units`). If the file gives another image size than the
    picture's, the boxes are scaled. Boxes are cut at the picture's border.

    Args:
      text: the file; at most `MAX_CHARACTERS`, with at most `MAX_BOXES` boxes.
      width, height: of the picture, in pixels.
      classes: known class names; boxes without a class get the first one, or "object".
      fractions: whether the coordinates are fractions of the picture, whatever the file says; None: not known.

    Returns:
      The boxes, none for an empty list; `notes` tell what was scaled, cut or assumed.

    Raises:
      BoxesError: the text names the entry (counted from 1) and says what to do.
    """
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise BoxesError("This is not a text file. Choose a JSON file in UTF-8.") from None
    text = text.removeprefix("\ufeff")
    if not text.strip():
        raise BoxesError("The file is empty. Choose a JSON file with boxes.")
    if len(text) > MAX_CHARACTERS:
        raise BoxesError(f"The file is longer than {MAX_CHARACTERS:,} characters. Choose a shorter one.")
    document = load_json(text, BoxesError)
    notes: list[str] = []
    names: dict[int, str] = {}
    size = None
    if isinstance(document, dict):
        said = document.get("normalized", document.get("normalised"))
        if fractions is None and isinstance(said, bool):
            fractions = said
        if "annotations" in document:
            entries, image, names = _coco(document, notes)
        elif "boxes" in document:
            entries, image = document["boxes"], document.get("image")
        else:
            raise BoxesError('There is no list of boxes; put it under "boxes".')
        size = _image_size(image)
        if fractions is None and "annotations" not in document and size is not None:
            fractions = False  # our own form, which is in pixels
    else:
        entries = document
    if not isinstance(entries, list):
        raise BoxesError("The boxes must be a list: [[x1, y1, x2, y2], ...].")
    if len(entries) > MAX_BOXES:
        raise BoxesError(f"The file has {len(entries):,} boxes; at most {MAX_BOXES} can be read.")

    def failing(number: int) -> Callable[[str], BoxesError]:
        return lambda message: BoxesError(f"Entry {number}: {message}")

    given = np.array([corners(entry, failing(n)) for n, entry in enumerate(entries, start=1)], float)
    read_as = units(given, width, height, fractions, notes)
    factor = np.ones(4)
    if read_as.fractions:
        factor = np.array([width, height, width, height], float)
    elif size is not None and size != (width, height):
        factor = np.array([width / size[0], height / size[1]] * 2)
        notes.append(
            f"The file is for an image of {size[0]:g} x {size[1]:g}; its boxes were scaled to "
            f"{width} x {height}."
        )

    known, default = list(classes), classes[0] if len(classes) else DEFAULT_CLASS
    boxes, class_ids, cut, unnamed = [], [], 0, 0
    assumed: dict[str, dict[int, str]] = {}
    for number, entry in enumerate(entries, start=1):
        fail = failing(number)
        raw = given[number - 1] * factor
        box = clamp(raw, width, height)
        if not (box[2] > box[0] and box[3] > box[1]):
            raise fail(f"the box lies outside the picture ({width} x {height}) or is thinner than a hair.")
        cut += bool(raw.min() < 0 or raw[2] > width or raw[3] > height)
        name = _class_name(entry, names, known, assumed, fail)
        unnamed += name is None
        boxes.append(box)
        class_ids.append(find_class(name or default, known))
    if cut:
        notes.append(f"Boxes that reach outside the picture were cut at its border: {cut}.")
    if unnamed:
        notes.append(
            f'Boxes without a class became “{default}”: {unnamed}. Give each a "class" to name it otherwise.'
        )
    if "known" in assumed:
        notes.append(
            f"class_id was counted from 0 into the scene's classes: {some_of(assumed['known'])}. "
            'If that is wrong, give each box a "class".'
        )
    if "new" in assumed:
        notes.append(
            f"The file does not name its categories: {some_of(assumed['new'])} here. "
            'To name them, give each box a "class", or add COCO\'s "categories".'
        )
    return BoxList(
        np.array(boxes, np.float32).reshape(-1, 4),
        np.array(class_ids, np.int32),
        tuple(known),
        tuple(notes),
        read_as,
    )
