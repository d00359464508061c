"""Boxes for Hypothesis: whole and half pixels, so that float32 keeps what a law promises."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst


@st.composite
def boxes(draw, counts=(1, 6), *, with_area=False):
    """xyxy float32 (N, 4) on a grid of half pixels: equal, touching and nested boxes are common.

    N is one of a few `counts`: each new shape costs a compilation.
    """
    count = draw(st.sampled_from(counts))
    corner = draw(npst.arrays(np.int16, (count, 2), elements=st.integers(-40, 60)))
    side = draw(npst.arrays(np.int16, (count, 2), elements=st.integers(1 if with_area else 0, 50)))
    return np.concatenate([corner, corner + side], axis=1).astype(np.float32) / 2


def ious(shapes=((12, 5), (4, 6), (1, 1))):
    """(A, G) of a few values: ties everywhere."""
    values = st.sampled_from([0.0, 0.1, 0.25, 0.4, 0.5, 0.75, 1.0])
    return st.sampled_from(shapes).flatmap(lambda shape: npst.arrays(np.float32, shape, elements=values))
