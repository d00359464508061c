"""The scene on the table: a built-in one, an upload of this session, or the empty place of a lost upload."""

from __future__ import annotations

import hashlib
import io
import math
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageOps

from anchorlab.catalogue.libraries.demo_scenes import DEMO_SCENES
from anchorlab.scenes import boxes_io, catalogue, upload
from anchorlab.session import store
from anchorlab.session.app_state import UPLOAD, AppState, Objects, Selection

JPEG_QUALITY = 90
UPLOADS_KEPT = 5
# Of an upload's encoded form: as text it must fit into the browser tab's storage of five million characters.
KEPT_BYTES = 2_400_000
_MIMES = {"PNG": "image/png", "JPEG": "image/jpeg"}


@dataclass(frozen=True, eq=False)
class Photo:
    """A picture as the browser gets it.

    Attributes:
      id: changes with the picture.
      data: an encoded image (`mime`).
      brightness: how far the canvas dims it, so that light photos and dark ones leave marks equally clear.
      squares: pixels; the side of a square if this is squared paper, which the browser draws: then there is no data.
    """

    id: str
    data: bytes
    mime: str
    width: int
    height: int
    brightness: float
    squares: float = 0.0


@dataclass(frozen=True, eq=False)
class Upload:
    """A decoded upload and its encoded form."""

    title: str
    picture: upload.Picture
    photo: Photo


@dataclass(frozen=True, eq=False)
class Scene:
    """What the pages work on.

    Attributes:
      objects: the ground truth, edited or the scene's own.
      scale: pixels of this picture for each pixel of the original file.
      lost: an upload that this session does not have.
    """

    id: str
    title: str
    alt: str
    credit: str
    photo: Photo
    objects: Objects
    scale: float = 1.0
    lost: bool = False

    @cached_property
    def boxes(self) -> np.ndarray:
        """Those of the objects, (G, 4) float32."""
        return arrays(self.objects)[0]

    @cached_property
    def class_ids(self) -> np.ndarray:
        """(G,) int32."""
        return arrays(self.objects)[1]

    @property
    def width(self) -> int:
        return self.photo.width

    @property
    def height(self) -> int:
        return self.photo.height

    @property
    def classes(self) -> tuple[str, ...]:
        return self.objects.classes


def brightness(rgb: np.ndarray) -> float:
    """clip((.18 / P95)^(1 / 2.2), .45, .8), P95 of relative luminance: bright photos are dimmed most."""
    linear = (rgb[::4, ::4].astype(np.float32) / 255) ** 2.2
    p95 = float(np.percentile(linear @ np.array([0.2126, 0.7152, 0.0722], np.float32), 95))
    return float(np.clip((0.18 / max(p95, 1e-6)) ** (1 / 2.2), 0.45, 0.8))


def encode(rgb: np.ndarray, *, drawn: bool = False, most: int | None = None) -> Photo:
    """Encodes a picture for the browser: JPEG for photographs, PNG for flat drawings.

    Args:
      most: bytes it may have; more are avoided by a lower quality.
    """
    image = Image.fromarray(rgb)

    def saved(kind: str, **how) -> bytes:
        out = io.BytesIO()
        image.save(out, kind, **how)
        return out.getvalue()

    if drawn:
        return _photo(saved("PNG", optimize=True), "PNG", rgb)
    data = saved("JPEG", quality=JPEG_QUALITY, subsampling=0)
    for quality in (80, 70, 50, 30):
        if most is not None and len(data) > most:
            data = saved("JPEG", quality=quality, subsampling=2)
    return _photo(data, "JPEG", rgb)


def _photo(data: bytes, kind: str, rgb: np.ndarray) -> Photo:
    height, width = rgb.shape[:2]
    return Photo(
        id=hashlib.sha256(data).hexdigest()[:16],
        data=data,
        mime=_MIMES[kind],
        width=width,
        height=height,
        brightness=brightness(rgb),
    )


