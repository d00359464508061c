"""How quick detection evaluation is beside pycocotools, on made-up images like COCO's.

    python -m tests.benchmarks.evaluation [--images 100,5000]

Prints Markdown, as `tests.benchmarks.core` does: both sides take NumPy's or their own records, read beforehand, and give
all of COCO's figures. It asserts that these are the same, and nothing about time.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import jax
import numpy as np

from anchorlab import engine
from tests.benchmarks.timing import Row, cores, cpu, interleaved, show
from tests.unit.engine.coco_api import play, prepared
from tests.unit.engine.made_up_sets import made_up


def rows_of(sizes: list[int]) -> Iterator[Row]:
    for images in sizes:
        records = made_up(images, images=images, classes=80, objects=7.2, detections=100, ties=False)
        theirs = prepared(*records)
        calls = {
            "pycocotools": lambda theirs=theirs: play(theirs).stats,
            "engine": lambda records=records: np.array(list(engine.evaluate(*records).summary().values())),
        }
        row = interleaved(f"{images:,} images", calls)
        np.testing.assert_allclose(row.answers["engine"], row.answers["pycocotools"], rtol=0, atol=1e-12)
        yield row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", default="100,1000,5000", help="sizes, joined by commas")
    sizes = [int(size) for size in parser.parse_args().images.split(",")]

    def evaluation() -> Iterator[Row]:
        """COCO's figures: 80 classes, 7 objects and 100 detections an image."""
        return rows_of(sizes)

    print(f"{cores()} cores; JAX {jax.__version__}")
    with jax.default_device(cpu()):
        show(evaluation)


if __name__ == "__main__":
    main()
