"""Files people take home: the same numbers as on the page, quickly, in two formats."""

import csv
import io
import math
import threading
import time

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from anchorlab import engine
from anchorlab.engine import Anchors, Detections, Reason, Status
from anchorlab.session import store
from anchorlab.settings.anchors import AnchorSpec
from anchorlab.settings.coding import CoderSpec
from anchorlab.settings.matching import RECORDS, ThresholdSpec
from anchorlab.settings.simulation import SimulateSpec
from anchorlab.settings.suppression import NmsSpec
from anchorlab.ui import downloads
from tests.places import ROOT

BOXES = np.array([[77, 70, 479, 389], [173, 18, 406, 306], [326, 66, 424, 326]], np.float32)
CLASSES = ("saucer", "cup", "spoon")
CODER = CoderSpec()


@pytest.fixture(scope="module")
def laid() -> Anchors:
    return engine.generate_anchors(AnchorSpec(), 400, 600)


@pytest.fixture(scope="module")
def predicted(laid):
    matched = engine.match(laid.xyxy, BOXES, ThresholdSpec())
    found = engine.simulate_detections(laid, matched, BOXES, np.arange(3), 3, SimulateSpec(), CODER)
    return found, engine.suppress(found.xyxy, found.scores, found.class_ids, NmsSpec(score_threshold=0.5))


@pytest.fixture(params=["threshold", "greedy"])
def matched(request, laid):
    return engine.match(laid.xyxy, BOXES, RECORDS[request.param]())


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode())))


def column(table: list[dict[str, str]], *names: str) -> np.ndarray:
    values = [[float(row[name] or "nan") for name in names] for row in table]
    return np.asarray(values, np.float32).reshape(-1, len(names)).squeeze(1 if len(names) == 1 else ())


def arrays(data: bytes) -> dict[str, np.ndarray]:
    return dict(np.load(io.BytesIO(data), allow_pickle=False))


def test_anchors(laid):
    table = rows(downloads.anchors_csv(laid))
    assert list(table[0]) == ["anchor", "level", "cell", "shape", "x1", "y1", "x2", "y2", "inside"]
    np.testing.assert_array_equal(column(table, "anchor"), np.arange(2223))
    np.testing.assert_array_equal(column(table, "x1", "y1", "x2", "y2"), laid.xyxy)
    assert {row["level"] for row in table} == {"0"}
    np.testing.assert_array_equal(column(table, "cell"), laid.cell)
    np.testing.assert_array_equal(column(table, "shape"), laid.shape)
    assert {row["inside"] for row in table} == {"0", "1"}
    np.testing.assert_array_equal(column(table, "inside"), laid.inside)

    got = arrays(downloads.anchors_npz(laid))
    assert set(got) == {"xyxy", "inside", "level", "cell", "shape", "starts", "grids", "strides"}
    for name in ("xyxy", "inside", "level", "cell", "shape"):
        np.testing.assert_array_equal(got[name], getattr(laid, name))
    assert got["starts"].tolist() == [0, 2223] and got["grids"].tolist() == [[13, 19]]
    assert got["strides"].tolist() == [[32, 32]]


def test_matches(laid, matched):
    table = rows(downloads.matches_csv(laid, matched))
    assert list(table[0])[-4:] == ["label", "gt_index", "best_iou", "reason"]
    np.testing.assert_array_equal(column(table, "x1", "y1", "x2", "y2"), laid.xyxy)
    for name in ("label", "gt_index", "best_iou"):
        np.testing.assert_array_equal(column(table, name), getattr(matched, name))
    assert [row["reason"] for row in table] == [Reason(r).name.lower() for r in matched.reason]

    got = arrays(downloads.matches_npz(laid, matched))
    for name, value in matched._asdict().items():
        if name not in ("story", "boxes"):
            np.testing.assert_array_equal(got[name], value)
    np.testing.assert_array_equal(got["iou"], engine.pairwise_iou(laid.xyxy, BOXES))
    if matched.story is not None:
        assert got["story_anchor"].tolist() == matched.story.anchor.tolist()
        assert got["story_gt"].tolist() == matched.story.gt.tolist()


def test_offsets(laid, matched):
    table = rows(downloads.offsets_csv(laid, matched, BOXES, CODER))
    positive = np.flatnonzero(matched.label == 1)
    targets = engine.encode(laid.xyxy[positive], BOXES[matched.gt_index[positive]], CODER)
    np.testing.assert_array_equal(column(table, "anchor"), positive)
    np.testing.assert_array_equal(column(table, "gt_index"), matched.gt_index[positive])
    np.testing.assert_array_equal(column(table, "tx", "ty", "tw", "th"), targets)
    np.testing.assert_array_equal(column(table, "x1", "y1", "x2", "y2"), laid.xyxy[positive])
    gt = column(table, "gt_x1", "gt_y1", "gt_x2", "gt_y2")
    np.testing.assert_array_equal(gt, BOXES[matched.gt_index[positive]])

    got = arrays(downloads.offsets_npz(laid, matched, BOXES, CODER))
    np.testing.assert_array_equal(got["offsets"], targets)
    decoded = engine.decode(got["anchors"], got["offsets"], CODER)
    np.testing.assert_allclose(decoded, got["gt_boxes"], atol=1e-3)
    assert got["stds"].tolist() == pytest.approx(CODER.stds)


