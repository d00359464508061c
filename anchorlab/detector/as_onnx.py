"""The detector as an ONNX file, its anchors and their decoding in it, and ONNX's own suppression at the end: `export`.

`python -m anchorlab.detector.as_onnx --bits 8 --folder here` writes the shipped detector and how far it is from what JAX computes. It
needs the packages of the extra "onnx", which patch JAX while they look on, so that nothing else should run in the same process.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any, NamedTuple

import jax
import numpy as np

from anchorlab import engine
from anchorlab.detector import predict, quantise, shipped
from anchorlab.detector.letterbox import letterbox
from anchorlab.detector.predict import Detector
from anchorlab.detector.weights import named
from anchorlab.engine import Detections
from anchorlab.scenes.catalogue import IDS, load_scene
from anchorlab.settings.deployment import FULL, QUANTISATIONS, Quantisation
from anchorlab.settings.suppression import NmsSpec

FILE, REPORT = "detector.onnx", "report.json"
MOST = 1000
"""Boxes of a class that are left at most: ONNX leaves none where nothing is said."""
SUPPRESSION = NmsSpec(0.5, 0.05)
"""What is written into the file; the two thresholds are inputs with these values unless something else is given."""


def export(detector: Detector, asked: Quantisation = QUANTISATIONS[0]) -> bytes:
    """The detector as an ONNX model.

    One input, `picture`: uint8 (1, S, S, 3), letterboxed. Outputs: `scores` (1, A, C) in (0, 1), `boxes` (1, A, 4), xyxy pixels of
    that square; and `kept`, int64 (K, 3): which of them ONNX's NonMaxSuppression leaves, as rows of picture, class, anchor. Further
    inputs have values of their own: `iou_threshold`, `score_threshold`, `most_boxes` of a class.

    Quantised weights are stored as whole numbers of 8 bits, from four bits on down of 4, with their steps.

    Raises:
      ImportError: the packages of the extra "onnx" are not there.
    """
    import onnx
    from jax2onnx import to_onnx

    side = detector.spec.side
    small = quantise.quantised(detector, asked)
    model = to_onnx(
        lambda pictures: predict.said(small, pictures),
        inputs=[jax.ShapeDtypeStruct((1, side, side, 3), np.uint8)],
        model_name="anchorlab",
    )
    graph = model.graph
    names = dict(
        zip(
            (each.name for each in (*graph.input, *graph.output)), ("picture", "scores", "boxes"), strict=True
        )
    )
    _rename(graph, names)
    if asked.bits != FULL:
        _pack(graph, detector, asked)
    _suppress(graph)
    onnx.checker.check_model(model, full_check=True)
    return model.SerializeToString()


def _rename(graph: Any, names: dict[str, str]) -> None:
    for each in (*graph.input, *graph.output):
        each.name = names[each.name]
    for node in graph.node:
        for of in (node.input, node.output):
            of[:] = [names.get(name, name) for name in of]


def _pack(graph: Any, detector: Detector, asked: Quantisation) -> None:
    """Stores weights as codes and steps, of which DequantizeLinear makes what was there."""
    from onnx import helper, numpy_helper

    stored = {each.name: numpy_helper.to_array(each) for each in graph.initializer}
    nodes = []
    for name, array in named(detector.network).items():
        if not quantise.is_weight(name):
            continue
        found = quantise.quantise(array, asked)
        (own,) = (key for key, value in stored.items() if np.array_equal(value, found.values))
        graph.initializer.remove(next(each for each in graph.initializer if each.name == own))
        parts = [f"{name}.codes", f"{name}.steps"]
        codes = found.codes.astype(jax.numpy.int4 if asked.bits <= 4 else np.int8)
        steps = found.steps if len(found.steps) > 1 else found.steps[0]
        graph.initializer.extend(
            numpy_helper.from_array(np.asarray(values), part)
            for part, values in zip(parts, (codes, steps), strict=True)
        )
        axis = {"axis": array.ndim - 1} if len(found.steps) > 1 else {}
        nodes.append(helper.make_node("DequantizeLinear", parts, [own], **axis))
    whole = [*nodes, *graph.node]
    del graph.node[:]
    graph.node.extend(whole)


def _suppress(graph: Any) -> None:
    """Adds NonMaxSuppression and its thresholds.

    It takes corners as y1, x1, y2, x2: ours are those of the picture turned over, and overlap alike.
    """
    from onnx import TensorProto, helper

    limits = {
        "most_boxes": (TensorProto.INT64, MOST),
        "iou_threshold": (TensorProto.FLOAT, SUPPRESSION.iou_threshold),
        "score_threshold": (TensorProto.FLOAT, SUPPRESSION.score_threshold),
    }
    for name, (kind, value) in limits.items():
        graph.initializer.append(helper.make_tensor(name, kind, (1,), [value]))
        graph.input.append(helper.make_tensor_value_info(name, kind, (1,)))
    graph.node.append(helper.make_node("Transpose", ["scores"], ["scores_of_classes"], perm=(0, 2, 1)))
    graph.node.append(
        helper.make_node("NonMaxSuppression", ["boxes", "scores_of_classes", *limits], ["kept"])
    )
    graph.output.append(helper.make_tensor_value_info("kept", TensorProto.INT64, ("kept_boxes", 3)))


class Compared(NamedTuple):
    """One picture, as the file in onnxruntime and as JAX.

    Attributes:
      name: of the picture.
      scores, boxes: the largest difference, of boxes in pixels of the network's square.
      kept, theirs: how many boxes our suppression leaves of our predictions, and ONNX's of its own.
      same: whether they are the same ones, anchor and class.
    """

    name: str
    scores: float
    boxes: float
    kept: int
    theirs: int
    same: bool


def check(content: bytes, detector: Detector, asked: Quantisation = QUANTISATIONS[0]) -> list[Compared]:
    """Runs the file on the built-in pictures and holds what comes out against JAX and the engine."""
    import onnxruntime

    quiet = onnxruntime.SessionOptions()
    quiet.log_severity_level = 3  # it warns of inputs that have values of their own
    session = onnxruntime.InferenceSession(content, quiet, providers=["CPUExecutionProvider"])
    small, found = quantise.quantised(detector, asked), []
    for name in IDS:
        picture = letterbox(load_scene(name).image, detector.spec.side)[0][None]
        scores, boxes, kept = session.run(["scores", "boxes", "kept"], {"picture": picture})
        ours = predict.raw(small, picture)
        left = ours_kept(ours)
        found.append(
            Compared(
                name,
                float(abs(scores - ours.scores).max()),
                float(abs(boxes - ours.boxes).max()),
                len(left),
                len(kept),
                left == {(int(anchor), int(class_id)) for _, class_id, anchor in kept},
            )
        )
    return found


def ours_kept(said: predict.Raw, spec: NmsSpec = SUPPRESSION) -> set[tuple[int, int]]:
    """Anchor and class of the boxes that our suppression leaves on the first picture, under ONNX's conventions."""
    classes = said.scores.shape[-1]
    rows = np.flatnonzero(said.scores[0].reshape(-1) > np.float32(spec.score_threshold))
    anchor, class_id = rows // classes, rows % classes
    flat = Detections(
        said.boxes[0][anchor], said.scores[0][anchor, class_id], class_id.astype(np.int32), rows
    )
    keep = engine.suppress(flat.xyxy, flat.scores, flat.class_ids, spec).keep
    return {(int(anchor[k]), int(class_id[k])) for k in keep}


def main(bits: int, per: str, folder: Path) -> None:
    """Writes the file of the shipped detector, and the report of its check."""
    engine.keep_programs()
    asked = Quantisation(bits, per)
    content = export(shipped.detector(), asked)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE).write_bytes(content)
    compared = check(content, shipped.detector(), asked)
    (folder / REPORT).write_text(json.dumps([one._asdict() for one in compared], indent=2))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bits", type=int, default=FULL)
    parser.add_argument("--per", default="tensor")
    parser.add_argument("--folder", type=Path, default=Path())
    main(**vars(parser.parse_args()))
