"""Detection evaluation answers what pycocotools answers, on made-up sets of images."""

import numpy as np
import pytest

from anchorlab.engine import evaluate
from anchorlab.settings.evaluation import EvalSpec
from tests.unit.engine.coco_api import play, prepared
from tests.unit.engine.made_up_sets import made_up

NAMES = (
    *("AP", "AP50", "AP75", "AP_small", "AP_medium", "AP_large"),
    *("AR1", "AR10", "AR100", "AR_small", "AR_medium", "AR_large"),
)
SETS = {
    "many images": {"images": 30, "classes": 5, "objects": 6, "detections": 30},
    "crowded": {"images": 4, "classes": 2, "objects": 40, "detections": 100},
    "more than 100 of a class": {"images": 2, "classes": 1, "objects": 20, "detections": 300},
    "few": {"images": 6, "classes": 3, "objects": 1, "detections": 3},
    "no objects": {"images": 3, "classes": 2, "objects": 0, "detections": 4},
    "no detections": {"images": 3, "classes": 2, "objects": 4, "detections": 0},
}


def absent_as_nan(values: np.ndarray) -> np.ndarray:
    """COCO writes -1 where there is no object."""
    return np.where(values == -1, np.nan, values)


@pytest.mark.parametrize("class_wise", [True, False], ids=["by class", "classes not looked at"])
@pytest.mark.parametrize("ties", [True, False], ids=["ties", "no ties"])
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("kind", SETS)
def test_every_figure(kind, seed, ties, class_wise):
    rows = made_up(seed, ties=ties, **SETS[kind])
    theirs = play(prepared(*rows, class_wise=class_wise))
    ours = evaluate(*rows, EvalSpec(class_wise=class_wise))
    np.testing.assert_array_equal(ours.recall, absent_as_nan(theirs.eval["recall"]))
    precision = absent_as_nan(theirs.eval["precision"])
    np.testing.assert_allclose(ours.ap, precision.mean(axis=1), rtol=0, atol=1e-12)
    summary = ours.summary()
    assert list(summary) and set(summary) == set(NAMES)
    np.testing.assert_allclose(
        [summary[name] for name in NAMES], absent_as_nan(theirs.stats), rtol=0, atol=1e-12
    )
