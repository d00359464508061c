"""The sentences of the canvas: whole, said with exactly their values, all of them used, and none left in the code."""

import re
from itertools import product
from pathlib import Path

import pytest

from anchorlab import wording
from anchorlab.canvas import bundle, sentences
from anchorlab.canvas.bundle import FOLDER
from anchorlab.canvas.views import matching as matching_view
from anchorlab.catalogue.matching import RULES
from anchorlab.catalogue.suppression import METHODS
from anchorlab.settings.matching import Matching
from anchorlab.settings.suppression import Suppression
from anchorlab.wording import placeholders
from tests.node import JavaScriptError
from tests.places import ROOT
from tests.unit.canvas.javascript import HOLE, literals, prose, said

ALL = sentences.collected()
FILES = sorted(FOLDER.rglob("*.js"))
MECHANISM = FOLDER / "model/sentences.js"

# Texts of several words that nobody reads: fonts, roles of styles, selectors.
NOT_READ = {
    "input:not([type=range], [type=checkbox], [type=radio]), textarea, select, [contenteditable]",
    (
        "button, a, input, select, textarea, label, summary, dialog, svg, canvas, td, code, "
        "[role=math], [aria-hidden=true], .unseen"
    ),
    f'<span class="fn">logit </span>{HOLE}',
    "PageUp PageDown Home End",
    ".rosetta tbody button",
    "tbody button",
    f"color-mix(in srgb, {HOLE} 35%, transparent)",
}


def name_of(path: Path) -> str:
    return path.relative_to(FOLDER).as_posix()


def matching(key: str) -> set[str]:
    """The sentences that a literal key may mean: "home.\\0" any of home."""
    pattern = re.compile(r"[\w-]+".join(map(re.escape, key.split(HOLE))))
    return {known for known in ALL if pattern.fullmatch(known)}


@pytest.mark.parametrize("key", ALL)
def test_a_sentence_is_well_formed(key):
    sentence = ALL[key]
    assert re.fullmatch(r"[a-z][\w-]*(\.[\w-]+)+", key)
    forms = [sentence] if isinstance(sentence, str) else list(sentence.values())
    assert isinstance(sentence, str) or set(sentence) == {"one", "other"}
    for form in forms:
        assert form == form.strip() and form
        assert not re.search(r"[{}]", wording.PLACEHOLDER.sub("", form)), "a brace that holds no name"


@pytest.mark.parametrize("path", [p for p in FILES if p != MECHANISM], ids=name_of)
def test_what_is_said_exists_and_gets_its_values(path):
    for call in said(path.read_text()):
        where = f"{name_of(path)}:{call.line}"
        assert call.keys, f"{where} says what cannot be read there: write the key as a literal"
        for key in call.keys:
            known = matching(key)
            assert known, f"{where} says {key!r}, which is no sentence"
            for one in known if call.names is not None else ():
                asked = placeholders(ALL[one])
                assert asked <= call.names and (call.more or asked == call.names), f"{where}: {one}"


