"""The joined scripts of the canvas: whole, in order, and every name found."""

import re

import pytest

from anchorlab.canvas import bundle
from anchorlab.draw import palette
from tests.node import JavaScriptError

ENTRIES = ("library.js", "loader.js", "asking.js")
# What the real scripts get in front.
CONSTANTS = {**bundle.constants(), "KIND": "stage"}


@pytest.mark.parametrize("entry", ENTRIES)
def test_only_the_entrys_default_export_is_left(entry):
    script = bundle.script(entry)
    assert not re.search(r"^\s*import\b", script, re.MULTILINE)
    assert re.findall(r"^\s*export\b.*", script, re.MULTILINE) == re.findall(
        r"^export default\b.*", script, re.MULTILINE
    )
    assert len(re.findall(r"^export default\b", script, re.MULTILINE)) == 1


@pytest.mark.parametrize("entry", ENTRIES)
def test_every_module_is_there_once_and_after_those_it_imports(entry):
    order = bundle.modules_of(bundle.FOLDER / entry)
    assert order[-1] == (bundle.FOLDER / entry).resolve()
    assert len(set(order)) == len(order)
    for at, path in enumerate(order):
        imports = re.findall(r"from\s+\"([^\"]+)\"|^import\s+\"([^\"]+)\"", path.read_text(), re.MULTILINE)
        for source in (a or b for a, b in imports):
            needed = (path.parent / source).resolve()
            assert needed in order, f"{path.name} imports {source}"
            # In a circle one module would find the other's names not there yet.
            assert order.index(needed) < at, f"{path.name} comes before {source}"


@pytest.mark.parametrize("entry", ENTRIES)
def test_every_module_is_whole_in_the_script(entry):
    script = bundle.script(entry)
    for path in bundle.modules_of(bundle.FOLDER / entry):
        declarations = re.findall(
            r"^(?:export (?:default )?)?((?:const|class|function) [\w$]+)", path.read_text(), re.MULTILINE
        )
        assert declarations, f"{path.name} declares nothing"
        for declaration in declarations:
            assert declaration in script, f"{declaration} of {path.name} is lost"


def test_every_file_of_the_stage_is_used():
    used = {path for entry in ENTRIES for path in bundle.modules_of(bundle.FOLDER / entry)}
    assert used == {path.resolve() for path in bundle.FOLDER.rglob("*.js")}


def test_every_name_that_is_imported_is_used():
    for path in bundle.FOLDER.rglob("*.js"):
        body = re.sub(r"^import\s[^;]*;|//.*", "", path.read_text(), flags=re.MULTILINE)
        for names in re.findall(r"^import\s+\{([^}]*)\}", path.read_text(), re.MULTILINE):
            for name in filter(None, (n.strip() for n in names.split(","))):
                assert re.search(rf"(?<![\w$]){re.escape(name)}(?![\w$])", body), (
                    f"{path.name} imports {name} for nothing"
                )


def test_nothing_renames_what_it_imports():
    """The bundle reads one form of import; `import {a as b}`, `import * as` and a bare one it would leave broken."""
    for path in bundle.FOLDER.rglob("*.js"):
        for line in re.findall(r"^import\s[^;]*;", path.read_text(), re.MULTILINE):
            assert " as " not in line, f"{path.name}: {line}"
            assert re.match(r"import\s+\{[^}]*\}\s+from\s+\"\.", line), f"{path.name}: {line}"


@pytest.mark.parametrize("entry", ENTRIES)
def test_the_script_parses_and_starts(entry, tmp_path, run):
    """It is taken whole by a JavaScript engine, every module finds what it imports, and a function comes out."""
    file = tmp_path / "bundle.mjs"
    file.write_text(bundle.script(entry, **CONSTANTS))
    assert run("start", file=str(file)) == "function"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("export default () => {", "SyntaxError"),
        ("export default nothing.here", "nothing is not defined"),
        ('import { much } from "node:path"; export default much', "much"),
    ],
)
def test_what_does_not_start_is_told(wrong, said, tmp_path, run):
    file = tmp_path / "bundle.mjs"
    file.write_text(wrong)
    with pytest.raises(JavaScriptError, match=said):
        run("start", file=str(file))


@pytest.mark.parametrize("entry", ENTRIES)
def test_every_name_that_is_imported_is_exported(entry):
    # A name taken out of a module that lacks it is `undefined`, silently, until it is called.
    for path in bundle.modules_of(bundle.FOLDER / entry):
        for names, source in re.findall(
            r"^import\s+\{([^}]*)\}\s+from\s+\"([^\"]+)\"", path.read_text(), re.MULTILINE
        ):
            exporter = (path.parent / source).read_text()
            for name in filter(None, (n.strip() for n in names.split(","))):
                export = rf"^export (?:async )?(?:function\*?|const|let|class) {re.escape(name)}\b"
                assert re.search(export, exporter, re.MULTILINE), f"{path.name}: {source} exports no {name}"


@pytest.mark.parametrize("entry", ENTRIES)
def test_more_than_one_line(entry):
    # Streamlit takes a single line for the path of a file.
    assert bundle.script(entry).count("\n") > 3


@pytest.mark.parametrize("name", ["stage.css", "slot.css", "bar.css"])
def test_styles_bring_the_inks_they_use(name):
    style = bundle.style(name)
    assert style.startswith(palette.as_css())
    for ink in set(re.findall(r"var\((--ink-[\w-]+)\)", style)):
        assert f"{ink}:" in style, f"{ink} is used in {name} and defined nowhere"
