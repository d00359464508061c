"""A whole set of the visitor's own: COCO annotations and results are read, measured and told, without their pictures."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import streamlit as st

from anchorlab import engine
from anchorlab.draw import charts
from anchorlab.engine import DetectionSet, Evaluation, GroundTruthSet, Outcome
from anchorlab.scenes import coco_io
from anchorlab.scenes.coco_io import Found, Truth
from anchorlab.session import fragments, store
from anchorlab.settings.evaluation import EvalSpec
from anchorlab.ui import downloads, layout, prose, widgets
from anchorlab.ui.text import as_typed
from anchorlab.wording import Sentence, say

TRUTH, FOUND = "set_truth", "set_found"
READ: dict[str, Sentence] = {
    TRUTH: {
        "one": "Read {count} object in {images} images, of {classes} classes.",
        "other": "Read {count} objects in {images} images, of {classes} classes.",
    },
    FOUND: {"one": "Read {count} detection.", "other": "Read {count} detections."},
}
FIGURES = {
    "AP": "mean over IoU .5, .55, … .95",
    "AP50": "at IoU .5",
    "AP75": "at IoU .75",
    "AP_small": "of objects up to 32² pixels",
    "AP_medium": "of objects from 32² to 96² pixels",
    "AP_large": "of objects from 96² pixels on",
    "AR1": "average recall, one detection an image and class",
    "AR10": "average recall, ten",
    "AR100": "average recall, a hundred",
    "AR_small": "average recall of objects up to 32² pixels",
    "AR_medium": "average recall of objects from 32² to 96² pixels",
    "AR_large": "average recall of objects from 96² pixels on",
}
MOST_ROWS = 300


@dataclass
class OwnSet:
    """What the session has of a set, and the answers that are known."""

    truth: Truth | None = None
    found: Found | None = None
    answers: dict[EvalSpec, Evaluation] = field(default_factory=dict)

    def evaluated(self, spec: EvalSpec) -> Evaluation:
        if spec not in self.answers:
            objects = GroundTruthSet(*self.truth[:5])
            found = self.found
            detections = DetectionSet(found.image_id, found.class_id, found.score, found.xyxy)
            self.answers[spec] = engine.evaluate(detections, objects, spec)
        return self.answers[spec]


def mine() -> OwnSet:
    s = store.session()
    s.own_set = s.own_set or OwnSet()
    return s.own_set


def summary_table(summary: Mapping[str, float]) -> None:
    """COCO's figures, each with what it is; a dash for what there is no object for."""
    st.table(
        [
            {
                "figure": name,
                "value": "–" if math.isnan(value) else f"{value:.3f}",
                "what it is": FIGURES[name],
            }
            for name, value in summary.items()
        ]
    )


def panel() -> None:
    """The two files, and once both are read what comes of them."""
    prose.caption(
        "Annotations and results as COCO has them, of as many images as you like; their pictures are not needed. Nothing "
        "is stored: the files are gone with this session."
    )
    own = mine()
    left, right = st.columns(2, gap="medium")
    with left:
        _field(TRUTH, "Annotations (JSON with “annotations” and “categories”)", _read_truth)
        if own.truth is not None:
            counts = {"images": f"{len(own.truth.images):,}", "classes": f"{len(own.truth.classes):,}"}
            _said(TRUTH, say(READ[TRUTH], count=len(own.truth.xyxy), **counts), own.truth.notes)
    with right:
        _field(FOUND, "Results (JSON list with “score” and “bbox”)", _read_found, disabled=own.truth is None)
        if own.found is not None:
            _said(FOUND, say(READ[FOUND], count=len(own.found.score)), own.found.notes)
    if own.truth is not None and own.found is not None:
        _told(own)


