"""Every page opens, in light and dark, on a laptop, a projector and a phone: no error, no foreign request
(both judged when a `lab` closes), nothing that keeps people out, nothing that scrolls sideways."""

import pytest

from tests.browser import driver
from tests.places import PAGES


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("page", PAGES)
def test_page_opens_and_is_accessible(open_lab, page, scheme):
    lab = open_lab(scheme=scheme).goto(page, canvas=True)
    lab.shot(f"{page}-{scheme}-laptop")
    assert lab.page.locator("h1").count() == 1
    assert not lab.axe()


@pytest.mark.parametrize("viewport", driver.VIEWPORTS)
@pytest.mark.parametrize("page", PAGES)
def test_page_does_not_scroll_sideways(open_lab, page, viewport):
    lab = open_lab(viewport=viewport, touch=viewport == "phone").goto(page, canvas=True)
    lab.shot(f"{page}-light-{viewport}")
    assert not lab.overflowing()


def test_pages_follow_one_another_in_one_visit(lab):
    lab.goto("home")
    for page in (name for name in PAGES if name != "home"):
        with lab.expect_rerun():
            lab.page.locator(f'a[href$="/{page}"]').first.click()
        assert lab.page.url.split("?")[0].endswith(f"/{page}")