def test_every_sentence_is_used():
    used = set()
    for path in FILES:
        used |= {one for call in said(path.read_text()) for key in call.keys for one in matching(key)}
    for path in FOLDER.rglob("*.html"):
        used |= set(re.findall(r"\{([\w.]+)\}", path.read_text()))
    # Python asks for the answers of pages by their keys, and says some sentences itself.
    python = "\n".join(
        p.read_text() for folder in ("anchorlab", "pages") for p in (ROOT / folder).rglob("*.py")
    )
    used |= {
        key for rule in RULES for levels in (1, 2) for key, _ in matching_view.answer(Matching(rule), levels)
    }
    used |= {key for key in ALL if f'"{key}"' in python or f'SENTENCES["{key.split(".", 1)[1]}"]' in python}
    for name, method in METHODS.items():
        for per_class, suppress_equal in product((False, True), repeat=2):
            chosen = Suppression(method=name, per_class=per_class, suppress_equal=suppress_equal)
            used |= {f"methods.{name}.{key}" for key in method.answer(chosen)}
    for key in re.findall(r'f"(\w+\.[^"\s]+)"', python):
        used |= matching(re.sub(r"\{[^}]*\}", HOLE, key))
    assert set(ALL) == used


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_no_prose_is_left_in_the_code(path):
    found = [
        f"{token.line}: {told}"
        for token in literals(path.read_text())
        if token.value not in NOT_READ and (told := prose(token.value))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.html")), ids=lambda path: path.name)
def test_no_prose_is_left_in_the_markup(path):
    text = re.sub(r"\{[\w.]+\}", HOLE, path.read_text())
    assert not re.search(r">[^<>]*[a-z]{2}|(?:label|title|alt)=\"[^\"\0]+\"", text)
    assert "{" not in bundle.markup(path.name)


# ---- the two halves say the same

SAMPLES = {
    "plain": "Nothing here.",
    "named": "<b>{object}</b> at {place}, and {object} again.",
    "counted": {"one": "The one box of {n}.", "other": "{count} boxes of {n}."},
}
CASES = [
    ("plain", {}),
    ("named", {"object": "① cup &amp; saucer", "place": "$1 $& {count}"}),
    ("counted", {"count": 1, "n": 12345}),
    ("counted", {"count": 0, "n": -7}),
    ("counted", {"count": 2, "n": "many"}),
]


@pytest.mark.parametrize(("key", "values"), CASES)
def test_both_halves_say_the_same(key, values, run):
    told = wording.say(SAMPLES[key], **values)
    assert run("sentence", sentences=SAMPLES, key=key, values=values) == told


def test_what_is_said():
    assert wording.say(SAMPLES["counted"], count=1, n=12345) == "The one box of 12,345."
    assert wording.say(SAMPLES["counted"], count=0, n=-7) == "0 boxes of −7."


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("named", {"object": "a"}),
        ("plain", {"object": "a"}),
        ("counted", {"n": 1}),
        ("counted", {"count": 1.5, "n": 1}),
        ("counted", {"count": 1, "n": None}),
        ("counted", {"count": 1, "n": True}),
    ],
)
def test_a_wrong_value_is_refused(key, values, run):
    with pytest.raises((ValueError, TypeError)):
        wording.say(SAMPLES[key], **values)
    with pytest.raises(JavaScriptError):
        run("sentence", sentences=SAMPLES, key=key, values=values)


def test_an_unknown_key_is_refused(run):
    with pytest.raises(JavaScriptError, match="there is no sentence nonsense"):
        run("sentence", sentences=SAMPLES, key="nonsense", values={})


def test_python_asks_for_sentences_that_the_browser_completes(run):
    asked = [["plain", {}], ["counted", {"count": 2}]]
    told = run("sentences", sentences=SAMPLES, asked=asked, live={"n": 3, "unused": None})
    assert told == "Nothing here. 2 boxes of 3."


# ---- the reader of JavaScript


def test_calls_are_read():
    source = """
      // say("not.this") and `say("nor.this")`
      stage.say(say("a.one", { count, b: f(x, { c }), ...{} }));
      const t = `${say(far ? "a.far" : kind === "near" ? "a.near" : `a.${kind}`)} ${x / 2} / ${/say\\("no"\\)/.test(y)}`;
      say("a.two", { place: "x, y", count: n });
      say("a.three", values);
      say(key);
      class Stage { say(text) {} }
      throw new Error(`no ${say("a.four")}`);
    """
    calls = said(source)
    assert [(c.line, c.keys, c.names) for c in calls] == [
        (3, ("a.one",), None),
        (4, ("a.far", "a.near", f"a.{HOLE}"), frozenset()),
        (5, ("a.two",), {"place", "count"}),
        (6, ("a.three",), None),
        (7, (), frozenset()),
        (9, ("a.four",), frozenset()),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Nothing to encode",
        f'<p class="a b">The {HOLE} shapes</p>',
        f"<b>{HOLE} of them</b>",
        'aria-label="Three ways"',
        f", {HOLE} left out",
        "moved by",
    ],
)
def test_prose_is_found(text):
    assert prose(text)


@pytest.mark.parametrize(
    "text",
    [
        '<button type="button" class="step on" data-act="1">',
        '" stroke-width="2" stroke-dasharray="2 3"/>',
        "M0 30H400",
        f"600 {HOLE}px Inter",
        "nwse-resize",
        "anchorlab:painted",
        f"{HOLE} × {HOLE}",
        "home.one_shape",
    ],
)
def test_what_is_not_read_is_no_prose(text):
    assert not prose(text)
