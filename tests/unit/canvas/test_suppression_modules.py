"""Every method of suppression and every convention, in the browser's code as in the engine."""

from dataclasses import asdict

import numpy as np
import pytest

from anchorlab import engine
from anchorlab.canvas import controls
from anchorlab.canvas.views import nms
from anchorlab.canvas.views.nms import stage_data
from anchorlab.catalogue.suppression import METHODS, play
from anchorlab.engine import Detections
from anchorlab.engine.played import by_score, taking_part
from anchorlab.scenes.catalogue import IDS, load_scene
from anchorlab.session import results, scene
from anchorlab.session.app_state import DEFAULT, put
from anchorlab.session.own import NOTHING
from anchorlab.settings.anchors import AnchorSpec
from anchorlab.settings.coding import CoderSpec
from anchorlab.settings.matching import ThresholdSpec
from anchorlab.settings.simulation import SimulateSpec
from anchorlab.settings.suppression import Suppression
from tests.unit.core.book_nms import soft_factors

SWITCHES = (
    {},
    {"suppress_equal": True},
    {"ties": "last"},
    {"inclusive": True},
    {"shift_classes": True},
    {"per_class": False},
    {"shift_classes": True, "inclusive": True, "suppress_equal": True, "ties": "last"},
)
LIMITS = (
    {"iou_threshold": 0.5, "score_threshold": 0.5},
    {"iou_threshold": 0.3, "score_threshold": 0.05, "top_k": 17},
    {"iou_threshold": 0.0, "score_threshold": 0.0},
)
from tests.variants import variants

ULP = 2.0**-23


def slack(s: Suppression, steps: int) -> tuple[float, float]:
    """How far overlaps may be apart, and final scores relatively: not at all, unless an exponential or a power is
    taken, of which the two halves give float32 numbers next to each other (`test_rounding`)."""
    if s.method == "diou" and s.diou.beta != 1:
        return 2 * ULP, 0
    if s.method == "gaussian":
        return 0, 2 * ULP * steps
    if s.method == "matrix" and s.matrix.kernel == "gaussian":
        return 0, 2 * ULP
    return 0, 0


def simulated(scene: str) -> Detections:
    here = load_scene(scene)
    laid = engine.generate_anchors(AnchorSpec(), here.height, here.width)
    matched = engine.match(laid.xyxy, here.boxes, ThresholdSpec())
    return engine.simulate_detections(
        laid, matched, here.boxes, here.class_ids, len(here.classes), SimulateSpec(), CoderSpec()
    )


def whole(seed: int, count: int = 60) -> Detections:
    """Boxes and scores on a coarse grid: equal scores, and IoUs that meet a threshold exactly."""
    draw = np.random.default_rng(seed)
    corner = draw.integers(-6, 6, (count, 2))
    boxes = np.concatenate([corner, corner + draw.integers(1, 8, (count, 2))], 1).astype(np.float32)
    ids = draw.integers(0, 3, count).astype(np.int32)
    return Detections(boxes, (draw.integers(1, 20, count) / 20).astype(np.float32), ids, ids)


def assert_same(found: Detections, cases: list[Suppression], node) -> None:
    for ties in ("first", "last"):
        in_order = by_score(found.scores, ties)
        chosen = [s for s in cases if s.ties == ties]
        answers = node(
            "suppress",
            settings=[asdict(s) for s in chosen],
            predictions=found.xyxy,
            scores=found.scores,
            prediction_classes=found.class_ids,
            order=in_order,
        )
        for s, got in zip(chosen, answers, strict=True):
            want = play(found, s)
            said = str(s)
            np.testing.assert_array_equal(in_order, want.order, err_msg=said)
            for name, value in (
                ("status", want.status),
                ("round", want.round),
                ("suppressed_by", want.suppressed_by),
            ):
                np.testing.assert_array_equal(got[name], value, err_msg=f"{name} of {said}")
            overlaps, scores = slack(s, want.steps)
            np.testing.assert_allclose(
                got["prediction_iou"], np.nan_to_num(want.iou), rtol=0, atol=overlaps, err_msg=said
            )
            np.testing.assert_allclose(got["final_scores"], want.final_scores, rtol=scores, err_msg=said)
            assert (got["kept"], got["rounds"], got["above"]) == (len(want.keep), want.steps, want.above), (
                said
            )


def own_settings(method: str) -> list[dict]:
    """What only this method reads, at its defaults and at other values."""
    record = getattr(Suppression(), method, None)
    return [{method: other} for other in variants(type(record))] if record else [{}]


def specs(method: str) -> list[Suppression]:
    return [
        Suppression(method=method, **limits | switches | own)
        for limits in LIMITS
        for switches in SWITCHES
        for own in own_settings(method)
    ]


