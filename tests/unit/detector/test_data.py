"""The pictures that a detector learns from: their boxes are where the objects are."""

import numpy as np
import pytest

from anchorlab.detector import data
from anchorlab.detector.letterbox import letterbox
from anchorlab.scenes import generated


def test_a_scene_is_the_same_at_any_size_and_place():
    small, large = generated.generate(6, 3, 64), generated.generate(2, 3, 256, first=4)
    np.testing.assert_array_equal(small.class_ids[4:], large.class_ids)
    np.testing.assert_allclose(4 * small.boxes[4:], large.boxes, rtol=1e-6)
    assert (generated.generate(6, 3, 64).images == small.images).all()
    assert (generated.generate(6, 4, 64).images != small.images).any()


def test_boxes_are_tight_around_what_is_painted(monkeypatch):
    with_shapes = generated.generate(40, 9, 96)
    paint = generated._paint
    monkeypatch.setattr(generated, "_paint", lambda *_: None)
    without = generated.generate(40, 9, 96)
    monkeypatch.setattr(generated, "_paint", paint)
    for picture, empty, boxes, ids in zip(*with_shapes[:1], without.images, *with_shapes[1:], strict=True):
        rows, columns = np.nonzero((picture != empty).any(-1))
        real = boxes[ids >= 0]
        painted = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
        # The tip of a triangle is finer than a pixel.
        np.testing.assert_allclose(painted, [*real[:, :2].min(0), *real[:, 2:].max(0)], atol=3)
        outside = np.ones(picture.shape[:2], bool)
        for left, top, right, bottom in real:
            outside[int(top) : int(np.ceil(bottom)), int(left) : int(np.ceil(right))] = False
        assert (picture[outside] == empty[outside]).all()


def test_scenes_are_varied():
    examples = generated.generate(200, 1, 64)
    real = examples.class_ids >= 0
    sides = examples.boxes[real][:, 2:] - examples.boxes[real][:, :2]
    assert set(examples.class_ids[real].tolist()) == {0, 1, 2}
    assert set(real.sum(1).tolist()) == set(range(1, generated.MOST_OBJECTS + 1))
    assert np.sqrt(sides.prod(1)).max() > 4 * np.sqrt(sides.prod(1)).min()
    assert examples.boxes.min() >= 0 and examples.boxes.max() <= 64 and sides.min() > 4


@pytest.mark.parametrize(("height", "width"), [(96, 96), (50, 200), (301, 97), (7, 5)])
def test_boxes_come_back_from_the_letterbox(height, width):
    image = np.zeros((height, width, 3), np.uint8)
    image[:] = 200
    square, where = letterbox(image, 96)
    boxes = np.array([[0, 0, width, height], [1, 2, 3, 4]], np.float32)
    np.testing.assert_allclose(where.back(where.boxes(boxes)), boxes, atol=1e-3)
    x1, y1, x2, y2 = np.round(where.boxes(boxes)[0]).astype(int)
    assert square.shape == (96, 96, 3)
    assert (square[y1:y2, x1:x2] == 200).all() and (square == 200).all(-1).sum() == (x2 - x1) * (y2 - y1)


def test_views_show_their_objects_where_they_say():
    image = np.zeros((60, 90, 3), np.uint8)
    image[20:40, 30:70] = 255
    views = data.views(image, [[30, 20, 70, 40]], [1], 64, seed=0, count=40)
    seen = views.class_ids[:, 0] >= 0
    assert seen.sum() > 30
    for picture, (x1, y1, x2, y2) in zip(views.images[seen], views.boxes[seen, 0], strict=True):
        rows, columns = np.nonzero(picture[..., 0] > 150)
        found = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
        np.testing.assert_allclose(found, [x1, y1, x2, y2], atol=2)
