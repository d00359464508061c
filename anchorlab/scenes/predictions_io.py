"""Predictions from somebody's own detector: COCO result JSON, or CSV.

As with boxes, what comes in is not trusted, and a `PredictionsError` names the row and says what to do.
"""

import csv
import io
import json
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from anchorlab.scenes.boxes_io import (
    DEFAULT_CLASS,
    MAX_NAME,
    Units,
    category_names,
    clamp,
    clean_name,
    corners,
    find_class,
    finite,
    load_json,
    some_of,
    units,
)
from anchorlab.wording import say

MAX_BYTES = 8_000_000
MAX_ROWS = 10_000

_CSV_EXAMPLE = "class, score, x1, y1, x2, y2"
_TOO_FEW = {
    "one": "Line {line}: there is only {count} column. Use {example}.",
    "other": "Line {line}: there are only {count} columns. Use {example}.",
}
_TOO_MANY = {
    "one": "Line {line}: there is {count} column instead of {columns}. Use {example}.",
    "other": "Line {line}: there are {count} columns instead of {columns}. Use {example}.",
}
# Column names people use, and ours.
_COLUMNS = {
    **dict.fromkeys(("class", "label", "class_name", "name", "category"), "class"),
    **dict.fromkeys(("category_id", "class_id"), "class"),
    **dict.fromkeys(("score", "confidence", "conf", "probability", "prob"), "score"),
    **dict.fromkeys(("x1", "xmin", "left"), "x1"),
    **dict.fromkeys(("y1", "ymin", "top"), "y1"),
    **dict.fromkeys(("x2", "xmax", "right"), "x2"),
    **dict.fromkeys(("y2", "ymax", "bottom"), "y2"),
    **dict.fromkeys(("x",), "x"),
    **dict.fromkeys(("y",), "y"),
    **dict.fromkeys(("w", "width"), "w"),
    **dict.fromkeys(("h", "height"), "h"),
    **dict.fromkeys(("image_id", "image", "file", "file_name", "filename"), "image_id"),
}


class PredictionsError(ValueError):
    """The predictions cannot be read; the text names the row and says what to do."""


class Predictions(NamedTuple):
    """Predictions that were read, in the order of the file.

    Attributes:
      xyxy: (N, 4) float32, pixels of the picture, inside it, with a positive area.
      scores: (N,) float32, in 0..1.
      class_ids: (N,) int32, indices into `classes`.
      classes: the known classes, followed by those that the file adds.
      notes: what was changed or assumed on the way in, one sentence each, for people.
      units: what the coordinates were taken for.
    """

    xyxy: np.ndarray
    scores: np.ndarray
    class_ids: np.ndarray
    classes: tuple[str, ...]
    notes: tuple[str, ...]
    units: Units


class _Row(NamedTuple):
    where: str  # "Entry 3" or "Line 4"
    image: Any
    label: str | int | None  # a name, or a category id
    score: float
    box: tuple[float, float, float, float]


def _error(where: str):
    return lambda message: PredictionsError(f"{where}: {message}")


def _score(value: Any, fail) -> float:
    try:
        score = finite(value)
    except ValueError:
        raise fail("the score must be a number between 0 and 1.") from None
    if not 0 <= score <= 1:
        hint = "If the scores are percentages, divide them by 100." if 1 < score <= 100 else ""
        if not hint:
            hint = "If they are logits, apply a sigmoid first."
        raise fail(f"the score {score:g} is not between 0 and 1. {hint}")
    return score


def _label(value: Any, fail) -> str | int | None:
    """A cleaned class name, or a category id."""
    if value is None:
        return None
    if type(value) is int:
        if not 0 <= value < 1_000_000:
            raise fail("the category id must be a whole number from 0 up.")
        return value
    if not isinstance(value, str):
        raise fail("the class must be a name or a whole number.")
    name = clean_name(value)
    if not name:
        raise fail("the class is empty; give it a name.")
    if len(name) > MAX_NAME:
        raise fail(f"the class name is longer than {MAX_NAME} characters; shorten it.")
    return name


