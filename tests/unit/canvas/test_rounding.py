"""float32 in both halves: the same bits, but for the functions that no two libraries round alike."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from anchorlab.core import iou as core_iou
from anchorlab.core.rounding import total
from anchorlab.core.suppression.common import Status
from anchorlab.engine import Reason, match, pairwise_iou, suppress
from anchorlab.settings.matching import GreedySpec, MaxIouSpec, SsdSpec, ThresholdSpec
from anchorlab.settings.suppression import NmsSpec
from tests.golden.reading import cases

COUNT = 2000


def pairs(kind: str, draw: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """`COUNT` pairs of boxes (COUNT, 4), float32."""

    def boxes(low: float, high: float, side: float) -> np.ndarray:
        corner = draw.uniform(low, high, (COUNT, 2))
        return np.concatenate([corner, corner + draw.uniform(0, side, (COUNT, 2))], 1).astype(np.float32)

    a = boxes(-50, 600, 300)
    b = {
        "random": boxes(-50, 600, 300),
        "overlapping": a + draw.normal(0, 5, a.shape).astype(np.float32),
        "touching": np.stack([a[:, 2], a[:, 1], a[:, 2] + np.float32(7.3), a[:, 3]], 1),
        "sharing a corner": np.concatenate([a[:, :2], a[:, :2] + (a[:, 2:] - a[:, :2]) * np.float32(0.7)], 1),
        "lines and points": np.where(draw.random((COUNT, 4)) < 0.5, a, a[:, [0, 1, 0, 1]]),
        "equal": a,
        "far away": boxes(1e6, 1e7, 1e5),
        "tiny": a[:, [0, 1, 0, 1]] + np.float32([0, 0, 1e-3, 1e-3]),
    }[kind].astype(np.float32)
    b[:, 2:] = np.maximum(b[:, :2], b[:, 2:])
    return a, b


KINDS = (
    "random",
    "overlapping",
    "touching",
    "sharing a corner",
    "lines and points",
    "equal",
    "far away",
    "tiny",
)


def by_numpy(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """IoU of row with row, by the book, in NumPy's float32."""
    sides = np.maximum(np.minimum(a[:, 2:], b[:, 2:]) - np.maximum(a[:, :2], b[:, :2]), 0)
    shared = sides[:, 0] * sides[:, 1]
    area_a, area_b = ((c[:, 2] - c[:, 0]) * (c[:, 3] - c[:, 1]) for c in (a, b))
    union = area_a + area_b - shared
    return np.where(union > 0, shared / np.where(union > 0, union, 1), 0)


@pytest.mark.parametrize("kind", KINDS)
def test_overlap_and_distance_have_the_same_bits(kind, run):
    a, b = pairs(kind, np.random.default_rng(KINDS.index(kind)))
    got = run("overlaps", A=a, B=b)
    np.testing.assert_array_equal(got["iou"], by_numpy(a, b))
    np.testing.assert_array_equal(got["iou"], jax.jit(core_iou.iou)(a, b))
    np.testing.assert_array_equal(got["iou"], got["turned"], err_msg="not symmetric")
    far = jax.jit(core_iou.center_distance)(core_iou.columns(a), core_iou.columns(b))
    np.testing.assert_array_equal(got["distance"], far)


@cases("torchvision_iou_family", outside=("inverted_box", "inverted_box_losses"))
def test_ious_are_torchvisions(given, expected, name, run):
    a, b = (np.asarray(given[key], np.float32).reshape(-1, 4) for key in ("boxes1", "boxes2"))
    if "box_iou" not in expected:
        assert name.endswith("losses")
        return
    rows = np.repeat(a, len(b), axis=0), np.tile(b, (len(a), 1))
    got = np.reshape(run("overlaps", A=rows[0], B=rows[1])["iou"], (len(a), len(b)))
    # 0 / 0 is NaN there.
    np.testing.assert_array_equal(got, np.nan_to_num(expected["box_iou"]))
    np.testing.assert_array_equal(pairwise_iou(a, b), np.nan_to_num(expected["box_iou"]))


@pytest.mark.parametrize("count", [0, 1, 2, 3, 7, 64, 1000, 4097])
def test_sums_are_taken_in_one_order(count, run):
    draw = np.random.default_rng(count)
    values = draw.uniform(0, 1, count).astype(np.float32) * (draw.random(count) < 0.3)
    places = np.flatnonzero(values).astype(np.int32)
    want = jax.jit(total)(values)
    assert run("total", places=places, values=values[places]) == want
    assert want == total(jnp.pad(values, (0, 100))), "padding changed the sum"


# ---- what no two libraries round alike

