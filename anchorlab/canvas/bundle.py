"""Joins the canvas's ES modules into the one script that Streamlit takes.

The modules stay ordinary files that a browser or Node could import. Here each becomes a function of its own
(its private names stay private) that returns what it exports; an `import` line becomes a look-up in the module
it names.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from anchorlab.canvas import controls, sentences
from anchorlab.canvas.views import pyramid
from anchorlab.catalogue import glossary
from anchorlab.catalogue.coders import CODERS
from anchorlab.draw import palette
from anchorlab.engine import Outcome, Reason, Status
from anchorlab.engine.played import MAX_PLAYED
from anchorlab.wording import say

ENUMS = (Outcome, Reason, Status)
FOLDER = Path(__file__).parent / "browser"
_IMPORT = re.compile(r"^import\s+\{([^}]*)\}\s+from\s+\"([^\"]+)\";\n", re.MULTILINE)
_EXPORT = re.compile(
    r"^export\s+(default\s+)?(?:(?:async\s+)?function|class|const|let)\s+(\w+)", re.MULTILINE
)
_KEYWORD = re.compile(r"^export\s+(default\s+)?", re.MULTILINE)


def modules_of(entry: Path) -> list[Path]:
    """The module files an entry needs, each after those it imports, the entry last."""
    order: list[Path] = []
    visiting: set[Path] = set()

    def visit(path: Path) -> None:
        if path in order or path in visiting:
            return
        visiting.add(path)
        for _, source in _IMPORT.findall(path.read_text()):
            visit((path.parent / source).resolve())
        order.append(path)

    visit(entry.resolve())
    return order


def _scope(path: Path) -> str:
    """The variable that holds a module's exports."""
    return "module_" + re.sub(r"\W", "_", str(path.relative_to(FOLDER.resolve()).with_suffix("")))


def _wrapped(path: Path) -> str:
    """A module as a function that returns its exports."""
    source = path.read_text()

    def look_up(match: re.Match) -> str:
        names, origin = match.groups()
        return f"const {{{names}}} = {_scope((path.parent / origin).resolve())};\n"

    exports = ", ".join("default: " + name if default else name for default, name in _EXPORT.findall(source))
    body = _KEYWORD.sub("", _IMPORT.sub(look_up, source))
    return f"const {_scope(path)} = (() => {{\n{body}\nreturn {{ {exports} }};\n}})();"


def script(entry: str, **constants: Any) -> str:
    """The joined script whose default export is that of the entry module; `constants` are JSON put in front."""
    modules = modules_of(FOLDER / entry)
    return "\n".join(
        [
            *(
                f"const {name} = {json.dumps(value, separators=(',', ':'))};"
                for name, value in constants.items()
            ),
            *map(_wrapped, modules),
            f"export default {_scope(modules[-1])}.default;",
        ]
    )


def library() -> str:
    """Everything the browser needs, as one script: the components' code, and the constants it reads."""
    return script("library.js", **constants())


def constants() -> dict[str, Any]:
    """What the library's code finds by name, as JSON."""
    return {
        "PALETTE": palette.as_json(),
        "STYLES": {name: style(f"{name}.css") + words() for name in ("stage", "slot", "bar")},
        "GLOSSARY": glossary.as_json(),
        "CONTROLS": controls.table(),
        "PRESETS": pyramid.presets(),
        "SENTENCES": sentences.collected(),
        "ENUMS": {enum.__name__: {member.name: member.value for member in enum} for enum in ENUMS},
        "SYMBOLS": {coder.name: [of.symbol for of in coder.numbers] for coder in CODERS.values()},
        "LIMITS": {"traced": MAX_PLAYED},
    }


def loader(kind: str) -> str:
    """The few lines that stand for a component of the library."""
    return script("loader.js", KIND=kind)


def style(name: str) -> str:
    """A style sheet with the palette's inks in front, and the rules of formulas that any may hold."""
    return "\n".join(
        [palette.as_css(), *((FOLDER / "styles" / file).read_text() for file in ("formula.css", name))]
    )


def words() -> str:
    """The style of terms and their meanings, for the canvas and for Streamlit's text."""
    return (FOLDER / "styles/words.css").read_text()


def markup(name: str) -> str:
    """An HTML fragment of the canvas; a sentence stands there by its key in braces, "{stage.picture}"."""
    known = sentences.collected()
    text = (FOLDER / "styles" / name).read_text()
    return re.sub(r"\{([\w.]+)\}", lambda match: say(known[match[1]]), text)
