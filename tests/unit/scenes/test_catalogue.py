"""The built-in scenes: their annotation files, and the pictures these describe."""

import ast
import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from anchorlab.scenes import catalogue, drawn, generated, photographs
from anchorlab.scenes.catalogue import ASSETS, SCENES, load_scene

SOURCES = sorted(Path(catalogue.__file__).parent.glob("*.py"))
COUNTS = {
    "coffee": 3,
    "dogcat": 2,
    "cat": 6,
    "astronaut": 7,
    "cameraman": 4,
    "motorcycle": 19,
    "rocket": 12,
    "coins": 24,
    "shapes": 4,
    "hard": 37,
}


def test_every_annotation_file_is_a_scene_and_the_default_comes_first():
    assert sorted(p.stem for p in ASSETS.glob("*.json")) == sorted(SCENES)
    assert next(iter(SCENES)) == "coffee"
    assert {k: v.n for k, v in SCENES.items()} == COUNTS


@pytest.mark.parametrize("scene_id", SCENES)
def test_annotations_are_sound(scene_id):
    info, scene = SCENES[scene_id], load_scene(scene_id)
    assert scene.image.dtype == np.uint8 and scene.image.shape == (info.height, info.width, 3)
    assert (scene.width, scene.height) == (info.width, info.height)
    assert scene.boxes.dtype == np.float32 and scene.boxes.shape == (info.n, 4)
    assert scene.class_ids.dtype == np.int32 and scene.class_ids.shape == (info.n,)
    x1, y1, x2, y2 = scene.boxes.T
    assert (x1 >= 0).all() and (y1 >= 0).all() and (x2 <= info.width).all() and (y2 <= info.height).all()
    assert (x2 - x1 >= 3).all() and (y2 - y1 >= 3).all()
    assert len(np.unique(scene.boxes, axis=0)) == info.n
    # Every class is used, and none is named twice.
    assert sorted(set(scene.class_ids.tolist())) == list(range(len(scene.classes)))
    assert len(set(scene.classes)) == len(scene.classes)


@pytest.mark.parametrize("scene_id", SCENES)
def test_words_for_people(scene_id):
    info = SCENES[scene_id]
    assert info.id == scene_id and info.title and len(info.title) < 30
    assert info.alt.endswith(".") and info.alt.count(". ") == 0 and 30 < len(info.alt) < 250
    assert len(info.credit) > 15
    scene = load_scene(scene_id)
    assert (scene.title, scene.credit, scene.alt) == (info.title, info.credit, info.alt)


def test_coffee_has_its_fixed_boxes():
    scene = load_scene("coffee")
    assert scene.classes == ("saucer", "cup", "spoon")
    assert scene.boxes.tolist() == [[77, 70, 479, 389], [173, 18, 406, 306], [326, 66, 424, 326]]


def test_coins_do_not_overlap_and_hold_what_is_bright():
    scene = load_scene("coins")
    boxes = scene.boxes.astype(int)
    covered = np.zeros(scene.image.shape[:2], int)
    for x1, y1, x2, y2 in boxes:
        covered[y1:y2, x1:x2] += 1
    assert covered.max() == 1
    # Bright pixels are coins, except the paper's edge at the top left.
    bright = scene.image[..., 0] > 150
    bright[:30] = False
    assert covered[bright].mean() > 0.995
    # Tight: each side of a box touches its coin within three pixels.
    smooth = scene.image[..., 0].astype(int)
    for x1, y1, x2, y2 in boxes:
        inside = smooth[y1:y2, x1:x2] > smooth[y1:y2, x1:x2].mean() - 25
        ys, xs = np.nonzero(inside)
        assert xs.min() <= 3 and ys.min() <= 3 and xs.max() >= x2 - x1 - 4 and ys.max() >= y2 - y1 - 4


def test_dogcat_has_the_boxes_of_the_book():
    scene = load_scene("dogcat")
    assert scene.classes == ("dog", "cat") and scene.image.shape == (561, 728, 3)
    expected = np.array([[0.1, 0.08, 0.52, 0.92], [0.55, 0.2, 0.9, 0.88]]) * (728, 561, 728, 561)
    np.testing.assert_allclose(scene.boxes, expected, rtol=1e-6)


@pytest.mark.parametrize("scene_id", drawn.OBJECTS)
def test_annotations_of_drawings_are_what_is_drawn(scene_id):
    entries = json.loads((ASSETS / f"{scene_id}.json").read_text("utf-8"))["boxes"]
    assert [e["class"] for e in entries] == [name for name, _ in drawn.OBJECTS[scene_id]]
    np.testing.assert_allclose([e["xyxy"] for e in entries], [box for _, box in drawn.OBJECTS[scene_id]])


def test_the_annotation_of_a_generated_scene_is_what_is_painted():
    entry = json.loads((ASSETS / "shapes.json").read_text("utf-8"))
    scene = generated.scene(int(entry["source"].partition(":")[2]), entry["image"]["width"])
    real = scene.class_ids[0] >= 0
    assert [e["class"] for e in entry["boxes"]] == [generated.CLASSES[k] for k in scene.class_ids[0, real]]
    np.testing.assert_allclose([e["xyxy"] for e in entry["boxes"]], scene.boxes[0, real], atol=0.051)


def test_hard_is_hard():
    scene = load_scene("hard")
    w, h = (scene.boxes[:, 2:] - scene.boxes[:, :2]).T
    assert (w * h).min() < 40 and (w / h).max() > 20 and (h / w).max() > 14
    x1, y1, x2, y2 = (scene.boxes[:, i] for i in range(4))
    overlap = (np.minimum.outer(x2, x2) > np.maximum.outer(x1, x1)) & (
        np.minimum.outer(y2, y2) > np.maximum.outer(y1, y1)
    )
    assert overlap.sum() - scene.boxes.shape[0] >= 20


def test_arrays_are_shared_and_read_only():
    scene = load_scene("coffee")
    assert load_scene("coffee") is scene
    for array in (scene.image, scene.boxes, scene.class_ids):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


@pytest.mark.parametrize("name", ["", "tea", "../coffee", "coffee.json"])
def test_unknown_scene_lists_the_known_ones(name):
    with pytest.raises(ValueError, match="coffee.*coins"):
        load_scene(name)


def test_a_picture_loads_the_same_twice_and_quickly():
    for scene_id in SCENES:
        first = load_scene(scene_id)
        best = 1.0
        for _ in range(3):
            start = time.perf_counter()
            again = load_scene.__wrapped__(scene_id)
            best = min(best, time.perf_counter() - start)
            np.testing.assert_array_equal(first.image, again.image)
        assert best < 0.15, scene_id  # 0.05 s on a machine that does nothing else


def test_missing_photographs_are_explained(monkeypatch):
    photographs.folder.cache_clear()
    monkeypatch.setattr(photographs.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(FileNotFoundError, match="scikit-image"):
        photographs.folder()
    photographs.folder.cache_clear()


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.name)
def test_no_module_here_imports_streamlit_or_jax(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        assert not {n.split(".")[0] for n in names} & {"streamlit", "jax", "skimage", "plotly"}, path


def test_loading_every_scene_imports_neither_streamlit_nor_jax_nor_skimage():
    code = (
        "import sys\n"
        "from anchorlab.scenes import boxes_io, predictions_io, upload\n"
        "from anchorlab.scenes.catalogue import SCENES, load_scene\n"
        "for s in SCENES: load_scene(s)\n"
        "print([m for m in ('streamlit', 'jax', 'skimage') if m in sys.modules])"
    )
    root = ASSETS.parents[1]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
