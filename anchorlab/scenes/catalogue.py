"""The built-in scenes: a picture, its ground-truth boxes and who made it.

Every scene has one annotation file, `assets/scenes/<id>.json`; its `source` says where the picture
comes from: a file of scikit-image's data folder, a function of `anchorlab.scenes.drawn`, or the
number of a scene of `anchorlab.scenes.generated`. No picture is copied into this repository, and
nothing here needs the network.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from anchorlab.scenes.photographs import read_photo

_PACKAGE = Path(__file__).resolve().parents[1]
# Installed, the annotations are a part of the package; in a clone they lie beside it.
ASSETS = (_PACKAGE if (_PACKAGE / "assets").is_dir() else _PACKAGE.parent) / "assets" / "scenes"

# The order in which scenes are offered: the default first, then from easy to hard.
GENERATED = "shapes"
"""The scene of painted shapes, of the kind that the trained detector knows."""
IDS = (
    "coffee",
    "dogcat",
    "cat",
    "astronaut",
    "cameraman",
    "motorcycle",
    "rocket",
    "coins",
    GENERATED,
    "hard",
)


@dataclass(frozen=True)
class SceneInfo:
    """What is known of a scene before its picture is loaded.

    Attributes:
      id: the name used in links and in `load_scene`.
      title: for people, a few words.
      credit: author and licence, one line.
      alt: one sentence that stands in for the picture in a screen reader.
      classes: class names; a class id is an index into them.
      n: number of ground-truth objects.
      width, height: of the picture, in pixels.
    """

    id: str
    title: str
    credit: str
    alt: str
    classes: tuple[str, ...]
    n: int
    width: int
    height: int


@dataclass(frozen=True, eq=False)
class Scene:
    """A picture with its ground truth. The arrays are shared and read-only: copy before writing.

    Attributes:
      id, title, classes, credit, alt: as in `SceneInfo`.
      image: (H, W, 3) uint8, RGB.
      boxes: (G, 4) float32, xyxy in continuous pixels of `image`.
      class_ids: (G,) int32, indices into `classes`.
    """

    id: str
    title: str
    image: np.ndarray
    boxes: np.ndarray
    class_ids: np.ndarray
    classes: tuple[str, ...]
    credit: str
    alt: str

    @property
    def width(self) -> int:
        return self.image.shape[1]

    @property
    def height(self) -> int:
        return self.image.shape[0]


@cache
def _annotation(scene_id: str) -> dict:
    return json.loads((ASSETS / f"{scene_id}.json").read_text(encoding="utf-8"))


def _info(scene_id: str) -> SceneInfo:
    a = _annotation(scene_id)
    size = a["image"]
    return SceneInfo(
        id=scene_id,
        title=a["title"],
        credit=a["credit"],
        alt=a["alt"],
        classes=tuple(a["classes"]),
        n=len(a["boxes"]),
        width=size["width"],
        height=size["height"],
    )


SCENES: dict[str, SceneInfo] = {scene_id: _info(scene_id) for scene_id in IDS}


def _read_only(array: np.ndarray) -> np.ndarray:
    array.flags.writeable = False
    return array


@cache
def load_scene(scene_id: str) -> Scene:
    """Loads a built-in scene; the second call returns the same object.

    Args:
      scene_id: a key of `SCENES`.

    Returns:
      The scene, its arrays read-only.

    Raises:
      ValueError: there is no such scene; the text lists those there are.
    """
    if scene_id not in SCENES:
        raise ValueError(f"There is no scene {scene_id!r}. Known scenes: {', '.join(SCENES)}.")
    a, info = _annotation(scene_id), SCENES[scene_id]
    kind, _, name = a["source"].partition(":")
    if kind == "drawn":
        from anchorlab.scenes import drawn

        image = np.array(drawn.PICTURES[name]())
    elif kind == "generated":
        from anchorlab.scenes import generated

        image = generated.scene(int(name), info.width).images[0]
    else:
        image = read_photo(name)
    return Scene(
        id=scene_id,
        title=info.title,
        image=_read_only(image),
        boxes=_read_only(np.array([b["xyxy"] for b in a["boxes"]], np.float32).reshape(-1, 4)),
        class_ids=_read_only(np.array([info.classes.index(b["class"]) for b in a["boxes"]], np.int32)),
        classes=info.classes,
        credit=info.credit,
        alt=info.alt,
    )
