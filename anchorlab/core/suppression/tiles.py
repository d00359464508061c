"""Greedy suppression of many boxes at once, to the same answer as one box after the other.

By the book a round keeps the best box left and holds it against all others: ten thousand kept boxes of ten
thousand are a hundred million comparisons, in ten thousand rounds that wait for each other. Here:

Think of the boxes as a deck of cards, best score on top. Cut the top 256 off: a *tile*. Hold every card of the
tile against every other, once; what comes out is a triangle of bits, "i, the better one, overlaps j too much".
Now strike out in sweeps: keep all; drop whoever a kept card overlaps; that frees some who were dropped by a card
that fell itself; again, until a sweep changes nothing. After sweep k the first k cards are right for good, but a
few sweeps usually settle all 256. Nobody better is left in the deck, so the tile's answer is final.

The kept cards of the tile then strike the rest of the deck, which lies on a long shelf in order of the left
edges (one class after the other). A box as wide as a hand needs to be held only against that hand's breadth of
the shelf: kept boxes go along it in small groups, and a stretch of shelf meets the groups that can reach it. The
best of those that strike a box is the one that suppressed it. Then the next 256 that still wait are cut off.

The work is that of comparing kept boxes with their neighbours; the memory is a few numbers a box.
"""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import lax

from anchorlab.core.iou import Columns
from anchorlab.core.suppression.common import by_score

SMALLEST = 256
"""Boxes that are one tile, and need no shelf."""
CHUNK = 256
"""Boxes of the shelf that are struck at once."""
GROUP = 8
"""Kept boxes that go along the shelf together: few are held against little more than their neighbours, many need fewer
steps."""

_WAITING = -1
_FAR = 3e38  # beyond every box

Rows = tuple[Columns, jax.Array]
"""Boxes, and their classes."""
Rival = Callable[[Rows, Rows], jax.Array]


class _Shelf(NamedTuple):
    """All boxes in order of their left edges, class by class; each (S,), padded.

    Attributes:
      rows: the boxes and their classes.
      begin, end: where on the shelf a box begins and ends. They decide who can meet whom, and no overlap is
        computed from them: rounding shifts them, but never past each other.
      rank: the place of a box in the order of scores; S of padding.
    """

    rows: Rows
    begin: jax.Array
    end: jax.Array
    rank: jax.Array


def _tile(n: int) -> int:
    """Boxes settled at once; measured, as the lengths above: any other power of two gives the same answer.

    Settling takes tile^2 comparisons; but the more are settled together, the closer the kept ones lie along the shelf,
    and the less often it is passed.
    """
    return 128 if n <= 2**10 else 256 if n <= 2**15 else 1024


