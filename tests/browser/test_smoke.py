"""Every page opens, one after the other and on its own, on a laptop, a projector and a phone: no error, no foreign
request (both judged when a `app` closes), nothing that scrolls sideways. (In dark, and for everybody: test_accessibility.)"""

import pytest

from tests.places import PAGES


@pytest.mark.lab(viewport="phone", touch=True)
@pytest.mark.parametrize("page", PAGES)
def test_a_phone_does_not_scroll_sideways(lab, page):
    lab.goto(page, canvas=True)
    lab.shot(f"{page}-light-phone")
    assert lab.page.locator("h1").count() == 1
    assert not lab.overflowing()


def test_pages_follow_one_another_in_one_visit(lab):
    lab.goto("home", canvas=True)
    for page, address in PAGES.items():
        lab.turn_to(page)
        assert lab.page.url.split("?")[0].endswith(address)
        assert lab.page.locator("h1").count() == 1
        for viewport in ("laptop", "projector"):
            lab.resize(viewport)
            lab.shot(f"{page}-light-{viewport}")
            assert not lab.overflowing(), (page, viewport)