@pytest.mark.parametrize("scene", IDS)
def test_scenes(scene, run):
    assert_same(simulated(scene), [case for method in METHODS for case in specs(method)], run)


@pytest.mark.parametrize("seed", range(3))
def test_thresholds_met_exactly_and_equal_scores(seed, run):
    cases = [
        Suppression(iou_threshold=float(np.float32(t)), method=method, **switches)
        for t in (0.5, 1 / 3, 0.3, 0.25)
        for switches in SWITCHES
        for method in METHODS
    ]
    assert_same(whole(seed), cases, run)


@pytest.mark.parametrize("size", [0, 1])
def test_nothing_and_little(size, run):
    found = Detections(*(values[:size] for values in results.EXAMPLES["shift"].on(1, 1)))
    assert_same(found, [case for method in METHODS for case in specs(method)], run)


@pytest.mark.parametrize("method", ["hard", "diou"])
def test_moving_classes_apart_fails_at_minus_one(method, run):
    found = results.EXAMPLES["shift"].on(1, 1)
    assert found.xyxy.max() == -1
    apart = [Suppression(shift_classes=moved, method=method) for moved in (False, True)]
    assert_same(found, apart, run)
    kept = [play(found, s).keep.tolist() for s in apart]
    assert kept == [[0, 1], [0]]


@pytest.mark.parametrize("kernel", ["linear", "gaussian"])
def test_the_scores_of_every_round_of_soft_nms(kernel, run):
    found = simulated("cat")
    s = Suppression(score_threshold=0.3, method=kernel)
    part = taking_part(found, s)[0].index
    taking, spec = (found.xyxy[part], found.scores[part], found.class_ids[part]), METHODS[kernel].spec(s)
    soft = engine.soft_suppress(*taking, spec)
    factors = soft_factors(soft, found.xyxy[part], found.class_ids[part], spec)
    got = run(
        "soft_rounds",
        settings=asdict(s),
        **stage_data(found, play(found, s)),
    )
    assert len(got) == len(soft.keep) + 1
    scores = found.scores[part]
    for r, row in enumerate(got):
        if r:
            scores = scores * factors[r - 1]
        np.testing.assert_allclose(
            np.array(row)[part], scores, rtol=slack(s, r)[1], atol=0, err_msg=f"round {r}"
        )


@pytest.mark.parametrize("inclusive", [False, True])
def test_the_fused_boxes_of_every_step(inclusive, run):
    found = simulated("astronaut")
    s = Suppression(score_threshold=0.2, method="fusion", inclusive=inclusive)
    played = play(found, s)
    steps = run(
        "fused_after",
        settings=asdict(s),
        **stage_data(found, played),
    )
    assert [len(step) for step in steps] == [
        int(((played.status == 1) & (played.round <= k)).sum()) for k in range(played.steps + 1)
    ]
    last = {c["founder"]: c for c in steps[-1]}
    assert set(last) == set(played.keep.tolist())
    for founder, box, score in zip(played.keep, played.boxes, played.final_scores[played.keep], strict=True):
        np.testing.assert_array_equal(list(last[founder]["box"].values()), box)
        assert last[founder]["score"] == score


def test_the_settings_that_are_sent_make_the_whole_record(run):
    sent = controls.settings("nms", DEFAULT)
    prefix = "suppression."
    fields = {path.removeprefix(prefix): v for path, v in sent.items() if path.startswith(prefix)}
    assert run("record", fields=fields) == asdict(DEFAULT.suppression)


@pytest.mark.parametrize(
    "moved",
    [
        {},
        {"simulate.seed": 8},
        {"simulate.seed": 6},
        {"simulate.false_alarms": 30, "simulate.seed": 8},
        {"source": "book"},
        {"suppression.ties": "last", "suppression.method": "fusion"},
        {"source": "book", "suppression.iou_threshold": 0.1},
    ],
)
def test_what_was_moved_is_played_as_python_will_say(moved, run):
    before = put(DEFAULT, simulate__seed=7)
    of = scene.built_in("cat", None)
    got = run(
        "played",
        **nms.shown(of, before, NOTHING),
        settings=controls.settings("nms", before),
        moved=moved,
    )
    after = put(before, **moved)
    wanted, _ = results.predictions(scene.predicted_on(of, after), after)
    want = play(wanted, after.suppression)
    np.testing.assert_allclose(np.reshape(got["predictions"], (-1, 4)), wanted.xyxy, rtol=1e-4, atol=1e-2)
    np.testing.assert_allclose(got["scores"], wanted.scores, atol=1e-5)
    assert (got["order"], got["kept"], got["source"]) == (want.order.tolist(), len(want.keep), after.source)
