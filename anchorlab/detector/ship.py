"""Makes the trainings that come with the app: `python -m anchorlab.detector.ship`."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from anchorlab.detector import course as courses
from anchorlab.detector import data, quantise, weights
from anchorlab.detector.course import Course, Frame
from anchorlab.detector.predict import Detector, evaluate
from anchorlab.detector.shipped import COURSES, FIGURES, FOLDER, WEIGHTS, Name
from anchorlab.detector.training import Training
from anchorlab.settings.deployment import QUANTISATIONS
from anchorlab.settings.training import TrainingSpec, two_levels

STEPS = 1000
FRAMES = 24
"""Of a shipped course; close to one another in the beginning, when most is learned."""
WATCHED = 2
MEASURED = 200
"""Held-out scenes that the finished detector is measured on."""


def spec_of(name: Name, steps: int = STEPS) -> TrainingSpec:
    """What is trained; bad anchors are large ones on both levels."""
    good = TrainingSpec(steps=steps)
    if name == "good anchors":
        return good
    return replace(good, detector=replace(good.detector, pyramid=two_levels((60.0, 75.0), (75.0, 92.0))))


def train(spec: TrainingSpec) -> tuple[Course, Detector]:
    """A training from its start to its end."""
    training = Training(spec)
    course = Course(spec, training.stage)
    for report in training.reports():
        course.add(report)
        if report.ap50 is not None:
            print(f"step {report.step}: {report.seconds:.0f} s, AP50 {report.ap50:.3f}", flush=True)
    return course, training.detector


def shortened(course: Course) -> Course:
    """With fewer frames and fewer watched pictures."""
    last = len(course.frames) - 1
    rows = np.unique(np.round(last * np.linspace(0, 1, FRAMES) ** 2).astype(int))
    stage = course.stage._replace(
        watched=type(course.stage.watched)(*(column[:WATCHED] for column in course.stage.watched)),
        label=course.stage.label[:WATCHED],
        gt_index=course.stage.gt_index[:WATCHED],
    )
    frames = [Frame(course.frames[k].step, *(part[:WATCHED] for part in course.frames[k][1:])) for k in rows]
    return replace(course, stage=stage, frames=frames)


def ship(folder: Path, steps: int = STEPS, only: list[Name] | None = None) -> None:
    """Trains both, or only some, and writes their files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in only or COURSES:
        course, detector = train(spec_of(name, steps))
        (folder / COURSES[name]).write_bytes(courses.to_bytes(shortened(course)))
        if name == "good anchors":
            (folder / WEIGHTS).write_bytes(weights.to_bytes(detector))
        figures = evaluate(detector, data.held_out(detector.spec.side, MEASURED)).summary()
        print(f"{name}: AP50 {figures['AP50']:.3f} on {MEASURED} scenes that were held out")


def measure(folder: Path) -> None:
    """Writes what is left of the detector in a folder when its weights have fewer bits."""
    detector = weights.from_bytes((folder / WEIGHTS).read_bytes())
    examples = data.held_out(detector.spec.side, MEASURED)
    rows = [vars(asked) | quantise.measured(detector, asked, examples) for asked in QUANTISATIONS]
    lines = ",\n".join(json.dumps(row) for row in rows)
    (folder / FIGURES).write_text(f'{{"scenes": {MEASURED}, "figures": [\n{lines}\n]}}\n')


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--only", nargs="*", choices=COURSES)
    parser.add_argument("--measure", action="store_true", help="train nothing, measure what is there")
    asked = parser.parse_args()
    if not asked.measure:
        ship(asked.folder, asked.steps, asked.only)
    measure(asked.folder)
