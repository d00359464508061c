"""The trainings that come with the app, so that every page has one to show at once."""

from __future__ import annotations

from typing import Literal

from anchorlab.detector.course import Course
from anchorlab.detector.predict import Detector

Name = Literal["good anchors", "bad anchors"]


def detector() -> Detector:
    """The detector that was trained on generated scenes; read once."""
    raise NotImplementedError


def course(name: Name = "good anchors") -> Course:
    """How it was trained; 'bad anchors': the same with anchors that are far too large for most objects."""
    raise NotImplementedError
