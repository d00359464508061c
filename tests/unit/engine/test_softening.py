"""Soft-NMS, Matrix NMS, DIoU-NMS and fusion: stories by hand, laws, and traces that add up."""

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from anchorlab import engine
from anchorlab.core.suppression import matrix, soft
from anchorlab.engine import Status
from anchorlab.settings.suppression import FusionSpec, MatrixNmsSpec, NmsSpec, SoftNmsSpec
from tests.unit.core.book_nms import soft_factors
from tests.unit.strategies import boxes

N = 7
predictions = st.tuples(
    boxes((N,)),
    npst.arrays(np.float32, N, elements=st.sampled_from([0.1, 0.3, 0.5, 0.7, 0.9])),
    npst.arrays(np.int32, N, elements=st.integers(0, 1)),
)
soft_specs = st.builds(
    SoftNmsSpec,
    kernel=st.sampled_from(["linear", "gaussian", "hard"]),
    iou_threshold=st.sampled_from([0.0, 0.3, 0.5]),
    sigma=st.sampled_from([0.1, 0.5]),
    score_threshold=st.sampled_from([0.0, 0.2]),
    per_class=st.booleans(),
    decay_equal=st.booleans(),
    dropped=st.sampled_from(["all", "overlapping"]),
)
CHAIN = np.array([[0, 0, 10, 10], [4, 0, 14, 10], [8, 0, 18, 10]], np.float32)  # neighbours 3/7, ends 1/9
SCORES, ONE_CLASS = [0.9, 0.8, 0.7], [0, 0, 0]


# --- soft-NMS ----------------------------------------------------------------------------------------


def test_the_chain_by_hand():
    """0 lowers 1 to .8 (1 - 3/7); 2 overlaps 0 by 1/9 only, is picked next, and lowers 1 again."""
    record = engine.soft_suppress(CHAIN, SCORES, ONE_CLASS, SoftNmsSpec())
    assert record.keep.tolist() == [0, 2, 1] and record.round.tolist() == [1, 3, 2]
    np.testing.assert_allclose(record.scores, [0.9, 0.8 * (4 / 7) ** 2, 0.7], rtol=1e-6)
    factors = soft_factors(record, CHAIN, ONE_CLASS, SoftNmsSpec())
    np.testing.assert_allclose(factors, [[1, 4 / 7, 1], [1, 4 / 7, 1], [1, 1, 1]], rtol=1e-6)


def test_gaussian_lowers_whatever_overlaps():
    record = engine.soft_suppress(CHAIN, SCORES, ONE_CLASS, SoftNmsSpec(kernel="gaussian", sigma=0.5))
    by_0 = np.exp([0, -((3 / 7) ** 2) / 0.5, -((1 / 9) ** 2) / 0.5])
    assert record.keep.tolist() == [0, 2, 1]
    np.testing.assert_allclose(record.scores[[0, 2]], np.float32([0.9, 0.7]) * by_0[[0, 2]], rtol=1e-6)
    np.testing.assert_allclose(record.scores[1], 0.8 * by_0[1] ** 2, rtol=1e-6)  # 2 overlaps it as much


@given(predictions, soft_specs)
def test_the_trace_adds_up(given, spec):
    boxes, scores, classes = given
    record = engine.soft_suppress(*given, spec)
    iou = engine.pairwise_iou(boxes, boxes)
    factors = soft_factors(record, boxes, classes, spec)
    np.testing.assert_allclose(record.scores, scores * factors.prod(axis=0), rtol=1e-5, atol=1e-7)
    assert (record.round[record.keep] == np.arange(1, len(record.keep) + 1)).all()
    assert ((factors >= 0) & (factors <= 1)).all()
    for r, picked in enumerate(record.keep):
        # The picked box was the best of those left, and lowers only what is left and overlaps it.
        before = scores * factors[:r].prod(axis=0)
        left = record.round > r
        assert before[picked] >= before[left].max() - 1e-6
        lowered = factors[r] < 1
        assert not lowered[record.round < r + 1].any() and not lowered[picked]
        assert (iou[picked][lowered] > 0).all()
        if spec.per_class:
            assert (classes[lowered] == classes[picked]).all()
    dropped = record.status == Status.SUPPRESSED
    assert (record.scores[dropped] < spec.score_threshold).all()
    assert sorted([*record.keep, *np.flatnonzero(dropped)]) == list(range(N))


