"""All IoUs of anchors with objects, without their matrix.

A hundred thousand anchors and a hundred objects have ten million IoUs: 40 MB, which a rule would write once and read
several times. But rules ask little of them: of an anchor the object it overlaps most, of an object the few anchors that
are its best. So the anchors are cut into blocks of 512. One pass computes a block's IoUs, which stay in the processor's
cache; what is left of it are two numbers an anchor, its best IoU and object, and one an object, the best in the block.

Whoever then wants to know *which* anchors are an object's best looks for the blocks whose best it is, and computes the
object's row there again, by the same steps and so to the same bits. That is done for a handful of blocks an object.
"""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import lax

from anchorlab.core.iou import Columns, columns, iou_of_columns
from anchorlab.core.matching.common import ABSENT, Best

BLOCK = 512
"""Anchors of a block."""
_LAST = 2.0**24


class Overlaps(NamedTuple):
    """The IoUs of anchors with objects, each computed where it is asked for. Rules take it in place of the matrix.

    Attributes:
      anchors: columns (A,).
      objects: columns (G,).
      count: the anchors that are looked at; those behind them are padding, which `anchor_mask` leaves out, too. May
        be traced.
    """

    anchors: Columns
    objects: Columns
    count: jax.Array | int

    @property
    def shape(self) -> tuple[int, int]:
        """(A, G)."""
        return self.anchors.x1.shape[0], self.objects.x1.shape[0]


def overlaps(anchors: jax.Array, gt_boxes: jax.Array, count: jax.Array | int | None = None) -> Overlaps:
    """The IoUs of xyxy boxes (A, 4) with (G, 4), of which the first `count` anchors are real; None: all."""
    return Overlaps(columns(anchors), columns(gt_boxes), anchors.shape[0] if count is None else count)


class Blocks(NamedTuple):
    """IoUs cut into B blocks of anchors; what is masked is ABSENT.

    Attributes:
      tile: of a block's number, the IoUs (G, BLOCK) of all its anchors, whether or not they take part.
      row: of an object and a block's number, the IoUs (BLOCK,) of the anchors that take part.
      takes_part: bool (B, BLOCK).
      filled: how many blocks hold more than padding; may be traced.
    """

    tile: Callable[[jax.Array], jax.Array]
    row: Callable[[jax.Array, jax.Array], jax.Array]
    takes_part: jax.Array
    filled: jax.Array | int


