"""What people read is in the field's words: suppress, generate anchors, low-quality match."""

import ast
import re
from pathlib import Path

import pytest

from tests.places import ROOT

RETIRED = {
    "suppress": r"silenc",
    "generate anchors": r"\b(?:lays?|laid)\b",
    "low-quality match": r"\brescue[sd]?\b|\brescuing\b|\blow quality\b",
}
"""The field's word, and what stood there instead. `tests/browser/test_words.py` looks for the same in the pages."""
SOURCES = [
    path
    for pattern in (
        "app.py",
        "pages/*.py",
        "anchorlab/**/*.py",
        "anchorlab/canvas/browser/**/*.js",
        "README.md",
    )
    for path in sorted(ROOT.glob(pattern))
]


def sentences(path: Path) -> list[str]:
    """All that a file may show: strings and docstrings of Python, strings of a script without what is put into them."""
    text = path.read_text()
    if path.suffix == ".py":
        strings = [n.value for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Constant)]
        return [s for s in strings if isinstance(s, str) and " " in s.strip()]
    if path.suffix == ".md":
        return [re.sub(r"`[^`]*`", "", text)]
    text = re.sub(r"^\s*//.*", "", text, flags=re.MULTILINE)
    while text != (less := re.sub(r"\$\{[^{}]*\}", "", text)):
        text = less
    return [quoted for _, quoted in re.findall(r"([\"`])((?:(?!\1).)*)\1", text)]


def test_sentences_are_found():
    canvas = ROOT / "anchorlab/canvas"
    assert "The best boxes suppress their doubles." in sentences(canvas / "views/home.py")
    assert "home.doubles" in sentences(canvas / "browser/views/home.js")
    assert any("Suppression keeps the best" in s for s in sentences(ROOT / "pages/home.py"))


@pytest.mark.parametrize("word", RETIRED)
def test_no_sentence_has_a_retired_word(word):
    found = {
        (path.name, sentence[:120])
        for path in SOURCES
        for sentence in sentences(path)
        if re.search(RETIRED[word], sentence, re.IGNORECASE)
    }
    assert not found, f"say “{word}”: {sorted(found)}"