ULPS = {"exp": 1, "log": 1, "power": 1, "atan2": 1, "log1p": 2, "sigmoid": 2}
"""How many float32 numbers Python's result and the browser's may be apart; as `browser/core/rounding.js` says."""


def apart(a, b) -> np.ndarray:
    """How many float32 numbers lie between two of them, and one more; 0 of equal ones."""

    def place(values) -> np.ndarray:
        bits = np.asarray(values, np.float32).view(np.int32).astype(np.int64)
        return np.where(bits < 0, -(bits & 0x7FFFFFFF), bits)

    return np.abs(place(a) - place(b))


@pytest.mark.parametrize("name", ULPS)
def test_transcendental_functions_are_neighbours(name, run):
    draw = np.random.default_rng(7)
    x = {
        "exp": draw.uniform(-20, 20, 20_000),
        "log": np.exp(draw.uniform(-10, 10, 20_000)),
        "power": draw.uniform(0, 1, 20_000),
        "atan2": np.exp(draw.uniform(-5, 5, 20_000)),
        "log1p": -draw.uniform(0, 1 - 1e-6, 20_000),
        "sigmoid": draw.uniform(-15, 15, 20_000),
    }[name].astype(np.float32)
    python = {
        "exp": jnp.exp,
        "log": jnp.log,
        "power": lambda x: x ** jnp.float32(0.6),
        "atan2": lambda x: jnp.arctan2(x, jnp.float32(0.6)),
        "log1p": jnp.log1p,
        "sigmoid": jax.nn.sigmoid,
    }[name]
    got = run("function", name=name, x=x, exponent=float(np.float32(0.6)))
    far = apart(got, jax.jit(python)(x))
    assert far.max() <= ULPS[name]
    assert far.any(), "they do round alike: say so"


# ---- at equality


def of_iou(tenths: int) -> np.ndarray:
    """Two boxes whose IoU is a number of tenths, as float32 divides it."""
    return np.float32([[0, 0, 10, 10], [0, 0, tenths, 10]])


@pytest.mark.parametrize("tenths", range(1, 10))
@pytest.mark.parametrize("spec", [ThresholdSpec, GreedySpec, MaxIouSpec, SsdSpec])
def test_an_iou_equal_to_a_threshold_is_the_same_in_both_halves(tenths, spec, run):
    # 0.7 and 0.9 are less in float32 than in the browser's float64; an IoU of 7/10 is float32's.
    threshold = tenths / 10
    settings = {"low_quality": False} if "low_quality" in spec.__dataclass_fields__ else {}
    anchors = np.concatenate([of_iou(tenths)[1:], np.float32([[0, 0, 10, 10]])])
    box = of_iou(tenths)[:1]
    for limits in ({"high": threshold}, {"high": 1.0, "low": threshold}):
        if not set(limits) <= set(spec.__dataclass_fields__):
            continue
        if "low" in spec.__dataclass_fields__:
            limits = {"low": 0.0} | limits
        asked = spec(**limits, **settings)
        want = match(anchors, box, asked)
        rule = {ThresholdSpec: "threshold", GreedySpec: "greedy", MaxIouSpec: "max_iou", SsdSpec: "ssd"}[spec]
        specs = [{"rule": rule, "settings": {**vars(asked)}}]
        (got,) = run("match", A=anchors, boxes=box, specs=specs)
        assert got["reason"] == want.reason.tolist()
        assert Reason(got["reason"][0]) == (Reason.BETWEEN if limits["high"] == 1 else Reason.ABOVE_HIGH)


@pytest.mark.parametrize("tenths", range(1, 10))
@pytest.mark.parametrize("equal", [False, True])
def test_suppression_at_its_threshold_is_the_same_in_both_halves(tenths, equal, run):
    boxes, scores, ids = of_iou(tenths), np.float32([0.9, 0.7]), np.zeros(2, np.int32)
    spec = NmsSpec(iou_threshold=tenths / 10, score_threshold=0.7, suppress_equal=equal)
    want = suppress(boxes, scores, ids, spec)
    settings = {
        "method": "hard",
        "shift_classes": False,
        "inclusive": False,
        "per_class": True,
        "top_k": None,
    }
    asked = settings | {
        "iou_threshold": tenths / 10,
        "score_threshold": 0.7,
        "suppress_equal": equal,
        "ties": "first",
    }
    (got,) = run(
        "suppress",
        settings=[asked],
        predictions=boxes,
        scores=scores,
        prediction_classes=ids,
        order=want.order,
    )
    assert got["status"] == want.status.tolist() == [Status.KEPT, Status.SUPPRESSED if equal else Status.KEPT]
