"""Detections of many images against the objects that are there: average precision, and what became of each one.

Few detections overlap an object of their class enough to find it. So all pairs of one image and class are compared
at once, and only those that overlap enough are dealt out, in order of score: the k-th best of every image and class
together, at all thresholds and for all sizes. Everything is float64, so that a figure is COCO's own.
"""

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

import jax
import numpy as np

from anchorlab.core import evaluation as core
from anchorlab.core.evaluation import Outcome
from anchorlab.engine import checks
from anchorlab.engine.buckets import ROWS, bucket, pad
from anchorlab.settings.evaluation import EVERY, EvalSpec

PAIRS = 2**18
"""Pairs of boxes compared in one call."""
DEALT = 2**13
"""Entries of the overlaps that are dealt out in one call."""
POINTS = 2**16
"""Points of curves measured in one call."""


class DetectionSet(NamedTuple):
    """What a detector said about some images; rows in any order, but of equal scores the first goes first.

    Attributes:
      image_id, class_id: whole numbers (N,).
      score: (N,), finite.
      xyxy: boxes (N, 4).
    """

    image_id: np.ndarray
    class_id: np.ndarray
    score: np.ndarray
    xyxy: np.ndarray


class GroundTruthSet(NamedTuple):
    """What there is in these images.

    Attributes:
      image_id, class_id: whole numbers (G,).
      xyxy: boxes (G, 4).
      area: (G,), by which sizes are told apart (COCO's is that of the object's outline); None for that of the box.
      crowd: bool (G,), boxes around many objects: ignored, with all detections that lie in them to the part that
        the threshold asks for; None for no crowds.
      difficult: bool (G,), objects that are ignored, with all detections that find them; None for none.
    """

    image_id: np.ndarray
    class_id: np.ndarray
    xyxy: np.ndarray
    area: np.ndarray | None = None
    crowd: np.ndarray | None = None
    difficult: np.ndarray | None = None


class Stories(NamedTuple):
    """What became of each detection, at each of T thresholds, for the first area range.

    Attributes:
      outcome: int8 (T, N), an `Outcome`.
      gt_index: int32 (T, N), the row of the object that was found, doubled or missed by a misplaced one; else -1.
      overlap: (T, N), with that object: the IoU, of a crowd how much of the detection lies in it; else 0.
      better: int32 (T, N), of a double the row of the detection that found its object; else -1.
      found_by: int32 (T, G), for each object the row of the detection that found it; -1 if none did, and of objects
        that absorb any number.
    """

    outcome: np.ndarray
    gt_index: np.ndarray
    overlap: np.ndarray
    better: np.ndarray
    found_by: np.ndarray


class Curve(NamedTuple):
    """Precision against recall of one class at one threshold; a point for each detection that counts, best score first.

    Attributes:
      recall, precision: (P,), of this detection and all better ones.
      detection: int32 (P,), the row of the detection that makes the point.
    """

    recall: np.ndarray
    precision: np.ndarray
    detection: np.ndarray


