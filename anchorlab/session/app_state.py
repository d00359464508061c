"""Everything a link restores, as one frozen value: scene, boxes, settings and what is selected."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal

from anchorlab.catalogue.presets import PRESETS
from anchorlab.settings.anchors import AnchorSpec
from anchorlab.settings.coding import CoderSpec, Four
from anchorlab.settings.deployment import Deployment
from anchorlab.settings.evaluation import Evaluating
from anchorlab.settings.losses import LossSpec
from anchorlab.settings.matching import Matching
from anchorlab.settings.pyramids import PyramidSpec
from anchorlab.settings.sampling import SampleSpec
from anchorlab.settings.simulation import HeadSpec, SimulateSpec
from anchorlab.settings.suppression import Suppression
from anchorlab.settings.training_choices import TrainingChoices
from anchorlab.settings.validation import limited

Box = tuple[float, float, float, float]
Resize = float | tuple[int, int]
UPLOAD = "upload"
LARGEST_OFFSET = 50.0
"""What a link can say."""


@dataclass(frozen=True)
class Objects:
    """The ground truth of the scene once it was edited.

    Attributes:
      boxes: xyxy in pixels of the picture.
      class_ids: for each box an index into `classes`.
      classes: class names.
    """

    boxes: tuple[Box, ...] = ()
    class_ids: tuple[int, ...] = ()
    classes: tuple[str, ...] = ()

    def without_unused_classes(self) -> Objects:
        """The same boxes, and only the classes that one of them has, in their order; 'object' if there is no box.

        A class whose last box was deleted or renamed would live on in what detectors predict, in the size of their
        heads and in the link.
        """
        used = sorted(set(self.class_ids))
        place = {old: new for new, old in enumerate(used)}
        return replace(
            self,
            class_ids=tuple(place[c] for c in self.class_ids),
            classes=tuple(self.classes[c] for c in used) or ("object",),
        )


def _index() -> Any:
    return limited(-1, -1, 10_000_000)


@dataclass(frozen=True)
class Selection:
    """What is pointed at; -1 where nothing is (a page then picks something worth seeing).

    Attributes:
      partner: the prediction that `prediction` is held against.
      training_step: steps of the optimizer after which a training is looked at; -1: as far as it has come.
    """

    object: int = _index()
    anchor: int = _index()
    cell: int = _index()
    prediction: int = _index()
    partner: int = _index()
    home_step: int = limited(3, 1, 5)
    greedy_step: int = limited(0, 0, 1000)
    nms_round: int = _index()
    counted: int = _index()
    training_step: int = _index()
    word: int = _index()
    level: int = limited(-1, -1, 7)


Example = Literal["shift", "one_pixel_more", "equal_scores"]
"""Ready predictions on which conventions of suppression part: boxes that moving classes apart fails on, and scenes of
`demo_scenes.DEMO_SCENES`."""
CodeTarget = Literal["anchorlab", "torchvision", "detectron2", "mmdetection"]
Pretrained = Literal["retinanet", "ssd", "faster_rcnn"]
"""Names of `export.pretrained.DETECTORS`."""
Source = Literal["simulated", "detector", "book", "upload", "example"]


@dataclass(frozen=True)
class Rosetta:
    """What two libraries are asked.

    Attributes:
      a, b: names of `catalogue.libraries.ALL`.
      convention: a question of `catalogue.libraries.FIELDS`.
      case: a scene of `demo_scenes.DEMO_SCENES`; '' for the picture on the table.
    """

    a: str = "torchvision"
    b: str = "keras"
    convention: str = "ratio"
    case: str = ""


@dataclass(frozen=True)
class Probe:
    """The one anchor whose loss the Losses page works out.

    Attributes:
      truth: what it is.
      sure: the probability that is given to that.
      error: how far one of its offsets is off.
    """

    truth: Literal["background", "object"] = "background"
    sure: float = limited(0.8, 0.01, 0.99)
    error: float = limited(0.5, -3, 3)


@dataclass(frozen=True)
class AppState:
    """The state of the laboratory.

    Attributes:
      scene: a built-in scene's id, or "upload".
      upload_size: (width, height) of an uploaded picture, which itself is in no link.
      upload_id: which of the session's uploads it is, by a hash of the picture.
      objects: the edited ground truth; None while it is the scene's own.
      layout: whose anchors the pages after Anchors use: those of the one grid of `anchors`, or `pyramid`.
      resize: what the picture is resized to before the pyramid is generated over it: a factor for both sides, or the
        (width, height) that every picture is brought to.
      rival: the preset that the Pyramid page compares with.
      sampling: by default none: what the imbalance does is seen first.
      sample_seed: of the anchors that are drawn to count in the loss.
      heads: what a pretended network says of every anchor.
      source: of the predictions: the simulated detector, the trained one, the book's four boxes, a file, or a ready
        example.
      weights: of which trained detector: 0 comes with the app, the others by the numbers of their trainings, which only
        the visitor has who trained or loaded them.
      example: which.
      evaluation: what the Evaluation page measures.
      deployment: what the Deploy page makes of the trained detector.
      code: for which library "Show the code" writes.
      pretrained: which detector of torchvision's the script for real predictions asks.
      offsets: the four numbers typed or dragged on the Offsets page; None: those of the encoder.
    """

    scene: str = "coffee"
    upload_size: tuple[int, int] | None = None
    upload_id: str = ""
    objects: Objects | None = None
    anchors: AnchorSpec = field(default_factory=AnchorSpec)
    layout: Literal["grid", "pyramid"] = "grid"
    pyramid: PyramidSpec = PRESETS["retinanet"].spec
    resize: Resize = 1.0
    rival: str = "fpn"
    matching: Matching = field(default_factory=Matching)
    coder: CoderSpec = field(default_factory=CoderSpec)
    losses: LossSpec = field(default_factory=LossSpec)
    sampling: SampleSpec = field(default_factory=lambda: SampleSpec("all"))
    sample_seed: int = limited(0, 0, 2**32 - 1, people=(0, 9999))
    heads: HeadSpec = field(default_factory=HeadSpec)
    probe: Probe = field(default_factory=Probe)
    suppression: Suppression = field(default_factory=Suppression)
    simulate: SimulateSpec = field(default_factory=SimulateSpec)
    source: Source = "simulated"
    weights: int = limited(0, 0, 1000)
    example: Example = "shift"
    evaluation: Evaluating = field(default_factory=Evaluating)
    deployment: Deployment = field(default_factory=Deployment)
    offsets: Four | None = limited(None, -LARGEST_OFFSET, LARGEST_OFFSET)
    show: Literal["cell", "density"] = "cell"
    compare: Literal["none", "ratio", "d2l"] = "none"
    code: CodeTarget = "anchorlab"
    pretrained: Pretrained = "retinanet"
    rosetta: Rosetta = field(default_factory=Rosetta)
    training: TrainingChoices = field(default_factory=TrainingChoices)
    selection: Selection = field(default_factory=Selection)


DEFAULT = AppState()


def get(app: AppState, path: str) -> Any:
    """The value at a dotted path of any depth, as in 'anchors.stride'."""
    value: Any = app
    for name in path.split("."):
        value = getattr(value, name)
    return value


def put(app: AppState, /, **changes: Any) -> AppState:
    """`app` with the values at dotted paths (written with '__') changed together.

    Changes of one record are applied at once, so that a pair of thresholds may pass each other.

    Raises:
      ValueError: a record refuses its new values.
    """
    return _replaced(app, {path.replace("__", "."): value for path, value in changes.items()})


def _replaced(record: Any, changes: dict[str, Any]) -> Any:
    """A frozen record with the values at dotted paths below it changed together; a whole record first, then its fields."""
    below: dict[str, dict[str, Any]] = {}
    own: dict[str, Any] = {}
    for path, value in changes.items():
        head, _, tail = path.partition(".")
        if tail:
            below.setdefault(head, {})[tail] = value
        else:
            own[head] = value
    for head, values in below.items():
        own[head] = _replaced(own[head] if head in own else getattr(record, head), values)
    return replace(record, **own)


def reset(app: AppState, *fields: str) -> AppState:
    """`app` with these fields and the selection back at their defaults."""
    return replace(app, **{name: getattr(DEFAULT, name) for name in (*fields, "selection")})