def _first_image(images: list, notes: list[str]) -> list[int]:
    """Positions of the rows that belong to the first image of the file, at most `MAX_ROWS`."""
    first = next((image for image in images if image is not None), None)
    # A row that names no image is kept: it belongs to the only one there is, or is an error to report.
    keep = [i for i, image in enumerate(images) if image is None or image == first]
    if len(keep) < len(images):
        notes.append(f"The file has several images; those of the first were read, {len(keep):,}.")
    if len(keep) > MAX_ROWS:
        raise PredictionsError(
            f"There are {len(keep):,} predictions; at most {MAX_ROWS:,} can be read. "
            "Leave out those with the lowest scores."
        )
    return keep


def _json_rows(text: str, notes: list[str]) -> tuple[list[_Row], dict[int, str]]:
    document = load_json(text, PredictionsError)
    names = {}
    if isinstance(document, dict):
        names = category_names(document.get("categories"))
        for key in ("predictions", "annotations", "results"):
            if key in document:
                document = document[key]
                break
    if not isinstance(document, list):
        raise PredictionsError(
            'The predictions must be a list: [{"category_id": 1, "bbox": [x, y, w, h], "score": 0.9}, ...].'
        )
    images = [e.get("image_id") if isinstance(e, dict) else None for e in document]
    rows = []
    for i in _first_image(images, notes):
        entry, fail = document[i], _error(f"Entry {i + 1}")
        if not isinstance(entry, dict):
            raise fail('it must be an object with "bbox" and "score".')
        keys = ("class", "label", "class_name", "category", "name", "category_id", "class_id")
        label = next((entry[k] for k in keys if k in entry), None)
        score = entry.get("score", entry.get("confidence"))
        if score is None:
            raise fail('there is no "score".')
        rows.append(
            _Row(f"Entry {i + 1}", images[i], _label(label, fail), _score(score, fail), corners(entry, fail))
        )
    return rows, names


def _number(text: str, decimal_comma: bool) -> float:
    # float() alone would also take "nan", "1_000" and digits of other scripts.
    text = text.strip()
    if decimal_comma:
        text = text.replace(",", ".")
    if not text or not set(text) <= set("0123456789.+-eE"):
        raise ValueError
    return finite(float(text))


def _is_number(text: str, decimal_comma: bool) -> bool:
    try:
        _number(text, decimal_comma)
    except ValueError:
        return False
    return True


def _header(cells: list[str]) -> list[str]:
    columns = [_COLUMNS.get(c.strip().casefold(), "") for c in cells]
    has = set(columns)
    if "score" not in has or not ({"x1", "y1", "x2", "y2"} <= has or {"x", "y", "w", "h"} <= has):
        raise PredictionsError(f"The first line names no complete set of columns. Use {_CSV_EXAMPLE}.")
    known = [c for c in columns if c]
    if len(known) != len(has - {""}):
        raise PredictionsError(f"The first line names a column twice. Use {_CSV_EXAMPLE}.")
    return columns


