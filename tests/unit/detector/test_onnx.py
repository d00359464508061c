"""The detector as ONNX files: made by the command, run in onnxruntime, held against JAX, the engine and the page's words."""

import time

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper

from anchorlab.detector import as_onnx, data, exports, predict, quantise, shipped
from anchorlab.scenes.catalogue import IDS
from anchorlab.settings.deployment import FULL, Quantisation

ASKED = (Quantisation(FULL), Quantisation(4, "channel"))


@pytest.fixture(scope="module")
def made() -> list[exports.Export]:
    """Both files, made one after the other in processes of their own."""
    asked = [exports.ask(one) for one in ASKED]
    while any(export.running for export in asked):
        time.sleep(0.1)
    return asked


def test_a_file_says_what_jax_says_and_leaves_the_boxes_that_the_engine_leaves(made):
    for export in made:
        assert not export.error
        assert [one.name for one in export.compared] == list(IDS)
        for one in export.compared:
            assert one.scores < 1e-5 and one.boxes < 1e-4 and one.same and one.kept == one.theirs, one
        assert sum(one.kept for one in export.compared) > 50
        assert exports.ask(export.asked) is export and exports.known(export.asked) is export


def test_a_file_holds_its_weights_in_their_bits(made):
    network = shipped.detector().network
    whole, packed = (onnx.load_from_string(export.content).graph for export in made)
    kinds = {each.data_type for each in packed.initializer if each.name.endswith(".codes")}
    assert kinds == {TensorProto.INT4} and not any(each.name.endswith(".codes") for each in whole.initializer)
    for export in made:
        rest = len(export.content) - quantise.size(network, export.asked)
        assert 0 < rest < 90_000, "anchors and the graph"


def test_a_scene_that_was_held_out_and_thresholds_of_ones_own(made):
    session = onnxruntime.InferenceSession(made[0].content)
    picture = data.held_out(96, 8).images[7:]
    ours = predict.raw(shipped.detector(), picture)
    own = {"iou_threshold": np.float32([0.3]), "score_threshold": np.float32([0.2])}
    scores, boxes, kept = session.run(["scores", "boxes", "kept"], {"picture": picture, **own})
    np.testing.assert_allclose(scores, ours.scores, atol=1e-5)
    np.testing.assert_allclose(boxes, ours.boxes, atol=1e-4)
    spec = predict.NmsSpec(0.3, 0.2)
    assert {(anchor, class_id) for _, class_id, anchor in kept.tolist()} == as_onnx.ours_kept(ours, spec)
    assert len(kept) >= 1
    none = session.run(["kept"], {"picture": picture, "most_boxes": np.int64([0])})[0]
    assert none.shape == (0, 3)


def suppressed(boxes, scores, most=9, iou=0.5, score=-1.0, told=True) -> list[list[int]]:
    """What ONNX's operator leaves of boxes (A, 4) with scores (C, A): class and place. `told`: whether it gets the limits."""
    given = {
        "boxes": np.float32([boxes]),
        "scores": np.float32([scores]),
        "most": np.int64([most]),
        "iou": np.float32([iou]),
        "score": np.float32([score]),
    }
    inputs = [
        helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(value.dtype), value.shape)
        for name, value in given.items()
    ]
    names = list(given)[: 5 if told else 2]
    graph = helper.make_graph(
        [helper.make_node("NonMaxSuppression", names, ["kept"])],
        "nms",
        inputs,
        [helper.make_tensor_value_info("kept", TensorProto.INT64, ("k", 3))],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    (kept,) = onnxruntime.InferenceSession(model.SerializeToString()).run(None, given)
    return kept[:, 1:].tolist()


HALVES = [[0, 0, 10, 10], [0, 0, 10, 5]]


def test_the_conventions_that_the_page_names():
    assert suppressed(HALVES, [[0.9, 0.8]]) == [[0, 0], [0, 1]], "an IoU equal to the threshold stays"
    assert suppressed(HALVES, [[0.9, 0.8]], iou=0.49) == [[0, 0]]
    turned = [[y1, x1, y2, x2] for x1, y1, x2, y2 in HALVES]
    assert suppressed(turned, [[0.9, 0.8]], iou=0.49) == [[0, 0]], "the picture turned over"
    both = [[0.9, 0.0], [0.0, 0.8]]
    assert suppressed(HALVES, both, iou=0.1) == [[0, 0], [1, 1]], "another class is not suppressed"
    assert suppressed(HALVES, [[0.9, 0.5]], score=0.5) == [[0, 0]], (
        "a score equal to the threshold takes no part"
    )
    assert suppressed(HALVES, [[0.5, 0.9], [0.4, 0.8]], iou=0.9) == [[0, 1], [0, 0], [1, 1], [1, 0]], (
        "by class"
    )
    assert len(suppressed(HALVES, [[0.9, 0.8]], most=1)) == 1
    assert suppressed(HALVES, [[0.9, 0.8]], told=False) == [], "none if nothing is said"


def test_what_cannot_be_made_says_why(monkeypatch, tmp_path):
    monkeypatch.setattr(exports, "_known", {})
    (tmp_path / "jax2onnx.py").write_text("raise ImportError('not with this version')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    export = exports.ask(Quantisation(8))
    while export.running:
        time.sleep(0.1)
    assert export.error == "The file could not be made: ImportError: not with this version."
    assert exports.ask(Quantisation(8)) is not export, "it may be tried again"
