"""When a widget is told again what to show, without a browser: the sessions and runs are played."""

import pytest
import streamlit as st

from anchorlab.session import store, widget_sync
from anchorlab.session.app_state import AppState


class Session(dict):
    """Streamlit's session state, which counts what is written to it."""

    def __init__(self):
        super().__init__()
        self.told: list[str] = []

    def __setitem__(self, key, value):
        super().__setitem__(key, value)
        self.told.append(key)


@pytest.fixture
def session(monkeypatch):
    session = Session()
    monkeypatch.setattr(st, "session_state", session)
    monkeypatch.setattr(st, "slider", lambda *_, **__: None)
    monkeypatch.setattr(store, "app", AppState)
    return session


def draw(session: Session, *keys: str) -> list[str]:
    """Which widgets were told when the part was drawn with these, and the browser has applied it all."""
    session.told.clear()
    widget_sync.part("options")
    for key in keys:
        widget_sync.show(key, lambda app: 1.0)
    told = [key for key in session.told if key in keys]
    widget_sync.end_part()
    widget_sync._hear(widget_sync._page())
    return told


def test_a_widget_is_told_once(session):
    widget_sync.begin("pyramid")
    assert draw(session, "resize", "border") == ["resize", "border"]
    assert draw(session, "resize", "border") == []


def test_a_widget_that_was_gone_is_told_though_its_value_stayed(session):
    """A run that is cut short takes it off the page, and Streamlit does not forget it: the browser, which draws it anew,
    begins at the slider's low end."""
    widget_sync.begin("pyramid")
    draw(session, "resize", "border")
    assert draw(session, "border") == []
    assert session["resize"] == 1.0
    assert draw(session, "resize", "border") == ["resize"]


def test_a_part_that_was_cut_short_is_drawn_again(session):
    widget_sync.begin("pyramid")
    draw(session, "resize", "border")
    assert widget_sync.disagreeing() == set()
    widget_sync.part("options")
    widget_sync.show("resize", lambda app: 1.0)  # here the next run begins
    assert widget_sync.disagreeing() == {"options"}
    draw(session, "resize", "border")
    assert widget_sync.disagreeing() == set()
