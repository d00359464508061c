"""Fixtures of the browser tests.

    def test_something(lab):                      # a fresh visitor, closed and judged at the end
        lab.goto("matching", "scene=cat")         # opens by address, waits until settled
        with lab.expect_rerun():                  # Python must run, and be done
            lab.page.get_by_role("slider").first.press("ArrowRight")
        with lab.expect_no_rerun():               # the browser must answer alone
            lab.page.keyboard.press("Space")
        assert not lab.axe()

    @pytest.mark.lab(scheme="dark", viewport="phone", motion="reduce", touch=True)
    def test_dark_phone(lab): ...

`open_lab(**how)` opens further visitors in one test (two tabs, two sizes). `lab.page` is Playwright's page; its CSS
selectors look into the canvas component's open shadow root. `lab.allow("pattern")` excuses a provoked error.
Without Chromium the tests fail.

Each commit plays a twelfth of these tests, and of a test with many cases (pages, scenes, settings) a third of its cases:
`dealt` in tests/sampling.py. All pages open in every browser each time. `ANCHORLAB_EVERY_CASE=1` plays all, and so does
naming files or tests.
"""

from collections.abc import Iterator

import pytest

from tests.browser import driver
from tests.sampling import dealt, play_some

_FAILED = pytest.StashKey[bool]()


ALWAYS = ("test_smoke.py", "test_other_browsers.py")
TESTS, CASES = 12, 3
"""One of so many tests, and one of so many cases of a test, is played with a commit."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    def some(tests: dict[str, list[pytest.Item]], commit: str) -> Iterator[pytest.Item]:
        always = [name for name in tests if name.partition("::")[0].endswith(ALWAYS)]
        for name in always:
            yield from tests[name]
        for name in dealt([name for name in tests if name not in always], "browser", commit, TESTS):
            yield from dealt(tests[name], name, commit, CASES)

    play_some(config, items, "tests/browser", some)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Iterator[None]:
    """Tells the `open_lab` fixture that the test body failed, while the page is still open."""
    report = yield
    if call.when == "call":
        item.stash[_FAILED] = report.failed
    return report


# Package scope, not session scope: Playwright keeps an event loop in the main thread while it is open.
@pytest.fixture(scope="package")
def browser() -> Iterator[driver.Chromium]:
    """The system's Chromium."""
    executable = driver.chromium_path()
    if executable is None:
        pytest.fail(
            "no Chromium: install the package `chromium-headless-shell` or `chromium`, or set CHROMIUM to its path"
        )
    with driver.open_browser(executable) as browser:
        yield browser


@pytest.fixture(scope="package")
def server() -> Iterator[driver.Server]:
    """The real app."""
    with driver.Server() as server:
        yield server


@pytest.fixture
def open_lab(browser: driver.Chromium, request: pytest.FixtureRequest) -> Iterator[driver.Opener]:
    """Opens visitors: open_lab(server=None, **how), see `driver.Lab`. All are judged when the test ends."""
    labs: list[driver.Lab] = []

    def opener(server: driver.Server | None = None, **how: object) -> driver.Lab:
        labs.append(driver.Lab(browser, server or request.getfixturevalue("server"), **how))
        return labs[-1]

    yield opener
    failed = request.node.stash.get(_FAILED, False)
    try:
        for number, lab in enumerate(labs):
            try:
                if not failed:  # what went wrong first is what people need to read
                    lab.check()
            except AssertionError:
                failed = True
                raise
            finally:
                if failed and not lab.page.is_closed():
                    lab.shot(f"{request.node.name}-{number}")
    finally:
        for lab in labs:
            lab.close()


@pytest.fixture
def lab(open_lab: driver.Opener, request: pytest.FixtureRequest) -> driver.Lab:
    """One visitor, set up by `@pytest.mark.lab(...)`."""
    marker = request.node.get_closest_marker("lab")
    return open_lab(**(marker.kwargs if marker else {}))
