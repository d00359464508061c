"""Anchors of whole images, and matching them with objects: sections of `tests.benchmarks.core`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np

from anchorlab import engine
from anchorlab.catalogue.presets import PRESETS
from anchorlab.core.anchors import grid_anchors, multibox_prior
from anchorlab.core.matching.blocks import overlaps
from anchorlab.core.matching.greedy import match_greedily
from anchorlab.core.matching.threshold import match_by_threshold
from anchorlab.settings.matching import GreedySpec, ThresholdSpec
from tests.benchmarks.timing import Calls, Row, cores, gpu, interleaved
from tests.unit.core import book_matching

try:
    import torch
    from torchvision import ops
    from torchvision.models.detection._utils import Matcher
    from torchvision.models.detection.anchor_utils import AnchorGenerator

    torch.set_num_threads(cores())
except ImportError:
    torch = None

RETINANET, IMAGE = replace(PRESETS["retinanet"].spec, center=0.0), (640, 832)
SIZES, RATIOS, PIXELS = (0.75, 0.5, 0.25), (1.0, 2.0, 0.5), (561, 728)
"""The book's anchors, five around every pixel of its picture."""
# torchvision's matcher has no bound below which an object has no low-quality matches.
SPEC = ThresholdSpec(high=0.5, low=0.4, min_best_iou=-1)

_thresholds = jax.jit(
    lambda anchors, gt_boxes: match_by_threshold(overlaps(anchors, gt_boxes), min_best_iou=SPEC.min_best_iou)
)
_greedily = jax.jit(lambda anchors, gt_boxes: match_greedily(overlaps(anchors, gt_boxes))[0])
_prior = jax.jit(multibox_prior, static_argnums=(0, 1))


def objects(count: int, height: float, width: float) -> np.ndarray:
    """xyxy (G, 4) of all sizes everywhere."""
    rng = np.random.default_rng(count)
    side = rng.uniform(0.03, 0.6, (count, 2)) * (width, height)
    corner = rng.uniform(0, 1, (count, 2)) * ((width, height) - side)
    return np.concatenate([corner, corner + side], axis=1).astype(np.float32)


def codes(answer) -> np.ndarray:
    """What each anchor learns: an object's index, -1 background, -2 nothing."""
    if hasattr(answer, "label"):
        label, gt_index = np.asarray(answer.label), np.asarray(answer.gt_index)
        return np.select([label == 1, label == 0], [gt_index, -1], -2)
    if isinstance(answer, dict):
        return np.select([answer["label"] == 1, answer["label"] == 0], [answer["gt_index"], -1], -2)
    return np.asarray(answer)


def agreeing(what: str, calls: Calls) -> Row:
    """The calls in turns, once it is sure that all labels are the same."""
    row = interleaved(what, calls)
    for name, answer in row.answers.items():
        np.testing.assert_array_equal(codes(answer), codes(row.answers["core"]), err_msg=f"{what}: {name}")
    return row


def matching() -> Iterator[Row]:
    """Matching anchors with objects: RetinaNet's by thresholds, the book's greedily."""
    anchors = engine.generate_anchors(RETINANET, *IMAGE).xyxy
    matcher = torch and Matcher(SPEC.high, SPEC.low, allow_low_quality_matches=True)
    for count in (3, 20, 100):
        gt_boxes = objects(count, *IMAGE)
        on_device = jnp.asarray(anchors), jnp.asarray(gt_boxes)
        calls: Calls = {"NumPy": lambda g=gt_boxes: by_the_book(anchors, g)}
        if torch is not None:
            tensors = torch.from_numpy(anchors), torch.from_numpy(gt_boxes)
            calls["torchvision"] = lambda t=tensors: matcher(ops.box_iou(t[1], t[0]))
        calls["core"] = lambda on_device=on_device: _thresholds(*on_device)
        calls["engine"] = lambda g=gt_boxes: engine.match(anchors, g, SPEC)
        if (device := gpu()) is not None:
            there = jax.device_put(on_device, device)
            calls["GPU"] = lambda there=there: _thresholds(*there)
        yield agreeing(f"thresholds, {len(anchors):,} anchors x {count}", calls)

    for pixels, count in (((128, 160), 20), (PIXELS, 20)):
        prior = _prior(*pixels, jnp.array(SIZES), jnp.array(RATIOS))
        anchors, gt_boxes = np.array(prior), objects(count, 1, 1)
        on_device = prior, jnp.asarray(gt_boxes)
        calls = {
            "NumPy": lambda a=anchors, g=gt_boxes: book_matching.match_greedily(book_matching.pairwise(a, g))
        }
        if torch is not None:
            tensors = torch.from_numpy(anchors), torch.from_numpy(gt_boxes)
            calls["the book, in torch"] = lambda t=tensors: greedily_in_torch(*t)
        calls["core"] = lambda on_device=on_device: _greedily(*on_device)
        if len(anchors) <= engine.MAX_ANCHORS:
            calls["engine"] = lambda a=anchors, g=gt_boxes: engine.match(a, g, GreedySpec())
        if (device := gpu()) is not None:
            there = jax.device_put(on_device, device)
            calls["GPU"] = lambda there=there: _greedily(*there)
        yield agreeing(f"greedy, {len(anchors):,} anchors x {count}", calls)


