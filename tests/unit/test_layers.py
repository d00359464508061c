"""Who may import whom. The layers are in the README; this test holds them by reading the source."""

import ast
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.places import ROOT

STDLIB = frozenset(sys.stdlib_module_names)
# What only the engine and the glue may hold: a page that jits recompiles at every rerun.
MACHINERY = frozenset({"jit", "cache", "lru_cache", "cache_data", "cache_resource", "vmap", "pallas"})
PAGE_LINES = 170
ENTRY_LINES = 60


@dataclass(frozen=True)
class Layer:
    """Where it lives, and the modules it may import (with everything below them), apart from the stdlib."""

    where: str
    allowed: tuple[str, ...]


SETTINGS = "anchorlab.settings"
CATALOGUE = (SETTINGS, "anchorlab.wording", "anchorlab.thresholds", "anchorlab.catalogue")
SESSION = (
    *CATALOGUE,
    "anchorlab.engine",
    "anchorlab.export",
    "anchorlab.scenes",
    "anchorlab.detector",
    "anchorlab.session",
)

# In the order in which they stand on one another.
LAYERS = (
    Layer("anchorlab/settings", (SETTINGS,)),
    Layer("anchorlab/wording.py", ()),
    Layer("anchorlab/thresholds.py", ("numpy",)),
    Layer("anchorlab/children.py", ()),
    Layer("anchorlab/core", ("jax", "anchorlab.core", SETTINGS)),
    Layer(
        "anchorlab/engine",
        (
            "jax",
            "numpy",
            "anchorlab.core",
            "anchorlab.engine",
            "anchorlab.catalogue.coders",
            "anchorlab.catalogue.losses",
            "anchorlab.catalogue.matching",
            SETTINGS,
        ),
    ),
    Layer("anchorlab/d2l.py", ("jax", "numpy", "anchorlab.core", SETTINGS)),
    # A rule's entry names its function; a method's says how it plays and how it is written; the two modules of the
    # export are leaves.
    Layer(
        "anchorlab/catalogue",
        (
            "numpy",
            "anchorlab.core",
            "anchorlab.engine",
            "anchorlab.export.recipe",
            "anchorlab.export.writing",
            *CATALOGUE,
        ),
    ),
    Layer("anchorlab/export", ("numpy", "anchorlab.export", *CATALOGUE)),
    Layer("anchorlab/scenes", ("numpy", "PIL", "skimage", "anchorlab.scenes", *CATALOGUE)),
    Layer(
        "anchorlab/detector",
        (
            "jax",
            "numpy",
            "PIL",
            "equinox",
            "optax",
            "safetensors",
            "jax2onnx",
            "onnx",
            "onnxruntime",
            "anchorlab.children",
            "anchorlab.core",
            "anchorlab.engine",
            "anchorlab.scenes",
            "anchorlab.detector",
            *CATALOGUE,
        ),
    ),
    Layer("anchorlab/draw", ("numpy", "PIL", "plotly", "anchorlab.draw", *CATALOGUE)),
    Layer("anchorlab/session", ("streamlit", "numpy", "PIL", *SESSION)),
    Layer("anchorlab/canvas", ("streamlit", "numpy", "anchorlab.draw", "anchorlab.canvas", *SESSION)),
    Layer(
        "anchorlab/ui",
        ("streamlit", "jax", "numpy", "PIL", "plotly", "pandas", "pyarrow", "anchorlab"),
    ),
    Layer(
        "pages",
        (
            "streamlit",
            "anchorlab.ui",
            "anchorlab.canvas",
            "anchorlab.session",
            "anchorlab.engine",
            "anchorlab.detector",
            "anchorlab.draw",
            "anchorlab.scenes",
            *CATALOGUE,
        ),
    ),
    Layer("app.py", ("streamlit", "anchorlab.ui")),
)
# Where Streamlit may be imported within the session's layer: everything else there is plain Python.
STREAMLIT_IN_SESSION = {"store.py", "fragments.py", "widget_sync.py"}


def below(name: str, packages: tuple[str, ...]) -> bool:
    """Whether the module is one of the packages or inside one."""
    return any(name == package or name.startswith(package + ".") for package in packages)


def imported(source: str, package: str = "") -> list[tuple[int, str]]:
    """(line, module) of every import, also inside functions; relative ones resolved against `package`.

    `from anchorlab import engine` counts as anchorlab.engine: the name decides, not how it is written.
    """
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            if node.level:
                parents = package.split(".")[: len(package.split(".")) - node.level + 1]
                module = ".".join([*parents, module]).strip(".")
            if module == "anchorlab":
                found += [(node.lineno, f"anchorlab.{alias.name}") for alias in node.names]
            else:
                found.append((node.lineno, module))
    return found


def trespasses(layer: Layer, source: str, package: str = "") -> list[str]:
    """Imports the layer may not have, as "line: module"."""
    return [
        f"{line}: {module}"
        for line, module in imported(source, package)
        if module.split(".")[0] not in STDLIB and not below(module, layer.allowed)
    ]


def machinery(source: str) -> list[str]:
    """Uses of jit, vmap or a cache, as "line: name"."""
    found = []
    for node in ast.walk(ast.parse(source)):
        names = {ast.Name: "id", ast.Attribute: "attr"}
        name = getattr(node, names[type(node)]) if type(node) in names else None
        if name in MACHINERY:
            found.append(f"{node.lineno}: {name}")
    return found


def files(where: str) -> list[Path]:
    path = ROOT / where
    return [path] if path.is_file() else sorted(path.rglob("*.py"))