def test_predictions(predicted):
    found, trace = predicted
    table = rows(downloads.predictions_csv(found, trace, CLASSES))
    np.testing.assert_array_equal(column(table, "score"), found.scores)
    np.testing.assert_array_equal(column(table, "x1", "y1", "x2", "y2"), found.xyxy)
    assert [row["class"] for row in table] == [CLASSES[c] for c in found.class_ids]
    assert [row["status"] for row in table] == [Status(s).name.lower() for s in trace.status]
    np.testing.assert_array_equal(column(table, "suppressed_by"), trace.suppressed_by)
    np.testing.assert_array_equal(column(table, "round"), trace.round)
    for row, iou in zip(table, trace.iou, strict=True):
        assert row["iou"] == "" if math.isnan(iou) else np.float32(row["iou"]) == iou

    got = arrays(downloads.predictions_npz(found, trace, CLASSES))
    assert tuple(got["classes"]) == CLASSES
    for name, value in {**found._asdict(), **trace._asdict()}.items():
        np.testing.assert_array_equal(got[name], value)


def test_empty_results_are_a_header_alone(laid):
    none = np.zeros((0, 4), np.float32)
    matched = engine.match(laid.xyxy, none, ThresholdSpec())
    assert rows(downloads.offsets_csv(laid, matched, none, CODER)) == []
    assert downloads.offsets_csv(laid, matched, none, CODER).startswith(b"anchor,x1,y1,x2,y2,gt_index")
    assert arrays(downloads.offsets_npz(laid, matched, none, CODER))["offsets"].shape == (0, 4)
    assert {row["reason"] for row in rows(downloads.matches_csv(laid, matched))} == {"no_objects"}
    assert arrays(downloads.matches_npz(laid, matched))["iou"].shape == (2223, 0)

    found = Detections(none, none[:, 0], np.zeros(0, np.int32), np.zeros(0, np.int32))
    trace = engine.suppress(*found[:3], NmsSpec())
    assert rows(downloads.predictions_csv(found, trace, ())) == []
    assert arrays(downloads.predictions_npz(found, trace, ()))["xyxy"].shape == (0, 4)


def test_anchors_without_area_have_no_offsets():
    spec = AnchorSpec(sizes=(64,), aspect_ratios=(1,), stride=512, border="clip")
    laid = engine.generate_anchors(spec, 400, 600)
    matched = engine.match(laid.xyxy, BOXES, ThresholdSpec(high=0, low=0))
    assert (matched.label == 1).all()
    assert column(rows(downloads.offsets_csv(laid, matched, BOXES, CODER)), "anchor").tolist() == [0]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("cup", "cup"),
        ('a "b", c', 'a "b", c'),
        ("two\nlines", "two\nlines"),
        ("猫 🐱", "猫 🐱"),
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("@x", "'@x"),
        ("-1", "'-1"),
        ("half\ud83d", "half?"),
    ],
)
def test_class_names_survive_and_are_no_formulas(name, shown):
    one = np.array([[1, 2, 3, 4]], np.float32)
    found = Detections(one, np.ones(1, np.float32), np.zeros(1, np.int32), np.zeros(1, np.int32))
    data = downloads.predictions_csv(found, engine.suppress(*found[:3], NmsSpec()), (name,))
    (row,) = csv.DictReader(io.StringIO(data.decode(), newline=""))
    assert row["class"] == shown


def test_a_hundred_thousand_anchors_take_no_time():
    laid = engine.generate_anchors(AnchorSpec(stride=4.8), 400, 600)
    assert len(laid.xyxy) > 90_000
    spent = []
    for _ in range(5):
        # Of the processor, and the best of five: other programs on the machine must not count.
        start = time.process_time()
        data = downloads.anchors_csv(laid)
        spent.append(time.process_time() - start)
    # Measured 0.05 s; a writer that loops over rows takes 0.5 s and more.
    assert min(spent) < 0.4
    assert data.count(b"\n") == len(laid.xyxy) + 1


def page() -> None:
    from anchorlab.ui import downloads

    downloads.row("anchors", lambda: 1 / 0, lambda of: b"a,b\n", lambda of: 1 / 0)


def test_the_row_offers_both_and_makes_neither():
    at = AppTest.from_function(page).run()
    assert not at.exception
    buttons = at.get("download_button")
    assert [b.proto.label for b in buttons] == ["Anchors (CSV)", "Anchors (NPZ)"]
    assert all(b.proto.ignore_rerun for b in buttons)
    # Deferred: nothing was made, or the division would have failed.
    assert all(b.proto.deferred_file_id for b in buttons)


def test_every_download_is_made_for_the_visitor_who_drew_its_button():
    """Streamlit's own button forgets whose session it is when its file is made at the click."""
    sources = [*(ROOT / "anchorlab").rglob("*.py"), *(ROOT / "pages").glob("*.py")]
    assert [path.name for path in sources if "st.download_button" in path.read_text()] == ["downloads.py"]


def visitors_page() -> None:
    from anchorlab.session import store
    from anchorlab.ui import downloads

    store.change(scene="cat")
    downloads.button("Scene", lambda: store.app().scene, "scene.txt", "text/plain", key="scene")
    store.change(scene="rocket")


def test_a_file_is_made_from_the_visitors_session_as_it_is_at_the_click(monkeypatch):
    made = []
    monkeypatch.setattr("streamlit.download_button", lambda label, make, *_, **__: made.append(make))
    at = AppTest.from_function(visitors_page).run()
    assert not at.exception
    answers = []
    thread = threading.Thread(target=lambda: answers.append(made[0]()))
    thread.start()
    thread.join()
    assert answers == ["rocket"]
    assert store.session() is not at.session_state["anchorlab"]  # and whoever asks next is nobody's visitor