@cache
def _builtin(scene_id: str) -> tuple[catalogue.Scene, Photo, Objects]:
    scene = catalogue.load_scene(scene_id)
    own = Objects(
        tuple(tuple(float(v) for v in box) for box in scene.boxes),
        tuple(int(c) for c in scene.class_ids),
        tuple(scene.classes),
    )
    return scene, encode(scene.image, drawn=scene_id in ("dogcat", "hard")), own


@lru_cache(maxsize=8)
def _placeholder(width: int, height: int) -> Photo:
    """An empty picture of an upload's size: its boxes are still true, only the photo is gone."""
    image = Image.new("RGB", (width, height), "#5A6170")
    draw = ImageDraw.Draw(image)
    for x in range(-height, width, 48):
        draw.line([(x, height), (x + height, 0)], fill="#656D7D", width=10)
    return encode(np.asarray(image), drawn=True)


@cache
def thumbnail(scene_id: str) -> np.ndarray:
    """A small view of a built-in scene for the scene menu, cut to 4 : 3."""
    image = Image.fromarray(catalogue.load_scene(scene_id).image)
    return np.asarray(ImageOps.fit(image, (240, 180)))


def pixels(scene_id: str, photo: Photo) -> np.ndarray:
    """A scene's picture, uint8 (H, W, 3); an upload as the browser shows it."""
    if scene_id in catalogue.SCENES:
        return catalogue.load_scene(scene_id).image
    return np.asarray(Image.open(io.BytesIO(photo.data)).convert("RGB"))


def original_size(of: Scene) -> tuple[int, int]:
    """(width, height) of the file the picture came from: boxes go in and out in its pixels."""
    if of.id == UPLOAD and not of.lost:
        picture = _upload().picture
        return picture.width, picture.height
    return of.width, of.height


def arrays(objects: Objects) -> tuple[np.ndarray, np.ndarray]:
    return (
        np.asarray(objects.boxes, np.float32).reshape(-1, 4),
        np.asarray(objects.class_ids, np.int32).reshape(-1),
    )


@lru_cache(maxsize=64)
def drawing(name: str) -> Scene:
    """A demo scene's objects on squared paper: squares of 1, 10 or 100 pixels."""
    demo = DEMO_SCENES[name]
    squares = 10.0 ** math.floor(math.log10(max(demo.width, 10) / 2))
    photo = Photo(f"paper {name}", b"", "", demo.width, demo.height, 1.0, squares)
    boxes = demo.objects if demo.kind in ("labels", "coder") else ()
    objects = Objects(
        boxes, tuple(range(len(boxes))), tuple(f"object {k + 1}" for k in range(max(1, len(boxes))))
    )
    return Scene("case", demo.title, f"A drawing: {demo.title}.", "", photo, objects)


def _upload() -> Upload | None:
    """The present app state's picture, if this session has it."""
    return store.session().uploads.get(store.app().upload_id)


def built_in(scene_id: str, objects: Objects | None = None) -> Scene:
    """A built-in scene with these objects, or its own."""
    known, photo, own = _builtin(scene_id)
    return Scene(known.id, known.title, known.alt, known.credit, photo, objects or own)


def predicted_on(here: Scene, app: AppState) -> Scene:
    """What the app state's predictions lie on: its own scene, the book's dog and cat, or a demo scene's drawing."""
    if app.source == "book":
        return built_in("dogcat")
    if app.source == "example" and app.example in DEMO_SCENES:
        return drawing(app.example)
    return here


def current() -> Scene:
    """The scene of this session's lab."""
    app = store.app()
    if app.scene == UPLOAD:
        up = _upload()
        here = up is not None
        return Scene(
            id=UPLOAD,
            title=up.title if here else "Your picture",
            alt="Your picture." if here else "The place of an uploaded picture that is no longer here.",
            credit="Your own picture; this session and this browser tab have it, and no server stores it.",
            photo=up.photo if here else _placeholder(*app.upload_size),
            objects=app.objects or Objects(classes=("object",)),
            scale=up.picture.scale if here else 1.0,
            lost=not here,
        )
    return built_in(app.scene, app.objects)


