"""Results as files: CSV for spreadsheets, NPZ for NumPy. They are made only when somebody asks for them, from what
the visitor sees then."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import streamlit as st

from anchorlab import engine
from anchorlab.catalogue.coders import coder_of
from anchorlab.detector import quantise
from anchorlab.detector.predict import Detector
from anchorlab.engine import Anchors, Detections, Matches, Outcome, Reason, Status, Suppression
from anchorlab.engine.played import Played
from anchorlab.session import deploying, evaluating, store
from anchorlab.session.app_state import AppState
from anchorlab.session.evaluating import Counted, Picture
from anchorlab.session.results import Costs
from anchorlab.settings.coding import CoderSpec
from anchorlab.settings.deployment import QUANTISATIONS

Table = Mapping[str, np.ndarray]


def to_csv(table: Table) -> bytes:
    """Columns of equal length as CSV; float32 in the fewest digits that read back the same, NaN as nothing.

    Arrow writes the 100,000 rows of a detector's anchors in a tenth of a second.
    """
    columns = {
        name: pa.array(np.asarray(values, np.int8) if values.dtype == bool else values, from_pandas=True)
        for name, values in table.items()
    }
    out = io.BytesIO()
    out.write((",".join(columns) + "\n").encode())
    pyarrow.csv.write_csv(pa.table(columns), out, pyarrow.csv.WriteOptions(include_header=False))
    return out.getvalue()


def to_npz(table: Table) -> bytes:
    """Named arrays as a compressed NPZ."""
    out = io.BytesIO()
    np.savez_compressed(out, **table)
    return out.getvalue()


def _corners(boxes: np.ndarray, prefix: str = "") -> dict[str, np.ndarray]:
    return {f"{prefix}{name}": boxes[:, k] for k, name in enumerate(("x1", "y1", "x2", "y2"))}


def _names(codes: np.ndarray, members: type[Reason | Status]) -> np.ndarray:
    """The names of the codes in lower case, as in 'above_high'."""
    names = np.array([""] * (max(members) + 1), dtype=object)
    for member in members:
        names[member] = member.name.lower()
    return names[codes]


def guarded(names: Sequence[str]) -> np.ndarray:
    """Class names that no spreadsheet takes for a formula: links bring names from strangers."""
    whole = [name.encode("utf-8", "replace").decode() for name in names] or [""]
    risky = ("=", "+", "-", "@", "\t", "\r")
    return np.array([f"'{name}" if name.startswith(risky) else name for name in whole], dtype=object)


def _anchor_table(anchors: Anchors) -> dict[str, np.ndarray]:
    index = np.arange(len(anchors.xyxy), dtype=np.int32)
    return {"anchor": index, "level": anchors.level, "cell": anchors.cell, "shape": anchors.shape}


def anchors_csv(anchors: Anchors) -> bytes:
    """A row an anchor: anchor, level, cell, shape, x1, y1, x2, y2, inside (1: wholly in the image)."""
    return to_csv(_anchor_table(anchors) | _corners(anchors.xyxy) | {"inside": anchors.inside})


def anchors_npz(anchors: Anchors) -> bytes:
    """xyxy (A, 4), inside, level, cell, shape (A,); of every level starts (L + 1,), grids (L, 2) in rows and columns,
    strides (L, 2) down and across."""
    levels = anchors.levels
    return to_npz(
        {
            "xyxy": anchors.xyxy,
            "inside": anchors.inside,
            "level": anchors.level,
            "cell": anchors.cell,
            "shape": anchors.shape,
            "starts": np.array([0, *(level.span.stop for level in levels)]),
            "grids": np.array([(level.rows, level.cols) for level in levels]),
            "strides": np.array([level.stride for level in levels]),
        }
    )


def matches_csv(anchors: Anchors, found: Matches) -> bytes:
    """A row an anchor: its box, label (1, 0, -1), gt_index, best_iou and the reason in words."""
    verdict = {
        "label": found.label,
        "gt_index": found.gt_index,
        "best_iou": found.best_iou,
        "reason": _names(found.reason, Reason),
    }
    return to_csv(_anchor_table(anchors) | _corners(anchors.xyxy) | verdict)


def matches_npz(anchors: Anchors, found: Matches) -> bytes:
    """xyxy, every array of `engine.Matches` and the IoUs; what else the rule says as story_<name>: of the greedy one
    story_anchor, story_gt, story_iou, its rounds."""
    arrays = found._asdict()
    story, boxes = arrays.pop("story"), arrays.pop("boxes")
    told = {} if story is None else {f"story_{name}": value for name, value in story._asdict().items()}
    return to_npz(arrays | {"iou": engine.pairwise_iou(*boxes)} | told | {"xyxy": anchors.xyxy})


def offsets_csv(anchors: Anchors, found: Matches, boxes: np.ndarray, coder: CoderSpec) -> bytes:
    """A row a positive anchor: its box, its object (gt_index, gt_x1, ...), best_iou, and the coder's four numbers: tx, ty,
    tw, th."""
    positive, gt_index, offsets = engine.encode_matches(anchors, found, boxes, coder)
    gt_boxes = boxes[gt_index]
    return to_csv(
        {"anchor": positive, **_corners(anchors.xyxy[positive])}
        | {"gt_index": gt_index, **_corners(gt_boxes, "gt_"), "best_iou": found.best_iou[positive]}
        | {f"t{of.symbol}": offsets[:, k] for k, of in enumerate(coder_of(coder).numbers)}
    )


def offsets_npz(anchors: Anchors, found: Matches, boxes: np.ndarray, coder: CoderSpec) -> bytes:
    """anchor, gt_index (P,), anchors, gt_boxes, offsets (P, 4), means, stds (4,)."""
    positive, gt_index, offsets = engine.encode_matches(anchors, found, boxes, coder)
    return to_npz(
        {
            "anchor": positive,
            "gt_index": gt_index,
            "anchors": anchors.xyxy[positive],
            "gt_boxes": boxes[gt_index],
            "offsets": offsets,
            "means": np.asarray(coder.means, np.float32),
            "stds": np.asarray(coder.stds, np.float32),
        }
    )


def losses_csv(anchors: Anchors, found: Matches, costs: Costs) -> bytes:
    """A row an anchor: its box, label, best_iou, the probability of an object, what its class and its box cost, and
    taken (1: it counts)."""
    told = {
        "label": found.label,
        "best_iou": found.best_iou,
        "probability": np.exp(-np.logaddexp(0, -costs.logits)).astype(np.float32),
        "classification": costs.classification,
        "regression": costs.regression,
        "taken": costs.sample.taken,
    }
    return to_csv(_anchor_table(anchors) | _corners(anchors.xyxy) | told)


def losses_npz(anchors: Anchors, found: Matches, costs: Costs) -> bytes:
    """xyxy (A, 4), label, best_iou, logits, classification, regression, taken (A,), and the parts of the loss: total,
    total_classification, total_regression, n_cls, n_reg."""
    parts = costs.total._asdict()
    return to_npz(
        {"xyxy": anchors.xyxy, "label": found.label, "best_iou": found.best_iou, "logits": costs.logits}
        | {"classification": costs.classification, "regression": costs.regression}
        | {
            "taken": costs.sample.taken,
            "total": parts["total"],
            "n_cls": parts["n_cls"],
            "n_reg": parts["n_reg"],
        }
        | {f"total_{name}": parts[name] for name in ("classification", "regression")}
    )


def predictions_csv(found: Detections, trace: Suppression | Played, classes: Sequence[str]) -> bytes:
    """A row a prediction: class, score, box, and what suppression did with it, by whom and at what IoU; of methods
    that lower scores, the final one."""
    lowered = {"final_score": trace.final_scores} if isinstance(trace, Played) else {}
    return to_csv(
        {
            "prediction": np.arange(len(found.xyxy), dtype=np.int32),
            "class": guarded(classes)[np.clip(found.class_ids, 0, max(0, len(classes) - 1))],
            "class_id": found.class_ids,
            "score": found.scores,
            **_corners(found.xyxy),
            "status": _names(trace.status, Status),
            "round": trace.round,
            "suppressed_by": trace.suppressed_by,
            "iou": trace.iou,
            **lowered,
        }
    )


def predictions_npz(found: Detections, trace: Suppression | Played, classes: Sequence[str]) -> bytes:
    """xyxy, scores, class_ids, source, every array of the trace, and the classes' names."""
    return to_npz(found._asdict() | trace._asdict() | {"classes": np.asarray(classes, np.str_)})


