"""Fixtures of the tests that run the app's script without a browser (Streamlit's AppTest).

    def test_something(open_page):
        at = open_page("matching", scene="cat")        # runs; an exception fails the test
        run(at.slider(key="matching_high").set_value(0.6))
        send(at, "matching_stage", state={"boxes": [...]})   # what the canvas would send
        send(at, "matching_stage", trigger={"selected": 7})

What AppTest of Streamlit 1.67 does, each line held by tests/app/test_apptest.py:

* `AppTest.from_file("app.py")` runs the default page. To open another one, run once, then
  `switch_page("pages/x.py")` and run again: it looks the file up among the pages `st.navigation` registered,
  so the file name counts, not the address.
* `query_params` set before the first run reach `st.query_params` and every widget with bind="query-params". A
  bound widget writes the address bar in the browser, not in Python: `set_value` leaves `at.query_params` as it was.
  Query parameters given to the first page stay for the next.
* A components-v2 component is an UnknownElement of type "bidi_component": `at.get("bidi_component")`. Its proto
  holds the data it was given; its JavaScript never runs. Python sees its defaults. AppTest offers no way to
  interact with it; `send` below writes what the browser would have sent. State stays, a trigger lasts one run.
* A component registered when its module is imported (once per process) still works in later AppTests.
* A fragment runs with the whole script; there is no fragment-only rerun.
* Exceptions end up in `at.exception`; nothing is raised. They would be redacted as for a visitor
  (client.showErrorDetails), so the tests here ask for the details.
"""

import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from streamlit import config
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest

from anchorlab.canvas import warm_up
from anchorlab.session import library_answers
from anchorlab.ui import readiness
from tests.places import APP


@pytest.fixture(autouse=True)
def error_details() -> Iterator[None]:
    """Exceptions with their message, which a visitor must not see but a developer must."""
    before = config.get_option("client.showErrorDetails")
    config.set_option("client.showErrorDetails", "full")
    yield
    config.set_option("client.showErrorDetails", before)


@pytest.fixture(scope="session")
def warm() -> None:
    """In memory what is compiled ahead, as far as these tests ask for it: of one grid up to 2^13 anchors,
    and up to 512 predictions."""
    most = {
        warm_up.matchings: 2**13,
        warm_up.losses: 2**13,
        warm_up.coders: 2**13,
        library_answers.warm: 2**13,
        warm_up.suppressions: 512,
    }
    for step in warm_up.steps():
        of, size = (step.func, step.args[0]) if isinstance(step, partial) else (step, 0)
        if size <= most.get(of, size):
            step()


@pytest.fixture(autouse=True)
def nothing_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages do not load ahead: tests that count what is compiled and loaded would count that, too."""
    monkeypatch.setattr(readiness, "after_picture", lambda *_: None)


def run(at: Any) -> AppTest:
    """Runs the script of an AppTest, or of the widget just changed; an exception on the page fails the test."""
    at = at.run()
    for shown in at.exception:
        pytest.fail(f"{shown.message}\n{''.join(shown.stack_trace)}")
    return at


def send(
    at: AppTest, key: str, *, state: dict[str, Any] | None = None, trigger: dict[str, Any] | None = None
) -> AppTest:
    """Reruns as if the component `key` had called setStateValue for each of `state` and setTriggerValue for each
    of `trigger`: callbacks are called as in a real session."""
    component = next(c for c in at.get("bidi_component") if c.key == key)
    sent = []
    if state is not None:
        sent.append(WidgetState(id=component.proto.id, json_value=json.dumps(state)))
    if trigger is not None:
        events = [{"event": event, "value": value} for event, value in trigger.items()]
        sent.append(
            WidgetState(
                id=f"$$STREAMLIT_INTERNAL_KEY_{component.proto.id}__events",
                json_trigger_value=json.dumps(events),
            )
        )
    widgets = at._tree.get_widget_states()
    widgets.widgets.extend(sent)
    at._run(widgets)
    for shown in at.exception:
        pytest.fail(f"{shown.message}\n{''.join(shown.stack_trace)}")
    return at


@pytest.fixture
def open_page() -> Callable[..., AppTest]:
    """open_page(page, **query): the app on that page, run once, with this query string."""

    def opener(page: str, **query: str) -> AppTest:
        at = AppTest.from_file(APP, default_timeout=60)
        at.query_params.update(query)
        run(at)
        if page != "home":
            at.query_params.update(query)
            run(at.switch_page(f"pages/{page}.py"))
        return at

    return opener
