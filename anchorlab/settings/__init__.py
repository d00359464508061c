"""Settings as values: frozen, hashable, checked once, free of arrays.

Every record validates itself, so a function that is handed one never checks it again. A wrong value raises
`ValueError` with the name of the argument and what would be right. Lengths are image pixels unless a record says
otherwise.
"""

from anchorlab.settings.anchors import AnchorSpec
from anchorlab.settings.coding import CoderSpec
from anchorlab.settings.evaluation import AreaRange, EvalSpec
from anchorlab.settings.losses import FocalSpec, LossSpec, SmoothL1Spec
from anchorlab.settings.matching import Matching
from anchorlab.settings.pyramids import LevelSpec, PyramidSpec
from anchorlab.settings.sampling import SampleSpec
from anchorlab.settings.simulation import HeadSpec, SimulateSpec
from anchorlab.settings.suppression import FusionSpec, MatrixNmsSpec, NmsSpec, SoftNmsSpec

__all__ = [
    "AnchorSpec",
    "AreaRange",
    "CoderSpec",
    "EvalSpec",
    "FocalSpec",
    "FusionSpec",
    "HeadSpec",
    "LevelSpec",
    "LossSpec",
    "Matching",
    "MatrixNmsSpec",
    "NmsSpec",
    "PyramidSpec",
    "SampleSpec",
    "SimulateSpec",
    "SmoothL1Spec",
    "SoftNmsSpec",
]
