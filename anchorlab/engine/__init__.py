"""The core, made quick and safe to call: NumPy in, NumPy out.

Three things happen here and nowhere else: arrays are padded to a few fixed sizes, so that a moved
slider or an added box never compiles; each call is one compiled program and one transfer back; and
arguments are checked, so that a wrong one is a `ValueError` that names it. Results are NamedTuples
of NumPy arrays cut to their true length; padding never shows. All functions may be called from many
threads at once.
"""

import jax

from anchorlab.core.evaluation import Outcome
from anchorlab.core.losses import RpnLoss
from anchorlab.core.matching.common import Reason
from anchorlab.core.suppression.common import Status
from anchorlab.core.suppression.fusion import Fusion
from anchorlab.core.suppression.hard import Suppression
from anchorlab.core.suppression.matrix import MatrixSuppression
from anchorlab.core.suppression.soft import SoftSuppression
from anchorlab.engine.anchors import MAX_ANCHORS, Anchors, Level, generate_anchors
from anchorlab.engine.compiles import CompileCount, count_compiles
from anchorlab.engine.evaluation import (
    Curve,
    DetectionSet,
    Evaluation,
    GroundTruthSet,
    Stories,
    best_possible_recall,
    evaluate,
)
from anchorlab.engine.levels import LevelFit, fit_levels
from anchorlab.engine.losses import (
    Heads,
    classification_losses,
    head_noise,
    regression_losses,
    simulate_heads,
    total_loss,
)
from anchorlab.engine.matching import Matches, match, pairwise_iou
from anchorlab.engine.offsets import (
    Targets,
    decode,
    encodable,
    encode,
    encode_matches,
)
from anchorlab.engine.programs import Programs, caches_programs, keep_programs
from anchorlab.engine.sampling import Sample, luck_of, sample_anchors
from anchorlab.engine.shapes import ShapeFit, fit_shapes
from anchorlab.engine.simulation import (
    Detections,
    Material,
    detections_from,
    simulate_detections,
    simulation_material,
)
from anchorlab.engine.softening import MAX_TRACED, fuse_predictions, matrix_suppress, soft_suppress
from anchorlab.engine.suppression import suppress

# A call's result is wanted at once, so it is computed in the calling thread: handing it to another one only adds
# a wait, long on a busy machine.
jax.config.update("jax_cpu_enable_async_dispatch", False)

__all__ = [
    "MAX_ANCHORS",
    "MAX_TRACED",
    "Anchors",
    "CompileCount",
    "Curve",
    "DetectionSet",
    "Detections",
    "Evaluation",
    "Fusion",
    "GroundTruthSet",
    "Heads",
    "Level",
    "LevelFit",
    "Matches",
    "Material",
    "MatrixSuppression",
    "Outcome",
    "Programs",
    "Reason",
    "RpnLoss",
    "Sample",
    "ShapeFit",
    "SoftSuppression",
    "Status",
    "Stories",
    "Suppression",
    "Targets",
    "best_possible_recall",
    "caches_programs",
    "classification_losses",
    "count_compiles",
    "decode",
    "detections_from",
    "encodable",
    "encode",
    "encode_matches",
    "evaluate",
    "fit_levels",
    "fit_shapes",
    "fuse_predictions",
    "generate_anchors",
    "head_noise",
    "keep_programs",
    "luck_of",
    "match",
    "matrix_suppress",
    "pairwise_iou",
    "regression_losses",
    "sample_anchors",
    "simulate_detections",
    "simulate_heads",
    "simulation_material",
    "soft_suppress",
    "suppress",
    "total_loss",
]
