"""No module of the canvas uses a name that it neither makes nor imports: nothing else would notice before somebody clicks."""

import re

import pytest

from anchorlab.canvas import bundle
from tests.unit.canvas.javascript import tokens

KEYWORDS = """
async await break case catch class const continue default delete do else export extends false finally for
from function get if import in instanceof let new null of return set static super switch this throw true
try typeof undefined var void while yield
"""
# What the language and browsers bring, as far as it is used.
GIVEN = """
AbortController Array Blob Boolean CSS CSSStyleSheet CustomEvent DataView Date DecompressionStream
Element Error Event EventTarget FileReader Float32Array Float64Array HTMLElement Image Infinity
Int32Array Int8Array JSON KeyboardEvent Map Math MutationObserver NaN Node NodeFilter Number Object
Path2D Promise RegExp ResizeObserver Response Set String Symbol TextDecoder TextEncoder URL
URLSearchParams Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakSet addEventListener
atob btoa cancelAnimationFrame clearInterval clearTimeout console createImageBitmap decodeURIComponent
devicePixelRatio document encodeURIComponent fetch getComputedStyle globalThis history innerHeight
innerWidth isFinite isNaN localStorage location matchMedia navigator parseFloat parseInt performance
queueMicrotask requestAnimationFrame sessionStorage setInterval setTimeout structuredClone window
"""
# What `bundle.library` and `bundle.loader` put in front.
CONSTANTS = frozenset(
    {
        "CONTROLS",
        "ENUMS",
        "GLOSSARY",
        "KIND",
        "LIMITS",
        "PALETTE",
        "PRESETS",
        "SENTENCES",
        "STYLES",
        "SYMBOLS",
    }
)

MODULES = sorted(path.relative_to(bundle.FOLDER).as_posix() for path in bundle.FOLDER.rglob("*.js"))
# Signs that stand around a name where it is made: in a list of imports or parameters, or in a pattern.
_OPEN, _CLOSE = {"{", "(", ",", "[", "...", ":"}, {",", "}", ")", "=", "]", "=>", "of", ":"}


def free_names(source: str) -> dict[str, int]:
    """{name: line} of what is called or read and stands nowhere in the module where a name could be made.

    No parser: whatever stands once as a parameter, in a pattern or in a list counts as made in the whole module.
    """
    found: dict[str, int] = {}
    made = set()
    keywords, given = set(KEYWORDS.split()), {*GIVEN.split(), *CONSTANTS}
    pieces = tokens(source)
    around = [piece.value if piece.kind == "code" else "" for piece in pieces]
    for at, piece in enumerate(pieces):
        name = piece.value
        if piece.kind != "code" or not re.match(r"[A-Za-z_$]", name) or name in keywords:
            continue
        before = around[at - 1] if at else ""
        after = around[at + 1] if at + 1 < len(around) else ""
        if before in (".", "?."):
            continue
        declared = before in ("const", "let", "function", "class", "*") or after == "=>"
        if declared or (before in _OPEN and after in _CLOSE):
            made.add(name)
        is_key = after == ":" or (
            after == "(" and before in ("{", "}", ",", ";", "get", "set", "async", "static")
        )
        if not is_key:
            found.setdefault(name, piece.line)
    return {name: line for name, line in found.items() if name not in made | given}


@pytest.mark.parametrize("module", MODULES)
def test_every_name_is_made_or_imported(module):
    assert not free_names((bundle.FOLDER / module).read_text())


@pytest.mark.parametrize(
    ("source", "free"),
    [
        ("export const f = (a) => a + missing(a);", {"missing": 1}),
        ("import { held } from './x.js';\nheld(1);\ngone.thing();", {"gone": 3}),
        ("function f({ a, b: c }) {\n  return `${a}${c}${d.e}`;\n}", {"d": 2}),
        ("const view = { keys() {}, get size() { return 1; } };\nview.keys();", {}),
        ("for (const x of [1]) y(x);", {"y": 1}),
    ],
)
def test_this_test_can_fail(source, free):
    assert free_names(source) == free