def cut(iou: jax.Array | Overlaps, anchor_mask: jax.Array, gt_mask: jax.Array) -> Blocks:
    """Cuts a matrix (A, G), or IoUs that are not computed yet, into blocks."""
    anchors, objects = iou.shape
    number = -(-anchors // BLOCK)

    def padded(values: jax.Array) -> jax.Array:
        return jnp.pad(values, [(0, 0)] * (values.ndim - 1) + [(0, number * BLOCK - anchors)])

    def part(values: jax.Array, start: jax.Array, size: int) -> jax.Array:
        return lax.dynamic_slice_in_dim(values, start, size, axis=values.ndim - 1)

    if isinstance(iou, Overlaps):
        own, many = jax.tree.map(padded, iou.anchors), iou.objects

        def values(first: jax.Array | int, size: int, block: jax.Array) -> jax.Array:
            here = jax.tree.map(lambda v: part(v, block * BLOCK, BLOCK)[None, :], own)
            return iou_of_columns(jax.tree.map(lambda v: part(v, first, size)[:, None], many), here)

        count = iou.count
    else:
        table = padded(iou.T)

        def values(first: jax.Array | int, size: int, block: jax.Array) -> jax.Array:
            return lax.dynamic_slice(table, (first, block * BLOCK), (size, BLOCK))

        count = anchors

    takes_part = padded(anchor_mask).reshape(-1, BLOCK)

    def row(gt: jax.Array, block: jax.Array) -> jax.Array:
        return jnp.where(takes_part[block] & gt_mask[gt], values(gt, 1, block)[0], ABSENT)

    return Blocks(
        tile=lambda block: jnp.where(gt_mask[:, None], values(0, objects, block), ABSENT),
        row=row,
        takes_part=takes_part,
        filled=(count + BLOCK - 1) // BLOCK,
    )


def first_of(values: jax.Array, best: jax.Array, axis: int = -1) -> jax.Array:
    """The first index along an axis of at most 2^24 where `values` are `best`, which lacks it; 2^24 where none is."""
    # A minimum over numbers, not argmax: several times faster on a processor, and empty-proof. Of integers XLA would
    # first make windows, four times as slow.
    index = lax.broadcasted_iota(jnp.float32, values.shape, axis % values.ndim)
    same = values == jnp.expand_dims(best, axis)
    return jnp.where(same, index, _LAST).min(axis=axis, initial=_LAST).astype(jnp.int32)


def look_over(iou: jax.Array | Overlaps, anchor_mask: jax.Array, gt_mask: jax.Array) -> tuple[Blocks, Best]:
    """Cuts the IoUs (A, G) into blocks, and passes over them once."""
    blocks = cut(iou, anchor_mask, gt_mask)
    count, objects = iou.shape
    number = blocks.takes_part.shape[0]

    def look(block, found):
        iou, gt, of_block = found
        tile = blocks.tile(block)
        best = tile.max(axis=0, initial=ABSENT)
        first = first_of(tile, best, axis=0)
        theirs = jnp.where(blocks.takes_part[block][None, :], tile, ABSENT).max(axis=1)
        return (
            lax.dynamic_update_index_in_dim(iou, best, block, 0),
            lax.dynamic_update_index_in_dim(gt, jnp.where(best >= 0, first, -1), block, 0),
            lax.dynamic_update_index_in_dim(of_block, theirs, block, 0),
        )

    nothing = (
        jnp.full((number, BLOCK), ABSENT),
        jnp.full((number, BLOCK), -1),
        jnp.full((number, objects), ABSENT),
    )
    best_iou, gt, of_block = lax.fori_loop(0, blocks.filled, look, nothing) if number else nothing
    of_block = of_block.T
    anchor_iou = of_block.max(axis=1, initial=ABSENT)
    home = jnp.minimum(first_of(of_block, anchor_iou), max(number - 1, 0))

    def find(found):
        gt, block, best = found
        return block * BLOCK + first_of(blocks.row(gt, block), best)

    gts = lax.iota(jnp.int32, objects)
    anchor = lax.map(find, (gts, home, anchor_iou)) if number * objects else gts
    return blocks, Best(
        best_iou.reshape(-1)[:count],
        gt.reshape(-1)[:count],
        of_block,
        anchor_iou,
        jnp.where(anchor_iou >= 0, anchor, -1),
    )


def takers(blocks: Blocks, best: Best, takes: jax.Array, *, every: jax.Array | bool = True) -> jax.Array:
    """The last object that takes an anchor because it is one of its best: int32 (A,), -1 where none does.

    Args:
      blocks, best: of `look_over`.
      takes: bool (G,), the objects that take anchors.
      every: True: all anchors that share the object's largest IoU; False: the first of them. May be traced.
    """
    objects, number = best.of_block.shape
    if objects * number == 0:
        return jnp.full(best.iou.shape, -1)
    # The blocks that reach an object's best, object by object.
    reach = (best.of_block == best.anchor_iou[:, None]) & (takes & (best.anchor_iou >= 0))[:, None]
    pairs = jnp.nonzero(reach.reshape(-1), size=objects * number, fill_value=0)[0].astype(jnp.int32)

    def take(k, taker):
        gt, block = jnp.divmod(pairs[k], number)
        here = lax.dynamic_index_in_dim(taker, block, 0, keepdims=False)
        claims = blocks.row(gt, block) == best.anchor_iou[gt]
        first = block * BLOCK + lax.iota(jnp.int32, BLOCK) == best.anchor[gt]
        here = jnp.where(claims & (first | every), gt, here)
        return lax.dynamic_update_index_in_dim(taker, here, block, 0)

    nobody = jnp.full((number, BLOCK), -1)
    taken = lax.fori_loop(0, reach.sum(dtype=jnp.int32), take, nobody)
    return taken.reshape(-1)[: best.iou.shape[0]]