class Evaluation(NamedTuple):
    """How good detections are, at T thresholds, of K classes, A area ranges and M numbers of detections.

    What there is no object for has no figure: it is NaN, and no part of a mean.

    Attributes:
      spec: what was asked for.
      class_ids: (K,), all classes of objects or detections, rising; -1 alone if classes were not looked at.
      ap: (T, K, A, M), average precision.
      recall: (T, K, A, M), the part of the objects that was found at all.
      positives: int (K, A), the objects that count.
      stories: what became of each detection.
      order: int32 (P,), the rows of the detections that were measured, class by class, best score first.
      starts: int (K + 1,), where each class begins in `order`.
    """

    spec: EvalSpec
    class_ids: np.ndarray
    ap: np.ndarray
    recall: np.ndarray
    positives: np.ndarray
    stories: Stories
    order: np.ndarray
    starts: np.ndarray

    def summary(self) -> dict[str, float]:
        """Means over classes and thresholds, as COCO names them: AP, AP50 and AP75 where these are thresholds, AP_small
        and so on for each further area range, all of the largest number of detections; AR1, AR10, ... for each
        number of detections ("AR" for all of them), and AR_small and so on."""
        spec = self.spec
        figures = {"AP": self.ap[:, :, 0, -1]}
        for name, threshold in {"AP50": 0.5, "AP75": 0.75}.items():
            if threshold in spec.iou_thresholds:
                figures[name] = self.ap[spec.iou_thresholds.index(threshold), :, 0, -1]
        sizes = [(area.name, a) for a, area in enumerate(spec.area_ranges)][1:]
        figures |= {f"AP_{name}": self.ap[:, :, a, -1] for name, a in sizes}
        figures |= {
            f"AR{'' if most == EVERY else most}": self.recall[:, :, 0, m]
            for m, most in enumerate(spec.max_detections)
        }
        figures |= {f"AR_{name}": self.recall[:, :, a, -1] for name, a in sizes}
        return {name: _mean(values) for name, values in figures.items()}

    def curve(self, class_id: int, iou_threshold: float) -> Curve:
        """The curve of one class at one of the thresholds, for the first area range.

        Raises:
          ValueError: this class, or this threshold, was not measured.
        """
        (k,) = np.nonzero(self.class_ids == class_id)
        if not len(k):
            raise ValueError(f"class_id must be one of {self.class_ids.tolist()}, got {class_id!r}")
        if iou_threshold not in self.spec.iou_thresholds:
            raise ValueError(
                f"iou_threshold must be one of {self.spec.iou_thresholds}, got {iou_threshold!r}"
            )
        rows = self.order[self.starts[k[0]] : self.starts[k[0] + 1]]
        outcome = self.stories.outcome[self.spec.iou_thresholds.index(iou_threshold)]
        rows = rows[outcome[rows] != Outcome.IGNORED]
        found = np.cumsum(outcome[rows] == Outcome.TRUE_POSITIVE)
        positives = self.positives[k[0], 0]
        recall = found / positives if positives else np.full(len(rows), np.nan)
        return Curve(recall, found / np.arange(1, len(rows) + 1), rows)


def evaluate(
    detections: DetectionSet, ground_truths: GroundTruthSet, spec: EvalSpec | None = None
) -> Evaluation:
    """Measures detections as COCO does, or VOC, and tells what became of each one.

    Images and classes are those that occur in a row: an image without anything changes nothing. Equal scores of one
    image go in the order of their rows; between images, in that of the image ids.

    Args:
      detections: flat arrays, or a tuple of them.
      ground_truths: flat arrays, or a tuple of them.
      spec: what to measure; None for COCO's.

    Raises:
      ValueError: names the argument that is wrong.

    Example:
      Two objects; the first is found, then found again, and the other is missed by a little.

      >>> objects = GroundTruthSet([7, 7], [0, 0], [[0, 0, 10, 10], [20, 0, 30, 10]])
      >>> boxes = [[0, 0, 10, 9], [0, 0, 10, 10], [24, 0, 34, 10]]
      >>> result = evaluate(DetectionSet([7, 7, 7], [0, 0, 0], [0.9, 0.8, 0.7], boxes), objects)
      >>> [Outcome(outcome).name for outcome in result.stories.outcome[0]]
      ['TRUE_POSITIVE', 'DOUBLE', 'MISPLACED']
      >>> result.stories.gt_index[0].tolist(), result.stories.better[0].tolist()
      ([0, 0, 1], [-1, 0, -1])
      >>> round(result.summary()["AP50"], 3), result.curve(0, 0.5).precision.round(2).tolist()
      (0.505, [1.0, 0.5, 0.33])

    References:
      Lin et al., Microsoft COCO, 2014, and the `COCOeval` of its API; Everingham et al., The PASCAL Visual Object Classes
      Challenge, 2010, and `VOCevaldet` of its development kit.
    """
    spec = spec or EvalSpec()
    with jax.enable_x64(True):
        scene = _Scene(_checked_detections(detections), _checked_objects(ground_truths), spec)
        pairs = _overlapping_pairs(scene)
        dealt = _deal(scene, pairs)
        ap, recall = _figures(scene, dealt)
    return Evaluation(
        spec,
        scene.class_ids,
        ap,
        recall,
        scene.positives,
        _stories(scene, pairs, dealt),
        scene.rows[scene.by_class].astype(np.int32),
        scene.class_starts,
    )


def best_possible_recall(best_iou: np.ndarray, threshold: float = 0.5) -> float:
    """BPR, the share of objects that some anchor reaches: before anything is trained, how many can be learned at all.

    Args:
      best_iou: (G,), of every object the largest IoU with any anchor, as `Matches.best_anchor_iou`.
      threshold: what it has to reach (>=).

    Returns:
      A number from 0 to 1; NaN without objects.

    Raises:
      ValueError: names the argument that is wrong.

    Example:
      >>> best_possible_recall([0.8, 0.5, 0.3, 0.1])
      0.5

    References:
      Jocher, YOLOv5, `check_anchors` of `utils/autoanchor.py`, which asks for sides within a factor of 4 instead of
      an IoU (`core.matching.shapes.fit_summary`); Redmon and Farhadi, YOLO9000, 2017, sec. 2, whose measure of
      anchors is their mean best IoU.
    """
    best_iou = checks.scores(best_iou, "best_iou", np.size(best_iou), dtype=np.float64)
    return float((best_iou >= threshold).mean()) if len(best_iou) else float("nan")


