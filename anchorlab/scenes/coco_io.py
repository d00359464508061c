"""Whole sets in COCO's form: annotations ("instances") and results, of any number of images.

What comes in is not trusted: it is checked entry by entry, and a `CocoError` says which entry is wrong and what to do.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, NamedTuple

import numpy as np

from anchorlab.scenes.boxes_io import category_names, clean_name, finite, load_json

MAX_MEGABYTES = 40
"""Of a file: COCO's own annotations of 5,000 images have 20."""
MAX_NAME = 60

Fail = Callable[[str], Exception]


class CocoError(ValueError):
    """The file cannot be read; the text names the entry and says what to do."""


class Truth(NamedTuple):
    """The objects of a set, G of them.

    Attributes:
      image_id, class_id: int (G,), places among `images` and `classes`.
      xyxy: float64 (G, 4).
      area: float64 (G,), as the file says, else that of the box.
      crowd: bool (G,).
      images, classes: names.
      image_places, class_places: of the ids in the file.
      notes: what was assumed, one sentence each, for people.
    """

    image_id: np.ndarray
    class_id: np.ndarray
    xyxy: np.ndarray
    area: np.ndarray
    crowd: np.ndarray
    images: tuple[str, ...]
    classes: tuple[str, ...]
    image_places: dict[Hashable, int]
    class_places: dict[int, int]
    notes: tuple[str, ...]


class Found(NamedTuple):
    """N detections of a set, in the order of the file.

    Attributes:
      image_id, class_id: int (N,), places among the images and classes of the annotations.
      score: float64 (N,).
      xyxy: float64 (N, 4).
      notes: what was left out, one sentence each, for people.
    """

    image_id: np.ndarray
    class_id: np.ndarray
    score: np.ndarray
    xyxy: np.ndarray
    notes: tuple[str, ...]


