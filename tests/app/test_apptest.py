"""What conftest.py says about AppTest, and that its helpers do what a browser would."""

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.conftest import run, send

SAMPLE = Path(__file__).parent / "sample" / "app.py"


@pytest.fixture
def second():
    at = run(AppTest.from_file(SAMPLE, default_timeout=30))
    return run(at.switch_page("pages/second.py"))


def test_the_default_page_runs_and_binds_the_query():
    at = AppTest.from_file(SAMPLE, default_timeout=30)
    at.query_params["first_a"] = "7"
    run(at)
    assert at.title[0].value == "First"
    assert at.slider(key="first_a").value == 7
    run(at.slider(key="first_a").set_value(9))
    assert at.query_params["first_a"] == "7"


def test_switch_page_goes_by_file_name(second):
    assert second.title[0].value == "Second"


@pytest.mark.parametrize("visit", [1, 2])
def test_a_component_is_an_unknown_element_with_its_data(second, visit):
    (component,) = second.get("bidi_component")
    assert component.key == "second_canvas"
    assert json.loads(component.proto.json) == {"n": 3}
    assert second.text[0].value == "boxes [1, 2] selected None"


def test_send_state_calls_back_and_stays(second):
    send(second, "second_canvas", state={"boxes": [5]})
    assert second.session_state.saved == [5]
    assert second.text[0].value == "boxes [5] selected None"
    run(second.slider(key="second_n").set_value(4))
    assert second.text[0].value == "boxes [5] selected None"


def test_send_trigger_calls_back_and_passes(second):
    send(second, "second_canvas", trigger={"selected": 7})
    assert second.session_state.chosen == 7
    assert second.text[0].value == "boxes [1, 2] selected 7"
    run(second)
    assert second.text[0].value == "boxes [1, 2] selected None"


def test_an_exception_is_shown_not_raised(second):
    second.button[0].click()
    with pytest.raises(pytest.fail.Exception, match="asked for"):
        run(second)


def test_query_parameters_stay_over_switch_page(second):
    at = AppTest.from_file(SAMPLE, default_timeout=30)
    at.query_params["other"] = "x"
    run(at)
    assert run(at.switch_page("pages/second.py")).query_params == {"other": "x"}
