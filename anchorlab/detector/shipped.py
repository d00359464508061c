"""The trainings that come with the app, so that every page has one to show at once. `ship` makes them."""

from __future__ import annotations

import json
from functools import cache
from typing import Literal, NamedTuple

import numpy as np

from anchorlab.detector import course as courses
from anchorlab.detector import weights
from anchorlab.detector.course import Course
from anchorlab.detector.network import Network
from anchorlab.detector.predict import Detector
from anchorlab.scenes.catalogue import ASSETS
from anchorlab.settings.deployment import Quantisation
from anchorlab.settings.training import DetectorSpec

FOLDER = ASSETS.parent / "detector"
Name = Literal["good anchors", "bad anchors"]
WEIGHTS = "weights.safetensors"
FIGURES = "quantised.json"
COURSES: dict[Name, str] = {"good anchors": "good.safetensors", "bad anchors": "bad.safetensors"}
"""The files in `FOLDER`."""


@cache
def detector() -> Detector:
    """The detector that was trained on generated scenes; read once."""
    return weights.from_bytes((FOLDER / WEIGHTS).read_bytes())


@cache
def course(name: Name = "good anchors") -> Course:
    """How it was trained; 'bad anchors': the same with anchors that are far too large for most objects. Not to be added
    to."""
    return courses.from_bytes((FOLDER / COURSES[name]).read_bytes())


class Figures(NamedTuple):
    """How well the detector finds the objects of scenes that were held out.

    Attributes:
      scenes: how many.
      of: AP50 and AP with weights of so many bits, as `quantise.measured` has them.
    """

    scenes: int
    of: dict[Quantisation, dict[str, float]]


@cache
def figures() -> Figures:
    """What `ship` measured."""
    told = json.loads((FOLDER / FIGURES).read_text())
    return Figures(told["scenes"], {Quantisation(row["bits"], row["per"]): row for row in told["figures"]})


def network_for(spec: DetectorSpec) -> Network:
    """The shipped weights as a start for another detector: what has another shape there, and the answer for classes
    that are others, begin anew."""
    known = weights.named(detector().network)
    same = spec.classes == detector().spec.classes
    start = weights.named(Network(spec))
    for name, array in known.items():
        if array.shape == start[name].shape and (same or ".classes." not in name):
            start[name] = array
    return weights.with_arrays(spec, {name: np.asarray(array) for name, array in start.items()})
