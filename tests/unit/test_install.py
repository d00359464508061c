"""The package as others get it: installed into an environment of its own, used from another folder.

What it requires is not fetched a second time: the new environment sees the packages of the one that tests run in, and the
package's metadata must ask for them.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from anchorlab.canvas import pages
from anchorlab.session import snippets
from anchorlab.session.app_state import DEFAULT, put
from tests.places import PAGES, ROOT
from tests.unit.session.test_snippets import scene_of

# What an installed AnchorLab must be able to do besides the snippets, said in its own environment.
CHECK = """
import sys
from importlib import metadata
from pathlib import Path

import anchorlab
from anchorlab.scenes import catalogue

where = Path(anchorlab.__file__).resolve()
assert where.is_relative_to(Path(sys.prefix).resolve()), where
for scene_id in catalogue.IDS:
    scene = catalogue.load_scene(scene_id)
    assert scene.image.shape == (scene.height, scene.width, 3) and len(scene.boxes) == catalogue.SCENES[scene_id].n

# The canvas: every part of its script, style and markup is there.
from anchorlab.canvas import bundle

assert len(bundle.library()) > 200_000 and bundle.loader("stage") and bundle.markup("stage.html")

from anchorlab import d2l, export  # noqa: F401

# And the scripts, one after the other, each with names of its own.
import contextlib
import io

for path in sorted(Path("scripts").glob("*.py")):
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(path.read_text(), str(path), "exec"), {"__name__": "__main__"})
    assert printed.getvalue().strip(), path
    print(path.stem)
"""


def snippet(page: str) -> str:
    """The code that a page shows at first."""
    app = replace(DEFAULT, layout="pyramid") if page == "pyramid" else put(DEFAULT, training__steps=10)
    return pages.PAGES[page].code(app, scene_of(app))


def run(*command: str | Path, cwd: Path, seconds: float = 600) -> str:
    # Nothing of this repository or its environment may help.
    environment = {
        k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV", "PYTHONHOME")
    }
    done = subprocess.run(
        list(map(str, command)),
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    assert done.returncode == 0, (
        f"{' '.join(map(str, command))}\n{done.stdout[-3000:]}\n{done.stderr[-5000:]}"
    )
    return done.stdout


def required() -> list[str]:
    """What the package needs."""
    lines = (line.partition("#")[0].strip() for line in (ROOT / "requirements.txt").read_text().splitlines())
    return [line for line in lines if line]


def plain(requirement: str) -> str:
    """Its name and its bounds, in an order of their own."""
    return "".join(sorted(requirement.replace(" ", "")))


def test_every_folder_with_modules_is_installed():
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    folders = {path.parent.relative_to(ROOT) for path in (ROOT / "anchorlab").rglob("*.py")}
    assert sorted(listed) == sorted({".".join(f.parts) for f in folders} | {"anchorlab.assets"})


@pytest.mark.parametrize("page", PAGES)
def test_a_snippet_says_how_the_package_comes_to_be_there(page):
    first = snippet(page).splitlines()[0]
    assert first == snippets.INSTALL and first.startswith("#") and "pip install ." in first


@pytest.mark.timeout(900)
def test_installed_from_a_copy_the_snippets_of_every_page_run_in_another_folder(tmp_path):
    source = tmp_path / "source"
    ignored = shutil.ignore_patterns(".*", "__pycache__", "artifacts", "tests", "*.egg-info", "build")
    shutil.copytree(ROOT, source, ignore=ignored)
    environment = tmp_path / "environment"
    run(sys.executable, "-m", "venv", environment, cwd=tmp_path)
    python = environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    run(python, "-m", "pip", "install", "--disable-pip-version-check", "--no-deps", ".", cwd=source)
    shutil.rmtree(source)  # what is installed stands alone
    (*_, packages) = environment.rglob("site-packages")
    (packages / "required.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    asked = "from importlib.metadata import requires; print(*requires('anchorlab'), sep='\\n')"
    listed = [line for line in run(python, "-c", asked, cwd=tmp_path).splitlines() if "extra ==" not in line]
    assert sorted(map(plain, listed)) == sorted(map(plain, required()))

    elsewhere = tmp_path / "elsewhere"
    scripts = elsewhere / "scripts"
    scripts.mkdir(parents=True)
    for page in PAGES:
        (scripts / f"{page}.py").write_text(snippet(page), encoding="utf-8")
    (elsewhere / "check.py").write_text(CHECK, encoding="utf-8")
    assert run(python, "check.py", cwd=elsewhere).split() == sorted(PAGES)