def by_the_book(anchors: np.ndarray, gt_boxes: np.ndarray) -> dict[str, np.ndarray]:
    """Thresholds on the matrix of IoUs."""
    iou = book_matching.pairwise(anchors, gt_boxes)
    return book_matching.match_by_threshold(iou, min_best_iou=SPEC.min_best_iou)


def greedily_in_torch(anchors, gt_boxes):
    """`assign_anchor_to_bbox` of Dive into Deep Learning, sec. 14.4.3."""
    iou = ops.box_iou(anchors, gt_boxes)
    best, index = iou.max(dim=1)
    assigned = torch.where(best >= 0.5, index, -1)
    for _ in range(len(gt_boxes)):
        most = int(torch.argmax(iou))
        anchor, gt = most // len(gt_boxes), most % len(gt_boxes)
        assigned[anchor] = gt
        iou[:, gt] = -1
        iou[anchor, :] = -1
    return assigned


def anchors() -> Iterator[Row]:
    """All anchors of an image."""
    levels = engine.generate_anchors(RETINANET, *IMAGE).levels
    grids = [
        (level.rows, level.cols, level.stride[0], np.array(level.widths_heights, np.float32))
        for level in levels
    ]

    @jax.jit
    def retinanet(shapes):
        return jnp.concatenate(
            [
                grid_anchors(rows, cols, own, stride=stride, center=0.0)
                for (rows, cols, stride, _), own in zip(grids, shapes, strict=True)
            ]
        )

    shapes = [jnp.asarray(own) for *_, own in grids]
    calls: Calls = {"NumPy": lambda: np.concatenate([by_meshgrid(*grid) for grid in grids])}
    if torch is not None:
        generator = AnchorGenerator(((1,),) * len(grids), ((1.0,),) * len(grids))
        halves = [torch.from_numpy(own) / 2 for *_, own in grids]
        generator.cell_anchors = [torch.cat([-half, half], dim=1) for half in halves]
        sizes = [[rows, cols] for rows, cols, *_ in grids]
        strides = [[torch.tensor(int(stride))] * 2 for _, _, stride, _ in grids]
        calls["torchvision"] = lambda: torch.cat(generator.grid_anchors(sizes, strides))
    calls["core"] = lambda: retinanet(shapes)
    calls["engine"] = lambda: engine.generate_anchors(RETINANET, *IMAGE)
    yield same_anchors("RetinaNet's on 640 x 832, 99,765", calls)

    settings = jnp.array(SIZES), jnp.array(RATIOS)
    fill = jax.jit(lambda value: jnp.full((PIXELS[0] * PIXELS[1] * 5, 4), value))
    calls = {"filling": lambda: fill(0.5), "core": lambda: _prior(*PIXELS, *settings)}
    yield interleaved("the book's on 561 x 728, 2,042,040", calls)


def same_anchors(what: str, calls: Calls) -> Row:
    """The calls in turns, once it is sure that all anchors are the same."""
    row = interleaved(what, calls)
    for name, answer in row.answers.items():
        found = np.asarray(getattr(answer, "xyxy", answer))
        np.testing.assert_array_equal(found, np.asarray(row.answers["core"]), err_msg=f"{what}: {name}")
    return row


def by_meshgrid(rows: int, cols: int, stride: float, widths_heights: np.ndarray) -> np.ndarray:
    """Centres by a mesh, and half a side to both sides of them."""
    x, y = (np.arange(cells, dtype=np.float32) * np.float32(stride) for cells in (cols, rows))
    centers = np.stack(np.meshgrid(x, y), axis=-1)[:, :, None, :]
    half = widths_heights[None, None] / np.float32(2)
    return np.concatenate([centers - half, centers + half], axis=-1).reshape(-1, 4)