# ---- what is there, in order


def _checked_detections(given: DetectionSet) -> DetectionSet:
    given = DetectionSet(*given)
    boxes = checks.boxes(given.xyxy, "xyxy of detections", dtype=np.float64)
    scores = checks.scores(given.score, "score of detections", len(boxes), dtype=np.float64)
    return DetectionSet(
        *(_whole(given, name, "detections", len(boxes)) for name in ("image_id", "class_id")), scores, boxes
    )


def _checked_objects(given: GroundTruthSet) -> GroundTruthSet:
    given = GroundTruthSet(*given)
    boxes = checks.boxes(given.xyxy, "xyxy of ground_truths", dtype=np.float64)
    area = given.area
    if area is not None:
        area = checks.scores(area, "area of ground_truths", len(boxes), dtype=np.float64)
    image_id, class_id, crowd, difficult = (
        _whole(given, name, "ground_truths", len(boxes))
        for name in ("image_id", "class_id", "crowd", "difficult")
    )
    return GroundTruthSet(image_id, class_id, boxes, area, crowd != 0, difficult != 0)


def _whole(given: NamedTuple, column: str, of: str, length: int) -> np.ndarray:
    """A column of whole numbers or flags; all 0 if it is not given."""
    values = getattr(given, column)
    if values is None:
        return np.zeros(length, np.int32)
    return checks.integers(values, f"{column} of {of}", length)


class _Scene:
    """Detections and objects group by group, a group being one image and class; classes one after the other.

    Within a group detections come best score first, and no more of them than are measured.

    Attributes, of detections: `rows` of the input, `boxes`, `group`, `rank` within the group, `in_range` (A, N);
    `by_class`, their places class by class, best score first. Of objects: `gt_rows`, `gt_boxes`, `gt_group`, `crowd`,
    `absorbs`, `ignored` (A, G).
    """

    def __init__(self, detections: DetectionSet, objects: GroundTruthSet, spec: EvalSpec):
        self.spec, self.detections, self.objects = spec, detections, objects
        ids = detections.class_id, objects.class_id
        self.class_ids = np.unique(np.concatenate(ids)) if spec.class_wise else np.array([-1])
        classes = [np.searchsorted(self.class_ids, i) if spec.class_wise else np.zeros_like(i) for i in ids]
        images = np.unique(np.concatenate([detections.image_id, objects.image_id]))
        group, gt_group = (
            c.astype(np.int64) * len(images) + np.searchsorted(images, i)
            for c, i in zip(classes, (detections.image_id, objects.image_id), strict=True)
        )
        # Where classes are not looked at, COCO lists class after class.
        listed = () if spec.class_wise else (detections.class_id,)
        order = np.lexsort((*listed, -detections.score, group))
        ordered = group[order]
        rank = np.arange(len(order)) - np.searchsorted(ordered, ordered)
        kept = rank < spec.max_detections[-1]
        self.rows, self.group, self.rank = order[kept], ordered[kept], rank[kept]
        self.boxes = self._continuous(detections.xyxy[self.rows])
        self.gt_rows = np.lexsort((objects.class_id, gt_group))
        self.gt_group = gt_group[self.gt_rows]
        self.gt_boxes = self._continuous(objects.xyxy[self.gt_rows])
        self.crowd = objects.crowd[self.gt_rows]
        self.absorbs = self.crowd | objects.difficult[self.gt_rows]
        area = _areas(self.gt_boxes) if objects.area is None else objects.area[self.gt_rows]
        self.ignored = self.absorbs | ~self._in_ranges(area)
        self.in_range = self._in_ranges(_areas(self.boxes))

        class_index, count = classes[0][self.rows], len(self.class_ids)
        self.by_class = np.lexsort((-detections.score[self.rows], class_index))
        self.class_starts = np.searchsorted(class_index, np.arange(count + 1))
        gt_class = classes[1][self.gt_rows]
        self.positives = np.stack(
            [np.bincount(gt_class[~ignored], minlength=count) for ignored in self.ignored], axis=1
        )

    def _continuous(self, boxes: np.ndarray) -> np.ndarray:
        return boxes + np.array([0, 0, 1, 1]) if self.spec.inclusive else boxes

    def _in_ranges(self, areas: np.ndarray) -> np.ndarray:
        return np.stack([(areas >= r.low) & (areas <= r.high) for r in self.spec.area_ranges])

    @property
    def thresholds(self) -> np.ndarray:
        """(T,): what an overlap has to reach (>=)."""
        lowest = np.minimum(self.spec.iou_thresholds, 1 - 1e-10)
        return lowest if self.spec.match_equal else np.nextafter(lowest, 2)


