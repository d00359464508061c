"""How quick the core and the engine are on many boxes, beside the textbook's loops in NumPy and, where it is installed,
torchvision.

    python -m tests.benchmarks.core [--only suppression,growth] [--processor-time]

Prints Markdown: milliseconds as medians of calls that take turns in one run, and how many times as long the others
take; first calls, which compile, apart. `core` is the compiled function on arrays that JAX holds, on the processor;
`engine` takes NumPy arrays, checks them and gives NumPy arrays back; `GPU` is the core on the graphics card, if JAX has
one. It asserts that all sides give the same answer, and nothing about time.
"""

from __future__ import annotations

import argparse

import jax

from tests.benchmarks import core_matching, core_suppression, timing
from tests.benchmarks.timing import Section, cores, cpu, gpu, show

SECTIONS: dict[str, Section] = {
    "suppression": core_suppression.suppression,
    "growth": core_suppression.growth,
    "programs": core_suppression.programs,
    "matching": core_matching.matching,
    "anchors": core_matching.anchors,
}
"""A section is a function that yields rows; its docstring begins with the heading of its table."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--only", default=",".join(SECTIONS), help="sections, joined by commas (default: all)"
    )
    parser.add_argument(
        "--processor-time", action="store_true", help="of all threads, instead of the time that passes"
    )
    arguments = parser.parse_args()
    timing.processor_time = arguments.processor_time
    names = arguments.only.split(",")
    print(f"{cores()} cores; {gpu() or 'no graphics card'}; JAX {jax.__version__}")
    with jax.default_device(cpu()):
        for name in names:
            show(SECTIONS[name])


if __name__ == "__main__":
    main()
