"""Some of all combinations, where all would take too long: chosen once for all, or another few with each commit."""

import os
import subprocess
from collections.abc import Callable, Iterable
from hashlib import sha256
from itertools import islice
from math import ceil, lcm

import pytest

from tests.places import ROOT


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


def play_some(
    config: pytest.Config, items: list[pytest.Item], folder: str, some: Callable[[dict, str], Iterable]
) -> None:
    """Leaves out, of the tests in a folder, what is not dealt to the commit; all are played where files or tests are named,
    and with `ANCHORLAB_EVERY_CASE`.

    Args:
      some: which items are played, given each test's items by the test's name, which begins with its file, and the commit.
    """
    if os.environ.get("ANCHORLAB_EVERY_CASE") or any(".py" in argument for argument in config.args):
        return
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()
    here = [item for item in items if item.path.is_relative_to(ROOT / folder)]
    tests: dict[str, list[pytest.Item]] = {}
    for item in here:
        tests.setdefault(item.nodeid.partition("[")[0], []).append(item)
    played = {*items} - {*here} | {*some(tests, commit)}
    config.hook.pytest_deselected(items=[item for item in items if item not in played])
    items[:] = [item for item in items if item in played]