def _areas(boxes: np.ndarray) -> np.ndarray:
    return (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])


# ---- who overlaps whom


class _Pairs(NamedTuple):
    """Detections and objects of one group that overlap enough for some threshold; places in the scene's order.

    Attributes:
      detection, gt, overlap: (P,), detection by detection, each one's objects as they are listed.
      nearest, nearest_overlap: (N,), of every detection the object that it overlaps most, crowds left out; -1 and 0.
    """

    detection: np.ndarray
    gt: np.ndarray
    overlap: np.ndarray
    nearest: np.ndarray
    nearest_overlap: np.ndarray


# What programs answer is cut as NumPy's: a cut of JAX's is a program for each length.


@jax.jit
def _overlap(detections, objects, crowd):
    return core.overlap_with(detections, objects, crowd)


def _overlapping_pairs(scene: _Scene) -> _Pairs:
    first = np.searchsorted(scene.gt_group, scene.group)
    count = np.searchsorted(scene.gt_group, scene.group, side="right") - first
    detection = np.repeat(np.arange(len(count)), count)
    gt = np.arange(len(detection)) + np.repeat(first - (np.cumsum(count) - count), count)
    overlap = np.empty(len(gt))
    for part in _parts(len(gt), PAIRS):
        boxes, objects, crowd = scene.boxes[detection[part]], scene.gt_boxes[gt[part]], scene.crowd[gt[part]]
        length = bucket(len(boxes), ROWS)
        padded = _overlap(pad(boxes, length), pad(objects, length), pad(crowd, length))
        overlap[part] = np.asarray(padded)[: len(boxes)]

    best = scene.spec.candidates == "best"
    nearest, nearest_overlap = _nearest(
        len(count), detection, gt, np.where(scene.crowd[gt], 0, overlap), first_of_equal=best
    )
    enough = overlap >= scene.thresholds[0]
    if best:
        enough &= _nearest(len(count), detection, gt, overlap, first_of_equal=True)[0][detection] == gt
    return _Pairs(detection[enough], gt[enough], overlap[enough], nearest, nearest_overlap)


