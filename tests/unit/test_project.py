"""The project as a newcomer finds it: its top level, its README, its requirements, and what it never asks for."""

import re
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.places import APP, PAGES, ROOT

TOP_LEVEL = {
    ".ci",
    ".gitignore",
    ".streamlit",
    "LICENSE",
    "CONTRIBUTING.md",
    "README.md",
    "anchorlab",
    "app.py",
    "assets",
    "pages",
    "pyproject.toml",
    "requirements-onnx.txt",
    "requirements-test.txt",
    "requirements.txt",
    "tests",
}
# requirement -> what `import` calls it
IMPORT_NAMES = {"pillow": "PIL", "scikit-image": "skimage"}
README = (ROOT / "README.md").read_text()


def tracked() -> list[Path]:
    """The files git knows, or will know at the next commit; all of them where there is no git."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:  # a downloaded archive
        return [path for path in ROOT.rglob("*") if path.is_file() and not ignored(path.relative_to(ROOT))]
    return [path for line in listed.stdout.splitlines() if (path := ROOT / line).is_file()]


def ignored(path: Path) -> bool:
    """Whether .gitignore keeps a path out, as far as its few patterns go: names, endings and folders."""
    patterns = [line.strip("/") for line in (ROOT / ".gitignore").read_text().splitlines()]
    return any(fnmatch(part, pattern) for part in path.parts for pattern in [*patterns, ".git"])


def test_contributing_names_files_that_are():
    """What it writes in backticks as a path is the end of one; a name in <angle brackets> is anybody's."""
    known = {path.relative_to(ROOT) for path in tracked()}
    known |= {parent for path in known for parent in path.parents}
    texts = re.findall(r"`([^`\s]+)`", (ROOT / "CONTRIBUTING.md").read_text())
    paths = {
        text.rstrip("/") for text in texts if re.fullmatch(r"[\w./<>-]+(/[\w.<>-]*|\.(py|js|mjs|css))", text)
    }
    assert len(paths) > 50
    gone = {text for text in paths if not any(path.match(re.sub(r"<\w+>", "*", text)) for path in known)}
    assert not {text for text in gone if not ignored(Path(text))}, (
        "ignored folders are there once tests have run"
    )


def section(title: str) -> str:
    """The text of one `##` section of the README."""
    match = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", README, re.MULTILINE | re.DOTALL)
    assert match, f"the README has no section {title}"
    return match[1]


def requirements(name: str) -> list[str]:
    lines = (ROOT / name).read_text().splitlines()
    return [re.split(r"[\[<>=~! ]", line)[0] for line in lines if line and not line.startswith(("#", "-"))]


def test_top_level_is_fixed():
    unexpected = {path.relative_to(ROOT).parts[0] for path in tracked()} - TOP_LEVEL
    assert not unexpected


def test_without_git_the_same_files_are_found(monkeypatch):
    known = tracked()
    assert known
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 128, "", ""))
    assert set(tracked()) == set(known)


def test_the_app_and_its_pages_are_there():
    # Other tests run over whatever lies in pages/: an empty folder must not look like success.
    assert APP.exists()
    assert {"home", "anchors", "matching", "offsets", "losses", "nms", "pyramid", "rosetta"} <= set(PAGES)


def test_ruff_finds_nothing():
    checked = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--no-cache", "."],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("title", ["Run", "Test"])
def test_readme_gives_one_command(title):
    assert section(title).count("```") == 2


def importing(requirement: str, under: tuple[str, ...]) -> list[Path]:
    """The tracked Python files below these top-level names that import the requirement, or look where it lies."""
    module = IMPORT_NAMES.get(requirement, requirement.replace("-", "_"))
    statement = re.compile(rf"^\s*(import|from) {module}\b|find_spec\(.{module}.\)", re.MULTILINE)
    python = [p for p in tracked() if p.suffix == ".py" and p.relative_to(ROOT).parts[0] in under]
    return [path for path in python if statement.search(path.read_text())]


@pytest.mark.parametrize(
    "requirement", requirements("requirements.txt") + requirements("requirements-onnx.txt")
)
def test_every_run_time_requirement_is_imported_by_the_app(requirement):
    assert importing(requirement, ("anchorlab", "app.py", "pages"))


@pytest.mark.parametrize("requirement", requirements("requirements-test.txt"))
def test_every_test_requirement_is_imported_by_the_tests(requirement):
    # Tools that are run, not imported: pytest's timeout (pyproject.toml), its second process (README) and ruff.
    assert requirement in {"pytest-rerunfailures", "pytest-timeout", "pytest-xdist", "ruff"} or importing(
        requirement, ("tests",)
    )


def test_readme_justifies_exactly_the_requirements():
    justified = re.findall(r"^\| ([\w-]+) +\|", section("Dependencies"), re.MULTILINE)
    files = ("requirements.txt", "requirements-onnx.txt", "requirements-test.txt")
    assert justified[1:] == [name for file in files for name in requirements(file)]


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-onnx.txt", "requirements-test.txt"])
def test_every_requirement_has_bounds(name):
    for line in (ROOT / name).read_text().splitlines():
        assert not line or line.startswith("#") or re.search(r">=[\d.]+,<[\d.]+$", line), line


def test_no_file_speaks_of_one_machine():
    one_machine = re.compile(r"(?<![\w.:])/(?:home|root|Users|work|opt|mnt)[/]\w|\.\./share[d](?!\.js)")
    guilty = []
    for path in tracked():
        if path.suffix not in {".png", ".jpg", ".ico"}:
            found = one_machine.findall(path.read_text(errors="replace"))
            guilty += [f"{path.relative_to(ROOT)}: {words}" for words in found]
    assert not guilty


def test_the_interface_asks_no_other_host_for_anything():
    """An address is allowed where a person may follow it (a link, a comment's paper), never where code loads it."""
    namespaces = ("http://www.w3.org/",)  # names, never requested
    loads = re.compile(
        r"(?:src|srcset|@import|url\(|fetch\(|import\(|from|XMLHttpRequest|WebSocket\()[^\n]{0,40}?(https?:)?//\w"
    )
    guilty = []
    for path in tracked():
        inside = path.relative_to(ROOT).parts[0] in {"anchorlab", "pages", "assets", ".streamlit", "app.py"}
        if not inside or path.suffix not in {".js", ".css", ".html", ".svg", ".toml", ".py"}:
            continue
        strict = path.suffix != ".py"  # in Python, prose and docstrings may cite an address
        for number, line in enumerate(path.read_text().splitlines(), 1):
            for namespace in namespaces:
                line = line.replace(namespace, "")
            if loads.search(line) or (strict and re.search(r"https?://", line)):
                guilty.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    assert not guilty


def test_config_names_are_known_to_streamlit():
    from streamlit import config

    def flatten(table: dict, prefix: str = ""):
        for key, value in table.items():
            yield from flatten(value, f"{prefix}{key}.") if isinstance(value, dict) else [f"{prefix}{key}"]

    settings = tomllib.loads((ROOT / ".streamlit/config.toml").read_text())
    known = set(config._config_options_template)
    assert set(flatten(settings)) <= known
    assert settings["runner"]["postScriptGC"] is False
    assert settings["client"]["showErrorDetails"] == "none"
    assert settings["browser"]["gatherUsageStats"] is False


def test_a_local_icon_is_there():
    assert (ROOT / "assets/icon.svg").read_text().startswith("<svg")