def cases() -> list:
    return [
        pytest.param(layer, path, id=path.relative_to(ROOT).as_posix())
        for layer in LAYERS
        for path in files(layer.where)
    ]


@pytest.mark.parametrize(("layer", "path"), cases())
def test_imports_stay_within_the_layer(layer, path):
    package = ".".join(path.relative_to(ROOT).parent.parts)
    assert not trespasses(layer, path.read_text(), package)


def modules() -> dict[str, Path]:
    """Every module by its dotted name; a package by its own."""
    paths = [*files("anchorlab"), *files("pages"), ROOT / "app.py"]
    names = (path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".") for path in paths)
    return {name.removesuffix(".__init__"): path for name, path in zip(names, paths, strict=True)}


def graph(sources: dict[str, str]) -> dict[str, set[str]]:
    """module -> the modules it imports, also inside functions. A package is imported where its own names are."""
    found = {}
    for name, source in sources.items():
        targets = set()
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Import):
                targets |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                inner = {f"{node.module}.{alias.name}" for alias in node.names}
                targets |= inner & sources.keys() or {node.module}
        found[name] = (targets & sources.keys()) - {name}
    return found


def circles(imports: dict[str, set[str]]) -> list[set[str]]:
    """The strongly connected components of more than one module (Tarjan 1972)."""
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    found = []

    def visit(name: str) -> None:
        number[name] = lowest[name] = len(number)
        stack.append(name)
        for other in sorted(imports[name]):
            if other not in number:
                visit(other)
                lowest[name] = min(lowest[name], lowest[other])
            elif other in stack:
                lowest[name] = min(lowest[name], number[other])
        if lowest[name] == number[name]:
            component = set(stack[stack.index(name) :])
            del stack[stack.index(name) :]
            if len(component) > 1:
                found.append(component)

    for name in sorted(imports):
        if name not in number:
            visit(name)
    return found


def test_no_modules_import_each_other_in_a_circle():
    assert not circles(graph({name: path.read_text() for name, path in modules().items()}))


def test_a_circle_would_be_found():
    loop = {
        "a": "import b",
        "b": "def later():\n    from c import f",
        "c": "from a import g",
        "d": "import a",
    }
    assert circles(graph(loop)) == [{"a", "b", "c"}]
    assert not circles(graph({"a": "import b", "b": "import c", "c": ""}))
    inside = {"p": "from p.m import f", "p.m": "from p import n", "p.n": ""}
    assert not circles(graph(inside)), "a neighbour in a package is not the package itself"


def test_streamlit_stays_where_reruns_are_told():
    using = {
        path.name
        for path in files("anchorlab/session")
        if any(below(module, ("streamlit",)) for _, module in imported(path.read_text()))
    }
    assert using == STREAMLIT_IN_SESSION


@pytest.mark.parametrize("path", files("pages"), ids=lambda path: path.name)
def test_pages_are_views(path):
    source = path.read_text()
    assert len(source.splitlines()) <= PAGE_LINES
    assert not machinery(source)


def test_the_entry_point_is_tiny():
    for path in files("app.py"):
        assert len(path.read_text().splitlines()) <= ENTRY_LINES
        assert not [
            n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.FunctionDef | ast.ClassDef)
        ]


def test_every_module_belongs_to_a_layer():
    claimed = {path for layer in LAYERS for path in files(layer.where)} | {ROOT / "anchorlab/__init__.py"}
    assert not set(files("anchorlab")) - claimed


@pytest.mark.parametrize(
    ("where", "bad"),
    [
        ("anchorlab/core", "import numpy as np"),
        ("anchorlab/core", "from anchorlab.engine import suppress"),
        ("anchorlab/core", "from ..engine import suppress"),
        ("anchorlab/settings", "from anchorlab.catalogue import presets"),
        ("anchorlab/catalogue", "from anchorlab.session import store"),
        ("anchorlab/session", "from anchorlab.canvas import component"),
        ("anchorlab/canvas", "from anchorlab.ui import layout"),
        ("anchorlab/core", "def f():\n    import streamlit"),
        ("anchorlab/engine", "import streamlit as st"),
        ("anchorlab/engine", "from anchorlab import draw"),
        ("anchorlab/detector", "import streamlit as st"),
        ("anchorlab/detector", "from anchorlab.session import store"),
        ("anchorlab/draw", "import jax.numpy as jnp"),
        ("anchorlab/draw", "from anchorlab.engine import Matches"),
        ("anchorlab/scenes", "from streamlit import cache_data"),
        ("anchorlab/export", "from anchorlab.engine import encode"),
        ("anchorlab/ui", "import skimage"),
        ("anchorlab/ui", "from pages import home"),
        ("pages", "import numpy as np"),
        ("pages", "from anchorlab.core import iou"),
        ("app.py", "from anchorlab import engine"),
    ],
)
def test_this_test_can_fail(where, bad):
    layer = next(layer for layer in LAYERS if layer.where == where)
    assert trespasses(layer, bad, where.replace("/", "."))


def test_this_test_does_not_cry_wolf():
    good = "import math\nfrom typing import NamedTuple\nimport jax.numpy as jnp\nfrom . import boxes\n"
    layer = next(layer for layer in LAYERS if layer.where == "anchorlab/core")
    assert not trespasses(layer, good + "from anchorlab.core.iou import box_iou", "anchorlab.core")
    assert (
        machinery("@st.cache_data\ndef f(): ...")
        and machinery("jit(f)")
        and not machinery("st.slider('jit')")
    )
