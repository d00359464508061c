"""The Deploy page's ONNX file in every state: what it needs is missing, offered, being made, made, impossible."""

import pytest

from anchorlab.detector import exports
from anchorlab.detector.as_onnx import Compared
from anchorlab.detector.exports import Export
from anchorlab.settings.deployment import Quantisation
from tests.app.conftest import run


@pytest.fixture
def known(monkeypatch) -> dict[Quantisation, Export]:
    """The files that are known; none is made."""
    files: dict[Quantisation, Export] = {}
    monkeypatch.setattr(exports, "_known", files)
    monkeypatch.setattr(exports, "ask", lambda asked: files.setdefault(asked, Export(asked)))
    return files


def opened(open_page, **query):
    at = open_page("deploy", **query)
    at.session_state["deploy_onnx"] = True
    return run(at)


def words(at) -> str:
    return " ".join(each.value for kind in (at.markdown, at.caption, at.code, at.error) for each in kind)


def test_without_its_packages_the_page_says_how_to_get_them(open_page, known, monkeypatch):
    monkeypatch.setattr(exports, "available", lambda: False)
    at = opened(open_page)
    assert "pip install -r requirements-onnx.txt" in words(at)
    assert not [button for button in at.button if button.key == "write_onnx"]


def test_a_file_is_asked_for_made_and_offered(open_page, known, monkeypatch):
    monkeypatch.setattr(exports, "available", lambda: True)
    at = opened(open_page, bits="8")
    run(at.button(key="write_onnx").click())
    asked = Quantisation(8)
    assert list(known) == [asked] and "Writing the file" in words(at)

    known[asked].error = "The file could not be made: no room."
    run(at)
    assert "no room" in words(at) and at.button(key="write_onnx").label.endswith("of 8 bits")

    known[asked] = Export(
        asked, b"onnx", [Compared("a", 2e-6, 3e-5, 4, 4, True), Compared("b", 0, 0, 2, 3, False)]
    )
    run(at)
    assert "**0.000002** at most" in words(at) and "**0.00003** of a pixel" in words(at)
    assert "leaves 7 boxes" in words(at) and "**1 of 2** pictures" in words(at)