def stories_csv(found: Counted, of: Sequence[Picture]) -> bytes:
    """A row a detection, best score first: picture, class, score, box, outcome, the object (its number in its picture from 1,
    0 for none), IoU, and precision and recall so far."""
    rows, index = found.rows, found.index
    names = np.array(["", *(outcome.name.lower() for outcome in Outcome)], dtype=object)
    first = np.cumsum([0, *(len(p.of.boxes) for p in of)])
    picture = rows.picture[index]
    return to_csv(
        {
            "step": np.arange(1, len(index) + 1, dtype=np.int32),
            "picture": guarded([p.of.title for p in of])[picture],
            "class": guarded(rows.names)[rows.class_id[index]],
            "score": rows.score[index],
            **_corners(rows.boxes[index]),
            "outcome": names[found.outcome],
            "object": np.where(found.gt < 0, 0, found.gt - first[picture] + 1).astype(np.int32),
            "iou": found.overlap,
            "precision": found.precision,
            "recall": found.recall,
        }
    )


def figures_json(app: AppState, of: Sequence[Picture]) -> str:
    """The curve's average precision, and the figures of the page's table; null where there is no object."""
    found, asked = evaluating.counted(of, app), app.evaluation
    table = {
        name: {"list": _known(of_list), "mean of classes": _known(of_classes)}
        for name, (of_list, of_classes) in evaluating.figures(of, app).items()
    }
    best = np.concatenate([p.best_iou for p in of])
    said = {
        "rule": asked.rule,
        "iou_threshold": asked.iou_threshold,
        "average_precision": found.ap,
        "objects": len(found.rows.gt_boxes),
        "best_possible_recall": _known(engine.best_possible_recall(best, np.float32(asked.reach))),
        "figures": table,
    }
    return json.dumps(said, indent=2)