def _nearest(
    count: int, detection: np.ndarray, gt: np.ndarray, overlap: np.ndarray, *, first_of_equal: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Of each of `count` detections the object that it overlaps most, and how much; -1 and 0 where it overlaps none."""
    most, nearest = np.zeros(count), np.full(count, -1)
    np.maximum.at(most, detection, overlap)
    (ties,) = np.nonzero((overlap == most[detection]) & (overlap > 0))
    ties = ties[::-1] if first_of_equal else ties
    nearest[detection[ties]] = gt[ties]  # of several the last one written stays
    return nearest, most


def _parts(length: int, size: int) -> Iterator[slice]:
    return (slice(start, min(start + size, length)) for start in range(0, length, size))


# ---- who finds what


class _Dealt(NamedTuple):
    """Attributes:
    detection: (C,), the places of all detections that overlap an object enough for some threshold.
    gt: int32 (T, A, C), the object that each one finds; -1 for none.
    """

    detection: np.ndarray
    gt: np.ndarray


@jax.jit
def _find(overlap, ignored, absorbs, thresholds):
    """(B, D, G), (B, A, G), (B, G), (T,) to (B, T, A, D)."""

    def of_range(overlap, threshold, ignored, absorbs):
        return core.find_objects(overlap, threshold, ignored=ignored, absorbs=absorbs)

    of_ranges = jax.vmap(of_range, in_axes=(None, None, 0, None))
    of_thresholds = jax.vmap(of_ranges, in_axes=(None, 0, None, None))
    return jax.vmap(of_thresholds, in_axes=(0, None, 0, 0))(overlap, thresholds, ignored, absorbs)


def _deal(scene: _Scene, pairs: _Pairs) -> _Dealt:
    """Groups of about one size go together, each a small matrix of its overlaps."""
    thresholds = scene.thresholds
    candidates, which = np.unique(pairs.detection, return_inverse=True)
    found = np.full((len(candidates), len(thresholds), len(scene.ignored)), -1, np.int32)
    # The groups that have candidates; places within them, from 0.
    groups, first, height = np.unique(scene.group[candidates], return_index=True, return_counts=True)
    first_gt = np.searchsorted(scene.gt_group, groups)
    width = np.searchsorted(scene.gt_group, groups, side="right") - first_gt
    of_pair = np.searchsorted(groups, scene.group[pairs.detection])
    down, across = which - first[of_pair], pairs.gt - first_gt[of_pair]

    shapes, kind = np.unique(
        np.stack([_quadrupled(height), _quadrupled(width)], axis=1), axis=0, return_inverse=True
    )
    for k, (rows, cols) in enumerate(shapes):
        (alike,) = np.nonzero(kind == k)
        (mine,) = np.nonzero(kind[of_pair] == k)
        batch = np.searchsorted(alike, of_pair[mine])  # rising
        size = max(1, DEALT // int(rows * cols))
        for part in _parts(len(alike), size):
            some, inside = alike[part], slice(*np.searchsorted(batch, (part.start, part.stop)))
            these = mine[inside]
            overlap = np.zeros((size, rows, cols))
            overlap[batch[inside] - part.start, down[these], across[these]] = pairs.overlap[these]
            # Behind a group's own objects are others, which nothing here overlaps.
            gt = np.minimum(first_gt[some, None] + np.arange(cols), len(scene.gt_group) - 1)
            ignored = np.moveaxis(scene.ignored[:, gt], 0, 1)
            answer = _find(overlap, pad(ignored, size), pad(scene.absorbs[gt], size), thresholds)
            answer = np.moveaxis(np.asarray(answer), 3, 1)[: len(some)]  # (B, D, T, A)
            answer = np.where(answer < 0, -1, answer + first_gt[some, None, None, None])
            real = np.arange(rows) < height[some, None]
            found[(first[some, None] + np.arange(rows))[real]] = answer[real]
    return _Dealt(candidates, np.moveaxis(found, 0, 2))


def _quadrupled(lengths: np.ndarray) -> np.ndarray:
    """The next power of four, 4 at least: few shapes to compile."""
    return 4 ** np.maximum(1, np.ceil(np.log2(np.maximum(lengths, 1)) / 2)).astype(int)


# ---- the figures


@partial(jax.jit, static_argnames="how")
def _average_precision(recall, precision, *, how):
    return jax.vmap(partial(core.average_precision, how=how))(recall, precision)


def _figures(scene: _Scene, dealt: _Dealt) -> tuple[np.ndarray, np.ndarray]:
    """AP and recall, each (T, K, A, M)."""
    spec, starts = scene.spec, scene.class_starts
    classes = len(scene.class_ids)
    shape = len(spec.iou_thresholds), classes, len(spec.area_ranges), len(spec.max_detections)
    place = np.empty(len(scene.by_class), int)  # by class, of every detection
    place[scene.by_class] = np.arange(len(place))
    rank, in_range = scene.rank[scene.by_class], scene.in_range[:, scene.by_class]
    class_of = np.repeat(np.arange(classes), np.diff(starts))
    # Those that may find an object, class by class; all others count alike at every threshold.
    by = np.argsort(place[dealt.detection])
    where, gts = place[dealt.detection][by], dealt.gt[:, :, by]
    first = np.searchsorted(where, starts)

    # A false detection lowers the precision at the next true one: a curve's points are its true ones.
    curves, recalls, precisions = [], [], []
    found_at_all = np.zeros(shape)
    for a, m in np.ndindex(shape[2:]):
        within = rank < spec.max_detections[m]
        counts = in_range[a] & within
        before = _cumulated(counts)
        for t in range(shape[0]):
            found = (gts[t, a] >= 0) & within[where]
            true = found & ~scene.ignored[a][gts[t, a]]
            # What finds an object counts if that one does, whatever its own size.
            more = _cumulated(np.where(found, true.astype(np.int8) - counts[where], 0))
            (hits,) = np.nonzero(true)
            k = class_of[where[hits]]
            seen = before[where[hits] + 1] - before[starts[k]] + more[hits + 1] - more[first[k]]
            per_class = np.bincount(k, minlength=classes)
            number = np.arange(1, len(hits) + 1) - (np.cumsum(per_class) - per_class)[k]
            curves.append(np.ravel_multi_index((t, k, a, m), shape))
            recalls.append(number / scene.positives[k, a])
            precisions.append(number / seen)
            found_at_all[t, :, a, m] = per_class
    ap = _areas_under(
        *map(np.concatenate, (curves, recalls, precisions)), found_at_all.size, spec.interpolation
    )
    positives = scene.positives[None, :, :, None]
    with np.errstate(invalid="ignore"):
        return np.where(positives > 0, ap.reshape(shape), np.nan), found_at_all / positives


def _cumulated(values: np.ndarray) -> np.ndarray:
    """(N + 1,): the sum of all before each."""
    return np.concatenate([[0], np.cumsum(values, dtype=np.int64)])


def _areas_under(
    curves: np.ndarray, recall: np.ndarray, precision: np.ndarray, count: int, how: str
) -> np.ndarray:
    """The average precision (count,) of curves whose points lie anywhere in order, 0 of those without a point."""
    order = np.argsort(curves, kind="stable")
    curves, recall, precision = curves[order], recall[order], precision[order]
    ap = np.zeros(count)
    length = np.bincount(curves, minlength=count)
    start = np.cumsum(length) - length
    widths = np.where(length > 0, _quadrupled(length), 0)
    for width in np.unique(widths[length > 0]):
        (alike,) = np.nonzero(widths == width)
        size = max(1, POINTS // int(width))
        for part in _parts(len(alike), size):
            some = alike[part]
            real = np.arange(width) < length[some, None]
            points = np.where(real, start[some, None] + np.arange(width), 0)
            # Behind the last point recall stays and precision is 0: no curve changes.
            last = (start + length - 1)[some, None]
            padded_recall = recall[np.where(real, points, last)]
            padded_precision = np.where(real, precision[points], 0)
            areas = np.asarray(
                _average_precision(pad(padded_recall, size), pad(padded_precision, size), how=how)
            )
            ap[some] = areas[: len(some)]
    return ap


def _mean(values: np.ndarray) -> float:
    """Of those that are numbers; NaN if none is."""
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else float("nan")


# ---- what became of each


def _stories(scene: _Scene, pairs: _Pairs, dealt: _Dealt) -> Stories:
    """In the rows of the input."""
    spec = scene.spec
    shape = len(spec.iou_thresholds), len(scene.detections.score)
    outcome, gt_index = np.full(shape, Outcome.OVER_MAX, np.int8), np.full(shape, -1, np.int32)
    overlap, better = np.zeros(shape), np.full(shape, -1, np.int32)
    found_by = np.full((shape[0], len(scene.gt_rows)), -1, np.int32)
    width = len(scene.gt_rows)
    of_pair = pairs.detection * width + pairs.gt  # rising
    base = np.where(pairs.nearest_overlap >= spec.background_iou, Outcome.MISPLACED, Outcome.FALSE_ALARM)
    for t, threshold in enumerate(scene.thresholds):
        told = np.where(pairs.nearest_overlap >= threshold, Outcome.DOUBLE, base).astype(np.int8)
        told[~scene.in_range[0]] = Outcome.IGNORED
        gt = np.where((told == Outcome.DOUBLE) | (told == Outcome.MISPLACED), pairs.nearest, -1)
        share = np.where(gt >= 0, pairs.nearest_overlap, 0)

        found = dealt.gt[t, 0]
        (finds,) = np.nonzero(found >= 0)
        detection, found = dealt.detection[finds], found[finds]
        told[detection] = np.where(scene.ignored[0][found], Outcome.IGNORED, Outcome.TRUE_POSITIVE)
        gt[detection] = found
        share[detection] = pairs.overlap[np.searchsorted(of_pair, detection * width + found)]
        once = ~scene.absorbs[found]
        finder = np.full(width, -1)
        finder[found[once]] = scene.rows[detection[once]]

        outcome[t, scene.rows] = told
        overlap[t, scene.rows] = share
        gt_index[t, scene.rows] = np.where(gt >= 0, _at(scene.gt_rows, gt), -1)
        better[t, scene.rows] = np.where(told == Outcome.DOUBLE, _at(finder, gt), -1)
        found_by[t, scene.gt_rows] = finder
    return Stories(outcome, gt_index, overlap, better, found_by)


def _at(values: np.ndarray, index: np.ndarray) -> np.ndarray:
    """values[index]; where there are no values nothing points at them."""
    return values[index] if len(values) else index
