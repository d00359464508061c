"""Drawn scenes: the picture fills its boxes, measured on the pixels."""

import numpy as np
import pytest

from anchorlab.scenes import drawn


def _changed(background, figures):
    """The box of the pixels that the figures change."""
    plain = np.asarray(drawn._paint(background.copy(), [])).astype(int)
    painted = np.asarray(drawn._paint(background.copy(), figures)).astype(int)
    ys, xs = np.nonzero(np.abs(plain - painted).max(axis=2) > 8)
    return xs.min(), ys.min(), xs.max() + 1, ys.max() + 1


def test_fit_meets_the_box_exactly():
    box = (3.25, -2.0, 40.5, 17.125)
    for flip in (False, True):
        np.testing.assert_allclose(drawn.bounds(drawn.fit(drawn._small_dog(), box, flip=flip)), box)


def test_flip_mirrors():
    figure = drawn._polygon([(0, 0), (10, 0), (0, 5)], "#000000")
    ((points, _),) = drawn.fit(figure, (0, 0, 10, 5), flip=True)
    np.testing.assert_allclose(points, [(10, 0), (0, 0), (10, 5)])


@pytest.mark.parametrize(("figure", "entry"), [(drawn._dog, 0), (drawn._cat, 1)])
def test_animals_fill_their_boxes(figure, entry):
    box = drawn.DOGCAT[entry][1]
    background = drawn._canvas(drawn.DOGCAT_SIZE, "#FF00FF")
    np.testing.assert_allclose(_changed(background, [drawn.fit(figure(), box)]), box, atol=1)


def test_every_object_of_the_harbour_fills_its_box():
    figures = drawn._hard_figures()
    assert len(figures) == len(drawn.HARD)
    for figure, (name, box) in zip(figures, drawn.HARD, strict=True):
        np.testing.assert_allclose(drawn.bounds(figure), box, atol=1e-9)
        background = drawn._canvas(drawn.HARD_SIZE, "#00FF00")
        np.testing.assert_allclose(_changed(background, [figure]), box, atol=1.01, err_msg=name)


@pytest.mark.parametrize("name", drawn.PICTURES)
def test_drawings_are_deterministic(name):
    first, second = (np.asarray(drawn.PICTURES[name]()) for _ in range(2))
    np.testing.assert_array_equal(first, second)
