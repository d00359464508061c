"""Several ways to one answer, timed in turns: what the machine does beside hits all of them alike."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import jax

Calls = dict[str, Callable[[], Any]]
"""By the column of the table: 'NumPy', 'torchvision', 'core', 'engine', ... Each call returns when its answer is there."""
OURS = ("core", "engine", "GPU")
"""Columns that are ours: the ratios say how many times as long every other one takes."""


@dataclass(frozen=True)
class Row:
    """One line of a table.

    Attributes:
      what: the case in words.
      milliseconds: the median of each call, by column.
      first: the milliseconds of each first call, which may compile.
      answers: what each first call gave.
      notes: further cells, by column.
    """

    what: str
    milliseconds: dict[str, float] = field(default_factory=dict)
    first: dict[str, float] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)


processor_time = False
"""Whether to count what all threads of this process compute instead of the time that passes: what stays comparable on
a machine that is busy with other work. A call that uses several cores looks slower so, never quicker."""

Section = Callable[[], Iterator[Row]]
"""A part of the benchmark, one table; the first line of its docstring is the heading."""


def interleaved(what: str, calls: Calls, *, seconds: float = 1.0, least: int = 3, most: int = 40) -> Row:
    """Times all calls in turns: each at most `most` times, and no longer than `seconds`, but `least` times.

    A call that takes longer than `seconds` has two turns in all: its first one counts, too, unless it is ours.
    """
    answers, first = {}, {}
    for name, call in calls.items():
        answers[name], first[name] = _timed(call)
    times = {name: [] for name in calls}
    for name, elapsed in first.items():
        if elapsed > 1e3 * seconds and name not in OURS:
            times[name] = [elapsed] * (least - 1)
    for _ in range(most):
        for name, call in calls.items():
            if len(times[name]) < least or sum(times[name]) < 1e3 * seconds:
                times[name].append(_timed(call)[1])
    return Row(what, {name: statistics.median(times[name]) for name in calls}, first, answers)


def _timed(call: Callable[[], Any]) -> tuple[Any, float]:
    """What it gives, and the milliseconds it took."""
    clock = time.process_time if processor_time else time.perf_counter
    start = clock()
    answer = jax.block_until_ready(call())
    return answer, 1e3 * (clock() - start)


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def gpu() -> jax.Device | None:
    """The graphics card that JAX has, or None."""
    device = jax.devices()[0]
    return None if device.platform == "cpu" else device


def cpu() -> jax.Device:
    """The processor, also where JAX has a graphics card."""
    return jax.devices("cpu")[0]


def show(section: Section) -> list[Row]:
    """Prints a section as Markdown tables, line by line as it is measured."""
    print(f"\n## {section.__doc__.splitlines()[0].rstrip('.')}")
    rows, head = [], []
    for row in section():
        cells = _cells(row)
        if list(cells) != head:  # some cases have columns of their own
            head = list(cells)
            print(f"\n| {' | '.join(head)} |\n|{'---|' * len(head)}")
        print(f"| {' | '.join(cells.values())} |", flush=True)
        rows.append(row)
    return rows


def _cells(row: Row) -> dict[str, str]:
    ms = row.milliseconds
    ours = [name for name in ms if name in OURS]
    cells = {"case": row.what} | {f"{name}, ms": _digits(ms[name]) for name in ms}
    cells |= {
        f"{peer} / {own}": f"**{_digits(ms[peer] / ms[own])}**"
        for own in ours
        for peer in ms
        if peer not in OURS
    }
    return cells | {f"first {name}, s": f"{row.first[name] / 1e3:.2f}" for name in ours} | row.notes


def _digits(value: float) -> str:
    """Three significant digits, no more than are measured."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