def _csv_rows(text: str, notes: list[str]) -> list[_Row]:
    first = text.lstrip().split("\n", 1)[0]
    delimiter = max("\t;,", key=first.count)
    decimal_comma = delimiter != ","
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
        table = [(reader.line_num, cells) for cells in reader if any(c.strip() for c in cells)]
    except csv.Error:
        raise PredictionsError(f"This is not a CSV file that can be read. Use {_CSV_EXAMPLE}.") from None
    if not table:
        raise PredictionsError(f"There are only empty lines. Use {_CSV_EXAMPLE}.")
    columns = ["class", "score", "x1", "y1", "x2", "y2"]
    # A header has no numbers at all; a row of numbers has five.
    if not any(_is_number(c, decimal_comma) for c in table[0][1]):
        columns = _header(table.pop(0)[1])
    at = {name: i for i, name in enumerate(columns) if name}

    def cell(line: int, cells: list[str], name: str) -> str | None:
        if name not in at:
            return None
        if at[name] >= len(cells):
            raise PredictionsError(say(_TOO_FEW, line=str(line), count=len(cells), example=_CSV_EXAMPLE))
        return cells[at[name]].strip()

    images = [cell(line, cells, "image_id") for line, cells in table]
    rows = []
    for i in _first_image(images, notes) if table else []:
        line, cells = table[i]
        fail = _error(f"Line {line}")
        while len(cells) > len(columns) and not cells[-1].strip():
            cells.pop()  # a separator at the end of the line
        if len(cells) > len(columns):
            told = say(
                _TOO_MANY, line=str(line), count=len(cells), columns=len(columns), example=_CSV_EXAMPLE
            )
            raise PredictionsError(told)
        label: Any = cell(line, cells, "class")
        # isascii: int() would take digits of other scripts too.
        if label and label.isascii() and label.isdigit() and len(label) < 10:
            label = int(label)
        numbers = {}
        for name in ("score", "x1", "y1", "x2", "y2", "x", "y", "w", "h"):
            value = cell(line, cells, name)
            if value is None:
                continue
            try:
                numbers[name] = _number(value, decimal_comma)
            except ValueError:
                raise fail(f"{name} must be an ordinary number, not {clean_name(value)[:20]!r}.") from None
        if "x1" in numbers:
            box = corners([numbers[k] for k in ("x1", "y1", "x2", "y2")], fail)
        else:
            box = corners({"bbox": [numbers[k] for k in ("x", "y", "w", "h")]}, fail)
        rows.append(_Row(f"Line {line}", images[i], _label(label, fail), _score(numbers["score"], fail), box))
    return rows


def _class_ids(
    rows: list[_Row], names: dict[int, str], classes: Sequence[str], notes: list[str]
) -> tuple[list[int], list[str]]:
    """An index for each row, and the classes with those that were added."""
    known = list(classes)
    unnamed = {r.label for r in rows if isinstance(r.label, int) and r.label not in names}
    # Without names in the file: COCO counts from 1; only a file that has a 0 counts from 0.
    start = 0 if 0 in unnamed else 1
    direct = {i for i in unnamed if 0 <= i - start < len(classes) and str(i) not in classes}
    new = {i: f"category {i}" for i in unnamed - direct if str(i) not in classes}
    if direct or new:
        into = {i: classes[i - start] for i in direct}
        how = f"Its category ids were counted from {start} into the scene's classes: " if direct else ""
        notes.append(
            f"The file does not name its categories. {how}{some_of(into | new)}. If that is wrong, write the classes' "
            'names instead of the numbers, or add COCO\'s "categories".'
        )
    ids = []
    for row in rows:
        label = row.label
        if label is None:
            label = classes[0] if len(classes) else DEFAULT_CLASS
        elif isinstance(label, int):
            if label in names:
                label = names[label]
            elif label in direct:
                ids.append(label - start)
                continue
            else:
                label = new.get(label, str(label))
        ids.append(find_class(label, known))
    if any(r.label is None for r in rows):
        notes.append(
            f"Predictions without a class became “{classes[0] if len(classes) else DEFAULT_CLASS}”. Give each a class "
            "to name it otherwise."
        )
    return ids, known


def _text(data: bytes | str) -> str:
    if len(data) > MAX_BYTES:
        raise PredictionsError(
            f"The file is larger than {MAX_BYTES / 1e6:.0f} MB. Keep the predictions of one image only."
        )
    if isinstance(data, bytes | bytearray):
        data = bytes(data)
        # Spreadsheets save "Unicode text" as UTF-16, with a mark in front.
        encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
        try:
            data = data.decode(encoding)
        except UnicodeDecodeError:
            raise PredictionsError("This is not a text file. Choose JSON, or CSV in UTF-8.") from None
    data = data.removeprefix("\ufeff")
    if not data.strip():
        raise PredictionsError(f"The file is empty. Give COCO result JSON, or CSV: {_CSV_EXAMPLE}.")
    return data


