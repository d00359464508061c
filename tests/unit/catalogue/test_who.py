"""Who does what is said alike on every page: the Matching page's sentences and Rosetta's answers have one source."""

import numpy as np
import pytest

from anchorlab.catalogue.libraries import LIBRARIES, as_library, named, those, who

# An object far from any anchor's shape: its best anchor is far below every threshold.
ANCHORS = np.array([[0, 0, 40, 40], [50, 0, 90, 40], [0, 50, 40, 90]], np.float32)
THIN = np.array([[10, 0, 16, 40]], np.float32)


def test_libraries_are_named_by_their_models():
    assert named([LIBRARIES[name] for name in ("torchvision", "ssd", "fizyr", "d2l")]) == (
        "RetinaNet in torchvision and fizyr, ssd.pytorch, d2l"
    )
    assert who(rule="threshold", low_quality="one") == "nobody here"


@pytest.mark.parametrize("library", LIBRARIES)
def test_who_keeps_its_best_anchor_does_and_rosetta_says_so(library):
    known = LIBRARIES[library]
    keeps = known in (*those(low_quality="ties"), *those(low_quality="one"))
    assert known.means("low_quality").startswith("yes") == keeps
    if known.rule == "shape":
        return  # asks for no IoU
    found = as_library.match_as(library, ANCHORS, THIN, image=(100, 100))
    assert bool((found.label == 1).any()) == keeps
    if keeps:
        assert found.label[0] == 1
