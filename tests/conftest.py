"""What every test shares: JAX on the processor alone, how hard Hypothesis tries, and that nothing is left out in silence:
a skipped test has failed, unless it is marked as one that few machines can run and this one promises nothing; and a
test that ran twice is named with what went wrong first."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

# Before anything imports jax: a test must give the same numbers on a machine with an accelerator.
os.environ.setdefault("JAX_PLATFORMS", "cpu")
# Test processes and the servers they start share what is compiled. In a test process only what takes long: tests
# compile thousands of programs, most of them once.
os.environ.setdefault("ANCHORLAB_CACHE", str(Path(__file__).parents[1] / ".pytest_cache" / "programs"))
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0.1")

import pytest
from hypothesis import HealthCheck, settings

from tests.sampling import dealt, play_some

# No deadline: the first example of a shape pays for a compilation. Derandomised: the same commit gives
# the same verdict on every machine; `--hypothesis-profile=search` looks for new counterexamples.
settings.register_profile(
    "lab",
    deadline=None,
    derandomize=True,
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("search", settings.get_profile("lab"), derandomize=False, max_examples=2000)
settings.load_profile("lab")


@pytest.fixture(scope="session", autouse=True)
def shared_programs() -> None:
    """Tests that compile look on disk first, as the app does."""
    if "jax" in sys.modules:
        from anchorlab.engine import keep_programs

        keep_programs()


THIRDS = ("tests/app", "tests/unit/canvas", "tests/unit/session")
"""Where tests open pages, or compile, for case after case: of those with three cases or more a third is played."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    def some(tests: dict[str, list[pytest.Item]], commit: str) -> Iterator[pytest.Item]:
        for name, cases in tests.items():
            yield from dealt(cases, name, commit, 3) if len(cases) >= 3 else cases

    for folder in THIRDS:
        play_some(config, items, folder, some)


def _never_skipped(
    report: pytest.TestReport | pytest.CollectReport,
) -> pytest.TestReport | pytest.CollectReport:
    if report.skipped and not hasattr(report, "wasxfail"):
        why = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"a test may not skip, or what it guards goes unguarded: {why}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    marker = item.get_closest_marker("may_skip_unless")
    return report if marker and not os.environ.get(marker.args[0]) else _never_skipped(report)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Iterator[None]:
    return _never_skipped((yield))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Names what needed a second run: whoever reads the log must be able to mend it."""
    reran = terminalreporter.stats.get("rerun", [])
    if reran:
        terminalreporter.section("tests that ran twice, and why")
    for report in reran:
        crash = getattr(report.longrepr, "reprcrash", None)
        why = crash.message if crash else str(report.longrepr)
        terminalreporter.line(f"{report.nodeid} ({report.when}): {why.strip().splitlines()[0][:300]}")
