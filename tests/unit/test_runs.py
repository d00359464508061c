"""How a run of the tests ends: nothing is skipped in silence, and what ran twice is named."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.places import ROOT

SKIPS = {
    "in the test": "import pytest\ndef test_it():\n    pytest.skip('tool missing')\n",
    "by its mark": "import pytest\n@pytest.mark.skipif(True, reason='tool missing')\ndef test_it(): ...\n",
    "in a fixture": "import pytest\n@pytest.fixture\ndef tool():\n    pytest.skip('tool missing')\n\ndef test_it(tool): ...\n",
    "whole file": "import pytest\npytest.skip('tool missing', allow_module_level=True)\n",
    "without a module": "import pytest\ntool = pytest.importorskip('tool_missing', reason='tool missing')\ndef test_it(): ...\n",
}
FLAKY = """
from pathlib import Path

def test_flaky():
    tried = Path(__file__).with_name("tried")
    number = len(tried.read_text()) if tried.exists() else 0
    tried.write_text("x" * (number + 1))
    assert number >= {failures}, f"the cup was cold {{number}}"

def test_steady(): ...
"""


def run_pytest(
    folder: Path, source: str, *options: str, **variables: str
) -> subprocess.CompletedProcess[str]:
    """A session of its own, with what tests/conftest.py brings."""
    (folder / "test_it.py").write_text(source)
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-p", "no:cacheprovider", "-q"]
    return subprocess.run(
        [*command, "--rootdir", folder, *options, folder],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize("skip", SKIPS)
def test_a_skip_is_a_failure_that_says_why(skip, tmp_path):
    done = run_pytest(tmp_path, SKIPS[skip])
    assert done.returncode in (1, 2), done.stdout
    assert "may not skip" in done.stdout and "tool missing" in done.stdout


@pytest.mark.parametrize("skip", ["in the test", "by its mark", "in a fixture"])
def test_what_few_machines_can_run_skips_and_says_why_until_it_is_required(skip, tmp_path):
    marked = SKIPS[skip].replace("def test_it", "@pytest.mark.may_skip_unless('NEEDED_HERE')\ndef test_it")
    done = run_pytest(tmp_path, marked, "-ra")
    assert done.returncode == 0 and "SKIPPED" in done.stdout and "tool missing" in done.stdout
    done = run_pytest(tmp_path, marked, NEEDED_HERE="1")
    assert done.returncode == 1
    assert "may not skip" in done.stdout and "tool missing" in done.stdout


def test_what_is_expected_to_fail_may(tmp_path):
    done = run_pytest(tmp_path, "import pytest\n@pytest.mark.xfail\ndef test_it():\n    assert 0\n")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["alone", "with a worker"])
def test_what_ran_twice_is_named_with_the_reason(workers, tmp_path):
    done = run_pytest(tmp_path, FLAKY.format(failures=1), "--reruns", "1", *workers)
    assert done.returncode == 0, done.stdout
    _, _, told = done.stdout.partition("tests that ran twice, and why")
    assert "test_it.py::test_flaky (call): AssertionError: the cup was cold 0" in told
    assert "test_steady" not in told


def test_a_second_rerun_is_not_granted(tmp_path):
    done = run_pytest(tmp_path, FLAKY.format(failures=2), "--reruns", "1")
    assert done.returncode == 1
    assert "the cup was cold 1" in done.stdout


def test_people_are_told_to_rerun_once():
    assert "--reruns 1" in (ROOT / "README.md").read_text()
    assert "--reruns 2" not in (ROOT / "README.md").read_text()