def quantisations_csv(detector: Detector) -> bytes:
    """A row a number of bits: what shares a step, bytes, and on how many held-out scenes which AP50 and AP, if any."""
    measured = deploying.figures(detector)
    figures = [measured.of[asked] if measured else {} for asked in QUANTISATIONS]
    return to_csv(
        {
            "bits": np.array([asked.bits for asked in QUANTISATIONS]),
            "per": np.array([asked.per for asked in QUANTISATIONS], dtype=object),
            "bytes": np.array([quantise.size(detector.network, asked) for asked in QUANTISATIONS]),
            "scenes": np.full(len(figures), measured.scenes if measured else 0),
            **{name: np.array([found.get(name, np.nan) for found in figures]) for name in ("AP50", "AP")},
        }
    )


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value


def evaluation(pictures: Callable[[], list[Picture]], app: Callable[[], AppState]) -> None:
    """The buttons for the list of detections with their stories, and for the figures."""
    with st.container(horizontal=True, gap="small"):
        button(
            "Stories (CSV)",
            lambda: stories_csv(evaluating.counted(pictures(), app()), pictures()),
            "anchorlab-stories.csv",
            "text/csv",
            key="download_stories_csv",
        )
        button(
            "Figures (JSON)",
            lambda: figures_json(app(), pictures()),
            "anchorlab-figures.json",
            "application/json",
            key="download_figures_json",
        )


def button(label: str, make: Callable[[], str | bytes], file_name: str, mime: str, *, key: str) -> None:
    """A button that gives a file. `make` runs at the click, off the page's script, and nothing reruns.

    It sees the visitor's session as it is then (`store.for_visitor`): a part of the page that was drawn before the
    last edit must not give the boxes from before it.
    """
    st.download_button(label, store.for_visitor(make), file_name, mime, key=key, on_click="ignore")


def row(
    kind: str,
    results: Callable[[], tuple[Any, ...]],
    make_csv: Callable[..., bytes],
    make_npz: Callable[..., bytes],
) -> None:
    """The buttons for the two forms of a result, side by side.

    Args:
      kind: what it is, in the file's name and the widgets' keys, as in "anchors".
      results: looks up, at the click, what the visitor sees.
      make_csv, make_npz: make the file of it.
    """
    with st.container(horizontal=True, gap="small"):
        for suffix, make, mime in (
            ("csv", make_csv, "text/csv"),
            ("npz", make_npz, "application/octet-stream"),
        ):
            button(
                f"{kind.capitalize()} ({suffix.upper()})",
                lambda make=make: make(*results()),
                f"anchorlab-{kind}.{suffix}",
                mime,
                key=f"download_{kind}_{suffix}",
            )
