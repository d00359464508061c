"""Some of all combinations, where all would take too long: chosen once for all, or another few with each commit."""

from collections.abc import Iterable
from hashlib import sha256
from itertools import islice
from math import ceil, lcm


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


def dealt(cases: list, name: str, commit: str, share: int) -> list:
    """One case of every `share`, rounded up, at equal distances; where they begin `name` and `commit` decide.

    Any `share` commits in a row may leave a case out; in the long run each comes up as often as the others.
    """
    count = ceil(len(cases) / share)
    first = int(sha256(f"{name} {commit}".encode()).hexdigest(), 16)
    chosen = {(first + k * len(cases) // count) % len(cases) for k in range(count)} if cases else set()
    return [case for k, case in enumerate(cases) if k in chosen]