def _document(data: bytes, what: str) -> Any:
    if len(data) > MAX_MEGABYTES * 1_000_000:
        raise CocoError(
            f"The file is larger than {MAX_MEGABYTES} MB. Keep fewer images, or the best detections of each."
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CocoError("This is not a text file. Choose JSON in UTF-8.") from None
    if not text.strip():
        raise CocoError(f"The file is empty. Choose COCO’s {what}.")
    return load_json(text, CocoError)


def _entries(entries: Any, noun: str) -> list[tuple[dict, Fail]]:
    """Each entry with what makes an error of it, which names it."""
    found = []
    for k, entry in enumerate(entries, 1):

        def fail(message: str, k: int = k) -> Exception:
            return CocoError(f"{noun} {k}: {message}")

        if not isinstance(entry, dict):
            raise fail("it must be an object.")
        found.append((entry, fail))
    return found


def _box(entry: dict, fail: Fail) -> tuple[float, float, float, float]:
    box = entry.get("bbox")
    if not isinstance(box, list) or len(box) != 4:
        raise fail('"bbox" must be [x, y, width, height].')
    try:
        x, y, w, h = map(finite, box)
    except ValueError:
        raise fail('"bbox" must hold four ordinary numbers.') from None
    if w < 0 or h < 0:
        raise fail(f'"bbox" is [x, y, width, height]; its width {w:g} and height {h:g} must not be negative.')
    return x, y, x + w, y + h


def _number(entry: dict, name: str, fail: Fail) -> float:
    try:
        return finite(entry.get(name))
    except ValueError:
        raise fail(f'"{name}" must be an ordinary number.') from None


def _image(entry: dict, name: str, fail: Fail) -> Hashable:
    image = entry.get(name)
    if type(image) not in (int, str):
        raise fail(f'"{name}" must be a whole number or a text.')
    return image


def _boxes(rows: list) -> np.ndarray:
    return np.array(rows, np.float64).reshape(-1, 4)


def parse_annotations(data: bytes) -> Truth:
    """Reads COCO's annotations: {"images", "categories", "annotations"}.

    Annotations are {"image_id", "category_id", "bbox": [x, y, width, height]} with "area" and "iscrowd" where they have
    them. Without "images" these are the annotated ones, without "categories" their ids are the names.

    Raises:
      CocoError: with the number of the entry, from 1, and what to do.
    """
    document = _document(data, "annotations (“instances”)")
    if isinstance(document, list):
        raise CocoError(
            "This is a list, as results are. Annotations are an object with “annotations” and “categories”."
        )
    if not isinstance(document, dict) or not isinstance(document.get("annotations"), list):
        raise CocoError("There is no list of “annotations”. Choose COCO’s annotations (“instances”).")
    notes = []
    images: dict[Hashable, str] = {}
    listed = document.get("images")
    for entry, fail in _entries(listed if isinstance(listed, list) else [], "Image"):
        image = _image(entry, "id", fail)
        images[image] = clean_name(str(entry.get("file_name", image)))[:MAX_NAME] or str(image)
    names = category_names(document.get("categories"))
    open_images, open_classes = not images, not names
    rows, boxes, areas = [], [], []
    for entry, fail in _entries(document["annotations"], "Annotation"):
        image, category = _image(entry, "image_id", fail), entry.get("category_id")
        if type(category) is not int:
            raise fail('"category_id" must be a whole number.')
        if open_images:
            images.setdefault(image, str(image))
        elif image not in images:
            raise fail(f"its image {image} is not among “images”.")
        if open_classes:
            names.setdefault(category, f"category {category}")
        elif category not in names:
            raise fail(f"its category {category} is not among “categories”.")
        box = _box(entry, fail)
        crowd = entry.get("iscrowd", 0)
        if type(crowd) not in (int, bool) or crowd not in (0, 1):
            raise fail('"iscrowd" must be 0 or 1.')
        rows.append((image, category, bool(crowd)))
        boxes.append(box)
        areas.append(
            _number(entry, "area", fail) if "area" in entry else (box[2] - box[0]) * (box[3] - box[1])
        )
    if open_classes and names:
        notes.append("The file does not name its categories: their numbers stand for them.")
    image_places = {image: k for k, image in enumerate(sorted(images, key=lambda i: (isinstance(i, str), i)))}
    class_places = {category: k for k, category in enumerate(sorted(names))}
    return Truth(
        np.array([image_places[image] for image, *_ in rows], int),
        np.array([class_places[category] for _, category, _ in rows], int),
        _boxes(boxes),
        np.array(areas, np.float64),
        np.array([crowd for *_, crowd in rows], bool),
        tuple(images[image] for image in image_places),
        tuple(names[category] for category in class_places),
        image_places,
        class_places,
        tuple(notes),
    )


def parse_results(data: bytes, truth: Truth) -> Found:
    """Reads COCO's results, [{"image_id", "category_id", "bbox": [x, y, width, height], "score"}, ...], of a set.

    Detections of categories that nobody annotated are left out, and a note says so, as COCO leaves them out.

    Raises:
      CocoError: with the number of the entry, from 1, and what to do; also for an image that is not in the set.
    """
    document = _document(data, "results")
    if not isinstance(document, list):
        raise CocoError(
            'Results must be a list: [{"image_id": 1, "category_id": 1, "bbox": [x, y, w, h], "score": 0.9}, ...].'
        )
    rows, boxes, unknown = [], [], 0
    for entry, fail in _entries(document, "Entry"):
        image, category = _image(entry, "image_id", fail), entry.get("category_id")
        if image not in truth.image_places:
            raise fail(
                f"its image {image} is not among the annotated ones. Are these results of another set?"
            )
        if type(category) is not int:
            raise fail('"category_id" must be a whole number.')
        box, score = _box(entry, fail), _number(entry, "score", fail)
        if category not in truth.class_places:
            unknown += 1
            continue
        rows.append((truth.image_places[image], truth.class_places[category], score))
        boxes.append(box)
    columns = list(zip(*rows, strict=True)) or [(), (), ()]
    notes = (
        (f"Detections of categories that are not annotated were left out: {unknown:,}.",) if unknown else ()
    )
    return Found(
        np.array(columns[0], int),
        np.array(columns[1], int),
        np.array(columns[2], np.float64),
        _boxes(boxes),
        notes,
    )
