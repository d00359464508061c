"""Why two predictions did or did not act on each other: what the browser reads off a trace, held against the engine."""

from collections import Counter
from dataclasses import asdict, replace

import numpy as np
import pytest

from anchorlab import engine
from anchorlab.catalogue.suppression import METHODS, play
from anchorlab.engine import Detections, Status
from anchorlab.engine.played import by_score, measured
from anchorlab.settings.suppression import Suppression
from tests.unit.canvas.test_suppression_modules import simulated, whole

SPECS = (
    Suppression(score_threshold=0.3),
    Suppression(score_threshold=0.3, per_class=False, inclusive=True, ties="last"),
    Suppression(iou_threshold=0.25, score_threshold=0.05, top_k=25, suppress_equal=True),
    Suppression(score_threshold=0.3, shift_classes=True),
)
KEPT, SUPPRESSED = Status.KEPT, Status.SUPPRESSED


class Story:
    """What the engine says of the predictions, as far as reasons ask for it."""

    def __init__(self, found: Detections, s: Suppression):
        self.found, self.set = found, s
        self.played = play(found, s)
        self.rank = {int(i): rank for rank, i in enumerate(self.played.order)}
        boxes = measured(found.xyxy, s)
        self.iou = np.asarray(engine.pairwise_iou(boxes, boxes))
        self.same = (found.class_ids[:, None] == found.class_ids) | (not s.per_class)

    def enough(self, overlap: float) -> bool:
        limit = np.float32(self.set.iou_threshold)
        return bool(np.float32(overlap) > limit or (self.set.suppress_equal and np.float32(overlap) == limit))

    def check(self, pair: dict) -> None:
        """Every claim that a reason makes; the kinds of one method exclude each other, so none can hide another."""
        a, b, p = pair["a"], pair["b"], self.played
        assert self.rank[a] < self.rank[b]
        part = [i for i in (a, b) if p.status[i] not in (KEPT, SUPPRESSED)]
        if part:
            assert pair["kind"] == "out" and pair["out"] == part
            return
        moved = self.set.shift_classes and self.set.method in ("hard", "diou")
        if self.set.method != "diou" and not moved:
            assert pair["overlap"] == pytest.approx(float(self.iou[a, b]), abs=2e-6)
        if not self.same[a, b] and not moved:
            assert pair["kind"] == "class"
            return
        assert pair["kind"] != "class"
        CHECKED[self.set.method][0](self, a, b, pair)

    def hard(self, a: int, b: int, pair: dict) -> None:
        p = self.played
        if p.status[b] == SUPPRESSED and p.suppressed_by[b] == a:
            assert pair["kind"] == "suppressed" and pair["enough"] and pair["round"] == p.round[b]
            assert pair["overlap"] == pytest.approx(float(p.iou[b]), abs=2e-6)
        elif p.status[a] == SUPPRESSED:
            assert pair["kind"] == "gone" and (pair["by"], pair["round"]) == (p.suppressed_by[a], p.round[a])
        elif p.status[b] == SUPPRESSED and p.round[b] < p.round[a]:
            assert pair["kind"] == "late" and (pair["by"], pair["round"]) == (p.suppressed_by[b], p.round[b])
        else:
            assert pair["kind"] == "passed" and not pair["enough"] and pair["round"] == p.round[a]
            assert pair["by"] == p.suppressed_by[b] != a

    def soft(self, a: int, b: int, pair: dict) -> None:
        p = self.played
        kept = [i for i in (a, b) if p.status[i] == KEPT]
        if not kept:
            assert pair["kind"] == "neither"
            return
        actor = min(kept, key=lambda i: p.round[i])
        other = a + b - actor
        assert (pair["actor"], pair["other"]) == (actor, other)
        if p.round[other] < p.round[actor]:
            assert pair["kind"] == "late" and p.status[other] == SUPPRESSED
            assert (pair["by"], pair["round"]) == (p.suppressed_by[other], p.round[other])
            return
        overlap = float(self.iou[a, b])
        if self.set.method == "gaussian":
            factor = np.exp(-(overlap**2) / self.set.gaussian.sigma) if overlap > 0 else 1
        else:
            factor = 1 - overlap if overlap > 0 and self.enough(overlap) else 1
        if factor == 1:
            assert pair["kind"] == "passed"
            return
        assert pair["factor"] == pytest.approx(factor, abs=1e-5)
        assert pair["after"] == pytest.approx(pair["before"] * factor, abs=1e-5)
        falls = p.status[other] == SUPPRESSED and p.round[other] == p.round[actor]
        assert pair["kind"] == ("dropped" if falls else "lowered")
        assert falls == (pair["after"] < np.float32(self.set.score_threshold))
        if falls:
            assert pair["after"] == pytest.approx(float(p.final_scores[other]), abs=1e-5)

    def matrix(self, a: int, b: int, pair: dict) -> None:
        p, word = self.played, pair["word"]
        o, c = float(self.iou[a, b]), float(p.compensation[a])
        if self.set.matrix.kernel == "gaussian":
            assert word == pytest.approx(np.exp(self.set.matrix.sigma * (c * c - o * o)), rel=1e-4)
        if p.suppressed_by[b] == a:
            assert (
                pair["kind"] == "decides" and word == pytest.approx(float(p.factor[b]), abs=1e-5) and word < 1
            )
        elif word < 1:
            assert pair["kind"] == "weaker" and pair["by"] == p.suppressed_by[b] >= 0
            assert p.factor[b] <= word + 1e-5
        else:
            assert pair["kind"] == "silent"

    def fusion(self, a: int, b: int, pair: dict) -> None:
        p = self.played
        founder = lambda i: int(p.suppressed_by[i]) if p.suppressed_by[i] >= 0 else i
        if founder(a) == founder(b):
            assert pair["kind"] == "together" and pair["founder"] == founder(a)
            return
        assert pair["kind"] == "apart" and pair["into"] == p.suppressed_by[b]
        # The fused box of `a` as it was when it was the turn of `b`: the mean of those before, weighted by score.
        boxes = measured(self.found.xyxy, self.set).astype(float)
        members = [
            i for i in self.rank if p.round[i] and p.round[i] < p.round[b] and founder(i) == founder(a)
        ]
        fused = np.average(boxes[members], axis=0, weights=self.found.scores[members])
        reached = float(
            engine.pairwise_iou(fused[None].astype(np.float32), boxes[[b]].astype(np.float32))[0, 0]
        )
        assert pair["reached"] == pytest.approx(reached, abs=1e-4)
        if p.suppressed_by[b] < 0:
            assert reached <= self.set.iou_threshold + 1e-5
        else:
            assert reached <= p.iou[b] + 1e-5