@given(predictions, st.sampled_from([0.0, 0.3, 0.6]), st.booleans())
def test_hard_soft_nms_is_nms(given, threshold, per_class):
    spec = SoftNmsSpec(
        kernel="hard", iou_threshold=threshold, decay_equal=False, score_threshold=0.05, per_class=per_class
    )
    plain = NmsSpec(iou_threshold=threshold, score_threshold=0, per_class=per_class)
    np.testing.assert_array_equal(
        engine.soft_suppress(*given, spec).keep, engine.suppress(*given, plain).keep
    )


@given(predictions, soft_specs)
def test_padding_changes_nothing(given, spec):
    """The engine pads to 64; the core does not."""
    boxes, scores, classes = given
    ours = engine.soft_suppress(*given, spec)
    theirs = jax.jit(soft.soft_suppress, static_argnames=("kernel",))(
        boxes,
        scores,
        classes if spec.per_class else np.zeros_like(classes),
        kernel=spec.kernel,
        iou_threshold=spec.iou_threshold,
        sigma=spec.sigma,
        score_threshold=spec.score_threshold,
        decay_equal=spec.decay_equal,
        drop_all=spec.dropped == "all",
    )
    np.testing.assert_array_equal(ours.keep, theirs.picked[theirs.picked >= 0])
    np.testing.assert_allclose(ours.scores, theirs.scores, rtol=1e-6)
    np.testing.assert_array_equal(ours.round, theirs.round)
    np.testing.assert_array_equal(ours.status, theirs.status)


def test_which_boxes_are_dropped():
    far = np.array([[0, 0, 1, 1], [50, 50, 51, 51]], np.float32)
    for dropped, kept in (("all", [0]), ("overlapping", [0, 1])):
        spec = SoftNmsSpec(score_threshold=0.3, dropped=dropped)
        assert engine.soft_suppress(far, [0.9, 0.1], [0, 0], spec).keep.tolist() == kept
    # The best box is never tested.
    assert engine.soft_suppress(far[:1], [0.1], [0], SoftNmsSpec(score_threshold=0.3)).keep.tolist() == [0]


def test_equality_and_inclusive_pixels():
    half = np.array([[0, 0, 10, 10], [0, 0, 10, 5]], np.float32)  # IoU .5; inclusive 66 / 121
    for equal, factor in ((True, 0.5), (False, 1.0)):
        spec = SoftNmsSpec(iou_threshold=0.5, decay_equal=equal)
        assert engine.soft_suppress(half, [0.9, 0.5], [0, 0], spec).scores[1] == 0.5 * factor
    score = engine.soft_suppress(half, [0.9, 0.8], [0, 0], SoftNmsSpec(inclusive=True)).scores[1]
    np.testing.assert_allclose(score, 0.8 * (1 - 66 / 121), rtol=1e-6)


# --- Matrix NMS --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kernel", "f"), [("linear", lambda o: 1 - o), ("gaussian", lambda o: np.exp(-2 * o**2))]
)
def test_matrix_nms_by_hand(kernel, f):
    """1 speaks against 2 by 3/7, but 0 overlaps 1 by 3/7 too: its word is discounted to nothing, and
    0's own, of IoU 1/9, counts."""
    record = engine.matrix_suppress(CHAIN, SCORES, ONE_CLASS, MatrixNmsSpec(kernel=kernel))
    np.testing.assert_allclose(record.factor, [1, f(3 / 7), f(1 / 9)], rtol=1e-6)
    assert record.lowered_by.tolist() == [-1, 0, 0]
    np.testing.assert_allclose(record.compensation, [0, 3 / 7, 3 / 7], rtol=1e-6)
    np.testing.assert_allclose(record.iou, [np.nan, 3 / 7, 1 / 9], rtol=1e-6)


@given(predictions, st.sampled_from(["linear", "gaussian"]), st.booleans())
def test_matrix_nms_laws(given, kernel, per_class):
    _, scores, classes = given
    record = engine.matrix_suppress(*given, MatrixNmsSpec(kernel=kernel, per_class=per_class))
    assert np.isfinite(record.scores).all() and ((record.factor >= 0) & (record.factor <= 1)).all()
    assert record.factor[record.order[0]] == 1
    np.testing.assert_allclose(record.scores, scores * record.factor, rtol=1e-6)
    rank = np.argsort(record.order)
    for i, by in enumerate(record.lowered_by):
        assert (by == -1) == (record.factor[i] == 1) == np.isnan(record.iou[i])
        if by >= 0:
            assert rank[by] < rank[i] and (classes[by] == classes[i] or not per_class)


def test_a_duplicate_is_suppressed_and_has_no_say():
    """The authors' linear kernel divides 0 by 0 here."""
    twice = np.concatenate([CHAIN[:1], CHAIN[:1], CHAIN[1:2]])
    record = engine.matrix_suppress(twice, SCORES, ONE_CLASS, MatrixNmsSpec(kernel="linear"))
    np.testing.assert_allclose(record.factor, [1, 0, 4 / 7], rtol=1e-6)


