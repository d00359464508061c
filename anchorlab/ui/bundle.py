"""Joins the canvas's ES modules into the one script that Streamlit takes.

The modules stay ordinary files that a browser or Node could import; here their `import` lines are dropped
(every name is in one scope), `export` is removed from all but the entry, and the palette is put in front.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from anchorlab.draw import palette

FOLDER = Path(__file__).parent / "stage"
_IMPORT = re.compile(r"^import\s+(?:\{[^}]*\}\s+from\s+)?\"(\./|\.\./)[^\"]+\";\n", re.M)
_SOURCE = re.compile(r"^import\s+(?:\{[^}]*\}\s+from\s+)?\"([^\"]+)\";", re.M)


def modules_of(entry: Path) -> list[Path]:
    """The module files an entry needs, each after those it imports, the entry last."""
    order: list[Path] = []
    visiting: set[Path] = set()

    def visit(path: Path) -> None:
        if path in order or path in visiting:
            return
        visiting.add(path)
        for source in _SOURCE.findall(path.read_text()):
            visit((path.parent / source).resolve())
        order.append(path)

    visit(entry.resolve())
    return order


def script(entry: str) -> str:
    """The joined script whose default export is that of the entry module."""
    *needed, last = modules_of(FOLDER / entry)
    parts = [f"const PALETTE = {json.dumps(palette.as_json(), separators=(',', ':'))};"]
    for path in needed:
        parts.append(re.sub(r"^export (default )?", "", _IMPORT.sub("", path.read_text()), flags=re.M))
    parts.append(re.sub(r"^export (?!default)", "", _IMPORT.sub("", last.read_text()), flags=re.M))
    return "\n".join(parts)


def style(name: str) -> str:
    """A style sheet with the palette's inks in front."""
    return palette.as_css() + "\n" + (FOLDER / name).read_text()


def markup(name: str) -> str:
    """An HTML fragment of the canvas."""
    return (FOLDER / name).read_text()
