"""Where things are: the repository, the app and its pages. A new file in pages/ is tested without being listed."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
APP = ROOT / "app.py"
PAGES = {
    path.stem: "/" if path.stem == "home" else f"/{path.stem}" for path in sorted(ROOT.glob("pages/*.py"))
}
"""Name of a page -> its address."""
