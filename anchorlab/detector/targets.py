"""What a detector is asked to learn: its anchors, which object each has, and the offsets to it.

The same as `engine.match` and `engine.encode`, but within a compiled step and for many pictures at once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from anchorlab import engine
from anchorlab.catalogue.coders import coder_of
from anchorlab.catalogue.matching import rule_of
from anchorlab.core.matching.blocks import overlaps
from anchorlab.core.matching.common import Matches
from anchorlab.engine.matching import level_tables
from anchorlab.settings.coding import CoderSpec
from anchorlab.settings.matching import RuleSpec
from anchorlab.settings.pyramids import PyramidSpec


class Layout(NamedTuple):
    """The anchors of one size of picture, as a compiled step needs them.

    Attributes:
      anchors: xyxy pixels (A, 4); (0, 0, 1, 1) where clipping left no area.
      cell_sides: pixels (A, 2).
      takes_part: bool (A,); the others are ignored.
      levels, shape_level: of a rule that reads levels.
      places: cells of all levels.
    """

    anchors: np.ndarray
    cell_sides: np.ndarray
    takes_part: np.ndarray
    levels: NamedTuple
    shape_level: np.ndarray
    places: int


def layout(spec: PyramidSpec, height: int, width: int) -> Layout:
    """The anchors over a picture of that size, in pixels."""
    anchors = engine.generate_anchors(spec, height, width)
    has_area = anchors.has_area
    takes_part = has_area & (anchors.inside if spec.border == "ignore" else True)
    unit = np.array([0, 0, 1, 1], np.float32)
    levels, shape_level = level_tables(anchors)
    return Layout(
        np.where(has_area[:, None], anchors.xyxy, unit),
        anchors.cell_sides,
        takes_part,
        jax.tree.map(jnp.asarray, levels),
        jnp.asarray(shape_level),
        sum(level.rows * level.cols for level in anchors.levels),
    )


class Target(NamedTuple):
    """What the anchors of pictures are to say.

    Attributes:
      label: int8 (..., A); 1 positive, 0 negative, -1 takes no part.
      gt_index: int32 (..., A), the object of a positive.
      classes: float32 (..., A, C), 1 for the class of a positive.
      boxes: (..., A, 4), the object of a positive, of others the anchor itself.
      offsets: (..., A, 4), from the anchor to that box.
    """

    label: jax.Array
    gt_index: jax.Array
    classes: jax.Array
    boxes: jax.Array
    offsets: jax.Array


def targets_of(
    here: Layout, rule: RuleSpec, coder: CoderSpec, classes: int
) -> Callable[[jax.Array, jax.Array], Target]:
    """A function of the objects of one picture, boxes (G, 4) and class ids (G,), -1 for padding; `jax.vmap` makes it one
    of many."""
    anchors, match = jnp.asarray(here.anchors), _matcher(here, rule)

    def targets(boxes: jax.Array, class_ids: jax.Array) -> Target:
        found = match(boxes, class_ids >= 0)
        positive = found.label == 1
        # An anchor without an object is its own: what is not counted must still have offsets.
        theirs = jnp.where(positive[:, None], boxes[found.gt_index], anchors)
        class_id = jnp.where(positive, class_ids[found.gt_index], -1)
        offsets = encode(anchors, theirs, jnp.asarray(here.cell_sides), coder)
        return Target(found.label, found.gt_index, jax.nn.one_hot(class_id, classes), theirs, offsets)

    return targets


def _matcher(here: Layout, spec: RuleSpec) -> Callable[[jax.Array, jax.Array], Matches]:
    """The rule as a function of boxes (G, 4), and of which of them are real."""
    rule, anchors = rule_of(spec), jnp.asarray(here.anchors)

    def match(boxes: jax.Array, real: jax.Array) -> Matches:
        settings = vars(spec) | {"anchor_mask": jnp.asarray(here.takes_part), "gt_mask": real}
        if rule.reads == "levels":
            # Padding must have an area.
            boxes = jnp.where(real[:, None], boxes, jnp.array([0.0, 0.0, 1.0, 1.0])[None])
            found = rule.match(anchors, boxes, here.levels, here.shape_level, **settings)
        else:
            found = rule.match(overlaps(anchors, boxes), **settings)
        return found if isinstance(found, Matches) else found[0]

    return match


def encode(anchors: jax.Array, boxes: jax.Array, cell_sides: jax.Array, spec: CoderSpec) -> jax.Array:
    """Boxes (..., 4) as offsets from anchors of the same shape, cells having those sides (..., 2)."""
    coder = coder_of(spec)
    return coder.encode(anchors, boxes, **coder.encoding(spec, cell_sides))


def decode(anchors: jax.Array, offsets: jax.Array, cell_sides: jax.Array, spec: CoderSpec) -> jax.Array:
    """The boxes that such offsets say."""
    coder = coder_of(spec)
    return coder.decode(anchors, offsets, **coder.decoding(spec, cell_sides))