def _field(key: str, label: str, read: Callable[[bytes], None], *, disabled: bool = False) -> None:
    def chosen() -> None:
        file = st.session_state.get(key)
        store.session().errors.pop(key, None)
        if file is not None:
            try:
                read(file.getvalue())
            except coco_io.CocoError as refusal:
                store.session().errors[key] = str(refusal)
        fragments.redraw(fragments.DETAILS)

    st.file_uploader(
        label,
        type=["json"],
        key=key,
        on_change=chosen,
        disabled=disabled,
        max_upload_size=coco_io.MAX_MEGABYTES,
    )
    widgets.complaint(key)


def _said(key: str, read: str, notes: tuple[str, ...]) -> None:
    for note in (read, *notes):
        st.caption(as_typed(note))


def _read_truth(data: bytes) -> None:
    truth = coco_io.parse_annotations(data)
    store.session().own_set = OwnSet(truth)


def _read_found(data: bytes) -> None:
    own = mine()
    store.session().own_set = OwnSet(own.truth, coco_io.parse_results(data, own.truth))


def _told(own: OwnSet) -> None:
    """The summary, the curve of a class, and every detection's story, by the rule and at the IoU that are set above."""
    app, truth = store.app(), own.truth
    whole, answer = own.evaluated(EvalSpec()), own.evaluated(app.evaluation.spec())
    threshold = answer.spec.iou_thresholds[0]
    left, right = st.columns(2, gap="large")
    with left:
        prose.caption("COCO’s summary, the mean over classes:")
        summary_table(whole.summary())
    with right:
        named = [truth.classes[k] for k in answer.class_ids]
        chosen = st.selectbox("Class of its curve", named, key="set_class")
        k = named.index(chosen) if chosen in named else 0
        if named:
            curve = answer.curve(int(answer.class_ids[k]), threshold)
            ap = float(answer.ap[0, k, 0, 0])
            figure = charts.precision_recall(curve.recall, curve.precision, ap, theme=layout.theme())
            st.plotly_chart(figure, config=charts.CONFIG, key="set_curve")
            prose.caption(f"At an IoU from {threshold:.2f} on, by the rule that is set beside the picture.")
    table = stories(own, answer)
    prose.caption(f"The first {MOST_ROWS} detections by score, with their stories; the file below has all.")
    st.dataframe({name: values[:MOST_ROWS] for name, values in table.items()}, key="set_stories")
    with st.container(horizontal=True, gap="small"):
        downloads.button(
            "Stories of the set (CSV)",
            lambda: downloads.to_csv(stories(mine(), mine().evaluated(store.app().evaluation.spec()))),
            "anchorlab-set-stories.csv",
            "text/csv",
            key="download_set_csv",
        )
        downloads.button(
            "Figures of the set (JSON)",
            lambda: figures(mine()),
            "anchorlab-set-figures.json",
            "application/json",
            key="download_set_json",
        )


def stories(own: OwnSet, answer: Evaluation) -> dict[str, np.ndarray]:
    """A row a detection, best score first: image, class, score, outcome, IoU and the object’s place in the annotations
    (-1: none)."""
    found, truth, told = own.found, own.truth, answer.stories
    order = np.argsort(-found.score, kind="stable")
    names = np.array(["", *(outcome.name.lower() for outcome in Outcome)], dtype=object)
    return {
        "image": downloads.guarded(truth.images)[found.image_id[order]],
        "class": downloads.guarded(truth.classes)[found.class_id[order]],
        "score": found.score[order],
        "outcome": names[told.outcome[0, order]],
        "iou": told.overlap[0, order],
        "annotation": told.gt_index[0, order],
    }


def figures(own: OwnSet) -> str:
    """COCO's summary and every class's AP, as JSON; null for what there is no object for."""
    whole = own.evaluated(EvalSpec())
    of_classes = {
        own.truth.classes[c]: float(np.mean(whole.ap[:, k, 0, -1])) for k, c in enumerate(whole.class_ids)
    }
    said: dict[str, Any] = {"summary": whole.summary(), "AP by class": of_classes}
    return json.dumps(
        {name: {k: None if math.isnan(v) else v for k, v in values.items()} for name, values in said.items()},
        indent=2,
    )