# --- DIoU-NMS ----------------------------------------------------------------------------------------


def test_distance_spares_a_box_around_another_centre():
    boxes = np.array([[0, 0, 10, 10], [0, 0, 10, 5], [0, 2.5, 10, 7.5]], np.float32)  # IoU .5 and .5
    spec = NmsSpec(iou_threshold=0.49, overlap="diou", score_threshold=0)
    record = engine.suppress(boxes, SCORES, ONE_CLASS, spec)
    assert record.keep.tolist() == [0, 1] and record.suppressed_by[2] == 0 and record.iou[2] == 0.5
    equal = NmsSpec(iou_threshold=0.5, overlap="diou", suppress_equal=True)
    assert engine.suppress(boxes, SCORES, ONE_CLASS, equal).keep.tolist() == [0, 1]


@given(predictions, st.sampled_from([0.3, 0.5]))
def test_distance_suppresses_no_more_first(given, threshold):
    """The overlap is never more than the IoU, so the first round suppresses no more."""
    plain = engine.suppress(*given, NmsSpec(iou_threshold=threshold, score_threshold=0))
    distance = engine.suppress(*given, NmsSpec(iou_threshold=threshold, score_threshold=0, overlap="diou"))
    assert set(np.flatnonzero(distance.round == 1)) <= set(np.flatnonzero(plain.round == 1))


def test_ties_last():
    boxes = np.array([[0, 0, 1, 1], [5, 5, 6, 6], [9, 9, 10, 10]], np.float32)
    record = engine.suppress(boxes, [0.5, 0.5, 0.7], ONE_CLASS, NmsSpec(ties="last"))
    assert record.keep.tolist() == [2, 1, 0]


def test_where_moving_classes_apart_fails():
    """With a largest coordinate of -1 the boxes of class 1 move by nothing."""
    boxes = np.array([[-11, -11, -1, -1]] * 2, np.float32)
    kept = {
        shift: engine.suppress(boxes, [0.9, 0.8], [0, 1], NmsSpec(shift_classes=shift)).keep.tolist()
        for shift in (False, True)
    }
    assert kept == {False: [0, 1], True: [0]}
    moved = engine.suppress(boxes + 5, [0.9, 0.8], [0, 1], NmsSpec(shift_classes=True))
    assert moved.keep.tolist() == [0, 1]
    assert len(engine.suppress([], [], [], NmsSpec(shift_classes=True)).keep) == 0


# --- weighted boxes fusion ---------------------------------------------------------------------------


def test_two_models_agree():
    boxes = np.array([[0, 0, 10, 10], [2, 0, 12, 10], [50, 50, 60, 60]], np.float32)  # IoU 2/3
    fusion = engine.fuse_predictions(boxes, [0.9, 0.6, 0.5], ONE_CLASS, [0, 1, 1], FusionSpec(weights=(1, 1)))
    # (0 x .9 + 2 x .6) / 1.5 = .8. Seen by both: the mean; by one of two: half.
    np.testing.assert_allclose(fusion.boxes, [[0.8, 0, 10.8, 10], [50, 50, 60, 60]], rtol=1e-6)
    np.testing.assert_allclose(fusion.scores, [0.75, 0.25], rtol=1e-6)
    assert fusion.cluster.tolist() == [0, 0, 1] and fusion.members.tolist() == [2, 1]
    np.testing.assert_allclose(fusion.iou, [np.nan, 2 / 3, np.nan], rtol=1e-6)


@given(predictions, st.sampled_from([0.0, 0.3, 0.6]), st.sampled_from([0.0, 0.4]))
def test_fusion_laws(given, threshold, score_threshold):
    boxes, scores, classes = given
    models = np.arange(N) % 2
    spec = FusionSpec(iou_threshold=threshold, score_threshold=score_threshold, weights=(2, 1))
    fusion = engine.fuse_predictions(*given, models, spec)
    part = scores >= np.float32(score_threshold)
    assert ((fusion.cluster >= 0) == part).all()
    assert sorted(fusion.order) == np.flatnonzero(part).tolist()
    np.testing.assert_array_equal(
        fusion.members, np.bincount(fusion.cluster[part], minlength=len(fusion.boxes))
    )
    assert (np.diff(fusion.scores) <= 0).all()
    weighted = scores * np.array([2, 1])[models]
    for c, box in enumerate(fusion.boxes):
        mine = fusion.cluster == c
        assert (classes[mine] == fusion.class_ids[c]).all()
        np.testing.assert_allclose(box, np.average(boxes[mine], axis=0, weights=weighted[mine]), atol=1e-4)
        assert np.isnan(fusion.iou[mine]).sum() == 1 and (fusion.iou[mine][1:] != threshold).all()