def suppressors(
    boxes: Columns,
    class_ids: jax.Array,
    takes_part: jax.Array,
    overlaps: Callable[[Columns, Columns], jax.Array],
    *,
    only_touching: jax.Array | bool = True,
) -> jax.Array:
    """Who suppresses whom.

    Args:
      boxes: columns (N,), best score first.
      class_ids: int (N,); only boxes of one class suppress each other.
      takes_part: bool (N,); the others neither suppress nor are suppressed.
      overlaps: whether two boxes overlap too much, symmetric; of columns whose shapes broadcast.
      only_touching: whether boxes that share no x never overlap too much; False compares all. May be traced.

    Returns:
      int32 (N,): the kept box, the first of them, that suppresses this one; its own index if it is kept or
      takes no part.
    """
    n = takes_part.shape[0]
    here = jnp.arange(n, dtype=jnp.int32)

    def rival(a: Rows, b: Rows) -> jax.Array:
        return overlaps(a[0], b[0]) & (a[1] == b[1])

    if n <= SMALLEST:
        size = -(-n // 32) * 32
        rows, waiting = jax.tree.map(lambda v: jnp.pad(v, (0, size - n)), ((boxes, class_ids), takes_part))
        kept, by = _settle(rows, waiting, rival)
        return jnp.where(takes_part & ~kept[:n], by[:n], here)

    length = _tile(n)
    longest = max(length, CHUNK)  # of two powers of two
    size = -(-n // longest) * longest
    shelf = _put_on_shelf(boxes, class_ids, takes_part, size)
    # (S,): the spot on the shelf of every rank; the queue holds those that may still wait, best first.
    spot = jnp.full(size, size, jnp.int32).at[shelf.rank].set(lax.iota(jnp.int32, size), mode="drop")
    part = takes_part.at[shelf.rank].get(mode="fill", fill_value=False)
    by = jnp.where(part, _WAITING, jnp.minimum(shelf.rank, size - 1))  # by spot: the rank of the suppressor
    last = jnp.max(jnp.where(takes_part, here + 1, 0))

    def play(state):
        start, stop, queue, by = state
        spots = lax.dynamic_slice(queue, (start,), (length,))
        tile = jax.tree.map(lambda v: v.at[spots].get(mode="clip"), shelf.rows)
        rank = shelf.rank.at[spots].get(mode="fill", fill_value=size)
        before = by.at[spots].get(mode="fill", fill_value=0)
        waiting = before == _WAITING
        kept, first = _settle(tile, waiting, rival)
        own = jnp.where(kept, rank, rank.at[first].get(mode="clip"))
        by = by.at[spots].set(jnp.where(waiting, own, before), mode="drop")
        start += length
        by = lax.cond(
            start < stop,
            lambda by: _strike(shelf, jnp.where(kept, spots, size), by, rival, only_touching),
            lambda by: by,
            by,
        )
        left = (by == _WAITING).sum(dtype=jnp.int32)
        stop = jnp.where(left > 0, stop, start)
        # Making the queue shorter costs as much as a tile or two: only where a quarter of it has fallen.
        return lax.cond(4 * left < 3 * (stop - start), shorten, lambda state: state, (start, stop, queue, by))

    def shorten(state):
        start, _, queue, by = state
        left = (by.at[queue].get(mode="fill", fill_value=0) == _WAITING) & (
            lax.iota(jnp.int32, size) >= start
        )
        place = jnp.where(left, jnp.cumsum(left, dtype=jnp.int32) - 1, size)
        shorter = jnp.full(size, size, jnp.int32).at[place].set(queue, mode="drop", unique_indices=True)
        return jnp.int32(0), left.sum(dtype=jnp.int32), shorter, by

    *_, by = lax.while_loop(lambda state: state[0] < state[1], play, (jnp.int32(0), last, spot, by))
    return by[spot[:n]]


def _put_on_shelf(boxes: Columns, class_ids: jax.Array, takes_part: jax.Array, size: int) -> _Shelf:
    """The boxes (N,), best score first, in order of their left edges, class by class; who takes no part behind."""
    n = class_ids.shape[0]
    right, left = jnp.where(takes_part, boxes.x2, -_FAR).max(), jnp.where(takes_part, boxes.x1, _FAR).min()
    shift = class_ids.astype(boxes.x1.dtype) * jnp.where(left <= right, right - left + 1, 0)
    begin = jnp.where(takes_part, boxes.x1 + shift, _FAR)
    along = by_score(-begin)

    def put(values: jax.Array, padding: float = 0) -> jax.Array:
        return jnp.pad(values[along], (0, size - n), constant_values=padding)

    return _Shelf(
        rows=jax.tree.map(put, (boxes, class_ids)),
        begin=put(begin, _FAR),
        end=put(jnp.where(takes_part, boxes.x2 + shift, -_FAR), -_FAR),
        rank=jnp.pad(along, (0, size - n), constant_values=size),
    )


def _settle(tile: Rows, waiting: jax.Array, rival: Rival) -> tuple[jax.Array, jax.Array]:
    """Suppression within a tile (T,), best first, T a multiple of 32.

    Returns:
      kept: bool (T,).
      first: int32 (T,), the first kept box of the tile that is a rival; out of range where none is.
    """
    size = waiting.shape[0]
    place = lax.iota(jnp.int32, size)
    across = jax.tree.map(lambda v: v[None, :], tile)

    def word(start):
        """The rivals of 32 boxes, packed: (T,)."""
        rows, better = jax.tree.map(lambda v: lax.dynamic_slice(v, (start,), (32,))[:, None], (tile, place))
        return _pack(rival(rows, across) & (better < place[None, :]))[0]

    # In a loop, so that the tile's columns lie in memory: XLA would gather them again for every pair otherwise.
    relation = lax.map(word, 32 * lax.iota(jnp.int32, size // 32)) & _pack(waiting[:, None])  # (T / 32, T)

    def sweep(state):
        kept, _ = state
        again = waiting & ~jnp.any((relation & _pack(kept[:, None])) != 0, axis=0)
        return again, jnp.any(again != kept)

    kept, _ = lax.while_loop(lambda state: state[1], sweep, (waiting, jnp.bool_(True)))
    return kept, _first(relation & _pack(kept[:, None]))


def _pack(bits: jax.Array) -> jax.Array:
    """bool (32 W, T) as int32 words (W, T): bit r of word w is row 32 w + r."""
    weight = jnp.left_shift(jnp.int32(1), lax.broadcasted_iota(jnp.int32, (1, 32, 1), 1))
    return jnp.where(bits.reshape(-1, 32, bits.shape[1]), weight, 0).sum(axis=1, dtype=jnp.int32)


def _first(words: jax.Array) -> jax.Array:
    """The first row whose bit is set in each column of packed words (W, T): int32 (T,), 2^30 if none is."""
    lowest = lax.population_count((words & -words) - 1)
    start = 32 * lax.broadcasted_iota(jnp.int32, words.shape, 0)
    return jnp.where(words != 0, start + lowest, 2**30).min(axis=0)


def _strike(
    shelf: _Shelf, kept: jax.Array, by: jax.Array, rival: Rival, only_touching: jax.Array | bool
) -> jax.Array:
    """Holds the kept boxes of a tile against all that still wait.

    Args:
      kept: int32 (T,), their spots; S of those that were not kept.
      by: int32 (S,), by spot: the rank of the suppressor, or that the box still waits.

    Returns:
      `by`, with the rank of the best kept rival of every box that has one.
    """
    size = shelf.rank.shape[0]
    kept = lax.sort(kept)  # along the shelf, those that were not kept behind
    rows = jax.tree.map(lambda v: v.at[kept].get(mode="clip"), shelf.rows)
    rank = shelf.rank.at[kept].get(mode="fill", fill_value=size)
    # Groups of kept boxes: where each begins, and how far it and those before it reach.
    begin = shelf.begin.at[kept].get(mode="fill", fill_value=_FAR).reshape(-1, GROUP)[:, 0]
    reach = lax.cummax(shelf.end.at[kept].get(mode="fill", fill_value=-_FAR).reshape(-1, GROUP).max(axis=1))
    groups = (jnp.sum(kept < size, dtype=jnp.int32) + GROUP - 1) // GROUP
    # Stretches of the shelf: the groups before `low` end left of it, those from `high` on begin right of it.
    left = shelf.begin.reshape(-1, CHUNK)[:, 0]
    right = shelf.end.reshape(-1, CHUNK).max(axis=1)
    low = jnp.sum(reach[None, :] < left[:, None], axis=1, dtype=jnp.int32)
    high = jnp.sum(begin[None, :] <= right[:, None], axis=1, dtype=jnp.int32)
    low, high = jnp.where(only_touching, low, 0), jnp.where(only_touching, jnp.minimum(high, groups), groups)

    def over_chunk(c, by):
        theirs = jax.tree.map(lambda v: lax.dynamic_slice(v, (c * CHUNK,), (CHUNK,)), shelf.rows)

        def over_group(g, best):
            for k in range(GROUP):  # written out, so that one pass over the stretch serves the whole group
                one, its_rank = jax.tree.map(
                    lambda v, k=k: lax.dynamic_slice(v, (g * GROUP + k,), (1,)), (rows, rank)
                )
                best = jnp.minimum(best, jnp.where(rival(one, theirs), its_rank, size))
            return best

        best = lax.fori_loop(low[c], high[c], over_group, jnp.full(CHUNK, size, jnp.int32))
        old = lax.dynamic_slice(by, (c * CHUNK,), (CHUNK,))
        return lax.dynamic_update_slice(
            by, jnp.where((old == _WAITING) & (best < size), best, old), (c * CHUNK,)
        )

    occupied = jnp.sum(shelf.begin < _FAR, dtype=jnp.int32)
    return lax.fori_loop(0, (occupied + CHUNK - 1) // CHUNK, over_chunk, by)