def open_upload(data: bytes, title: str, **changes: Any) -> None:
    """Decodes an uploaded picture and makes it the scene.

    Boxes of a lost upload of the same size are kept: its picture has come back.

    Args:
      changes: fields of the app state that change with it, in the same step of undo.

    Raises:
      upload.ImageError: it is no picture this page opens; the text says why. The scene stays.
    """
    picture = upload.decode_image(data)
    drawn = picture.format in ("PNG", "GIF") and picture.rgb.nbytes < 1_500_000
    photo = encode(picture.rgb, drawn=drawn, most=KEPT_BYTES)
    s = store.session()
    size = (photo.width, photo.height)
    returned = s.app.scene == UPLOAD and _upload() is None and s.app.upload_size == size
    new = (
        replace(s.app, upload_id=photo.id, **changes)
        if returned
        else replace(
            s.app,
            scene=UPLOAD,
            upload_size=size,
            upload_id=photo.id,
            objects=Objects(classes=("object",)),
            offsets=None,
            selection=Selection(),
            **changes,
        )
    )
    store.check_count(new)
    if not returned:
        store.remember()
    _hold(Upload(title=title, picture=picture, photo=photo))
    s.app = new
    s.errors.clear()


def bring_back(data: bytes, title: str, width: int, height: int) -> None:
    """Takes the app state's lost upload from what the browser tab kept of it: the very bytes that were shown.

    What comes from a browser may be anything: it is decoded as any upload is, and must be the picture that the app state
    names, of the app state's size.

    Args:
      width, height: of the file it was made from.

    Raises:
      upload.ImageError: it is no picture, or another one.
    """
    of = store.app()
    picture = upload.decode_image(data)
    size = (picture.rgb.shape[1], picture.rgb.shape[0])
    if picture.format not in _MIMES or picture.scale < 1 or size != of.upload_size:
        raise upload.ImageError("This is not the picture as it was shown.")
    photo = _photo(data, picture.format, picture.rgb)
    if photo.id != of.upload_id:
        raise upload.ImageError("This is another picture.")
    _hold(Upload(title=title, picture=upload.of_original(picture, width, height), photo=photo))


def _hold(up: Upload) -> None:
    """Undo goes back to earlier pictures; of very many only the latest are held."""
    uploads = store.session().uploads
    uploads.pop(up.photo.id, None)
    uploads[up.photo.id] = up
    for old in list(uploads)[:-UPLOADS_KEPT]:
        del uploads[old]


def kept(of: Scene) -> dict | None:
    """What the browser tab keeps beside the bytes of the picture shown, if that is an upload."""
    if of.id != UPLOAD or of.lost:
        return None
    width, height = original_size(of)
    return {"title": of.title, "width": width, "height": height}


def set_objects(boxes, class_ids, classes, source: str = "boxes") -> None:
    """Replaces the ground truth, clamped to the picture; boxes without area and classes without boxes are left out."""
    width, height = store.size_of(store.app())
    kept, ids = [], []
    names = tuple(boxes_io.clean_name(str(name)[:40]) or "object" for name in classes) or ("object",)
    for box, class_id in zip(boxes, class_ids, strict=True):
        x1, y1, x2, y2 = (float(v) for v in box)
        x1, x2 = sorted((min(max(x1, 0.0), width), min(max(x2, 0.0), width)))
        y1, y2 = sorted((min(max(y1, 0.0), height), min(max(y2, 0.0), height)))
        if np.isfinite([x1, y1, x2, y2]).all() and x2 - x1 > 0 and y2 - y1 > 0:
            kept.append((x1, y1, x2, y2))
            ids.append(int(class_id) if 0 <= int(class_id) < len(names) else 0)
    objects = Objects(tuple(kept), tuple(ids), names).without_unused_classes()
    store.change(source, objects=objects, offsets=None)
