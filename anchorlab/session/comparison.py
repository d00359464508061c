"""Two libraries compared on one question: about the picture on the table, or about a demo scene on its own drawing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from anchorlab.catalogue.libraries import ALL, FIELDS, LIBRARIES, Library
from anchorlab.catalogue.libraries.as_library import coder_spec, match_spec, nms_spec
from anchorlab.catalogue.libraries.demo_scenes import DEMO_SCENES, DemoScene
from anchorlab.catalogue.libraries.fields import Kind
from anchorlab.engine import Anchors, Suppression
from anchorlab.session import library_answers, results
from anchorlab.session.anchor_source import AnchorSource
from anchorlab.session.app_state import AppState
from anchorlab.session.library_answers import Labels
from anchorlab.session.link import DECIMALS
from anchorlab.session.own import NOTHING, Own
from anchorlab.session.scene import Scene, drawing
from anchorlab.settings.anchors import AnchorSpec
from anchorlab.settings.matching import ThresholdSpec, changes_to


@dataclass(frozen=True, eq=False)
class Comparison:
    """One question to two libraries.

    Attributes:
      here: what is asked about: the session's picture, or the drawing of `demo`.
      demo: the demo scene that is open; None: the picture is asked about.
      kind: what is compared.
      a, b: names of libraries.
      convention: the question.
      own: what the visitor brought along.
    """

    app: AppState
    here: Scene
    demo: DemoScene | None
    kind: Kind
    a: str
    b: str
    convention: str
    own: Own = NOTHING

    @property
    def names(self) -> tuple[str, str]:
        return self.a, self.b

    @property
    def libraries(self) -> tuple[Library, Library]:
        return ALL[self.a], ALL[self.b]

    @property
    def titles(self) -> dict[str, str]:
        """The libraries' titles as sentences want them, as `a` and `b`."""
        return {"a": ALL[self.a].title, "b": ALL[self.b].title}

    @property
    def spec(self) -> AnchorSpec:
        """The anchors that every library is asked about; none cut and none left out: what is done at the border is
        not asked here."""
        return self.demo.spec if self.demo else replace(self.app.anchors, border="keep")

    @property
    def size(self) -> tuple[int, int]:
        return self.here.height, self.here.width

    @property
    def stride(self) -> float:
        """Pixels of the cell in which YOLO writes a box."""
        return self.demo.stride if self.demo else self.app.anchors.stride

    @property
    def predictions(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The boxes, scores and classes that are suppressed."""
        if self.demo:
            boxes, scores, class_ids = self.demo.predictions, self.demo.scores, self.demo.class_ids
        else:
            found, _ = results.predictions(self.here, self.app, self.own)
            boxes, scores, class_ids = found.xyxy, found.scores, found.class_ids
        return np.asarray(boxes, np.float32), np.asarray(scores, np.float32), np.asarray(class_ids, np.int32)

    @property
    def limits(self) -> dict[str, Any]:
        """The thresholds of suppression."""
        if self.demo:
            return {"iou_threshold": self.demo.iou_threshold, "score_threshold": 0.0}
        nms = self.app.suppression
        return {
            name: getattr(nms, name) for name in ("iou_threshold", "score_threshold", "per_class", "top_k")
        }

    def generated(self, library: str | Library) -> Anchors:
        return library_answers.generated(library, self.spec, *self.size)

    def labels(self, library: str | Library) -> Labels:
        if self.demo:
            return library_answers.demo_labels(library, self.demo)
        return library_answers.labels(library, self.spec, *self.size, self.here.objects)

    def kept(self, library: str | Library) -> tuple[Suppression, bool]:
        """(trace, whether it is documented) of a library's suppression."""
        if self.demo:
            return library_answers.demo_kept(library, self.demo)
        return library_answers.kept(library, *self.predictions, **self.limits), False

    def exchanged(self) -> Library:
        """A, had it B's answer to the question; raises `Unanswered` where A cannot."""
        return library_answers.exchanged(self.a, self.b, self.convention)


def comparison(app: AppState, here: Scene, own: Own = NOTHING) -> Comparison:
    """What the app state compares; on a demo scene's own drawing if one is open."""
    chosen = app.rosetta
    demo = DEMO_SCENES.get(chosen.case)
    kind = demo.kind if demo else FIELDS[chosen.convention].kind
    of = drawing(chosen.case) if demo else here
    return Comparison(app, of, demo, kind, chosen.a, chosen.b, chosen.convention, own)


def pair(compared: Comparison) -> tuple[np.ndarray, np.ndarray, int, int] | None:
    """The anchor and the object whose four numbers are compared, and their indices: the selected or the last
    object and its best anchor; None without objects."""
    if demo := compared.demo:
        anchor = np.asarray(demo.anchors[0], np.float32)
        return anchor, np.asarray(demo.objects[0], np.float32) if demo.objects else anchor, 0, 0
    boxes, chosen = compared.here.boxes, compared.app.selection.object
    if not len(boxes):
        return None
    gt = chosen if 0 <= chosen < len(boxes) else len(boxes) - 1
    source = AnchorSource(compared.spec)
    best = results.matches(source, *compared.size, compared.here.objects, ThresholdSpec()).best_anchor
    anchor = int(best[gt])
    return results.anchors(source, *compared.size).xyxy[anchor], boxes[gt], anchor, gt


# ---- choosing

# What was pointed at belongs to the last question.
_AFRESH = {"selection__word": -1, "selection__anchor": -1, "selection__prediction": -1}


def choose_demo(name: str) -> dict[str, Any]:
    """The changes that open a demo scene with its question and its two libraries; '' goes back to the picture."""
    if not name:
        return {"rosetta__case": "", **_AFRESH}
    demo = DEMO_SCENES[name]
    return {
        "rosetta__case": name,
        "rosetta__convention": demo.convention,
        "rosetta__a": demo.a,
        "rosetta__b": demo.b,
        **_AFRESH,
        "selection__cell": -1,
    }


def choose_convention(app: AppState, name: str) -> dict[str, Any]:
    """The changes that ask another question; a demo scene that does not answer it is left."""
    demo = DEMO_SCENES.get(app.rosetta.case)
    stays = demo is not None and (demo.convention == name or demo.kind == FIELDS[name].kind)
    return {"rosetta__convention": name, "rosetta__case": app.rosetta.case if stays else "", **_AFRESH}


def choose_library(side: str, name: str) -> dict[str, Any]:
    """The changes that compare another library as 'a' or 'b'."""
    return {f"rosetta__{side}": name, **_AFRESH}


def chosen(app: AppState, sent: dict[str, Any]) -> dict[str, Any]:
    """The changes that the picture or the table asks for; none if they name nothing known."""
    if sent.get("case") in DEMO_SCENES:
        return choose_demo(sent["case"])
    if sent.get("ask") in FIELDS:
        return choose_convention(app, sent["ask"])
    if sent.get("b") in ALL:
        return choose_library("b", sent["b"])
    return {}


# ---- taking a library's conventions over


def adopted(app: AppState, library: str) -> dict[str, Any]:
    """The changes that give the app state a library's conventions; thresholds of suppression stay."""
    known = LIBRARIES[library]
    changes: dict[str, Any] = {}
    if known.ratio != "none":
        changes["anchors__ratio_means"] = known.ratio
    changes["anchors__center"] = known.center
    changes["anchors__combine"] = "first" if known.order == "first" else "all"
    changes |= changes_to(match_spec(known))
    coder = coder_spec(known)
    # To the digits of a link, so that a shared link gives the same lab.
    changes["coder"] = coder if coder.clamp is None else replace(coder, clamp=round(coder.clamp, DECIMALS))
    spec = nms_spec(known)
    changes |= {
        f"suppression__{name}": getattr(spec, name)
        for name in ("suppress_equal", "ties", "inclusive", "shift_classes")
    }
    if known.classes == "none":
        changes["suppression__per_class"] = False
    return changes


def left_out(library: str) -> list[str]:
    """What of a library's conventions the other pages cannot do."""
    known = LIBRARIES[library]
    found = (
        field.answers[value].left_out
        for name, field in FIELDS.items()
        if (value := getattr(known, name)) in field.answers
    )
    return list(dict.fromkeys(filter(None, found)))