@pytest.mark.parametrize(
    ("score", "overflow", "expected"),
    [
        ("avg", False, 0.6),  # min(3 boxes, 3 models) / 3
        ("avg", True, 0.6),
        ("max", False, 0.9),
        ("box_and_model_avg", False, 0.6 * 1 / 3),
        ("absent_model_aware_avg", False, 1.8 / (3 + 2)),
    ],
)
def test_kinds_of_scores(score, overflow, expected):
    """Three boxes of the first of three models, of scores .9, .6 and .3."""
    box = np.repeat(CHAIN[:1], 3, axis=0)
    spec = FusionSpec(weights=(1, 1, 1), score=score, allow_overflow=overflow)
    fusion = engine.fuse_predictions(box, [0.9, 0.6, 0.3], ONE_CLASS, ONE_CLASS, spec)
    np.testing.assert_allclose(fusion.scores, [expected], rtol=1e-6)


# --- empty, wrong, compiled ----------------------------------------------------------------------------


def test_empty():
    assert all(len(field) == 0 for field in engine.soft_suppress([], [], [], SoftNmsSpec()))
    assert all(len(field) == 0 for field in engine.matrix_suppress([], [], [], MatrixNmsSpec()))
    assert all(len(field) == 0 for field in engine.fuse_predictions([], [], [], [], FusionSpec()))
    low = engine.fuse_predictions(CHAIN, SCORES, ONE_CLASS, ONE_CLASS, FusionSpec(score_threshold=1))
    assert len(low.boxes) == 0 and low.cluster.tolist() == [-1, -1, -1]


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("kernel", lambda: SoftNmsSpec(kernel="cubic")),
        ("sigma", lambda: SoftNmsSpec(sigma=0)),
        ("dropped", lambda: SoftNmsSpec(dropped="none")),
        ("kernel", lambda: MatrixNmsSpec(kernel="hard")),
        ("weights", lambda: FusionSpec(weights=())),
        ("weights", lambda: FusionSpec(weights=(1, 0))),
        ("score", lambda: FusionSpec(score="median")),
        ("beta", lambda: NmsSpec(beta=0)),
        ("ties", lambda: NmsSpec(ties="random")),
        ("overlap", lambda: NmsSpec(overlap="giou")),
        ("scores", lambda: engine.soft_suppress(CHAIN, [0.9, -0.1, 0], ONE_CLASS, SoftNmsSpec())),
        ("boxes", lambda: engine.soft_suppress(np.zeros((10_001, 4)), np.zeros(10_001), np.zeros(10_001), SoftNmsSpec())),
        ("model_ids", lambda: engine.fuse_predictions(CHAIN, SCORES, ONE_CLASS, [0, 1, 0], FusionSpec())),
        ("kernel", lambda: soft.decay_factor(np.zeros(1), kernel="cubic")),
        ("kernel", lambda: matrix.matrix_suppress(CHAIN, np.array(SCORES), kernel="cubic")),
    ],
)  # fmt: skip
def test_a_wrong_argument_is_named(name, call):
    with pytest.raises(ValueError, match=rf"^{name}\b"):
        call()


def test_nothing_compiles_when_values_change():
    def play(step):
        kernels = ("linear", "gaussian", "hard")
        soft = SoftNmsSpec(kernel=kernels[step % 3], sigma=0.1 + step, per_class=bool(step % 2))
        engine.soft_suppress(CHAIN[: 1 + step % 3], SCORES[: 1 + step % 3], ONE_CLASS[: 1 + step % 3], soft)
        matrix = MatrixNmsSpec(kernel=kernels[step % 2], sigma=1 + step)
        engine.matrix_suppress(CHAIN, SCORES, ONE_CLASS, matrix)
        kinds = ("avg", "max", "box_and_model_avg", "absent_model_aware_avg")
        fusion = FusionSpec(weights=(1,) * (1 + step), score=kinds[step % 4], iou_threshold=0.1 * step)
        engine.fuse_predictions(CHAIN, SCORES, ONE_CLASS, ONE_CLASS, fusion)
        nms = NmsSpec(
            overlap="diou", beta=1 + step, ties=("first", "last")[step % 2], inclusive=bool(step % 2)
        )
        engine.suppress(CHAIN, SCORES, ONE_CLASS, nms)

    play(0)
    with engine.count_compiles() as compiles:
        for step in range(1, 7):
            play(step)
    assert compiles.count == 0
