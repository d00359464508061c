"""The engine: the core's answers, padding that never shows, no compilation after warm-up, threads."""

import threading
from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anchorlab import engine
from anchorlab.catalogue.presets import PRESETS
from anchorlab.core.anchors import anchors_at, grid_anchors
from anchorlab.core.boxes import clip_to_image, inside_image
from anchorlab.core.iou import KINDS, pairwise
from anchorlab.core.matching.greedy import match_greedily
from anchorlab.core.matching.threshold import match_by_threshold
from anchorlab.core.suppression.hard import suppress as core_suppress
from anchorlab.engine import Reason, Status
from anchorlab.engine.anchors import tables
from anchorlab.settings.anchors import AnchorSpec
from anchorlab.settings.coding import CoderSpec
from anchorlab.settings.matching import GreedySpec, ThresholdSpec
from anchorlab.settings.simulation import SimulateSpec
from anchorlab.settings.suppression import NmsSpec
from tests.unit.strategies import boxes

GT = np.array([[77, 70, 479, 389], [173, 18, 406, 306], [326, 66, 424, 326]], np.float32)
CLASSES = np.arange(3)

core_pairwise = jax.jit(pairwise, static_argnames="kind")
core_threshold, core_greedy = jax.jit(match_by_threshold), jax.jit(match_greedily)
core_nms = jax.jit(core_suppress)


@pytest.fixture(scope="module")
def scene():
    anchors = engine.generate_anchors(AnchorSpec(), 400, 600)
    return anchors, engine.match(anchors.xyxy, GT, ThresholdSpec())


# --- anchors -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "spec",
    [
        AnchorSpec(),
        AnchorSpec(combine="first", ratio_means="w/h", center=0, stride=50),
        AnchorSpec(sizes=(5,), aspect_ratios=(3,), stride=7.5),
        AnchorSpec(
            sizes=range(8, 32), aspect_ratios=(1, 2), stride=64
        ),  # more shapes than the smallest bucket
    ],
)
@pytest.mark.parametrize("image", [(400, 600), (33, 65), (1, 1)])
def test_anchors_are_the_cores(spec, image):
    anchors = engine.generate_anchors(spec, *image)
    rows, cols = spec.grid(*image)
    sides = np.array(spec.widths_heights, np.float32)
    expected = grid_anchors(rows, cols, sides, stride=spec.stride, center=spec.center)
    np.testing.assert_allclose(anchors.xyxy, expected, rtol=1e-6, atol=1e-5)
    assert anchors.levels[0][1:3] == (rows, cols)
    np.testing.assert_array_equal(anchors.cell, np.repeat(np.arange(rows * cols), spec.shapes_per_cell))
    np.testing.assert_array_equal(anchors.shape, np.tile(np.arange(spec.shapes_per_cell), rows * cols))
    kinds = [a.dtype for a in (anchors.xyxy, anchors.inside, anchors.level, anchors.cell, anchors.shape)]
    assert kinds == [np.float32, bool, np.int32, np.int32, np.int32]


@pytest.mark.parametrize("border", ["keep", "clip"])
@pytest.mark.parametrize("uneven", ["keep", "floor", "exact"])
def test_anchors_are_the_closed_form_to_the_last_bit(border, uneven):
    spec = replace(PRESETS["retinanet"].spec, border=border, uneven=uneven)
    height, width = 331, 517
    anchors = engine.generate_anchors(spec, height, width)
    levels, index = jax.tree.map(jnp.asarray, tables(anchors.levels)), jnp.arange(len(anchors.xyxy))
    expected = jax.jit(anchors_at)(index, levels, center=spec.center)
    np.testing.assert_array_equal(anchors.inside, inside_image(expected, height, width))
    clipped = clip_to_image(expected, height, width) if border == "clip" else expected
    np.testing.assert_array_equal(anchors.xyxy, clipped)


def test_a_scene_of_600_x_400_has_2223_anchors():
    assert len(engine.generate_anchors(AnchorSpec(), 400, 600).xyxy) == 13 * 19 * 9 == 2223


def test_borders():
    whole, clipped, ignored = (
        engine.generate_anchors(AnchorSpec(border=border), 400, 600) for border in ("keep", "clip", "ignore")
    )
    np.testing.assert_array_equal(whole.xyxy, ignored.xyxy)
    np.testing.assert_array_equal(clipped.xyxy, np.clip(whole.xyxy, 0, [600, 400, 600, 400]))
    inside = (whole.xyxy >= 0).all(1) & (whole.xyxy[:, 2] <= 600) & (whole.xyxy[:, 3] <= 400)
    for anchors in (whole, clipped, ignored):
        np.testing.assert_array_equal(anchors.inside, inside)
    assert 0 < inside.sum() < len(inside)


