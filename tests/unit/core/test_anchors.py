"""Anchors: shapes, order, centres, and the book's own."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from anchorlab.core import anchors as core
from anchorlab.settings.anchors import AnchorSpec


@pytest.mark.parametrize("combine", ["all", "first"])
@pytest.mark.parametrize("ratio_means", ["h/w", "w/h"])
def test_shapes_are_those_of_the_spec(combine, ratio_means):
    spec = AnchorSpec(sizes=(16, 40.5), aspect_ratios=(0.25, 1, 3), combine=combine, ratio_means=ratio_means)
    sizes, ratios = core.pair_sizes_with_ratios(jnp.array(spec.sizes), jnp.array(spec.aspect_ratios), combine)
    np.testing.assert_array_equal(jnp.stack([sizes, ratios], 1), np.array(spec.pairs, np.float32))
    np.testing.assert_allclose(core.shape_sides(sizes, ratios, ratio_means), spec.widths_heights, rtol=1e-6)


def test_unknown_words_are_named():
    with pytest.raises(ValueError, match="^combine must"):
        core.pair_sizes_with_ratios(jnp.ones(1), jnp.ones(1), "some")
    with pytest.raises(ValueError, match="^ratio_means must"):
        core.shape_sides(jnp.ones(1), jnp.ones(1), "r")


def test_a_grid_by_hand():
    #      cell (0, 0)                 cell (0, 1)
    # wide [4, 6, 12, 10]              [20, 6, 28, 10]
    # tall [6, 4, 10, 12]              [22, 4, 26, 12]
    anchors = core.grid_anchors(1, 2, jnp.array([[8.0, 4.0], [4.0, 8.0]]), stride=16)
    assert anchors.tolist() == [[4, 6, 12, 10], [6, 4, 10, 12], [20, 6, 28, 10], [22, 4, 26, 12]]
    corner = core.grid_anchors(1, 2, jnp.array([[8.0, 4.0]]), stride=16, center=0)
    assert corner.tolist() == [[-4, -2, 4, 2], [12, -2, 20, 2]]


def test_any_anchor_alone_is_the_one_of_the_grid():
    sides = jnp.array(AnchorSpec().widths_heights)
    grid = core.grid_anchors(5, 7, sides, stride=12.5)
    some = jnp.array([0, 8, 9, 100, 5 * 7 * 9 - 1])
    one = [jnp.array([number]) for number in (0, 5, 7, 9, 0)]
    levels = core.Levels(*one, jnp.array([[12.5, 12.5]]), sides)
    alone = core.anchors_at(some, levels)
    np.testing.assert_array_equal(alone, grid[some])


def test_a_grid_is_the_closed_form_to_the_last_bit():
    """Row after row, or each anchor from its index alone: with strides and sides that float32 rounds."""
    rows, cols, sides = 9, 31, np.random.default_rng(0).uniform(3, 200, (6, 2)).astype(np.float32)
    for stride, center in ((118.857, 0.5), (33.3, 0.0), (0.1, 0.25)):
        one = [jnp.array([number]) for number in (0, rows, cols, len(sides), 0)]
        levels = core.Levels(*one, jnp.full((1, 2), stride), jnp.array(sides))
        alone = jax.jit(core.anchors_at)(jnp.arange(rows * cols * len(sides)), levels, center=center)
        grid = jax.jit(core.grid_anchors, static_argnums=(0, 1))(
            rows, cols, sides, stride=stride, center=center
        )
        np.testing.assert_array_equal(grid, alone)


def textbook_multibox_prior(height, width, sizes, ratios):
    """The formulas of the chapter, a cell and a shape at a time."""
    pairs = [(s, ratios[0]) for s in sizes] + [(sizes[0], r) for r in ratios[1:]]
    return np.array(
        [
            ((x + 0.5) / width + a * s * r**0.5 * height / width / 2, (y + 0.5) / height + a * s / r**0.5 / 2)
            for y in range(height)
            for x in range(width)
            for s, r in pairs
            for a in (-1, 1)
        ]
    ).reshape(-1, 4)


@pytest.mark.parametrize("ratios", [[1, 2, 0.5], [4, 1, 0.25], [0.5]])
@pytest.mark.parametrize("shape", [(4, 4), (2, 5), (1, 1)])
def test_multibox_prior_is_the_books(shape, ratios):
    sizes = [0.75, 0.5, 0.25]
    anchors = core.multibox_prior(*shape, jnp.array(sizes), jnp.array(ratios, jnp.float32))
    np.testing.assert_allclose(anchors, textbook_multibox_prior(*shape, sizes, ratios), atol=2e-7)


def test_compiles_and_maps():
    strides = jnp.array([8.0, 16.0])
    levels = jax.jit(jax.vmap(lambda stride: core.grid_anchors(2, 2, jnp.ones((3, 2)), stride=stride)))(
        strides
    )
    assert levels.shape == (2, 12, 4)
    np.testing.assert_array_equal(levels[1], core.grid_anchors(2, 2, jnp.ones((3, 2)), stride=16))