def parse_predictions(
    data: bytes | str,
    filename: str,
    classes: Sequence[str],
    width: int,
    height: int,
    *,
    fractions: bool | None = None,
) -> Predictions:
    """Reads predictions for one picture.

    JSON is COCO's result format, `[{"image_id", "category_id", "bbox": [x, y, w, h], "score"}, ...]`; a
    class name, `xyxy` and `x1` ... `y2` are understood too. CSV is `class, score, x1, y1, x2, y2`, with
    or without a header, separated by commas, semicolons or tabs (then a decimal comma is fine); a header
    may name the columns in any order. If there are several images, those of the first are read. Boxes
    that are all fractions (nothing outside 0..1) become pixels. Boxes are cut at the picture's border, and
    those with nothing inside are left out; `notes` say so.

    Args:
      data: the file, bytes or text; at most `MAX_BYTES`, at most `MAX_ROWS` predictions of the image.
      filename: helps to tell JSON from CSV when the content does not.
      classes: known class names. Category ids count from 1 into them, from 0 if the file has a 0,
        unless the file brings its own `categories`.
      width, height: of the picture, in pixels.
      fractions: whether the coordinates are fractions of the picture; None: not known (see `boxes_io.units`).

    Returns:
      The predictions; none for an empty list or a CSV with a header only, and a note that says so.

    Raises:
      PredictionsError: with the number of the entry or line, and what to do. Scores outside 0..1 are
        refused, not rescaled: percentages and logits cannot be told apart with certainty.
    """
    text = _text(data)
    notes: list[str] = []
    names: dict[int, str] = {}
    if text.lstrip()[0] in "[{" or filename.lower().endswith(".json"):
        rows, names = _json_rows(text, notes)
    else:
        rows = _csv_rows(text, notes)
    boxes = np.array([r.box for r in rows], float).reshape(-1, 4)
    if not rows:
        notes.append("The file holds no predictions: its list is empty, or it has a header and no rows.")
    read_as = units(boxes, width, height, fractions, notes)
    if read_as.fractions:
        boxes *= (width, height, width, height)
    cut = np.array([clamp(b, width, height) for b in boxes], np.float32).reshape(-1, 4)
    inside = (cut[:, 2] > cut[:, 0]) & (cut[:, 3] > cut[:, 1])
    if len(rows) and not inside.any():
        raise PredictionsError(
            f"Every box lies outside the picture ({width} x {height}). Are these predictions for another image?"
        )
    if left_out := int((~inside).sum()):
        notes.append(f"Predictions wholly outside the picture were left out: {left_out}.")
    outside = (boxes < 0).any(axis=1) | (boxes > (width, height, width, height)).any(axis=1)
    if trimmed := int((outside & inside).sum()):
        notes.append(f"Boxes that reach outside the picture were cut at its border: {trimmed}.")
    rows = [r for r, ok in zip(rows, inside, strict=True) if ok]
    class_ids, known = _class_ids(rows, names, classes, notes)
    return Predictions(
        cut[inside],
        np.array([r.score for r in rows], np.float32),
        np.array(class_ids, np.int32),
        tuple(known),
        tuple(notes),
        read_as,
    )


def predictions_to_json(predictions: Predictions) -> str:
    """Writes predictions as JSON; `parse_predictions` reads back the same float32 numbers and the same names."""
    rows = zip(predictions.class_ids, predictions.scores, predictions.xyxy, strict=True)
    entries = [
        {
            "class": predictions.classes[int(k)],
            "score": float(str(score)),
            "xyxy": [float(str(v)) for v in box],
        }
        for k, score, box in rows
    ]
    return json.dumps(entries, ensure_ascii=False, separators=(",", ":"))
