"""Some of all combinations, where all would take too long."""

from collections.abc import Iterable
from itertools import islice
from math import lcm


def sampled(rows: Iterable, columns: Iterable, times: int = 1) -> list[tuple]:
    """Pairs of a row and a column: each row and each column is in `times` of them at least, and no pair comes twice.

    The same pairs in every run, walked along the diagonals of the table: the neighbours of a row meet other columns.
    """
    rows, columns = list(rows), list(columns)
    if not rows or not columns:
        return []
    diagonal = lcm(len(rows), len(columns))
    walk = (
        (rows[k % len(rows)], columns[(k + k // diagonal) % len(columns)])
        for k in range(len(rows) * len(columns))
    )
    return list(islice(walk, times * max(len(rows), len(columns))))
