"""The driver itself: it must neither miss a rerun nor pass over a problem."""

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser import driver
from tests.places import ROOT


@pytest.fixture(scope="module")
def stub():
    with driver.Server(ROOT / "tests/browser/apps/stub.py") as server:
        yield server


@pytest.fixture
def visitor(open_lab, stub):
    return open_lab(stub).goto("/")


def text(lab, label):
    return lab.page.get_by_text(label, exact=False).first.inner_text()


def test_wire_js_knows_the_field_numbers_of_the_installed_streamlit():
    to_browser = {f.name: f.number for f in ForwardMsg.DESCRIPTOR.fields}
    to_server = {f.name: f.number for f in BackMsg.DESCRIPTOR.fields}
    assert (to_browser["new_session"], to_browser["script_finished"]) == (4, 6)
    assert to_server["rerun_script"] == 11
    assert ForwardMsg.ScriptFinishedStatus.Value("FINISHED_EARLY_FOR_RERUN") == 2


@pytest.mark.parametrize("label", ["fast", "inner"])
def test_no_rerun_is_missed(visitor, label):
    slider = visitor.page.get_by_role("slider", name=label)
    for step in range(1, 41):
        with visitor.expect_rerun(quiet=0):
            slider.press("ArrowRight")
        written = visitor.page.locator('[data-testid="stMarkdown"]').all_inner_texts()
        assert f"{'value' if label == 'fast' else 'inner'} {3 + step}" in written


def test_a_slow_rerun_is_waited_for(visitor):
    with visitor.expect_rerun():
        visitor.page.get_by_text("slow").click()
    assert visitor.page.get_by_text("slow done").is_visible()
    assert visitor.rerun_ms() > 300


def test_a_script_that_reruns_itself_is_waited_for(visitor):
    with visitor.expect_rerun():
        visitor.page.get_by_role("button", name="rerun twice").click()
    assert visitor.page.get_by_text("left 0").is_visible()


def test_a_page_switch_is_a_rerun(visitor):
    with visitor.expect_rerun():
        visitor.page.get_by_role("link", name="Second").click()
    assert visitor.page.get_by_role("heading", name="Second").is_visible()
    assert visitor.page.url.endswith("/second")


def test_an_exception_fails_the_test(visitor):
    with visitor.expect_rerun():
        visitor.page.get_by_role("button", name="fail").click()
    with pytest.raises(AssertionError, match="exception"):
        visitor.check()
    visitor.allow("exception")


def test_no_traceback_reaches_the_visitor(visitor):
    with visitor.expect_rerun():
        visitor.page.get_by_role("button", name="fail").click()
    shown = visitor.page.locator("body").inner_text()
    assert "asked for" not in shown and "Traceback" not in shown and "ValueError" not in shown
    visitor.allow("exception")


def test_console_errors_and_foreign_requests_fail_the_test(visitor):
    visitor.page.evaluate("console.error('oh')")
    visitor.page.evaluate("fetch('http://example.invalid/x').catch(() => 0)")
    visitor.page.wait_for_timeout(100)
    with pytest.raises(AssertionError, match="(?s)oh.*foreign: GET http://example.invalid/x"):
        visitor.check()
    visitor.allow("console error|foreign")


def test_no_rerun_where_none_is_expected(visitor):
    with pytest.raises(AssertionError, match="1 rerun"), visitor.expect_no_rerun():
        visitor.page.get_by_role("slider", name="fast").press("ArrowRight")


def test_the_visitors_colour_scheme_is_followed(open_lab, stub):
    backgrounds = [
        open_lab(stub, scheme=scheme)
        .goto("/")
        .page.evaluate("getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor")
        for scheme in ("light", "dark")
    ]
    assert backgrounds == ["rgb(251, 250, 248)", "rgb(18, 22, 29)"]


def test_axe_and_overflow_find_what_is_wrong(visitor):
    assert not visitor.overflowing()
    visitor.page.evaluate(
        """() => { const main = document.querySelector('[data-testid="stMain"]');
             main.insertAdjacentHTML('beforeend', '<div style="width:3000px"><img src="data:,"></div>'); }"""
    )
    assert any("image-alt" in violation for violation in visitor.axe())
    assert visitor.overflowing()
