"""Suppression of many predictions: sections of `tests.benchmarks.core`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np

from anchorlab import engine
from anchorlab.core.suppression import hard
from anchorlab.engine.buckets import ROWS
from anchorlab.engine.suppression import MAX_PREDICTIONS
from anchorlab.settings.suppression import NmsSpec
from tests.benchmarks.timing import OURS, Calls, Row, cores, gpu, interleaved
from tests.unit.core import book_nms

try:
    import torch
    from torchvision import ops

    torch.set_num_threads(cores())
except ImportError:
    torch = None

THRESHOLD = 0.5
_core = jax.jit(hard.suppress)

Predictions = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Boxes (N, 4), scores (N,) and class_ids (N,)."""


def spread(n: int) -> Predictions:
    """Boxes of all sizes everywhere, as many to an area whatever n is."""
    rng = np.random.default_rng(n)
    return _predictions(rng, rng.uniform(0, 20 * np.sqrt(n), (n, 2)), rng.uniform(10, 70, (n, 2)))


def clustered(n: int, size: int = 25) -> Predictions:
    """As a detector answers: about `size` boxes around each object."""
    rng = np.random.default_rng(n)
    objects = max(1, n // size)
    centers = rng.uniform(0, 100 * np.sqrt(objects), (objects, 2))[rng.integers(0, objects, n)]
    return _predictions(rng, centers + rng.normal(0, 6, (n, 2)), rng.uniform(50, 70, (n, 2)))


def one_cluster(n: int) -> Predictions:
    """All around one object."""
    return clustered(n, size=n)


def equally_wide(n: int) -> Predictions:
    """All as wide as the picture: no order along x tells who can meet whom."""
    rng = np.random.default_rng(n)
    centers = np.stack([np.full(n, 500.0), rng.uniform(0, 60 * np.sqrt(n), n)], axis=1)
    return _predictions(rng, centers, np.stack([np.full(n, 1000.0), rng.uniform(1, 90, n)], axis=1))


def in_classes(predictions: Predictions, classes: int) -> Predictions:
    boxes, scores, _ = predictions
    return boxes, scores, np.random.default_rng(classes).integers(0, classes, len(boxes)).astype(np.int32)


def _predictions(rng: np.random.Generator, centers: np.ndarray, sides: np.ndarray) -> Predictions:
    boxes = np.concatenate([centers - sides / 2, centers + sides / 2], axis=1).astype(np.float32)
    # No two scores are alike: torchvision's loop over classes leaves the order of such boxes open.
    scores = rng.permutation(np.linspace(0.1, 1, len(boxes), dtype=np.float32))
    return boxes, scores, np.zeros(len(boxes), np.int32)


def textbook(predictions: Predictions) -> np.ndarray:
    """The book's loop over NumPy arrays, one class after the other; the boxes kept (K,), best first."""
    boxes, scores, class_ids = predictions
    keep = []
    for class_id in np.unique(class_ids):
        (left,) = np.nonzero(class_ids == class_id)
        left = left[np.argsort(-scores[left], kind="stable")]
        while len(left):
            best, left = left[0], left[1:]
            keep.append(best)
            left = left[book_nms.iou(boxes[best], boxes[left]) <= THRESHOLD]
    keep = np.array(keep)
    return keep[np.argsort(-scores[keep], kind="stable")]


def calls_of(predictions: Predictions, *, per_class: bool = False) -> Calls:
    """Everybody who suppresses; each call returns the whole answer: of ours, what became of every box."""
    boxes, scores, class_ids = predictions
    on_device = jax.tree.map(jnp.asarray, (boxes, scores, class_ids if per_class else None))
    spec = NmsSpec(iou_threshold=THRESHOLD, score_threshold=0, per_class=per_class)
    calls: Calls = {}
    if len(boxes) <= 10_000:  # beyond, the loop takes minutes
        calls["NumPy"] = lambda: textbook(predictions)
    if torch is not None:
        tensors = torch.from_numpy(boxes), torch.from_numpy(scores), torch.from_numpy(class_ids).long()
        if per_class:
            calls["torchvision"] = lambda: ops.batched_nms(*tensors, THRESHOLD)
        else:
            calls["torchvision"] = lambda: ops.nms(*tensors[:2], THRESHOLD)
    calls["core"] = lambda: _core(*on_device, iou_threshold=THRESHOLD)
    calls["engine"] = lambda: engine.suppress(*predictions, spec)
    if (device := gpu()) is not None:
        there = jax.device_put(on_device, device)
        calls["GPU"] = lambda: _core(*there, iou_threshold=THRESHOLD)
    return calls


def suppression() -> Iterator[Row]:
    """Hard NMS at IoU 0.5, with the story of every box."""
    sizes = (100, 1000, 10_000, 50_000)
    cases = [(f"{n:,} {kind.__name__}", kind(n)) for n in sizes for kind in (spread, clustered)]
    cases.append(("10,000 spread, 80 classes", in_classes(spread(10_000), 80)))
    cases.append(("10,000 around one object", one_cluster(10_000)))
    cases.append(("10,000 equally wide", equally_wide(10_000)))
    for what, predictions in cases:
        row = interleaved(what, calls_of(predictions, per_class="classes" in what))
        kept = row.answers["engine"].keep
        for name, answer in row.answers.items():
            np.testing.assert_array_equal(getattr(answer, "keep", answer), kept, err_msg=f"{what}: {name}")
        yield replace(row, what=f"{what}, {len(kept):,} kept")


def growth() -> Iterator[Row]:
    """Hard NMS from 1,000 to 100,000 clustered boxes: time and memory."""
    counts = np.array([1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000])
    times, sizes = [], []
    for n in counts:
        predictions = clustered(n)
        calls = {name: call for name, call in calls_of(predictions).items() if name in OURS}
        program = _core.lower(*predictions, iou_threshold=THRESHOLD).compile().memory_analysis()
        size = program.argument_size_in_bytes + program.output_size_in_bytes + program.temp_size_in_bytes
        row = interleaved(f"{n:,}", calls)
        times.append(row.milliseconds["core"])
        sizes.append(size)
        yield replace(row, notes={"core, MB": f"{size / 1e6:.2f}"})
    for what, values, unit in (("time", 1e3 * np.array(times), "µs"), ("memory", np.array(sizes), "bytes")):
        slope, _ = np.polyfit(counts, values, 1)
        share = np.corrcoef(counts, values)[0, 1] ** 2
        yield Row(f"linear fit, {what}", notes={"a box": f"{slope:.2f} {unit}", "R²": f"{share:.4f}"})


def programs() -> Iterator[Row]:
    """Programs of hard NMS: predictions are padded to a power of two, and each has its own."""
    lengths = [2**k for k in range(ROWS.bit_length() - 1, MAX_PREDICTIONS.bit_length())]
    start, sizes = time.perf_counter(), []
    for n in lengths:
        shapes = ((n, 4), jnp.float32), ((n,), jnp.float32), ((n,), jnp.int32)
        program = _core.lower(*(jax.ShapeDtypeStruct(*shape) for shape in shapes)).compile()
        sizes.append(len(program.runtime_executable().serialize()))
    notes = {"programs": f"{len(lengths)}", "all compiled, s": f"{time.perf_counter() - start:.0f}"}
    largest, total = max(sizes) / 1e6, sum(sizes) / 1e6
    notes |= {"the largest, MB": f"{largest:.2f}", "all, MB": f"{total:.1f}"}
    yield Row(f"{lengths[0]:,} to {lengths[-1]:,} boxes", notes=notes)