_DROPPING = Story.hard, {"out", "class", "suppressed", "gone", "late", "passed"}
_SOFTENING = Story.soft, {"out", "class", "neither", "late", "passed", "lowered", "dropped"}
CHECKED = {
    "hard": _DROPPING,
    "diou": _DROPPING,
    "linear": _SOFTENING,
    "gaussian": _SOFTENING,
    "matrix": (Story.matrix, {"out", "class", "decides", "weaker", "silent"}),
    "fusion": (Story.fusion, {"out", "class", "together", "apart"}),
}
"""Of a method who checks its reasons, and their kinds."""


@pytest.mark.parametrize("name", METHODS)
def test_every_pair_has_a_true_reason(name, run):
    seen: Counter[str] = Counter()
    for found in (simulated("cat"), simulated("astronaut"), whole(3, 40)):
        for spec in SPECS:
            s = replace(spec, method=name)
            (pairs,) = run(
                "pairs",
                settings=[asdict(s)],
                predictions=found.xyxy,
                scores=found.scores,
                prediction_classes=found.class_ids,
                order=by_score(found.scores, s.ties),
            )
            assert len(pairs) == len(found.scores) * (len(found.scores) - 1) // 2
            story = Story(found, s)
            for pair in pairs:
                story.check(pair)
                assert pair["title"] and pair["words"].endswith(".") and pair["strip"]
            seen.update(pair["kind"] for pair in pairs)
    assert set(seen) == CHECKED[name][1], seen  # every reason was met, so every one was tested
