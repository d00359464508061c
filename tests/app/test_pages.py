"""Every page runs with every built-in scene, and with nonsense in the address."""

import pytest

from anchorlab.scenes.catalogue import SCENES
from tests.places import PAGES
from tests.sampling import sampled


@pytest.mark.parametrize(("page", "scene"), sampled(PAGES, SCENES, 3))
def test_page_runs_with_scene(open_page, page, scene):
    at = open_page(page, scene=scene)
    assert len(at.title) == 1


NONSENSE = ["", "no-such-scene", "../../etc/passwd", "<script>", "9" * 5000]


@pytest.mark.parametrize(("page", "nonsense"), sampled(PAGES, NONSENSE))
def test_page_survives_a_nonsense_scene(open_page, page, nonsense):
    assert len(open_page(page, scene=nonsense).title) == 1