# --- padding is invisible ----------------------------------------------------------------------------


@given(boxes((1, 9)), boxes((1, 5)), st.sampled_from(list(KINDS)))
def test_iou_is_the_cores(a, b, kind):
    np.testing.assert_array_equal(engine.pairwise_iou(a, b, kind), core_pairwise(a, b, kind=kind))


@given(boxes((20,)), boxes((1, 5)), st.sampled_from([0.2, 0.5, 0.75]), st.booleans(), st.data())
def test_matching_is_the_cores(anchors, gt_boxes, high, low_quality, data):
    usable = np.array(data.draw(st.lists(st.booleans(), min_size=len(anchors), max_size=len(anchors))))
    iou = core_pairwise(anchors, gt_boxes)
    spec = ThresholdSpec(high=high, low=high / 2, low_quality=low_quality)
    ours = engine.match(anchors, gt_boxes, spec, usable=usable)
    theirs = core_threshold(iou, high=high, low=high / 2, low_quality=low_quality, anchor_mask=usable)
    for name, field in theirs._asdict().items():
        np.testing.assert_array_equal(getattr(ours, name), field, err_msg=name)
    assert ours.story is None

    ours = engine.match(anchors, gt_boxes, GreedySpec(high=high), usable=usable)
    theirs, rounds = core_greedy(iou, high=high, anchor_mask=usable)
    for name, field in theirs._asdict().items():
        np.testing.assert_array_equal(getattr(ours, name), field, err_msg=name)
    np.testing.assert_array_equal(ours.story.anchor, rounds.anchor[: rounds.count])
    np.testing.assert_array_equal(ours.story.gt, rounds.gt[: rounds.count])


@given(
    boxes((1, 7)), st.sampled_from([0.0, 0.3, 0.7]), st.booleans(), st.sampled_from([None, 1, 3]), st.data()
)
def test_suppression_is_the_cores(boxes, threshold, per_class, top_k, data):
    n = len(boxes)
    scores = np.array(
        data.draw(st.lists(st.sampled_from([0.0, 0.1, 0.4, 0.9]), min_size=n, max_size=n)), np.float32
    )
    classes = np.array(data.draw(st.lists(st.integers(0, 2), min_size=n, max_size=n)), np.int32)
    spec = NmsSpec(iou_threshold=threshold, score_threshold=0.1, per_class=per_class, top_k=top_k)
    ours = engine.suppress(boxes, scores, classes, spec)
    theirs = core_nms(
        boxes,
        scores,
        classes if per_class else np.zeros_like(classes),
        iou_threshold=threshold,
        score_threshold=0.1,
        top_k=n if top_k is None else top_k,
    )
    for name, field in theirs._asdict().items():
        np.testing.assert_array_equal(getattr(ours, name), field, err_msg=name)
    assert (ours.status[ours.keep] == Status.KEPT).all()
    assert (np.diff(scores[ours.keep]) <= 0).all()


@pytest.mark.parametrize("objects", [63, 64, 65])
def test_more_objects_than_a_bucket(objects, scene):
    rng = np.random.default_rng(objects)
    corner = rng.uniform(0, 300, (objects, 2)).astype(np.float32)
    gt_boxes = np.concatenate([corner, corner + rng.uniform(5, 200, (objects, 2)).astype(np.float32)], 1)
    matches = engine.match(scene[0].xyxy, gt_boxes, GreedySpec())
    rounds = matches.story
    assert len(rounds.gt) == len(set(rounds.gt)) == rounds.count == objects
    assert len(set(rounds.anchor)) == objects
    assert rounds.iou.tolist() == sorted(rounds.iou, reverse=True)
    np.testing.assert_allclose(matches.best_iou, engine.pairwise_iou(*matches.boxes).max(1))


def test_encode_then_decode(scene):
    anchors, matches = scene
    positive = matches.label == 1
    boxes, targets = anchors.xyxy[positive], GT[matches.gt_index[positive]]
    for coder in (CoderSpec(), CoderSpec(means=(0.1, 0, 0, -0.2), stds=(1, 1, 1, 1), clamp=4)):
        np.testing.assert_allclose(
            engine.decode(boxes, engine.encode(boxes, targets, coder), coder), targets, atol=1e-3
        )


# --- simulation --------------------------------------------------------------------------------------


def test_the_usual_scene_has_25_predictions_and_3_survivors(scene):
    detections = engine.simulate_detections(*scene, GT, CLASSES, 3, SimulateSpec(), CoderSpec())
    assert len(detections.scores) == 25 and (detections.scores > 0.5).sum() > 12
    record = engine.suppress(
        detections.xyxy, detections.scores, detections.class_ids, NmsSpec(score_threshold=0.5)
    )
    assert sorted(detections.source[record.keep]) == [0, 1, 2]  # no false alarm scores that much


