"""What a learner chooses of a training: a few named settings instead of all of `TrainingSpec`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

from anchorlab.settings.losses import ClassificationLoss, RegressionLoss
from anchorlab.settings.matching import RECORDS, Matching
from anchorlab.settings.pyramids import PyramidSpec
from anchorlab.settings.training import Data, DetectorSpec, Start, TrainingSpec, two_levels
from anchorlab.settings.validation import Checked, choice, limited

AnchorSet = Literal["good", "large", "small", "one shape"]
ANCHORS: Mapping[AnchorSet, PyramidSpec] = {
    "good": two_levels(),
    "large": two_levels((60.0, 75.0), (75.0, 92.0)),
    "small": two_levels((5.0, 8.0), (8.0, 12.0)),
    "one shape": two_levels((22.0,), (50.0,), (1.0,)),
}
"""Sizes are in pixels of the network's image, whose side is 96: its objects are 13 to 58 large."""


@dataclass(frozen=True)
class TrainingChoices(Checked):
    """What is trained next, and what is looked at.

    Attributes:
      anchors: a name of `ANCHORS`.
      rule: a name of `catalogue.matching.RULES`, with its own settings.
      low_quality: whether an object whose best anchor fits badly gets it all the same, where the rule leaves that open.
      classification, regression: the losses.
      sampler: which anchors count.
      data, start, steps, seed: as in `TrainingSpec`.
      run: which training is shown: 0 and 1 come with the app, the visitor's own follow.
      beside: another one beside it; -1: none.
      picture: which of the watched pictures.
      show: on the picture, the predictions or what each anchor costs.
    """

    anchors: AnchorSet = "good"
    rule: str = "threshold"
    low_quality: bool = True
    classification: ClassificationLoss = "focal"
    regression: RegressionLoss = "smooth_l1"
    sampler: Literal["all", "random", "hard"] = "all"
    data: Data = "generated"
    start: Start = "scratch"
    steps: int = limited(600, 10, 20_000, people=(10, 4000))
    seed: int = limited(0, 0, 2**31 - 1, people=(0, 999))
    run: int = limited(0, 0, 1000, people=(0, 99))
    beside: int = limited(-1, -1, 1000, people=(-1, 99))
    picture: int = limited(1, 0, 15, people=(0, 3))
    show: Literal["predictions", "loss"] = "predictions"

    def __post_init__(self):
        super().__post_init__()
        choice(self.rule, "rule", tuple(RECORDS))

    def spec(self) -> TrainingSpec:
        """The training that is asked for; where it learns a scene by heart, `by_heart` makes it one of that scene."""
        usual = TrainingSpec()
        loss = {"classification": self.classification, "regression": self.regression}
        return replace(
            usual,
            detector=DetectorSpec(pyramid=ANCHORS[self.anchors]),
            matching=with_low_quality(Matching(rule=self.rule), self.low_quality),
            loss=replace(usual.loss, **loss),
            sampling=replace(usual.sampling, sampler=self.sampler),
            **{name: getattr(self, name) for name in ("data", "start", "steps", "seed")},
        )


def learns_from(data: Data) -> dict[str, Any]:
    """What is chosen with the data, {name in `TrainingChoices`: value}: a scene is learned by heart from the shipped
    weights, which takes fewer steps."""
    usual = TrainingChoices()
    return {"data": data} | (
        {"start": "shipped", "steps": 400}
        if data == "own scene"
        else {"start": usual.start, "steps": usual.steps}
    )


def with_low_quality(matching: Matching, low_quality: bool) -> Matching:
    """The same rule with low-quality matches or without, if it asks."""
    if not asks_low_quality(matching):
        return matching
    return replace(matching, **{matching.rule: replace(matching.spec, low_quality=low_quality)})


def asks_low_quality(matching: Matching) -> bool:
    """Whether low-quality matches are a setting of this rule."""
    return any(of.name == "low_quality" for of in fields(matching.spec))


def named(spec: TrainingSpec) -> AnchorSet | None:
    """The name of a training's anchors, if they have one."""
    return next((name for name, pyramid in ANCHORS.items() if pyramid == spec.detector.pyramid), None)


def differences(spec: TrainingSpec) -> dict[str, Any]:
    """What of a training is not as usual: {name in `TrainingChoices`: value}."""
    found = {
        "anchors": named(spec),
        "rule": spec.matching.rule,
        "low_quality": getattr(spec.matching.spec, "low_quality", True),
        "classification": spec.loss.classification,
        "regression": spec.loss.regression,
        "sampler": spec.sampling.sampler,
        "data": spec.data,
        "start": spec.start,
    }
    usual = TrainingChoices()
    return {name: value for name, value in found.items() if value != getattr(usual, name)}
