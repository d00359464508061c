"""How a run of the tests ends: nothing is skipped in silence, and what ran twice is named."""

import os
import re
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
    folder: Path, source: str | dict[str, str], *options: str, **variables: str
) -> subprocess.CompletedProcess[str]:
    """A session of its own, of one file or of several by name, with what tests/conftest.py brings."""
    files = source if isinstance(source, dict) else {"it": source}
    for name, text in files.items():
        (folder / f"test_{name.replace(' ', '_')}.py").write_text(text)
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


def names_of(printed: str) -> list[str]:
    """The files that failed, by the summary."""
    failed = re.findall(r"^(?:FAILED|ERROR) test_(\w+)\.py", printed, re.MULTILINE)
    return sorted(name.replace("_", " ") for name in failed)


def test_a_skip_is_a_failure_that_says_why(tmp_path):
    done = run_pytest(tmp_path, SKIPS, "--continue-on-collection-errors")
    assert done.returncode == 1 and "1 failed, 4 errors in" in done.stdout, done.stdout
    assert names_of(done.stdout) == sorted(SKIPS)
    assert done.stdout.count("may not skip, or what it guards goes unguarded: ") >= len(SKIPS)
    assert done.stdout.count("tool missing") >= len(SKIPS)


def test_what_few_machines_can_run_skips_and_says_why_until_it_is_required(tmp_path):
    marked = {
        name: SKIPS[name].replace("def test_it", "@pytest.mark.may_skip_unless('NEEDED_HERE')\ndef test_it")
        for name in ("in the test", "by its mark", "in a fixture")
    }
    done = run_pytest(tmp_path, marked, "-ra")
    assert done.returncode == 0 and "3 skipped" in done.stdout
    assert all(f"test_{name.replace(' ', '_')}.py" in done.stdout for name in marked)
    assert done.stdout.count("tool missing") == 3
    done = run_pytest(tmp_path, marked, NEEDED_HERE="1")
    assert done.returncode == 1 and "1 failed, 2 errors in" in done.stdout.replace("3 warnings, ", "")
    assert names_of(done.stdout) == sorted(marked)
    assert done.stdout.count("may not skip") >= 3


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