def test_unusable_anchors_predict_nothing(scene):
    anchors, _ = scene
    usable = np.zeros(len(anchors.xyxy), bool)
    usable[:5] = True
    matches = engine.match(anchors.xyxy, GT, ThresholdSpec(), usable=usable)
    assert (matches.reason[5:] == Reason.OUTSIDE).all() and (matches.label[5:] == -1).all()
    detections = engine.simulate_detections(anchors, matches, GT, CLASSES, 3, SimulateSpec(), CoderSpec())
    assert (detections.source >= 0).sum() == 3 * 5


# --- nothing compiles, everything may be called at once -----------------------------------------------


def play(step: int) -> tuple:
    """One visit, with everything different from the last."""
    spec = AnchorSpec(
        sizes=tuple(range(32, 32 + 16 * (1 + step % 3), 16)),
        aspect_ratios=(0.5, 1, 2, 3)[: 1 + step % 4],
        stride=32 + step,
        ratio_means=("h/w", "w/h")[step % 2],
        combine=("all", "first")[step % 2],
        center=(0, 0.5)[step % 2],
        border=("keep", "clip", "ignore")[step % 3],
    )
    anchors = engine.generate_anchors(spec, 300 + 10 * step, 420 - 7 * step)
    gt_boxes, classes = GT[: step % 4] + step, CLASSES[: step % 4]
    rule = GreedySpec(high=0.3 + 0.02 * step)
    greedy = engine.match(anchors.xyxy, gt_boxes, rule)
    spec = ThresholdSpec(high=0.6, low=0.01 * step, low_quality=bool(step % 2))
    matches = engine.match(anchors.xyxy, gt_boxes, spec, usable=anchors.inside if step % 2 else None)
    iou = engine.pairwise_iou(anchors.xyxy, gt_boxes, list(KINDS)[step % 4])
    coder = CoderSpec(stds=(0.1 + step, 1, 1, 1), clamp=None if step % 2 else 4.0)
    simulation = SimulateSpec(seed=step, per_object=step % 9, false_alarms=step % 5, score_noise=0.01 * step)
    detections = engine.simulate_detections(anchors, matches, gt_boxes, classes, 3 + step, simulation, coder)
    spec = NmsSpec(iou_threshold=0.05 * step, per_class=bool(step % 2), top_k=None if step % 2 else 1 + step)
    record = engine.suppress(detections.xyxy, detections.scores, detections.class_ids, spec)
    source = detections.source
    offsets = engine.encode(detections.xyxy[source >= 0], gt_boxes[source[source >= 0]], coder)
    return (
        *anchors[:2],
        anchors.cell,
        anchors.shape,
        greedy.label,
        *matches[:7],
        iou,
        *detections,
        *record,
        offsets,
    )


def test_nothing_compiles_when_values_change():
    """Each size used once is enough. That what is compiled ahead suffices is for the pages' tests to say."""
    box, class_ids = GT[:1], CLASSES[:1]
    for length in (1024, 2048):
        anchors = engine.generate_anchors(AnchorSpec(sizes=(8,), aspect_ratios=(1,), stride=8), 8, 8 * length)
        engine.pairwise_iou(anchors.xyxy, box)
        engine.match(anchors.xyxy, box, GreedySpec())
        matches = engine.match(anchors.xyxy, box, ThresholdSpec())
        engine.simulate_detections(anchors, matches, box, class_ids, 1, SimulateSpec(), CoderSpec())
    engine.suppress(box, [0.5], class_ids, NmsSpec())
    engine.encode(box, box, CoderSpec())
    with engine.count_compiles() as compiles:
        for step in range(18):
            play(step)
    assert compiles.count == 0


def test_the_count_counts():
    with engine.count_compiles() as compiles:
        jax.jit(lambda x: x * 3 + 1)(np.zeros(3)).block_until_ready()
    assert compiles.count == 1


def test_many_threads_get_what_one_gets():
    alone = [play(step) for step in range(8)]
    together, errors = {}, []

    def visit(session: int):
        try:
            for step in range(8):
                together[session, step] = play((step + session) % 8)
        except Exception as error:  # noqa: BLE001 - a thread must not die silently
            errors.append(error)

    threads = [threading.Thread(target=visit, args=(session,)) for session in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    for (session, step), results in together.items():
        for ours, theirs in zip(results, alone[(step + session) % 8], strict=True):
            np.testing.assert_array_equal(ours, theirs)


def test_results_may_be_written_to(scene):
    """Cut out, not views of a padded buffer that JAX owns."""
    anchors, matches = scene
    for array in (*anchors[:2], *matches[:6], engine.pairwise_iou(*matches.boxes)):
        assert array.flags.writeable and array.base is None
